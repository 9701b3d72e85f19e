"""``policydsl lsp`` driven by a scripted client, as an editor does it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from policydsl.editors.service.positions import offset_of
from policydsl.language.diagnostics import Source
from policydsl.language.nodes import Span
from policydsl.review.fixing.edits import Edit, applied

POLICY = """积分 我区 “我区积分（举例）” {
  满分 50 分
  使用 resident-vocabulary
  事实 服务次数：计数（次），缺省 0
  组 共性 满分 30 分 {
    指标 社保 满分 30 分 责任单位 人社局 出处 “附件第1项” { 每 1 个月 社保月数 加 0.5 分，最高 30 分 }
  }
  组 个性 满分 20 分 {
    指标 志愿 满分 20 分 { 每 1 次 服务次数 加 2 分，最高 20 分 }
  }
  示例 “两次” { 服务次数 2，得 指标 志愿 4 分 }
}
"""
DRAFT = """修订 草案 “提高（举例）” 基于 我区 {
  修改 指标 社保 将 0.5 分 改为 0.6 分
}
"""


class Editor:
    """An editor with a folder open."""

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.found: dict[str, list[lsp.Diagnostic]] = {}
        self.texts: dict[str, str] = {}
        self.told = asyncio.Event()

    def uri(self, name: str) -> str:
        """A file of the folder; what has a scheme of its own (untitled:…) as it is."""
        return name if ":" in name else (self.folder / name).as_uri()

    def open(self, name: str, text: str | None = None) -> None:
        """Open a file, or a text that is not (yet) on disk."""
        text = (self.folder / name).read_text("utf-8") if text is None else text
        self.texts[name] = text
        item = lsp.TextDocumentItem(self.uri(name), "policydsl", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def close(self, name: str) -> None:
        self.texts.pop(name, None)
        document = lsp.TextDocumentIdentifier(self.uri(name))
        self.client.text_document_did_close(lsp.DidCloseTextDocumentParams(document))

    def replace(self, name: str, text: str) -> None:
        """Another text instead of the whole."""
        self.texts[name] = text
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(3, self.uri(name)),
                [lsp.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    async def actions(self, name: str, found: lsp.Diagnostic) -> list[lsp.CodeAction]:
        """The quick fixes that are offered for a finding."""
        actions = await self.client.text_document_code_action_async(
            lsp.CodeActionParams(
                lsp.TextDocumentIdentifier(self.uri(name)), found.range,
                lsp.CodeActionContext([found]),
            )
        )  # fmt: skip
        return [each for each in actions or [] if isinstance(each, lsp.CodeAction)]

    def apply(self, name: str, action: lsp.CodeAction) -> str:
        """The text after a quick fix, which is then what the editor holds."""
        assert action.edit is not None
        assert action.edit.changes is not None
        source = Source(name, self.texts[name])
        edits = [
            Edit(Span(offset_of(source, e.range.start), offset_of(source, e.range.end)), e.new_text)
            for e in action.edit.changes[self.uri(name)]
        ]
        text = applied(source.text, edits)
        self.replace(name, text)
        return text

    def change(self, name: str, old: str, new: str) -> None:
        """Type: replaces the only place where ``old`` stands."""
        text = self.texts[name]
        assert text.count(old) == 1
        start = self.at(name, old)
        end = self.at(name, old, len(old))
        self.texts[name] = text.replace(old, new)
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(2, self.uri(name)),
                [lsp.TextDocumentContentChangePartial(lsp.Range(start, end), new)],
            )
        )

    def at(self, name: str, word: str, behind: int = 0) -> lsp.Position:
        """So many characters behind the start of the first place where a word stands."""
        before = self.texts[name][: self.texts[name].index(word) + behind]
        line = before.count("\n")
        column = before.rpartition("\n")[2]
        return lsp.Position(line, len(column.encode("utf-16-le")) // 2)

    def place(self, name: str, word: str, behind: int = 1) -> dict[str, Any]:
        document = lsp.TextDocumentIdentifier(self.uri(name))
        return {"text_document": document, "position": self.at(name, word, behind)}

    async def findings(
        self, name: str, enough: Callable[[list[str]], bool]
    ) -> list[lsp.Diagnostic]:
        """The findings of a document as soon as they are what one waits for."""
        async with asyncio.timeout(60):
            while True:
                found = self.found.get(self.uri(name))
                if found is not None and enough([str(each.code) for each in found]):
                    return found
                self.told.clear()
                await self.told.wait()

    def slice(self, name: str, where: lsp.Range) -> str:
        lines = self.texts[name].split("\n")
        assert where.start.line == where.end.line
        units = lines[where.start.line].encode("utf-16-le")
        return units[2 * where.start.character : 2 * where.end.character].decode("utf-16-le")


def edit(
    folder: Path, script: Callable[[Editor], Awaitable[None]], locale: str | None = None,
    others: tuple[Path, ...] = (), options: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Start the server on a folder (and others), run a script, and end it in order."""

    async def run() -> None:
        client = LanguageClient("script", "1")
        editor = Editor(client, folder)

        @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def told(params: lsp.PublishDiagnosticsParams) -> None:
            editor.found[params.uri] = list(params.diagnostics)
            editor.told.set()

        await client.start_io(sys.executable, "-m", "policydsl", "lsp")
        async with asyncio.timeout(60):
            await client.initialize_async(
                lsp.InitializeParams(
                    lsp.ClientCapabilities(), root_uri=folder.as_uri(),
                    workspace_folders=[
                        lsp.WorkspaceFolder(each.as_uri(), each.name) for each in (folder, *others)
                    ],
                    locale=locale, initialization_options=options,
                )
            )  # fmt: skip
        client.initialized(lsp.InitializedParams())
        try:
            await script(editor)
        finally:
            async with asyncio.timeout(10):
                await client.shutdown_async(None)
                client.exit(None)
                await client.stop()

    asyncio.run(run())
