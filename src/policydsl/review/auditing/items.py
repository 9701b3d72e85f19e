"""What is compared: figures and scoring phrases, of a text and of a policy, in one form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, TypedDict, Unpack

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


class _More(TypedDict, total=False):
    """What an item may say beyond its group, place and words."""

    value: Fraction | None
    values: tuple[Fraction, ...]
    dimension: str
    form: str
    subject: str
    sign: int
    role: str
    scoring: bool


def text_items(section: Section) -> Iterator[TextItem]:
    """The figures and scoring phrases in the text of a section, with its marks."""
    found = scan(section.passage.text)
    texts = _Texts(section)
    for rule in found.rules:
        if rule.meaning.kind == "respectively":
            yield from texts.grouped(rule)
        else:
            yield from texts.rule(rule, found.figures)
    grouped = [
        (rule.start, rule.end)
        for rule in found.rules
        if rule.meaning.kind == "respectively" and rule.meaning.amounts
    ]
    for figure in found.figures:
        inside = any(a <= figure.start and figure.end <= b for a, b in grouped)
        if not inside and figure.role != "step":
            yield texts.figure(figure, found.rules)


@dataclass(frozen=True)
class _Texts:
    section: Section

    def item(
        self, group: Group, start: int, end: int, words: str | None = None, **more: Unpack[_More]
    ) -> TextItem:
        """The item of a stretch of the passage; ``words``: what stands there, if nothing else."""
        passage = self.section.passage
        words = passage.text[start:end] if words is None else words
        span, reading = passage.span(start, end), passage.reading_at(start, end)
        bare = TextItem(group, None, (), "", words, span, self.section, reading=reading)
        return replace(bare, **more)

    def grouped(self, rule: Found) -> Iterator[TextItem]:
        """分别加10、20分: all amounts are one item."""
        meaning = rule.meaning
        if meaning.amounts:
            yield self.item(
                "amounts", rule.start, rule.end, values=meaning.amounts, sign=meaning.sign
            )
        yield from self._scales(rule)

    def rule(self, rule: Found, figures: tuple[Figure, ...]) -> Iterator[TextItem]:
        """What a rule says beside its figures, and the size of its step."""
        meaning, form = rule.meaning, _form(rule)
        step = meaning.step
        if step is not None:
            at = _step_place(rule, figures)
            start, end = (at.start, at.end) if at is not None else (rule.start, rule.end)
            words = at.text if at is not None else f"每{step.unit}"
            yield self.item(
                "step", start, end, words, value=step.size, dimension=step.dimension, form=form
            )
        if meaning.kind == "discretion" or (meaning.kind == "step" and meaning.amount is None):
            yield self.item("discretion", rule.start, rule.end, sign=meaning.sign, form=form)
        if meaning.kind in ("veto", "no_points", "status"):
            form = meaning.status or meaning.kind
            yield self.item("verdict", rule.start, rule.end, form=form)
        yield from self._scales(rule)

    def _scales(self, rule: Found) -> Iterator[TextItem]:
        for modifier in rule.meaning.modifiers:
            if modifier.kind == "scale":
                yield self.item("scale", rule.start, rule.end, value=modifier.value)

    def figure(self, figure: Figure, rules: tuple[Found, ...]) -> TextItem:
        """A figure, with the sign and form of the rule in which it stands."""
        rule = next((r for r in rules if r.start <= figure.start and figure.end <= r.end), None)
        sign = {"award": 1, "deduct": -1}.get(figure.role, 0)
        beside = figure.role in BESIDE_RULES
        return self.item(
            "date" if beside else _GROUPS[figure.role],
            figure.start,
            figure.end,
            figure.text,
            value=figure.value,
            dimension=figure.quantity.dimension,
            subject=figure.subject,
            role=figure.role,
            sign=sign,
            form=_form(rule) if rule is not None and sign else "",
            scoring=not beside and figure.role not in ("number", "count", "frequency"),
        )


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
