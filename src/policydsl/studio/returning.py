"""Numbers back at their first values: the operations go away that were written to move them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from policydsl.language import nodes as n
from policydsl.language.diagnostics import PolicyError
from policydsl.model.finding import ClauseIndex
from policydsl.simulation.adjusting import Adjustable
from policydsl.studio.drafts import Draft
from policydsl.versions.matching import canonical

Opened = Callable[[str | None], Draft]


def returned(
    file: Draft, made: Draft, numbers: Iterable[str], opened: Opened
) -> Draft:  # fmt: skip
    """The draft without the operations that only moved numbers which are back where they were.

    ``file`` is the draft as the file has it, ``made`` the one in which ``numbers`` (by id) were
    moved, ``opened`` reads another text in its place.  An operation becomes again what the file
    has, with the other numbers of it that are moved; a draft that has no operation left becomes
    the file.  What cannot be taken back without changing what the draft says stays as it is.
    """
    first = {each.id: each for each in file.numbers}
    for id_ in numbers:
        known = first.get(id_)
        here = next((each for each in made.numbers if each.id == id_), None)
        if known is None or here is None or known.figure.value != here.figure.value:
            continue
        if known.span is not None and _same_document(file, made):
            continue  # it stands in the file itself: another figure there, and no operation
        try:
            made = _without(file, made, here, first, opened)
        except PolicyError:
            continue  # the text without it cannot be read
    return made


def _same_document(one: Draft, other: Draft) -> bool:
    ids = [None if each.document is None else each.document.id.text for each in (one, other)]
    return ids[0] == ids[1]


def _without(
    file: Draft, made: Draft, number: Adjustable, first: Mapping[str, Adjustable], opened: Opened
) -> Draft:
    """The draft without the operation around a number, or with what else that one moves."""
    operation = _around(made, number)
    if operation is None or made.document is None:
        return made
    moved = {
        each.id: each.figure.value
        for each in made.numbers
        if each.span is not None and _around(made, each) is operation
        and each.id in first and first[each.id].figure.value != each.figure.value
    }  # fmt: skip
    old = _operation_of(file, made, operation) if _same_document(file, made) else None
    if moved and _reasons(operation) != _reasons(old):
        return made  # the drafter's own words stand in it
    if not moved and old is None and len(_operations(made.document.body)) == 1:
        found = opened(None)  # nothing is amended any more
        return found if _says(found) == _says(made) else made
    text = made.text
    before, after = text[: operation.span.start], text[operation.span.end :]
    if old is None:
        text = before.rstrip() + after
    else:
        text = before + file.text[old.span.start : old.span.end] + after
    found = opened(text)
    if moved:
        found = opened(found.changed(moved).text)
    return found if _says(found) == _says(made) else made


def _around(draft: Draft, number: Adjustable) -> n.Modify | None:
    """The operation in which a number stands."""
    span, document = number.span, draft.document
    if span is None or document is None or document.kind != "AMENDMENT":
        return None
    for each in document.body:
        if isinstance(each, n.Modify) and each.span.start <= span.start < each.span.end:
            return each
    return None


def _operation_of(file: Draft, made: Draft, operation: n.Modify) -> n.Modify | None:
    """What the file has for the clause of an operation."""
    edition = None if made.policy is None else made.policy.document
    if edition is None or file.document is None or operation.target is None:
        return None
    index = ClauseIndex(edition)
    wanted = index.find(operation.target)
    for each in file.document.body:
        if isinstance(each, n.Modify) and each.target and index.find(each.target) == wanted:
            return each
    return None


def _operations(body: Iterable[n.Statement]) -> list[n.Statement]:
    return [each for each in body if not isinstance(each, n.Attribute)]


def _reasons(operation: n.Modify | None) -> Collection[object]:
    parts = () if operation is None else operation.parts
    return [x.value for x in parts if isinstance(x, n.Attribute) and x.key == "REASON"]


def _says(draft: Draft) -> object:
    """What the clauses of the edition say that a draft makes; with errors, like no other."""
    if draft.policy is None or draft.policy.document is None:
        return object()
    return canonical(replace(draft.policy.document, attributes=())).body
