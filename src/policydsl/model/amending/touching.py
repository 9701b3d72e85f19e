"""What an operation touches.

:mod:`policydsl.model.footprints` says when two operations touch the same.
"""

from __future__ import annotations

from policydsl.language import nodes as n
from policydsl.language.paths import clause_key
from policydsl.model.amending.changes import ABOUT_THE_CHANGE
from policydsl.model.amending.edition import Edition
from policydsl.model.amending.parts import Operation, Part, Where, id_of_part, relabelled
from policydsl.model.amending.places import Places
from policydsl.model.footprints import Footprint
from policydsl.model.rewriting import count_figure, statement_name


class Touching:
    """What operations touch: their footprints."""

    def __init__(self, edition: Edition, places: Places):
        self.edition = edition
        self.places = places

    def footprints(self, operation: Operation) -> list[Footprint]:
        """What an operation touches, each thing once."""
        node = operation.node
        result: list[Footprint] = []
        match node:
            case n.Modify():
                result = self._modify_footprints(operation.targets[0], node)
            case n.Insert() | n.Move():
                anchor = operation.anchor
                assert anchor is not None
                moved = [] if isinstance(node, n.Insert) else operation.targets
                result.extend(Footprint(id_of_part(part), "place") for part in moved)
                if operation.where != "INSIDE":
                    result.append(Footprint(id_of_part(anchor), "beside"))
                result.append(self._gap(anchor, operation.where))
                for part in moved or operation.planted:
                    result.append(self._label(part, clause_key(part.clause)))
            case n.Repeal() | n.Split() | n.Merge():
                result.extend(
                    Footprint(id_of_part(part), "existence") for part in operation.targets
                )
                for part in operation.planted:
                    result.append(self._label(part, clause_key(part.clause)))
            case n.Rename() | n.Renumber():
                part = operation.targets[0]
                result.append(Footprint(id_of_part(part), operation.kind))
                key = clause_key(relabelled(part.clause, node))
                if key != clause_key(part.clause):
                    result.append(self._label(part, key))
            case _:
                result.append(Footprint("", statement_name(node)))
        return list(dict.fromkeys(result))

    def _modify_footprints(self, part: Part, node: n.Modify) -> list[Footprint]:
        id_ = id_of_part(part)
        result: list[Footprint] = []
        for piece in node.parts:
            match piece:
                case n.Attribute() if piece.key in ABOUT_THE_CHANGE:
                    pass
                case n.Attribute() | n.Without():
                    result.append(Footprint(id_, piece.key))
                case n.Replacement():
                    holders = [a.key for a in part.clause.attributes if count_figure(a, piece.old)]
                    result.append(Footprint(id_, holders[0] if holders else "rules"))
                case n.NewBody():
                    attributes = [s for s in piece.statements if isinstance(s, n.Attribute)]
                    result.extend(Footprint(id_, a.key) for a in attributes)
                    if any(isinstance(s, n.Clause) for s in piece.statements):
                        result.append(Footprint(id_, "clauses"))
                    if not piece.statements or any(
                        not isinstance(s, (n.Attribute, n.Clause)) for s in piece.statements
                    ):
                        result.append(Footprint(id_, "rules"))
                case _:
                    result.append(Footprint(id_, type(piece).__name__))
        return result

    def _gap(self, anchor: Part, where: Where) -> Footprint:
        """The place between two clauses of the base, named alike from both sides."""
        if where == "INSIDE":
            keys = [clause_key(s.clause) for s in anchor.statements if isinstance(s, Part)]
            return Footprint(id_of_part(anchor), f"gap {keys[-1] if keys else ''}|")
        parent = anchor.parent or self.edition.root
        siblings = [s for s in parent.statements if isinstance(s, Part)]
        keys = ["", *(clause_key(s.clause) for s in siblings), ""]
        if anchor not in siblings:
            return Footprint(id_of_part(anchor), f"gap {where}")
        index = siblings.index(anchor) + (where == "AFTER")
        return Footprint(id_of_part(parent), f"gap {keys[index]}|{keys[index + 1]}")

    def _label(self, part: Part, key: str) -> Footprint:
        parent = next(self.places.containers(part), self.edition.root)
        return Footprint(id_of_part(parent), f"label {key}")
