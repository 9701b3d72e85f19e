"""What is known of the texts that an editor has open, beside those of their folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from policydsl.editors.service.chunks import Reader
from policydsl.editors.service.occurrences import Occurrence, Symbol, occurrences
from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, Source, has_errors, in_order
from policydsl.language.parsing import ParseResult, parse_text
from policydsl.model.loading import Library, bundled, policy_files
from policydsl.model.policy import Policy
from policydsl.review.fixing.mending import Looked, look
from policydsl.review.fixing.place import Place, Text

# Beyond it a folder is not an office's folder of policies, and reading it all would take minutes.
MOST_FILES = 500


@dataclass
class Analysis:
    """One text, read and checked among the others of its workspace."""

    path: Path
    result: ParseResult
    library: Library
    looked: Looked | None = None
    """What the review finds; it comes later than the rest."""
    most: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    """By document and clause, what can be reached at most; it comes with the review."""

    @property
    def source(self) -> Source:
        """The text."""
        return self.result.source

    @property
    def documents(self) -> tuple[n.Document, ...]:
        """What could be read of the text."""
        return self.result.file.documents

    @cached_property
    def policies(self) -> dict[str, Policy | None]:
        """Each document of the text compiled; ``None`` where it has errors."""
        return {one.id.text: self.library.compile(one.id.text)[0] for one in self._compilable()}

    def _compilable(self) -> Iterator[n.Document]:
        for one in self.documents:
            entry = self.library.find(one.id.text)
            if entry is not None and entry.source.name == self.source.name:
                yield one

    @cached_property
    def findings(self) -> list[Diagnostic]:
        """All that is wrong with the text itself."""
        found = list(self.result.diagnostics)
        if not has_errors(found):
            for one in self._compilable():
                for each in self.library.compile(one.id.text)[1]:
                    if each.source is not None and each.source.name == self.source.name:
                        found.append(each)
        return in_order(found)

    @cached_property
    def text(self) -> Text:
        """The text with its nodes."""
        return Text(self.source, self.documents)

    @property
    def places(self) -> list[Place]:
        """What may be put right: the findings of the text, and those of the review, if it is in."""
        found = [Place(self.text, each, library=self.library) for each in self.findings]
        if self.looked is not None:
            found.extend(x for x in self.looked.places if x.found.code.startswith("R"))
            # of what both tell, the review knows more
            more = {(x.found.code, x.found.span): x for x in self.looked.places if x.finding}
            found = [more.get((x.found.code, x.found.span), x) for x in found]
        return found

    def review(self, stop: Callable[[], bool]) -> Looked:
        """The text reviewed; :class:`~policydsl.review.context.Stopped` when ``stop`` says so."""
        return look(self.source, self.library, self.result, stop=stop)

    @cached_property
    def names(self) -> list[Occurrence]:
        """Every name in the text and what it means."""
        return [
            each
            for one in self.documents
            for each in occurrences(one, self.policies.get(one.id.text), self.tree)
        ]

    def tree(self, id_: str) -> n.Document | None:
        """The consolidated tree of a document of the workspace."""
        entry = self.library.find(id_)
        if entry is None:
            return None
        edition, _ = self.library.edition(id_)
        return entry.document if edition is None else edition.document

    def shared_facts(self, document: n.Document | None) -> list[str]:
        """Names of the facts of the vocabularies that a document uses, even one with errors."""
        if document is None:
            return []
        return list(self.library.shared(document, self.source, []).facts)

    def at(self, offset: int) -> Occurrence | None:
        """The name at an offset; of those that overlap, the shortest."""
        here = [x for x in self.names if x.span.start <= offset <= x.span.end]
        return min(here, key=lambda x: x.span.end - x.span.start, default=None)

    def document_at(self, offset: int) -> n.Document | None:
        """The document around an offset, else the last one before it."""
        before = [one for one in self.documents if one.span.start <= offset]
        return before[-1] if before else (self.documents[0] if self.documents else None)

    def clause_at(self, offset: int) -> n.Clause | None:
        """The innermost clause around an offset."""
        found = None
        for one in self.documents:
            for node in n.walk(one):
                if isinstance(node, n.Clause) and node.span.start <= offset < node.span.end:
                    found = node  # walked from the outside in
        return found


@dataclass
class Workspace:
    """Open texts by path, and the folders around them."""

    texts: dict[Path, str] = field(default_factory=dict)
    roots: list[Path] = field(default_factory=list)
    _analyses: dict[Path, Analysis] = field(default_factory=dict)
    _parsed: dict[Path, ParseResult] = field(default_factory=dict)
    _last: dict[Path, Analysis] = field(default_factory=dict)
    _readers: dict[Path, Reader] = field(default_factory=dict)

    def put(self, path: Path, text: str) -> None:
        """A text as it is now."""
        if self.texts.get(path) != text:
            self.texts[path] = text
            self._parsed.pop(path, None)
            self._last |= self._analyses
            self._analyses.clear()

    def read(self, path: Path) -> tuple[Source, list[Diagnostic]]:
        """An open text and what reading it finds, at the cost of what changed meanwhile."""
        source = Source(str(path), self.texts[path])
        return source, self._readers.setdefault(path, Reader()).findings(source)

    def recent(self, path: Path, offset: int) -> tuple[Analysis, int]:
        """The last analysis of a text, and where in *its* text an offset of today's stands.

        While one types it is older than the text: good enough to look up names in, and there
        without waiting.
        """
        if path in self._analyses or path not in self._last or path not in self.texts:
            return self.analysis(path), offset
        analysis = self._last[path]
        old, new = analysis.source.text, self.texts[path]
        same = _alike(old, new)
        if offset <= same:
            return analysis, offset
        return analysis, max(same, min(len(old), offset + len(old) - len(new)))

    def forget(self) -> None:
        """Files have changed on disk: nothing that was read of them holds any more."""
        self._last |= self._analyses
        self._analyses.clear()

    def close(self, path: Path) -> None:
        """From here on the file counts as it is on disk."""
        self.texts.pop(path, None)
        self._parsed.pop(path, None)
        self._readers.pop(path, None)
        self._last.clear()
        self._analyses.clear()

    def parsed(self, path: Path) -> ParseResult:
        """An open text, read."""
        if path not in self._parsed:
            self._parsed[path] = parse_text(self.texts[path], str(path))
        return self._parsed[path]

    def analysis(self, path: Path) -> Analysis:
        """What is known of a text, open or on disk."""
        if path not in self._analyses:
            self._analyses[path] = self._analysed(path)
        return self._analyses[path]

    def _analysed(self, path: Path) -> Analysis:
        library = self._library(path)
        if path in self.texts:
            result = library.add_parsed(self.parsed(path))
        else:
            result = library.add_file(path)
        return Analysis(path, result, library)

    def snapshot(self) -> Workspace:
        """The same texts for a check in another thread, which shares nothing that changes."""
        return Workspace(dict(self.texts), list(self.roots), _parsed=dict(self._parsed))

    def keep(self, analysis: Analysis) -> bool:
        """Take over an analysis of a snapshot; ``False`` where its text has changed meanwhile."""
        if self.texts.get(analysis.path) != analysis.source.text:
            return False
        self._analyses[analysis.path] = analysis
        return True

    def _library(self, but: Path) -> Library:
        """The other texts, open ones as they are, behind a library for the text itself."""
        neighbours = Library(bundled())
        for path in self.texts:
            if path != but:
                neighbours.add_parsed(self.parsed(path))
        for path in self.files():
            if path != but and path not in self.texts:
                neighbours.offer_file(path)
        return Library(neighbours)

    def files(self) -> list[Path]:
        """Policy files on disk in the folders of the workspace and beside the open texts."""
        folders = {*self.roots, *(path.parent for path in self.texts)}
        found = {file for folder in folders if folder.is_dir() for file in policy_files(folder)}
        return sorted(found)[:MOST_FILES]

    def everywhere(self, symbol: Symbol) -> Iterator[tuple[Analysis, Occurrence]]:
        """Every place in the workspace that names a symbol."""
        for path in sorted({*self.texts, *self.files()}):
            try:
                analysis = self.analysis(path)
            except OSError:  # the file went away meanwhile
                continue
            for each in analysis.names:
                if each.symbol == symbol:
                    yield analysis, each

    def definition(self, analysis: Analysis, symbol: Symbol) -> tuple[Source, n.Span] | None:
        """Where a symbol is declared: in this text, in the workspace, or in a bundled policy."""
        own = next((x for x in analysis.names if x.symbol == symbol and x.definition), None)
        if own is not None:
            return analysis.source, own.span
        for other, each in self.everywhere(symbol):
            if each.definition:
                return other.source, each.span
        return _bundled_definition(analysis, symbol)


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike; halving, since texts compare fast."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _bundled_definition(analysis: Analysis, symbol: Symbol) -> tuple[Source, n.Span] | None:
    homes = [symbol.name] if symbol.kind == "document" else [symbol.home]
    if symbol.kind == "concept":
        homes = bundled().ids(["vocabulary"])
    for home in homes:
        entry = analysis.library.find(home)
        if entry is None:
            continue
        for each in occurrences(entry.document, None, analysis.tree):
            if each.symbol == symbol and each.definition:
                return entry.source, each.span
    return None
