"""Remedies as quick fixes, findings of the review and what can be reached, in an editor."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp
from tests.editors.driver import POLICY, Editor, edit

REVIEW = Path(__file__).parents[1] / "review"
BAD = {path.name[:4]: path / "bad.policy" for path in REVIEW.glob("R6*")}


@pytest.fixture
def office(tmp_path: Path) -> Path:
    (tmp_path / "ours.policy").write_text(POLICY, "utf-8")
    return tmp_path


CASES = {
    "zh": [
        ("R620", "写明“下限 0 分”（扣完为止）"),
        ("R605", "下面的档接上去：5 至 9 年"),
        ("R608", "各档按要求由高到低排列"),
    ],
    "en-GB": [
        ("R662", "State “责任单位 待定” (to be settled)"),
        ("R630", "State “最高 40 分” (all points of the item)"),
    ],
}


@pytest.mark.parametrize("locale", CASES)
def test_findings_of_the_review_are_shown_and_mended(tmp_path: Path, locale: str):
    for code, _ in CASES[locale]:
        (tmp_path / f"{code}.policy").write_bytes(BAD[code].read_bytes())

    async def script(editor: Editor) -> None:
        for code, title in CASES[locale]:
            name = f"{code}.policy"
            editor.open(name)
            found = await editor.findings(name, lambda codes, code=code: code in codes)
            mine = [each for each in found if each.code == code]
            assert all(each.source == "policydsl review" for each in mine)
            assert all(each.severity != lsp.DiagnosticSeverity.Error for each in mine)
            offered = [(x, action) for x in mine for action in await editor.actions(name, x)]
            fitting = [(x, action) for x, action in offered if action.title == title]
            assert fitting, [action.title for _, action in offered]
            each, action = fitting[0]
            assert action.kind == lsp.CodeActionKind.QuickFix
            assert list(action.diagnostics or ()) == [each]
            assert (action.is_preferred is True) == (code == "R620")
            before = len(mine)
            editor.apply(name, action)
            await editor.findings(
                name,
                lambda codes, code=code, before=before: (
                    codes.count(code) < before and not any(c[0] in "PM" for c in codes)
                ),
            )
            editor.close(name)

    edit(tmp_path, script, locale)


def test_the_review_can_be_turned_off(tmp_path: Path):
    (tmp_path / "ours.policy").write_bytes(BAD["R620"].read_bytes())

    async def script(editor: Editor) -> None:
        import asyncio

        editor.open("ours.policy")
        await editor.findings("ours.policy", lambda codes: True)
        await asyncio.sleep(2)
        assert editor.found[editor.uri("ours.policy")] == []

    edit(tmp_path, script, options={"review": False})


def test_an_error_has_its_quick_fix_before_the_review(office: Path):
    async def script(editor: Editor) -> None:
        editor.open("ours.policy")
        editor.change("ours.policy", "指标 志愿 满分", "指樗 志愿 满分")
        found = await editor.findings("ours.policy", lambda codes: "P117" in codes)
        actions = await editor.actions("ours.policy", found[0])
        assert editor.apply("ours.policy", actions[0]) == POLICY
        await editor.findings("ours.policy", lambda codes: "P117" not in codes)

    edit(office, script)


def test_hints_tell_what_can_be_reached_where_it_is_not_what_is_declared(tmp_path: Path):
    (tmp_path / "ours.policy").write_bytes(BAD["R603"].read_bytes())

    async def script(editor: Editor) -> None:
        editor.open("ours.policy")
        await editor.findings("ours.policy", lambda codes: "R603" in codes)
        everything = lsp.Range(lsp.Position(0, 0), lsp.Position(100, 0))
        hints = await editor.client.text_document_inlay_hint_async(
            lsp.InlayHintParams(lsp.TextDocumentIdentifier(editor.uri("ours.policy")), everything)
        )
        assert hints is not None
        reached = [hint for hint in hints if str(hint.label).startswith(" ≤")]
        assert [str(hint.label) for hint in reached] == [" ≤ 25 分", " ≤ 10 分"]
        assert "写明 30 分，按规则至多得 25 分" in str(reached[0].tooltip)

    edit(tmp_path, script)


def test_a_review_that_is_under_way_is_given_up_when_somebody_types(tmp_path: Path):
    """The review of the large policy takes seconds; an edit is answered long before it ends."""
    from policydsl.model.loading import bundled_folder

    text = (bundled_folder() / "beilun" / "beilun-centre-older.policy").read_text("utf-8")
    (tmp_path / "ours.policy").write_text(text.replace("beilun-centre-older", "mine"), "utf-8")

    async def script(editor: Editor) -> None:
        import asyncio
        import time

        editor.open("ours.policy")
        await editor.findings("ours.policy", lambda codes: not any(c[0] in "PM" for c in codes))
        await asyncio.sleep(1.5)  # the review has begun
        started = time.perf_counter()
        editor.change("ours.policy", "考核 mine", "老核 mine")
        await editor.findings("ours.policy", lambda codes: any(c[0] == "P" for c in codes))
        assert time.perf_counter() - started < 2

    edit(tmp_path, script)
