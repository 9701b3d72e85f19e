"""How long questions about a long history take.

Two histories of the same size are made, with a change to a few clauses from each edition to the
next: one of *whole editions*, each replacing the one before, as most offices publish them, and one
of *amendments*, each based on the one before.  Both are made as trees, so reading the texts is not
measured (that is benchmarks/parse_and_check.py); building the graph is.

    python benchmarks/versions.py [--editions N] [--clauses N] [--rounds N] [--out FILE]

Times are seconds, medians of the rounds; a question is asked of a fresh point in time each round.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from policydsl.language import nodes as n
from policydsl.language.parsing import ParseResult, parse_text
from policydsl.model.loading import Entry
from policydsl.versions.checking import check_history
from policydsl.versions.graph import HistoryGraph
from policydsl.versions.history import build_from
from policydsl.versions.timeline import Timeline
from policydsl.versions.tracing import lineage, log

FIRST = date(1990, 1, 1)
CHANGED = 5
"""Clauses that change from one edition to the next."""


def base_text(clauses: int) -> str:
    """The first edition: groups of ten indicators."""
    lines = ["积分 e0 “第 0 版” {", f"  施行 {FIRST}", "  事实 社保月数：计数（月）"]
    for group in range(clauses // 10):
        lines.append(f"  组 「组{group}」 {{")
        lines += [
            f"    指标 「指标{group}-{i}」 上限 5 分 {{ 每 1 个月 社保月数 加 0.5 分，最高 5 分 }}"
            for i in range(10)
        ]
        lines.append("  }")
    return "\n".join([*lines, "}"])


def parsed(text: str) -> ParseResult:
    """The text as read; it must be sound."""
    result = parse_text(text, "history.policy")
    assert result.ok, [d.render() for d in result.diagnostics]
    return result


def entry(document: n.Document, result: ParseResult) -> Entry:
    """A document as the library holds it."""
    return Entry(document, result.source, None)


def whole_editions(count: int, clauses: int) -> Iterator[Entry]:
    """Editions that each replace the one before, with other caps for a few indicators."""
    rng = random.Random(1)
    result = parsed(base_text(clauses))
    (document,) = result.file.documents
    yield entry(document, result)
    for number in range(1, count):
        body = list(document.body)
        for _ in range(CHANGED):
            at = rng.randrange(1, len(body))
            group = body[at]
            assert isinstance(group, n.Clause)
            inner = list(group.body)
            place = rng.randrange(len(inner))
            indicator = inner[place]
            assert isinstance(indicator, n.Clause)
            cap = n.Attribute("CAP", n.FixedAmount(n.Number(Fraction(rng.randint(5, 50)), "分")))
            inner[place] = replace(indicator, attributes=(cap,))
            body[at] = replace(group, body=tuple(inner))
        attributes = (
            n.Attribute("REPLACES", (n.Name(f"e{number - 1}"),)),
            n.Attribute("IN_FORCE", n.When(FIRST + timedelta(days=10 * number))),
        )
        document = replace(
            document, id=n.Name(f"e{number}"), title=f"第 {number} 版", attributes=attributes,
            body=tuple(body),
        )  # fmt: skip
        yield entry(document, result)


def amendments(count: int, clauses: int) -> Iterator[Entry]:
    """A base and amendments, each on the one before, that change a few caps."""
    rng = random.Random(1)
    result = parsed(base_text(clauses))
    (document,) = result.file.documents
    yield entry(document, result)
    for number in range(1, count):
        targets = rng.sample(range(clauses), CHANGED)
        # every cap is new, so that no amendment says what was said before
        operations = " ".join(
            f"修改 组 「组{t // 10}」 指标 「指标{t // 10}-{t % 10}」 上限 {10 + number} 分"
            for t in targets
        )
        text = (
            f"修订 e{number} “第 {number} 版” 基于 e{number - 1} "
            f"{{ 施行 {FIRST + timedelta(days=10 * number)} {operations} }}"
        )
        one = parsed(text)
        yield entry(one.file.documents[0], one)


def timed(rounds: int, question: Callable[[int], object]) -> list[float]:
    """Seconds of each round."""
    seconds = []
    for number in range(rounds):
        started = time.perf_counter()
        question(number)
        seconds.append(time.perf_counter() - started)
    return seconds


def measured(entries: list[Entry], rounds: int) -> dict[str, list[float]]:
    """Seconds for building the graph and for each question."""
    started = time.perf_counter()
    graph = build_from(entries)
    graph.order()
    times = {"build the graph": [time.perf_counter() - started]}
    last = len(entries) - 1
    # of the last edition, the clause with the longest past
    key = max(graph.editions[f"e{last}"].contents.values(), key=lambda k: len(graph.ancestors(k)))
    clause = graph.versions[key]

    def day(number: int) -> date:
        return FIRST + timedelta(days=10 * (last * (number + 1) // (rounds + 1)) + 3)

    def at(number: int) -> None:
        point = Timeline(graph, day(number)).point()
        sure = [c for c in point.clauses if c.in_force == "yes"]
        assert len(sure) == len(graph.editions["e0"].contents), len(sure)

    times["threads of all clauses (once)"] = timed(1, lambda _: graph.threads())
    times["at DATE"] = timed(rounds, at)
    times["at EDITION"] = timed(rounds, lambda i: Timeline(graph, f"e{last - i}").point())
    times["find a clause by name"] = timed(rounds, lambda _: graph.clause(f"e{last}#{clause.id}"))
    times["lineage CLAUSE"] = timed(rounds, lambda _: lineage(graph, key))
    times["log CLAUSE"] = timed(rounds, lambda _: log(graph, key))
    times["lineage of two editions"] = timed(rounds, lambda i: graph.between("e0", f"e{last - i}"))
    times["check"] = timed(1, lambda _: _sound(graph))
    return times


def _sound(graph: HistoryGraph) -> None:
    assert not check_history(graph)


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--editions", type=int, default=1_000)
    parser.add_argument("--clauses", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    results: dict[str, object] = {
        "python": platform.python_version(), "machine": platform.machine(),
        "editions": arguments.editions, "clauses": arguments.clauses,
    }  # fmt: skip
    for name, make in (("whole editions", whole_editions), ("amendments", amendments)):
        entries = list(make(arguments.editions, arguments.clauses))
        times = measured(entries, arguments.rounds)
        results[name] = times
        print(f"{arguments.editions} {name} of {arguments.clauses} indicators")
        for what, seconds in times.items():
            print(f"  {what:<32}{statistics.median(seconds):>10.4f} s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"  {'memory at its highest, so far':<32}{peak:>10.0f} MB")
    if arguments.out is not None:
        arguments.out.write_text(json.dumps(results, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
