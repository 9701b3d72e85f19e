"""What can be carried out, and what stands in its way."""

from __future__ import annotations

from collections.abc import Sequence

from policydsl.language.paths import clause_label, ref_text
from policydsl.model.amending.edition import Edition
from policydsl.model.amending.parts import Operation, Part
from policydsl.model.amending.places import Places
from policydsl.model.amending.touching import Touching
from policydsl.model.footprints import SHARED, Footprint, meets


def possible(edition: Edition, operations: Sequence[Operation]) -> list[Operation]:
    """Those operations that do not get into each other's way, with their footprints.

    The others are reported.
    """
    check = _Check(edition, operations)
    found = [operation for operation in operations if check.can_be(operation)]
    touching = Touching(edition, check.places)
    for operation in found:
        operation.footprints = touching.footprints(operation)
    return check.without_double(found)


class _Check:
    def __init__(self, edition: Edition, operations: Sequence[Operation]):
        self.edition = edition
        self.places = Places(operations)
        self.killers: dict[int, Operation] = {}
        for operation in operations:
            if operation.kind in ("repeal", "split", "merge"):
                for part in operation.targets:
                    self.killers.setdefault(id(part), operation)

    def can_be(self, operation: Operation) -> bool:
        """Whether there is a place for it, and all that it names is there."""
        return self._has_place(operation) and self._lives(operation)

    def _has_place(self, operation: Operation) -> bool:
        """Whether a move leads somewhere, and not into the clause itself or in a circle."""
        if operation.kind != "move":
            return True
        (part,), anchor = operation.targets, operation.anchor
        up: Part | None = anchor
        while up is not None:
            if up is part:
                self.edition.report("V608", operation.node)
                return False
            up = up.parent
        passed = [part]
        node: Part | None = anchor
        while node is not None and node is not part:
            if node in passed:
                return True  # another circle, reported at its own moves
            passed.append(node)
            node = self.places.up(node)[0]
        if node is None:
            return True
        cycle = " → ".join(clause_label(p.clause) for p in (*passed, part))
        self.edition.report("V609", operation.node, cycle=cycle)
        return False

    def _lives(self, operation: Operation) -> bool:
        """Whether everything that the operation names is still there after the amendment."""
        pairs = zip(operation.refs, operation.targets, strict=False)  # the document has no ref
        named = [(ref, part, True) for ref, part in pairs]
        if operation.anchor is not None and operation.anchor_ref is not None:
            # beside a clause that falls away there is still a place
            inside = operation.where == "INSIDE"
            named.append((operation.anchor_ref, operation.anchor, inside))
        for ref, part, itself in named:
            around = list(self.places.containers(part))
            for gone in [part, *around] if itself else around:
                killer = self.killers.get(id(gone))
                if killer is not None and killer is not operation:
                    self.edition.report("V602", ref, killer.node, ref=ref_text(ref))
                    return False
                if not gone.alive:
                    related = () if gone.removed_by is None else (gone.removed_by,)
                    self.edition.report("V602", ref, *related, ref=ref_text(ref))
                    return False
        return True

    def without_double(self, operations: list[Operation]) -> list[Operation]:
        """Leaves out what touches the same thing a second time."""
        kept: list[Operation] = []
        by_clause: dict[str, list[tuple[Footprint, Operation]]] = {}
        wide: list[tuple[Footprint, Operation]] = []
        for operation in operations:
            # several clauses may go to one place; whether they are told apart is checked later
            own = [f for f in operation.footprints if not f.aspect.startswith(SHARED)]
            earlier = (
                (footprint, other)
                for f in own
                for footprint, other in by_clause.get(f.clause, ())
                if meets(f, footprint)
            )
            if self._is_double(operation, next(earlier, None)):
                continue
            kept.append(operation)
            for footprint in own:
                by_clause.setdefault(footprint.clause, []).append((footprint, operation))
                if footprint.aspect == "clauses":
                    wide.append((footprint, operation))
        # what replaces all inner clauses stands against whatever else concerns these
        return [
            operation for operation in kept
            if not self._is_double(operation, next((
                (footprint, other) for footprint, other in wide
                if other is not operation
                and any(meets(own, footprint) for own in operation.footprints)
            ), None))
        ]  # fmt: skip

    def _is_double(self, operation: Operation, earlier: tuple[Footprint, Operation] | None) -> bool:
        if earlier is None:
            return False
        footprint, other = earlier
        ref = footprint.clause or self.edition.base.id.text
        self.edition.report("V603", operation.node, other.node, ref=ref)
        return True
