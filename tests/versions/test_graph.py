"""The graph of editions and clause versions: its invariants, over random histories."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policydsl.language.diagnostics import PolicyError, has_errors
from policydsl.model.loading import Library
from policydsl.versions.checking import check_history
from policydsl.versions.dates import (
    Bounds,
    Suppositions,
    every,
    later,
    opposite,
    some,
    year_of_number,
)
from policydsl.versions.graph import DESCENT, HistoryGraph
from policydsl.versions.history import build, load_history
from policydsl.versions.timeline import Timeline

FIRST = date(2020, 1, 1)


def graph_of(*texts: str) -> HistoryGraph:
    library = Library()
    for number, text in enumerate(texts):
        result = library.add_text(text, f"{number}.policy")
        assert result.ok, [d.render() for d in result.diagnostics]
    return build(library)


def in_force(graph: HistoryGraph, day: date, **more: object) -> dict[str, str]:
    """Keys of the versions that may be in force, with how sure that is."""
    point = Timeline(graph, day, **more).point()  # type: ignore[arg-type]
    return {c.version.key: c.in_force for c in point.clauses}


# -- random histories ------------------------------------------------------------------------
#
# A history is drawn as its documents' texts: some series of whole editions, each replacing the
# one before, with amendments on them and on each other.  Days are drawn in order or left open.


@dataclass
class Drawn:
    texts: list[str] = field(default_factory=list)
    days: dict[str, date | None] = field(default_factory=dict)
    # of each document the clauses that it has
    clauses: dict[str, list[str]] = field(default_factory=dict)
    base: dict[str, str] = field(default_factory=dict)


def clause(name: str, cap: int) -> str:
    return f"指标 {name} 上限 {cap} 分 {{ 加 1 分 }}"


def stated(day: date | None) -> str:
    return "" if day is None else f"施行 {day} "


@st.composite
def histories(draw: st.DrawFn, all_dated: bool = False, well_formed: bool = False) -> Drawn:
    drawn = Drawn()
    day = FIRST
    names = iter(f"条{a}{b}" for a in "甲乙丙丁戊己庚辛壬癸" for b in "一二三四五六七八九十")
    older: str | None = None
    for number in range(draw(st.integers(1, 3))):
        id_ = f"e{number}"
        day += timedelta(days=draw(st.integers(1, 400)))
        here = day if all_dated or draw(st.booleans()) else None
        kept = [c for c in drawn.clauses.get(older or "", []) if draw(st.booleans())]
        own = kept + [next(names) for _ in range(draw(st.integers(1, 2)))]
        replaced = "" if older is None else f"替代 {older} "
        body = " ".join(clause(c, draw(st.integers(1, 5))) for c in own)
        drawn.texts.append(f"积分 {id_} “{id_}” {{ {replaced}{stated(here)}{body} }}")
        drawn.days[id_], drawn.clauses[id_] = here, own
        older = id_
        # what an amendment is based on: in a well-formed history always the latest text
        line = [id_]
        for step in range(draw(st.integers(0, 3))):
            base = line[-1] if well_formed else draw(st.sampled_from(line))
            amendment = f"a{number}-{step}"
            day += timedelta(days=draw(st.integers(1, 200)))
            here = day if all_dated or draw(st.booleans()) else None
            left, operations = _operations(draw, drawn.clauses[base], names)
            if not operations:
                continue
            text = " ".join(operations)
            drawn.texts.append(
                f"修订 {amendment} “{amendment}” 基于 {base} {{ {stated(here)}{text} }}"
            )
            drawn.days[amendment], drawn.clauses[amendment] = here, left
            drawn.base[amendment] = base
            line.append(amendment)
    order = draw(st.permutations(range(len(drawn.texts))))
    drawn.texts = [drawn.texts[i] for i in order]
    return drawn


def _operations(draw: st.DrawFn, known: list[str], names: object) -> tuple[list[str], list[str]]:
    """Clauses afterwards, and the operations that lead to them."""
    left = list(known)
    free = list(known)
    operations = []
    for kind in draw(
        st.lists(
            st.sampled_from(["modify", "insert", "repeal", "rename", "split", "merge"]), max_size=3
        )
    ):
        new = next(names)  # type: ignore[call-overload]
        if kind == "insert":
            operations.append(f"新增 {clause(new, 3)}")
            left.append(new)
        elif kind == "merge" and len(free) > 1:
            one, other = free.pop(0), free.pop(0)
            operations.append(f"合并 指标 {one}、指标 {other} 改为 {clause(new, 4)}")
            left = [c for c in left if c not in (one, other)] + [new]
        elif free and kind != "merge":
            one = free.pop(draw(st.integers(0, len(free) - 1)))
            if kind == "modify":
                operations.append(f"修改 指标 {one} 上限 {draw(st.integers(6, 9))} 分")
            elif kind == "repeal" and len(left) > 1:
                operations.append(f"废止 指标 {one}")
                left.remove(one)
            elif kind == "rename":
                operations.append(f"更名 指标 {one} 改为 {new}")
                left[left.index(one)] = new
            elif kind == "split":
                second = next(names)  # type: ignore[call-overload]
                into = f"{clause(new, 2)} {clause(second, 2)}"
                operations.append(f"拆分 指标 {one} 改为 {{ {into} }}")
                left = [c for c in left if c != one] + [new, second]
    return left, operations


SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # fmt: skip


def days_of(drawn: Drawn) -> list[date]:
    known = sorted(day for day in drawn.days.values() if day is not None)
    around = [day + timedelta(days=step) for day in known for step in (-1, 0, 1)]
    return [FIRST, *around, date(2040, 1, 1)]


@SETTINGS
@given(histories())
def test_a_history_has_no_cycle(drawn: Drawn):
    graph = graph_of(*drawn.texts)
    assert nx.is_directed_acyclic_graph(nx.DiGraph(graph.network))


@SETTINGS
@given(histories())
def test_every_version_has_exactly_one_origin(drawn: Drawn):
    graph = graph_of(*drawn.texts)
    for key, version in graph.versions.items():
        (origin,) = graph.to_newer(key, ("enacts",))
        assert origin.newer == version.edition
        # what is new in an amendment is inserted, everything else comes from something
        amended = graph.editions[version.edition].is_amendment
        inserted = any(True for _ in graph.to_newer(key, ("inserts",)))
        comes_from = any(True for _ in graph.to_older(key, DESCENT))
        if amended:
            assert inserted != comes_from
        for edge in graph.to_older(key, DESCENT):
            assert edge.provenance.place is not None


@SETTINGS
@given(histories())
def test_an_edition_holds_what_its_text_says(drawn: Drawn):
    graph = graph_of(*drawn.texts)
    for id_, names in drawn.clauses.items():
        contents = graph.editions[id_].contents
        assert sorted(contents) == sorted(names)
        for clause_id, key in contents.items():
            assert graph.versions[key].node is not None
            assert graph.versions[key].title == clause_id


@SETTINGS
@given(histories(), st.booleans())
def test_at_most_one_version_of_each_clause_is_surely_in_force(drawn: Drawn, latest: bool):
    graph = graph_of(*drawn.texts)
    for day in days_of(drawn)[:: 1 if latest else 2]:
        point = Timeline(graph, day).point()
        sure = Counter(
            graph.thread(c.version.key) for c in point.clauses if c.in_force == "yes"
        )  # fmt: skip
        assert not [thread for thread, count in sure.items() if count > 1]


def test_of_versions_in_force_together_the_last_is_taken():
    graph = load_history(Path(__file__).parent / "bad_history" / "two-in-force.policy")
    point = Timeline(graph, date(2022, 8, 1)).point(["old", "new"])
    assert point.conflicts == (("old#社保", "new#社保"), ("old#学历", "new#学历"))
    assert [c.version.key for c in point.clauses] == ["new#社保", "new#学历"]


def test_where_nothing_is_told_a_replacing_edition_keeps_adds_and_repeals_by_id():
    graph = graph_of(
        "积分 a { 指标 社保 { 加 1 分 } 指标 婚育 { 加 1 分 } }",
        "积分 b { 替代 a 指标 社保 { 加 2 分 } 指标 阅读 { 加 1 分 } }",
    )
    told = {(e.relation, e.newer, e.older) for e in graph.edges(("succeeds", "inserts", "repeals"))}
    assert told == {
        ("succeeds", "b#社保", "a#社保"), ("inserts", "b", "b#阅读"), ("repeals", "b", "a#婚育"),
    }  # fmt: skip


@SETTINGS
@given(histories(well_formed=True))
def test_a_history_whose_amendments_follow_each_other_has_no_findings(drawn: Drawn):
    graph = graph_of(*drawn.texts)
    found = check_history(graph)
    assert not has_errors(found), [d.render() for d in found]


@SETTINGS
@given(histories())
def test_versions_clash_only_where_the_check_says_so(drawn: Drawn):
    graph = graph_of(*drawn.texts)
    found = check_history(graph)
    clashes = [
        keys for day in days_of(drawn) for keys in Timeline(graph, day).point().conflicts
    ]  # fmt: skip
    if clashes:
        assert has_errors(found)
        assert {"V623", "V626"} & {d.code for d in found}


@SETTINGS
@given(histories(all_dated=True))
def test_with_all_dates_known_nothing_is_left_open(drawn: Drawn):
    graph = graph_of(*drawn.texts)
    for day in days_of(drawn):
        assert "maybe" not in in_force(graph, day).values()


@SETTINGS
@given(histories(well_formed=True), st.data())
def test_what_is_sure_stays_sure_when_more_is_known(drawn: Drawn, data: st.DataObject):
    """Unknown dates leave answers open; supposing any that fit never turns a sure answer round."""
    graph = graph_of(*drawn.texts)
    adopted = [id_ for id_ in graph.order() if graph.editions[id_].adopted]
    dates = graph.dates(Suppositions())
    suppose: dict[str, date] = {}
    for id_ in adopted:
        bounds = dates.in_force[id_]
        if bounds.exact is not None:
            continue
        before = [
            suppose.get(old) or dates.in_force[old].exact
            for old, new in graph.sequence(citations=False)
            if new == id_
        ]
        low = max([d for d in (bounds.low, *before) if d is not None], default=FIRST)
        high = bounds.high or date(2039, 1, 1)
        if low > high:
            return  # dates out of order: nothing fits
        suppose[id_] = data.draw(st.dates(low, high))
    for day in days_of(drawn):
        vague = Timeline(graph, day)
        exact = Timeline(graph, day, suppose=Suppositions(in_force=suppose))
        for key, version in graph.versions.items():
            if graph.editions[version.edition].adopted and vague.version(key) != "maybe":
                assert exact.version(key) == vague.version(key)


@SETTINGS
@given(histories(all_dated=True, well_formed=True))
def test_on_its_day_an_amendment_holds_exactly_what_it_says(drawn: Drawn):
    """The clauses in force are those of the latest text, where nothing has replaced it."""
    graph = graph_of(*drawn.texts)
    for id_, names in drawn.clauses.items():
        day = drawn.days[id_]
        assert day is not None
        # later documents may have taken effect before: dates of amendments are drawn freely
        root = graph.root(id_)
        if any(drawn.days[e.newer] <= day for e in graph.replacing(id_)):  # type: ignore[operator]
            continue
        line = [i for i in drawn.days if graph.root(i) == root and drawn.days[i] <= day]  # type: ignore[operator]
        if set(line) != set(graph.line(id_)):
            continue
        found = {
            key for key, sure in in_force(graph, day).items()
            if sure == "yes" and graph.root(graph.versions[key].edition) == root
        }  # fmt: skip
        assert found == set(graph.editions[id_].contents.values())
        assert len(found) == len(names)


# -- dates and days --------------------------------------------------------------------------


def test_answers_combine_like_yes_no_and_perhaps():
    assert every(["yes", "maybe"]) == "maybe"
    assert every(["yes", "no", "maybe"]) == "no"
    assert every([]) == "yes"
    assert some(["no", "maybe"]) == "maybe"
    assert some([]) == "no"
    assert [opposite(a) for a in ("yes", "maybe", "no")] == ["no", "maybe", "yes"]


def test_a_day_between_bounds_is_perhaps_reached():
    bounds = Bounds(date(2022, 4, 1), date(2022, 6, 1))
    answers = [bounds.reached(date(2022, month, 1)) for month in (3, 4, 5, 6)]
    assert answers == ["no", "maybe", "maybe", "yes"]
    assert bounds.text() == "2022-04-01 至 2022-06-01"
    assert Bounds(date(2022, 4, 1)).text("en") == "not before 2022-04-01"
    assert Bounds().text() == "未载明"


@pytest.mark.parametrize(
    ("delay", "expected"),
    [("30 日", "2022-05-01"), ("1 个月", "2022-05-01"), ("10 个工作日", "2022-04-18"), ("1 年", "2023-04-01")],
)  # fmt: skip
def test_a_delay_after_publication(delay: str, expected: str):
    graph = graph_of(f"积分 a “甲” {{ 印发 2022-04-01  施行 公布后 {delay}  {clause('甲', 1)} }}")
    assert graph.dates(Suppositions()).in_force["a"].exact == date.fromisoformat(expected)


def test_a_month_that_is_too_short_ends_with_its_last_day():
    from fractions import Fraction

    from policydsl.language.nodes import Number

    assert later(date(2022, 1, 31), Number(Fraction(1), "月")) == date(2022, 2, 28)


def test_the_year_of_a_documents_number():
    assert year_of_number("海政办发〔2017〕79号") == 2017
    assert year_of_number("没有文号") is None
    assert year_of_number("〔2017〕79号、〔2022〕10号") is None


# -- what happens on a day -------------------------------------------------------------------

BASE = f"积分 base “基” {{ 施行 2020-01-01  {clause('社保', 5)} {clause('学历', 5)} }}"


def test_an_amendment_takes_effect_on_its_day():
    graph = graph_of(BASE, "修订 a “修” 基于 base { 施行 2021-01-01  修改 指标 社保 上限 6 分 }")
    assert in_force(graph, date(2020, 12, 31)) == {"base#社保": "yes", "base#学历": "yes"}
    assert in_force(graph, date(2021, 1, 1)) == {"a#社保": "yes", "base#学历": "yes"}
    assert graph.thread("a#社保") == "base#社保"


def test_an_operation_may_take_effect_on_a_day_of_its_own():
    graph = graph_of(
        BASE,
        "修订 a “修” 基于 base { 施行 2021-01-01  修改 指标 社保 上限 6 分 施行 2021-07-01 理由 “缓行”"
        "  修改 指标 学历 上限 7 分 }",
    )
    assert in_force(graph, date(2021, 2, 1)) == {"base#社保": "yes", "a#学历": "yes"}
    assert in_force(graph, date(2021, 7, 1)) == {"a#社保": "yes", "a#学历": "yes"}


def test_what_a_temporary_amendment_changed_returns_when_it_expires():
    graph = graph_of(
        BASE,
        "修订 a “暂行” 基于 base { 施行 2021-01-01  失效 2022-01-01  修改 指标 社保 上限 6 分 }",
    )
    assert in_force(graph, date(2021, 6, 1))["a#社保"] == "yes"
    assert in_force(graph, date(2022, 1, 1)) == {"base#社保": "yes", "base#学历": "yes"}
    assert check_history(graph) == []


def test_a_later_amendment_stands_when_the_temporary_one_before_it_expires():
    graph = graph_of(
        BASE,
        "修订 a “暂行” 基于 base { 施行 2021-01-01  失效 2022-01-01  修改 指标 社保 上限 6 分 }",
        "修订 b “再改” 基于 a { 施行 2021-06-01  修改 指标 社保 上限 7 分 }",
    )
    assert "base#社保" not in in_force(graph, date(2021, 7, 1))
    assert in_force(graph, date(2021, 7, 1))["b#社保"] == "yes"
    # what stands in the place of the temporary text stays, and the base does not come back
    assert in_force(graph, date(2022, 2, 1)) == {"b#社保": "yes", "base#学历": "yes"}
    assert check_history(graph) == []


def test_a_draft_is_not_in_force_unless_it_is_supposed_to_be():
    graph = graph_of(BASE, "修订 d “草案” 基于 base { 修改 指标 社保 上限 6 分 }")
    assert not graph.editions["d"].adopted
    assert "d#社保" not in in_force(graph, date(2030, 1, 1))
    suppose = Suppositions(in_force={"d": date(2025, 1, 1)})
    assert in_force(graph, date(2025, 1, 1), suppose=suppose)["d#社保"] == "yes"
    assert in_force(graph, date(2024, 1, 1), suppose=suppose)["base#社保"] == "yes"


def test_what_was_not_yet_issued_was_not_known():
    graph = graph_of(
        BASE.replace("施行", "印发 2019-12-01  施行"),
        "修订 a “修” 基于 base { 印发 2021-05-01  施行 2021-01-01  修改 指标 社保 上限 6 分 }",
    )
    day = date(2021, 2, 1)
    assert in_force(graph, day, known=date(2021, 3, 1))["base#社保"] == "yes"
    assert in_force(graph, day, known=date(2021, 6, 1))["a#社保"] == "yes"


def test_an_edition_that_is_replaced_ends_with_all_its_amendments():
    graph = graph_of(
        BASE,
        "修订 a “修” 基于 base { 施行 2021-01-01  修改 指标 社保 上限 6 分 }",
        f"积分 new “新” {{ 替代 a  施行 2022-01-01  {clause('社保', 9)} }}",
    )
    assert in_force(graph, date(2022, 1, 1)) == {"new#社保": "yes"}


def test_order_alone_decides_where_no_date_is_stated():
    graph = graph_of(
        f"积分 old “旧” {{ {clause('社保', 5)} }}",
        f"积分 new “新” {{ 替代 old  {clause('社保', 6)} }}",
    )
    assert in_force(graph, date(2022, 1, 1)) == {"old#社保": "maybe", "new#社保": "maybe"}
    at = {id_: Timeline(graph, id_).point() for id_ in ("old", "new")}
    assert [(c.version.key, c.in_force) for c in at["old"].clauses] == [("old#社保", "yes")]
    assert [(c.version.key, c.in_force) for c in at["new"].clauses] == [("new#社保", "yes")]


def test_a_clause_with_a_day_of_its_own():
    graph = graph_of(
        "积分 a “甲” { 施行 2020-01-01  指标 临时 上限 1 分 { 施行 2020-06-01  失效 2021-01-01  加 1 分 } }"
    )
    days = (date(2020, 3, 1), date(2020, 6, 1), date(2021, 1, 1))
    assert ["a#临时" in in_force(graph, day) for day in days] == [False, True, False]


# -- between two editions --------------------------------------------------------------------


def test_the_lineage_of_a_chain_leads_over_its_steps():
    graph = graph_of(
        BASE,
        "修订 a “一” 基于 base { 更名 指标 社保 改为 社会保险 理由 “统一名称” }",
        "修订 b “二” 基于 a { 修改 指标 社会保险 上限 6 分 理由 “提高” }",
    )
    lineage = graph.between("base", "b")
    (link,) = lineage.predecessors["社会保险"]
    assert (link.old, link.reason) == (("社保",), "提高；统一名称")
    assert lineage.predecessors["学历"][0].old == ("学历",)


def test_splits_and_mergers_are_no_longer_the_same_clause():
    graph = graph_of(
        BASE,
        f"修订 a “拆” 基于 base {{ 拆分 指标 社保 改为 {{ {clause('养老', 3)} {clause('医疗', 2)} }} }}",
        f"修订 b “合” 基于 base {{ 合并 指标 社保、指标 学历 改为 {clause('综合', 9)} }}",
    )
    assert {e.relation for e in graph.to_older("a#养老")} == {"splits"}
    assert {e.older for e in graph.to_older("b#综合", ("merges",))} == {"base#社保", "base#学历"}
    assert len({graph.thread(k) for k in ("base#社保", "a#养老", "a#医疗", "b#综合")}) == 4


def test_clauses_of_unrelated_editions_are_matched_as_a_guess():
    graph = graph_of(
        f"积分 x “甲地” {{ {clause('社保', 5)} }}", f"积分 y “乙地” {{ {clause('社保', 6)} }}"
    )
    (link,) = graph.between("x", "y").links
    assert link.inferred is not None


def test_a_clause_is_found_by_its_id_its_end_and_its_name():
    graph = graph_of(
        "考核 k “考核” { 单位 公安分局 满分 5 分 { 项 1 出租房屋 满分 5 分 { 扣 1 分 } } }"
    )
    for text in ("k#公安分局/1", "公安分局/1", "出租房屋", "k#出租房屋"):
        assert graph.clause(text).key == "k#公安分局/1"


def test_the_latest_version_is_meant_and_drafts_come_last():
    graph = graph_of(
        BASE,
        "修订 a “修” 基于 base { 施行 2021-01-01  修改 指标 社保 上限 6 分 }",
        "修订 d “草” 基于 a { 修改 指标 社保 上限 7 分 }",
    )
    assert graph.clause("社保").key == "a#社保"
    assert graph.clause("d#社保").key == "d#社保"


@pytest.mark.parametrize(("text", "code"), [("没有", "V629"), ("x#社保", "F008"), ("社保", "V630")])
def test_what_cannot_be_found_is_said(text: str, code: str):
    graph = graph_of(
        f"积分 a “甲地” {{ {clause('社保', 5)} }}", f"积分 b “乙地” {{ {clause('社保', 6)} }}"
    )
    with pytest.raises(PolicyError) as caught:
        graph.clause(text)
    assert [d.code for d in caught.value.diagnostics] == [code]
