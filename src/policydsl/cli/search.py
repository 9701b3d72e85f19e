"""``search``: which numbers to change so that targets are met."""

from __future__ import annotations

from copy import copy
from typing import Any

import click

from policydsl.cli import FINDINGS, OK
from policydsl.cli.output import print_table, say, settings, tell_population, warning
from policydsl.cli.simulation import print_result, progress_shown, simulate_command
from policydsl.language.keywords import Language
from policydsl.scoring import results
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import pick
from policydsl.simulation.search.proposals import Query, SearchResult, movable, search
from policydsl.simulation.search.searching import Limits
from policydsl.simulation.sensitivity import Figure
from policydsl.simulation.sheets import Settings

SHARED = (
    "population", "n", "seed", "scene", "quota", "ties", "assume", "day", "ignore", "engine",
    "threads", "language",
)  # fmt: skip
"""Options that mean what they mean for ``simulate``."""


@click.command("search")
@click.argument("base", metavar="BASE")
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="TARGET",
    help="目标，可多次：均值=不变、录取线=130±2、占比(文化程度=大专)>=30%、受损<=5% · A target.",
)
@click.option(
    "--move",
    "moves",
    multiple=True,
    metavar="NUMBER",
    help="可以改的数字，可多次：缴纳社保:0.5=0.3..0.8/0.1 · A number that may move.",
)
@click.option("--list", "listed", is_flag=True, help="列出所有数字的写法 · List all numbers.")
@click.option(
    "--free-maxima", is_flag=True, help="总分和各组满分也可以变 · Maxima of groups may change, too."
)
@click.option(
    "--alternatives", type=click.IntRange(1, 50), default=5, show_default=True, metavar="N",
    help="要几个方案 · How many drafts.",
)  # fmt: skip
@click.option(
    "--most", type=click.IntRange(1, 8), default=3, show_default=True, metavar="N",
    help="最多同时改几个数字 · Numbers changed at once.",
)  # fmt: skip
@click.option(
    "--seconds", type=click.IntRange(1, 86_400), default=120, show_default=True, metavar="N",
    help="最多找多少秒 · Time to look.",
)  # fmt: skip
@click.option("--out", metavar="DIR", help="把修订和表写入文件夹 · Folder for drafts and tables.")
def search_command(
    base: str,
    targets: tuple[str, ...],
    moves: tuple[str, ...],
    listed: bool,
    free_maxima: bool,
    alternatives: int,
    most: int,
    seconds: int,
    out: str | None,
    **shared: Any,
) -> int:
    """给出目标，找出改哪几个数字。

    Look for drafts of BASE that meet targets by changing the fewest and roundest numbers, and
    write each as an amendment.  Exits with 1 when no draft meets all targets.
    """
    if listed:
        _list(base, shared["assume"], shared["scene"])
        return OK
    if shared["population"] is None:
        raise click.UsageError("缺少 --population · --population is missing")
    day = shared["day"]
    query = Query(
        base, shared["population"], targets, moves, shared["n"], shared["seed"], shared["scene"],
        shared["quota"], shared["ties"], shared["assume"],
        None if day is None else day.isoformat(), shared["ignore"], not free_maxima,
        Limits(alternatives, most, seconds, shared["seed"]),
    )  # fmt: skip
    engine = Settings(shared["engine"], shared["threads"])
    with progress_shown() as stage:
        result = search(base, query.population, query, settings().language, engine, stage)
    if out is not None:
        result.save(out)
    _show(result)
    took = f"{result.found.seconds:.0f}"
    say(f"用时 {took} 秒", f"{took} s", err=True)
    if out is not None:
        say(f"已写入 {out}", f"wrote {out}", err=True)
    return OK if result.proposals or result.found.base_meets else FINDINGS


search_command.params[1:1] = [
    copy(option) for option in simulate_command.params if option.name in SHARED
]
for _option in search_command.params:
    if _option.name == "population":
        _option.required = False  # --list needs none


def _spaced(figure: Figure, language: Language) -> str:
    if language == "en":
        return figure.amount(language)
    return f"{show_points(figure.value)} {figure.unit}".strip()


def _list(base: str, assume: tuple[str, ...], scene: str | None) -> None:
    language = settings().language
    rows = [
        [name, _spaced(figure, language), figure.rule(language)]
        for name, figure in movable(base, assume, scene)
    ]
    heads = [("数字", "number"), ("现为", "now"), ("规则", "rule")]
    print_table([pick(language, *head) for head in heads], rows)


def _show(result: SearchResult) -> None:
    language, found = settings().language, result.found
    for line in results.notice(result.version.policy, language):
        warning(line)
    tell_population(result.people.about, language)
    for name, table in result.tables.items():
        empty = not result.proposals and name in ("proposals", "changes")
        if name != "moves" and table.rows and not empty:
            print_result(table)
    click.echo()
    click.echo(_verdict(result))
    for each in found.looked:
        if each.listed < each.drafts:
            say(
                f"改 {each.changes} 个数字的改法有 {each.drafts} 种，只抽取了 {each.listed} 种。",
                f"Of {each.drafts} drafts with {each.changes} changes {each.listed} were drawn "
                "by lot.",
            )


def _verdict(result: SearchResult) -> str:
    """What came out, in a sentence, and how far that can be relied on."""
    language, found = settings().language, result.found
    if found.base_meets:
        return pick(language, "现在就满足全部目标，不用改。",
                    "All targets are met as it is: nothing has to change.")  # fmt: skip
    looked = sum(each.looked for each in found.looked)
    if result.proposals:
        return pick(
            language,
            f"找到 {len(result.proposals)} 个方案；试过 {looked} 种改法。"
            "每个方案都已写成修订、重新读入、对全部人口重算，并抽样由逐案计分核对。",
            f"Found {len(result.proposals)} drafts; looked at {looked}. Each was "
            "written as an amendment, read again, measured anew on all persons, and a sample of it "
            "scored case by case.",
        )
    sure = pick(
        language, "在给出的数字和范围内没有满足全部目标的改法",
        "No draft within these numbers and bounds meets all targets",
    ) if found.complete else pick(
        language, "试过的改法中没有满足全部目标的（没有试完，见“试过的范围”）",
        "No draft that was looked at meets all targets (not all were, see the coverage)",
    )  # fmt: skip
    hints = [
        each.target.text(language)
        for each in found.obstacles
        if each.others_met and not all(other.others_met for other in found.obstacles)
    ]
    never = [each.target.text(language) for each in found.obstacles if not each.met]
    if never:
        sure += pick(language, f"；单独也达不到的：{'、'.join(never)}",
                     f"; not reached even alone: {', '.join(never)}")  # fmt: skip
    elif hints:
        sure += pick(language, f"；放宽其中之一便可：{'、'.join(hints)}",
                     f"; enough to relax one of: {', '.join(hints)}")  # fmt: skip
    else:
        sure += pick(language, "；各目标互相牵制", "; the targets pull against each other")
    return sure + pick(language, f"。试过 {looked} 种改法。", f". Looked at {looked} drafts.")
