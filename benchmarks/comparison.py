"""Ten points schemes of sixty indicators each, side by side.

``python benchmarks/comparison.py [--schemes 10] [--indicators 60] [--households 100000]`` makes the
schemes, compares them once with concepts and once without any (everything is proposed a partner),
writes each form, and scores a population under all of them.  Times are seconds of the clock.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import policydsl as pdl
from policydsl.comparison.comparing import compare
from policydsl.comparison.tables import report_of
from policydsl.comparison.writing.files import SUFFIXES, write_comparison
from policydsl.model.policy import Policy

WORDS = tuple(  # pairs of characters
    "年龄学历职称社保居住就业住房纳税创新专利荣誉志愿献血党员退役接种阅读技能创业环卫公交教师医护救助"
    "调解巡防宣讲捐赠守法信用"[i : i + 2]
    for i in range(0, 60, 2)
)
RULES = (
    "每 1 个月 社保月数 加 0.5 分，最高 {points} 分",
    "年龄 不超过 {age} 岁：加 {points} 分",
    "按 文化程度 取分 {{ 本科 以上：{points} 分；大专：1 分；其他：0 分 }}",
    "居住月数 达到 {age} 个月：加 {points} 分",
)


def scheme(number: int, indicators: int, concepts: bool, seed: int = 1) -> Policy:
    """A scheme whose indicators share names, and words, with those of the others."""
    draw = random.Random(seed * 1000 + number)
    lines = [
        f"积分 scheme-{number} “第 {number} 个办法” {{",
        "使用 resident-vocabulary",
        "上限 1000 分",
    ]
    names = [f"{a}{b}" for a in WORDS for b in ("情况", "贡献", "年限")][: indicators * 2]
    chosen = sorted(draw.sample(range(len(names)), indicators))
    if concepts:
        lines += [f"概念 「事项{i}」 “第 {i} 个事项”" for i in chosen]
    for i in chosen:
        rule = draw.choice(RULES).format(points=draw.randint(2, 40), age=draw.randint(25, 60))
        concept = f"概念 「事项{i}」 " if concepts else ""
        about = f"{names[i]}，{draw.choice(WORDS)}与{draw.choice(WORDS)}的要求"
        lines.append(
            f"指标 {names[i]} 上限 40 分 {concept}{{ 出处 “第{i}条” 摘要 “{about}” {rule} }}"
        )
    return pdl.loads("\n".join([*lines, "}"]))


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Do it and say how long it took."""
    start = time.perf_counter()
    result = work()
    print(f"{what:<48} {time.perf_counter() - start:8.2f}")
    return result


def main() -> None:
    """Run it all once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemes", type=int, default=10)
    parser.add_argument("--indicators", type=int, default=60)
    parser.add_argument("--households", type=int, default=100_000)
    asked = parser.parse_args()
    compare([scheme(0, 3, False), scheme(1, 3, False)])  # libraries are imported
    made = {
        concepts: [scheme(i, asked.indicators, concepts) for i in range(asked.schemes)]
        for concepts in (True, False)
    }
    found = timed("compare, parts with concepts", lambda: compare(made[True]))
    loose = timed("compare, no concept at all (proposals)", lambda: compare(made[False]))
    print(f"  {len(found.rows)} and {len(loose.rows)} rows, {len(loose.proposals())} proposals")
    report = timed("report", lambda: report_of(found))
    with tempfile.TemporaryDirectory() as folder:
        for suffix in SUFFIXES:
            path = Path(folder) / f"out{suffix}"
            timed(f"write {suffix}", lambda path=path: write_comparison(found, path, report=report))
    timed(
        f"compare and score {asked.households:,} households",
        lambda: compare(made[True], population="yangtze-delta-migrants", n=asked.households),
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory at most {memory:.0f} MB")


if __name__ == "__main__":
    main()
