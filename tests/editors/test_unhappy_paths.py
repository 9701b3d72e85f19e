"""What goes wrong at a desk: texts without a file, files that go, odd positions, huge texts."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from tests.editors.driver import DRAFT, POLICY, Editor, edit

ASTRAL = "𠮷"
"""A Han character that takes two units of UTF-16."""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    (tmp_path / "ours.policy").write_text(POLICY, "utf-8")
    (tmp_path / "draft.policy").write_text(DRAFT, "utf-8")
    return tmp_path


def document(editor: Editor, name: str) -> lsp.TextDocumentIdentifier:
    return lsp.TextDocumentIdentifier(editor.uri(name))


def test_a_text_that_was_never_saved(office: Path):
    async def script(editor: Editor) -> None:
        name = "untitled:Untitled-1"
        editor.open(name, POLICY.replace("我区", "新区").replace("社保月数 加", "社保月 加"))
        (found, *_) = await editor.findings(name, lambda codes: "M201" in codes)
        actions = await editor.actions(name, found)
        assert any("社保月数" in action.title for action in actions)
        hover = await editor.client.text_document_hover_async(
            lsp.HoverParams(document(editor, name), editor.at(name, "志愿", 1))
        )
        assert hover is not None

    edit(office, script)


def test_a_file_that_goes_away_and_comes_back(office: Path):
    async def script(editor: Editor) -> None:
        editor.open("draft.policy")
        await editor.findings("draft.policy", lambda codes: codes == [])
        (office / "ours.policy").unlink()
        gone = lsp.FileEvent(editor.uri("ours.policy"), lsp.FileChangeType.Deleted)
        editor.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([gone]))
        await editor.findings("draft.policy", lambda codes: "V611" in codes)
        (office / "theirs.policy").write_text(POLICY, "utf-8")
        renamed = lsp.FileRename(editor.uri("ours.policy"), editor.uri("theirs.policy"))
        editor.client.workspace_did_rename_files(lsp.RenameFilesParams([renamed]))
        await editor.findings("draft.policy", lambda codes: codes == [])
        here = lsp.DefinitionParams(**editor.place("draft.policy", "社保"))
        found = await editor.client.text_document_definition_async(here)
        assert isinstance(found, lsp.Location)
        assert found.uri == editor.uri("theirs.policy")

    edit(office, script)


def test_a_change_of_the_base_is_seen_in_the_draft_that_is_open(office: Path):
    async def script(editor: Editor) -> None:
        editor.open("ours.policy")
        editor.open("draft.policy")
        await editor.findings("draft.policy", lambda codes: codes == [])
        editor.change("ours.policy", "加 0.5 分", "加 0.4 分")
        await editor.findings("draft.policy", lambda codes: "V606" in codes)
        editor.close("ours.policy")  # from here on the file counts as it is on disk
        editor.change("draft.policy", "0.6 分", "0.7 分")
        await editor.findings("draft.policy", lambda codes: codes == [])

    edit(office, script)


def test_two_folders(office: Path, tmp_path_factory: pytest.TempPathFactory):
    other = tmp_path_factory.mktemp("other")
    (other / "far.policy").write_text(
        "修订 远方 “远方” 基于 我区 { 修改 指标 社保 将 0.5 分 改为 0.8 分 }\n", "utf-8"
    )

    async def script(editor: Editor) -> None:
        editor.open("ours.policy")
        wanted = lsp.ReferenceParams(
            context=lsp.ReferenceContext(False), **editor.place("ours.policy", "社保 满分")
        )
        places = await editor.client.text_document_references_async(wanted)
        assert places is not None
        assert {Path(place.uri).name for place in places} == {"draft.policy", "far.policy"}

    edit(office, script, others=(other,))


def test_characters_of_two_units(office: Path):
    """A rare character in a name: editors count it twice, the places are right all the same."""
    text = POLICY.replace("指标 志愿", f"指标 {ASTRAL}志愿").replace(
        "每 1 次 服务次数", "每 1 次 服务次"
    )

    async def script(editor: Editor) -> None:
        editor.open("rare.policy", text.replace("我区", "稀区"))
        found = await editor.findings("rare.policy", lambda codes: "M201" in codes)
        (wrong,) = (each for each in found if each.code == "M201")
        assert editor.slice("rare.policy", wrong.range) == "服务次"
        first = (await editor.actions("rare.policy", wrong))[0]
        after = editor.apply("rare.policy", first)
        assert "每 1 次 服务次数 加 2 分" in after
        hover = await editor.client.text_document_hover_async(
            lsp.HoverParams(**editor.place("rare.policy", f"{ASTRAL}志愿", 2))
        )
        assert hover is not None

    edit(office, script)


def test_positions_that_are_nowhere(office: Path):
    async def script(editor: Editor) -> None:
        editor.open("ours.policy")
        for line, character in ((0, 9_999), (9_999, 0), (3, 2**31 - 1), (2**31 - 1, 2**31 - 1)):
            place: dict[str, Any] = {
                "text_document": document(editor, "ours.policy"),
                "position": lsp.Position(line, character),
            }
            await editor.client.text_document_hover_async(lsp.HoverParams(**place))
            await editor.client.text_document_completion_async(lsp.CompletionParams(**place))
            await editor.client.text_document_definition_async(lsp.DefinitionParams(**place))
            await editor.client.text_document_prepare_rename_async(lsp.PrepareRenameParams(**place))
            end = lsp.Position(line, character)
            await editor.client.text_document_code_action_async(
                lsp.CodeActionParams(
                    document(editor, "ours.policy"), lsp.Range(end, lsp.Position(0, 0)),
                    lsp.CodeActionContext([]),
                )
            )  # fmt: skip

    edit(office, script)


def test_files_that_do_not_exist_and_texts_that_are_none(office: Path):
    async def script(editor: Editor) -> None:
        missing = lsp.DocumentSymbolParams(document(editor, "missing.policy"))
        assert await editor.client.text_document_document_symbol_async(missing) == []
        editor.open("empty.policy", "")
        assert [x.code for x in await editor.findings("empty.policy", bool)] == ["P114"]
        for odd in ("\x00\x01\x02", "{" * 300, "“" * 50, "# 只有备注", "😀" * 20):
            editor.replace("empty.policy", odd)
            hover = lsp.HoverParams(document(editor, "empty.policy"), lsp.Position(0, 1))
            await editor.client.text_document_hover_async(hover)

    edit(office, script)


def test_a_very_long_line_and_a_very_large_file(office: Path):
    items = "".join(f"指标 甲{k}号 满分 1 分 {{ 加 1 分 }} ".replace(str(k), "零一二三四五六七八九"[k % 10] * (k // 10 + 1)) for k in range(300))  # fmt: skip
    long = f"积分 长 “长” {{ {items}}}"
    large = POLICY.replace("我区", "大区") + "# 备注\n" * 60_000

    async def script(editor: Editor) -> None:
        editor.open("long.policy", long)
        await editor.findings("long.policy", lambda codes: not any(c[0] == "P" for c in codes))
        where = lsp.Position(0, len(long) // 2)
        hover = lsp.HoverParams(document(editor, "long.policy"), where)
        started = time.perf_counter()
        assert await editor.client.text_document_hover_async(hover) is not None
        assert time.perf_counter() - started < 5
        editor.open("large.policy", large)
        await editor.findings("large.policy", lambda codes: codes == [])
        editor.change("large.policy", "加 2 分", "加 分")
        found = await editor.findings("large.policy", bool)
        assert found[0].code[0] == "P"  # type: ignore[index]

    edit(office, script)


def test_a_text_beyond_the_limit_is_refused_and_the_server_lives(office: Path):
    huge = "# 备\n" * 3_000_000  # 18 MB

    async def script(editor: Editor) -> None:
        editor.open("huge.policy", huge)
        found = await editor.findings("huge.policy", bool)
        assert str(found[0].code)[0] in "FP"
        editor.close("huge.policy")
        editor.open("ours.policy")
        await editor.findings("ours.policy", lambda codes: codes == [])

    edit(office, script)


def test_requests_that_are_called_off(office: Path):
    async def script(editor: Editor) -> None:
        editor.open("ours.policy")
        asked = [
            asyncio.ensure_future(
                editor.client.text_document_completion_async(
                    lsp.CompletionParams(**editor.place("ours.policy", "加 2 分", 0))
                )
            )
            for _ in range(20)
        ]
        for each in asked[::2]:
            each.cancel()
        done = await asyncio.gather(*asked, return_exceptions=True)
        kept = [each for each in done if isinstance(each, lsp.CompletionList)]
        assert len(kept) >= 10
        assert all(each.items for each in kept)
        await editor.findings("ours.policy", lambda codes: codes == [])

    edit(office, script)


def test_a_name_that_cannot_be_changed(office: Path):
    async def script(editor: Editor) -> None:
        editor.open("ours.policy")
        for new in ("", "   ", "」", "甲」乙"):
            params = lsp.RenameParams(new_name=new, **editor.place("ours.policy", "社保 满分"))
            with pytest.raises(Exception, match="不能作名称"):
                await editor.client.text_document_rename_async(params)
        nothing = lsp.RenameParams(new_name="甲", **editor.place("ours.policy", "满分 50", 0))
        with pytest.raises(Exception, match="没有可以改名"):
            await editor.client.text_document_rename_async(nothing)

    edit(office, script)
