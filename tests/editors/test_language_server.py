"""``policydsl lsp`` driven by a scripted client, as an editor does it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from tests.editors.driver import DRAFT, POLICY, Editor, edit

from policydsl.language.parsing import parse_text
from policydsl.model.loading import bundled_folder


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


BUNDLED = [
    "beilun/beilun-departments.policy",
    "beilun/beilun-centre-older.policy",
    "haishu/haishu-2022.policy",
    "yinzhou/yinzhou-workplan-2023.policy",
    "yueqing/yueqing-2022.policy",
    "yueqing/yueqing-2023-draft.policy",
    "zhejiang/provincial-indicators-a-draft.policy",
    "shared/resident-vocabulary.policy",
]
PLACES = 12
"""So many places of each text are asked about."""


@pytest.mark.parametrize("path", BUNDLED)
def test_the_bundled_policies_have_an_answer_to_everything_everywhere(path: str):
    async def script(editor: Editor) -> None:
        name = Path(path).name
        editor.open(name)
        await editor.findings(name, lambda codes: not any(code[0] == "P" for code in codes))
        text = editor.texts[name]
        document = lsp.TextDocumentIdentifier(editor.uri(name))
        ask = editor.client
        for offset in range(0, len(text), max(1, len(text) // PLACES)):
            before = text[:offset]
            at = lsp.Position(before.count("\n"), len(before.rpartition("\n")[2]))
            await ask.text_document_hover_async(lsp.HoverParams(document, at))
            await ask.text_document_completion_async(lsp.CompletionParams(document, at))
            await ask.text_document_definition_async(lsp.DefinitionParams(document, at))
            await ask.text_document_prepare_rename_async(lsp.PrepareRenameParams(document, at))
        await ask.text_document_references_async(
            lsp.ReferenceParams(lsp.ReferenceContext(True), document, at)
        )
        everything = lsp.Range(lsp.Position(0, 0), lsp.Position(9_999, 0))
        symbols = await ask.text_document_document_symbol_async(lsp.DocumentSymbolParams(document))
        assert symbols
        await ask.text_document_inlay_hint_async(lsp.InlayHintParams(document, everything))
        options = lsp.FormattingOptions(2, True)
        edits = await ask.text_document_formatting_async(
            lsp.DocumentFormattingParams(document, options)
        )
        for each in edits or ():
            assert parse_text(each.new_text, name).ok
        await ask.text_document_code_action_async(
            lsp.CodeActionParams(document, everything, lsp.CodeActionContext([]))
        )

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
