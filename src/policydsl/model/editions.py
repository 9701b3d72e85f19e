"""Editions: documents as they stand once the amendments that they consist of are carried out.

A 修订 is based on a document or on another 修订, so drafts stack (each one on the one before) and
branch (several on one base).  Its edition is the consolidated text: a document of the base's
kind under the amendment's own id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, Source, did_you_mean, has_errors
from policydsl.language.paths import chain_of, clauses, find, id_of, ref_to
from policydsl.model.kinds import spelt

if TYPE_CHECKING:
    from policydsl.model.amending.changes import Consolidation

AMENDABLE = frozenset({"SCHEME", "ASSESSMENT", "WORK_PLAN", "AMENDMENT"})
"""Kinds of documents that an amendment can be based on."""


class Filed(Protocol):
    """A document with the text that it stands in, and what is wrong with its spelling."""

    @property
    def document(self) -> n.Document:
        """The tree."""

    @property
    def source(self) -> Source:
        """The text."""

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """Findings of the parser; empty when the text is sound."""


Find = Callable[[str], Filed | None]


@dataclass(frozen=True)
class Edition:
    """A document as it stands after its amendments.

    ``chain``: its id, then the ids of what it is based on, down to a document of its own.
    ``source`` is the text of that last one; nodes that stand in another text have it in
    ``sources`` (by ``id()``).  ``consolidation``: what the amendment did to its base; ``None``
    for a document that is no amendment.
    """

    document: n.Document
    source: Source
    chain: tuple[str, ...]
    sources: Mapping[int, Source] = field(default_factory=dict, compare=False, repr=False)
    consolidation: Consolidation | None = None
    previous: Edition | None = field(default=None, compare=False, repr=False)

    @property
    def base(self) -> str | None:
        """The id of what it is directly based on."""
        return self.chain[1] if len(self.chain) > 1 else None

    def origins(self, ancestor: str) -> dict[str, tuple[str, ...]]:
        """For each clause id, the ids of the clauses of an earlier edition that it carries on.

        ``ancestor`` is an id of ``chain``.
        """
        if self.chain[0] == ancestor:
            return {id_: (id_,) for _, id_, _ in clauses(self.document)}
        assert self.consolidation is not None
        assert self.previous is not None
        earlier = self.previous.origins(ancestor)
        return {
            id_: tuple(dict.fromkeys(first for old in olds for first in earlier.get(old, ())))
            for id_, olds in self.consolidation.origins.items()
        }

    def follow(self, ref: n.ClauseRef, ancestor: str) -> n.ClauseRef | None:
        """What a reference to a clause of an earlier edition is in this one.

        ``None`` when the clause is gone or was split or merged.  A reference that names nothing,
        or several clauses, comes back as it is.
        """
        if self.chain[0] == ancestor:
            return ref
        older = self.previous
        while older is not None and older.chain[0] != ancestor:
            older = older.previous
        assert older is not None, "the ancestor is in the chain"
        found = find(older.document, ref)
        if len(found) != 1:
            return ref
        old = id_of(older.document, found[0])
        new = [id_ for id_, olds in self.origins(ancestor).items() if olds == (old,)]
        if len(new) != 1:
            return None
        position = next(p for p, id_, _ in clauses(self.document) if id_ == new[0])
        return replace(ref_to(chain_of(self.document, position)), span=ref.span)


def edition_of(
    id_: str, find: Find, known: Iterable[str], found: list[Diagnostic]
) -> Edition | None:
    """The edition of a document; ``None`` when it cannot be had, with the reasons in ``found``.

    ``known`` are ids to choose from when a base is not known.  ``KeyError``: no such document.
    """
    stack: list[Filed] = []
    seen: list[str] = []
    name = n.Name(id_)
    while True:
        entry = find(name.text)
        if entry is None:
            if not stack:
                raise KeyError(id_)
            details = {"base": name.text, "near": did_you_mean(name.text, known)}
            found.append(Diagnostic("V611", stack[-1].source, name.span, details))
            return None
        if entry.problems:
            found.extend(entry.problems)
            return None
        document = entry.document
        if stack and document.kind not in AMENDABLE:
            details = {"base": name.text, "kind": spelt(document.kind)}
            found.append(Diagnostic("V613", stack[-1].source, name.span, details))
            return None
        seen.append(document.id.text)
        stack.append(entry)
        if document.kind != "AMENDMENT":
            break
        if document.based_on is None:
            details = {"id": document.id.text, "near": ("", "")}
            found.append(Diagnostic("V610", entry.source, document.id.span, details))
            return None
        name = document.based_on
        if name.text in seen:
            cycle = " → ".join([*seen[seen.index(name.text) :], name.text])
            found.append(Diagnostic("V612", entry.source, name.span, {"cycle": cycle}))
            return None
    last = stack.pop()
    edition = Edition(last.document, last.source, (last.document.id.text,))
    while stack:
        step = amended(edition, stack.pop(), found)
        if step is None:
            return None
        edition = step
    return edition


def amended(base: Edition, entry: Filed, found: list[Diagnostic]) -> Edition | None:
    """The edition that an amendment makes of its base; ``None`` when it has errors."""
    # most policies are no amendment, and a start of the program should not pay for it
    from policydsl.model.amending.amender import Amender

    document = entry.document
    amender = Amender(base.document, base.source, base.sources)
    amender.apply(document, entry.source)
    found.extend(amender.found)
    if has_errors(amender.found):
        return None
    result = amender.result(document.id, document.title)
    chain = (document.id.text, *base.chain)
    return Edition(result.document, base.source, chain, result.sources, result, base)
