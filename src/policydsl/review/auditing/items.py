"""What is compared: figures and scoring phrases, of a text and of a policy, in one form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from policydsl.language.nodes import Span
from policydsl.reading.documents import Mark, Section
from policydsl.scoring.ranges import show_points
from policydsl.wording.recognising.passages import Reading
from policydsl.wording.recognising.scanning import BESIDE_RULES, Figure, Found, scan

Group = Literal[
    "limit", "award", "deduct", "bound", "step", "threshold", "discretion", "verdict", "scale",
    "amounts", "share", "date",
]  # fmt: skip
"""Only items of one group can stand for each other."""

_GROUPS: dict[str, Group] = {
    "full_marks": "limit", "award": "award", "deduct": "deduct", "cap": "bound", "floor": "bound",
    "step": "step", "threshold": "threshold", "deadline": "threshold", "count": "threshold",
    "number": "threshold", "frequency": "threshold", "share": "share",
}  # fmt: skip
_COUNTERS = ("count", "")


@dataclass(frozen=True, slots=True)
class TextItem:
    """A figure or phrase of the document; ``value`` in base units, ``None`` for a phrase."""

    group: Group
    value: Fraction | None
    values: tuple[Fraction, ...]
    dimension: str
    words: str
    span: Span
    section: Section | None
    form: str = ""
    """``flat`` or ``step`` for points, the unit's dimension behind it."""
    subject: str = ""
    sign: int = 0
    role: str = ""
    reading: Reading | None = None
    scoring: bool = True
    """Whether it stands in a sentence that gives or takes points, or is a threshold or limit."""


@dataclass(frozen=True, slots=True)
class CodeItem:
    """A figure or phrase of the policy."""

    group: Group
    value: Fraction | None
    values: tuple[Fraction, ...]
    dimension: str
    words: str
    clause: str
    span: Span
    form: str = ""
    subject: str = ""
    sign: int = 0
    assumed: tuple[str, ...] = ()
    locator: str | None = None
    sums: bool = False
    """A limit that is the sum of what its parts declare."""
    node: object = field(default=None, compare=False, repr=False)


def agree(text: TextItem, code: CodeItem) -> bool:
    """Whether a text's item and a policy's say the same."""
    if not comparable(text, code):
        return False
    if text.group == "date":
        # a date without its year stands for one with it
        whole = code.value or Fraction(0)
        return text.role == "date" and text.value in (whole, whole % 10_000)
    if text.values or code.values:
        return text.values == code.values
    return text.value == code.value


def comparable(text: TextItem, code: CodeItem) -> bool:
    """Whether they are of one kind, so that they could say the same."""
    # 最高得10分 may be the cap of a rule or of the item; points of a cell may be a cap
    if text.group != code.group and {text.group, code.group} != {"limit", "bound"}:
        return False
    if text.group in ("award", "deduct", "discretion", "amounts"):
        return (text.sign == code.sign or not text.sign) and _forms(text.form, code.form)
    if text.group == "threshold":
        return _dimensions(text, code)
    if text.group == "step":
        return text.dimension == code.dimension or not text.dimension or not code.dimension
    return True


def _forms(text: str, code: str) -> bool:
    """Whether a rule of the text can be a rule of the policy.

    每项未落实扣5分 may be written out, one deduction for each item; points for each percentage
    point are always points for each.
    """
    if text == code or not text or not code:
        return True
    kind, _, dimension = text.partition(" ")
    other, _, counted = code.partition(" ")
    if kind == "step" and other == "step":
        return dimension == counted
    return kind == "step" and dimension in _COUNTERS


def _dimensions(text: TextItem, code: CodeItem) -> bool:
    one, other = text.dimension, code.dimension
    if one == other or not one:
        return True
    return {one, other} in ({"percent", "percentage_point"}, {"age", "month"})


# -- of a text


def text_items(section: Section) -> Iterator[TextItem]:
    """The figures and scoring phrases in the text of a section, with its marks."""
    passage = section.passage
    found = scan(passage.text)
    grouped: list[tuple[int, int]] = []

    def made(group: Group, start: int, end: int, words: str, **more: object) -> TextItem:
        defaults: dict[str, object] = {
            "value": None, "values": (), "dimension": "", "reading": passage.reading_at(start, end),
        }  # fmt: skip
        return TextItem(
            group=group, words=words, span=passage.span(start, end), section=section,
            **{**defaults, **more},  # type: ignore[arg-type]
        )  # fmt: skip

    for rule in found.rules:
        meaning = rule.meaning
        words = passage.text[rule.start : rule.end]
        form = _form(rule)
        if meaning.kind == "respectively":
            if meaning.amounts:
                grouped.append((rule.start, rule.end))
                yield made("amounts", rule.start, rule.end, words, values=meaning.amounts,
                           sign=meaning.sign)  # fmt: skip
            for modifier in meaning.modifiers:
                if modifier.kind == "scale":
                    yield made("scale", rule.start, rule.end, words, value=modifier.value)
            continue
        if meaning.step is not None:
            at = _step_place(rule, found.figures)
            start, end = (at.start, at.end) if at is not None else (rule.start, rule.end)
            yield made("step", start, end, at.text if at is not None else f"每{meaning.step.unit}",
                       value=meaning.step.size, dimension=meaning.step.dimension,
                       form=form)  # fmt: skip
        if meaning.kind == "discretion" or (meaning.kind == "step" and meaning.amount is None):
            yield made("discretion", rule.start, rule.end, words, sign=meaning.sign, form=form)
        if meaning.kind in ("veto", "no_points", "status"):
            yield made("verdict", rule.start, rule.end, words,
                       form=meaning.status or meaning.kind)  # fmt: skip
        for modifier in meaning.modifiers:
            if modifier.kind == "scale":
                yield made("scale", rule.start, rule.end, words, value=modifier.value)
    for figure in found.figures:
        if any(a <= figure.start and figure.end <= b for a, b in grouped) or figure.role == "step":
            continue
        yield made(**_figure(figure, found.rules))  # type: ignore[arg-type]


def _figure(figure: Figure, rules: tuple[Found, ...]) -> dict[str, object]:
    rule = next((r for r in rules if r.start <= figure.start and figure.end <= r.end), None)
    sign = {"award": 1, "deduct": -1}.get(figure.role, 0)
    beside = figure.role in BESIDE_RULES
    return {
        "group": "date" if beside else _GROUPS[figure.role], "start": figure.start,
        "end": figure.end, "words": figure.text, "value": figure.value,
        "dimension": figure.quantity.dimension, "subject": figure.subject, "role": figure.role,
        "sign": sign, "form": _form(rule) if rule is not None and sign else "",
        "scoring": not beside and figure.role not in ("number", "count", "frequency"),
    }  # fmt: skip


def _form(rule: Found) -> str:
    step = rule.meaning.step
    return f"step {step.dimension}" if step is not None else "flat"


def _step_place(rule: Found, figures: tuple[Figure, ...]) -> Figure | None:
    return next(
        (f for f in figures if f.role == "step" and rule.start <= f.start and f.end <= rule.end
         and rule.meaning.step is not None and f.value == rule.meaning.step.size), None,
    )  # fmt: skip


def mark_items(section: Section) -> Iterator[TextItem]:
    """The points that a table gives to a unit, a group or an item."""
    marks: list[Mark] = []
    if section.row is not None and section.row.marks is not None:
        marks.append(section.row.marks)
    elif section.row is None and section.holder is not None and section.holder.total is not None:
        marks += [section.holder.total, *section.holder.repeats]
    for mark in marks:
        yield TextItem(
            "limit", mark.value, (), "points", mark.place.text, mark.place.span(), section,
            role="full_marks",
        )  # fmt: skip


def shown(value: Fraction | None) -> str:
    """A value as a reader wants it."""
    return "" if value is None else show_points(value)
