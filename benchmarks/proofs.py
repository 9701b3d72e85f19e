"""How long proofs about a points scheme take, by its number of indicators.

Schemes are made with a fixed seed: tiers over an age or a choice, capped steps over months and
hours, yes/no awards, best-of rules, deductions, in groups with caps of their own; every seventh
indicator or so reads one of three facts that others read too.  The draft changes every eighth
indicator.  Asked are the most and the least of every part (four ends, each with a person), every
fact's direction, every place's reachability, equality with a copy that is written anew, the
greatest gain and loss under the draft, whether a group can reach a line, and examples that
exercise everything.

    python benchmarks/proofs.py [--sizes 40 100 200] [--rounds N] [--out FILE]

Times are seconds, medians of the rounds, tables of the planner forgotten before each.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import statistics
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from policydsl.model import Policy, loads
from policydsl.review.coverage.generating import generate
from policydsl.review.coverage.reaching import reachable
from policydsl.review.proving import can_reach, differ, extremes, monotone
from policydsl.review.proving.conditions import condition_of
from policydsl.scoring.columns.planning.planner import TABLES

PER_GROUP = 10


def named(number: int) -> str:
    """A number as the letters of a list: a name may not end in digits."""
    return "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(number))


def scheme(size: int, draft: bool = False, seed: int = 7) -> str:
    """The text of a scheme of so many indicators."""
    rng = random.Random(seed)
    facts: list[str] = []
    groups: list[list[str]] = []
    for number in range(size):
        no = named(number)
        if number % PER_GROUP == 0:
            groups.append([])
        more = 1 if draft and number % 8 == 3 else 0
        kind = rng.choice(["tier", "steps", "steps", "yes", "choice", "best", "shared"])
        points = rng.randint(2, 12)
        if kind == "shared" and not any("月数" in f for f in facts):
            kind = "steps"
        match kind:
            case "tier":
                facts.append(f"事实 年龄{no}：整数（岁），范围 0 至 120")
                tiers = f"18 至 40 岁：{points + more} 分；41 至 60 岁：{points // 2} 分"
                body = f"按 年龄{no} 取分 {{ 不足 18 岁：0 分；{tiers}；其他：0 分 }}"
            case "steps":
                facts.append(f"事实 月数{no}：计数（月），范围 0 至 600")
                body = f"每 1 个月 月数{no} 加 0.{rng.randint(1, 9)} 分，最高 {points + more} 分"
            case "yes":
                facts.append(f"事实 证书{no}：是否")
                body = f"证书{no}：加 {points + more} 分"
            case "choice":
                facts.append(f"事实 学历{no}：有序 {{ 高中 < 大专 < 本科 < 硕士 }}")
                tiers = f"本科 以上：{points + more} 分；大专：1 分；其他：0 分"
                body = f"按 学历{no} 取分 {{ {tiers} }}"
            case "best":
                facts += [f"事实 奖项{no}：计数（项）", f"事实 职称{no}：是否"]
                body = (f"取高 {{ 每 1 项 奖项{no} 加 2 分，最高 {points + more} 分；"
                        f"职称{no}：加 3 分 }}")  # fmt: skip
            case _:
                known = [f.split("：")[0].removeprefix("事实 ") for f in facts if "月数" in f]
                body = f"{rng.choice(known[:3])} 达到 60 个月：加 {points + more} 分"
        groups[-1].append(f"    指标 「指标{no}」 上限 {points + more} 分 {{ {body} }}")
    facts += ["事实 违章：计数（次），缺省 0", "事实 失信：是否，缺省 否"]
    texts = [
        f"  组 「组{named(n)}」 上限 {4 * len(group)} 分 {{\n" + "\n".join(group) + "\n  }"
        for n, group in enumerate(groups)
    ]
    total = sum(4 * len(group) for group in groups) - 10
    name = "draft" if draft else "scheme"
    return "\n".join([
        f"积分 {name}-{size} {{", f"  上限 {total} 分", *(f"  {f}" for f in facts), *texts,
        "  扣分 失管 { 指标 违章 上限 20 分 { 每 1 次 违章 扣 3 分 } }",
        "  效力 { 失信：一票否决 }", "}",
    ])  # fmt: skip


def verdicts(found: object) -> dict[str, int]:
    """How many answers of each kind."""
    return dict(Counter(str(getattr(x, "verdict", "")) for x in found))  # type: ignore[call-overload]


def questions(old: Policy, copy: Policy, new: Policy) -> dict[str, Callable[[], object]]:
    """What is asked, and how the answers are summed up."""
    first = next(name for name in old.facts if name.startswith("证书"))
    condition = condition_of(old, f"{first} 为 否")

    def ends() -> object:
        found = extremes(old)
        bounds = [b for x in found for b in (x.most, x.least, x.sure_most, x.sure_least)]
        return {"parts": len(found), **verdicts(bounds)}

    def gaps() -> object:
        found = differ(old, new)
        gain, loss = found.gain, found.loss
        return {
            "verdict": found.verdict,
            "gain": None if gain is None else str(gain.difference),
            "loss": None if loss is None else str(loss.difference),
        }

    def made() -> object:
        found = generate(old)
        return {"examples": len(found.examples), "share": float(found.share)}

    return {
        "most and least of every part": ends,
        "direction of every fact": lambda: verdicts(monotone(old)),
        "reachability of every place": lambda: verdicts(reachable(old)),
        "equal to a copy": lambda: {"verdict": differ(old, copy).verdict},
        "greatest gain and loss, clause by clause": gaps,
        "whether a group reaches a line": lambda: {
            "verdict": can_reach(old, condition, Fraction(1000)).verdict
        },
        "examples that exercise everything": made,
    }


def main() -> None:
    """Run and print, or write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[40, 100, 200])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    result: dict[str, object] = {
        "python": platform.python_version(), "machine": platform.machine(),
        "rounds": options.rounds,
    }  # fmt: skip
    for size in options.sizes:
        old, new = loads(scheme(size)), loads(scheme(size, draft=True))
        copy = loads(scheme(size).replace("0.5 分", "0.50 分"))
        rows: dict[str, object] = {}
        for name, ask in questions(old, copy, new).items():
            times = []
            told: object = None
            for _ in range(options.rounds):
                TABLES.clear()
                start = time.perf_counter()
                told = ask()
                times.append(time.perf_counter() - start)
            rows[name] = {"s": round(statistics.median(times), 3), "told": told}
            print(size, name, rows[name], flush=True)
        result[str(size)] = rows
    result["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    text = json.dumps(result, ensure_ascii=False, indent=1)
    if options.out is None:
        print(text)
    else:
        options.out.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
