"""Numbers that a drafter turns: where they stand in a text, how far they go, what the text becomes.

The numbers are those of :func:`policydsl.simulation.sensitivity.figures_in`.  A number that stands
in the text of the draft is exchanged there, and nothing else of the text moves.  One that only the
base of a 修订 states, or an assumption set, gets an operation at the end of the 修订; a draft that
is a whole document becomes a 修订 of the document as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.language.keywords import Language
from policydsl.language.parsing import fold_width, parse_text
from policydsl.language.paths import chain_of
from policydsl.language.printing import print_file, print_node
from policydsl.model.finding import ClauseIndex
from policydsl.scoring.ranges import show_points
from policydsl.simulation.drafts import Version
from policydsl.simulation.search.drafting import Drafter
from policydsl.simulation.search.moves import Move
from policydsl.simulation.sensitivity import Figure, figures_in

Pair = tuple[str, str]

MOST_STEPS = 400
"""A slider has about so many places, at most."""

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_LIMITS: Mapping[str, Pair] = {
    "满分": ("满分", "full marks"), "上限": ("上限", "cap"), "下限": ("下限", "floor"),
    "起评": ("起评", "starts at"),
}  # fmt: skip
_GAP = "□"
_MARK = Fraction(918273645)
"""Stands for a number while its label is written; no policy has such a figure."""


@dataclass(frozen=True)
class Adjustable:
    """A number that can be turned.

    ``id`` stays while values change.  ``span`` is where its digits stand in the draft's own text
    (``None``: it stands elsewhere, in ``home``).  ``low`` to ``high`` by ``step``: what a slider
    offers, no limit of the language.  ``whole``: only whole numbers make sense.
    """

    id: str
    figure: Figure
    clause: n.Clause
    span: n.Span | None
    home: str
    low: Fraction
    high: Fraction
    step: Fraction
    whole: bool

    @cached_property
    def label(self) -> Pair:
        """What the number is: the words around it, with a gap in its place."""
        return _label(self.clause, self.figure)


def id_of(figure: Figure) -> str:
    """What a number is called: its clause, and the way to it from there."""
    return f"{figure.clause}@{'.'.join(map(str, figure.path))}"


def adjustable(version: Version, own: n.Document, text: Source) -> list[Adjustable]:
    """The numbers of a version, of all its scenes too; ``own`` is what stands in ``text``."""
    document = version.policy.document
    assert document is not None
    places = _Places(own, document, text)
    found = []
    scenes = [None, *(scene.name for scene in version.policy.scenes)]
    figures = {id_of(x): x for scene in scenes for x in figures_in(document, scene)}
    for figure in figures.values():
        clause = chain_of(document, figure.position)[-1]
        number = _at(clause, figure.path)
        low, high, step = slider(figure)
        quota = isinstance(_holder(clause, figure.path), n.Quota)
        span = places.of(number, figure)
        found.append(
            Adjustable(
                id_of(figure), figure, clause, span,
                text.name if span is not None else places.home(version, figure),
                low, high, step, quota,
            )
        )  # fmt: skip
    return found


def slider(figure: Figure) -> tuple[Fraction, Fraction, Fraction]:
    """Low, high and step of a slider; the value that is there now is one of its places."""
    value, step = figure.value, figure.step
    if figure.unit in ("%", "％") and value <= 100:
        low, high = Fraction(0), Fraction(100)
    elif figure.unit in ("分", ""):
        low, high = Fraction(0), value * 2 or 10 * step
    else:
        low, high = value - value // 2, value * 3 / 2
        if high - low < 4 * step:
            low, high = max(value - 4 * step, Fraction(0)), value + 4 * step
    factors = (2, Fraction(5, 2), 2)
    turn = 0
    while (high - low) / step > MOST_STEPS:
        step *= factors[turn % 3]
        turn += 1
    low = value - (value - low) // step * step
    high = value + (high - value) // step * step
    return low, high, step


# -- where numbers stand


class _Places:
    """Where the numbers of an edition stand in the text of its own document."""

    def __init__(self, own: n.Document, edition: n.Document, text: Source):
        self.text = text
        self.base = own.id.text if own.based_on is None else own.based_on.text
        numbers = [x for x in n.walk(own) if isinstance(x, n.Number)]
        self.own = {id(x): x for x in numbers}
        # 将 0.5 分 改为 0.6 分: the figure of the edition is a copy of the new one
        self.exchanged: dict[tuple[str, Fraction], list[n.Number]] = {}
        index = ClauseIndex(edition)
        for operation in own.body:
            if not isinstance(operation, n.Modify) or operation.target is None:
                continue
            ids = [index.ids[position] for position in index.find(operation.target)]
            for part in operation.parts:
                if isinstance(part, n.Replacement) and len(ids) == 1:
                    self.exchanged.setdefault((ids[0], part.new.value), []).append(part.new)

    def of(self, number: n.Number, figure: Figure) -> n.Span | None:
        """The place of the digits; ``None`` where they do not stand in the text."""
        mine = self.own.get(id(number))
        if mine is None:
            copies = self.exchanged.get((figure.clause, figure.value), [])
            mine = copies[0] if len(copies) == 1 else None
        if mine is None or mine.span.end <= mine.span.start:
            return None
        return _digits(self.text, mine)

    def home(self, version: Version, figure: Figure) -> str:
        """What the text is called that states a number which does not stand in the own one."""
        clause = version.policy.clauses.get(figure.clause)
        names = () if clause is None else tuple(c.assumption for c in clause.closings)
        if names:
            return names[-1]
        return self.base


def _digits(text: Source, number: n.Number) -> n.Span:
    """Where the figure itself stands, without its unit; all of it where it is no plain figure."""
    written = fold_width(text.text[number.span.start : number.span.end])
    found = _DIGITS.match(written)
    if found is not None and Fraction(found[0]) == number.value:
        return n.Span(number.span.start, number.span.start + found.end())
    return number.span


def _at(node: Any, path: Sequence[str | int]) -> n.Number:
    for step in path:
        node = node[step] if isinstance(step, int) else getattr(node, step)
    assert isinstance(node, n.Number)
    return node


def _holder(node: Any, path: Sequence[str | int]) -> n.Node | None:
    """The statement or rule around a number that says what it is: the innermost one."""
    found = None
    for step in path:
        node = node[step] if isinstance(step, int) else getattr(node, step)
        if isinstance(node, (n.Rule, n.Tier, n.Quota, n.BlendPart, n.Exclusion)):
            found = node
    return found


def _label(clause: n.Clause, figure: Figure) -> Pair:
    if figure.path[0] == "attributes":
        return _LIMITS[figure.what]
    changed = _put(clause, figure.path, _MARK)
    holder = _holder(changed, figure.path)
    if holder is None:
        return figure.what, figure.what
    if isinstance(holder, n.Rule):
        holder = replace(holder, notes=())
    mark = show_points(_MARK)
    words = [" ".join(print_node(holder, language).split()) for language in ("zh", "en")]
    zh, en = (text.replace(mark, _GAP) for text in words)
    return zh, en


def _put(node: Any, path: Sequence[str | int], value: Fraction) -> Any:
    if not path:
        return replace(node, value=value, written=None)
    first, *rest = path
    if isinstance(first, int):
        return (*node[:first], _put(node[first], rest, value), *node[first + 1 :])
    return replace(node, **{first: _put(getattr(node, first), rest, value)})


# -- other values


@dataclass(frozen=True)
class Adjusted:
    """A text with other numbers; ``id`` is that of the document it now holds."""

    text: str
    id: str


def adjusted(
    version: Version, own: n.Document, text: Source, numbers: Sequence[Adjustable],
    changes: Mapping[str, Fraction], before: n.Document | None = None,
    taken: Sequence[str] = (),
) -> Adjusted:  # fmt: skip
    """The text of the draft with other values for numbers (by id).

    ``before`` is the document that a whole document was made from, ``taken`` ids that are in use:
    both are for the 修订 that a whole document becomes.  Raises :class:`PolicyError`: an unknown
    number (J924), a clause that nothing names (S568), a difference that cannot be written.
    """
    known = {each.id: each for each in numbers}
    unknown = [id_ for id_ in changes if id_ not in known]
    if unknown:
        raise PolicyError([Diagnostic("J924", text, None, {"number": unknown[0]})])
    moved = {id_: value for id_, value in changes.items() if known[id_].figure.value != value}
    inside = {id_: v for id_, v in moved.items() if known[id_].span is not None}
    outside = {id_: v for id_, v in moved.items() if known[id_].span is None}
    result = text.text
    for id_, value in sorted(inside.items(), key=lambda x: -_start(known[x[0]])):
        span = known[id_].span
        assert span is not None
        written = _written(version, known[id_], text, span, value)
        result = result[: span.start] + written + result[span.end :]
    if not outside:
        return Adjusted(result, own.id.text)
    operations = _operations(version, {known[id_]: v for id_, v in sorted(outside.items())})
    if own.kind == "AMENDMENT":
        index = ClauseIndex(_document(version))
        return Adjusted(_with_operations(result, text.name, own, operations, index), own.id.text)
    return _as_amendment(result, own, operations, before or own, text.name, taken)


def _document(version: Version) -> n.Document:
    assert version.policy.document is not None
    return version.policy.document


def _operations(version: Version, changes: Mapping[Adjustable, Fraction]) -> list[n.Modify]:
    """The operations of a 修订 that give numbers other values."""
    drafter, index = Drafter(version), ClauseIndex(_document(version))
    found: list[n.Modify] = []
    turned = []
    for each, value in changes.items():
        if each.whole:  # 名额 77 名: stated anew, whoever stated the old one
            quota = _holder(_put(each.clause, each.figure.path, value), each.figure.path)
            ref = index.shortest(each.figure.position)
            assert isinstance(quota, n.Quota)
            if ref is not None:
                found.append(n.Modify(ref, (quota,)))
                continue
        turned.append((Move(each.id, each.figure, (value,)), value))
    if turned:
        found += [op for op in drafter.amendment(turned).body if isinstance(op, n.Modify)]
    return found


def _start(each: Adjustable) -> int:
    assert each.span is not None
    return each.span.start


def _written(
    version: Version, each: Adjustable, text: Source, span: n.Span, value: Fraction
) -> str:
    """A value as it is put into the text; digits for digits, else the whole figure anew."""
    old = text.text[span.start : span.end]
    if _DIGITS.fullmatch(fold_width(old)):
        return show_points(value)
    document = version.policy.document
    assert document is not None
    number = _at(chain_of(document, each.figure.position)[-1], each.figure.path)
    return print_node(replace(number, value=value, written=None), _language(text.text, span.start))


def _language(text: str, offset: int) -> Language:
    """The language of the keywords of the document around a place."""
    heading = text[:offset].rpartition("{")[0][-2000:] or text
    return "zh" if re.search(r"[一-鿿]", heading) else "en"


def _with_operations(
    text: str, name: str, own: n.Document, operations: Sequence[n.Modify], index: ClauseIndex
) -> str:
    """The text of a 修订 with more operations, before its closing brace.

    What changes a clause that the 修订 modifies already goes into the operation that is there: a
    clause is not amended twice.
    """
    for operation in operations:
        documents = parse_text(text, name).file.documents
        own = next((d for d in documents if d.id.text == own.id.text), own)
        language: Language = "en" if text[own.span.start : own.span.start + 1].isascii() else "zh"
        assert operation.target is not None
        there = index.find(operation.target)
        old = next((op for op in own.body if isinstance(op, n.Modify) and op.target is not None
                    and index.find(op.target) == there), None)  # fmt: skip
        if old is not None:
            printed = _printed(own, _merged(old, operation), language)
            text = text[: old.span.start] + printed.strip() + text[old.span.end :]
            continue
        brace = max(text.rfind(sign, own.span.start, own.span.end) for sign in "}｝")
        before = text[:brace].rstrip()
        text = f"{before}\n\n{_printed(own, operation, language)}\n" + text[brace:]
    return text


def _merged(old: n.Modify, new: n.Modify) -> n.Modify:
    """One operation that does what two do; what the second states anew counts."""
    kinds = {type(part) for part in new.parts if not isinstance(part, (n.Attribute, n.Replacement))}
    keys = {part.key for part in new.parts if isinstance(part, n.Attribute)}
    kept = [
        part for part in old.parts
        if type(part) not in kinds and not (isinstance(part, n.Attribute) and part.key in keys)
    ]  # fmt: skip
    reasons = [p for p in kept if isinstance(p, n.Attribute) and p.key == "REASON"]
    rest = [p for p in kept if p not in reasons]
    bodies = [p for p in new.parts if isinstance(p, n.NewBody)]
    others = [p for p in new.parts if not isinstance(p, n.NewBody)]
    return replace(old, parts=(*rest, *others, *bodies, *reasons))


def _printed(own: n.Document, operation: n.Statement, language: Language) -> str:
    """An operation as it stands in a 修订, indented."""
    bare = replace(own, attributes=(), body=(operation,), title=None)
    printed = print_file(n.File((bare,)), language)
    return printed[printed.index("{") + 1 : printed.rindex("}")].strip("\n")


def _as_amendment(
    text: str, own: n.Document, more: Sequence[n.Modify], before: n.Document, name: str,
    taken: Sequence[str],
) -> Adjusted:  # fmt: skip
    """A whole document with other numbers as a 修订 of what it was."""
    from policydsl.versions.diffing import diff

    operations: tuple[n.Statement, ...] = ()
    if text:
        parsed = next(
            (d for d in parse_text(text, name).file.documents if d.id.text == own.id.text), own
        )
        changed = diff(before, parsed)
        operations = changed.body
    id_ = f"{before.id.text}-草案"
    count = 2
    while id_ in taken:
        id_, count = f"{before.id.text}-草案{count}", count + 1
    title = f"{before.title or before.id.text}（修订草案）"
    amendment = n.Document(
        "AMENDMENT", n.Name(id_), title, n.Name(before.id.text),
        attributes=(), body=(*operations, *more),
    )  # fmt: skip
    return Adjusted(print_file(n.File((amendment,))), id_)


__all__ = ["Adjustable", "Adjusted", "adjustable", "adjusted", "id_of", "slider"]
