"""Consolidated editions: a base with drafts applied, side by side or one on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from policydsl.files import write_text
from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.keywords import Language
from policydsl.language.printing import print_file
from policydsl.model import policy as m
from policydsl.model.amending.changes import Consolidation
from policydsl.model.editions import Edition, amended
from policydsl.model.loading import Entry, Library
from policydsl.versions.merging import Conflicts, merge


@dataclass(frozen=True)
class Consolidated:
    """A consolidated edition and the policy that it is.

    ``steps`` are what the drafts did, the first first.  ``policy`` is ``None`` when the edition
    does not hold together (drafts may be right by themselves and wrong together); ``findings``
    say why, and hold the warnings otherwise.
    """

    edition: Edition
    steps: tuple[Consolidation, ...]
    policy: m.Policy | None
    findings: tuple[Diagnostic, ...]

    @property
    def document(self) -> n.Document:
        """The edition as a document of its own."""
        return self.edition.document


def consolidate(
    library: Library,
    base: str,
    drafts: Sequence[str],
    id_: str | None = None,
    title: str | None = None,
) -> Consolidated | Conflicts:
    """The edition that drafts make of a base, all by their ids.

    Drafts on the same document are merged, whatever their order; a draft on another draft of the
    list is applied after that one.  The edition has the id and title of the last draft, or those
    given.  Raises :class:`PolicyError`: unknown ids (F008), a draft that is based on something
    else (V617), errors in a draft (V601 …).
    """
    current, found = library.edition(base)
    if current is None:
        raise PolicyError(found)
    entries = [_entry(library, draft) for draft in drafts]
    done = {base}
    steps: list[Consolidation] = []
    while entries:
        here = [e for e in entries if e.document.based_on and e.document.based_on.text in done]
        if not here:
            first = entries[0]
            name = first.document.based_on or first.document.id
            details = {"id": first.document.id.text, "base": name.text, "wanted": base}
            raise PolicyError([Diagnostic("V617", first.source, name.span, details)])
        entries = [e for e in entries if e not in here]
        step = _step(current, here)
        if isinstance(step, Conflicts):
            return step
        assert step.consolidation is not None
        steps.append(step.consolidation)
        current = step
        done |= {e.document.id.text for e in here}
    current = _called(current, id_, title)
    policy, findings = library.compile_edition(current)
    return Consolidated(current, tuple(steps), policy, tuple(findings))


def _entry(library: Library, id_: str) -> Entry:
    entry = library.find(id_)
    if entry is None:
        details = {"name": id_, "near": did_you_mean(id_, library.ids({"amendment"}))}
        raise PolicyError([Diagnostic("F008", None, None, details)])
    if entry.problems:
        raise PolicyError(entry.problems)
    if entry.document.kind != "AMENDMENT":
        raise PolicyError([Diagnostic("V610", entry.source, entry.document.id.span, {"id": id_})])
    return entry


def _step(base: Edition, drafts: Sequence[Entry]) -> Edition | Conflicts:
    if len(drafts) == 1:
        found: list[Diagnostic] = []
        # a draft may stand on one that was merged with others: its base is what they made
        step = amended(base, drafts[0], found)
        if step is None:
            raise PolicyError([d for d in found if d.severity == "error"])
        return step
    named = n.Name(base.document.id.text)
    moved = [replace(d, document=replace(d.document, based_on=named)) for d in drafts]
    merged = merge(base, moved)
    if isinstance(merged, Conflicts):
        return merged
    chain = (merged.document.id.text, *base.chain)
    return Edition(merged.document, base.source, chain, merged.sources, merged, base)


def _called(edition: Edition, id_: str | None, title: str | None) -> Edition:
    document = edition.document
    changed = replace(
        document, id=document.id if id_ is None else n.Name(id_), title=title or document.title
    )
    return replace(edition, document=changed, chain=(changed.id.text, *edition.chain[1:]))


def write_edition(edition: Edition, path: Path, language: Language = "zh") -> None:
    """Write an edition as a policy file; raises :class:`PolicyError` (F007) if it cannot be."""
    write_text(path, print_file(n.File((edition.document,)), language))
