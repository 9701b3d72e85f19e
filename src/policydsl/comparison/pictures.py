"""What is drawn: point structure, concept × scheme, typical persons, thresholds in percent."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from policydsl.comparison.alignment import Row
from policydsl.comparison.comparing import Comparison
from policydsl.comparison.report import Picture
from policydsl.comparison.schemes import Scheme
from policydsl.language.keywords import Language
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import pick

MOST_ROWS = 45
"""A heat map of more rows cannot be read on one page."""


def pictures_of(comparison: Comparison, language: Language) -> list[Picture]:
    """The pictures that have something to show."""
    made = [
        _bars(comparison, language),
        _heat(comparison, language),
        _dots(comparison, language),
        _slope(comparison, language),
    ]
    return [picture for picture in made if picture is not None and picture.rows]


def _bars(comparison: Comparison, language: Language) -> Picture | None:
    """Groups of schemes in a scheme of 100; of assessments, how much is stated at all."""
    part, scheme, value, label = (
        pick(language, *x)
        for x in (("部分", "part"), ("方案", "scheme"), ("折合百分制", "of 100"), ("分", "points"))
    )
    rows: list[Mapping[str, Any]] = []
    if all(s.kind != "scheme" for s in comparison.schemes):
        return _stated(comparison, language)
    for each in comparison.structure.parts:
        if each.normal is not None:
            raw = show_points(each.points) if isinstance(each.points, Fraction) else ""
            rows.append({
                part: each.title, scheme: comparison.schemes[each.scheme].label,
                value: each.normal, label: f"{_one(each.normal)}（{raw}）",
            })  # fmt: skip
    return Picture(
        "bars", "bars", pick(language, "分值结构（折合百分制，括号内是原分值）",
                             "Point structure (of 100; raw points in brackets)"), tuple(rows),
        pick(language, "没有写明分值的部分不画。", "Parts without stated points are left out."),
    )  # fmt: skip


def _stated(comparison: Comparison, language: Language) -> Picture | None:
    what, scheme, value, label = (
        pick(language, *x) for x in (("计分", "points"), ("文件", "document"),
                                     ("占各项的 %", "% of items"), ("项", "items"))
    )  # fmt: skip
    rows: list[Mapping[str, Any]] = []
    for kind, words in (
        ("stated", ("写明怎样计分", "stated")),
        ("discretionary", ("酌情", "at discretion")),
        ("open", ("未载明", "not stated")),
    ):
        for each in comparison.schemes:
            tally = comparison.structure.tallies[each.number]
            if not tally.items:
                continue
            count = getattr(tally, kind)
            share = Fraction(100 * count, tally.items)
            shown = pick(language, f"{_one(share)}%（{count} 项）", f"{_one(share)}% ({count})")
            rows.append(
                {what: pick(language, *words), scheme: each.label, value: share, label: shown}
            )
    return Picture(
        "bars", "bars", pick(language, "各项怎样计分", "How items give points"), tuple(rows)
    )


def _heat(comparison: Comparison, language: Language) -> Picture | None:
    matter, scheme, value, label = (
        pick(language, *x)
        for x in (("事项", "matter"), ("方案", "scheme"), ("数", "figure"), ("字", "text"))
    )
    points = all(s.kind == "scheme" for s in comparison.schemes)
    rows: list[Mapping[str, Any]] = []
    shown = sorted(
        enumerate(comparison.rows), key=lambda x: (-sum(bool(cell) for cell in x[1].cells), x[0])
    )[:MOST_ROWS]
    for _, row in sorted(shown):
        for each in comparison.schemes:
            if not row.cells[each.number]:
                continue
            amount, text = _amount(row, each, points, language)
            rows.append({matter: row.title, scheme: each.label, value: amount, label: text})
    left = len(comparison.rows) - len(shown)
    caption = pick(
        language,
        "格里是占总分的比重（%）；白格没有这一项，“？”没有写明分值。"
        if points
        else "格里是项数（任务数）；白格没有这一项。",
        "Shares of the total in %; white: no such matter, “?”: points not stated."
        if points
        else "The number of items or tasks; white: no such matter.",
    )
    if left > 0:
        caption += pick(language, f"另有 {left} 个事项没有画。", f" {left} more are not drawn.")
    return Picture(
        "heat", "heat", pick(language, "事项 × 方案", "Matter × scheme"), tuple(rows), caption
    )


def _amount(
    row: Row, scheme: Scheme, points: bool, language: Language
) -> tuple[Fraction | int, str]:
    elements = [m.element for m in row.cells[scheme.number]]
    if not points:
        return len(elements), str(len(elements))
    if any(e.deducts or e.bonus for e in elements):
        return 0, pick(language, "扣", "−") if elements[0].deducts else pick(language, "加", "+")
    shares = [e.share for e in elements]
    if any(x is None for x in shares):
        return 0, "？"
    total = sum((x for x in shares if x is not None), Fraction(0)) * 100
    return total, _one(total)


def _dots(comparison: Comparison, language: Language) -> Picture | None:
    measure, scheme, value = (
        pick(language, *x) for x in (("数据", "measure"), ("文件", "document"), ("门槛 %", "%"))
    )
    rows: list[Mapping[str, Any]] = []
    for row in comparison.measures:
        if row.documents < 2:
            continue
        for cell, each in zip(row.cells, comparison.schemes, strict=True):
            values = {
                t.value
                for t in cell
                if isinstance(t.value, Fraction) and t.unit is not None and t.unit.symbol == "%"
            }
            rows += [{measure: row.title, scheme: each.label, value: x} for x in sorted(values)]
    return Picture(
        "dots", "dots", pick(language, "同一数据的门槛（%）", "Thresholds of the same measure (%)"),
        tuple(rows),
        pick(language, "一份文件有两个点的，是两处写得不同。",
             "Two dots of one document: it says otherwise in two places."),
    )  # fmt: skip


def _slope(comparison: Comparison, language: Language) -> Picture | None:
    if comparison.people is None:
        return None
    person, scheme, value = (
        pick(language, *x)
        for x in (("人", "person"), ("方案", "scheme"), ("占总分 %", "% of total"))
    )
    rows: list[Mapping[str, Any]] = []
    for each in comparison.people.persons:
        for one, score in zip(comparison.schemes, each.scores, strict=True):
            if score is None or not score.points.is_exact or not one.total:
                continue
            rows.append(
                {person: each.name, scheme: one.label, value: score.points.value * 100 / one.total}
            )
    return Picture(
        "slope", "slope", pick(language, "同一个人在各方案的得分（占总分 %）",
                               "The same persons under each scheme (% of the total)"), tuple(rows),
        pick(language, "得分是区间的不画。", "Scores that are ranges are left out."),
    )  # fmt: skip


def _one(value: Fraction) -> str:
    whole = (20 * value.numerator + value.denominator) // (2 * value.denominator)
    return show_points(Fraction(whole, 10))
