"""Two editions compared by what they mean.

:func:`compare_editions` gives a row for each clause of either edition, scenes, blends, rules on
the status of points, deadlines and duties included.  A row tells what became of the clause, why
that is taken to be so, and what the change does (:mod:`policydsl.versions.effects`).  A clause
whose text changed but whose rules did not (sources, summaries, notes, names of facts) is
*wording*; that is decided by the typed rules and not by the text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from policydsl.language import nodes as n
from policydsl.language.keywords import spell
from policydsl.language.paths import Position, clause_label, clauses
from policydsl.model import policy as m
from policydsl.model.kinds import CLAUSE_KINDS, spelt
from policydsl.versions.contents import (
    blend_effects,
    clause_effects,
    fact_effects,
    joint_effects,
    scene_effects,
)
from policydsl.versions.effects.mechanisms import mechanism_text, mechanisms
from policydsl.versions.effects.rules import rule_effects
from policydsl.versions.effects.sameness import Same
from policydsl.versions.effects.steps import Side
from policydsl.versions.effects.words import NOTHING, Effect, Pair, change
from policydsl.versions.lineage import Lineage, Link, joined
from policydsl.versions.matching import SAME_ID, canonical, match_clauses
from policydsl.versions.phrasing import deadline_text, exclusions_text, period_text
from policydsl.versions.rows import (
    STATUS_WORDS,
    ClauseState,
    EditionDiff,
    Row,
    RowKind,
    Status,
    Tally,
    tally,
)


def compare_editions(old: m.Policy, new: m.Policy, lineage: Lineage | None = None) -> EditionDiff:
    """What changed from one edition to the other.

    ``lineage`` says which clause became which; without it they are matched
    (:func:`policydsl.versions.matching.match_clauses`), and every guess is marked as inferred.
    """
    assert old.document is not None
    assert new.document is not None
    if lineage is None:
        lineage = match_clauses(old.document, new.document)
    comparer = _Comparer(old, new, lineage)
    rows = comparer.rows()
    tallies = {"": (tally(old), tally(new))}
    if old.units or new.units:
        tallies["unit"] = (tally(old, "unit"), tally(new, "unit"))
    return EditionDiff(old, new, tuple(rows), tallies)


# -- one comparison ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """A clause of one edition: its node, its typed form, and where it stands."""

    id: str
    node: n.Clause
    parent: str
    depth: int
    typed: m.Clause | None


class _Edition:
    """The clauses of an edition by their ids, in document order."""

    def __init__(self, policy: m.Policy):
        self.policy = policy
        assert policy.document is not None
        self.document = canonical(policy.document)
        typed = dict(policy.clauses)
        typed |= {scene.id: scene.clause for scene in policy.scenes}
        typed |= {blend.id: blend.clause for blend in policy.blends}
        ids: dict[Position, str] = {(): ""}
        self.known: dict[str, _Known] = {}
        for position, id_, node in clauses(self.document):
            ids[position] = id_
            parent = ids[position[:-1]]
            self.known[id_] = _Known(id_, node, parent, len(position) - 1, typed.get(id_))
        self.inside: defaultdict[str, list[str]] = defaultdict(list)
        for known in self.known.values():
            self.inside[known.parent].append(known.id)
        self.scenes = {scene.id: scene for scene in policy.scenes}
        self.blends = {blend.id: blend for blend in policy.blends}

    def state(self, id_: str) -> ClauseState:
        """What is shown of a clause."""
        known = self.known[id_]
        typed = known.typed
        parts: list[m.Limit | None] = []
        for inner in self.inside[id_]:
            other = self.known[inner].typed
            if other is not None and other.kind not in ("bonus", "deductions"):
                parts.append(other.declared_maximum)
        return ClauseState(
            id_, self.title(id_), CLAUSE_KINDS[known.node.kind],
            None if typed is None else typed.declared_maximum, tuple(parts),
            () if typed is None else mechanisms(typed.rules),
        )  # fmt: skip

    def title(self, id_: str) -> str:
        """The clause as a reader names it, with the clause around it if it has but a number."""
        node = self.known[id_].node
        words = [clause_label(node)]
        if node.number is not None:
            words = [f"第{node.number}{spell(node.kind, 'zh')}"]
            if node.name is not None:
                words.append(node.name.text)
        return " ".join(words)


class _Comparer:
    def __init__(self, old: m.Policy, new: m.Policy, lineage: Lineage):
        self.old = _Edition(old)
        self.new = _Edition(new)
        self.lineage = lineage
        self.groups = _groups(lineage, self.old.known, self.new.known)
        self.older_of = {
            link.new[0]: link.old[0]
            for link in self.groups
            if len(link.old) == 1 and len(link.new) == 1
        }
        self.same = Same(old, new, self.older_of)
        # what facts are called now is learnt from the clauses that did not change otherwise
        for new_id, old_id in self.older_of.items():
            a, b = self.old.known[old_id].typed, self.new.known[new_id].typed
            if a is not None and b is not None:
                self.same(
                    (a.rules, a.applies_when, a.targets), (b.rules, b.applies_when, b.targets)
                )

    def rows(self) -> list[Row]:
        """All rows, in order."""
        by_new = {id_: link for link in self.groups for id_ in link.new}
        by_old = {id_: link for link in self.groups for id_ in link.old}
        told: dict[str, Row] = {}
        ordered: list[Row] = []
        done: set[int] = set()
        for id_ in self.new.known:
            link = by_new.get(id_)
            if link is None:
                ordered.append(self._added(id_))
            elif id(link) not in done:
                done.add(id(link))
                row = self._continued(link)
                ordered.append(row)
                told |= dict.fromkeys(link.old, row)
        last: Row | None = None
        gone: Row | None = None  # the clause of the document before this one, if it is gone
        scattered: list[Row] = []  # what was inside it
        for id_ in self.old.known:
            outermost = not self.old.known[id_].parent
            if id_ in by_old:
                last = told[id_]
                gone, scattered = (None, []) if outermost else (gone, [*scattered, last])
                continue
            row = self._gone(id_)
            # by place in the list, as two rows may be equal
            marks = [last, *(scattered if outermost and gone is not None else ())]
            place = max(
                (i + 1 for i, x in enumerate(ordered) if any(x is mark for mark in marks)),
                default=0,
            )
            ordered.insert(place, row)
            last = row
            gone, scattered = (row, []) if outermost else (gone, scattered)
        ordered = self._with_insides(ordered)
        about = self._document_row()
        head = [] if about is None else [about]
        return [*head, *ordered, *self._status_rows(), *self._deadlines(), *self._duties()]

    # -- clauses

    def _added(self, id_: str) -> Row:
        return Row(
            self._kind(self.new, id_), (), (self.new.state(id_),), ("added",),
            reason=self.lineage.added.get(id_), depth=self.new.known[id_].depth,
        )  # fmt: skip

    def _gone(self, id_: str) -> Row:
        unseen = self.lineage.is_not_seen(id_)
        reason = self.lineage.not_seen.get(id_) if unseen else self.lineage.gone.get(id_)
        status: Status = "not_seen" if unseen else "repealed"
        return Row(
            self._kind(self.old, id_), (self.old.state(id_),), (), (status,), reason=reason,
            depth=self.old.known[id_].depth,
        )  # fmt: skip

    @staticmethod
    def _kind(edition: _Edition, id_: str) -> RowKind:
        kind = CLAUSE_KINDS[edition.known[id_].node.kind]
        if kind == "scene":
            return "scene"
        if kind == "blend":
            return "blend"
        return "status rules" if kind == "status_rules" else "clause"

    def _continued(self, link: Link) -> Row:
        olds = [self.old.known[id_] for id_ in link.old]
        news = [self.new.known[id_] for id_ in link.new]
        statuses: list[Status] = []
        if len(news) > 1:
            statuses.append("split")
        if len(olds) > 1:
            statuses.append("merged")
        if not statuses:
            a, b = olds[0], news[0]
            if a.node.name != b.node.name:
                statuses.append("renamed")
            if a.node.number != b.node.number:
                statuses.append("renumbered")
            if self._home(b.id) != self._former_home(a.id):
                statuses.append("moved")
        effects = self._effects(olds, news)
        wording: tuple[Pair, ...] = ()
        if any(effect.changed for effect in effects):
            statuses.append("amended")
        else:
            effects = []
            wording = _wording(olds, news)
            if wording:
                statuses.append("wording")
        inferred = (
            None
            if link.inferred == SAME_ID and not _told_otherwise(olds, news)
            else (link.inferred)
        )
        return Row(
            self._kind(self.new, link.new[0]), tuple(self.old.state(k.id) for k in olds),
            tuple(self.new.state(k.id) for k in news), tuple(statuses) or ("unchanged",),
            inferred, link.reason, tuple(effects), wording, news[0].depth,
        )  # fmt: skip

    def _home(self, new_id: str) -> str | None:
        """The clause of the older edition around a clause of the newer; ``None``: a new one.

        A schedule that only one edition has says nothing of the place of its parts.
        """
        parent = self.new.known[new_id].parent
        while parent and self.new.known[parent].node.kind == "SCHEDULE":
            if parent in self.older_of:
                break
            parent = self.new.known[parent].parent
        return self.older_of.get(parent) if parent else ""

    def _former_home(self, old_id: str) -> str:
        continued = {*self.older_of.values()}
        parent = self.old.known[old_id].parent
        while parent and self.old.known[parent].node.kind == "SCHEDULE":
            if parent in continued:
                break
            parent = self.old.known[parent].parent
        return parent

    def _effects(self, olds: Sequence[_Known], news: Sequence[_Known]) -> list[Effect]:
        if len(olds) == len(news) == 1:
            old_id, new_id = olds[0].id, news[0].id
            if old_id in self.old.scenes and new_id in self.new.scenes:
                return scene_effects(self.same, self.old.scenes[old_id], self.new.scenes[new_id])
            if old_id in self.old.blends and new_id in self.new.blends:
                return blend_effects(self.same, self.old.blends[old_id], self.new.blends[new_id])
        before = [k.typed for k in olds if k.typed is not None]
        after = [k.typed for k in news if k.typed is not None]
        if not before or not after:
            return []  # rules on the status of points have a row of their own
        if len(before) == len(after) == 1:
            return clause_effects(self.same, before[0], after[0])
        return joint_effects(self.same, before, after)

    # -- clauses with others inside

    def _with_insides(self, rows: list[Row]) -> list[Row]:
        """Marks a clause as amended when what stands inside it was."""
        inner: defaultdict[str, Counter[Status]] = defaultdict(Counter)
        for row in rows:
            seen: set[str] = set()
            for state in row.new:
                seen.update(_around(self.new, state.id))
            for state in row.old:
                if not row.new:
                    seen.update(f"-{id_}" for id_ in _around(self.old, state.id))
            weight = _weight(row)
            for id_ in seen:
                inner[id_][weight] += 1
        result = []
        for row in rows:
            counted: Counter[Status] = Counter()
            for state in row.new:
                counted += inner[state.id]
            for state in row.old:
                counted += inner[f"-{state.id}"]
            result.append(_with_inside(row, counted))
        return result

    # -- the document

    def _document_row(self) -> Row | None:
        """What a document without schedules says of the whole, and its dates."""
        a, b = self.old.policy, self.new.policy
        roots = [p.roots[0] if p.roots and p.roots[0].kind == "root" else None for p in (a, b)]
        effects: list[Effect] = []
        states: list[ClauseState] = []
        for policy, root in zip((a, b), roots, strict=True):
            points = None if root is None else root.declared_maximum
            title = policy.title or policy.id
            states.append(ClauseState("", title, "root", points, (), ()))
        if roots[0] is not None and roots[1] is not None:
            effects.extend(clause_effects(self.same, roots[0], roots[1]))
        for name, key in (("in_force", "IN_FORCE"), ("expires", "EXPIRES")):
            old, new = (period_text(getattr(p.meta, name)) for p in (a, b))
            if old != new:
                effects.append(change("date", spelt(key), old, new))
        old_not_counted, new_not_counted = ((p.exclusions) for p in (a, b))
        pairs = [
            tuple((x.excluded, x.fact) for x in side) for side in (old_not_counted, new_not_counted)
        ]
        if [tuple(map(self._old_name, pair)) for pair in pairs[1]] != list(pairs[0]):
            texts = [exclusions_text(side) for side in (old_not_counted, new_not_counted)]
            effects.append(change("condition", spelt("NOT_COUNTED"), texts[0], texts[1]))
        statuses: list[Status] = []
        if a.title != b.title:
            statuses.append("renamed")
        if any(effect.changed for effect in effects):
            statuses.append("amended")
        if not statuses:
            return None
        return Row(
            "document", (states[0],), (states[1],), tuple(statuses), reason=self.lineage.whole,
            effects=tuple(effects),
        )  # fmt: skip

    def _old_name(self, fact: str) -> str:
        return self.same.renamed.get(fact, fact)

    def _status_rows(self) -> Iterator[Row]:
        """Rules on the status of points: all clauses 效力 together."""
        a, b = self.old.policy, self.new.policy
        if not a.status_rules and not b.status_rules:
            return
        sides = Side(a), Side(b)
        effects = [
            *rule_effects(a.status_rules, b.status_rules, self.same, *sides),
            *fact_effects(self.same, a.status_rules, b.status_rules),
        ]
        if any(effect.changed for effect in effects):
            name = spell("STATUS_RULES", "zh")
            states = [
                ClauseState("", name, "status_rules", None, (), mechanisms(p.status_rules))
                for p in (a, b)
            ]
            clauses_of = (k for k, x in self.new.known.items() if x.node.kind == "STATUS_RULES")
            yield Row(
                "status rules", (states[0],), (states[1],), ("amended",),
                reason=joined(self.lineage.reason(id_) for id_ in clauses_of),
                effects=tuple(effects),
            )  # fmt: skip

    def _deadlines(self) -> Iterator[Row]:
        """Deadlines, known by their names and the clauses that state them."""
        olds = {(d.clause or "", d.name): d for d in self.old.policy.deadlines}
        for deadline in self.new.policy.deadlines:
            clause = deadline.clause or ""
            old = olds.pop((self.older_of.get(clause, clause), deadline.name), None)
            yield self._named_row(
                "deadline", deadline.name,
                None if old is None else deadline_text(old), deadline_text(deadline),
                None if old is None else old.text, deadline.text,
            )  # fmt: skip
        for gone in olds.values():
            yield self._named_row("deadline", gone.name, deadline_text(gone), None, None, None)

    def _duties(self) -> Iterator[Row]:
        """Duties, known by their units."""
        olds: dict[str, list[m.Duty]] = defaultdict(list)
        for duty in self.old.policy.duties:
            olds[duty.unit].append(duty)
        for duty in self.new.policy.duties:
            same_unit = olds.get(duty.unit, [])
            old = same_unit.pop(0) if same_unit else None
            yield self._named_row(
                "duty",
                duty.unit,
                None if old is None else self._duty(old, self.old, {}),
                self._duty(duty, self.new, self.older_of),
                None if old is None else old.text,
                duty.text,
            )
        for rest in olds.values():
            for gone in rest:
                yield self._named_row(
                    "duty", gone.unit, self._duty(gone, self.old, {}), None, None, None
                )

    @staticmethod
    def _duty(duty: m.Duty, edition: _Edition, older_of: Mapping[str, str]) -> Pair:
        """What a unit reviews and hosts; clauses that only changed their names count as equal."""
        words: list[Pair] = []
        for key, names in (("REVIEW", duty.reviews), ("HOSTS", duty.hosts)):
            shown = [
                older_of.get(x, x).rpartition("/")[2] if x in edition.known else x for x in names
            ]
            if shown:
                zh, en = spelt(key)
                words.append((f"{zh} {'、'.join(shown)}", f"{en}: {', '.join(shown)}"))
        if not words:
            return NOTHING
        return "；".join(zh for zh, _ in words), "; ".join(en for _, en in words)

    @staticmethod
    def _named_row(
        kind: Literal["deadline", "duty"],
        name: str,
        old: Pair | None,
        new: Pair | None,
        old_text: str | None,
        new_text: str | None,
    ) -> Row:
        def state() -> tuple[ClauseState, ...]:
            return (ClauseState("", name, kind, None, (), ()),)

        if old is None or new is None:
            shown = new or old or NOTHING
            gone: Status = "added" if old is None else "repealed"
            effects = (Effect(kind, shown[0], shown[1]),)
            before, after = ((), state()) if old is None else (state(), ())
            return Row(kind, before, after, (gone,), effects=effects)
        if old != new:
            effect = change(kind, ("", ""), old, new)
            return Row(kind, state(), state(), ("amended",), effects=(effect,))
        if old_text != new_text:
            words = (("说明文字", "its text"),)
            return Row(kind, state(), state(), ("wording",), wording=words)
        return Row(kind, state(), state(), ("unchanged",))


# -- pieces ---------------------------------------------------------------------------------


def _groups(lineage: Lineage, old: Mapping[str, object], new: Mapping[str, object]) -> list[Link]:
    """The links, those that share a clause taken together; clauses that are not there left out."""
    groups: dict[int, Link] = {}
    home: dict[tuple[str, str], int] = {}  # which group a clause of either side is in
    for number, link in enumerate(lineage.links):
        olds = tuple(i for i in link.old if i in old)
        news = tuple(i for i in link.new if i in new)
        if not olds or not news:
            continue
        merged = replace(link, old=olds, new=news)
        sides = [*(("old", i) for i in olds), *(("new", i) for i in news)]
        for shared in sorted({home[side] for side in sides if side in home}, reverse=True):
            other = groups.pop(shared)
            merged = Link(
                tuple(dict.fromkeys((*other.old, *merged.old))),
                tuple(dict.fromkeys((*other.new, *merged.new))),
                joined((other.inferred, merged.inferred)),
                joined((other.reason, merged.reason)),
                other.place,
            )
        groups[number] = merged
        home |= {("old", i): number for i in merged.old}
        home |= {("new", i): number for i in merged.new}
    return list(groups.values())


def _told_otherwise(olds: Sequence[_Known], news: Sequence[_Known]) -> bool:
    """Whether a link by equal ids joins clauses whose ids are not equal any more."""
    return [k.id for k in olds] != [k.id for k in news]


_INSIDE: tuple[Status, ...] = ("amended", "added", "repealed", "not_seen", "moved")


def _weight(row: Row) -> Status:
    """What a row counts as for the clauses around it."""
    for status in _INSIDE:
        if status in row.statuses:
            return status
    return "unchanged" if row.statuses == ("unchanged",) else "wording"


def _around(edition: _Edition, id_: str) -> Iterator[str]:
    parent = edition.known[id_].parent if id_ in edition.known else ""
    while parent:
        yield parent
        parent = edition.known[parent].parent


def _with_inside(row: Row, counted: Counter[Status]) -> Row:
    if not set(row.statuses) & {
        "unchanged", "wording", "amended", "renamed", "renumbered", "moved", "split", "merged",
    }:  # fmt: skip
        return row
    parts = [(status, counted[status]) for status in _INSIDE if counted[status]]
    if parts:
        zh = "、".join(f"{STATUS_WORDS[status][0]} {count} 处" for status, count in parts)
        en = ", ".join(f"{count} {STATUS_WORDS[status][1]}" for status, count in parts)
        effect = Effect("inside", f"其中{zh}", f"inside: {en}")
        statuses = tuple(s for s in row.statuses if s not in ("unchanged", "wording", "amended"))
        return replace(
            row, statuses=(*statuses, "amended"), effects=(*row.effects, effect), wording=()
        )
    if row.statuses == ("unchanged",) and counted["wording"]:
        return replace(row, statuses=("wording",), wording=(("其中的条款", "clauses inside"),))
    return row


_OUTSIDE_THE_TEXT = frozenset({"ID"})


def _wording(olds: Sequence[_Known], news: Sequence[_Known]) -> tuple[Pair, ...]:
    """What was put into other words, though nothing changed in effect."""
    if len(olds) != 1 or len(news) != 1:
        return ()
    a, b = olds[0].node, news[0].node
    result: list[Pair] = []
    keys = dict.fromkeys(x.key for x in (*a.attributes, *b.attributes))
    for key in keys:
        if key not in _OUTSIDE_THE_TEXT and _of(a, key) != _of(b, key):
            result.append(spelt(key))
    plain = [[s for s in x.body if not isinstance(s, n.Clause)] for x in (a, b)]
    if plain[0] != plain[1]:
        result.append(("规则的文字", "the words of the rules"))
    return tuple(result)


def _of(clause: n.Clause, key: str) -> list[n.Attribute]:
    return [a for a in clause.attributes if a.key == key]


__all__ = [
    "STATUS_WORDS", "ClauseState", "EditionDiff", "Row", "Status", "Tally", "compare_editions",
    "mechanism_text", "tally",
]  # fmt: skip
