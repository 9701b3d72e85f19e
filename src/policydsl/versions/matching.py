"""Which clause of an edition is which of another, where no document says so.

Taken to be the same clause are, in this order: clauses of one key under the same clause around
them; clauses with one content under another label, or of one label in another place, if there
is only one such pair; clauses under the same clause around them whose texts are much alike.
All but the first are guesses, and every link says why it was made.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace

from policydsl.language import nodes as n
from policydsl.language.keywords import keyword_table
from policydsl.language.paths import Position, clause_key, clause_label, clauses
from policydsl.language.printing import print_node
from policydsl.versions.lineage import Lineage, Link

SAME_ID = "两个版次的条款标识相同"
SAME_CONTENT = "内容完全相同，只是名称或位置不同"
SAME_LABEL = "名称相同，位置不同"
ALIKE = "在同一处，文字相近"
LIKENESS = 0.6
"""How much of their text (difflib ratio) two clauses must share to be taken for the same."""

_MOST_COMPARED = 400
# Sources, summaries and the like say nothing of what a clause does.
_BESIDE_THE_POINT = frozenset(
    {"LOCATOR", "SUMMARY", "FULL_TEXT", "NOTE", "DOUBTFUL", "ASSUMPTION", "ENGLISH", "READING",
     "WAIVE", "ID"}
)  # fmt: skip


def canonical(document: n.Document) -> n.Document:
    """The form in which editions are compared.

    In every body the statements that are no clauses come before the clauses, and attributes stand
    in the order of the keyword table; several of one kind keep their order.  None of this changes
    what the document says.
    """
    attributes, body = _ordered(document)
    return replace(document, attributes=attributes, body=body)


def _ordered(
    holder: n.Document | n.Clause,
) -> tuple[tuple[n.Attribute, ...], tuple[n.Statement, ...]]:
    order = {key: i for i, key in enumerate(keyword_table())}
    attributes = sorted(holder.attributes, key=lambda a: order.get(a.key, 0))
    plain = [s for s in holder.body if not isinstance(s, n.Clause)]
    inner = [_canonical_clause(s) for s in holder.body if isinstance(s, n.Clause)]
    return tuple(attributes), (*plain, *inner)


def _canonical_clause(clause: n.Clause) -> n.Clause:
    attributes, body = _ordered(clause)
    return replace(clause, attributes=attributes, body=body)


def match_clauses(older: n.Document, newer: n.Document) -> Lineage:
    """The links between two editions, one clause to one clause, in the order of the newer one."""
    matcher = _Matcher(canonical(older), canonical(newer))
    matcher.below("", "")
    matcher.unique(_content, SAME_CONTENT)
    matcher.unique(_label, SAME_LABEL)
    matcher.alike()
    links = tuple(
        Link((matcher.old_of[id_],), (id_,), matcher.why[id_])
        for id_ in matcher.new
        if id_ in matcher.old_of
    )
    return Lineage(older.id.text, newer.id.text, links)


class _Matcher:
    def __init__(self, older: n.Document, newer: n.Document):
        self.old = {id_: clause for _, id_, clause in clauses(older)}
        self.new = {id_: clause for _, id_, clause in clauses(newer)}
        self.old_inside = ids_inside(older)
        self.new_inside = ids_inside(newer)
        self.old_of: dict[str, str] = {}
        self.new_of: dict[str, str] = {}
        self.why: dict[str, str] = {}

    def link(self, old: str, new: str, why: str) -> None:
        """Take two clauses for the same, and look at what stands inside them."""
        self.old_of[new], self.new_of[old], self.why[new] = old, new, why
        self.below(old, new)

    def below(self, old: str, new: str) -> None:
        """Clauses of equal keys inside two clauses that are the same."""
        known = {
            (self.old[id_].kind, clause_key(self.old[id_])): id_
            for id_ in self.old_inside[old]
            if id_ not in self.new_of
        }
        for id_ in self.new_inside[new]:
            clause = self.new[id_]
            match = known.get((clause.kind, clause_key(clause)))
            if match is not None and id_ not in self.old_of and match not in self.new_of:
                self.link(match, id_, SAME_ID)

    def unique(self, trait: Callable[[n.Clause], Hashable], why: str) -> None:
        """Clauses left over on both sides that share a trait with one another alone."""
        olds = _by_trait(trait, {i: c for i, c in self.old.items() if i not in self.new_of})
        news = _by_trait(trait, {i: c for i, c in self.new.items() if i not in self.old_of})
        for key, (id_, *more) in news.items():
            match = olds.get(key, [])
            if more or len(match) != 1:
                continue
            # an earlier link may have taken one of the two along
            if id_ not in self.old_of and match[0] not in self.new_of:
                self.link(match[0], id_, why)

    def alike(self) -> None:
        """Clauses left over inside the same clause whose texts are much alike."""
        waiting = ["", *(id_ for id_ in self.new if id_ in self.old_of)]
        for new in waiting:
            old = self.old_of.get(new, "")
            olds = [id_ for id_ in self.old_inside[old] if id_ not in self.new_of]
            news = [id_ for id_ in self.new_inside[new] if id_ not in self.old_of]
            if not olds or not news or len(olds) * len(news) > _MOST_COMPARED:
                continue
            rated = sorted(
                (-rate, i, j)
                for i, a in enumerate(olds)
                for j, b in enumerate(news)
                if (rate := _likeness(self.old[a], self.new[b])) >= LIKENESS
            )
            for _, i, j in rated:
                if olds[i] not in self.new_of and news[j] not in self.old_of:
                    self.link(olds[i], news[j], ALIKE)


def ids_inside(document: n.Document) -> defaultdict[str, list[str]]:
    """For each clause id (``""``: the document) the ids of the clauses right inside it."""
    ids: dict[Position, str] = {(): ""}
    result: defaultdict[str, list[str]] = defaultdict(list)
    for position, id_, _ in clauses(document):
        ids[position] = id_
        result[ids[position[:-1]]].append(id_)
    return result


def _by_trait(
    trait: Callable[[n.Clause], Hashable], every: Mapping[str, n.Clause]
) -> dict[Hashable, list[str]]:
    result: defaultdict[Hashable, list[str]] = defaultdict(list)
    for id_, clause in every.items():
        key = trait(clause)
        if key is not None:
            result[key].append(id_)
    return result


def _content(clause: n.Clause) -> Hashable:
    """The clause without its label; ``None`` for one that says next to nothing."""
    if len(clause.body) + len(clause.attributes) < 2:
        return None
    attributes = tuple(a for a in clause.attributes if a.key != "ID")
    return replace(clause, number=None, name=None, attributes=attributes)


def _label(clause: n.Clause) -> Hashable:
    """Kind and label; ``None`` for a mere number, which says nothing by itself."""
    if clause.name is None:
        return None
    return clause.kind, clause_label(clause), clause.name.text


def _likeness(old: n.Clause, new: n.Clause) -> float:
    if old.kind != new.kind:
        return 0.0
    matcher = difflib.SequenceMatcher(None, _gist(old), _gist(new), autojunk=False)
    if matcher.real_quick_ratio() < LIKENESS or matcher.quick_ratio() < LIKENESS:
        return 0.0
    return matcher.ratio()


def _gist(clause: n.Clause) -> str:
    """What a clause is called and says, without its sources and notes."""
    kept = tuple(a for a in clause.attributes if a.key not in _BESIDE_THE_POINT)
    plain = tuple(s for s in clause.body if not isinstance(s, (n.Clause, n.Fact)))
    inner = [clause_label(s) for s in clause.body if isinstance(s, n.Clause)]
    return print_node(replace(clause, attributes=kept, body=plain)) + " ".join(inner)
