"""A draft saved: as a 修订 that gives the draft again, or as the text that it is."""

from __future__ import annotations

import pytest
from tests.studio.desk import DRAFT, RESIDENCE, SOCIAL, Data, Page

from policydsl.checking import check
from policydsl.model.loading import load
from policydsl.simulation.runs import simulate

MINE: Data = {"id": "my-draft", "title": "我的草案", "file": "我的草案.policy", "as": "amendment"}


def changes(**values: str) -> list[Data]:
    ids = {"social": SOCIAL, "residence": RESIDENCE}
    return [{"number": ids[name], "value": value} for name, value in values.items()]


def test_a_slider_saved_as_an_amendment_with_its_reason(page: Page):
    told = page.policy("yueqing-2022")
    tried = page.try_({"changes": changes(social="0.6", residence="0.3")}, "yueqing-2022")
    saved = page.post("/api/save", {
        **MINE, "ref": "yueqing-2022", "stamp": told["stamp"], "text": tried["text"],
        "reasons": {"省级共性指标/缴纳社保": "提高缴费\n的积极性"},
    })  # fmt: skip
    text = (page.folder / "我的草案.policy").read_text("utf-8")
    assert text == saved["text"]
    assert "修订 my-draft “我的草案” 基于 yueqing-2022" in " ".join(text.split())
    assert "理由 “提高缴费 的积极性”" in text
    assert set(saved["named"]) == {"省级共性指标/缴纳社保", "省级共性指标/居住时间"}
    assert check([page.folder / "我的草案.policy"]).ok
    assert saved["ref"] in [p["ref"] for p in page.get("/api/desk")["policies"]]
    # opened again it has the numbers that were saved, and what the other verbs make of it agrees
    again = page.policy(saved["ref"])
    values = {x["id"]: x["value"] for x in again["numbers"]}
    assert (values[SOCIAL], values[RESIDENCE]) == ("0.6", "0.3")
    simulation = simulate(
        "yueqing-2022", [page.folder / "我的草案.policy"], "yangtze-delta-migrants", n=300,
        assume=["yueqing-demo"],
    )  # fmt: skip
    assert simulation.change(1).counts["gains"] > 0
    assert simulation.change(1).counts["loses"] == 0


def test_text_changed_by_hand_becomes_the_narrowest_amendment(page: Page):
    text = (
        "积分 demo “示例办法” {\n  事实 月数：计数（月）\n  事实 党员：是否\n"
        "  指标 社保 上限 30 分 { 每 1 个月 月数 加 0.5 分 }\n  指标 表彰 上限 5 分 { 党员：加 5 分 }\n}\n"
    )
    (page.folder / "demo.policy").write_text(text, encoding="utf-8")
    ref = "demo.policy#demo"
    told = page.policy(ref)
    new = text.replace("0.5 分", "0.75 分").replace(
        "  指标 表彰 上限 5 分 { 党员：加 5 分 }\n", "  指标 荣誉 上限 8 分 { 党员：加 8 分 }\n"
    )
    dry = page.post(
        "/api/save", {**MINE, "ref": ref, "text": new, "stamp": told["stamp"], "dry": True}
    )
    assert not (page.folder / "我的草案.policy").exists()
    assert "将 0.5 分 改为 0.75 分" in dry["text"]
    saved = page.post("/api/save", {**MINE, "ref": ref, "text": new, "stamp": told["stamp"]})
    assert saved["text"] == dry["text"]
    assert (page.folder / "demo.policy").read_text("utf-8") == text
    edition = load(page.folder / "我的草案.policy")
    assert set(edition.clauses) >= {"社保", "荣誉"}
    assert "表彰" not in edition.clauses


def test_an_own_draft_is_saved_in_place_as_it_is_written(page: Page):
    told = page.policy()
    tried = page.try_({"changes": changes(social="0.8")})
    saved = page.post("/api/save", {
        "ref": DRAFT, "text": tried["text"], "stamp": told["stamp"], "as": "text",
        "file": "草案.policy", "replace": told["stamp"],
    })  # fmt: skip
    assert (page.folder / "草案.policy").read_text("utf-8") == tried["text"]
    assert saved["ref"] == DRAFT
    assert page.policy()["stamp"] == saved["stamp"]


def test_two_tabs_on_one_file(page: Page):
    one, two = page.policy(), page.policy()
    data = {"ref": DRAFT, "as": "text", "file": "草案.policy"}
    first = one["text"].replace("0.6 分", "0.7 分")
    page.post("/api/save", {**data, "text": first, "stamp": one["stamp"], "replace": one["stamp"]})
    second = two["text"].replace("0.6 分", "0.9 分")
    refused = page.post(
        "/api/save", {**data, "text": second, "stamp": two["stamp"], "replace": two["stamp"]}, 409
    )
    assert page.codes(refused) == ["J913"]
    assert refused["now"]["text"] == first
    assert (page.folder / "草案.policy").read_text("utf-8") == first
    # having seen it, the second tab may replace it
    now = refused["now"]["stamp"]
    page.post("/api/save", {**data, "text": second, "stamp": now, "replace": now})
    assert (page.folder / "草案.policy").read_text("utf-8") == second


def test_a_new_file_replaces_none(page: Page):
    told = page.policy()
    tried = page.try_({"changes": changes(social="0.7")})
    data = {
        **MINE,
        "ref": DRAFT,
        "text": tried["text"],
        "stamp": told["stamp"],
        "file": "草案.policy",
    }
    refused = page.post("/api/save", data, 409)
    assert page.codes(refused) == ["J914"]
    assert refused["now"]["stamp"] == told["stamp"]
    assert (page.folder / "草案.policy").read_text("utf-8") == told["text"]


@pytest.mark.parametrize(
    "id_",
    [
        "",
        "a b",
        "a#b",
        "../x",
        "a/b",
        "-x",
        "x" * 200,
        "a“b",
        "yueqing-2022",
        "yueqing-demo",
        "a\nb",
    ],
)
def test_ids_that_cannot_be(page: Page, id_: str):
    tried = page.try_({"changes": changes(social="0.7")})
    answer = page.http.post(
        "/api/save", json={**MINE, "ref": DRAFT, "text": tried["text"], "id": id_}
    )
    assert answer.status_code in (400, 409)
    assert page.codes(answer.json())[0] in ("J928", "J916")
    assert [p.name for p in page.folder.iterdir()] == ["草案.policy"]


def test_an_id_stands_in_one_file_only(page: Page):
    told = page.policy()
    tried = page.try_({"changes": changes(social="0.7")})
    for way in ("text", "amendment"):
        data = {**MINE, "ref": DRAFT, "as": way, "id": "yueqing-2023-draft", "text": tried["text"],
                "stamp": told["stamp"], "file": "另一份.policy"}  # fmt: skip
        assert page.codes(page.post("/api/save", data, 409)) == ["J928"]
    assert [p.name for p in page.folder.iterdir()] == ["草案.policy"]


def test_titles_and_reasons_that_would_break_the_text(page: Page):
    tried = page.try_({"changes": changes(social="0.7")})
    for title in ("带”引号“的", "{ } ： 修订", "a" * 300, "x\x00y", "\\“"):
        data = {**MINE, "ref": DRAFT, "text": tried["text"], "title": title,
                "reasons": {"省级共性指标/缴纳社保": title[:100]}, "file": "t.policy"}  # fmt: skip
        answer = page.http.post("/api/save", json=data)
        if answer.status_code == 200:
            assert check([page.folder / "t.policy"]).ok
            assert load(page.folder / "t.policy", ["yueqing-demo"]).title == title
            (page.folder / "t.policy").unlink()
        else:
            assert page.codes(answer.json())[0] == "J928"
            assert not (page.folder / "t.policy").exists()


def test_nothing_changed_is_nothing_to_amend(page: Page):
    refused = page.post("/api/save", {**MINE, "ref": "yueqing-2022"}, 409)
    assert page.codes(refused) == ["J933"]


def test_a_draft_with_errors_is_no_amendment(page: Page):
    text = page.policy()["text"].replace("社保月数", "社保月份")
    answer = page.http.post("/api/save", json={**MINE, "ref": DRAFT, "text": text})
    assert answer.status_code == 422
    assert not (page.folder / "我的草案.policy").exists()


def test_work_in_progress_is_saved_as_text_once_the_drafter_has_said_so(page: Page):
    told = page.policy()
    text = told["text"].replace("社保月数", "社保月份").replace("加 0.6 分", "加 几 分", 1)
    data = {"ref": DRAFT, "as": "text", "file": "草案.policy", "text": text,
            "stamp": told["stamp"], "replace": told["stamp"]}  # fmt: skip
    refused = page.post("/api/save", data, 409)
    assert page.codes(refused) == ["J937"]
    tried = page.post("/api/try", {"ref": DRAFT, "text": text})["findings"]
    assert refused["errors"] == sum(x["severity"] == "error" for x in tried) > 0
    assert page.policy()["text"] == told["text"]
    saved = page.post("/api/save", {**data, "anyway": True})
    assert saved["errors"] == refused["errors"]
    assert (page.folder / "草案.policy").read_text("utf-8") == text
    # it can be opened again and mended
    again = page.policy(saved["ref"])
    assert (again["text"], again["document"]) == (text, None)
    mended = {**data, "text": told["text"], "stamp": saved["stamp"], "replace": saved["stamp"]}
    assert page.post("/api/save", mended)["errors"] == 0
    # an older stamp is never written over, and a 修订 with errors never written
    (page.folder / "草案.policy").write_text("# 别人的话\n" + told["text"], encoding="utf-8")
    late = page.post("/api/save", {**data, "anyway": True}, 409)
    assert page.codes(late) == ["J913"]
    answer = page.http.post("/api/save", json={**MINE, "ref": DRAFT, "text": text, "anyway": True})
    assert answer.status_code == 422
    assert page.policy()["text"].startswith("# 别人的话")
