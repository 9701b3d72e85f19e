"""A draft tried: what is wrong with it, what it says, what it does."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.studio.desk import DRAFT, POPULATION, RESIDENCE, SOCIAL, Data, Page

from policydsl.simulation.runs import simulate

SCENE = {"population": POPULATION, "scene": "随迁子女入学", "quota": 100, "by": "年龄:18,30,45"}


def number(answer: Data, id_: str = SOCIAL) -> Data:
    found: Data
    (found,) = (x for x in answer["numbers"] if x["id"] == id_)
    return found


def test_a_policy_is_shown_in_official_wording_with_its_numbers(reading: Page):
    told = reading.policy()
    assert told["kind"] == "amendment"
    assert told["own"]
    entry = next(x for x in told["document"] if x["key"] == "省级共性指标/缴纳社保")
    assert "每1个月加0.6分" in entry["sentences"][0]["zh"]
    assert "0.6 points" in entry["sentences"][0]["en"]
    assert entry["assumptions"] == ["yueqing-demo"]
    found = number(told)
    assert told["text"][found["start"] : found["end"]] == "0.6" == found["value"]
    assert found["label"]["zh"] == "每 1 个月 社保月数 加 □ 分，最高 30 分"
    assert (found["low"], found["high"], found["step"]) == ("0", "1.2", "0.1")
    assert told["scenes"][0]["name"] == "随迁子女入学"
    assert told["populations"][0] == "yangtze-delta-migrants"
    assert any(g["name"].startswith("年龄") for g in told["groupings"])


def test_without_assumptions_most_numbers_are_open(reading: Page):
    bare, closed = (reading.policy("yueqing-2022", assume=a) for a in ("", "yueqing-demo"))
    assert len(bare["numbers"]) < 10 < 80 < len(closed["numbers"])
    assert reading.policy("yueqing-2022")["assume"] == ["yueqing-demo"]
    assert number(closed, RESIDENCE)["where"]["zh"] == "yueqing-demo"


def test_a_number_moves_and_nothing_else_of_the_text(reading: Page):
    before = reading.policy()
    after = reading.try_({"changes": [{"number": SOCIAL, "value": "0.7"}], "ticket": 7})
    assert after["text"] == before["text"].replace("加 0.6 分，最高 30", "加 0.7 分，最高 30")
    assert number(after)["value"] == "0.7"
    assert after["ticket"] == 7
    assert after["findings"] == []
    changed = {x["key"] for x in after["document"]}
    assert "省级共性指标/缴纳社保" in changed
    assert "省级共性指标/年龄" not in changed


def test_full_width_digits_and_chinese_numerals_are_exchanged_too(page: Page):
    text = (
        "积分 demo “示例” {\n  事实 月数：计数（月）\n"
        "  指标 社保 上限 ３０ 分 { 每 一 个月 月数 加 ０．５ 分，最高 1.2万 分 }\n}\n"
    )
    (page.folder / "demo.policy").write_text(text, encoding="utf-8")
    told = page.policy("demo.policy#demo")
    for found in told["numbers"]:
        value = str(Fraction(found["value"]) * 2)
        value = "1" if value == "1/1" else value
        after = page.try_(
            {"changes": [{"number": found["id"], "value": value}]}, "demo.policy#demo"
        )
        assert after["findings"] == [] or all(f["severity"] != "error" for f in after["findings"])
        assert number(after, found["id"])["value"] == value
        others = {x["id"]: x["value"] for x in told["numbers"] if x["id"] != found["id"]}
        assert {x["id"]: x["value"] for x in after["numbers"] if x["id"] != found["id"]} == others


def test_a_number_of_the_assumption_set_becomes_an_operation(reading: Page):
    after = reading.try_({"changes": [{"number": RESIDENCE, "value": "0.3"}]})
    assert "修改 指标 居住时间 { 每 1 个月 居住月数 加 0.3 分" in after["text"]
    assert after["findings"] == []
    found = number(after, RESIDENCE)
    assert after["text"][found["start"] : found["end"]] == "0.3"
    # the comments and all other operations are still there
    assert "# 原来的 10 个工作日可能晚于公示结束" in after["text"]
    again = reading.try_(
        {"text": after["text"], "changes": [{"number": RESIDENCE, "value": "0.4"}]}
    )
    assert again["text"].count("修改 指标 居住时间") == 1


def test_a_whole_document_becomes_an_amendment_where_only_a_set_states_the_number(reading: Page):
    after = reading.try_({"changes": [{"number": SOCIAL, "value": "0.6"}]}, "yueqing-2022")
    assert after["kind"] == "amendment"
    assert after["draft_id"] == "yueqing-2022-草案"
    assert "基于 yueqing-2022" in after["text"]
    assert number(after)["value"] == "0.6"
    person = next(p for p in after["typical"] if p["before"] != p["after"])
    assert any(c["clause"] == "省级共性指标/缴纳社保" for c in person["clauses"])


def test_a_number_moved_back_leaves_no_operation_behind(reading: Page):
    def move(answer: Data, ref: str = DRAFT, **values: str) -> Data:
        ids = {"social": SOCIAL, "residence": RESIDENCE}
        changes = [{"number": ids[name], "value": value} for name, value in values.items()]
        return reading.try_({"text": answer["text"], "changes": changes}, ref)

    told = reading.policy()
    moved = move(told, residence="0.3")
    assert moved["text"] != told["text"]
    assert move(moved, residence=number(told, RESIDENCE)["value"])["text"] == told["text"]
    # what the file itself says is another figure there, whatever it is
    assert move(told, social="0.5")["text"] == told["text"].replace("加 0.6 分", "加 0.5 分", 1)
    # a whole document is itself again when the last of its numbers is back
    ref = "yueqing-2022"
    whole = reading.policy(ref)
    one = move(whole, ref, social="0.6")
    two = move(one, ref, residence="0.3")
    assert two["text"].count("修改 指标") == 2
    one_again = move(two, ref, residence=number(whole, RESIDENCE)["value"])
    assert one_again["text"] == one["text"]
    again = move(one_again, ref, social="0.5")
    assert (again["text"], again["kind"]) == (whole["text"], whole["kind"])


def test_of_an_operation_only_the_part_goes_that_is_back(reading: Page):
    told = reading.policy("yueqing-2022")
    amount = RESIDENCE
    cap = next(x["id"] for x in told["numbers"]
               if x["id"].startswith(RESIDENCE.partition(".action")[0]) and x["value"] == "30")  # fmt: skip
    data = [{"number": amount, "value": "0.3"}, {"number": cap, "value": "20"}]
    both = reading.try_({"changes": data}, "yueqing-2022")
    one = reading.try_({"changes": data[:1]}, "yueqing-2022")
    assert both["text"] != one["text"]
    # the page puts the digits back itself, and says so
    text = both["text"].replace("最高 20 分", "最高 30 分")
    assert reading.try_({"text": text}, "yueqing-2022")["text"] == text  # typed: it stands
    less = reading.try_({"text": text, "back": [cap]}, "yueqing-2022")
    assert less["text"].split() == one["text"].split()
    back = [{"number": amount, "value": number(told, amount)["value"]}]
    assert (
        reading.try_({"text": less["text"], "changes": back}, "yueqing-2022")["text"]
        == told["text"]
    )
    # a reason that the drafter wrote into it is not lost
    words = both["text"].replace("\n}", " 理由 “我的话”\n}")
    kept = reading.try_({"text": words, "changes": back}, "yueqing-2022")
    assert "我的话" in kept["text"]
    assert number(kept, amount)["value"] == number(told, amount)["value"]
    # in a text with errors nothing is taken away, and nothing refused
    broken = both["text"].replace("最高 20 分", "最高 几 分")
    assert reading.try_({"text": broken, "back": [amount]}, "yueqing-2022")["text"] == broken


def test_a_quota_moved_back_gives_the_operation_of_the_file_again(reading: Page):
    told = reading.policy()
    quota = next(x for x in told["numbers"] if x["whole"])
    there = reading.try_({"changes": [{"number": quota["id"], "value": "77"}]})
    back = [{"number": quota["id"], "value": quota["value"]}]
    assert there["text"] != told["text"]
    assert reading.try_({"text": there["text"], "changes": back})["text"] == told["text"]


def test_typical_persons_are_scored_exactly(reading: Page):
    after = reading.try_({"changes": [{"number": SOCIAL, "value": "0.5"}]})
    persons = after["typical"]
    assert len(persons) >= 3
    for person in persons:
        gained = sum(
            Fraction(c["after"] or 0) - Fraction(c["before"] or 0)
            for c in person["clauses"] if c["clause"].count("/") == 1
        )  # fmt: skip
        difference = Fraction(person["after"][0]) - Fraction(person["before"][0])
        assert difference == gained
    assert all("失信被执行人 否" not in p["facts"] for p in persons)


def test_the_effect_is_what_simulate_tells(reading: Page):
    answer = reading.try_(SCENE)
    effect = answer["effect"]
    simulation = simulate(
        "yueqing-2022", ["yueqing-2023-draft"], "yangtze-delta-migrants", n=2000,
        scene="随迁子女入学", quota=100, by="年龄:18,30,45", assume=["yueqing-demo"],
    )  # fmt: skip
    lines = [simulation.line(version) for version in (0, 1)]
    assert Fraction(effect["line"]["before"]) == lines[0].line
    assert Fraction(effect["line"]["after"]) == lines[1].line
    assert Fraction(effect["mean"]["after"]) == simulation.summary(1)[0].mean
    change = simulation.change(1)
    assert effect["movers"]["up"] == change.counts["gains"]
    assert effect["movers"]["down"] == change.counts["loses"]
    assert sum(effect["histogram"]["after"]) == effect["persons"] == 2000
    assert [g["admitted_after"] for g in effect["groups"]] == simulation.admitted_by(1)
    moved = sum(x["count"] for x in effect["movers"]["by"]) + effect["movers"]["others"]
    assert moved == change.counts["gains"] + change.counts["loses"]
    crossing = simulation.crossing(1)
    assert effect["line"]["in"] == int(crossing[1:, 0].sum())
    assert effect["assumptions"][0] == "假设集 yueqing-demo"
    assert effect["before_name"]["zh"] == "原文件 yueqing-2022"
    assert answer["exact"]


def test_an_unknown_scene_or_group_says_so_and_the_rest_is_there(reading: Page):
    for wrong, code in (({"scene": "没有"}, "S501"), ({"by": "没有的事实"}, "D442")):
        answer = reading.try_({**SCENE, **wrong})
        assert answer["effect"] is None
        assert [f["code"] for f in answer["effect_findings"]] == [code]
        assert answer["typical"]


def test_a_text_that_cannot_be_read_keeps_the_page_alive(reading: Page):
    text = reading.policy()["text"].replace("加 0.6 分", "加 六毛 分 {", 1)
    answer = reading.try_({"text": text, **SCENE})
    assert any(f["severity"] == "error" and f["code"].startswith("P") for f in answer["findings"])
    assert answer["numbers"] is None
    assert answer["document"] is None
    assert answer["effect"] is None
    assert answer["text"] == text
    for text in ("", "你好", "}" * 50, "积分 a {", "\x00", "修订 x 基于 没有 { }", "词汇 v { }"):
        answer = reading.try_({"text": text})
        assert answer["numbers"] in (None, [])


def test_a_draft_that_says_nonsense_is_told_where(reading: Page):
    text = reading.policy()["text"].replace("社保月数", "社保月份")
    answer = reading.try_({"text": text})
    found = next(f for f in answer["findings"] if f["severity"] == "error")
    assert "社保月份" in found["message"]["zh"]
    assert text[found["start"] : found["end"]] == "社保月份"
    assert "^" in found["excerpt"]


def test_quotas_of_all_scenes_and_caps_move_together(reading: Page):
    told = reading.policy()
    quotas = [x["id"] for x in told["numbers"] if x["whole"]]
    assert len(quotas) >= 3
    social = {"number": SOCIAL, "value": "0.7"}
    changes = [*({"number": id_, "value": "77"} for id_ in quotas[:2]), social]
    answer = reading.try_({"changes": changes})
    assert [number(answer, id_)["value"] for id_ in quotas[:2]] == ["77", "77"]
    assert number(answer)["value"] == "0.7"
    # the scene was amended already: its operation takes the quota in
    assert "修改 场景 随迁子女入学 同分 抽签 名额 77 名 理由" in answer["text"]
    assert answer["text"].count("修改 场景 随迁子女入学") == 1
    assert answer["findings"] == []


def test_a_text_too_long_to_wait_for_is_refused(reading: Page):
    answer = reading.http.post("/api/try", json={"ref": DRAFT, "text": "# " + "x" * 400_000})
    assert answer.status_code == 413
    assert reading.codes(answer.json()) == ["J919"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([{"number": "没有@x", "value": "1"}], "J924"),
        ([{"number": SOCIAL, "value": "多"}], "J925"),
        ([{"number": SOCIAL, "value": "-1"}], "J925"),
        ([{"number": SOCIAL, "value": "1e9"}], "J925"),
        ([{"number": SOCIAL, "value": "1/3"}], "J925"),
        ([{"number": SOCIAL, "value": "9" * 50}], "J925"),
        ([{"number": SOCIAL}], "J925"),
        (["x"], "J916"),
        ({"a": 1}, "J916"),
        ([{"number": 5, "value": "1"}], "J916"),
    ],
)
def test_changes_that_are_none(reading: Page, changes: object, code: str):
    answer = reading.http.post("/api/try", json={"ref": DRAFT, "changes": changes})
    assert answer.status_code in (400, 422)
    assert reading.codes(answer.json()) == [code]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("ref", None, "J916"), ("ref", 5, "J916"), ("text", 5, "J916"), ("quota", -1, "J916"),
        ("quota", 1.5, "J916"), ("quota", True, "J916"), ("assume", "x", "J916"),
        ("population", "x", "J916"), ("population", {"ref": "没有"}, "J915"),
        ("population", {"ref": "../x.toml"}, "J915"),
        ("population", {**POPULATION, "n": 10**9}, "J930"),
        ("population", {**POPULATION, "n": "3"}, "J916"),
        ("population", {**POPULATION, "seed": -1}, "J916"),
    ],
)  # fmt: skip
def test_fields_of_another_kind_are_named(reading: Page, field: str, value: object, code: str):
    answer = reading.http.post("/api/try", json={"ref": DRAFT, field: value})
    assert answer.status_code in (400, 404)
    assert reading.codes(answer.json()) == [code]


def test_an_assessment_of_units_has_its_population(reading: Page):
    told = reading.policy("beilun-departments")
    assert told["populations"] == ["beilun-departments-results"]
    id_ = next(x["id"] for x in told["numbers"] if x["unit"]["zh"] == "%")
    data = {"changes": [{"number": id_, "value": "40"}]}
    population = {"ref": "beilun-departments-results", "seed": 1}
    answer = reading.try_({**data, "population": population}, "beilun-departments")
    assert answer["effect"] is not None, answer["effect_findings"]
    assert answer["effect"]["persons"] == 34


def test_the_file_changed_meanwhile_is_told_and_the_text_still_tried(page: Page):
    told = page.policy()
    path = page.folder / "草案.policy"
    path.write_text(path.read_text("utf-8").replace("0.6 分", "0.9 分"), encoding="utf-8")
    answer = page.try_({"text": told["text"], "stamp": told["stamp"]})
    assert answer["changed_on_disk"]
    assert answer["stamp"] != told["stamp"]
    assert number(answer)["value"] == "0.6"
    assert number(page.policy())["value"] == "0.9"


def test_a_review_tells_the_complaints_of_the_draft(reading: Page):
    found = reading.post("/api/review", {"ref": DRAFT})["findings"]
    assert found
    assert all(f["kind"] == "review" and f["verdict"] != "proved" for f in found)
    assert {"zh", "en"} <= set(found[0]["message"])
