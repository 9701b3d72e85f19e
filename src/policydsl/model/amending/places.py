"""Where parts will be when an amendment is carried out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policydsl.model.amending.parts import Operation, Part, Where


class Places:
    """Where parts will be after the operations of an amendment."""

    def __init__(self, operations: Sequence[Operation]):
        self.pending: dict[int, tuple[Part, Where]] = {}
        for operation in operations:
            movable = operation.planted if operation.kind == "insert" else operation.targets
            if operation.kind in ("insert", "move"):
                assert operation.anchor is not None
                for part in movable:
                    self.pending.setdefault(id(part), (operation.anchor, operation.where))
            elif operation.kind in ("split", "merge"):
                for part in operation.planted:
                    self.pending[id(part)] = (operation.targets[0], "INSTEAD")

    def up(self, part: Part) -> tuple[Part | None, bool]:
        """What the place of a part hangs on, and whether it stands inside of that."""
        place = self.pending.get(id(part), part.place)
        if place is None:
            return part.parent, True
        return place[0], place[1] == "INSIDE"

    def containers(self, part: Part) -> Iterator[Part]:
        """The clauses around a part after the amendment, from the inside out."""
        seen: set[int] = set()
        node: Part | None = part
        while node is not None and id(node) not in seen:
            seen.add(id(node))
            node, inside = self.up(node)
            if inside and node is not None:
                yield node
