"""How long it takes to read, check and print a large policy, and to start the program.

A policy of 2,000 lines is made of the constructs that the bundled policies use, in a realistic
mix; it is read, compiled and printed in one process over several rounds.  Beside it stands
what the same grammar costs bare: the text cut into tokens, and Lark's own parser over them,
without keyword look-up, comments, nodes or places.  Then the program is started anew for each
measurement of a start.

    python benchmarks/parse_and_check.py [--lines N] [--rounds N] [--out FILE]

Times are seconds: on the clock, and of the processor (which leaves out waiting while other
work runs on the machine).  The table shows medians, the JSON file all rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from lark import Token

from policydsl.language.keywords import words
from policydsl.language.parsing import fold_width, parse_text
from policydsl.language.printing import print_file
from policydsl.language.tables import END, lark_parser, tables
from policydsl.model.loading import bundled_folder, loads

SMALL = bundled_folder() / "zhejiang" / "provincial-indicators-a.policy"


# -- a policy of any length -----------------------------------------------------------


def lines_of(count: int, seed: int = 1) -> Iterator[str]:
    """The lines of a points scheme of about so many lines."""
    rng = random.Random(seed)
    yield "# 为测量而造的积分办法：条款的种类和比例与自带的文件相近。"
    yield "积分 measured “某区新居民积分管理办法（测量用）” {"
    yield "  地区 某区"
    yield "  发文机关 某区新居民服务中心"
    yield "  使用 resident-vocabulary"
    yield "  印发 2024-03-01"
    yield "  施行 公布后 30 日"
    yield "  说明 “本文件由程序生成。”"
    yield "  适用 办理居住登记 或 持有居住证"
    written, group, names = 9, 0, []
    while written < count - 40:
        group += 1
        body: list[str] = []
        for number in range(1, 9):
            name = f"指标{'甲乙丙丁戊己庚辛'[number - 1]}g{group}"
            names.append(f"组 组g{group} 指标 {name}")
            body.extend(f"    {line}" for line in _indicator(name, group, number, rng))
            body.append("")
        lines = [
            f"  # —— 第 {group} 组",
            f"  组 组g{group} 上限 {rng.randrange(50, 200)} 分 互认 全省 英文 “Group {group}” {{",
            f"    出处 “第{group}条”",
            f"    摘要 “第 {group} 组指标，按照居住、就业、技能和公益等情况计分。”",
            *body[:-1],
            "  }",
            "",
        ]
        written += len(lines)
        yield from lines
    yield "  效力 {"
    yield "    转入本市户籍：永久失效 出处 “第九十条”"
    yield "    居住证中止：暂时失效 出处 “第九十一条”"
    yield "    提供虚假材料：清零 出处 “第九十二条”"
    yield "  }"
    for scene in range(1, 5):
        chosen = rng.choice(names)
        yield f"  场景 应用g{scene} {{"
        yield "    家庭 就高 夫妻"
        yield f"    排序 总分 高者先，得分（{chosen}） 高者先，居住登记日期 早者先"
        yield f"    名额 {rng.randrange(50, 900)}"
        yield "    同分 一并录取"
        yield "  }"
    yield "  期限 审核 不超过 10 个工作日 “材料齐全之日起” 出处 “第九十三条”"
    yield "  期限 公示 不少于 5 个工作日"
    yield "  示例 “三十四岁” { 年龄 34，文化程度 大专，社保月数 30，持有居住证 是，得 0 分 以上 }"
    yield "}"


def _indicator(name: str, group: int, number: int, rng: random.Random) -> list[str]:
    cap = rng.randrange(5, 40)
    head = f"指标 {name} 上限 {cap} 分 审核 自动 责任单位 某部门g{group} {{ # 第 {number} 项"
    notes = [
        f"  出处 “第{group}条第{number}项”",
        f"  摘要 “{name}的计分办法：按核定的情况计分，最高 {cap} 分。”",
    ]
    match rng.randrange(7):
        case 0:
            each = rng.randrange(1, 9) / 10
            rules = [f"每 1 个月 社保月数 加 {each} 分，不足 1 个月 不计，最高 {cap} 分"]
        case 1:
            rules = [
                "按 文化程度 取分 {",
                f"  硕士 以上：{cap} 分",
                f"  本科：{cap - 2} 分",
                f"  大专、高中：{cap - 4} 分",
                "  其他：0 分",
                "}",
            ]
        case 2:
            rules = [
                "按 年龄 取分 {",
                "  不足 18 岁：0 分",
                f"  18 至 35 岁：{cap} 分",
                f"  超过 35 岁 不足 60 岁：{cap - 3} 分",
                "  60 岁 以上：未载明（0 至 3 分）",
                "}",
            ]
        case 3:
            fact = f"数据{'甲乙丙丁戊己庚辛'[number - 1]}g{group}"
            rules = [
                f"事实 {fact}：计数（次），范围 0 至 99 次，说明 “当年的次数”",
                f"每 1 次 {fact} 加 2 分，从 第 2 次 起，最多 10 次",
                f"{fact} 超过 20 次 且 持有居住证：加 1 分 假设 “原文没有写清”",
            ]
        case 4:
            rules = [
                "取高 {",
                f"  签订劳动合同 或 持有营业执照：加 {cap} 分",
                "  规上企业职工：加 5 分",
                "  累计 {",
                "    每 1 年 就业年限 加 1 分，最高 5 分",
                "    持有居住证：加 2 分",
                "  }",
                "}，减半",
            ]
        case 5:
            rules = [
                f"得（较小者（居住月数 ÷ 12 个月 × 1.5，{cap}）） 分，四舍五入 到 1 位",
                "未提供 文化程度：酌情加分，最高 3 分 存疑 “没有标准”",
            ]
        case _:
            rules = [
                "按 文化程度 与 年龄 取分 {",
                "  列 ｜ 不足 30 岁 ｜ 30 至 45 岁 ｜ 超过 45 岁",
                f"  本科 以上 ｜ {cap} 分 ｜ {cap - 1} 分 ｜ {cap - 3} 分",
                f"  大专 ｜ {cap - 2} 分 ｜ {cap - 3} 分 ｜ 未载明",
                "  其他 ｜ 0 分 ｜ 0 分 ｜ 0 分",
                "}",
            ]
    return [head, *notes, *(f"  {rule}" for rule in rules), "}"]


# -- measuring ------------------------------------------------------------------------


@dataclass
class Measured:
    """Times of one step, and what it is compared with."""

    name: str
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @property
    def work(self) -> float:
        """The median processor time, by which steps are compared."""
        return statistics.median(self.processor)


def processor_time() -> float:
    """Of this process and of those that it started and waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def timed(name: str, rounds: int, work: Callable[[], object]) -> Measured:
    """Run a piece of work so many times, after one run that does not count."""
    result = Measured(name)
    work()
    for _ in range(rounds):
        started, used = time.perf_counter(), processor_time()
        work()
        result.processor.append(processor_time() - used)
        result.seconds.append(time.perf_counter() - started)
    return result


def in_process(text: str, rounds: int) -> list[Measured]:
    """Reading, checking and printing one text, and what the bare grammar costs."""
    folded = fold_width(text)
    known = words()
    kinds = [
        token for token in tables().tokens(folded) if token.type not in ("WHITE_SPACE", "COMMENT")
    ]
    for token in kinds:
        if token.type == "NAME":
            token.type = known.get(token.value, "NAME")
    last = Token.new_borrow_pos(END, "", kinds[-1])

    def bare() -> object:
        state = lark_parser().parse_interactive("").parser_state
        for token in kinds:
            state.feed_token(token)
        return state.feed_token(last, True)

    file = parse_text(text).file
    return [
        timed("cut into tokens", rounds, lambda: list(tables().tokens(folded))),
        timed("bare Lark parse of the tokens", rounds, bare),
        timed("parse", rounds, lambda: parse_text(text)),
        timed("parse + check", rounds, lambda: loads(text)),
        timed("print", rounds, lambda: print_file(file)),
    ]


def starts(rounds: int, text: str) -> list[Measured]:
    """The program started anew: its version, a small policy, and the large one checked."""
    command = [sys.executable, "-m", "policydsl"]
    with tempfile.TemporaryDirectory() as folder:
        # a copy alone in its folder, so that no neighbours are looked at
        small, large = Path(folder, "a", "small.policy"), Path(folder, "b", "large.policy")
        for path, content in ((small, SMALL.read_text("utf-8")), (large, text)):
            path.parent.mkdir()
            path.write_text(content, "utf-8")

        def run(*arguments: str | Path) -> Callable[[], object]:
            def start() -> object:
                return subprocess.run(
                    [*command, *map(str, arguments)], capture_output=True, check=True
                )

            return start

        return [
            timed(
                "python -c pass",
                rounds,
                lambda: subprocess.run([sys.executable, "-c", ""], check=True),
            ),
            timed("policydsl --version", rounds, run("--version")),
            timed("policydsl check, small policy", rounds, run("check", small)),
            timed("policydsl check, large policy", rounds, run("check", large)),
        ]


def table(rows: list[Measured], base: Measured) -> str:
    """The medians as a table for a terminal."""
    head = f"{'step':32} {'clock':>8} {'fastest':>8} {'processor':>10} {'ratio':>7}"
    lines = [head, "-" * len(head)]
    for row in rows:
        clock, fastest = statistics.median(row.seconds), min(row.seconds)
        ratio = row.work / base.work
        lines.append(f"{row.name:32} {clock:8.3f} {fastest:8.3f} {row.work:10.3f} {ratio:7.2f}")
    return "\n".join(lines)


def main() -> None:
    """Measure, print the tables, and write the rounds where the user asks for them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=2_000, help="lines of the policy")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each measurement")
    parser.add_argument("--out", type=Path, help="JSON file for all rounds")
    asked = parser.parse_args()
    text = "\n".join(lines_of(asked.lines)) + "\n"
    policy = loads(text)  # it has no error, or there is nothing to measure
    count = text.count("\n")
    points = [c.cap for root in policy.roots for c in root.walk() if isinstance(c.cap, Fraction)]
    print(f"{count} lines, {len(text)} characters, {len(points)} clauses with a cap")
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    inside = in_process(text, asked.rounds)
    bare = Measured("both of these")
    for part in ("seconds", "processor"):
        first, second = getattr(inside[0], part), getattr(inside[1], part)
        getattr(bare, part).extend(a + b for a, b in zip(first, second, strict=True))
    print(table([*inside[:2], bare, *inside[2:]], bare))
    print("\nratio: of processor time, to cutting the text into tokens and a bare parse\n")
    outside = starts(asked.rounds, text)
    print(table(outside, outside[0]))
    print("\nratio: of processor time, to a start of Python that does nothing")
    if asked.out is not None:
        record = {
            "lines": count,
            "characters": len(text),
            "python": platform.python_version(),
            "clock": {row.name: row.seconds for row in [*inside, *outside]},
            "processor": {row.name: row.processor for row in [*inside, *outside]},
        }
        asked.out.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
