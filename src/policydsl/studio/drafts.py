"""The draft that a page works on: a text, read and compiled among the files of the folder."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from threading import RLock

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, in_order
from policydsl.language.parsing import ParseResult, parse_text
from policydsl.model.kinds import spelt
from policydsl.model.loading import Library
from policydsl.model.policy import Policy
from policydsl.simulation.adjusting import Adjustable, Adjusted, adjustable, adjusted
from policydsl.simulation.drafts import Version, version_in
from policydsl.studio.keeping import Kept
from policydsl.studio.telling import refused
from policydsl.studio.workspace import Paper, Workspace

MOST_TEXT = 400_000
"""Characters of a draft: more would keep the page waiting for many seconds."""

SCORED = ("SCHEME", "ASSESSMENT", "WORK_PLAN")


@dataclass(eq=False)
class Draft:
    """A text in place of a file, or beside it, with what it is compared with.

    ``document`` is the one that is worked on (``None``: the text has none), ``version`` what it
    makes under the assumption sets ``sets`` (``None`` where it has errors), ``before`` what it is
    held against: the base of a 修订, else the document as it stands in the file.
    """

    paper: Paper
    opened: str
    result: ParseResult
    document: n.Document | None
    library: Library
    sets: tuple[str, ...]
    version: Version | None
    before: Version | None
    findings: tuple[Diagnostic, ...]

    @property
    def text(self) -> str:
        """What the draft says."""
        return self.result.source.text

    @property
    def policy(self) -> Policy | None:
        """The edition that the draft makes."""
        return None if self.version is None else self.version.policy

    @cached_property
    def numbers(self) -> list[Adjustable]:
        """The numbers of the draft; none where it has errors."""
        if self.version is None or self.document is None:
            return []
        return adjustable(self.version, self.document, self.result.source)

    def changed(self, changes: Mapping[str, Fraction]) -> Adjusted:
        """The text with other values for numbers.  Raises :class:`PolicyError`."""
        version, document = self.version, self.document
        if version is None or document is None:
            raise PolicyError([d for d in self.findings if d.severity == "error"])
        disk = next(
            (d for d in self.paper.result.file.documents if d.id.text == self.opened), None
        )  # fmt: skip
        return adjusted(
            version, document, self.result.source, self.numbers, changes, disk, self.library.ids()
        )  # fmt: skip


class Drafts:
    """The last few drafts, and what they were held against."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace
        self.lock = RLock()
        self._drafts = Kept(12)
        self._bases = Kept(6)

    def opened(
        self, ref: str, text: str | None = None, assume: Sequence[str] | None = None
    ) -> Draft:  # fmt: skip
        """The draft of :func:`opened`, read again only if a file of the folder has changed."""
        if text is not None and len(text) > MOST_TEXT:
            raise refused(413, "J919", limit=MOST_TEXT)
        with self.lock:
            there = self.workspace.fingerprint()
            sets = None if assume is None else tuple(assume)
            key = (ref, text, sets, there)
            return self._drafts.made(
                key, lambda: opened(self.workspace, ref, text, assume, self._bases, there)
            )


def opened(
    workspace: Workspace, ref: str, text: str | None = None, assume: Sequence[str] | None = None,
    bases: Kept | None = None, there: Hashable = None,
) -> Draft:  # fmt: skip
    """The file that a ref means, with another text in place of its own.

    ``assume`` ``None``: all assumption sets that are for it.  What is wrong with the text is in
    the draft's findings; raises :class:`policydsl.studio.telling.Refused` for a ref of nothing.
    """
    paper, id_ = workspace.paper(ref)
    result = paper.result
    if text is not None and text != paper.text:
        result = parse_text(text, paper.name)
    elif text is None:
        text = paper.text
    document = _document(result, id_)
    beside = document is not None and document.id.text != id_
    if beside:
        result = parse_text(text, "草案")
        document = _document(result, id_)
    library = workspace.library(result, None if beside else paper.name)
    return _compiled(
        paper, id_, result, document, library, workspace, assume, bases or Kept(1), there
    )


def _document(result: ParseResult, id_: str) -> n.Document | None:
    """The document of that id, else the 修订 of the text, else what else can be scored."""
    documents = result.file.documents
    for wanted in ((id_,), ("AMENDMENT",), SCORED):
        for each in documents:
            if each.id.text in wanted or each.kind in wanted:
                return each
    return documents[0] if documents else None


def _compiled(
    paper: Paper, opened_id: str, result: ParseResult, document: n.Document | None,
    library: Library, workspace: Workspace, assume: Sequence[str] | None, bases: Kept,
    there: Hashable,
) -> Draft:  # fmt: skip
    id_ = opened_id if document is None else document.id.text
    sets = tuple(library.assumptions_for(id_) if assume is None else assume)
    amends = document is not None and document.kind == "AMENDMENT"
    base_id = opened_id
    if amends and document is not None and document.based_on is not None:
        base_id = document.based_on.text
    if amends and any(d.id.text == base_id for d in result.file.documents):
        before = _version(library, base_id, sets, None)[0]  # it stands in the same text
    else:
        (before,) = bases.made(
            (base_id, sets, there),
            lambda: (_version(workspace.library(), base_id, sets, None)[0],),
        )
    found = list(result.diagnostics)
    version = None
    if document is not None and document.kind not in (*SCORED, "AMENDMENT"):
        details = {"id": id_, "kind": spelt(document.kind)}
        found.append(Diagnostic("S502", result.source, document.id.span, details))
    elif document is not None and result.ok and library.find(id_) is not None:
        version, problems = _version(library, id_, sets, before if amends else None)
        found += problems if version is None else version.policy.diagnostics
    return Draft(
        paper, opened_id, result, document, library, sets, version, before, tuple(in_order(found))
    )  # fmt: skip


def _version(
    library: Library, id_: str, sets: Sequence[str], base: Version | None
) -> tuple[Version | None, Sequence[Diagnostic]]:
    try:
        return version_in(library, id_, sets, base), ()
    except PolicyError as error:
        return None, error.diagnostics
