"""Random editions, and random edits of them, as a drafter would make them.

``editions()`` draws documents that can be scored (:mod:`tests.scoring.strategies`); ``edited``
changes one: figures, attributes, rules, clauses inserted, removed, renamed, renumbered, moved,
put into another order, facts and deadlines of the document.  ``wild_editions()`` draws documents
that are right in form only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy, composite
from tests import strategies as trees
from tests.scoring.strategies import drafts

from policydsl.language import nodes as n
from policydsl.language.parsing import parse_text
from policydsl.language.paths import (
    Position,
    chain_of,
    clause_key,
    clauses,
    insert_at,
    replace_at,
)

Draw = Callable[..., Any]
"""``draw`` of a composite strategy, or of interactive data."""

_NAMES = ("书香阅读", "居住年限", "志愿服务", "纳税情况", "诚信记录", "技能等级", "见义勇为")
_TEXTS = ("依据新办法", "附件1", "按月核查", "系统自动比对")


def parsed(text: str) -> n.Document:
    """The only document of a text."""
    result = parse_text(text)
    assert result.ok, [d.render() for d in result.diagnostics]
    (document,) = result.file.documents
    return document


@composite
def editions(draw: st.DrawFn, without: frozenset[str] = frozenset()) -> n.Document:
    """A document that can be scored, called ``甲版``."""
    document = parsed(draw(drafts(without=without)).text)
    return replace(document, id=n.Name("甲版"), title=draw(st.sampled_from([None, "办法"])))


@composite
def wild_editions(draw: st.DrawFn) -> n.Document:
    """A document that is right in form only: any statement may stand anywhere."""
    body = draw(st.lists(trees.statements(2), max_size=4))
    document = n.Document(
        "SCHEME", n.Name("甲版"), "甲", attributes=tuple(draw(st.lists(trees.attributes(), max_size=3))),
        body=_told_apart(body),
    )  # fmt: skip
    return document


def _told_apart(body: Any) -> tuple[Any, ...]:
    """Siblings of one key are left out, on every level."""
    seen: set[str] = set()
    result = []
    for statement in body:
        if isinstance(statement, n.Clause):
            key = clause_key(statement)
            if key in seen:
                continue
            seen.add(key)
            statement = replace(statement, body=_told_apart(statement.body))
        result.append(statement)
    return tuple(result)


# -- edits


@composite
def edited(draw: st.DrawFn, document: n.Document, most: int = 4, id_: str = "乙版") -> n.Document:
    """The document after up to ``most`` edits, under another id and title."""
    for _ in range(draw(st.integers(0, most))):
        edit = draw(st.sampled_from(EDITS))
        document = edit(draw, document)
    return replace(document, id=n.Name(id_), title="修改后的办法")


def _some_clause(draw: Draw, document: n.Document) -> tuple[Position, n.Clause] | None:
    every = [(position, clause) for position, _, clause in clauses(document)]
    return draw(st.sampled_from(every)) if every else None


def _some_holder(draw: Draw, document: n.Document) -> Position:
    """A clause that may hold others, or the document."""
    groups = [p for p, _, c in clauses(document) if c.kind in ("GROUP", "UNIT", "COMMON")]
    position: Position = draw(st.sampled_from([(), *groups]))
    return position


def _body_at(document: n.Document, position: Position) -> tuple[n.Statement, ...]:
    return chain_of(document, position)[-1].body if position else document.body


def _with_body(
    document: n.Document, position: Position, body: tuple[n.Statement, ...]
) -> n.Document:
    if not position:
        return replace(document, body=body)
    return replace_at(document, position, replace(chain_of(document, position)[-1], body=body))


def _fresh_name(draw: Draw, siblings: tuple[n.Statement, ...]) -> n.Name | None:
    taken = {clause_key(s) for s in siblings if isinstance(s, n.Clause)}
    free = [name for name in _NAMES if name not in taken]
    return n.Name(draw(st.sampled_from(free))) if free else None


def change_figure(draw: Draw, document: n.Document) -> n.Document:
    """One number of points somewhere becomes another."""
    place = _some_clause(draw, document)
    if place is None:
        return document
    position, clause = place
    points = [
        node for statement in (*clause.attributes, *clause.body)
        if not isinstance(statement, n.Clause)
        for node in n.walk(statement) if isinstance(node, n.Number) and node.unit == "分"
    ]  # fmt: skip
    if not points:
        return document
    old = draw(st.sampled_from(points))
    new = replace(old, value=old.value + Fraction(draw(st.integers(1, 8)), 4), written=None)
    body = tuple(s if isinstance(s, n.Clause) else _swap(s, old, new) for s in clause.body)
    attributes = _swap(clause.attributes, old, new)
    return replace_at(document, position, replace(clause, attributes=attributes, body=body))


def _swap(node: Any, old: n.Number, new: n.Number) -> Any:
    if node is old:
        return new
    if isinstance(node, tuple):
        return tuple(_swap(item, old, new) for item in node)
    if not isinstance(node, n.Node):
        return node
    fields = {
        name: _swap(getattr(node, name), old, new)
        for name in type(node).__dataclass_fields__
        if name not in ("span", "layout")
    }
    return replace(node, **fields)


def insert_clause(draw: Draw, document: n.Document) -> n.Document:
    """A new item with a flat rule, anywhere."""
    position = _some_holder(draw, document)
    body = _body_at(document, position)
    name = _fresh_name(draw, body)
    if name is None:
        return document
    points = n.Number(Fraction(draw(st.integers(1, 10))), "分")
    rule = n.Rule(None, n.Flat("AWARD", n.FixedAmount(points)))
    cap = n.Attribute("CAP", n.FixedAmount(n.Number(Fraction(20), "分")))
    clause = n.Clause("INDICATOR", None, name, (cap,), (rule,))
    where = draw(st.integers(0, len(body)))
    return insert_at(document, (*position, where), clause)


def insert_group(draw: Draw, document: n.Document) -> n.Document:
    """A new group, with a clause that stood elsewhere, or empty."""
    name = _fresh_name(draw, document.body)
    if name is None:
        return document
    inner: tuple[n.Statement, ...] = ()
    place = _some_clause(draw, document)
    if place is not None and place[1].kind in ("INDICATOR", "ITEM") and draw(st.booleans()):
        document = replace_at(document, place[0], None)
        inner = (place[1],)
    where = draw(st.integers(0, len(document.body)))
    return insert_at(document, (where,), n.Clause("GROUP", None, name, (), inner))


def remove_clause(draw: Draw, document: n.Document) -> n.Document:
    """A clause falls away."""
    place = _some_clause(draw, document)
    return document if place is None else replace_at(document, place[0], None)


def reorder(draw: Draw, document: n.Document) -> n.Document:
    """The statements of one body in another order."""
    position = _some_holder(draw, document)
    body = _body_at(document, position)
    return _with_body(document, position, tuple(draw(st.permutations(body))))


def rename(draw: Draw, document: n.Document) -> n.Document:
    """A clause is called otherwise."""
    place = _some_clause(draw, document)
    if place is None or place[1].name is None:
        return document
    position, clause = place
    name = _fresh_name(draw, _body_at(document, position[:-1]))
    return document if name is None else replace_at(document, position, replace(clause, name=name))


def renumber(draw: Draw, document: n.Document) -> n.Document:
    """A clause gets another number."""
    place = _some_clause(draw, document)
    if place is None:
        return document
    position, clause = place
    taken = {clause_key(s) for s in _body_at(document, position[:-1]) if isinstance(s, n.Clause)}
    number = next(str(i) for i in range(1, 100) if str(i) not in taken)
    return replace_at(document, position, replace(clause, number=number))


def move(draw: Draw, document: n.Document) -> n.Document:
    """A clause goes into another one, or to the top."""
    place = _some_clause(draw, document)
    if place is None or place[1].kind not in ("INDICATOR", "ITEM"):
        return document
    without = replace_at(document, place[0], None)
    position = _some_holder(draw, without)
    body = _body_at(without, position)
    if clause_key(place[1]) in {clause_key(s) for s in body if isinstance(s, n.Clause)}:
        return document
    return insert_at(without, (*position, draw(st.integers(0, len(body)))), place[1])


def change_attributes(draw: Draw, document: n.Document) -> n.Document:
    """A clause loses an attribute, or gets one more."""
    place = _some_clause(draw, document)
    if place is None:
        return document
    position, clause = place
    attributes = list(clause.attributes)
    if attributes and bool(draw(st.booleans())):
        attributes.pop(draw(st.integers(0, len(attributes) - 1)))
    else:
        attributes.append(draw(_attributes()))
    return replace_at(document, position, replace(clause, attributes=tuple(attributes)))


@cache
def _attributes() -> SearchStrategy[n.Attribute]:
    text = st.sampled_from(_TEXTS).map(n.TextValue)
    names = st.sampled_from(["自动", "材料", "人社局"]).map(lambda name: (n.Name(name),))
    day = st.dates(date(2020, 1, 1), date(2024, 1, 1)).map(n.When)
    return st.one_of(
        st.builds(n.Attribute, st.sampled_from(["SUMMARY", "LOCATOR", "NOTE", "DOUBTFUL"]), text),
        st.builds(n.Attribute, st.sampled_from(["REVIEW", "RESPONSIBLE"]), names),
        st.builds(n.Attribute, st.sampled_from(["IN_FORCE", "EXPIRES"]), day),
    )


def change_body(draw: Draw, document: n.Document) -> n.Document:
    """The statements of a clause that are no clauses: one falls away, or one is added."""
    place = _some_clause(draw, document)
    if place is None:
        return document
    position, clause = place
    body = list(clause.body)
    plain = [i for i, s in enumerate(body) if not isinstance(s, n.Clause)]
    if plain and bool(draw(st.booleans())):
        del body[draw(st.sampled_from(plain))]
    else:
        fact = n.Fact(n.Name("新事实"), n.FactType("YES_NO"))
        points = n.FixedAmount(n.Number(Fraction(2), "分"))
        rule = n.Rule(n.Reference(n.Name("合格")), n.Flat("AWARD", points))
        body.insert(draw(st.integers(0, len(body))), draw(st.sampled_from([fact, rule])))
    return replace_at(document, position, replace(clause, body=tuple(body)))


def change_document(draw: Draw, document: n.Document) -> n.Document:
    """What the document says of itself: dates, basis, deadlines, duties, facts."""
    day = n.Number(Fraction(draw(st.integers(1, 20))), "工作日")
    added: Any = draw(
        st.sampled_from(
            [
                n.Deadline(n.Name("审核"), "NOT_EXCEEDING", day),
                n.Deadline(n.Name("公示"), None, day),
                n.Duty(n.Name("人社局"), "审核材料"),
                n.Fact(n.Name("备用"), n.FactType("YES_NO")),
                n.Example("样例", ()),
                n.Attribute("ISSUED", n.When(date(2023, 1, 1))),
                n.Attribute("IN_FORCE", n.When()),
                n.Attribute("NOTE", n.TextValue("经市政府同意")),
                n.Attribute("REPLACES", (n.Name("旧办法"),)),
                n.Attribute("TRANSITION", n.TextValue("已有积分保留")),
            ]
        )
    )
    if isinstance(added, n.Attribute):
        kept = tuple(a for a in document.attributes if a.key != added.key)
        more = () if draw(st.integers(0, 3)) == 0 else (added,)
        return replace(document, attributes=(*kept, *more))
    plain = [i for i, s in enumerate(document.body) if not isinstance(s, n.Clause)]
    if plain and bool(draw(st.booleans())):
        gone = draw(st.sampled_from(plain))
        return replace(document, body=document.body[:gone] + document.body[gone + 1 :])
    return insert_at(document, (draw(st.integers(0, len(document.body))),), added)


EDITS = (
    change_figure, insert_clause, insert_group, remove_clause, reorder, rename, renumber, move,
    change_attributes, change_body, change_document,
)  # fmt: skip
