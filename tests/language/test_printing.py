"""Printing: one layout for all policy files, in Chinese and in English.

What is printed must read back as the same tree.  The examples show the layout; the random
trees at the end hold the printer to it for every construct of the language.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests import strategies

from policydsl.language import nodes as n
from policydsl.language.diagnostics import display_width
from policydsl.language.keywords import Language, grammar_files
from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_file, print_node, strip_parentheses

LANGUAGES: tuple[Language, ...] = ("zh", "en")


def read(text: str) -> n.File:
    result = parse_text(text)
    assert not result.diagnostics, "\n".join(one.render("en") for one in result.diagnostics)
    return result.file


def formatted(text: str, language: Language = "zh") -> str:
    return print_file(read(text), language)


def same(text: str) -> str:
    """A text without the indentation that this file gives it."""
    return dedent(text).removeprefix("\n")


def body(*statements: n.Statement) -> n.File:
    return n.File((n.Document("SCHEME", n.Name("样例"), body=statements),))


def first_statement(file: n.File) -> n.Statement:
    document = file.documents[0]
    return (*document.attributes, *document.body)[0]


def number(value: int | str, unit: str | None = None) -> n.Number:
    return n.Number(Fraction(value), unit)


def fact(name: str) -> n.Reference:
    return n.Reference(n.Name(name))


# -- whole files, as a drafter sees them --------------------------------------------

HASTY = """
# 根据征求意见稿
积分 yueqing-2022 “乐清市新市民量化积分管理实施细则（征求意见稿）”{满分 300 分 施行 未载明;替代 yueqing-2012
  // 一、共性指标
  组 省级共性指标 上限 １００ 分 互认 全省 {
    指标 缴纳社保 上限 30 分 审核 自动{每 1 个月 社保月数 加 0.5 分,最高 30 分} # 全省统一
    指标 文化程度 上限 10 分 责任单位 教育局、人力社保局 { 按 文化程度 取分 { 本科 以上:10 分 大专:8 分 其它:0 分 } }


    指标 年龄 { 按 年龄 取分 { 不满 18 岁：0 分   18 至 40 岁：20 分   超过 60 岁：未载明（0 至 5 分） } } }
  效力{居住证 等于 中止：暂时失效 若 提供虚假材料：清零}
  示例 “34 岁，高中”{年龄 34 岁，文化程度 高中;得 组 省级共性指标 52 分}}
修订 draft-2023 基于 yueqing-2022 {
  修改 指标 缴纳社保 { 每 1 个月 社保月数 加 0.6 分，最高 30 分 } 理由 “提高参保积极性”
  于 指标 文化程度 之后 新增 指标 书香阅读 上限 5 分 { 每 10 本 借阅量 加 1 分 }
  废止 指标 年龄
}
"""

TIDY_ZH = """
# 根据征求意见稿
积分 yueqing-2022 “乐清市新市民量化积分管理实施细则（征求意见稿）” {
  满分 300 分
  施行 未载明
  替代 yueqing-2012
  # 一、共性指标
  组 省级共性指标 上限 100 分 互认 全省 {
    指标 缴纳社保 上限 30 分 审核 自动 { 每 1 个月 社保月数 加 0.5 分，最高 30 分 }  # 全省统一
    指标 文化程度 上限 10 分 {
      责任单位 教育局、人力社保局
      按 文化程度 取分 {
        本科 以上：10 分
        大专：8 分
        其他：0 分
      }
    }

    指标 年龄 {
      按 年龄 取分 {
        不满 18 岁：0 分
        18 至 40 岁：20 分
        超过 60 岁：未载明（0 至 5 分）
      }
    }
  }
  效力 {
    居住证 为 中止：暂时失效
    提供虚假材料：清零
  }
  示例 “34 岁，高中” { 年龄 34 岁，文化程度 高中，得 组 省级共性指标 52 分 }
}

修订 draft-2023 基于 yueqing-2022 {
  修改 指标 缴纳社保 { 每 1 个月 社保月数 加 0.6 分，最高 30 分 } 理由 “提高参保积极性”
  于 指标 文化程度 之后 新增 指标 书香阅读 上限 5 分 { 每 10 本 借阅量 加 1 分 }
  废止 指标 年龄
}
"""

TIDY_EN = """
# 根据征求意见稿
points_scheme yueqing-2022 "乐清市新市民量化积分管理实施细则（征求意见稿）" {
  full_marks 300 points
  in_force not_stated
  replaces yueqing-2012
  # 一、共性指标
  group 省级共性指标 cap 100 points recognition 全省 {
    indicator 缴纳社保 cap 30 points review 自动 {
      each 1 months 社保月数 add 0.5 points, up_to 30 points
    }  # 全省统一
    indicator 文化程度 cap 10 points {
      responsible 教育局、人力社保局
      by 文化程度 scored {
        本科 or_more: 10 points
        大专: 8 points
        otherwise: 0 points
      }
    }

    indicator 年龄 {
      by 年龄 scored {
        under 18 years_of_age: 0 points
        18 to 40 years_of_age: 20 points
        exceeds 60 years_of_age: not_stated(0 to 5 points)
      }
    }
  }
  status_rules {
    居住证 is 中止: suspended
    提供虚假材料: zeroed
  }
  example "34 岁，高中" { 年龄 34 years_of_age, 文化程度 高中, gets group 省级共性指标 52 points }
}

amendment draft-2023 based_on yueqing-2022 {
  modify indicator 缴纳社保 { each 1 months 社保月数 add 0.6 points, up_to 30 points }
      reason "提高参保积极性"
  at indicator 文化程度 after insert indicator 书香阅读 cap 5 points {
    each 10 本 借阅量 add 1 points
  }
  repeal indicator 年龄
}
"""


def test_a_hasty_file_becomes_a_tidy_one():
    assert formatted(HASTY) == same(TIDY_ZH)


def test_the_same_file_in_english():
    assert formatted(HASTY, "en") == same(TIDY_EN)


@pytest.mark.parametrize("text", [TIDY_ZH, TIDY_EN], ids=LANGUAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_either_language_leads_to_the_other_and_back(text: str, language: Language):
    assert read(formatted(text, language)) == read(HASTY)


TIDY = [
    """
    考核 部门 “部门考核” {
      单位 公安分局 满分 70 分 {
        项 1 出租房屋管理 满分 20 分 起评 满分 {
          出处 “附件2 第1项”
          出租房屋登记率 低于 95%：每 1 个百分点 扣 2 分，不足 1 个百分点 不计 假设 “原文未写”
          未开展 业务培训：扣 5 分
          情形未载明：酌情扣分
        }
        项 2 应急处置 { }
        加分 {
          取高 {
            区级推广：加 10 分
            市级推广：加 20 分
          }，减半 说明 “不重复计分”
        }
        扣分 下限 0 分 { 每 起 群体性事件 扣 （事件等级 × 2 + 1） 分，从 第 2 件 起 }
      }
      合成 总成绩 {
        总分 占 70%
        得分（单位 公安分局 项 1） 占 未载明
      }
    }
    """,
    """
    词汇 通用 {
      事实 年龄：整数（岁），范围 16 至 65 岁，缺失 必填
      事实 文化程度：有序 { 初中 < 高中 < 大专 < 本科 }，缺省 初中
      事实 居住月数：整数（月） = 月数（居住登记日期，2022年4月6日），缺失 视为 0 月
      事实 本地户籍：是否，缺失 无材料，英文 “local registration”
      计量 标准课 = 45 分钟 英文 “standard lesson”
    }
    """,
    """
    积分 场景样例 {
      适用 居住地 为 北仑、海曙
      场景 随迁子女入学 {
        家庭 就高 夫妻
        排序 总分 高者先，居住登记日期 早者先，配偶 的 总分 高者先，其后 未载明
        名额 由 教育局
        同分 抽签
        不计 学历分 于 职称分
      }
      期限 审核 不超过 10 个工作日
      期限 公示 不少于 5 个工作日 “不含补正时间”
      职责 教育局 “负责学历审核” 审核 文化程度、“学籍” 主管 随迁子女入学
      目标 出租房屋登记率 达到 95% 且 非 （备案数 < 100 或 存疑房屋 18 至 20 套）
    }
    """,
    """
    积分 二维表 {
      按 学历 与 工作年限 取分 {
        列 ｜ 不足 1 年 ｜ 1 年 以上 不足 3 年 ｜ 3 年 以上
        本科、硕士 ｜ 5 分 ｜ 10 分 ｜ 20 分
        其他 ｜ 0 分 ｜ 未载明 ｜ 未载明（0 至 10 分）
      }
    }
    """,
    """
    修订 第一次 基于 甲 {
      修改 全文 去除 依据 将 3 分 改为 4 分
    }
    """,
    """
    沿革 甲乙 从 甲 至 乙 {
      承继 指标 学历、指标 职称 至 指标 学历职称 推定 “两项合并”
      未见 指标 婚育证明
      存目 丙 “丙市办法”
    }
    """,
]


@pytest.mark.parametrize("text", TIDY, ids=lambda text: text.split()[1])
def test_tidy_files_stay_as_they_are(text: str):
    assert formatted(text) == same(text)


POLICIES = sorted((Path(__file__).parents[2] / "policies").rglob("*.policy"))


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_encoded_document_can_be_written_in_either_language(path: Path, language: Language):
    file = read(path.read_text("utf-8"))
    text = print_file(file, language)
    assert read(text) == file
    assert print_file(read(text), language) == text


def test_an_empty_file_is_empty():
    assert print_file(n.File(())) == ""


# -- names ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["年龄", "yueqing-2022", "a.b", "百分点数", "一次性补贴", "年度·考核", "_x", "𠮷田"]
)
def test_ordinary_names_stand_bare(name: str):
    assert print_node(n.Name(name)) == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("扣分", "a keyword"),
        ("cap", "an English keyword"),
        ("其它", "a spelling that is only read"),
        ("十二", "a Chinese numeral"),
        ("两", "a Chinese numeral"),
        ("3号", "begins with a digit"),
        ("2022年4月6日", "a date"),
        ("流动人口 登记", "a space"),
        ("（一）", "punctuation"),
        ("Ａ类", "full-width letters, which would become narrow"),
        ("a-", "ends with a hyphen"),
        ("#1", "the mark of a comment"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_other_names_are_quoted(name: str, why: str, language: Language):
    assert print_node(n.Name(name), language) == f"「{name}」", why
    file = body(n.Target(fact(name)))
    assert read(print_file(file, language)) == file


@pytest.mark.parametrize("name", ["", "a」b", "两\n行", "长 名" * 41])
def test_what_no_quotation_can_hold_is_refused(name: str):
    with pytest.raises(ValueError, match="cannot be written as a name"):
        print_node(n.Name(name))


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("期限 审核 10 日", "deadline 审核 10 days"),
        ("对象 单位", "entity unit"),
        ("对象 家庭", "entity household"),
        ("按 人员 取分 {\n  配偶：3 分\n}", "by 人员 scored {\n  配偶: 3 points\n}"),
    ],
)
def test_keywords_stay_bare_where_they_are_words(text: str, english: str):
    node = first_statement(read(f"积分 样例 {{ {text} }}"))
    assert print_node(node) == text
    assert print_node(node, "en") == english


@pytest.mark.parametrize("text", ["对象 「Ａ类」", "期限 「Ａ类」 10 日", "满分 3 「Ａ」"])
def test_full_width_names_keep_their_width(text: str):
    assert print_node(first_statement(read(f"积分 样例 {{ {text} }}"))) == text


# -- numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (number(20, "分"), "20 分", "20 points"),
        (number("0.5", "月"), "0.5 月", "0.5 months"),
        (number(95, "%"), "95%", "95%"),
        (number(3, "‰"), "3‰", "3‰"),
        (number(2, "起"), "2 起", "2 cases"),
        (number(2, "项"), "2 项", "2 items"),
        (number(2, "学分"), "2 学分", "2 学分"),
        (number(2, "二等功"), "2 二等功", "2 二等功"),
        (number(2, "扣分"), "2 「扣分」", "2 「扣分」"),
        (number(2, "百"), "2 「百」", "2 「百」"),
        (number("0.125"), "0.125", "0.125"),
        (number(100), "100", "100"),
        (number(10**20), "1" + "0" * 20, "1" + "0" * 20),
        (n.Number(Fraction(1), "月", None, "个月"), "1 个月", "1 months"),
        (n.Number(Fraction(12_000), "元", "1.2万"), "1.2万 元", "12000 yuan"),
        (n.Number(Fraction(12), "篇", "十二"), "十二 篇", "12 articles"),
        (n.Number(Fraction(20), None, "二〇"), "二〇", "20"),
    ],
)
def test_numbers_and_their_units(value: n.Number, chinese: str, english: str):
    assert print_node(value) == chinese
    assert print_node(value, "en") == english
    for language in LANGUAGES:
        file = body(n.Rule(None, n.Flat("AWARD", n.FixedAmount(value))))
        assert read(print_file(file, language)) == file


def test_a_changed_number_does_not_keep_its_old_spelling():
    old = n.Number(Fraction(12), "月", "十二", "个月")
    assert print_node(replace(old, value=Fraction(15))) == "15 个月"
    assert print_node(replace(old, unit="年")) == "十二 年"


@pytest.mark.parametrize("value", [Fraction(1, 3), Fraction(-1)])
def test_numbers_that_the_language_lacks_are_refused(value: Fraction):
    with pytest.raises(ValueError, match=r"finite decimal|negative"):
        print_node(n.Number(value))


@pytest.mark.parametrize(
    ("ordinal", "text"),
    [
        (number(3), "从 第 3 起"),
        (number(3, "次"), "从 第 3 次 起"),
        (n.Number(Fraction(3), "起", None, "件"), "从 第 3 件 起"),
        # 起 ends the modifier, so as a unit it is quoted here
        (number(3, "起"), "从 第 3 「起」 起"),
    ],
)
def test_the_nth_and_all_further_ones(ordinal: n.Number, text: str):
    assert print_node(n.FromNth(ordinal)) == text
    for language in LANGUAGES:
        file = body(n.Rule(None, n.Veto(), (n.FromNth(ordinal),)))
        assert read(print_file(file, language)) == file


# -- texts and dates ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("附件2 第1项", "“附件2 第1项”", '"附件2 第1项"'),
        ("", "“”", '""'),
        ('他说"好"', '“他说"好"”', r'"他说\"好\""'),
        ("引用“原文”一句", '"引用“原文”一句"', '"引用“原文”一句"'),
        (r"C:\a", r"“C:\a”", r'"C:\\a"'),
        ("＂＼", "“＂＼”", r'"\＂\＼"'),
        ("# 不是注释 // 也不是", "“# 不是注释 // 也不是”", '"# 不是注释 // 也不是"'),
    ],
)
def test_texts_are_quoted_so_that_they_come_back(text: str, chinese: str, english: str):
    assert print_node(n.TextValue(text)) == chinese
    assert print_node(n.TextValue(text), "en") == english
    for language in LANGUAGES:
        file = body(n.Target(n.TextValue(text)))
        assert read(print_file(file, language)) == file


def test_the_full_text_of_a_clause_may_have_several_lines():
    text = "第一条 为了……\n\n  第二条 “本办法”，\n"
    attribute = n.Attribute("FULL_TEXT", n.TextValue(text))
    file = n.File((n.Document("SCHEME", n.Name("样例"), attributes=(attribute,)),))
    assert print_node(attribute) == f'原文 """{text}"""'
    for language in LANGUAGES:
        assert read(print_file(file, language)) == file


@pytest.mark.parametrize(
    ("key", "text"),
    [("SUMMARY", "两\n行"), ("FULL_TEXT", '两\n"""行'), ("FULL_TEXT", '两\n行"')],
)
def test_texts_that_no_quotation_can_hold_are_refused(key: str, text: str):
    with pytest.raises(ValueError, match="lines"):
        print_node(n.Attribute(key, n.TextValue(text)))


def test_dates_are_written_as_each_language_does():
    day = n.DateValue(date(2022, 4, 6))
    assert print_node(day) == "2022年4月6日"
    assert print_node(day, "en") == "2022-04-06"


# -- brackets -------------------------------------------------------------------------------

A, B, C = fact("甲"), fact("乙"), fact("丙")
PLUS = n.Arithmetic("+", A, B)


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (n.Arithmetic("*", PLUS, C), "（甲 + 乙） × 丙"),
        (n.Arithmetic("+", A, n.Arithmetic("*", B, C)), "甲 + 乙 × 丙"),
        (n.Arithmetic("-", n.Arithmetic("-", A, B), C), "甲 - 乙 - 丙"),
        (n.Arithmetic("-", A, n.Arithmetic("-", B, C)), "甲 - （乙 - 丙）"),
        (n.Arithmetic("/", A, n.Arithmetic("/", B, C)), "甲 ÷ （乙 ÷ 丙）"),
        (n.Negative(PLUS), "-（甲 + 乙）"),
        (n.Negative(n.Negative(A)), "--甲"),
        (n.Negated(n.Both(A, B)), "非 （甲 且 乙）"),
        (n.Both(A, n.Either(B, C)), "甲 且 （乙 或 丙）"),
        (n.Both(n.Either(A, B), C), "（甲 或 乙） 且 丙"),
        (n.Both(A, n.Both(B, C)), "甲 且 （乙 且 丙）"),
        (n.Either(n.Both(A, B), n.Negated(C)), "甲 且 乙 或 非 丙"),
        (n.Compare(n.Compare(A, "LESS", B), "EQUALS", C), "（甲 < 乙） = 丙"),
        (n.Compare(A, "LESS_EQ", n.Negated(B)), "甲 ≤ （非 乙）"),
        (n.NumberBound(n.Both(A, B), number(3), "OR_MORE"), "（甲 且 乙） 3 以上"),
        (n.OneOf(A, (B, n.Both(A, C)), True), "甲 不为 乙、（甲 且 丙）"),
        (n.Call(n.Name("取大"), (n.Either(A, B), C)), "取大（甲 或 乙，丙）"),
        (n.Parenthesised(A), "（甲）"),
    ],
)
def test_brackets_stand_where_the_tree_needs_them(tree: n.Expression, text: str):
    assert print_node(tree) == text
    for language in LANGUAGES:
        file = body(n.Target(tree))
        found = read(print_file(file, language))
        assert strip_parentheses(found) == strip_parentheses(file)


def test_the_subject_of_a_bare_step_is_bracketed():
    # without brackets, 社保月数 would be the unit of 3
    step = n.PerStep(number(3), fact("社保月数"), "AWARD", n.FixedAmount(number(1, "分")))
    assert print_node(step) == "每 3 （社保月数） 加 1 分"


# -- lines ----------------------------------------------------------------------------------


def clause(*attributes: n.Attribute, rules: int = 1, **more: Any) -> n.Clause:
    rule = n.Rule(None, n.Flat("DEDUCT", n.FixedAmount(number(5, "分"))))
    return n.Clause("ITEM", "1", n.Name("信息报送"), attributes, (rule,) * rules, **more)


CAP = n.Attribute("CAP", n.FixedAmount(number(10, "分")))
LOCATOR = n.Attribute("LOCATOR", n.TextValue("附件2"))
REVIEW = n.Attribute("REVIEW", (n.Name("自动"),))
CONCEPT = n.Attribute("CONCEPT", n.Name("信息"))


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (clause(CAP), "项 1 信息报送 上限 10 分 { 扣 5 分 }"),
        (clause(rules=0), "项 1 信息报送 { }"),
        (clause(CAP, rules=2), "项 1 信息报送 上限 10 分 {\n  扣 5 分\n  扣 5 分\n}"),
        # The order of attributes is kept: behind 出处 no other goes to the header.
        (clause(LOCATOR, CAP, rules=0), "项 1 信息报送 {\n  出处 “附件2”\n  上限 10 分\n}"),
        (clause(CAP, REVIEW, LOCATOR, rules=0), "项 1 信息报送 上限 10 分 审核 自动 {\n  出处 “附件2”\n}"),
        (clause(CONCEPT), "项 1 信息报送 概念 信息 { 扣 5 分 }"),
        (clause(replace(CONCEPT, extra=("同海曙",)), rules=0), "项 1 信息报送 {\n  概念 信息 “同海曙”\n}"),
        (clause(rules=0, tail=("# 待补",)), "项 1 信息报送 {\n  # 待补\n}"),
        (
            clause(replace(CAP, layout=n.Layout((), "# 见附件")), rules=0),
            "项 1 信息报送 {\n  上限 10 分  # 见附件\n}",
        ),
    ],
)  # fmt: skip
def test_the_header_of_a_clause(tree: n.Clause, text: str):
    assert print_node(tree) == text
    assert read(print_file(body(tree))) == body(tree)


def test_a_long_header_is_continued_on_further_lines():
    units = n.Attribute("REVIEW", tuple(n.Name(f"街道办事处{c}") for c in "甲乙丙丁戊己"))
    tree = body(clause(CAP, units, CAP))
    lines = print_file(tree).splitlines()
    assert lines[1:4] == [
        "  项 1 信息报送 上限 10 分",
        "      审核 街道办事处甲、街道办事处乙、街道办事处丙、街道办事处丁、街道办事处戊、街道办事处己",
        "      上限 10 分 {",
    ]
    assert read(print_file(tree)) == tree


def test_a_rule_that_does_not_fit_behind_the_header_gets_its_own_line():
    text = formatted(
        "积分 甲 { 指标 乙 { 某个名称非常非常非常长的事实 低于 95%：每 1 个百分点 扣 2 分，不足 1 个百分点 不计，最高 20 分 假设 “甲” } }"
    )
    assert text.splitlines()[1:5] == [
        "  指标 乙 {",
        "    某个名称非常非常非常长的事实 低于 95%：每 1 个百分点 扣 2 分，不足 1 个百分点 不计，最高 20 分",
        "        假设 “甲”",
        "  }",
    ]


def test_a_long_reading_of_the_source_is_broken_before_its_parts():
    text = "校读 “" + "甲" * 30 + "” 读作 “" + "乙" * 20 + "” 理由 “音近致误”"
    assert formatted(f"积分 样例 {{ {text} }}").splitlines()[1:-1] == [
        f"  校读 “{'甲' * 30}”",
        f"      读作 “{'乙' * 20}” 理由 “音近致误”",
    ]


def test_no_line_that_can_be_broken_is_too_long():
    for text in (TIDY_ZH, TIDY_EN, *TIDY):
        for language in LANGUAGES:
            assert all(
                display_width(line) <= 100 for line in formatted(text, language).splitlines()
            )


def test_a_node_for_a_message_is_not_broken():
    rule = first_statement(read("积分 甲 { 扣 5 分，最高 20 分 说明 “" + "长" * 80 + "” }"))
    assert "\n" not in print_node(rule)


# -- comments and blank lines ------------------------------------------------------------------

COMMENTED = """
#文件开头
积分 甲 { # 开括号后
  ＃ 全角井号
  满分 100 分   //行尾


  // 规则前
  //   保留缩进
  扣 5 分；#  分号后
  指标 乙 上限 3 分 # 在头部
  { 加 1 分 }
  修改 指标 丙 上限 5 分 # 上限之后
    下限 0 分 # 操作之后
  示例 “例” {
    # 例内
    年龄 3 岁 # 岁数
    得 3 分
  }
  取高 {
    加 1 分 # 区级
  }
  # 文末
}
# 文件末尾
"""

TIDY_COMMENTED = """
# 文件开头
积分 甲 {
  # 全角井号
  满分 100 分  # 行尾

  # 规则前
  #   保留缩进
  扣 5 分  #  分号后
  指标 乙 {
    上限 3 分  # 在头部
    加 1 分
  }
  # 上限之后
  修改 指标 丙 上限 5 分 下限 0 分  # 操作之后
  示例 “例” {
    # 例内
    年龄 3 岁，  # 岁数
    得 3 分
  }
  取高 {
    加 1 分  # 区级
  }
  # 开括号后
  # 文末
}

# 文件末尾
"""


def test_every_comment_is_kept():
    assert formatted(COMMENTED) == same(TIDY_COMMENTED)


def test_comments_and_blank_lines_settle_at_once():
    assert formatted(TIDY_COMMENTED) == same(TIDY_COMMENTED)


# -- neighbours: what a statement must not take from the next -------------------------------------

NOTE = (n.RuleNote("LOCATOR", "附件2"),)
REF = n.ClauseRef((n.RefStep("INDICATOR", "甲"),))
THREE, THREE_POINTS = number(3), number(3, "分")


def _conditions() -> list[n.Expression]:
    return [
        A, THREE, THREE_POINTS, PLUS, n.Negative(THREE), n.Arithmetic("*", A, PLUS),
        n.Parenthesised(A), n.Compare(A, "BELOW", THREE), n.Compare(A, "LESS", B),
        n.NumberBound(A, THREE, "OR_MORE"), n.Between(A, THREE, THREE),
        n.FromBelow(A, THREE, "UNDER", THREE), n.OneOf(A, (B, THREE)), n.NotDone("NOT_MET", A.name),
        n.Provided(A.name), n.TriggerOpen(), n.Negated(A), n.Both(n.TriggerOpen(), B),
        n.Either(A, THREE), n.Both(A, n.Either(A, B)), n.Negated(n.Both(A, B)), n.TextValue("甲"),
        n.DateValue(date(2022, 4, 6)), n.Truth(True), n.SpouseFact(A.name), n.SpouseTotal(),
        n.TotalScore(), n.ScoreOf(REF), n.Call(A.name, (B,)), fact("扣"), fact("项"),
    ]  # fmt: skip


def _attributes() -> list[n.Attribute]:
    make = n.Attribute
    return [
        make("CAP", n.FixedAmount(THREE)), make("CAP", n.FixedAmount(THREE_POINTS)),
        make("CAP", n.OpenAmount()), make("CAP", n.OpenAmount(THREE, THREE)), make("START", "full"),
        make("ROUNDING", n.Rounding("ROUND_UP")), make("ROUNDING", n.Rounding("ROUND_UP", THREE)),
        make("CONCEPT", A.name), make("CONCEPT", A.name, ("甲",)), make("CONVERSION", None),
        make("CONVERSION", THREE), make("CONVERSION", THREE, ("甲",)), make("ISSUED", n.When()),
        make("EXPIRES", n.When(None, THREE)), make("EXPIRES", n.When(event="甲")), make("REVIEW", (A.name,)), make("ENTITY", A.name),
        *(make("APPLIES_WHEN", one) for one in _conditions()),
    ]  # fmt: skip


def _rules() -> list[n.Rule]:
    amounts: list[n.Amount] = [n.FixedAmount(THREE), n.FixedAmount(THREE_POINTS), n.OpenAmount()]
    actions: list[n.Action] = [
        *(n.Flat("AWARD", one) for one in (*amounts, n.OpenAmount(THREE, THREE))),
        n.Flat("AWARD", n.ComputedAmount(A)),
        *(n.PerStep(THREE_POINTS, A, "DEDUCT", one) for one in amounts),
        n.Discretionary("DISCRETION_AWARD"), n.OpenAction(), n.OpenAction(THREE, THREE), n.Veto(),
        n.StatusAction("VOID"), n.StatusAction("VOID", THREE), n.Tiers(A, ()), n.Combined("SUM", ()),
    ]  # fmt: skip
    modifiers: list[n.Modifier] = [
        n.UpTo(THREE), n.AtLeastPoints(THREE), n.FromNth(THREE), n.BeyondPart(THREE), n.Halved(),
        n.PartialStep(THREE, "NOT_COUNTED"), n.Scaled(THREE), n.Rounding("ROUND_UP"),
        n.Rounding("ROUND_UP", THREE),
    ]  # fmt: skip
    return [
        *(n.Rule(None, one) for one in actions),
        *(n.Rule(None, n.Veto(), (one,)) for one in modifiers),
        n.Rule(None, n.Veto(), (), NOTE),
        *(n.Rule(one, n.Veto()) for one in _conditions()),
    ]


def _procedure() -> list[n.Statement]:
    option = n.FactOption
    whole, name = n.FactType("INTEGER"), A.name
    options = [
        option("RANGE", THREE, THREE), option("RANGE", THREE), option("RANGE", None, THREE),
        option("DEFAULT", THREE), option("DEFAULT", n.Negative(THREE)), option("DEFAULT", A),
        option("PRECISION", THREE), option("REQUIRED"), option("CONCEPT", name),
    ]  # fmt: skip
    return [
        n.Fact(name, whole), n.Fact(name, n.FactType("INTEGER", "月")),
        n.Fact(name, n.FactType("CHOICE", None, (name,))),
        *(n.Fact(name, whole, one) for one in _conditions()),
        *(n.Fact(name, whole, None, (one,)) for one in options),
        n.Measure("学分"), n.Measure("学分", THREE), n.Measure("学分", None, "credit"),
        n.Household("HIGHER_OF", "COUPLE"), n.Ranking((n.RankingKey(A, "HIGH_FIRST"),)),
        n.Ranking((), True), n.Quota(THREE), n.Quota(), n.Quota(None, name), n.Ties("OPEN"),
        n.Exclusion(name, name), n.Deadline(name, None), n.Deadline(name, "UNDER", THREE),
        n.Deadline(name, None, None, date(2022, 4, 6)), n.Deadline(name, None, THREE, None, "甲"),
        n.Deadline(name, None, None, None, None, NOTE), n.Duty(name), n.Duty(name, "甲"),
        n.Duty(name, None, (n.DutyPart("HOSTS", (name,)),)), n.Duty(name, None, (), NOTE),
        n.BlendPart(A, THREE), n.BlendPart(A, None), n.BlendPart(A, None, NOTE),
        *(n.Plausible(one) for one in _conditions()), n.Plausible(A, A, NOTE),
        *(n.Target(one) for one in _conditions()), n.Target(A, NOTE), n.Example("甲", ()),
    ]  # fmt: skip


def _clauses_and_operations() -> list[n.Statement]:
    group = n.Clause("GROUP", None, A.name)
    parts: list[n.OperationPart] = [
        *_attributes(), n.Household("HIGHER_OF", "COUPLE"), n.Quota(THREE), n.Quota(),
        n.Ranking((), True), n.Ties("OPEN"), n.Replacement(THREE, THREE), n.Without("CAP"),
        n.NewBody(()), n.NewBody((n.Rule(A, n.Veto()),)),
    ]  # fmt: skip
    return [
        group, n.Clause("ITEM", "3", None), *(n.Clause(kind, None, None) for kind in (
            "COMMON", "STATUS_RULES", "BONUS", "DEDUCTIONS", "SCHEDULE")),
        *(n.Modify(REF, (one,)) for one in parts), n.SetClause(None, (parts[0],)),
        n.Insert(group), n.Insert(group, REF, "AFTER"), n.Repeal(REF), n.Repeal(REF, (CONCEPT,)),
        n.Repeal(n.ClauseRef((n.RefStep("STATUS_RULES", None),))), n.Move(REF, REF, "BEFORE"),
        n.Rename(REF, A.name), n.Renumber(REF, "3"), n.Split(REF, (group,)), n.Merge((REF,), group),
        n.Succession((REF,), (REF,)), n.NotSeen(REF), n.Stub(A.name), n.Stub(A.name, "甲"),
    ]  # fmt: skip


STATEMENTS = [*_rules(), *_procedure(), *_clauses_and_operations()]


def _starts() -> list[n.Statement]:
    """One statement for each word that a statement can begin with."""
    first: dict[str, n.Statement] = {}
    # every attribute, since rules and duties have notes that are spelled as attributes
    notes = [
        n.Attribute(key, n.TextValue("甲")) for key in ("NOTE", "DOUBTFUL", "ASSUMPTION", "ENGLISH")
    ]
    for one in (*STATEMENTS, *_attributes(), LOCATOR, *notes):
        words = re.match(r"\d+|\w+|.", print_node(one, "en"))
        assert words is not None
        first.setdefault(words[0], one)
    return list(first.values())


STARTS = _starts()


def _neighbours(before: n.Statement) -> Iterator[n.Modify]:
    """The statement before each other one, both in a body of their own."""
    for after in STARTS:
        # In a body read from a text, attributes stand first.
        if isinstance(before, n.Attribute) or not isinstance(after, n.Attribute):
            yield n.Modify(REF, (n.NewBody((before, after)),))


def _shown(one: n.Statement) -> str:
    return f"{type(one).__name__} {print_node(one)}".replace("\n", " ")


@pytest.mark.parametrize("before", [*STATEMENTS, *_attributes()], ids=_shown)
def test_neighbours_stay_apart(before: n.Statement):
    file = body(*_neighbours(before))
    assert strip_parentheses(read(print_file(file))) == strip_parentheses(file)


@pytest.mark.parametrize("before", [*STATEMENTS, *_attributes()], ids=_shown)
def test_semicolons_part_only_what_would_be_taken(before: n.Statement):
    for pair in _neighbours(before):
        text = print_file(body(pair))
        if "；\n" in text:
            together = parse_text(text.replace("；\n", "\n"))
            assert together.diagnostics or together.file != read(text)


def test_tiers_and_rows_are_parted_as_well():
    text = same(
        """
        积分 甲 {
          按 年龄 取分 {
            不足 18 岁：3；
            老人：冻结；
            3：未载明
            20 以上：加 3 分
          }
        }
        """
    )
    assert formatted(text) == text
    pattern = n.Pattern("BEYOND", number(1, "年"), None, "SHORT_OF")
    row = n.MatrixRow((replace(pattern, word="EXCEEDS"),), (n.FixedAmount(THREE),))
    named = n.MatrixRow((n.Pattern("EXACTLY", A),), (n.OpenAmount(),))
    table = n.Matrix(A, B, ((pattern,),), (row, named, named))
    assert print_node(table).splitlines()[1:-1] == [
        "  列 ｜ 不足 1 年；",
        "  超过 1 年 ｜ 3；",
        "  甲 ｜ 未载明",
        "  甲 ｜ 未载明",
    ]
    assert read(print_file(body(n.Rule(None, table)))) == body(n.Rule(None, table))


# -- any tree -------------------------------------------------------------------------------------

THOROUGH = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@THOROUGH
@given(strategies.files(), st.sampled_from(LANGUAGES))
def test_what_is_printed_reads_back_as_the_same_tree(file: n.File, language: Language):
    assume(file.documents)
    text = print_file(file, language)
    assert read(text) == file


@THOROUGH
@given(strategies.files(), st.sampled_from(LANGUAGES))
def test_printing_again_changes_nothing(file: n.File, language: Language):
    assume(file.documents)
    text = print_file(file, language)
    assert print_file(read(text), language) == text


@THOROUGH
@given(strategies.files())
def test_no_comment_is_lost(file: n.File):
    assume(file.documents)

    def comments(tree: n.File) -> int:
        return sum(
            len(getattr(node, "tail", ()))
            + (
                len(node.layout.before) + (node.layout.trailing is not None)
                if isinstance(node, n.Statement)
                else 0
            )
            for node in n.walk(tree)
        )

    assert comments(read(print_file(file))) == comments(file)


@THOROUGH
@given(strategies.loose_expressions(), st.sampled_from(LANGUAGES))
def test_a_programs_expressions_get_their_brackets(tree: n.Expression, language: Language):
    file = body(n.Target(tree))
    found = read(print_file(file, language))
    assert strip_parentheses(found) == strip_parentheses(file)
    # the brackets are in the tree now, and the text no longer changes
    assert print_file(found, language) == print_file(file, language)


@THOROUGH
@given(strategies.conditions(), st.sampled_from(LANGUAGES))
def test_an_expression_stays_on_its_line(tree: n.Expression, language: Language):
    assert "\n" not in print_node(tree, language)


@THOROUGH
@given(strategies.files(depth=1))
def test_every_node_can_be_shown_by_itself(file: n.File):
    for node, language in itertools.product(n.walk(file), LANGUAGES):
        if not isinstance(node, n.File):
            assert print_node(node, language)


def test_random_trees_hold_every_attribute_of_the_grammar():
    text = dict(grammar_files())["50_documents.lark"]
    rule = re.search(r"^attribute:(?:.*\n)(?: +\|.*\n)*", text, re.M)
    assert rule is not None
    keys = set(re.findall(r"(?:^attribute:|^ +\|) (\w+)", rule[0], re.M))
    assert keys == set(strategies.ATTRIBUTE_KEYS)
