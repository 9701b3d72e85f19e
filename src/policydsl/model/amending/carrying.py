"""Operations carried out on the parts of an edition."""

from __future__ import annotations

from collections.abc import Iterable

from policydsl.language import nodes as n
from policydsl.language.paths import clause_key, ref_text
from policydsl.model.amending.changes import ABOUT_THE_CHANGE
from policydsl.model.amending.edition import Edition
from policydsl.model.amending.parts import Operation, Part, relabelled
from policydsl.model.kinds import CLAUSE_KINDS, what_is, where_is
from policydsl.model.rewriting import (
    count_figure,
    merged,
    upserted,
    with_declarations,
    with_figures,
)


def carry_out(edition: Edition, operation: Operation) -> None:
    """Do what an operation says; what changes nothing is reported (V618)."""
    node = operation.node
    match node:
        case n.Modify():
            _modify(edition, operation.targets[0], node)
        case n.Insert() | n.Move():
            assert operation.anchor is not None
            for part in operation.planted or operation.targets:
                part.go(operation.anchor, operation.where)
                part.labelled_by = node
        case n.Repeal():
            _remove(operation.targets, node)
        case n.Rename() | n.Renumber():
            part = operation.targets[0]
            changed = relabelled(part.clause, node)
            if changed == part.clause:
                edition.report("V618", node, ref=ref_text(node.target))
            edition.keep(part.clause, changed)
            part.clause = changed
            part.labelled_by = node
        case n.Split():
            _remove(operation.targets, node)
            for part in operation.planted:
                part.origin = operation.targets[0].origin
                _inherit(part, operation.targets[0])
                part.go(operation.targets[0], "INSTEAD")
        case n.Merge():
            _remove(operation.targets, node)
            merged = operation.planted[0]
            merged.origin = tuple(id_ for part in operation.targets for id_ in part.origin)
            for part in operation.targets:
                _inherit(merged, part)
            merged.go(operation.targets[0], "INSTEAD")
        case _:
            _upsert(edition, node)


def _remove(parts: Iterable[Part], node: n.Statement) -> None:
    for part in parts:
        part.alive = False
        part.removed_by = node


def _inherit(new: Part, old: Part) -> None:
    """Inner clauses of the same key carry on those of the old clause."""
    known = {clause_key(p.clause): p for p in old.children()}
    for child in new.children():
        before = known.get(clause_key(child.clause))
        if before is not None:
            child.origin = (*child.origin, *before.origin)
            _inherit(child, before)


def _modify(edition: Edition, part: Part, operation: n.Modify) -> None:
    before = (part.clause, list(part.laid_out()))
    replaced: list[str] = []
    ref = edition.base.id.text if operation.target is None else ref_text(operation.target)
    findings = len(edition.found)
    _replace_numbers(edition, part, operation, ref)
    for piece in operation.parts:
        match piece:
            case n.Attribute() if piece.key in ABOUT_THE_CHANGE:
                pass
            case n.Attribute():
                edition.set_attributes(part, merged(part.clause.attributes, (piece,), replaced))
                edition.note_replaces(part, piece.key)
            case n.Without():
                kept = tuple(a for a in part.clause.attributes if a.key != piece.key)
                if len(kept) == len(part.clause.attributes):
                    edition.report("V605", piece, ref=ref)
                edition.set_attributes(part, kept)
                edition.note_replaces(part, piece.key)
            case n.NewBody():
                _new_body(edition, part, piece)
            case n.Household() | n.Ranking() | n.Quota() | n.Ties():
                if part.clause.kind != "SCENE":
                    kind = "root" if part is edition.root else CLAUSE_KINDS[part.clause.kind]
                    edition.report("M207", piece, what=what_is(piece), where=where_is(kind))
                    continue
                part.statements = _with_statement(part.statements, piece, type(piece))
    if len(edition.found) == findings and before == (part.clause, list(part.laid_out())):
        edition.report("V618", operation, ref=ref)


def _new_body(edition: Edition, part: Part, new: n.NewBody) -> None:
    attributes = [s for s in new.statements if isinstance(s, n.Attribute)]
    edition.set_attributes(part, merged(part.clause.attributes, attributes, []))
    for attribute in attributes:
        edition.note_replaces(part, attribute.key)
    plain = [s for s in new.statements if not isinstance(s, (n.Attribute, n.Clause))]
    inner = [s for s in new.statements if isinstance(s, n.Clause)]
    old_parts = [s for s in part.statements if isinstance(s, Part)]
    if plain:
        part.statements = [*with_declarations(part.plain(), plain), *old_parts]
    elif not new.statements:
        part.statements = [*old_parts]
    if inner:
        known = {clause_key(p.clause): p for p in part.children()}
        replaced: list[n.Statement | Part] = []
        for clause in inner:
            old = known.pop(clause_key(clause), None)
            replaced.append(edition.plant(clause, part, old))
        for gone in known.values():
            gone.alive = False
        part.statements = [*part.plain(), *replaced]


def _replace_numbers(edition: Edition, part: Part, operation: n.Modify, ref: str) -> None:
    """Carries out all 将 … 改为 … of an operation at once."""
    swaps: list[n.Replacement] = []
    for piece in operation.parts:
        if isinstance(piece, n.Replacement):
            stated = tuple(s for s in part.plain() if not isinstance(s, n.Example))
            held: tuple[object, ...] = (part.clause.attributes, stated)
            count = count_figure(held, piece.old)
            if count != 1:
                edition.report("V606", piece, ref=ref, count=count)
            else:
                swaps.append(piece)
    if not swaps:
        return
    attributes = with_figures(part.clause.attributes, swaps, edition.keep)
    edition.set_attributes(part, attributes)
    part.statements = [
        s if isinstance(s, (Part, n.Example)) else with_figures(s, swaps, edition.keep)
        for s in part.statements
    ]


def _upsert(edition: Edition, statement: n.Statement) -> None:
    """A fact, deadline, duty … of the same name is replaced, another one added."""
    edition.root.statements = upserted(edition.root.statements, statement)


def _with_statement(
    statements: list[n.Statement | Part], new: n.Statement, kind: type[n.Statement]
) -> list[n.Statement | Part]:
    for index, statement in enumerate(statements):
        if isinstance(statement, kind):
            return [*statements[:index], new, *statements[index + 1 :]]
    return [new, *statements]
