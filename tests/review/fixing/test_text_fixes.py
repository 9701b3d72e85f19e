"""Fixes of what cannot be read or meant (P…, M…, V…), each on the line where it was written."""

from __future__ import annotations

import pytest

from policydsl.language.parsing import parse_text
from policydsl.model.loading import Library, bundled
from policydsl.review.fixing.edits import applied
from policydsl.review.fixing.mending import Looked, fixes, look
from policydsl.review.fixing.registry import SAFE, mended_codes

FACTS = "事实 月数：计数（月） 事实 登记率：百分比 事实 学历：枚举 { 高中、大专、本科 }"
ITEM = "指标 甲 满分 20 分 { %s }"


def scheme(inner: str) -> str:
    return f"积分 sample “办法” {{\n  {FACTS}\n  {inner}\n}}\n"


def item(inner: str) -> str:
    return scheme(ITEM % inner)


def looked(text: str) -> Looked:
    library = Library(bundled())
    library.add_text(BASE, "base.policy")
    both = Library(library)
    result = both.add_text(text, "ours.policy")
    return look(result.source, both, result)


BASE = """积分 base “办法” {
  满分 20 分
  指标 社保缴纳 满分 20 分 { 事实 参保：是否 参保：得 20 分 }
}
"""
COUNTED = "每 1 个月 月数 加 1 分"
# code, the text, what is written instead (a part of the mended text)
CASES = [
    ("P103", scheme(f"指标 甲 满分 20 分 {{\n    {COUNTED}\n  指标 乙 满分 5 分 {{ 加 5 分 }}"), "分\n  }\n"),
    ("P104", item(COUNTED) + "}\n", "1 分 }\n}\n"),
    ("P105", scheme("摘要 “没有引完\n  指标 甲 满分 20 分 { 加 20 分 }"), "摘要 “没有引完”"),
    ("P106", item(f"{COUNTED} ☺"), "加 1 分 "),
    ("P109", scheme("印发 2023年2月30日"), "印发 2023年2月28日"),
    ("P110", item("登记率 低于 95% 扣 5 分"), "低于 95%： 扣 5 分"),
    ("P112", item("月数达到 3 个月：加 5 分"), "月数 达到 3 个月"),
    ("P113", item("登记率 不低于 95% 以上：加 5 分"), "不低于 95% ："),
    ("P115", scheme("事实 满分：是否"), "事实 「满分」"),
    ("P116", scheme("摘要 “对“两类”人员”"), "“对‘两类’人员”"),
    ("P117", scheme("指樗 甲 满分 20 分 { 加 20 分 }"), "指标 甲"),
    ("P118", scheme("摘要 ‘一句话’"), "摘要 “一句话”"),
    ("P120", item("加 百分之九十"), "加 90%"),
    ("P121", scheme("事实 级别：枚举 { 高，低 }"), "高、低"),
    ("P122", scheme("甲 指标 满分 20 分 { 加 20 分 }"), "指标 甲"),
    ("P126", item("每 1 个月 月\u2060数 加 1 分"), "月数 加"),
    ("P127", scheme("事实 级别：枚举 { 1、2 }"), "「1」"),
    ("P128", scheme("事实 部门1：是否"), "「部门1」"),
    ("M201", item("每 1 个月 月份数 加 1 分"), "个月 月数 加"),
    ("M201", item("未开展 宣传培训：扣 5 分"), "事实 宣传培训：是否"),
    ("M201", item("每 1 次 献血 加 5 分，最高 20 分"), "事实 献血：计数（次）"),
    ("M201", item("合格 低于 95%：扣 5 分"), "事实 合格：百分比"),
    ("M203", scheme("事实 里程：小数（公理）"), "公里"),
    ("M204", item("加 5"), "加 5 分"),
    ("M205", scheme("事实 月数：计数（月）"), "}\n}"),
    ("M208", scheme(f"满分 30 分\n  {ITEM % COUNTED}"), "满分 20 分\n"),
    ("M211", item("取正（月数） 达到 1：加 5 分"), "取整（月数）"),
    ("M215", "积分 s “办法” { 使用 resident-vocabulry }\n", "使用 resident-vocabulary"),
    ("M216", scheme("指标 社保缴纳 满分 5 分 { 加 5 分 }\n  示例 “一” { 得 指标 社保缴 5 分 }"), "得 指标 社保缴纳 5 分"),
    ("M217", scheme("满分 20 分 满分 20 分"), "满分 20 分\n"),
    ("M218", item("按 月数 取分 { 其他：0 分；3 个月 以上：5 分 }"), "3 个月 以上：5 分；其他：0 分"),
    ("M219", item("按 学历 与 登记率 取分 { 列 ｜ 低于 50% ｜ 其他\n 高中 ｜ 5 分 }"), "5 分 ｜ 未载明"),
    ("M220", item("按 学历 取分 { 高仲：5 分；其他：0 分 }"), "高中：5 分"),
    ("M220", item("按 学历 取分 { 幼儿园：5 分；其他：0 分 }"), "大专：5 分"),
    ("M221", scheme("事实 岁数：整数（岁），范围 60 至 18 岁"), "范围 18 至 60 岁"),
    ("M223", "考核 s “办法” { 事实 篇数：计数（篇） 项 1 满分 5 分 { 每 1 篇 篇数 加 1 分 } }\n", "满分 5 分 起评 0 分 {"),
    ("M226", scheme("事实 收到：是否（月）"), "事实 收到：是否\n"),
    ("M227", scheme("事实 级别：枚举 { 高、低、高 }"), "枚举 { 高、低 }"),
    ("M228", scheme("事实 评定日：日期"), f"{FACTS}\n}}"),
    ("M229", scheme("事实 收到：是否，范围 0 至 1"), "收到：是否\n"),
    ("M232", scheme("组 一 { 指标 乙 满分 1 分 { 加 1 分 } }\n  组 二 { 指标 乙 满分 1 分 { 加 1 分 } }\n  示例 “一” { 得 指标 乙 1 分 }"), "得 组 一 指标 乙 1 分"),
    ("M234", "积分 s “办法” { 使用 resident-vocabulary 指标 甲 概念 文化成度 满分 5 分 { 加 5 分 } }\n", "概念 文化程度"),
    ("M235", item("下限 30 分 加 5 分"), "满分 30 分 { 下限 20 分"),
    ("M237", item("取高 { }"), "取高 {  未载明 }"),
    ("M239", item("每 2 个月 月数 加 1 分，不足 1 个月 不计"), "不足 2 个月 不计"),
    ("M241", item("加 5 分，不足 1 个月 不计"), "加 5 分 }"),
    ("M245", "积分 s “办法” { 使用 yueqing-2022 }\n", None),
    ("M247", "考核 s “办法” { 项 1 { 事实 做了：是否 未开展 做了：扣 5 分 } }\n", "项 1 满分 未载明 {"),
    ("V601", "修订 d “改” 基于 base { 修改 指标 社保缴 将 20 分 改为 10 分 }\n", "指标 社保缴纳 将"),
    ("V605", "修订 d “改” 基于 base { 修改 指标 社保缴纳 去除 下限 满分 10 分 }\n", "社保缴纳 满分 10 分"),
    ("V611", "修订 d “改” 基于 bace { 修改 指标 社保缴纳 满分 10 分 }\n", "基于 base"),
    ("V618", "修订 d “改” 基于 base { 修改 指标 社保缴纳 满分 20 分 }\n", "基于 base {"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "text", "instead"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)]
)
def test_a_fix_is_offered_and_ends_its_finding(code: str, text: str, instead: str | None):
    before = looked(text)
    assert code in {d.code for d in before.found}, [d.render("zh") for d in before.found]
    made = [
        applied(text, fix.edits)
        for place in before.places if place.found.code == code for fix in fixes(place)
    ]  # fmt: skip
    if instead is None:
        return
    fitting = [new for new in made if instead in new and instead not in text]
    fitting = fitting or [new for new in made if instead in new]
    assert fitting, made
    count = sum(d.code == code for d in before.found)
    after = looked(fitting[0])
    assert sum(d.code == code for d in after.found) < count, [d.render("zh") for d in after.found]
    unreadable = [d for d in after.found if d.code[0] == "P"]
    assert len(unreadable) <= sum(d.code[0] == "P" for d in before.found)


def test_what_was_mended_reads_the_same_elsewhere():
    """Only the name changes: every other statement is the same tree as before."""
    text = item("每 1 个月 月份数 加 1 分 # 备注\n")
    (place,) = (p for p in looked(text).places if p.found.code == "M201")
    new = applied(text, fixes(place)[0].edits)
    assert new == text.replace("月份数", "月数")
    assert parse_text(new, "x").ok


def test_what_is_safe_is_what_the_page_says():
    found = {
        place.found.code
        for _, text, _ in CASES for place in looked(text).places for fix in fixes(place) if fix.safe
    }  # fmt: skip
    assert {c for c in found if c[0] in "PM"} == {c for c in SAFE if c[0] in "PM"}


def test_the_codes_of_texts_that_have_fixers_are_tried_here():
    tried = {code for code, _, _ in CASES}
    # these are said of histories and of places that near names serve in the same way
    likewise = {"P101", "V621", "V622", "V629", "V631", "V633"}
    assert {c for c in mended_codes() if c[0] in "PMV"} - likewise == tried
