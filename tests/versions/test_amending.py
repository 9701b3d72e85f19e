"""Amendments carried out: what each operation does to the clauses of its base."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.golden import hold_against, rendered
from tests.versions.examples import (
    BASE,
    changes,
    consolidated,
    draft,
    findings,
    library,
    order,
    shown,
)
from tests.versions.strategies import edited, editions

from policydsl.language import nodes as n
from policydsl.language.diagnostics import PolicyError, Source, has_errors, in_order
from policydsl.language.parsing import parse_text
from policydsl.language.paths import clauses
from policydsl.language.printing import print_file
from policydsl.model import load
from policydsl.model.amending.amender import Amender
from policydsl.model.loading import Library
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator
from policydsl.versions.diffing import diff
from policydsl.versions.matching import canonical
from policydsl.wording.sentences import clause_text

BAD = Path(__file__).parent / "bad"


def points(text: str) -> n.FixedAmount:
    return n.FixedAmount(n.Number(Fraction(text), "分"))


def attribute(document: n.Document, key: str) -> object:
    return next((a.value for a in document.attributes if a.key == key), None)


# -- modify


def test_a_whole_body():
    document = consolidated("修改 指标 缴纳社保 { 每 1 个月 社保月数 加 0.6 分，最高 30 分 }")
    assert shown(document, "共性/缴纳社保") == (
        "指标 缴纳社保 上限 30 分 { 责任单位 人社局 审核 自动 每 1 个月 社保月数 加 0.6 分，最高 30 分 }"
    )


def test_facts_that_the_old_body_declares_stay():
    """The drafter writes the new rule; the measure that it reads is declared already."""
    document = consolidated("修改 指标 登记 { 登记率 达到 95%：加 10 分 }")
    assert "事实 登记率：百分比 登记率 达到 95%：加 10 分" in shown(document, "共性/登记")


def test_a_fact_declared_anew_replaces_the_old_one():
    document = consolidated("修改 指标 登记 { 事实 登记率：小数  登记率 达到 0.95：加 10 分 }")
    assert "事实 登记率：小数" in shown(document, "共性/登记")
    assert "百分比" not in shown(document, "共性/登记")


def test_an_empty_body_clears_the_facts_too():
    document = consolidated("修改 指标 登记 { } { 加 1 分 }")
    assert shown(document, "共性/登记") == "指标 登记 上限 50 分 审核 材料、自动 { 加 1 分 }"


def test_attributes_in_a_body_leave_the_rules_alone():
    document = consolidated("修改 指标 献血 { 施行 2023-01-01 }")
    assert "每 1 次 献血次数 加 2 分" in shown(document, "个性/献血")
    assert "施行 2023年1月1日" in shown(document, "个性/献血")


def test_one_figure():
    document = consolidated("修改 指标 缴纳社保 将 0.5 分 改为 0.6 分")
    assert "加 0.6 分，最高 30 分" in shown(document, "共性/缴纳社保")


def test_two_figures_change_places():
    document = consolidated("修改 指标 登记 将 10 分 改为 5 分 将 5 分 改为 10 分")
    assert "登记率 达到 90%：加 5 分 登记率 达到 80%：加 10 分" in shown(document, "共性/登记")


def test_a_threshold():
    document = consolidated("修改 指标 登记 将 90% 改为 95%")
    assert "登记率 达到 95%" in shown(document, "共性/登记")


def test_a_threshold_whose_unit_stands_behind_the_upper_number():
    document = consolidated("修改 指标 年龄 将 18 岁 改为 16 岁")
    assert "16 至 40 岁：20 分" in shown(document, "共性/年龄")


def test_a_figure_in_an_example_is_not_meant():
    """30 分 occurs as the cap and in the rule: which of them is meant is not clear."""
    assert [d.code for d in findings("修改 指标 缴纳社保 将 30 分 改为 36 分")] == ["V606"]
    document = consolidated("修改 全文 将 200 分 改为 210 分")
    assert attribute(document, "FULL_MARKS") == points("210")


def test_a_cap():
    document = consolidated("修改 指标 缴纳社保 上限 36 分")
    assert shown(document, "共性/缴纳社保").startswith("指标 缴纳社保 上限 36 分 { 责任单位 人社局")


def test_an_attribute_taken_away():
    document = consolidated("修改 指标 缴纳社保 去除 责任单位")
    assert "人社局" not in shown(document, "共性/缴纳社保")


def test_several_values_of_one_attribute_replace_the_old_ones_together():
    twice = BASE.replace("指标 献血 上限 50 分 {", "指标 献血 上限 50 分 { 说明 “旧一” 说明 “旧二”")
    edition, _ = library(draft("修改 指标 献血 说明 “甲” 说明 “乙” 说明 “丙”"), base=twice).edition(
        "草案"
    )
    assert edition is not None
    text = shown(edition.document, "个性/献血")
    assert "说明 “甲” 说明 “乙” 说明 “丙”" in text
    assert "旧" not in text


def test_rules_of_a_scene():
    document = consolidated("修改 场景 入学 名额 30 人 同分 一并录取")
    assert "名额 30 人 同分 一并录取" in shown(document, "入学")
    assert "排序 总分 高者先" in shown(document, "入学")


def test_clauses_inside_replace_those_that_are_there():
    document = consolidated("修改 组 个性 { 指标 献血 { 加 3 分 } 指标 志愿服务 { 加 1 分 } }")
    assert order(document, "个性") == ["献血", "志愿服务"]
    edition, _ = library(
        draft("修改 组 个性 { 指标 献血 { 加 3 分 } 指标 志愿服务 { 加 1 分 } }")
    ).edition("草案")
    assert edition is not None
    assert edition.origins("办法")["个性/献血"] == ("个性/献血",)
    assert edition.origins("办法")["个性/志愿服务"] == ()


# -- insert, repeal, move


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("于 指标 年龄 之前 新增 指标 甲 { 加 1 分 }", ["甲", "年龄", "缴纳社保", "登记"]),
        ("于 指标 年龄 之后 新增 指标 甲 { 加 1 分 }", ["年龄", "甲", "缴纳社保", "登记"]),
        ("于 组 共性 之内 新增 指标 甲 { 加 1 分 }", ["年龄", "缴纳社保", "登记", "甲"]),
        (
            "于 指标 年龄 之后 新增 指标 甲 { 加 1 分 } 于 指标 年龄 之后 新增 指标 乙 { 加 1 分 }",
            ["年龄", "甲", "乙", "缴纳社保", "登记"],
        ),
        (
            "于 指标 年龄 之前 新增 指标 甲 { 加 1 分 } 于 指标 年龄 之前 新增 指标 乙 { 加 1 分 }",
            ["甲", "乙", "年龄", "缴纳社保", "登记"],
        ),
        ("移动 指标 登记 至 指标 年龄 之前", ["登记", "年龄", "缴纳社保"]),
        ("移动 指标 年龄 至 组 共性 之内", ["缴纳社保", "登记", "年龄"]),
        # beside a clause that moves itself: beside it where it ends up
        ("移动 指标 年龄 至 指标 登记 之后 移动 指标 缴纳社保 至 指标 年龄 之后", ["登记", "年龄", "缴纳社保"]),
        ("废止 指标 缴纳社保", ["年龄", "登记"]),
        # beside a clause that falls away there is still a place
        ("废止 指标 缴纳社保 于 指标 缴纳社保 之后 新增 指标 甲 { 加 1 分 }", ["年龄", "甲", "登记"]),
    ],
)  # fmt: skip
def test_places(operation: str, expected: list[str]):
    assert order(consolidated(operation), "共性") == expected


def test_at_the_end_of_the_document():
    document = consolidated("新增 组 特色 { 指标 甲 { 加 1 分 } }")
    assert order(document) == ["共性", "个性", "入学", "特色"]


def test_into_a_clause_that_the_draft_itself_inserts():
    document = consolidated(
        "新增 组 特色 { 指标 甲 { 加 1 分 } } 移动 指标 献血 至 组 特色 指标 甲 之前"
    )
    assert order(document, "特色") == ["献血", "甲"]


def test_renamed_and_renumbered():
    document = consolidated("更名 指标 献血 改为 无偿献血 改号 指标 婚育证明 改为 3")
    assert order(document, "个性") == ["无偿献血", "婚育证明"]
    assert shown(document, "个性/3").startswith("指标 3 婚育证明")


def test_the_base_goes_on_naming_a_renamed_clause():
    """得分（…） and duties name the clause by what it is called now; nobody has to amend them."""
    document = consolidated("更名 指标 献血 改为 无偿献血 更名 指标 缴纳社保 改为 社会保险")
    assert "得分（指标 无偿献血） 高者先" in shown(document, "入学")
    duties = [print_file(n.File((document,)))]
    assert "职责 卫健局 审核 无偿献血" in duties[0]
    assert "得 指标 社会保险 30 分" in duties[0]


def test_what_the_draft_writes_itself_is_left_as_written():
    document = consolidated(
        "更名 指标 献血 改为 无偿献血 修改 场景 入学 排序 得分（指标 无偿献血） 高者先"
    )
    assert "排序 得分（指标 无偿献血） 高者先" in shown(document, "入学")


def test_a_clause_is_split():
    operation = """拆分 指标 登记 改为 {
      指标 租房登记 { 事实 租房率：百分比  租房率 达到 90%：加 10 分 }
      指标 居住登记 { 事实 居住率：百分比  居住率 达到 80%：加 5 分 }
    }"""
    document = consolidated(operation)
    assert order(document, "共性") == ["年龄", "缴纳社保", "租房登记", "居住登记"]
    edition, _ = library(draft(operation)).edition("草案")
    assert edition is not None
    assert edition.origins("办法")["共性/居住登记"] == ("共性/登记",)


def test_clauses_are_merged():
    operation = "合并 指标 婚育证明、指标 献血 改为 指标 公共卫生 { 加 3 分 }"
    document = consolidated(operation)
    assert order(document, "个性") == ["公共卫生"]
    (change,) = changes(operation)
    assert (change.kind, change.before, change.after) == (
        "merge", ("个性/婚育证明", "个性/献血"), ("个性/公共卫生",)
    )  # fmt: skip


# -- the document


def test_deadlines_duties_and_examples_take_the_place_of_those_of_their_name():
    text = print_file(
        n.File((consolidated(
            "期限 审核 15 个工作日 职责 卫健局 主管 入学 期限 复核 3 个工作日 事实 工龄：整数（年）"
            "示例 “社保 60 个月” { 社保月数 60 个月，得 指标 缴纳社保 0 分 至 30 分 }"
        ),))
    )  # fmt: skip
    assert "期限 审核 15 个工作日" in text
    assert "10 个工作日" not in text
    assert "职责 卫健局 主管 入学" in text
    assert "审核 献血" not in text
    assert "期限 复核 3 个工作日" in text
    assert "事实 工龄：整数（年）" in text
    assert "得 指标 缴纳社保 0 分 至 30 分" in text
    assert text.count("示例") == 1


def test_what_the_draft_says_of_itself_and_of_the_edition():
    document = consolidated("施行 2023-03-01 说明 “草案的说明” 来源 “草案.docx” 使用 新词汇")
    assert attribute(document, "IN_FORCE") == n.When(date(2023, 3, 1))
    assert attribute(document, "REPLACES") == (n.Name("办法"),)
    # the note speaks of the draft, not of the consolidated text
    assert attribute(document, "NOTE") == n.TextValue("原办法")
    assert attribute(document, "SOURCE") is None
    used = [a.value for a in document.attributes if a.key == "USES"]
    assert used == [(n.Name("居民词汇"),), (n.Name("新词汇"),)]


def test_the_whole_document_is_modified():
    document = consolidated("修改 全文 满分 210 分 去除 说明 { 施行 2024-01-01 }")
    assert attribute(document, "FULL_MARKS") == points("210")
    assert attribute(document, "NOTE") is None
    assert attribute(document, "IN_FORCE") == n.When(date(2024, 1, 1))


def test_what_the_draft_replaces_can_be_stated():
    document = consolidated("替代 旧办法")
    assert attribute(document, "REPLACES") == (n.Name("旧办法"),)


# -- why, and since when


def test_reason_and_own_dates_of_a_change():
    (change,) = changes(
        "修改 指标 缴纳社保 上限 36 分 理由 “提高” 施行 2023-07-01 失效 2025-07-01 推定 “文中未写”"
    )
    assert change.reason == "提高"
    assert change.in_force == n.When(date(2023, 7, 1))
    assert change.expires == n.When(date(2025, 7, 1))
    assert change.inferred == "文中未写"
    assert (change.kind, change.before, change.after) == (
        "modify", ("共性/缴纳社保",), ("共性/缴纳社保",)
    )  # fmt: skip


def test_what_a_change_touches():
    changed = changes("修改 指标 缴纳社保 上限 36 分 将 0.5 分 改为 0.6 分 废止 指标 献血")
    assert [[f.aspect for f in c.footprints] for c in changed] == [["CAP", "rules"], ["existence"]]


# -- what stands in each other's way


@pytest.mark.parametrize(
    ("operations", "code"),
    [
        ("修改 指标 缴纳 上限 36 分", "V601"),
        ("废止 指标 献血 修改 指标 献血 上限 20 分", "V602"),
        ("修改 指标 献血 上限 20 分 废止 指标 献血", "V602"),
        ("废止 组 个性 于 组 个性 之内 新增 指标 甲 { 加 1 分 }", "V602"),
        ("于 组 个性 之内 新增 指标 甲 { 加 1 分 } 废止 组 个性", "V602"),
        ("拆分 指标 献血 改为 { 指标 甲 { 加 1 分 } } 废止 指标 献血", "V602"),
        ("修改 指标 献血 上限 20 分 修改 指标 献血 上限 30 分", "V603"),
        ("修改 场景 入学 名额 30 人 修改 场景 入学 { 名额 40 人 }", "V603"),
        ("修改 组 个性 { 指标 甲 { 加 1 分 } } 修改 指标 献血 上限 3 分", "V603"),
        ("修改 指标 献血 上限 3 分 修改 组 个性 { 指标 甲 { 加 1 分 } }", "V603"),
        ("期限 审核 3 个工作日 修改 全文 { 期限 审核 5 个工作日 }", "V603"),
        ("设 指标 献血 上限 3 分", "V604"),
        ("修改 指标 献血 名额 30 人", "M207"),
        ("修改 指标 献血 去除 责任单位", "V605"),
        ("修改 指标 献血 将 9 分 改为 3 分", "V606"),
        ("更名 指标 献血 改为 婚育证明", "V607"),
        ("于 组 个性 之内 新增 指标 献血 { 加 1 分 }", "V607"),
        ("移动 组 个性 至 指标 献血 之后", "V608"),
        ("移动 组 个性 至 组 个性 之内", "V608"),
        ("移动 指标 年龄 至 指标 登记 之后 移动 指标 登记 至 指标 年龄 之后", "V609"),
        ("修改 指标 缴纳社保 上限 30 分", "V618"),
        ("更名 指标 献血 改为 献血", "V618"),
    ],
)
def test_findings(operations: str, code: str):
    assert {d.code for d in findings(operations)} == {code}


def test_a_clause_may_leave_a_group_that_is_repealed():
    document = consolidated("移动 指标 献血 至 组 共性 之内 废止 组 个性")
    assert order(document, "共性")[-1] == "献血"
    assert order(document) == ["共性", "入学"]


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_the_order_of_operations_does_not_matter(data: st.DataObject):
    """… but for clauses that go to one place: they follow each other as written."""
    base = data.draw(editions())
    amendment = diff(base, data.draw(edited(base)))
    assume(len(amendment.body) > 1)
    placed = [s for s in amendment.body if isinstance(s, (n.Insert, n.Move))]
    named = [s for s in amendment.body if isinstance(s, (n.Fact, n.Deadline, n.Duty, n.Example))]
    others = [s for s in amendment.body if s not in placed and s not in named]
    runs: list[list[n.Statement]] = [*([s] for s in others), [*placed], [*named]]
    body = [statement for run in data.draw(st.permutations(runs)) for statement in run]
    results = []
    for statements in (amendment.body, tuple(body)):
        amender = Amender(base, Source("", ""))
        amendment = n.Document("AMENDMENT", n.Name("草案"), based_on=base.id, body=statements)
        amender.apply(amendment, Source("", ""))
        assert not has_errors(amender.found)
        results.append(canonical(amender.result().document))
    assert results[0] == results[1]


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_every_clause_has_the_origin_that_it_carries_on(data: st.DataObject):
    """No clause of the base is carried on twice, and untouched clauses are the very same nodes."""
    base = data.draw(editions())
    amendment = diff(base, data.draw(edited(base)))
    amender = Amender(base, Source("", ""))
    amender.apply(amendment, Source("", ""))
    result = amender.result()
    ids = [id_ for _, id_, _ in clauses(result.document)]
    assert set(result.origins) == set(ids)
    carried = [old for olds in result.origins.values() for old in olds]
    assert len(carried) == len(set(carried))
    assert set(carried) <= {id_ for _, id_, _ in clauses(base)}
    if not amendment.body and not amendment.attributes:
        assert all(a is b for a, b in zip(base.body, result.document.body, strict=True))


# -- drafts as policies


STACK = (
    draft("修改 指标 缴纳社保 将 0.5 分 改为 0.6 分", "第一稿"),
    draft("修改 指标 缴纳社保 将 0.6 分 改为 0.7 分 更名 指标 献血 改为 无偿献血", "第二稿", "第一稿"),
    draft("修改 指标 无偿献血 将 2 分 改为 3 分", "第三稿", "第二稿"),
    draft("修改 指标 献血 将 2 分 改为 5 分", "另一稿", "第一稿"),
)  # fmt: skip


def total(lib: Library, id_: str, months: int, donations: int = 0) -> Fraction:
    policy = lib.policy(id_)
    facts = {"社保月数": Fraction(months), "献血次数": Fraction(donations)}
    return Evaluator(policy).score(Case("某人", facts)).total.value


def test_drafts_stack_and_branch():
    lib = library(*STACK)
    scores = {
        id_: total(lib, id_, 10, 2) for id_ in ("办法", "第一稿", "第二稿", "第三稿", "另一稿")
    }
    assert scores == {"办法": 9, "第一稿": 10, "第二稿": 11, "第三稿": 13, "另一稿": 16}
    edition, _ = lib.edition("第三稿")
    assert edition is not None
    assert edition.chain == ("第三稿", "第二稿", "第一稿", "办法")
    assert edition.origins("办法")["个性/无偿献血"] == ("个性/献血",)


def test_a_draft_is_a_policy_of_the_kind_of_its_base():
    policy = library(*STACK).policy("第二稿")
    assert (policy.id, policy.kind, policy.title) == ("第二稿", "scheme", "积分管理办法")
    assert policy.meta.replaces == ("第一稿",)


def test_vocabularies_of_base_and_draft():
    words = "词汇 志愿词汇 { 事实 志愿时数：整数（小时） }"
    text = "修订 草案 基于 办法 { 使用 志愿词汇 修改 指标 献血 { 每 10 小时 志愿时数 加 1 分 } }"
    policy = library(text, words).policy("草案")
    assert {"志愿时数", "献血次数"} <= set(policy.facts)


def test_a_consolidated_edition_prints_and_is_read_again():
    """The consolidated text is a policy file like any other."""
    edition, _ = library(*STACK).edition("第三稿")
    assert edition is not None
    text = print_file(n.File((edition.document,)))
    assert parse_text(text).file.documents == (edition.document,)
    english = print_file(n.File((edition.document,)), "en")
    assert parse_text(english).file.documents == (edition.document,)


def test_a_consolidated_edition_in_official_wording():
    policy = library(*STACK).policy("第二稿")
    wording = clause_text(policy.clauses["共性/缴纳社保"], policy)
    assert "0.7分" in wording
    assert "0.5分" not in wording


def test_a_draft_in_a_file_loads_with_the_base_beside_it(tmp_path: Path):
    (tmp_path / "办法.policy").write_text(BASE, encoding="utf-8")
    path = tmp_path / "稿.policy"
    path.write_text(STACK[0], encoding="utf-8")
    policy = load(path)
    assert policy.id == "第一稿"
    assert policy.clauses["共性/缴纳社保"].cap == 30


def test_findings_stand_in_the_text_that_is_wrong():
    """A draft can be wrong in meaning too: the place is in the draft, not in the base."""
    lib = library(draft("修改 指标 献血 { 每 1 次 献血数 加 2 分 }"))
    policy, found = lib.compile("草案")
    assert policy is None
    (finding,) = found
    assert finding.where().startswith("草案1.policy:1:")
    assert "献血数" in finding.marked_line()


def test_findings_in_the_base_stand_in_the_base():
    lib = library(draft("修改 指标 献血 说明 “甲”"), base=BASE.replace("社保月数 加", "社保月 加"))
    (finding,) = [d for d in lib.compile("草案")[1] if d.severity == "error"]
    assert finding.where().startswith("办法.policy:")
    assert "社保月 加" in finding.marked_line()


def test_findings_in_a_stacked_draft():
    """What the first draft wrote is wrong when the second takes its measure away."""
    first = draft("修改 指标 献血 { 事实 公斤数：整数 每 1 次 公斤数 加 1 分 }", "第一稿")
    second = draft("修改 指标 献血 { } { 每 1 次 公斤数 加 2 分 }", "第二稿", "第一稿")
    (finding,) = [d for d in library(first, second).compile("第二稿")[1] if d.severity == "error"]
    assert finding.where().startswith("草案2.policy:")


def test_sums_of_the_edition_are_checked():
    found = library(draft("修改 组 个性 上限 90 分")).compile("草案")[1]
    assert [d.code for d in found if d.severity == "error"] == ["M208"]


# -- assumption sets of the base


SET = """假设 补充 用于 未定 {
  设 指标 甲 { 加 3 分 } 理由 “拟定”
  设 指标 乙 { 事实 次数：计数（次） 每 1 次 次数 加 1 分 } 理由 “拟定”
  设 场景 入学 同分 抽签 名额 20 人 理由 “拟定”
}"""
OPEN = """积分 未定 {
  指标 甲 { 未载明 }
  指标 乙 { 未载明 }
  场景 入学 { 排序 总分 高者先 名额 未载明 同分 未载明 }
}"""


def with_set(operations: str) -> Library:
    return library(draft(operations, base="未定"), SET, base=OPEN)


def test_a_set_for_the_base_applies_to_its_drafts():
    lib = with_set("修改 指标 甲 上限 20 分")
    assert lib.assumptions_for("草案") == ["补充"]
    policy, found = lib.compile("草案", ["补充"])
    assert policy is not None, [d.render() for d in found]
    assert policy.assumed == ("补充",)
    assert Evaluator(policy).score(Case("某人", {"次数": Fraction(2)})).total.value == 5


def test_what_the_draft_states_the_set_does_not_close_any_more():
    lib = with_set("修改 指标 甲 { 加 9 分 } 修改 场景 入学 同分 一并录取")
    policy, found = lib.compile("草案", ["补充"])
    assert policy is not None
    assert [d.code for d in found if d.code.startswith("V")] == ["V614", "V614"]
    assert Evaluator(policy).score(Case("某人", {"次数": Fraction(2)})).total.value == 11
    # nothing of the clause rests on the set now, and the scene takes from it what is still open
    assert policy.clauses["甲"].closings == ()
    (closing,) = policy.clauses["乙"].closings
    assert closing.assumption == "补充"
    scene = policy.scene("入学")
    assert (scene.ties, scene.quota) == ("admit_all", 20)
    assert [c.what for c in scene.closings] == ["名额"]


def test_a_set_follows_renamed_and_repealed_clauses():
    policy, found = with_set("更名 指标 甲 改为 丙 废止 指标 乙").compile("草案", ["补充"])
    assert policy is not None
    assert [d.code for d in found] == ["V614"]
    assert Evaluator(policy).score(Case("某人", {})).parts["丙"].value == 3


def test_the_base_is_held_to_the_strict_rule():
    """Only a draft may say what the set says; against the base itself it stays an error."""
    stated = OPEN.replace("指标 甲 { 未载明 }", "指标 甲 { 加 1 分 }")
    found = library(SET, base=stated).compile("未定", ["补充"])[1]
    assert [d.code for d in found if d.severity == "error"] == ["A301"]


def test_a_fact_that_draft_and_set_both_declare():
    lib = with_set("修改 指标 乙 { 事实 次数：计数（次） 每 1 次 次数 加 5 分 }")
    policy, found = lib.compile("草案", ["补充"])
    assert policy is not None, [d.render() for d in found]
    assert Evaluator(policy).score(Case("某人", {"次数": Fraction(2)})).parts["乙"].value == 10


# -- the expected findings, as a drafter sees them


@pytest.mark.parametrize("path", sorted(BAD.glob("*.policy")), ids=lambda path: path.stem)
def test_bad_amendments(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(path.parent)
    lib = Library()
    lib.add_file(Path(path.name))
    assert not has_errors(lib.diagnostics), [d.render() for d in lib.diagnostics]
    ids = [i for i, e in lib.entries.items() if e.document.kind == "AMENDMENT"]
    found = [d for id_ in ids for d in lib.edition(id_)[1]]
    hold_against(path.with_suffix(".expected"), rendered(in_order(found)))
    assert {d.code for d in found} == {path.stem.partition("-")[0].upper()}
    for finding in found:
        if finding.severity == "error":
            with pytest.raises(PolicyError):
                lib.policy(ids[-1])
