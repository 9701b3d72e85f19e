"""Drafts of one base put together: what is independent merges, what collides is shown."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.golden import hold_against, rendered
from tests.versions.examples import draft, library, order, shown
from tests.versions.strategies import change_figure, edited, editions

from policydsl.language import nodes as n
from policydsl.language.diagnostics import PolicyError, Source, has_errors
from policydsl.language.parsing import parse_text
from policydsl.model.amending.amender import Amender
from policydsl.model.amending.changes import Consolidation
from policydsl.model.editions import Edition
from policydsl.model.loading import Entry, Library
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator
from policydsl.versions.consolidating import Consolidated, consolidate, write_edition
from policydsl.versions.diffing import diff
from policydsl.versions.matching import canonical
from policydsl.versions.merging import Conflict, Conflicts, merge

NOWHERE = Source("", "")
CONFLICTS = Path(__file__).parent / "bad" / "conflicts"


def drafts(*operations: str) -> Library:
    """The base with a draft for each of the arguments: 甲稿, 乙稿, 丙稿."""
    names = ("甲稿", "乙稿", "丙稿")
    return library(*(draft(text, name) for text, name in zip(operations, names, strict=False)))


def merged(*operations: str) -> n.Document:
    """The edition that the drafts make together."""
    result = consolidate(drafts(*operations), "办法", ("甲稿", "乙稿", "丙稿")[: len(operations)])
    assert isinstance(result, Consolidated), [c.diagnostic().render() for c in result.conflicts]
    return result.document


def conflicts(*operations: str) -> tuple[Conflict, ...]:
    """Where the drafts collide."""
    result = consolidate(drafts(*operations), "办法", ("甲稿", "乙稿", "丙稿")[: len(operations)])
    assert isinstance(result, Conflicts)
    return result.conflicts


# -- what merges


def test_independent_changes():
    document = merged(
        "修改 指标 缴纳社保 将 0.5 分 改为 0.6 分 期限 审核 15 个工作日",
        "修改 指标 缴纳社保 责任单位 税务局 于 指标 献血 之后 新增 指标 志愿服务 { 加 1 分 }",
        "更名 指标 缴纳社保 改为 社会保险 期限 公示 7 个工作日",
    )
    text = shown(document, "共性/社会保险")
    assert "0.6 分" in text
    assert "责任单位 税务局" in text
    assert order(document, "个性") == ["献血", "志愿服务", "婚育证明"]


def test_a_clause_on_either_side_of_another():
    document = merged(
        "于 指标 献血 之前 新增 指标 甲 { 加 1 分 }", "于 指标 献血 之后 新增 指标 乙 { 加 1 分 }"
    )
    assert order(document, "个性") == ["甲", "献血", "乙", "婚育证明"]


def test_beside_a_clause_that_the_other_draft_repeals():
    document = merged("废止 指标 婚育证明", "于 指标 婚育证明 之后 新增 指标 乙 { 加 1 分 }")
    assert order(document, "个性") == ["献血", "乙"]


def test_what_both_drafts_say_alike_is_no_conflict():
    document = merged(
        "废止 指标 婚育证明 理由 “不再需要” 修改 指标 献血 上限 40 分",
        "废止 指标 婚育证明 理由 “国家已取消” 修改 指标 缴纳社保 上限 36 分",
    )
    assert order(document, "个性") == ["献血"]
    assert "上限 40 分" in shown(document, "个性/献血")
    assert "上限 36 分" in shown(document, "共性/缴纳社保")


def test_the_order_of_drafts_does_not_matter():
    lib = drafts("期限 复核 3 个工作日", "期限 送达 2 个工作日", "修改 指标 献血 上限 40 分")
    one = consolidate(lib, "办法", ["甲稿", "乙稿", "丙稿"])
    two = consolidate(lib, "办法", ["丙稿", "乙稿", "甲稿"])
    assert isinstance(one, Consolidated)
    assert isinstance(two, Consolidated)
    assert one.document == two.document


# -- what collides


@pytest.mark.parametrize(
    ("left", "right", "clause", "aspects"),
    [
        ("修改 指标 缴纳社保 上限 36 分", "修改 指标 缴纳社保 上限 40 分", "共性/缴纳社保", {"CAP"}),
        ("修改 指标 缴纳社保 将 0.5 分 改为 0.6 分", "修改 指标 缴纳社保 { 加 3 分 }", "共性/缴纳社保", {"rules"}),
        ("修改 指标 缴纳社保 去除 上限", "修改 指标 缴纳社保 上限 40 分", "共性/缴纳社保", {"CAP"}),
        ("修改 场景 入学 名额 30 人", "修改 场景 入学 { 名额 40 人 }", "入学", None),
        ("废止 组 个性", "修改 指标 献血 上限 40 分", "个性/献血", {"CAP"}),
        ("废止 组 个性", "于 组 个性 之内 新增 指标 甲 { 加 1 分 }", "个性", None),
        ("废止 指标 献血", "更名 指标 献血 改为 无偿献血", "个性/献血", None),
        ("废止 指标 献血", "合并 指标 献血、指标 婚育证明 改为 指标 甲 { 加 1 分 }", "个性/献血", {"existence"}),
        ("修改 组 个性 { 指标 甲 { 加 1 分 } }", "修改 指标 献血 上限 40 分", "个性/献血", {"CAP"}),
        ("于 指标 献血 之后 新增 指标 甲 { 加 1 分 }", "于 指标 献血 之后 新增 指标 乙 { 加 1 分 }", "个性", None),
        ("于 指标 献血 之后 新增 指标 甲 { 加 1 分 }", "于 指标 婚育证明 之前 新增 指标 乙 { 加 1 分 }", "个性", None),
        ("于 指标 婚育证明 之后 新增 指标 甲 { 加 1 分 }", "于 组 个性 之内 新增 指标 乙 { 加 1 分 }", "个性", None),
        ("于 指标 年龄 之前 新增 指标 甲 { 加 1 分 }", "于 指标 登记 之前 新增 指标 甲 { 加 2 分 }", "共性", {"label 甲"}),
        ("移动 指标 献血 至 组 共性 之内", "移动 指标 献血 至 指标 年龄 之前", "个性/献血", {"place"}),
        ("移动 指标 献血 至 组 共性 之内", "于 指标 献血 之后 新增 指标 甲 { 加 1 分 }", "个性/献血", {"place"}),
        ("更名 指标 献血 改为 无偿献血", "更名 指标 献血 改为 义务献血", "个性/献血", None),
        ("更名 指标 献血 改为 甲", "于 组 个性 之内 新增 指标 甲 { 加 1 分 }", "个性", {"label 甲"}),
        ("期限 审核 15 个工作日", "期限 审核 7 个工作日", "", {"deadline 审核"}),
        ("施行 2023-01-01", "施行 2024-01-01", "", {"IN_FORCE"}),
        ("修改 全文 满分 300 分", "满分 250 分", "", {"FULL_MARKS"}),
    ],
)  # fmt: skip
def test_conflicts(left: str, right: str, clause: str, aspects: set[str] | None):
    for one, two in ((left, right), (right, left)):
        found = conflicts(one, two)
        assert clause in {c.clause for c in found}
        if aspects is not None:
            assert aspects <= {a for c in found for a in c.aspects}


def test_a_conflict_shows_base_both_sides_reasons_and_places():
    (conflict,) = conflicts(
        "修改 指标 缴纳社保 将 0.5 分 改为 0.6 分 理由 “缴费时间缩短”",
        "修改 指标 缴纳社保 { 每 1 年 社保月数 加 6 分，最高 30 分 } 理由 “按年计更简便”",
    )
    assert "每 1 个月 社保月数 加 0.5 分，最高 30 分" in conflict.base
    # in the order of the drafts' names, whichever was named first
    assert (conflict.left.draft, conflict.right.draft) == ("乙稿", "甲稿")
    assert conflict.left.reason == "按年计更简便"
    assert conflict.right.reason == "缴费时间缩短"
    assert "每 1 年 社保月数 加 6 分" in conflict.left.text
    assert conflict.right.text.startswith("修改 指标 缴纳社保 将 0.5 分 改为 0.6 分")
    finding = conflict.diagnostic()
    assert finding.where() == "草案1.policy:1:15"
    assert [source.name for source, _ in finding.related] == ["草案2.policy"]


def test_of_a_repealed_clause_the_whole_text_is_shown():
    found = conflicts("废止 组 个性", "更名 组 个性 改为 特色")
    assert "指标 献血" in found[0].base


def test_every_conflict_is_shown():
    found = conflicts(
        "修改 指标 缴纳社保 上限 36 分 修改 指标 献血 上限 40 分",
        "修改 指标 缴纳社保 上限 40 分 修改 指标 献血 上限 45 分",
    )
    assert {c.clause for c in found} == {"共性/缴纳社保", "个性/献血"}


def test_of_three_drafts_each_pair_is_held_together():
    found = conflicts(*(f"修改 指标 献血 上限 {cap} 分" for cap in (40, 41, 42)))
    assert {(c.left.draft, c.right.draft) for c in found} == {
        ("丙稿", "乙稿"), ("丙稿", "甲稿"), ("乙稿", "甲稿"),
    }  # fmt: skip


def test_conflicts_as_a_drafter_sees_them(monkeypatch: pytest.MonkeyPatch):
    """The finding of each conflict has both places."""
    monkeypatch.chdir(CONFLICTS)
    lib = Library()
    for path in sorted(Path().glob("*.policy")):
        lib.add_file(path)
    result = consolidate(lib, "办法", ["财政局稿", "人社局稿"])
    assert isinstance(result, Conflicts)
    hold_against(CONFLICTS / "conflicts.expected", rendered(result.diagnostics))


# -- properties


def apply(base: n.Document, *amendments: n.Document) -> tuple[Amender, n.Document]:
    amender = Amender(base, NOWHERE)
    for amendment in amendments:
        amender.apply(amendment, NOWHERE)
    return amender, amender.result(n.Name("合并"), "合并").document


def content(document: n.Document) -> n.Document:
    """The edition but for the order of what the document itself declares."""
    document = canonical(document)
    plain = sorted((s for s in document.body if not isinstance(s, n.Clause)), key=repr)
    inner = [s for s in document.body if isinstance(s, n.Clause)]
    attributes = sorted((a for a in document.attributes if a.key != "REPLACES"), key=repr)
    return replace(
        document, id=n.Name("合并"), title=None, attributes=tuple(attributes),
        body=(*plain, *inner),
    )  # fmt: skip


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_independent_amendments_commute(data: st.DataObject):
    """Merged at once, or one after the other in either order: the same edition."""
    base = data.draw(editions())
    one = diff(base, data.draw(edited(base, id_="丙版")))
    two = diff(base, data.draw(edited(base, id_="丁版")))
    entries = [Entry(one, NOWHERE, None), Entry(two, NOWHERE, None)]
    edition = Edition(base, NOWHERE, (base.id.text,))
    result, turned = merge(edition, entries), merge(edition, entries[::-1])
    assert type(result) is type(turned)
    if isinstance(result, Conflicts):
        assert isinstance(turned, Conflicts)
        assert result == turned
        return
    assert isinstance(turned, Consolidation)
    assert result.document == turned.document
    # what both say is carried out once when merged
    assume(not any(a == b for a in one.body for b in two.body))
    first, there = apply(base, one, two)
    second, back = apply(base, two, one)
    assert not has_errors([*first.found, *second.found])
    assert content(there) == content(back) == content(result.document)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_merging_is_applying_one_after_the_other(data: st.DataObject):
    """The second draft carried out on the edition of the first, where its references still hold."""
    base = data.draw(editions())
    one = diff(base, data.draw(edited(base, id_="丙版")))
    two = diff(base, data.draw(edited(base, id_="丁版")))
    entries = [Entry(one, NOWHERE, None), Entry(two, NOWHERE, None)]
    result = merge(Edition(base, NOWHERE, (base.id.text,)), entries)
    assume(isinstance(result, Consolidation))
    assert isinstance(result, Consolidation)
    _, middle = apply(base, one)
    amender, both = apply(replace(middle, id=base.id), two)
    assume(not amender.found)
    assert content(both) == content(result.document)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_draft_conflicts_with_another_version_of_itself(data: st.DataObject):
    """The same figure changed to two different values never merges silently."""
    base = data.draw(editions())
    amendment = diff(base, replace(change_figure(data.draw, base), id=n.Name("丙版")))
    assume(amendment.body)
    (operation,) = amendment.body
    other = replace(amendment, id=n.Name("丁版"), body=(_raised(operation),))
    entries = [Entry(d, NOWHERE, None) for d in (amendment, other)]
    assert isinstance(merge(Edition(base, NOWHERE, (base.id.text,)), entries), Conflicts)


def _raised(node: Any) -> Any:
    """The operation with every figure that it brings in one higher."""
    if isinstance(node, tuple):
        return tuple(_raised(item) for item in node)
    if isinstance(node, n.Replacement):
        return replace(node, new=_raised(node.new))
    if isinstance(node, n.Number):
        return replace(node, value=node.value + 1)
    if not isinstance(node, n.Node) or isinstance(node, n.ClauseRef):
        return node
    names = [name for name in type(node).__dataclass_fields__ if name not in ("span", "layout")]
    return replace(node, **{name: _raised(getattr(node, name)) for name in names})


# -- consolidating by ids


def test_stacked_and_parallel_drafts():
    lib = library(
        draft("修改 指标 缴纳社保 将 0.5 分 改为 0.6 分", "甲稿"),
        draft("更名 指标 献血 改为 无偿献血", "乙稿"),
        draft("修改 指标 无偿献血 将 2 分 改为 3 分", "续稿", "乙稿"),
    )
    result = consolidate(lib, "办法", ["续稿", "甲稿", "乙稿"], "定稿", "积分管理办法（定稿）")
    assert isinstance(result, Consolidated)
    assert len(result.steps) == 2
    assert result.policy is not None
    assert (result.policy.id, result.policy.title) == ("定稿", "积分管理办法（定稿）")
    facts = {"社保月数": Fraction(10), "献血次数": Fraction(2)}
    assert Evaluator(result.policy).score(Case("某人", facts)).total.value == 12


def test_drafts_that_are_right_alone_and_wrong_together():
    """Each keeps the sum of the parts; both together do not: the edition says so."""
    lib = drafts("修改 组 共性 上限 90 分 修改 全文 满分 190 分", "修改 组 个性 上限 90 分")
    lib = library(
        draft("修改 组 共性 上限 90 分 修改 全文 满分 190 分", "甲稿"),
        draft("新增 组 特色 上限 10 分 { 指标 甲 { 加 1 分 } } 修改 组 个性 上限 90 分", "乙稿"),
    )
    assert lib.compile("甲稿")[0] is not None
    assert lib.compile("乙稿")[0] is not None
    result = consolidate(lib, "办法", ["甲稿", "乙稿"])
    assert isinstance(result, Consolidated)
    assert result.policy is not None
    lib = library(
        draft("废止 指标 献血 修改 场景 入学 排序 总分 高者先 职责 卫健局 主管 入学", "甲稿"),
        draft("新增 场景 住房 { 排序 得分（指标 献血） 高者先 名额 9 人 同分 抽签 }", "乙稿"),
    )
    assert lib.compile("甲稿")[0] is not None
    assert lib.compile("乙稿")[0] is not None
    result = consolidate(lib, "办法", ["甲稿", "乙稿"])
    assert isinstance(result, Consolidated)
    assert result.policy is None
    (finding,) = [d for d in result.findings if d.severity == "error"]
    assert finding.code == "M216"
    assert finding.where().startswith("草案2.policy")


@pytest.mark.parametrize(
    ("base", "names", "code"),
    [
        ("办法", ["没有"], "F008"),
        ("没有", ["甲稿"], "F008"),
        ("办法", ["居民词汇"], "V610"),
        ("甲稿", ["乙稿"], "V617"),
        ("办法", ["坏稿"], "V601"),
    ],
)
def test_what_cannot_be_consolidated(base: str, names: list[str], code: str):
    lib = library(
        draft("修改 指标 献血 上限 40 分", "甲稿"), draft("修改 指标 年龄 上限 40 分", "乙稿"),
        draft("修改 指标 献 上限 40 分", "坏稿"),
    )  # fmt: skip
    with pytest.raises(PolicyError) as caught:
        consolidate(lib, base, names)
    assert [d.code for d in caught.value.diagnostics] == [code]


def test_an_edition_is_written_as_a_file(tmp_path: Path):
    result = consolidate(drafts("修改 指标 献血 上限 40 分"), "办法", ["甲稿"])
    assert isinstance(result, Consolidated)
    path = tmp_path / "定稿.policy"
    write_edition(result.edition, path)
    read = parse_text(path.read_text(encoding="utf-8")).file.documents
    assert read == (result.document,)
    assert [p.name for p in tmp_path.iterdir()] == ["定稿.policy"]
