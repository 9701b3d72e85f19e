"""Several drafts of one base merged, or shown where they collide.

Two drafts collide where operations of theirs touch the same thing
(:func:`policydsl.model.footprints.meets`): the same attribute or the rules of a clause, a clause
that one repeals and the other changes, two clauses put into one place or given one name.  A change
that both drafts make word for word is no conflict.  What is merged does not depend on the order
in which the drafts are named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, has_errors
from policydsl.language.nodes import Span
from policydsl.language.paths import chain_of
from policydsl.language.printing import print_node
from policydsl.model.amending.amender import Amender
from policydsl.model.amending.changes import ABOUT_THE_CHANGE, Change, Consolidation
from policydsl.model.editions import Edition, Filed
from policydsl.model.finding import ClauseIndex
from policydsl.model.footprints import Footprint, meets
from policydsl.model.kinds import spelt
from policydsl.model.rewriting import statement_name


@dataclass(frozen=True)
class ConflictSide:
    """What one draft does: its operation as text, the reason that it gives, and where."""

    draft: str
    text: str
    reason: str | None
    place: tuple[Source, Span]


@dataclass(frozen=True)
class Conflict:
    """Two drafts that change the same thing.

    ``clause``: its id in the base (``""``: the document itself); ``base``: what the base says
    there; ``aspects`` name what both touch (see :class:`Footprint`).
    """

    clause: str
    aspects: tuple[str, ...]
    base: str
    left: ConflictSide
    right: ConflictSide

    def diagnostic(self) -> Diagnostic:
        """The conflict as a finding, with both places."""
        words = [aspect_words(aspect) for aspect in self.aspects]
        details = {
            "ref": self.clause or ("本文件", "the document"),
            "what": ("、".join(zh for zh, _ in words), ", ".join(en for _, en in words)),
            "left": self.left.draft,
            "right": self.right.draft,
        }
        return Diagnostic("V615", *self.right.place, details, (self.left.place,))


_ASPECTS = {
    "rules": ("规则", "the rules"), "clauses": ("其中的条款", "the clauses inside"),
    "existence": ("存废", "whether it stays"), "place": ("位置", "the place"),
    "beside": ("位置", "the place"), "rename": ("名称", "the name"),
    "renumber": ("编号", "the number"), "Household": spelt("HOUSEHOLD"),
    "Ranking": spelt("RANKING"), "Quota": spelt("QUOTA"), "Ties": spelt("TIES"),
}  # fmt: skip


def aspect_words(aspect: str) -> tuple[str, str]:
    """An aspect of a :class:`Footprint` in Chinese and English."""
    if aspect in _ASPECTS:
        return _ASPECTS[aspect]
    kind, _, name = aspect.partition(" ")
    if kind == "gap":
        before, _, after = name.partition("|")
        if before and after:
            return f"“{before}”与“{after}”之间", f"what stands between “{before}” and “{after}”"
        if after:
            return "开头", "its beginning"
        return "末尾", "its end"
    if kind == "label":
        return f"名称“{name}”", f"the name “{name}”"
    if name:
        zh, en = spelt("NOT_COUNTED" if kind == "exclusion" else kind.upper())
        return f"{zh}“{name}”", f"{en} “{name}”"
    return spelt(aspect)


@dataclass(frozen=True)
class Conflicts:
    """Why drafts cannot be merged; never empty."""

    conflicts: tuple[Conflict, ...]

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """One finding for each conflict."""
        return [conflict.diagnostic() for conflict in self.conflicts]


def merge(
    base: Edition, drafts: Sequence[Filed], id_: n.Name | None = None, title: str | None = None
) -> Consolidation | Conflicts:
    """The edition that all drafts together make of ``base``, or the conflicts between them.

    The edition is called ``id_`` (the base's id and 合并稿, if none is given).  Raises
    :class:`PolicyError` when a draft has errors of its own (V601 …) or another base (V617).
    """
    _check_bases(base, drafts)
    ordered = sorted(drafts, key=lambda draft: draft.document.id.text)
    carried = [_carried_out(base, draft) for draft in ordered]
    conflicts: list[Conflict] = []
    agreed: set[int] = set()
    for i, left in enumerate(carried):
        for right in carried[i + 1 :]:
            found, same = _between(base, left, right)
            conflicts.extend(found)
            agreed |= same
    if conflicts:
        return Conflicts(tuple(conflicts))
    amender = Amender(base.document, base.source, base.sources)
    for draft in ordered:
        kept = tuple(s for s in draft.document.body if id(s) not in agreed)
        amender.apply(replace(draft.document, body=kept), draft.source)
    if has_errors(amender.found):
        raise PolicyError([d for d in amender.found if d.severity == "error"])
    return amender.result(id_ or n.Name(f"{base.document.id.text}-合并稿"), title)


def _check_bases(base: Edition, drafts: Iterable[Filed]) -> None:
    wanted = base.document.id.text
    found: list[Diagnostic] = []
    for draft in drafts:
        found.extend(draft.problems)
        document = draft.document
        if document.based_on is None:
            details: dict[str, object] = {"id": document.id.text}
            found.append(Diagnostic("V610", draft.source, document.id.span, details))
        elif document.based_on.text != wanted:
            details = {
                "id": document.id.text,
                "base": document.based_on.text,
                "wanted": wanted,
            }
            found.append(Diagnostic("V617", draft.source, document.based_on.span, details))
    if has_errors(found):
        raise PolicyError([d for d in found if d.severity == "error"])


@dataclass(frozen=True)
class _Carried:
    """A draft carried out by itself."""

    draft: Filed
    changes: tuple[Change, ...]
    header: tuple[tuple[Footprint, n.Attribute], ...]


def _carried_out(base: Edition, draft: Filed) -> _Carried:
    amender = Amender(base.document, base.source, base.sources)
    amender.apply(draft.document, draft.source)
    if has_errors(amender.found):
        raise PolicyError([d for d in amender.found if d.severity == "error"])
    return _Carried(draft, amender.result().changes, tuple(amender.header))


# -- two drafts

# What the head of a draft says beside those of the base: both hold.
_JOINING = frozenset({"USES", "WAIVE", "CONCEPT"})


def _between(base: Edition, left: _Carried, right: _Carried) -> tuple[list[Conflict], set[int]]:
    """Conflicts of two drafts, and (by ``id()``) operations of the second that the first makes."""
    meeting = [
        (a, b, touched)
        for a, b in _near(left.changes, right.changes)
        if (touched := _met(a.footprints, b.footprints))
    ]
    agreed = {(id(a.node), id(b.node)) for a, b, _ in meeting if _same_operation(a.node, b.node)}
    lefts, rights = {a for a, _ in agreed}, {b for _, b in agreed}
    index = ClauseIndex(base.document)

    def conflict(touched: Sequence[Footprint], *sides: ConflictSide) -> Conflict:
        return _conflict(base.document, index, touched, *sides)

    conflicts = [
        conflict(touched, _side(left.draft, a.node, a.reason), _side(right.draft, b.node, b.reason))
        for a, b, touched in meeting
        # what both drafts do once stands in neither one's way a second time
        if id(a.node) not in lefts and id(b.node) not in rights
    ]
    for footprint, attribute in left.header:
        if footprint.aspect in _JOINING:
            continue
        mine, others = ([x for f, x in side.header if f == footprint] for side in (left, right))
        if others and mine != others and attribute is mine[0]:
            conflicts.append(
                conflict([footprint], *(
                    _side(side.draft, x, None) for side, x in ((left, mine[0]), (right, others[0]))
                ))
            )  # fmt: skip
    for one, other in ((left, right), (right, left)):
        for footprint, attribute in one.header:
            for change in other.changes:
                if _met((footprint,), change.footprints):
                    sides = {
                        id(one): _side(one.draft, attribute, None),
                        id(other): _side(other.draft, change.node, change.reason),
                    }
                    conflicts.append(conflict([footprint], sides[id(left)], sides[id(right)]))
    return conflicts, rights


def _near(left: Sequence[Change], right: Sequence[Change]) -> Iterator[tuple[Change, Change]]:
    """Pairs of changes that can meet: at one clause, or at one inside the other.

    Large drafts touch many clauses, and most pairs have nothing to do with each other.
    """
    places: defaultdict[str, dict[int, Change]] = defaultdict(dict)
    for number, b in enumerate(right):
        for footprint in b.footprints:
            for id_ in _outwards(footprint.clause):
                places[id_][number] = b
    exact: defaultdict[str, dict[int, Change]] = defaultdict(dict)
    for number, b in enumerate(right):
        for footprint in b.footprints:
            exact[footprint.clause][number] = b
    for a in left:
        near: dict[int, Change] = {}
        for footprint in a.footprints:
            # inside the clause only what removes it whole can meet
            whole = footprint.aspect in ("existence", "clauses")
            near |= (places if whole else exact)[footprint.clause]
            for id_ in _outwards(footprint.clause):
                near |= {
                    number: b
                    for number, b in exact[id_].items()
                    if any(f.aspect in ("existence", "clauses") for f in b.footprints)
                }
        for number in sorted(near):
            yield a, near[number]


def _outwards(id_: str) -> Iterator[str]:
    """The id of a clause and those of the clauses around it, the document last."""
    while id_:
        yield id_
        id_ = id_.rpartition("/")[0]
    yield ""


def _met(left: Sequence[Footprint], right: Sequence[Footprint]) -> list[Footprint]:
    """What both touch: of each pair that meets both aspects, at the inner one of their clauses."""
    touched: list[Footprint] = []
    for a in left:
        for b in right:
            if meets(a, b):
                clause = max(a.clause, b.clause, key=len)
                touched.extend(Footprint(clause, aspect) for aspect in (a.aspect, b.aspect))
    return list(dict.fromkeys(touched))


def _same_operation(a: n.Statement, b: n.Statement) -> bool:
    """Whether two operations say the same, reasons and dates of their own left aside."""
    return type(a) is type(b) and _bare(a) == _bare(b)


def _bare(operation: n.Statement) -> n.Statement:
    if isinstance(operation, n.Modify):
        parts = tuple(
            p
            for p in operation.parts
            if not (isinstance(p, n.Attribute) and p.key in ABOUT_THE_CHANGE)
        )
        return replace(operation, parts=parts)
    if isinstance(operation, (n.Insert, n.Repeal, n.Move, n.Rename, n.Renumber, n.Split, n.Merge)):
        return cast(n.Statement, replace(cast(Any, operation), attributes=()))
    return operation


def _side(draft: Filed, node: n.Statement, reason: str | None) -> ConflictSide:
    text = print_node(node, "zh")
    return ConflictSide(draft.document.id.text, text, reason, (draft.source, node.span))


def _conflict(
    base: n.Document,
    index: ClauseIndex,
    touched: Sequence[Footprint],
    left: ConflictSide,
    right: ConflictSide,
) -> Conflict:
    clause = max((f.clause for f in touched), key=len)
    aspects = tuple(dict.fromkeys(f.aspect for f in touched))
    return Conflict(clause, aspects, _base_text(base, index, clause, aspects), left, right)


def _base_text(
    document: n.Document, index: ClauseIndex, clause: str, aspects: Sequence[str]
) -> str:
    """What the base says: the clause without those inside it, or the one thing that is touched."""
    position = index.positions.get(clause)
    if position is not None:
        node = chain_of(document, position)[-1]
        whole = {"existence", "clauses"} & {*aspects}
        if not whole:
            plain = tuple(s for s in node.body if not isinstance(s, n.Clause))
            node = replace(node, body=plain)
        return print_node(node, "zh")
    texts = [
        print_node(attribute, "zh") for attribute in document.attributes if attribute.key in aspects
    ]
    texts.extend(
        print_node(statement, "zh")
        for statement in document.body
        if not isinstance(statement, n.Clause)
        and (statement_name(statement) in aspects or "rules" in aspects)
    )
    return "\n".join(texts)
