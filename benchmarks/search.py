"""How long a search for drafts takes, and how many drafts it looks at in a second.

The question is one that no draft answers, so that all drafts with one and with two changes are
looked at: 文化程度, 社保, 居住 and 居住证 of Yueqing may move, the mean stays, and the line falls
to a number that it does not reach.

    python benchmarks/search.py [--households N] [--most N]

Times are seconds: on the clock, and of the processor (all threads).
"""

from __future__ import annotations

import argparse
import time

import policydsl as pdl

MOVES = [
    "缴纳社保:0.5=0.3..0.8/0.1", "居住时间:0.25=0.1..0.5/0.05", "居住情况:10#2=0..20/1",
    "文化程度:8=5..10/1",
]  # fmt: skip


def run(households: int, most: int) -> tuple[float, float, pdl.SearchResult]:
    """Clock and processor of one search, and what it found."""
    clock, processor = time.perf_counter(), time.process_time()
    result = pdl.search(
        "yueqing-2022", assume=["yueqing-demo"], population="yangtze-delta-migrants",
        n=households, quota=households // 20, ties="admit_all", moves=MOVES, most_changes=most,
        seconds=3600,
        targets=["均值=不变", "占比(文化程度=大专)>=60%"],
    )  # fmt: skip
    return time.perf_counter() - clock, time.process_time() - processor, result


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--households", type=int, default=100_000, help="how many")
    parser.add_argument("--most", type=int, default=2, help="numbers that change at once")
    options = parser.parse_args()
    clock, processor, result = run(options.households, options.most)
    looked = sum(each.looked for each in result.found.looked)
    measured = result.found.measured
    print(f"{options.households:,} households, {len(result.people):,} cases")
    print(f"drafts looked at {looked:,}, measured in full {measured:,}: {dict(result.found.notes)}")
    print(f"whole search      clock {clock:7.1f}   processor {processor:7.1f}")
    print(f"of which looking  clock {result.found.seconds:7.1f}")


if __name__ == "__main__":
    main()
