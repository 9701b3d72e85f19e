"""``policydsl lsp``: the answers over the Language Server Protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlparse
from urllib.request import url2pathname

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from policydsl import __version__
from policydsl.editors.service import answers
from policydsl.editors.service.analysis import Analysis, Workspace
from policydsl.editors.service.chunks import before
from policydsl.editors.service.positions import offset_of, position_of, range_of
from policydsl.language.diagnostics import Source
from policydsl.language.nodes import Span

# A pause in typing: what is slower than reading the text waits for it.
PAUSE = 0.2


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

    # -- checking

    def changed(self, uri: str) -> None:
        """Take in a text: what reading it finds is told at once, the rest after a pause."""
        document = self.workspace.get_text_document(uri)
        path = self.path(uri)
        self.desk.put(path, document.source)
        source, found = self.desk.read(path)
        if found:
            self.publish(uri, answers.diagnostics(found, source))
        if uri in self.waiting:
            self.waiting.pop(uri).cancel()
        self.waiting[uri] = asyncio.get_running_loop().create_task(self._check(uri))

    async def _check(self, uri: str) -> None:
        await asyncio.sleep(PAUSE)
        analysis = await asyncio.to_thread(_checked, self.desk.snapshot(), self.path(uri))
        self.waiting.pop(uri, None)
        if self.desk.keep(analysis):
            self.publish(uri, answers.diagnostics(analysis.findings, analysis.source))

    def publish(self, uri: str, found: Sequence[lsp.Diagnostic]) -> None:
        """Show the findings of a document."""
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, list(found)))


def _checked(desk: Workspace, path: Path) -> Analysis:
    analysis = desk.analysis(path)
    # naming a lazy value works it out: here, where nobody waits for it
    _ = analysis.findings, analysis.names
    return analysis


def make_server() -> PolicyServer:
    """A server with all its features."""
    server = PolicyServer()

    @server.feature(lsp.INITIALIZED)
    def initialized(params: lsp.InitializedParams) -> None:
        folders = server.workspace.folders.values()
        server.desk.roots = [server.path(folder.uri) for folder in folders]

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
            for offset, label, tip in answers.hints(analysis, Span(start, end + 1))
        ]

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION)
    def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri = params.text_document.uri
        analysis = server.analysis(uri)
        ends = (params.range.start, params.range.end)
        start, end = (offset_of(analysis.source, position) for position in ends)
        return [
            lsp.CodeAction(
                title, lsp.CodeActionKind.QuickFix,
                diagnostics=answers.diagnostics([found], analysis.source),
                edit=lsp.WorkspaceEdit(
                    changes={uri: [lsp.TextEdit(range_of(analysis.source, span), text)]}
                ),
            )
            for title, found, span, text in answers.actions(analysis, Span(start, end))
        ]  # fmt: skip

    return server
