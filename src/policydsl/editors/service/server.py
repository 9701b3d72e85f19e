"""``policydsl lsp``: the answers over the Language Server Protocol."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlparse
from urllib.request import url2pathname

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from policydsl import __version__
from policydsl.editors.service import answers, remedies
from policydsl.editors.service.analysis import Analysis, Workspace
from policydsl.editors.service.chunks import before
from policydsl.editors.service.hints import attainable, hints
from policydsl.editors.service.positions import offset_of, position_of, range_of
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.language.keywords import Language
from policydsl.language.nodes import Span
from policydsl.review.context import Stopped
from policydsl.review.fixing.place import Place
from policydsl.review.telling import pick

# A pause in typing: what is slower than reading the text waits for it.
PAUSE = 0.2
# A longer one, before what takes seconds: the review.
LONG_PAUSE = 0.6
# So soon a thread in the background makes way for an answer, in seconds.
GIVES_WAY = 0.001
# Other open texts may use what was changed; so many of them are checked again.
MOST_OTHERS = 8


class _Placed(Protocol):
    """A request about a place; each kind of request has a class of its own."""

    text_document: lsp.TextDocumentIdentifier
    position: lsp.Position


class PolicyServer(LanguageServer):
    """Keeps the workspace, and the checks that wait for a pause in typing."""

    def __init__(self) -> None:
        super().__init__("policydsl", __version__)
        self.desk = Workspace()
        self.waiting: dict[str, asyncio.Task[None]] = {}
        self.round = 0
        """Counts the changes: a review of an older round is given up."""
        self.language: Language = "zh"
        self.reviews = True
        self.refreshes = False

    # -- what features share

    def path(self, uri: str) -> Path:
        """The path that a URI stands for; of an unsaved text, a name of its own."""
        parsed = urlparse(uri)
        return Path(url2pathname(unquote(parsed.path)) if parsed.scheme == "file" else uri)

    def analysis(self, uri: str) -> Analysis:
        """What is known of a document."""
        return self.desk.analysis(self.path(uri))

    def place(self, params: _Placed) -> tuple[Analysis, int]:
        """A document and the offset in it that a request is about."""
        analysis = self.analysis(params.text_document.uri)
        return analysis, offset_of(analysis.source, params.position)

    def recent(self, params: _Placed) -> tuple[Analysis, int, Source]:
        """The last analysis of a document, the offset in it, and the text as it is now."""
        path = self.path(params.text_document.uri)
        text = self.desk.texts.get(path)
        if text is None:
            analysis, offset = self.place(params)
            return analysis, offset, analysis.source
        source = Source(str(path), text)
        return *self.desk.recent(path, offset_of(source, params.position)), source

    def location(self, source: Source, span: Span) -> lsp.Location:
        """A place as the protocol writes it."""
        uri = next(
            (uri for uri in self.workspace.text_documents if str(self.path(uri)) == source.name),
            answers.uri_of(source.name),
        )
        return lsp.Location(uri, range_of(source, span))

    def take_folders(self) -> None:
        """The folders that the client has open now."""
        folders = self.workspace.folders.values()
        self.desk.roots = [self.path(folder.uri) for folder in folders]

    # -- checking

    def begun(self, params: lsp.InitializeParams) -> None:
        """What the client says of itself: its language, and whether it wants the review."""
        sys.setswitchinterval(GIVES_WAY)
        locale = params.locale or "zh"
        self.language = "zh" if locale.lower().startswith("zh") else "en"
        options = params.initialization_options
        if isinstance(options, dict):
            self.reviews = options.get("review") is not False
            if options.get("language") in ("zh", "en"):
                self.language = options["language"]
        workspace = params.capabilities.workspace
        hints_ = None if workspace is None else workspace.inlay_hint
        self.refreshes = hints_ is not None and bool(hints_.refresh_support)

    def changed(self, uri: str) -> None:
        """Take in a text: what reading it finds is told at once, the rest after a pause."""
        self.give_up(uri)  # at once: what goes on in the background slows the answer down
        document = self.workspace.get_text_document(uri)
        path = self.path(uri)
        self.desk.put(path, document.source)
        source, found = self.desk.read(path)
        if found:
            self.publish(uri, self.shown(found, source))
        self.check_soon(uri)

    def check_soon(self, uri: str) -> None:
        """The whole check after a pause, instead of one that is still waiting."""
        self.give_up(uri)
        self.waiting[uri] = asyncio.get_running_loop().create_task(self._check(uri))

    def give_up(self, uri: str) -> None:
        """Stop what is under way in the background: it is about texts that have changed."""
        self.round += 1
        if uri in self.waiting:
            self.waiting.pop(uri).cancel()

    def _stop(self, round_: int) -> Callable[[], None]:
        """Raises :class:`Stopped` as soon as the round is over."""

        def go_on() -> None:
            if self.round != round_:
                raise Stopped

        return go_on

    async def _check(self, uri: str) -> None:
        """Check a text and those that may use it, then review them, as long as nobody types."""
        await asyncio.sleep(PAUSE)
        round_ = self.round
        desk = self.desk.snapshot()
        others = [x for x in self.workspace.text_documents if x != uri][:MOST_OTHERS]
        checked: dict[str, Analysis] = {}
        for each in (uri, *others):
            found = await self._checked(desk, each, round_)
            if found is not None:
                checked[each] = found
            if self.round != round_:
                return
        await asyncio.sleep(LONG_PAUSE)
        for each, analysis in checked.items():
            if self.reviews and self.round == round_:
                await self._review(each, analysis, round_)
        if self.waiting.get(uri) is asyncio.current_task():
            self.waiting.pop(uri, None)

    async def _checked(self, desk: Workspace, uri: str, round_: int) -> Analysis | None:
        """Check a text in the background; ``None`` where it has changed meanwhile."""
        try:
            analysis = await asyncio.to_thread(_checked, desk, self.path(uri), self._stop(round_))
        except Stopped:
            return None
        if not self.desk.keep(analysis):
            return None
        self.publish(uri, self.all_of(analysis))
        return analysis

    async def _review(self, uri: str, analysis: Analysis, round_: int) -> None:
        """Review a text in the background, as long as nobody types."""
        try:
            looked = await asyncio.to_thread(
                analysis.review,
                lambda: self.round != round_ or analysis.path not in self.desk.texts,
            )
            most = await asyncio.to_thread(attainable, looked)
        except (Stopped, PolicyError):
            return
        if self.desk.texts.get(analysis.path) != analysis.source.text:
            return
        analysis.looked, analysis.most = looked, most
        self.publish(uri, self.all_of(analysis))
        if self.refreshes:
            self.workspace_inlay_hint_refresh(None)

    def all_of(self, analysis: Analysis) -> list[lsp.Diagnostic]:
        """The findings of the check and, as soon as they are there, those of the review."""
        found = self.shown(analysis.findings, analysis.source)
        return found + remedies.reviewed(analysis, self.language)

    def shown(self, found: Sequence[Diagnostic], source: Source) -> list[lsp.Diagnostic]:
        """Findings as the protocol writes them."""
        return answers.diagnostics(found, source, self.location)

    def files_changed(self) -> None:
        """Files came, went or changed on disk: the open texts are looked at anew."""
        self.desk.forget()
        first = next(iter(self.workspace.text_documents), None)
        if first is not None:
            self.check_soon(first)  # the others are checked along with it

    def publish(self, uri: str, found: Sequence[lsp.Diagnostic]) -> None:
        """Show the findings of a document."""
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, list(found)))


def _checked(desk: Workspace, path: Path, go_on: Callable[[], None]) -> Analysis:
    analysis = desk.analysis(path)
    # naming a lazy value works it out: here, where nobody waits for it
    for name in ("findings", "policies", "names"):
        go_on()
        getattr(analysis, name)
    _ = analysis.text.own
    return analysis


_POLICY_FILES = lsp.FileOperationRegistrationOptions(
    [lsp.FileOperationFilter(lsp.FileOperationPattern("**/*.policy"), scheme="file")]
)


def make_server() -> PolicyServer:
    """A server with all its features."""
    server = PolicyServer()
    _follow(server)
    _answer(server)
    _change(server)
    return server


def _follow(server: PolicyServer) -> None:
    """What the server hears of folders, files and texts."""

    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        server.begun(params)

    @server.feature(lsp.INITIALIZED)
    def initialized(params: lsp.InitializedParams) -> None:
        server.take_folders()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def folders(params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        server.take_folders()
        server.files_changed()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def watched(params: lsp.DidChangeWatchedFilesParams) -> None:
        server.files_changed()

    @server.feature(lsp.WORKSPACE_DID_RENAME_FILES, _POLICY_FILES)
    async def renamed(params: lsp.RenameFilesParams) -> None:
        server.files_changed()

    @server.feature(lsp.WORKSPACE_DID_DELETE_FILES, _POLICY_FILES)
    async def deleted(params: lsp.DeleteFilesParams) -> None:
        server.files_changed()

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        server.desk.forget()

    @server.feature(lsp.SHUTDOWN)
    def ended(params: None) -> None:
        server.round += 1  # a review under way would keep the process waiting

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        server.changed(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def edited(params: lsp.DidChangeTextDocumentParams) -> None:
        server.changed(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        if uri in server.waiting:
            server.waiting.pop(uri).cancel()
        server.desk.close(server.path(uri))
        server.publish(uri, [])


def _answer(server: PolicyServer) -> None:
    """What a name means, what may stand at the cursor, where else it stands."""

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        analysis, offset, _ = server.recent(params)
        found = answers.hover(analysis, offset)
        if found is None:
            return None
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, found[0]))

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[" "]))
    def complete(params: lsp.CompletionParams) -> lsp.CompletionList:
        analysis, offset, source = server.recent(params)
        span = answers.word_range(source, params.position)
        where = range_of(source, span)
        found = answers.completions(analysis, offset, before(source.text, span.start))
        items = [
            lsp.CompletionItem(
                text, kind=kind, detail=detail, filter_text=text.strip("「」"),
                text_edit=lsp.TextEdit(where, text), sort_text=f"{rank:05}",
            )
            for rank, (text, kind, detail) in enumerate(found)
        ]  # fmt: skip
        return lsp.CompletionList(False, items)

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        analysis, offset = server.place(params)
        here = analysis.at(offset)
        found = None if here is None else server.desk.definition(analysis, here.symbol)
        return None if found is None else server.location(*found)

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        analysis, offset = server.place(params)
        here = analysis.at(offset)
        if here is None:
            return []
        declared = params.context.include_declaration
        return [
            server.location(other.source, each.span)
            for other, each in server.desk.everywhere(here.symbol)
            if declared or not each.definition
        ]


def _change(server: PolicyServer) -> None:
    """What changes texts or stands in them: names, layout, outline, fixes, sums."""

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare_rename(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        analysis, offset = server.place(params)
        here = analysis.at(offset)
        span = None if here is None else answers.name_span(analysis.source, here)
        return None if span is None else range_of(analysis.source, span)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME)
    def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit:
        analysis, offset = server.place(params)
        found = answers.rename(server.desk, analysis, offset, params.new_name)
        if isinstance(found, str):
            raise JsonRpcInvalidParams(found)
        changes: dict[str, list[lsp.TextEdit]] = {}
        for edits in found.values():
            for source, span, text in edits:
                place = server.location(source, span)
                changes.setdefault(place.uri, []).append(lsp.TextEdit(place.range, text))
        return lsp.WorkspaceEdit(changes=changes)

    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def formatting(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit] | None:
        analysis = server.analysis(params.text_document.uri)
        text = answers.formatted(analysis)
        if text is None or text == analysis.source.text:
            return None
        whole = range_of(analysis.source, Span(0, len(analysis.source.text)))
        return [lsp.TextEdit(whole, text)]

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        return answers.outline(server.analysis(params.text_document.uri))

    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    def inlay_hints(params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        analysis = server.analysis(params.text_document.uri)
        ends = (params.range.start, params.range.end)
        start, end = (offset_of(analysis.source, position) for position in ends)
        return [
            lsp.InlayHint(position_of(analysis.source, offset), label, tooltip=tip)
            for offset, label, tip in hints(analysis, Span(start, end + 1))
        ]

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION)
    def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri = params.text_document.uri
        analysis = server.analysis(uri)
        ends = (params.range.start, params.range.end)
        start, end = (offset_of(analysis.source, position) for position in ends)
        language = server.language
        result = []
        for place, fix in remedies.actions(analysis, Span(start, end)):
            edits = [
                lsp.TextEdit(range_of(analysis.source, each.span), each.text) for each in fix.edits
            ]
            result.append(lsp.CodeAction(
                pick(language, fix.title), lsp.CodeActionKind.QuickFix,
                diagnostics=_same(params.context.diagnostics, place, analysis.source),
                is_preferred=fix.safe or None, edit=lsp.WorkspaceEdit(changes={uri: edits}),
            ))  # fmt: skip
        return result


def _same(
    shown: Sequence[lsp.Diagnostic], place: Place, source: Source
) -> list[lsp.Diagnostic] | None:
    """The diagnostics of the client that a remedy is for."""
    where = range_of(source, place.span)
    return [x for x in shown if x.code == place.found.code and x.range == where] or None
