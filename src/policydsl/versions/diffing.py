"""The amendment that leads from one edition to another.

``diff(base, new)`` gives a 修订 on ``base``; carried out, it gives ``new`` again, in the form of
:func:`policydsl.versions.matching.canonical` and with 替代 naming the base where ``new`` names
nothing.  Which clause became which is taken from a lineage, or else from
:func:`policydsl.versions.matching.match_clauses`; what is inferred is marked 推定.

Changes are said as narrowly as the language can: a figure by 将 … 改为 …, an attribute by itself,
a body only where its rules change otherwise.
"""

from __future__ import annotations

import bisect
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, has_errors
from policydsl.language.keywords import keyword_table
from policydsl.language.paths import chain_of, clause_key, clause_label, ref_to
from policydsl.model.amending.amender import Amender
from policydsl.model.amending.changes import ABOUT_THE_CHANGE
from policydsl.model.finding import ClauseIndex
from policydsl.model.kinds import spelt
from policydsl.model.rewriting import (
    count_figure,
    full_number,
    inner_fields,
    statement_name,
    upserted,
    with_declarations,
    with_figures,
)
from policydsl.versions.lineage import Lineage, Link
from policydsl.versions.matching import SAME_ID, canonical, ids_inside, match_clauses

# Attributes of the new edition that the head of the amendment states.
_IN_THE_HEAD = frozenset(
    {"ISSUED", "IN_FORCE", "EXPIRES", "TRANSITION", "ISSUER", "REPLACES", "ENGLISH"}
)
_MOST_FIGURES = 3
"""With more figures changed than this, the new rules are easier to read."""

_NO_TEXT = Source("", "")


class _Unnameable(Exception):
    """A clause that no reference can name."""

    def __init__(self, clause: n.Clause):
        super().__init__(clause_label(clause))
        self.clause = clause


def diff(base: n.Document, new: n.Document, lineage: Lineage | None = None) -> n.Document:
    """The amendment of ``base`` that gives ``new``; its id and title are those of ``new``.

    Raises :class:`PolicyError`: two kinds of documents (V616), two clauses of one label in the
    new edition (V607), or a clause that nothing can name and that must be changed (V619).
    """
    if base.kind != new.kind:
        details = {
            "old": base.id.text,
            "old_kind": spelt(base.kind),
            "new": new.id.text,
            "new_kind": spelt(new.kind),
        }
        raise PolicyError([Diagnostic("V616", None, None, details)])
    for document in (base, new):
        _check_keys(document)
    wanted = canonical(new)
    try:
        amendment = _Differ(canonical(base), wanted, lineage).amendment()
        if _gives(base, amendment, wanted):
            return amendment
        unnameable = None
    except _Unnameable as problem:
        unnameable = problem.clause
    # a clause that cannot be named stands in the way: the whole text is restated
    with contextlib.suppress(_Unnameable):
        amendment = _Differ(canonical(base), wanted, lineage).restatement()
        if _gives(base, amendment, wanted):
            return amendment
    label = clause_label(unnameable) if unnameable is not None else new.id.text
    raise PolicyError([Diagnostic("V619", None, None, {"ref": label})])


def expected(base: n.Document, new: n.Document) -> n.Document:
    """The edition that the amendment of :func:`diff` gives: ``new`` in canonical form."""
    id_ = _id_of(base, new)
    attributes = new.attributes
    if not any(a.key == "REPLACES" for a in attributes) and id_.text != base.id.text:
        attributes = (*attributes, n.Attribute("REPLACES", (n.Name(base.id.text),)))
    return canonical(replace(new, id=id_, title=new.title or base.title, attributes=attributes))


def _id_of(base: n.Document, new: n.Document) -> n.Name:
    if new.id.text != base.id.text:
        return new.id
    return n.Name(f"{new.id.text}-修订")


def _gives(base: n.Document, amendment: n.Document, wanted: n.Document) -> bool:
    amender = Amender(base, _NO_TEXT)
    amender.apply(amendment, _NO_TEXT)
    if has_errors(amender.found):
        return False
    result = amender.result(amendment.id, amendment.title).document
    return canonical(result) == expected(base, wanted)


def _check_keys(holder: n.Document | n.Clause) -> None:
    seen: set[str] = set()
    for clause in holder.body:
        if isinstance(clause, n.Clause):
            key = clause_key(clause)
            if key in seen:
                raise PolicyError([Diagnostic("V607", None, None, {"label": key})])
            seen.add(key)
            _check_keys(clause)


class _Differ:
    """Writes the amendment; both editions are in canonical form."""

    def __init__(self, base: n.Document, new: n.Document, lineage: Lineage | None):
        self.base = base
        self.new = new
        self.old_index = ClauseIndex(base)
        self.new_index = ClauseIndex(new)
        self.old_inside = ids_inside(base)
        self.new_inside = ids_inside(new)
        self.old_parent = {c: p for p, inner in self.old_inside.items() for c in inner}
        self.old_of: dict[str, str] = {}
        self.links: dict[str, Link] = {}
        self.splits: dict[str, tuple[str, ...]] = {}
        self.merges: dict[str, tuple[str, ...]] = {}
        self.made_of: dict[str, str] = {}
        self.reasons: Mapping[str, str | None] = {} if lineage is None else lineage.gone
        self.operations: list[n.Statement] = []
        self._pair(match_clauses(base, new) if lineage is None else lineage)

    def old(self, id_: str) -> n.Clause:
        """A clause of the base."""
        return chain_of(self.base, self.old_index.positions[id_])[-1]

    def fresh(self, id_: str) -> n.Clause:
        """A clause of the new edition."""
        return chain_of(self.new, self.new_index.positions[id_])[-1]

    # -- which clause is which

    def _pair(self, lineage: Lineage) -> None:
        for link in lineage.links:
            old = [id_ for id_ in link.old if id_ in self.old_index.positions]
            new = [id_ for id_ in link.new if id_ in self.new_index.positions]
            if len(old) == 1 and len(new) == 1:
                self._take(old[0], new[0], link)
            elif len(old) == 1 and len(new) > 1:
                self.splits[old[0]] = tuple(new)
                self.links |= dict.fromkeys(new, link)
            elif len(new) == 1 and len(old) > 1:
                self.merges[new[0]] = tuple(old)
                self.links[new[0]] = link
        # a clause made by splitting or merging is stated whole, with all that is inside it
        for made in (*self.merges, *(id_ for ids in self.splits.values() for id_ in ids)):
            for inner in self._all_inside(made):
                self.old_of.pop(inner, None)
            self.old_of.pop(made, None)

    def _take(self, old: str, new: str, link: Link) -> None:
        a, b = self.old(old), self.fresh(new)
        renamable = b.name is not None or a.name is None
        renumberable = b.number is not None or a.number is None
        if a.kind == b.kind and renamable and renumberable and old not in self.old_of.values():
            self.old_of[new] = old
            self.links[new] = link

    def _all_inside(self, id_: str) -> Iterable[str]:
        for inner in self.new_inside[id_]:
            yield inner
            yield from self._all_inside(inner)

    # -- the amendment

    def amendment(self) -> n.Document:
        """Operations as narrow as can be; :class:`_Unnameable` where a clause has no name."""
        self._lay_out("", "", None)
        self._repeal()
        structure = self.operations
        middle = self._carried_out(structure)
        self.operations = []
        head = self._document(middle[""])
        for new_id in self.new_index.positions:
            old_id = self.old_of.get(new_id)
            if old_id is not None and old_id in middle:
                self._modify(old_id, middle[old_id], self.fresh(new_id))
        operations = _in_reading_order([*self.operations, *structure])
        return self._written(head, operations)

    def restatement(self) -> n.Document:
        """The whole text anew: every clause carries on the one of its key."""
        parts: list[n.OperationPart] = [n.NewBody(())]
        if self.new.body:
            parts.append(n.NewBody(self.new.body))
        head = self._attributes_of_document(self.base.attributes, parts)
        operations: list[n.Statement] = [n.Modify(None, tuple(parts))]
        if not self.new_inside[""]:
            operations.extend(n.Repeal(self._ref(id_)) for id_ in self.old_inside[""])
        return self._written(head, operations)

    def _written(
        self, head: Sequence[n.Attribute], operations: Sequence[n.Statement]
    ) -> n.Document:
        return n.Document(
            "AMENDMENT", _id_of(self.base, self.new), self.new.title, n.Name(self.base.id.text),
            attributes=tuple(head), body=tuple(operations),
        )  # fmt: skip

    def _carried_out(self, operations: Sequence[n.Statement]) -> dict[str, n.Document | n.Clause]:
        """The clauses by their ids in the base, once those operations are carried out."""
        amender = Amender(self.base, _NO_TEXT)
        amender.apply(self._written((), operations), _NO_TEXT)
        result = amender.result()
        index = ClauseIndex(result.document)
        middle: dict[str, n.Document | n.Clause] = {"": result.document}
        for id_, origins in result.origins.items():
            if len(origins) == 1 and id_ in index.positions:
                middle[origins[0]] = chain_of(result.document, index.positions[id_])[-1]
        return middle

    # -- naming clauses

    def _ref(self, old_id: str) -> n.ClauseRef:
        position = self.old_index.positions[old_id]
        ref = self.old_index.shortest(position)
        if ref is None:
            raise _Unnameable(self.old(old_id))
        return ref

    def _planted_ref(self, root: str, id_: str) -> n.ClauseRef:
        """A reference to a clause that the amendment itself brings along."""
        position = self.new_index.positions[id_]
        chain = chain_of(self.new, position)
        start = len(self.new_index.positions[root]) - 1
        ref = ref_to(chain[start:])
        if self.old_index.find(ref) or self.new_index.find(ref) != [position]:
            raise _Unnameable(chain[-1])
        return ref

    # -- structure

    def _lay_out(self, new_id: str, old_id: str | None, planted: str | None) -> None:
        """Operations that put the clauses inside a clause into their order.

        ``old_id``: the clause of the base that it carries on (``""``: the document); ``None``:
        it is new, and stands in the clause ``planted`` that the amendment inserts.
        """
        children = self.new_inside[new_id]
        stays = self._staying(children, old_id)
        anchor: n.ClauseRef | None = None
        place = "AFTER"
        for position, child in enumerate(children):
            if child in stays:
                anchor, place = self._name_of(child, planted), "AFTER"
                self._relabel_and_descend(child, planted)
                continue
            if anchor is None:
                following = next((c for c in children[position:] if c in stays), None)
                if following is not None:
                    anchor, place = self._name_of(following, planted), "BEFORE"
            self._bring(child, anchor, place, new_id, old_id, planted)
            self._relabel_and_descend(child, planted)

    def _staying(self, children: Sequence[str], old_id: str | None) -> set[str]:
        """The clauses that need not move: the longest run that keeps its order."""
        if old_id is None:
            return {c for c in children if c not in self.old_of}
        order = {id_: i for i, id_ in enumerate(self.old_inside[old_id])}
        candidates: list[tuple[int, str]] = []
        for child in children:
            old = self.old_of.get(child)
            if old is None and child in self.merges:
                old = next((i for i in self.merges[child] if i in order), None)
            for whole, parts in self.splits.items():
                if child == parts[0] and self._is_run(parts, children):
                    old = whole
            if old in order:
                candidates.append((order[old], child))
        stays = _longest_rising(candidates)
        for child in children:
            if child in stays and child not in self.old_of:
                self._split_or_merge(child, order)
        made = {part for whole in self.splits.values() if whole[0] in stays for part in whole}
        return stays | made

    @staticmethod
    def _is_run(parts: Sequence[str], children: Sequence[str]) -> bool:
        if parts[0] not in children:
            return False
        start = children.index(parts[0])
        return tuple(children[start : start + len(parts)]) == tuple(parts)

    def _split_or_merge(self, child: str, order: Mapping[str, int]) -> None:
        about = _about(self.links[child])
        if child in self.merges:
            first = next(i for i in self.merges[child] if i in order)
            olds = [first, *(i for i in self.merges[child] if i != first)]
            refs = tuple(self._ref(i) for i in olds)
            self.operations.append(n.Merge(refs, self.fresh(child), about))
            self.made_of[child] = first
            return
        whole = next(old for old, parts in self.splits.items() if parts[0] == child)
        into = tuple(self.fresh(part) for part in self.splits[whole])
        self.operations.append(n.Split(self._ref(whole), into, about))
        self.made_of |= dict.fromkeys(self.splits[whole], whole)

    def _name_of(self, new_id: str, planted: str | None) -> n.ClauseRef:
        # what is beside a clause that was split or merged is beside what it became
        old = self.old_of.get(new_id, self.made_of.get(new_id))
        if old is not None:
            return self._ref(old)
        assert planted is not None
        return self._planted_ref(planted, new_id)

    def _bring(
        self,
        child: str,
        anchor: n.ClauseRef | None,
        place: str,
        parent: str,
        old_parent: str | None,
        planted: str | None,
    ) -> None:
        """Move a clause to its place, or insert it there."""
        old = self.old_of.get(child)
        if anchor is None:
            place = "INSIDE"
            if old_parent is None:
                assert planted is not None
                anchor = self._planted_ref(planted, parent)
            elif old_parent:
                anchor = self._ref(old_parent)
        if old is None:
            clause = self._without_known(child)
            where = None if anchor is None else place
            self.operations.append(n.Insert(clause, anchor, where))
            return
        if anchor is None:
            raise _Unnameable(self.fresh(child))  # nothing of the document stays beside it
        about = _about(self.links[child])
        self.operations.append(n.Move(self._ref(old), anchor, place, about))

    def _without_known(self, id_: str) -> n.Clause:
        """A new clause without those inside it that the base has: they are moved into it."""
        clause = self.fresh(id_)
        inside = {self.fresh(i): i for i in self.new_inside[id_]}
        body: list[n.Statement] = []
        for statement in clause.body:
            if not isinstance(statement, n.Clause):
                body.append(statement)
            elif inside[statement] not in self.old_of:
                body.append(self._without_known(inside[statement]))
        return replace(clause, body=tuple(body))

    def _relabel_and_descend(self, child: str, planted: str | None) -> None:
        old_id = self.old_of.get(child)
        if old_id is None:
            if child not in self.made_of:
                root = planted or child
                if any(i in self.old_of for i in self._all_inside(child)):
                    self._lay_out(child, None, root)
            return
        old, new, about = self.old(old_id), self.fresh(child), _about(self.links[child])
        if new.name != old.name:
            assert new.name is not None
            self.operations.append(n.Rename(self._ref(old_id), new.name, about))
        if new.number != old.number:
            assert new.number is not None
            self.operations.append(n.Renumber(self._ref(old_id), new.number, about))
        self._lay_out(child, old_id, None)

    def _repeal(self) -> None:
        """What of the base went nowhere; what is inside of it goes along."""
        alive = {*self.old_of.values(), ""}
        dead = {*self.made_of.values()}
        dead |= {old for id_, olds in self.merges.items() if id_ in self.made_of for old in olds}
        for id_ in self.old_index.positions:
            if id_ in alive or id_ in dead or self.old_parent[id_] not in alive:
                continue
            reason = self.reasons.get(id_)
            about = () if not reason else (n.Attribute("REASON", n.TextValue(reason)),)
            self.operations.append(n.Repeal(self._ref(id_), about))

    # -- content

    def _document(self, middle: n.Document | n.Clause) -> list[n.Attribute]:
        """Operations on the document itself; what the head of the amendment states instead."""
        parts: list[n.OperationPart] = []
        head = self._attributes_of_document(middle.attributes, parts)
        old, new = _plain(middle), _plain(self.new)
        if old != new:
            changed = [s for s in new if s not in old]
            result = list(old)
            for statement in changed:
                result = upserted(result, statement)
            if result == new and all(statement_name(s) for s in changed):
                self.operations.extend(changed)
            else:
                parts.extend(_new_bodies(old, new))
        if parts:
            self.operations.insert(0, n.Modify(None, tuple(parts)))
        return head

    def _attributes_of_document(
        self, old: Sequence[n.Attribute], parts: list[n.OperationPart]
    ) -> list[n.Attribute]:
        new = expected(self.base, self.new).attributes
        head: list[n.Attribute] = []
        plain: list[n.Attribute] = []
        automatic = n.Attribute("REPLACES", (n.Name(self.base.id.text),))
        for key, olds, news in _by_key(old, new):
            if key == "REPLACES":
                if news != [automatic]:
                    head.extend(news)
            elif olds == news:
                continue
            elif not news:
                parts.append(n.Without(key))
            elif key in _IN_THE_HEAD:
                head.extend(news)
            elif key in ABOUT_THE_CHANGE:
                parts.append(n.NewBody(tuple(news)))
            else:
                plain.extend(news)
        parts.extend(plain)
        return head

    def _modify(self, old_id: str, old: n.Document | n.Clause, new: n.Clause) -> None:
        """An operation for what changes in the clause itself."""
        parts: list[n.OperationPart] = []
        braced: list[n.Attribute] = []
        for key, olds, news in _by_key(old.attributes, new.attributes):
            if olds == news:
                continue
            if not news:
                parts.append(n.Without(key))
            elif key in ABOUT_THE_CHANGE:
                braced.extend(news)
            else:
                parts.extend(news)
        before, after = _plain(old), _plain(new)
        if before != after:
            parts.extend(self._new_statements(old.attributes, before, after, new.kind))
        if braced:
            parts.append(n.NewBody(tuple(braced)))
        if parts:
            self.operations.append(n.Modify(self._ref(old_id), tuple(parts)))

    @staticmethod
    def _new_statements(
        attributes: tuple[n.Attribute, ...],
        before: list[n.Statement],
        after: list[n.Statement],
        kind: str,
    ) -> list[n.OperationPart]:
        figures = _figures_only(attributes, before, after)
        if figures is not None:
            return list(figures)
        if kind == "SCENE":
            scene = _scene_only(before, after)
            if scene is not None:
                return scene
        return _new_bodies(before, after)


# -- pieces


def _plain(holder: n.Document | n.Clause) -> list[n.Statement]:
    return [s for s in holder.body if not isinstance(s, n.Clause)]


def _about(link: Link) -> tuple[n.Attribute, ...]:
    """What an operation says of its grounds."""
    result = []
    if link.inferred is not None and link.inferred != SAME_ID:
        result.append(n.Attribute("INFERRED", n.TextValue(link.inferred)))
    if link.reason is not None:
        result.append(n.Attribute("REASON", n.TextValue(link.reason)))
    return tuple(result)


def _by_key(
    old: Sequence[n.Attribute], new: Sequence[n.Attribute]
) -> list[tuple[str, list[n.Attribute], list[n.Attribute]]]:
    """For each kind of attribute, in the order of the keyword table, those of both sides."""
    keys = {a.key for a in (*old, *new)}
    return [
        (key, [a for a in old if a.key == key], [a for a in new if a.key == key])
        for key in keyword_table()
        if key in keys
    ]


def _new_bodies(before: list[n.Statement], after: list[n.Statement]) -> list[n.OperationPart]:
    """The shortest body that makes the one list of statements of the other."""
    for skipped in range(len(after), -1, -1):
        rest = after[skipped:]
        if rest and with_declarations(before, rest) == after:
            return [n.NewBody(tuple(rest))]
    cleared: list[n.OperationPart] = [n.NewBody(())]
    return [*cleared, n.NewBody(tuple(after))] if after else cleared


def _figures_only(
    attributes: tuple[n.Attribute, ...], before: list[n.Statement], after: list[n.Statement]
) -> list[n.Replacement] | None:
    """The figures that differ, if nothing else does and each occurs but once in the clause."""
    swaps: list[n.Replacement] = []
    if not _collect(tuple(before), tuple(after), swaps):
        return None
    stated = tuple(s for s in before if not isinstance(s, n.Example))
    if not 0 < len(swaps) <= _MOST_FIGURES:
        return None
    if any(count_figure((attributes, stated), swap.old) != 1 for swap in swaps):
        return None
    changed = [s if isinstance(s, n.Example) else with_figures(s, swaps) for s in before]
    return swaps if changed == after else None


def _collect(old: object, new: object, swaps: list[n.Replacement]) -> bool:
    """Whether two trees differ in figures alone; collects these."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(
            _collect(a, b, swaps) for a, b in zip(old, new, strict=True)
        )
    if not isinstance(old, n.Node) or not isinstance(new, n.Node) or type(old) is not type(new):
        return old == new
    if old == new:
        return True
    fields_of_new = dict(inner_fields(new))
    for name, value in inner_fields(old):
        other = fields_of_new.pop(name, None)
        if isinstance(value, n.Number) and isinstance(other, n.Number):
            if value != other:
                pair = full_number(old, name, value), full_number(new, name, other)
                swaps.append(n.Replacement(*pair))
        elif not _collect(value, other, swaps):
            return False
    if fields_of_new:
        return False
    # what holds no numbers must be equal
    blank: dict[str, Any] = {name: None for name, _ in inner_fields(old)}
    return replace(old, **blank) == replace(new, **blank)


_SCENE = (n.Household, n.Ranking, n.Quota, n.Ties)


def _scene_only(
    before: list[n.Statement], after: list[n.Statement]
) -> list[n.OperationPart] | None:
    """The rules of a scene that differ, if each takes the place of one of its kind."""
    if [type(s) for s in before] != [type(s) for s in after]:
        return None
    pairs = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    kinds = [type(a) for a, _ in pairs]
    if len(set(kinds)) != len(kinds):
        return None
    parts: list[n.OperationPart] = []
    for old, new in pairs:
        first = next(s for s in before if type(s) is type(old))
        if not isinstance(new, _SCENE) or first is not old:
            return None
        parts.append(new)
    return parts


def _longest_rising(pairs: Sequence[tuple[int, str]]) -> set[str]:
    """The names of a longest subsequence with rising numbers."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for position, (number, _) in enumerate(pairs):
        place = bisect.bisect_left(tails, number)
        before.append(ends[place - 1] if place else -1)
        if place == len(tails):
            tails.append(number)
            ends.append(position)
        else:
            tails[place], ends[place] = number, position
    result: set[str] = set()
    position = ends[-1] if ends else -1
    while position >= 0:
        result.add(pairs[position][1])
        position = before[position]
    return result


_ORDER = (
    n.Modify, n.Fact, n.Measure, n.Rename, n.Renumber, n.Split, n.Merge, n.Insert, n.Move,
    n.Repeal,
)  # fmt: skip


def _in_reading_order(operations: Sequence[n.Statement]) -> list[n.Statement]:
    """Modifications first, then what changes labels, then places; each in document order.

    Clauses that go to one place keep their order, so insertions and moves are one group.
    """

    def rank(operation: n.Statement) -> int:
        if isinstance(operation, (n.Insert, n.Move)):
            return _ORDER.index(n.Insert)
        kinds = [i for i, kind in enumerate(_ORDER) if isinstance(operation, kind)]
        return kinds[0] if kinds else 2

    return sorted(operations, key=rank)
