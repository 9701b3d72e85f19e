"""The verb ``demo``: what the program does, in one run on the data that come with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import click

from policydsl import checking
from policydsl.checking import Report
from policydsl.cli import FINDINGS, OK
from policydsl.cli.inspecting import sums_row
from policydsl.cli.output import heading, language_option, print_table, say, settings, show_problems
from policydsl.cli.scoring import ranked, score_all, show_ranking, show_scores
from policydsl.comparison.comparing import compare
from policydsl.comparison.tables import report_of
from policydsl.comparison.writing.files import write_comparison
from policydsl.drafting.package import Wanted, write_package
from policydsl.files import writable_folder, write_text
from policydsl.language.diagnostics import PolicyError
from policydsl.language.keywords import Language
from policydsl.model import loading
from policydsl.model.policy import Policy
from policydsl.scoring import results
from policydsl.scoring.explaining import Explanation
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import pick
from policydsl.scoring.tables import CaseTable, Reading, read_cases
from policydsl.scoring.writing import write_table
from policydsl.versions.comparing import compare_editions
from policydsl.versions.exporting.svg import judged_by, lineage_svg
from policydsl.versions.history import load_history
from policydsl.versions.rendering import render_html, summary_texts

DEPARTMENTS = "beilun-departments"
SCHEME, ASSUMED = "yueqing-2022", "yueqing-demo"
SCENE = "随迁子女入学"
ASSESSED_ON = date(2022, 6, 30)
"""The day to which the list of applicants refers (policies/demo/README.md)."""
DRAFTED = ("provincial-indicators-a", "provincial-indicators-a-draft")
EDITIONS = ("beilun-centre-older", "beilun-departments")
COMPARED = ("haishu-2022", "yueqing-2022", "provincial-indicators-a")
COMPARED_ASSUMED = ("haishu-demo", "yueqing-demo")
COMPARED_PEOPLE, COMPARED_HOUSEHOLDS = "yangtze-delta-migrants", 2000
DUTIES = ("beilun-departments", "beilun-centre-older", "yinzhou-workplan-2023")
EXPLAINED = "Y032"
"""An applicant with something of each kind: evidence missing, tiers, caps, assumptions."""


@click.command("demo")
@click.option(
    "--out", default="out", show_default=True, metavar="DIR",
    help="结果写到这个文件夹 · Folder for the results.",
)  # fmt: skip
@language_option
def demo_command(out: str) -> int:
    """用随程序收录的策略和编造的数据，从检查到排序演示一遍。

    Check the bundled policies, score a table of departments and a list of applicants with
    families, rank them for places, explain one score, compare policies, and write the results to
    files.
    """
    language = settings().language
    folder = writable_folder(Path(out))
    say(
        "以下数据都是编造的，只为演示，不是任何单位或个人的真实结果。",
        "All data below are invented; they are no results of any real unit or person.",
    )
    click.echo()
    report = _check(language)
    written = _departments(folder, language)
    written += _applicants(folder, language)
    written += _versions(folder, language)
    written += _comparisons(folder / "compare", language)
    written.append(_package(folder, language))
    heading(pick(language, "八、写出的文件", "8. Files written"))
    for path in written:
        click.echo(f"  {path}")
    return OK if report.ok else FINDINGS


def _check(language: Language) -> Report:
    heading(pick(language, "一、检查收录的策略", "1. Checking the bundled policies"))
    report = checking.check()
    show_problems(report.findings, language)
    heads = pick(
        language,
        "标识|种类|总分合计（算得）|项数|酌情项|酌情分|未载明",
        "id|kind|total (computed)|items|discretionary|points at discretion|open",
    ).split("|")
    rows = []
    for document in report.documents:
        kind = pick(language, *checking.kind_words(document.kind))
        if not document.sums:
            what = ""
            if document.kind == "assumption":
                applies = "、".join(document.sets)
                what = pick(language, f"用于 {applies}", f"for {applies}")
            rows.append([document.id, kind, what, "", "", "", ""])
            continue
        for root in document.sums:
            name = document.id
            if root.whole.kind == "schedule":
                name = f"{document.id}（{root.whole.label}）"
            if document.kind == "work_plan":
                count = root.whole
                zh = f"{count.tasks} 项任务，{count.targets} 个目标，{count.measurable} 个可量"
                en = f"{count.tasks} tasks, {count.targets} targets, {count.measurable} measurable"
                rows.append([name, kind, pick(language, zh, en), "", "", "", ""])
                continue
            numbers = root.whole if root.units is None else root.units
            rows.append([name, kind, _total(root, language), *sums_row(numbers, "", language)[3:]])
    print_table(heads, rows, (3, 4, 5, 6))
    errors = sum(f.severity == "error" for f in report.findings)
    tried = checking.try_examples()
    held = sum(example.ok for example in tried.examples)
    say(
        f"{len(report.documents)} 份文件，{errors} 处错误；"
        f"{len(tried.examples)} 个示例，{held} 个通过。",
        f"{len(report.documents)} documents, {errors} errors; "
        f"{len(tried.examples)} examples, {held} hold.",
    )
    _departments_note(report, language)
    click.echo()
    return report


def _total(root: checking.RootSums, language: Language) -> str:
    sums = {(total, summands) for _, total, summands in root.totals}
    texts = []
    for total, summands in sorted(sums, key=str):
        if total is None:
            return pick(language, "未载明", "open")
        parts = " + ".join(show_points(x) for x in summands)
        texts.append(f"{parts} = {show_points(total)}" if len(summands) > 1 else parts)
    units = sum(unit is not None for unit, _, _ in root.totals)
    each = pick(language, f"，{units} 个单位都是", f", each of {units} units") if units else ""
    return "；".join(texts) + each


def _departments_note(report: Report, language: Language) -> None:
    """How much of the assessment is at discretion: what no reader of the table sees at once."""
    for document in report.documents:
        units = next((root.units for root in document.sums if root.units is not None), None)
        if document.id != DEPARTMENTS or units is None:
            continue
        judged, points = show_points(units.discretionary_points), show_points(units.points)
        share = _percent(units.discretionary_points, units.points)
        say(
            f"其中 {document.id} 的部门项目有 {units.discretionary}/{units.items} 项、"
            f"{judged}/{points} 分（{share}）只写“酌情”，没有评定时得分是一个区间。",
            f"In {document.id}, {units.discretionary} of {units.items} department items and "
            f"{judged} of {points} points ({share}) are left to discretion: ranges until judged.",
        )


def _percent(part: Fraction, whole: Fraction) -> str:
    return f"{show_points(Fraction(round(1000 * part / whole), 10))}%" if whole else "—"


def _departments(folder: Path, language: Language) -> list[Path]:
    zh, en = "二、部门考核打分（酌情项目是区间）", "2. Scoring departments (ranges at discretion)"
    heading(pick(language, zh, en))
    policy = loading.load(DEPARTMENTS)
    table = _read(policy, "beilun-departments.csv", None)
    scores = score_all(policy, table)
    show_scores(policy, table, scores, language)
    click.echo()
    shown = results.score_table(policy, table, scores, True, language)
    records = results.score_records(policy, table, scores, True)
    written = []
    for suffix in (".csv", ".json", ".xlsx"):
        path = folder / f"beilun-departments{suffix}"
        write_table(path, shown, records, language)
        written.append(path)
    return written


def _applicants(folder: Path, language: Language) -> list[Path]:
    policy = loading.load(SCHEME, [ASSUMED])
    table = _read(policy, "yueqing-applicants.csv", ASSESSED_ON)
    zh, en = f"三、积分排序：{SCENE}（以户为单位，夫妻就高）", f"3. Ranking families for {SCENE}"
    heading(pick(language, zh, en))
    result = ranked(policy, table, SCENE, None, None)
    show_ranking(policy, table, result, language)
    click.echo()
    _explain(policy, table, language)
    written = []
    scores = score_all(policy, table)
    shown = results.score_table(policy, table, scores, True, language)
    records = results.score_records(policy, table, scores, True)
    ranking = results.ranking_table(policy, table, result, language)
    ranking_records = results.ranking_record(policy, table, result)
    for suffix in (".csv", ".json", ".xlsx"):
        path = folder / f"yueqing-scores{suffix}"
        write_table(path, shown, records, language)
        written.append(path)
        path = folder / f"yueqing-ranking{suffix}"
        write_table(path, ranking, ranking_records, language)
        written.append(path)
    return sorted(written)


def _explain(policy: Policy, table: CaseTable, language: Language) -> None:
    zh = f"四、一例得分的由来：{EXPLAINED}（有三样材料没有交）"
    en = f"4. Why {EXPLAINED} has its score (three documents are missing)"
    heading(pick(language, zh, en))
    case = next(case for case in table.cases if case.id == EXPLAINED)
    (score,) = score_all(policy, replace(table, cases=(case,)), [case.id])
    click.echo(Explanation(policy, case, score, table.labels.get(case.id), language).text())
    click.echo()


def _versions(folder: Path, language: Language) -> list[Path]:
    """What a made-up draft does, and what became of the older edition of the assessment."""
    zh, en = "五、修订的影响，新旧两版的对照", "5. What a draft does; two editions compared"
    heading(pick(language, zh, en))
    graph = load_history()
    drafted, replaced = (
        compare_editions(loading.load(older), loading.load(newer), graph.between(older, newer))
        for older, newer in (DRAFTED, EDITIONS)
    )
    for row in drafted.rows:
        if row.kind == "clause" and any(effect.kind == "amount" for effect in row.effects):
            told = [pick(language, effect.zh, effect.en) for effect in row.effects]
            title = row.new[0].title + pick(language, "：", ": ")
            click.echo(title + pick(language, "；", "; ").join(told))
    click.echo(f"{EDITIONS[0]} → {EDITIONS[1]}")
    texts = summary_texts(replaced)
    for text in (texts[0], texts[-1]):
        click.echo(f"  {pick(language, *text)}")
    click.echo()
    page, drawing = folder / "beilun-diff.html", folder / "beilun-lineage.svg"
    write_text(page, render_html(replaced))
    write_text(drawing, lineage_svg(graph, *EDITIONS, judged_by(replaced), language))
    return [page, drawing]


def _comparisons(folder: Path, language: Language) -> list[Path]:
    """Three points schemes side by side, and two assessments beside a work plan."""
    zh, en = "六、几份策略并排比较", "6. Policies side by side"
    heading(pick(language, zh, en))
    writable_folder(folder)
    schemes = compare(
        COMPARED, assume=COMPARED_ASSUMED, population=COMPARED_PEOPLE, n=COMPARED_HOUSEHOLDS
    )
    written = []
    for name, made in (("schemes", schemes), ("duties", compare(DUTIES))):
        report = report_of(made, language)
        click.echo(report.subtitle)
        for text in (*report.assumptions, *report.lead):
            click.echo(f"  {text}")
        for suffix in (".html", ".docx", ".xlsx", ".md"):
            path = folder / f"{name}{suffix}"
            try:
                write_comparison(made, path, language, (), report)
            except PolicyError as error:
                # a library for charts or Word is missing: the other forms do without it
                if error.diagnostics[0].code not in ("R701", "D415"):
                    raise
                click.echo(f"  {path.name}: {error.diagnostics[0].message(language)}")
                continue
            written.append(path)
    click.echo()
    return written


def _package(folder: Path, language: Language) -> Path:
    """The consultation package of a made-up draft, with its changes against the base."""
    zh = "七、征求意见的全套文件"
    heading(pick(language, zh, "7. The documents of a consultation"))
    wanted = Wanted(base=SCHEME, issued=date(2023, 4, 3), published=date(2023, 6, 1))
    target = folder / "yueqing-package"
    made, _ = write_package("yueqing-2023-draft", target, wanted)
    for name in made.documents:
        click.echo(f"  {name}")
    click.echo()
    return target


def _read(policy: Policy, name: str, day: date | None) -> CaseTable:
    return read_cases(policy, loading.bundled_folder() / "demo" / name, Reading(date=day))
