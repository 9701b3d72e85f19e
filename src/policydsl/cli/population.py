"""Populations: ``population describe | make | check | list``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from policydsl.cli import FINDINGS, OK
from policydsl.cli.options import (
    Encoding,
    assume_option,
    format_option,
    ignore_option,
    sheet_option,
)
from policydsl.cli.output import (
    heading,
    language_option,
    print_table,
    progress,
    say,
    settings,
    show_problems,
    warning,
)
from policydsl.cli.scoring import reporting
from policydsl.files import write_text
from policydsl.language.keywords import Language
from policydsl.model import loading
from policydsl.scoring.mapping import read_mapping
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import pick
from policydsl.scoring.tables import Reading
from policydsl.scoring.writing import to_json
from policydsl.simulation.checking import Report, check
from policydsl.simulation.describing import (
    AbsentFact,
    Description,
    FactColumn,
    describe,
    show,
    show_mean,
    template,
)
from policydsl.simulation.exporting import write_population
from policydsl.simulation.populations import Synthesis
from policydsl.simulation.reading import bundled_specs, load_spec
from policydsl.simulation.specs import Spec, facts_of

MOST_PROBLEMS = 40
Format = Literal["table", "json"]


@click.group("population")
@language_option
def population_command() -> None:
    """人口：看懂自己的表，按公开的分布生成，核对拟合。

    Populations: understand a table of your own (describe), generate a synthetic one from a
    specification (make), see how well it fits (check).  SPEC is a file or the id of a bundled one.
    """


seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True,
    help="随机种子 · Seed of the random numbers.",
)  # fmt: skip


@population_command.command("list")
@language_option
def list_command() -> int:
    """收录的人口设定 · The bundled specifications."""
    language = settings().language
    rows = []
    for id_, path in bundled_specs().items():
        spec = load_spec(path)
        title = spec.english if language == "en" and spec.english else spec.title
        rows.append([id_, title, str(spec.size), str(len(spec.assumptions()))])
    heads = pick(language, "标识|名称|规模|假定", "id|title|size|assumptions").split("|")
    print_table(heads, rows, (2, 3))
    return OK


# -- make


@population_command.command("make")
@click.argument("spec_name", metavar="SPEC")
@click.option(
    "-n", "--households", "n", type=int, metavar="N",
    help="户数，默认为设定的规模 · How many households (or rows of units).",
)  # fmt: skip
@seed_option
@click.option("--out", required=True, metavar="FILE", help="写入 · Write to: .csv .parquet.")
@click.option(
    "--policy", metavar="POLICY", help="只写这份策略有的事实 · Only the facts of this policy."
)
@click.option("--weights", is_flag=True, help="加一列权重 · Add a column of weights.")
@language_option
def make_command(
    spec_name: str, n: int | None, seed: int, out: str, policy: str | None, weights: bool
) -> int:
    """按设定生成合成人口。

    Generate a synthetic population. The same SPEC, -n and --seed give the same rows on any
    machine. What it is and all that it assumes is written beside it (FILE.json).
    """
    spec = load_spec(spec_name)
    facts = None if policy is None else facts_of(spec, loading.load(policy))
    synthesis = Synthesis(spec, spec.size if n is None else n, seed, facts)
    with progress(synthesis.n, "生成", "generating") as advance:
        record = write_population(Path(out), synthesis, weights, advance)
    count, rows = record["households"], record["rows"]
    say(
        f"已写入 {out}（{count} 户，{rows} 行）和 {out}.json（来源与假定）",
        f"wrote {out} ({count} households, {rows} rows) and {out}.json (sources, assumptions)",
        err=True,
    )
    number = len(record["assumptions"])
    say(f"合成数据：{number} 项假定，没有一个真人。",
        f"synthetic: {number} assumptions, no real person.", err=True)  # fmt: skip
    return OK


# -- check


@population_command.command("check")
@click.argument("spec_name", metavar="SPEC")
@click.option(
    "-n", "--households", "n", type=click.IntRange(min=1), default=100_000, show_default=True,
    metavar="N", help="生成多少户来核对 · How many households to generate.",
)  # fmt: skip
@seed_option
@format_option("table", "json")
@language_option
def check_command(spec_name: str, n: int, seed: int, format_: Format) -> int:
    """核对设定：要求、拟合、生成三者的分布，依存，限制。超出允许误差时退出码为 1。

    Hold a population against its specification: shares wanted, fitted and generated, dependences,
    limits. Exits with 1 when something is out of tolerance.
    """
    with reporting(format_ == "json"):
        spec = load_spec(spec_name)
        with progress(n, "生成", "generating") as advance:
            report = check(spec, n, seed, advance)
    if format_ == "json":
        click.echo(to_json(report.as_record()))
    else:
        _show_report(report, settings().language)
    return OK if report.ok else FINDINGS


def _show_report(report: Report, language: Language) -> None:
    spec = report.spec
    heading(f"{spec.id}  {spec.title}")
    if report.cells:
        say(
            f"拟合：{report.cells} 格，{report.rounds} 轮，最大偏差 {report.deviation:.1e}；"
            f"{report.impossible} 格按限制不可能。",
            f"Fit: {report.cells} cells, {report.rounds} rounds, largest deviation "
            f"{report.deviation:.1e}; {report.impossible} cells excluded by limits.",
        )
    share = f"{100 * report.with_spouse:.2f}%"
    say(
        f"生成：{report.households} 户，{report.rows} 行，种子 {report.seed}；有配偶的户 {share}。",
        f"Generated: {report.households} households, {report.rows} rows, seed {report.seed}; "
        f"with spouse {share}.",
    )
    if report.bands:
        _show_bands(report, language)
    if report.dependences:
        click.echo()
        heads = pick(language, "依存|设定比数|得到比数（中位）|γ",
                     "dependence|odds stated|odds reached (median)|γ").split("|")  # fmt: skip
        print_table(heads, [
            ["—".join(d.pair), "" if d.stated is None else show_points(d.stated),
             f"{d.odds:.3f}", f"{d.gamma:+.3f}"] for d in report.dependences
        ], (1, 2, 3))  # fmt: skip
    if report.means:
        click.echo()
        heads = pick(
            language, "未拟合的均值|发表|生成", "mean, not fitted|published|generated"
        ).split("|")
        print_table(
            heads,
            [[m.attribute, show_points(m.published), f"{m.generated:.2f}"] for m in report.means],
            (1, 2),
        )
    if report.violations:
        click.echo()
        heads = pick(language, "限制|违反的行", "limit|rows that break it").split("|")
        print_table(heads, [[shown, str(count)] for shown, count in report.violations], (1,))
    _show_assumptions(spec, language)


def _show_bands(report: Report, language: Language) -> None:
    click.echo()
    heads = pick(
        language,
        "属性|分段|要求%|拟合%|本人%|允许误差|配偶%|依据",
        "attribute|band|wanted%|fitted%|applicants%|tolerance|spouses%|basis",
    ).split("|")
    assumed = pick(language, "假定", "assumed")
    rows = []
    for band in report.bands:
        basis = [band.basis.source or "", assumed if band.basis.assumption else ""]
        rows.append([
            band.attribute, band.band, f"{band.wanted:.2f}", f"{band.fitted:.2f}",
            f"{band.generated:.2f}{'' if band.ok else ' !'}", f"±{band.tolerance:.2f}",
            "" if band.spouses is None else f"{band.spouses:.2f}",
            "、".join(word for word in basis if word),
        ])  # fmt: skip
    print_table(heads, rows, (2, 3, 4, 5, 6))


def _show_assumptions(spec: Spec, language: Language) -> None:
    click.echo()
    heading(pick(language, "假定", "Assumptions"))
    grouped: dict[str, list[str]] = {}
    for what, reason in spec.assumptions():
        grouped.setdefault(reason, []).append(what)
    for reason, subjects in grouped.items():
        click.echo(f"  {'、'.join(subjects)}：{reason}")
    for note in spec.notes:
        click.echo(f"  {note}")


# -- describe


@population_command.command("describe")
@click.argument("file", metavar="FILE")
@click.option("--policy", "policy_name", required=True, metavar="POLICY", help="策略 · The policy.")
@assume_option("假设集，可多次 · Assumption set, repeatable.")
@click.option("--mapping", metavar="MAP", help="列对照文件 · Mapping of columns to apply first.")
@click.option(
    "--template",
    "template_path",
    metavar="MAP",
    help="写出一份列对照文件，待修改确认 · Write a mapping file to be confirmed.",
)
@ignore_option()
@click.option("--encoding", type=Encoding(), metavar="NAME", help="CSV 的编码 · Encoding of a CSV.")
@sheet_option()
@format_option("table", "json")
@language_option
def describe_command(
    file: str,
    policy_name: str,
    assume: tuple[str, ...],
    mapping: str | None,
    template_path: str | None,
    ignore: tuple[str, ...],
    encoding: str | None,
    sheet: str | None,
    format_: Format,
) -> int:
    """看懂自己的表：有哪些事实，缺哪些，哪些列不认识，哪些值不对。有问题时退出码为 1。

    Describe a table of your own under POLICY: facts that are there or missing, columns that are
    not understood, values that are out of range, distributions. Exits with 1 when it cannot be
    scored as it is; --template writes a mapping to be completed, which score --mapping reads.
    """
    with reporting(format_ == "json"):
        policy = loading.load(policy_name, assume)
        own = None if mapping is None else read_mapping(mapping)
        found = describe(policy, file, Reading(ignore, encoding, sheet, mapping=own))
        if template_path is not None:
            write_text(Path(template_path), template(found, own))
    if format_ == "json":
        click.echo(to_json(found.as_record()))
    else:
        _show_description(found, settings().language)
    if template_path is not None:
        say(
            f"已写入 {template_path}；改好以后用 --mapping {template_path}",
            f"wrote {template_path}; complete it and use --mapping {template_path}",
            err=True,
        )
    return OK if found.ok else FINDINGS


def _show_description(found: Description, language: Language) -> None:
    policy = found.policy
    heading(f"{found.file} → {policy.id}  {policy.title or ''}".rstrip())
    say(
        f"{found.rows} 行；认识 {len(found.columns)} 列事实、{len(found.other)} 列其他，"
        f"不认识 {len(found.unknown)} 列。",
        f"{found.rows} rows; {len(found.columns)} columns are facts, {len(found.other)} others, "
        f"{len(found.unknown)} not understood.",
    )
    if found.columns:
        click.echo()
        heads = pick(language, "事实|有|缺|错|分布", "fact|given|missing|wrong|distribution").split(
            "|"
        )
        rows = [
            [_titled(c), str(c.given), str(c.missing), str(c.wrong), _distribution(c, language)]
            for c in found.columns
        ]
        print_table(heads, rows, (1, 2, 3))
    if found.absent:
        click.echo()
        heading(
            pick(language, "策略用到、表里没有的事实", "Facts the policy reads and the table lacks")
        )
        for absent in found.absent:
            click.echo(f"  {_absent(absent, language)}")
    if found.unknown:
        click.echo()
        heading(pick(language, "不认识的列", "Columns that are not understood"))
        heads = pick(language, "列|最接近的名称|例", "column|nearest name|examples").split("|")
        print_table(heads, [[u.title, u.near or "—", "、".join(u.examples)] for u in found.unknown])
    if found.problems:
        click.echo()
        heading(pick(language, "问题", "Problems"))
        show_problems(found.problems[:MOST_PROBLEMS], language, sys.stdout)
        more = len(found.problems) - MOST_PROBLEMS + found.more_problems
        if more > 0:
            warning(
                pick(language, f"还有 {more} 处，见 --format json", f"{more} more: --format json")
            )


def _titled(column: FactColumn) -> str:
    name = column.fact.name
    return name if column.title == name else f"{name}（{column.title}）"


def _distribution(column: FactColumn, language: Language) -> str:
    if column.quantiles:
        least, *middle, greatest = column.quantiles
        text = f"{least} … {' / '.join(middle)} … {greatest}"
        if column.mean is not None:
            text += pick(language, "，均值 ", ", mean ") + show_mean(column.mean)
        return text
    words = {"是": "yes", "否": "no"} if language == "en" and column.fact.kind == "yes_no" else {}
    shown = [
        f"{words.get(value, value)} {100 * count / column.given:.1f}%"
        for value, count in column.values
        if count
    ]
    return "  ".join(shown)


def _absent(absent: AbsentFact, language: Language) -> str:
    text = absent.fact.name
    if absent.fact.default is not None:
        text += pick(language, "：按缺省 ", ": taken as ") + show(absent.fact.default)
    elif absent.fact.missing == "required":
        text += pick(language, "：必填", ": required")
    else:
        text += pick(language, "：一律算未提供", ": not handed in by anybody")
    if absent.near:
        text += pick(
            language, f"（是不是“{absent.near}”列？）", f" (is it column “{absent.near}”?)"
        )
    return text
