"""Two editions: the amendment that leads from one to the other, and what it does in effect."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.scoring.strategies import cases, drafts
from tests.versions.examples import BASE, consolidated, draft, library, order
from tests.versions.strategies import (
    change_figure,
    edited,
    editions,
    parsed,
    wild_editions,
)

from policydsl.language import nodes as n
from policydsl.language.diagnostics import PolicyError, Source, has_errors
from policydsl.language.paths import clauses, replace_at
from policydsl.language.printing import print_file
from policydsl.model import load, loads
from policydsl.model.amending.amender import Amender
from policydsl.model.policy import Policy
from policydsl.scoring.exact import Evaluator
from policydsl.versions import diffing
from policydsl.versions.comparing import EditionDiff, Row, Tally, compare_editions
from policydsl.versions.diffing import diff, expected
from policydsl.versions.history import load_history
from policydsl.versions.lineage import Lineage, Link
from policydsl.versions.matching import canonical, match_clauses
from policydsl.versions.rendering import as_records, render_html, render_table

NOWHERE = Source("", "")


def carried_out(base: n.Document, amendment: n.Document) -> n.Document:
    """The edition that an amendment makes, in canonical form; it must apply without errors."""
    amender = Amender(base, NOWHERE)
    amender.apply(amendment, NOWHERE)
    assert not has_errors(amender.found)
    return canonical(amender.result(amendment.id, amendment.title).document)


def document(text: str) -> n.Document:
    """The first document of a text."""
    return library(base=text).entries["办法"].document


def written(old: str, new: str, lineage: Lineage | None = None) -> str:
    """The amendment between two texts, as the drafter would write it."""
    amendment = diff(document(old), document(new), lineage)
    return " ".join(print_file(n.File((amendment,))).split())


# -- consolidate(base, diff(base, new)) = new


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_amendment_gives_the_new_edition(data: st.DataObject):
    base = data.draw(editions())
    new = data.draw(edited(base))
    assert carried_out(base, diff(base, new)) == expected(base, new)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_what_a_drafter_edits_is_told_clause_by_clause(data: st.DataObject):
    """To restate the whole text gives the new edition too, and would hide any mistake."""
    base = data.draw(editions())
    new = data.draw(edited(base))
    unwanted = AssertionError("the whole text is restated")
    with patch.object(diffing._Differ, "restatement", side_effect=unwanted):
        diff(base, new)


@given(wild_editions(), wild_editions())
@settings(max_examples=80, deadline=None)
def test_between_documents_that_have_nothing_to_do_with_each_other(
    base: n.Document, new: n.Document
):
    new = replace(new, id=n.Name("乙版"))
    amendment = attempted(base, new)
    if isinstance(amendment, PolicyError):
        # two clauses of one name, nested: nothing can name the one and not the other
        assert [d.code for d in amendment.diagnostics] == ["V619"]
    else:
        assert carried_out(base, amendment) == expected(base, new)


def attempted(base: n.Document, new: n.Document) -> n.Document | PolicyError:
    try:
        return diff(base, new)
    except PolicyError as error:
        return error


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_an_amendment_prints_and_is_read_again(data: st.DataObject):
    base = data.draw(editions())
    amendment = diff(base, data.draw(edited(base)))
    for language in ("zh", "en"):
        assert parsed(print_file(n.File((amendment,)), language)) == amendment


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_what_stays_is_not_mentioned(data: st.DataObject):
    """One figure changed is one operation on that clause."""
    base = data.draw(editions())
    new = change_figure(data.draw, base)
    amendment = diff(base, replace(new, id=n.Name("乙版")))
    assert len(amendment.body) == (0 if new == base else 1)
    assert all(isinstance(s, n.Modify) for s in amendment.body)


def test_the_order_of_statements_and_attributes_is_no_change():
    one = (
        "积分 办法 { 上限 9 分 地区 甲 指标 甲 { 加 1 分 摘要 “x” 英文 “y” } 期限 审核 3 个工作日 }"
    )
    two = (
        "积分 办法 { 地区 甲 上限 9 分 期限 审核 3 个工作日 指标 甲 { 英文 “y” 摘要 “x” 加 1 分 } }"
    )
    assert diff(document(one), document(two)).body == ()


# -- how it is written


@pytest.mark.parametrize(
    ("change", "operation"),
    [
        (("加 0.5 分", "加 0.6 分"), "修改 指标 缴纳社保 将 0.5 分 改为 0.6 分"),
        (("18 至 40 岁", "16 至 40 岁"), "修改 指标 年龄 将 18 岁 改为 16 岁"),
        (("上限 30 分", "上限 36 分"), "修改 指标 缴纳社保 上限 36 分"),
        (("责任单位 人社局 ", ""), "修改 指标 缴纳社保 去除 责任单位"),
        (("名额 20 人", "名额 30 人"), "修改 场景 入学 将 20 人 改为 30 人"),
        (("同分 抽签", "同分 一并录取"), "修改 场景 入学 同分 一并录取"),
        (("期限 审核 10 个工作日", "期限 审核 15 个工作日"), "期限 审核 15 个工作日"),
        (("指标 献血 上限 50 分 {", "指标 献血 上限 50 分 { 施行 2023-01-01"),
         "修改 指标 献血 { 施行 2023年1月1日 }"),
        (("登记率 达到 80%：加 5 分", "登记率 达到 80%：酌情加分"),
         "修改 指标 登记 { 登记率 达到 90%：加 10 分 登记率 达到 80%：酌情加分 }"),
        (("满分 200 分", "满分 210 分"), "修改 全文 满分 210 分"),
        (("施行 2022-01-01", "施行 2023-01-01"), "{ 施行 2023年1月1日 }"),
    ],
)  # fmt: skip
def test_the_narrowest_operation(change: tuple[str, str], operation: str):
    text = written(BASE, BASE.replace(*change))
    assert text.partition("基于 办法 ")[2].strip("{ }") == operation.strip("{ }")


def test_moves_insertions_and_repeals():
    new = BASE.replace("    指标 年龄", "    指标 纳税 { 加 3 分 }\n    指标 年龄").replace(
        "    指标 婚育证明 上限 50 分 { 婚育证明：加 50 分 }\n", ""
    )
    text = written(BASE, new)
    assert "于 指标 年龄 之前 新增 指标 纳税 { 加 3 分 }" in text
    assert "废止 指标 婚育证明" in text


def test_what_is_inferred_is_marked():
    new = BASE.replace("指标 婚育证明", "指标 婚育登记").replace("指标 献血", "指标 无偿献血")
    text = written(BASE, new)
    assert "更名 指标 献血 改为 无偿献血 推定 “内容完全相同，只是名称或位置不同”" in text


def test_a_lineage_is_followed():
    lineage = Lineage(
        "办法", "办法",
        (Link(("共性",), ("共性",)), Link(("个性",), ("个性",)), Link(("入学",), ("入学",)),
         Link(("共性/年龄",), ("共性/年龄",)), Link(("共性/缴纳社保",), ("共性/缴纳社保",)),
         Link(("共性/登记",), ("共性/登记",)),
         Link(("个性/献血", "个性/婚育证明"), ("个性/公共卫生",), reason="两项并为一项")),
    )  # fmt: skip
    new = BASE.replace(
        "指标 献血 上限 50 分 { 每 1 次 献血次数 加 2 分 }", "指标 公共卫生 上限 100 分 { 加 3 分 }"
    )
    new = new.replace("    指标 婚育证明 上限 50 分 { 婚育证明：加 50 分 }\n", "")
    new = new.replace("，得分（指标 献血） 高者先", "").replace("  职责 卫健局 审核 献血\n", "")
    text = written(BASE, new, lineage)
    assert (
        "合并 指标 献血、指标 婚育证明 改为 指标 公共卫生 上限 100 分 { 加 3 分 } 理由 “两项并为一项”"
        in text
    )
    assert carried_out(document(BASE), diff(document(BASE), document(new), lineage)) == expected(
        document(BASE), document(new)
    )


def test_a_split_in_a_lineage():
    old = "积分 办法 { 组 甲 { 指标 登记 { 加 3 分 } 指标 乙 { 加 1 分 } } }"
    new = (
        "积分 办法 { 组 甲 { 指标 租房登记 { 加 2 分 } 指标 居住登记 { 加 1 分 } 指标 丙 { 加 9 分 } "
        "指标 乙 { 加 1 分 } } }"
    )
    links = (
        Link(("甲",), ("甲",)), Link(("甲/乙",), ("甲/乙",)),
        Link(("甲/登记",), ("甲/租房登记", "甲/居住登记"), "文字相近"),
    )  # fmt: skip
    text = written(old, new, Lineage("办法", "办法", links))
    assert "拆分 指标 登记 改为 { 指标 租房登记 { 加 2 分 } 指标 居住登记 { 加 1 分 } }" in text
    assert "于 指标 登记 之后 新增 指标 丙 { 加 9 分 }" in text


def test_kinds_that_no_amendment_joins():
    with pytest.raises(PolicyError) as caught:
        diff(document("积分 办法 { }"), document("考核 办法 { }"))
    assert [d.code for d in caught.value.diagnostics] == ["V616"]
    assert "积分" in caught.value.diagnostics[0].message()


def test_clauses_that_no_reference_tells_apart():
    """组 甲 at the top cannot be named: 组 甲 inside 组 乙 answers to every name that it has."""
    nested = "积分 办法 { 组 甲 { 加 1 分 } 组 乙 { 组 甲 { 加 2 分 } } }"
    changed = nested.replace("加 1 分", "加 3 分")
    text = written(nested, changed)
    assert "修改 全文" in text  # the whole text is restated instead
    with pytest.raises(PolicyError) as caught:
        diff(document(nested), document("积分 办法 { }"))
    assert [d.code for d in caught.value.diagnostics] == ["V619"]


def test_two_clauses_of_one_name_are_no_edition():
    with pytest.raises(PolicyError) as caught:
        diff(document("积分 办法 { }"), document("积分 办法 { 指标 甲 { } 指标 甲 { } }"))
    assert [d.code for d in caught.value.diagnostics] == ["V607"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("beilun-centre-older", "beilun-departments"), ("yueqing-2022", "yueqing-2023-draft")],
)
def test_real_editions(old: str, new: str):
    """With the lineage of the real history, and without one."""
    base, target = load(old).document, load(new).document
    assert base is not None
    assert target is not None
    for lineage in (None, load_history().between(old, new)):
        assert carried_out(base, diff(base, target, lineage)) == expected(base, target)


# -- which clause is which


def test_clauses_are_matched():
    new = (
        BASE.replace("指标 献血", "指标 无偿献血")
        .replace("指标 缴纳社保 上限", "指标 社会保险 上限")
        .replace("0.5 分", "0.6 分")
    )
    links = {
        link.new[0]: (link.old[0], link.inferred)
        for link in match_clauses(document(BASE), document(new)).links
    }
    assert links["个性/无偿献血"] == ("个性/献血", "内容完全相同，只是名称或位置不同")
    assert links["共性/社会保险"] == ("共性/缴纳社保", "在同一处，文字相近")
    assert links["共性/年龄"][1] == "两个版次的条款标识相同"


def test_a_clause_of_the_same_name_in_another_place():
    new = BASE.replace("    指标 献血 上限 50 分 { 每 1 次 献血次数 加 2 分 }\n", "").replace(
        "    指标 年龄", "    指标 献血 上限 9 分 { 加 1 分 }\n    指标 年龄"
    )
    links = {link.new: link for link in match_clauses(document(BASE), document(new)).links}
    assert links[("共性/献血",)].old == ("个性/献血",)
    assert links[("共性/献血",)].inferred == "名称相同，位置不同"


# -- what a change does


def compared(change: str | tuple[str, str], base: str = BASE) -> EditionDiff:
    """The base against its amendment (operations), or against a changed text."""
    if isinstance(change, str):
        lib = library(draft(change), base=base)
        return compare_editions(lib.policy("办法"), lib.policy("草案"))
    assert change[0] in base
    return compare_editions(
        library(base=base).policy("办法"), library(base=base.replace(*change)).policy("办法")
    )


def effects(row: Row) -> list[str]:
    return [effect.zh for effect in row.effects]


def test_the_effect_of_one_figure():
    row = compared("修改 指标 缴纳社保 将 0.5 分 改为 0.6 分").row("共性/缴纳社保")
    assert row.statuses == ("amended",)
    assert effects(row) == [
        "每月 0.5 分 → 0.6 分", "最高 30 分不变", "满分所需 60 个月 → 50 个月", "上限 30 分不变",
    ]  # fmt: skip
    assert [effect.en for effect in row.effects] == [
        "per month 0.5 points → 0.6 points", "at most 30 points unchanged",
        "needed for the most 60 months → 50 months", "cap 30 points unchanged",
    ]  # fmt: skip
    assert [effect.changed for effect in row.effects] == [True, False, True, False]


@pytest.mark.parametrize(
    ("operations", "clause", "expected_effects"),
    [
        ("修改 指标 登记 将 90% 改为 95%", "共性/登记", ["“登记率”的界限 90% → 95%", "上限 50 分不变"]),
        ("修改 指标 登记 { 登记率 低于 90%：酌情扣分 }", "共性/登记",
         ["计分方式 加分 → 酌情扣分"]),
        ("修改 指标 缴纳社保 审核 人工", "共性/缴纳社保", ["审核方式 自动 → 人工"]),
        ("修改 指标 缴纳社保 责任单位 税务局", "共性/缴纳社保", ["责任单位 人社局 → 税务局"]),
        ("修改 指标 缴纳社保 去除 上限", "共性/缴纳社保", ["上限 30 分 → 无"]),
        ("修改 指标 献血 { 每 2 次 献血次数 加 2 分 }", "个性/献血",
         ["每一步 1 次 → 2 次", "满分所需 25 次 → 50 次", "上限 50 分不变"]),
        ("修改 指标 献血 上限 40 分", "个性/献血", ["上限 50 分 → 40 分", "满分所需 25 次 → 20 次"]),
        ("修改 指标 献血 { 每 1 次 献血次数 加 2 分，从 第 3 次 起 }", "个性/献血",
         ["起计次序 1 → 3", "满分所需 25 次 → 27 次", "上限 50 分不变"]),
        ("修改 指标 献血 { 每 1 次 献血次数 扣 2 分 }", "个性/献血",
         ["计分方式 加分 → 扣分", "每次 加 2 分 → 扣 2 分", "上限 50 分不变"]),
        ("修改 指标 婚育证明 { 未载明 }", "个性/婚育证明", ["计分方式 加分 → 未载明"]),
        ("修改 场景 入学 名额 30 人 同分 一并录取", "入学",
         ["名额 20 名 → 30 名", "同分 抽签 → 一并录取"]),
        ("修改 场景 入学 排序 总分 高者先", "入学",
         ["排序 总分 高者先，得分（指标 献血） 高者先 → 总分 高者先"]),
    ],
)  # fmt: skip
def test_effects(operations: str, clause: str, expected_effects: list[str]):
    row = compared(operations).row(clause)
    assert "amended" in row.statuses
    assert effects(row)[: len(expected_effects)] == expected_effects


TABLES = """
积分 办法 {
  事实 学历：有序 { 初中 < 高中 < 大专 < 本科 }
  事实 年限：整数（年）
  事实 奖项：计数（项）
  指标 学历 { 按 学历 取分 { 本科 以上：10 分  大专：8 分  其他：0 分 } }
  指标 资历 { 按 学历 与 年限 取分 { 列 ｜ 不足 5 年 ｜ 5 年 以上  本科 ｜ 5 分 ｜ 9 分  大专 ｜ 3 分 ｜ 6 分 } }
  指标 荣誉 { 取高 { 奖项 达到 3 项：加 9 分  每 1 项 奖项 加 2 分，最高 8 分 } }
  指标 扣减 满分 10 分 起评 满分 { 每 1 项 奖项 扣 2 分，减半 }
  合成 年终 { 总分 占 70%  学历分 占 30% }
  事实 学历分：小数（分）
}
"""


@pytest.mark.parametrize(
    ("change", "clause", "expected_effects"),
    [
        (("大专：8 分", "大专：9 分"), "学历", ["大专： 8 分 → 9 分"]),
        (("大专：8 分  ", ""), "学历", ["删去档次：大专 8 分"]),
        (("其他：0 分", "高中：1 分  其他：0 分"), "学历", ["新增档次：高中 1 分"]),
        (("本科 ｜ 5 分 ｜ 9 分", "本科 ｜ 5 分 ｜ 8 分"), "资历", ["本科 × 5 年 以上： 9 分 → 8 分"]),
        (("取高 {", "累计 {"), "荣誉", ["各项 取高 → 累计"]),
        (("最高 8 分", "最高 9 分"), "荣誉", ["最高 8 分 → 9 分", "满分所需 4 项 → 5 项"]),
        (("，减半", "，按 80% 计"), "扣减", ["折算 50% → 80%", "满分 10 分不变"]),
        (("占 70%  学历分 占 30%", "占 60%  学历分 占 40%"), "年终",
         ["合成 总分 占 70%；学历分 占 30% → 总分 占 60%；学历分 占 40%"]),
    ],
)  # fmt: skip
def test_effects_of_tables(change: tuple[str, str], clause: str, expected_effects: list[str]):
    assert effects(compared(change, TABLES).row(clause)) == expected_effects


def test_full_marks_that_are_harder_to_lose():
    """The older edition took 3 of 12 points for each item; now it takes them of 10."""
    text = "考核 办法 { 事实 项数：计数（项） 项 1 满分 12 分 { 每 1 项 项数 扣 3 分 } }"
    row = compared(("满分 12 分", "满分 9 分"), text).row("1")
    assert effects(row) == ["满分 12 分 → 9 分", "扣完所需 4 项 → 3 项"]


def test_a_fact_that_means_something_else():
    change = ("事实 献血次数：计数（次）", "事实 献血次数：计数（次），缺失 视为 1 次")
    row = compared(change).row("个性/献血")
    assert row.statuses == ("amended",)
    assert effects(row)[0] == "事实“献血次数” 计数（次） → 计数（次），缺失 视为 1 次"


# -- wording only


@pytest.mark.parametrize(
    ("change", "clause", "what"),
    [
        (("{ 每 1 次 献血次数", "{ 摘要 “改写” 每 1 次 献血次数"), "个性/献血", "摘要"),
        (("加 2 分 }", "加 2 分 出处 “第 3 条” }"), "个性/献血", "规则的文字"),
        (("献血次数", "无偿献血次数"), "个性/献血", "规则的文字"),
        (("达到 90%", "不低于 90%"), "共性/登记", "规则的文字"),
        (("每 1 次 献血次数", "每 次 献血次数"), "个性/献血", "规则的文字"),
        (("材料、自动", "自动、材料"), "共性/登记", "审核"),
    ],
)
def test_wording_is_no_change_of_effect(change: tuple[str, str], clause: str, what: str):
    row = compared(change).row(clause)
    assert row.statuses == ("wording",)
    assert [zh for zh, _ in row.wording] == [what]
    assert not row.changes_effect


def test_a_fact_of_another_kind_is_not_the_same_under_another_name():
    """Only a fact that is declared alike can be the old one renamed."""
    base = BASE.replace("使用 居民词汇", "使用 居民词汇 事实 次数：计数（次）")
    for declared, status in (("计数（次）", "wording"), ("计数（次），缺省 3 次", "amended")):
        old = base.replace("献血次数 加", "次数 加")
        new = old.replace("事实 次数：计数（次）", f"事实 献血量：{declared}").replace(
            "次 次数 加", "次 献血量 加"
        )
        found = compare_editions(library(base=old).policy("办法"), library(base=new).policy("办法"))
        assert found.row("个性/献血").statuses == (status,)


def test_facts_that_change_places_are_a_change():
    """登记率 and 接种率 are declared alike, but each clause now reads the other one."""
    text = "积分 办法 { 事实 甲率：百分比 事实 乙率：百分比 指标 甲 { 甲率 达到 90%：加 1 分 } 指标 乙 { 乙率 达到 90%：加 1 分 } }"
    new = text.replace("{ 甲率", "{ 丙率").replace("{ 乙率", "{ 甲率").replace("{ 丙率", "{ 乙率")
    found = compare_editions(library(base=text).policy("办法"), library(base=new).policy("办法"))
    assert found.row("甲").statuses == ("amended",)
    assert found.row("乙").statuses == ("amended",)


TEXTUAL = frozenset({"SUMMARY", "LOCATOR", "NOTE", "DOUBTFUL", "ENGLISH", "ASSUMPTION"})


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_wording_scores_the_same(data: st.DataObject):
    """Whatever is called wording only gives every case the score that it had."""
    drawn = data.draw(drafts(without={"discretion"}))
    base = parsed(drawn.text)
    new = base
    for _ in range(data.draw(st.integers(1, 3))):
        new = reworded(data, new)
    old, changed = (loads(print_file(n.File((d,)))) for d in (base, new))
    found = compare_editions(old, changed)
    assert not [row for row in found.rows if "amended" in row.statuses], [
        (row.new, row.effects) for row in found.rows
    ]
    case = data.draw(cases(drawn))
    for policy in (old, changed):
        assume(_scores(policy, case) is not None)
    assert _scores(old, case) == _scores(changed, case)


def reworded(data: st.DataObject, document: n.Document) -> n.Document:
    """A summary, a source, a note or the words of a comparison put otherwise."""
    every = [(position, clause) for position, _, clause in clauses(document)]
    assume(every)
    position, clause = data.draw(st.sampled_from(every))
    if data.draw(st.booleans()):
        text = n.TextValue(data.draw(st.sampled_from(["新的说法", "旧的说法"])))
        added = n.Attribute(data.draw(st.sampled_from(sorted(TEXTUAL))), text)
        kept = tuple(a for a in clause.attributes if a.key != added.key)
        return replace_at(document, position, replace(clause, attributes=(*kept, added)))
    words = {
        "NOT_BELOW": "NOT_FEWER",
        "BELOW": "SHORT_OF",
        "EXCEEDS": "ABOVE",
        "REACHES": "NOT_BELOW",
    }
    body = tuple(s if isinstance(s, n.Clause) else _reworded(s, words) for s in clause.body)
    return replace_at(document, position, replace(clause, body=body))


def _reworded(node: Any, words: dict[str, str]) -> Any:
    if isinstance(node, tuple):
        return tuple(_reworded(item, words) for item in node)
    if isinstance(node, n.Compare):
        left, right = (_reworded(side, words) for side in (node.left, node.right))
        return replace(node, left=left, word=words.get(node.word, node.word), right=right)
    if not isinstance(node, n.Node) or isinstance(node, n.Clause):
        return node
    fields = {
        name: _reworded(getattr(node, name), words)
        for name in type(node).__dataclass_fields__
        if name not in ("span", "layout")
    }
    return replace(node, **fields)


def sound(document: n.Document) -> Policy | None:
    """The policy of a document; ``None`` when an edit left it with errors."""
    try:
        return loads(print_file(n.File((document,))))
    except PolicyError:
        return None


def _scores(policy: Policy, case: Any) -> object:
    try:
        return Evaluator(policy).score(case).total
    except PolicyError:
        return None


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_another_score_is_never_called_wording(data: st.DataObject):
    """Where a case scores otherwise, some row says that an effect changed, and what it is."""
    drawn = data.draw(drafts())
    base = parsed(drawn.text)
    new = change_figure(data.draw, base)
    old = loads(print_file(n.File((base,))))
    changed = sound(new)
    assume(changed is not None)
    assert changed is not None
    case = data.draw(cases(drawn))
    if _scores(old, case) != _scores(changed, case):
        found = compare_editions(old, changed)
        amended = [row for row in found.rows if "amended" in row.statuses]
        assert amended
        assert all(any(e.changed for e in row.effects) for row in amended)


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_any_two_editions_compare(data: st.DataObject):
    """Every clause of either edition has its row, and every rendering takes it."""
    base = data.draw(editions())
    new = data.draw(edited(base))
    old, changed = sound(base), sound(new)
    assume(changed is not None)
    assert old is not None
    assert changed is not None
    found = compare_editions(old, changed)
    rows = [r for r in found.rows if r.kind in ("clause", "scene", "blend")]
    assert {s.id for r in rows for s in r.old} >= set(old.clauses) - {""}
    assert {s.id for r in rows for s in r.new} >= set(changed.clauses) - {""}
    json.dumps(as_records(found))
    assert len({len(row) for row in render_table(found)}) == 1
    assert_well_formed(render_html(found))


# -- the real history


def beilun() -> EditionDiff:
    lineage = load_history().between("beilun-centre-older", "beilun-departments")
    return compare_editions(load("beilun-centre-older"), load("beilun-departments"), lineage)


def test_beilun_units():
    """13 units → 34: 13 go on under 13 names, 21 are new (facts about the two editions)."""
    found = beilun()
    units = [row for row in found.rows if row.new and row.new[0].kind == "unit"]
    assert len(units) == 34
    assert sum(row.status == "added" for row in units) == 21
    police = found.row("公安分局")
    assert render_table(found)[0] == ("原条款", "新条款", "变化", "分值", "影响", "依据")
    cells = next(r for r in render_table(found) if r[1] == "公安分局")
    assert cells[3] == "70（15+10+15+30） → 70（20+15+20+15）"
    assert "amended" in police.statuses


def test_beilun_inferred_successors_are_marked():
    inferred = {
        row.new[0].title for row in beilun().rows if row.inferred and row.new[0].kind == "unit"
    }
    assert inferred == {"区社会治理中心", "区经济和信息化局"}


def test_beilun_stated_deductions():
    """Items with a stated deduction: 29 of 42, then 14 of 56; all others are discretionary."""
    assert beilun().tallies["unit"] == (Tally(42, 29, 0, 13), Tally(56, 14, 42, 0))


def test_beilun_bonus_has_no_change_of_effect():
    row = beilun().row("创新工作/1")
    assert row.statuses == ("wording",)


def test_beilun_effects():
    found = beilun()
    assert "“流动人口信息登记率”的界限 90% → 95%" in effects(found.row("公安分局/3"))
    merged = next(r for r in found.rows if {s.id for s in r.new} == {"区教育局/1"})
    assert "计分方式 扣分 → 酌情扣分" in effects(merged)
    assert found.row("街道").statuses == ("not_seen",)


# -- documents


def test_deadlines_duties_and_dates():
    found = compared(
        "施行 2023-01-01 期限 审核 15 个工作日 期限 复核 3 个工作日 职责 卫健局 主管 入学"
    )
    rows = {(row.kind, (row.new or row.old)[0].title): row for row in found.rows}
    assert effects(rows["deadline", "审核"]) == ["10 个工作日 → 15 个工作日"]
    assert rows["deadline", "复核"].status == "added"
    assert effects(rows["duty", "卫健局"]) == ["审核 献血 → 主管 入学"]
    assert effects(rows["document", "积分管理办法"]) == ["施行 2022-01-01 → 2023-01-01"]


def test_a_clause_that_is_only_renamed():
    row = compared("更名 指标 献血 改为 无偿献血").row("个性/无偿献血")
    assert row.statuses == ("renamed",)
    assert not row.changes_effect
    assert row.inferred is not None
    # the ranking and the duty name the same clause as before
    found = compared("更名 指标 献血 改为 无偿献血")
    assert found.row("入学").statuses == ("wording",)


def test_a_clause_that_moves():
    found = compared("移动 指标 献血 至 组 共性 之内")
    assert found.row("共性/献血").statuses == ("moved",)
    assert found.row("共性/献血").changes_effect


def test_the_older_clause_stands_where_it_stood():
    titles = [
        (row.old or row.new)[0].title
        for row in compared("废止 指标 缴纳社保 职责 人社局 主管 入学 示例 “社保 60 个月” { }").rows
    ]
    assert titles.index("年龄") < titles.index("缴纳社保") < titles.index("登记")


# -- renderings


class _Checker(HTMLParser):
    """Holds that every element is closed in order."""

    VOID = frozenset({"meta", "br", "col"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        assert not [v for k, v in attrs if k in ("src", "href")], "the page must need nothing else"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def assert_well_formed(page: str) -> _Checker:
    checker = _Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    return checker


def test_the_page_escapes_what_the_drafter_wrote():
    change = ("指标 献血", "指标 「<script>献血&」")
    found = compare_editions(
        library().policy("办法"),
        library(base=BASE.replace(*change).replace("审核 献血", "审核 「<script>献血&」")
                .replace("得分（指标 献血）", "得分（指标 「<script>献血&」）")).policy("办法"),
    )  # fmt: skip
    page = render_html(found)
    assert "<script" not in page
    assert any("<script>献血&" in text for text in assert_well_formed(page).texts)


def test_the_page_is_in_both_languages():
    texts = assert_well_formed(
        render_html(compared("修改 指标 缴纳社保 将 0.5 分 改为 0.6 分"))
    ).texts
    for text in ("原条款", "Older", "每月 0.5 分 → 0.6 分", "per month 0.5 points → 0.6 points"):
        assert text in texts


def test_records_name_their_schema():
    record = as_records(compared("修改 指标 缴纳社保 将 0.5 分 改为 0.6 分 理由 “提高”"))
    assert record["schema"] == "policydsl/edition-diff/1"
    row = next(r for r in record["rows"] if r["new"] and r["new"][0]["id"] == "共性/缴纳社保")
    assert row["effects"][0] == {
        "kind": "amount", "zh": "每月 0.5 分 → 0.6 分", "en": "per month 0.5 points → 0.6 points",
        "changed": True,
    }  # fmt: skip
    assert row["old"][0]["points"] == "30"


def test_the_table_leaves_out_what_did_not_change():
    found = compared("修改 指标 缴纳社保 将 0.5 分 改为 0.6 分")
    shown = [row[1].strip("\u3000") for row in render_table(found)[1:]]
    assert shown == ["共性", "缴纳社保"]
    assert len(render_table(found, everything=True)) == len(found.rows) + 1
    assert render_table(found, "en")[0] == (
        "Older",
        "Newer",
        "Status",
        "Points",
        "Effects",
        "Grounds",
    )


def test_helpers_hold_the_base_to_be_sound():
    """The base of these tests is a policy without findings."""
    assert library().compile("办法")[1] == []
    assert order(
        consolidated("废止 组 个性 职责 卫健局 主管 入学 修改 场景 入学 排序 总分 高者先")
    ) == ["共性", "入学"]
