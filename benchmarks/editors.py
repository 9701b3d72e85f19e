"""How soon an editor has its answer after an edit of a large policy.

A policy of 2,000 lines (that of ``parse_and_check.py``) is opened in the language server, in this
process and without the protocol's transport.  Each round types a character into another rule
and asks: what reading finds, what may stand at the cursor, what the name there means.  Beside
them stands what the check of the whole costs, which the server starts only when the typing pauses.

    python benchmarks/editors.py [--lines N] [--rounds N]

Times are milliseconds on the clock: median, 95 of 100, and the slowest.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from parse_and_check import lines_of

from policydsl.editors.service import answers
from policydsl.editors.service.analysis import Workspace
from policydsl.editors.service.chunks import before


def milliseconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def measure(lines: int, rounds: int) -> dict[str, list[float]]:
    """The times of each question, one for each round."""
    text = "\n".join(lines_of(lines)) + "\n"
    path = Path("large.policy")
    desk = Workspace()
    desk.put(path, text)
    desk.read(path)
    desk.analysis(path).names  # noqa: B018
    rng = random.Random(1)
    places = [i for i, character in enumerate(text) if character == "加"]
    times: dict[str, list[float]] = {
        name: [] for name in ("findings of reading", "completion", "hover", "check of the whole")
    }
    for number in range(rounds):
        place = rng.choice(places)
        edited = f"{text[:place]}加{text[place:]}"
        desk.put(path, edited)
        times["findings of reading"].append(milliseconds(lambda: desk.read(path)))

        def complete(place: int = place, edited: str = edited) -> None:
            analysis, offset = desk.recent(path, place)
            answers.completions(analysis, offset, before(edited, place))

        def hover(place: int = place) -> None:
            answers.hover(*desk.recent(path, place - 3))

        times["completion"].append(milliseconds(complete))
        times["hover"].append(milliseconds(hover))
        desk.put(path, text)
        if number % 10 == 0:
            desk.put(path, text + " " * number)
            times["check of the whole"].append(milliseconds(lambda: desk.analysis(path).findings))
            desk.analysis(path).names  # noqa: B018
    return times


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=50)
    given = parser.parse_args()
    print(f"{'answer':<22}{'median':>9}{'95 %':>9}{'slowest':>9}  ms")
    for name, found in measure(given.lines, given.rounds).items():
        late = statistics.quantiles(found, n=20)[-1] if len(found) > 1 else found[0]
        print(f"{name:<22}{statistics.median(found):>9.1f}{late:>9.1f}{max(found):>9.1f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
