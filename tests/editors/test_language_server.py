"""``policydsl lsp`` driven by a scripted client, as an editor does it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from policydsl.model.loading import bundled_folder

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
        return (self.folder / name).as_uri()

    def open(self, name: str) -> None:
        text = (self.folder / name).read_text("utf-8")
        self.texts[name] = text
        item = lsp.TextDocumentItem(self.uri(name), "policydsl", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

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
        async with asyncio.timeout(20):
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


def edit(folder: Path, script: Callable[[Editor], Awaitable[None]]) -> None:
    """Start the server on a folder, run a script, and end it in order."""

    async def run() -> None:
        client = LanguageClient("script", "1")
        editor = Editor(client, folder)

        @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def told(params: lsp.PublishDiagnosticsParams) -> None:
            editor.found[params.uri] = list(params.diagnostics)
            editor.told.set()

        await client.start_io(sys.executable, "-m", "policydsl", "lsp")
        async with asyncio.timeout(30):
            await client.initialize_async(
                lsp.InitializeParams(
                    lsp.ClientCapabilities(), root_uri=folder.as_uri(),
                    workspace_folders=[lsp.WorkspaceFolder(folder.as_uri(), "office")],
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


@pytest.fixture
def office(tmp_path: Path) -> Path:
    (tmp_path / "ours.policy").write_text(POLICY, "utf-8")
    (tmp_path / "draft.policy").write_text(DRAFT, "utf-8")
    return tmp_path


def test_what_is_wrong_is_told_as_one_types_and_can_be_mended(office: Path):
    async def script(editor: Editor) -> None:
        editor.open("ours.policy")
        assert await editor.findings("ours.policy", lambda codes: codes == []) == []
        editor.change("ours.policy", "每 1 次 服务次数", "每 1 次 服务次")
        (found, *_) = await editor.findings("ours.policy", lambda codes: codes != [])
        assert editor.slice("ours.policy", found.range) == "服务次"
        assert "服务次数" in found.message
        assert "→" in found.message
        actions = await editor.client.text_document_code_action_async(
            lsp.CodeActionParams(
                lsp.TextDocumentIdentifier(editor.uri("ours.policy")), found.range,
                lsp.CodeActionContext([found]),
            )
        )  # fmt: skip
        assert actions is not None
        titles = [action.title for action in actions]
        assert any("服务次数" in title for title in titles)
        editor.change("ours.policy", "每 1 次 服务次 ", "每 1 次 服务次数 ")
        assert await editor.findings("ours.policy", lambda codes: codes == []) == []

    edit(office, script)


def test_a_text_that_cannot_be_read_is_told_before_the_pause(office: Path):
    async def script(editor: Editor) -> None:
        editor.open("ours.policy")
        await editor.findings("ours.policy", lambda codes: codes == [])
        editor.change("ours.policy", "加 2 分", "加 分")
        found = await editor.findings("ours.policy", lambda codes: codes != [])
        assert all(str(each.code).startswith("P") for each in found)

    edit(office, script)


def test_hover_tells_the_rule_its_points_its_source_and_who_answers_for_it(office: Path):
    async def script(editor: Editor) -> None:
        editor.open("ours.policy")
        params = lsp.HoverParams(**editor.place("ours.policy", "社保 满分"))
        shown = await editor.client.text_document_hover_async(params)
        assert shown is not None
        assert isinstance(shown.contents, lsp.MarkupContent)
        for part in ("社保月数每1个月加0.5分，最高得30分。", "30 分", "人社局", "附件第1项"):
            assert part in shown.contents.value
        fact = lsp.HoverParams(**editor.place("ours.policy", "社保月数"))
        shown = await editor.client.text_document_hover_async(fact)
        assert shown is not None
        assert isinstance(shown.contents, lsp.MarkupContent)
        assert "resident-vocabulary" in shown.contents.value

    edit(office, script)


def test_completion_offers_what_may_stand_there(office: Path):
    async def labels(editor: Editor, word: str, behind: int) -> list[str]:
        params = lsp.CompletionParams(**editor.place("ours.policy", word, behind))
        found = await editor.client.text_document_completion_async(params)
        assert isinstance(found, lsp.CompletionList)
        return [item.label for item in found.items]

    async def script(editor: Editor) -> None:
        editor.open("ours.policy")
        facts = await labels(editor, "服务次数 加", 2)
        assert "服务次数" in facts
        assert "社保月数" in facts
        assert "满分" not in facts
        keywords = await labels(editor, "加 2 分", 0)
        assert {"加", "扣", "得"} <= set(keywords)
        assert "resident-vocabulary" in await labels(editor, "resident-vocabulary", 3)
        assert "社保" in await labels(editor, "志愿 4", 0)

    edit(office, script)


def test_definition_references_and_rename_reach_across_files(office: Path):
    async def script(editor: Editor) -> None:
        editor.open("ours.policy")
        editor.open("draft.policy")
        here = lsp.DefinitionParams(**editor.place("draft.policy", "社保"))
        found = await editor.client.text_document_definition_async(here)
        assert isinstance(found, lsp.Location)
        assert found.uri == editor.uri("ours.policy")
        assert editor.slice("ours.policy", found.range) == "社保"

        shared = lsp.DefinitionParams(**editor.place("ours.policy", "社保月数"))
        found = await editor.client.text_document_definition_async(shared)
        assert isinstance(found, lsp.Location)
        assert Path(found.uri).parts[-1] == "resident-vocabulary.policy"

        wanted = lsp.ReferenceParams(
            context=lsp.ReferenceContext(True), **editor.place("ours.policy", "社保 满分")
        )
        places = await editor.client.text_document_references_async(wanted)
        assert places is not None
        assert {Path(place.uri).name for place in places} == {"ours.policy", "draft.policy"}

        params = lsp.RenameParams(new_name="参保", **editor.place("ours.policy", "社保 满分"))
        edits = await editor.client.text_document_rename_async(params)
        assert edits is not None
        assert edits.changes is not None
        texts = dict(editor.texts)
        for uri, changes in edits.changes.items():
            name = Path(uri).name
            for change in sorted(
                changes, key=lambda c: (c.range.start.line, c.range.start.character), reverse=True
            ):
                assert editor.slice(name, change.range) == "社保"
                lines = texts[name].split("\n")
                line = lines[change.range.start.line]
                lines[change.range.start.line] = (
                    line[: change.range.start.character] + change.new_text
                    + line[change.range.end.character :]
                )  # fmt: skip
                texts[name] = "\n".join(lines)
        assert "指标 参保 满分" in texts["ours.policy"]
        assert "修改 指标 参保 将" in texts["draft.policy"]
        assert "社保月数" in texts["ours.policy"]  # a fact, another thing

    edit(office, script)


def test_a_name_that_is_taken_is_refused(office: Path):
    async def script(editor: Editor) -> None:
        editor.open("ours.policy")
        params = lsp.RenameParams(new_name="志愿", **editor.place("ours.policy", "社保 满分"))
        with pytest.raises(Exception, match="已经有"):
            await editor.client.text_document_rename_async(params)

    edit(office, script)


def test_layout_outline_and_sums(office: Path):
    (office / "untidy.policy").write_text(
        POLICY.replace("  满分 50 分\n", "满分   50分\n"), "utf-8"
    )

    async def script(editor: Editor) -> None:
        editor.open("untidy.policy")
        document = lsp.TextDocumentIdentifier(editor.uri("untidy.policy"))
        options = lsp.FormattingOptions(2, True)
        edits = await editor.client.text_document_formatting_async(
            lsp.DocumentFormattingParams(document, options)
        )
        assert edits is not None
        assert "满分 50 分" in edits[0].new_text

        tree = await editor.client.text_document_document_symbol_async(
            lsp.DocumentSymbolParams(document)
        )
        assert tree is not None
        (whole,) = tree
        assert isinstance(whole, lsp.DocumentSymbol)
        assert whole.children is not None
        assert [child.name for child in whole.children] == [
            "服务次数", "组 共性", "组 个性", "两次",
        ]  # fmt: skip

        everything = lsp.Range(lsp.Position(0, 0), lsp.Position(100, 0))
        hints = await editor.client.text_document_inlay_hint_async(
            lsp.InlayHintParams(document, everything)
        )
        assert hints is not None
        assert [str(hint.label) for hint in hints] == [" ∑ 50 分 ✓", " ∑ 30 分 ✓", " ∑ 20 分 ✓"]

    edit(office, script)


@pytest.mark.parametrize(
    "path",
    [
        "beilun/beilun-departments.policy",
        "yueqing/yueqing-2022.policy",
        "yueqing/yueqing-2023-draft.policy",
        "shared/resident-vocabulary.policy",
        "haishu/haishu-2022.policy",
    ],
)
def test_the_bundled_policies_have_an_answer_everywhere(path: str):
    async def script(editor: Editor) -> None:
        name = Path(path).name
        editor.open(name)
        await editor.findings(name, lambda codes: not any(code[0] == "P" for code in codes))
        text = editor.texts[name]
        step = max(1, len(text) // 40)
        started = time.perf_counter()
        for offset in range(0, len(text), step):
            before = text[:offset]
            position = lsp.Position(before.count("\n"), len(before.rpartition("\n")[2]))
            document = lsp.TextDocumentIdentifier(editor.uri(name))
            await editor.client.text_document_hover_async(lsp.HoverParams(document, position))
            await editor.client.text_document_completion_async(
                lsp.CompletionParams(document, position)
            )
            await editor.client.text_document_definition_async(
                lsp.DefinitionParams(document, position)
            )
        assert time.perf_counter() - started < 120  # it ends; how fast is for the benchmark

    edit((bundled_folder() / path).parent, script)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    from click.testing import CliRunner

    from policydsl.cli import main  # noqa: F401
    from policydsl.cli.editors import lsp_command
    from policydsl.language.diagnostics import PolicyError

    monkeypatch.setitem(sys.modules, "policydsl.editors.service.server", None)
    result = CliRunner().invoke(lsp_command)
    assert isinstance(result.exception, PolicyError)
    assert result.exception.diagnostics[0].code == "J902"
