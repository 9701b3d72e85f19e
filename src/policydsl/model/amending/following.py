"""References that the base makes to its own clauses, led to where these are now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from policydsl.language import nodes as n
from policydsl.language.paths import chain_of, clauses, find, id_of, ref_to
from policydsl.model.amending.edition import Edition
from policydsl.model.rewriting import inner_fields, same_items


def followed(edition: Edition, document: n.Document, ids: Mapping[int, str]) -> n.Document:
    """Scores, duties and examples of the base go on naming the clauses that they named.

    ``ids``: of parts by ``id()``, in the edition as it has become (``document``).
    """
    names: dict[str, set[str]] = {}
    for id_, part in edition.parts.items():
        new = ids.get(id(part))
        if new is not None:
            old_name, new_name = id_.rpartition("/")[2], new.rpartition("/")[2]
            names.setdefault(old_name, set()).add(new_name)
    return cast(n.Document, _Following(edition, document, ids, names).tree(document))


@dataclass(frozen=True)
class _Following:
    edition: Edition
    document: n.Document
    ids: Mapping[int, str]
    names: Mapping[str, set[str]]

    def tree(self, node: object) -> object:
        """The same tree with references led to where their clauses are now."""
        if isinstance(node, tuple):
            return tuple(self.tree(item) for item in node)
        if not isinstance(node, n.Node):
            return node
        if isinstance(node, n.ClauseRef):
            return node if id(node) in self.edition.new else self._ref(node)
        changes: dict[str, Any] = {}
        if isinstance(node, n.DutyPart) and id(node) not in self.edition.new:
            items = tuple(self._name(item) for item in node.items)
            changes = {} if same_items(items, node.items) else {"items": items}
        else:
            for name, value in inner_fields(node):
                new = self.tree(value)
                if new is not value and not same_items(new, value):
                    changes[name] = new
        if not changes:
            return node
        rebuilt = replace(node, **changes)
        self.edition.keep(node, rebuilt)
        return rebuilt

    def _ref(self, ref: n.ClauseRef) -> n.ClauseRef:
        document = self.document
        before = self.edition.index.find(ref)
        if len(before) != 1:
            return ref
        id_ = self.ids.get(id(self.edition.parts[self.edition.index.ids[before[0]]]))
        now = [id_of(document, position) for position in find(document, ref)]
        if id_ is None or now == [id_]:
            return ref
        position = next(p for p, other, _ in clauses(document) if other == id_)
        chain = chain_of(document, position)
        followed = ref_to(chain[-len(ref.steps) :])
        if len(find(document, followed)) != 1:
            followed = ref_to(chain)
        followed = replace(followed, span=ref.span)
        self.edition.keep(ref, followed)
        return followed

    def _name(self, item: n.Name | n.TextValue) -> n.Name | n.TextValue:
        """A duty names a clause by the last part of its id."""
        new = self.names.get(item.text, set()) if isinstance(item, n.Name) else set()
        if len(new) != 1 or new == {cast(n.Name, item).text}:
            return item
        changed = replace(cast(n.Name, item), text=next(iter(new)))
        self.edition.keep(item, changed)
        return changed
