"""The real histories: Beilun's two editions clause by clause, Haishu's and Yueqing's documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cache

import pytest

from policydsl.model.loading import bundled
from policydsl.versions.checking import check_history
from policydsl.versions.comparing import EditionDiff, Row, compare_editions
from policydsl.versions.dates import Suppositions
from policydsl.versions.graph import HistoryGraph
from policydsl.versions.history import load_history
from policydsl.versions.summing import summarise
from policydsl.versions.timeline import Timeline
from policydsl.versions.tracing import lineage, log

OLD, NEW = "beilun-centre-older", "beilun-departments"


@cache
def history() -> HistoryGraph:
    return load_history()


@cache
def beilun() -> EditionDiff:
    library = bundled()
    return compare_editions(
        library.policy(OLD), library.policy(NEW), history().between(OLD, NEW)
    )  # fmt: skip


def points(row: Row) -> tuple[list[int], list[int]]:
    """The points of the items of a unit, before and after."""

    def of(side: tuple[object, ...]) -> list[int]:
        found = []
        for state in side:
            for part in state.parts:  # type: ignore[attr-defined]
                assert isinstance(part, Fraction)
                found.append(int(part))
        return found

    return of(row.old), of(row.new)


def inside(unit: Row) -> list[Row]:
    """The rows of the items of a unit."""
    heads = [f"{state.id}/" for state in (*unit.old, *unit.new)]
    return [
        row for row in beilun().rows
        if any(s.id.startswith(head) for s in (*row.old, *row.new) for head in heads)
    ]  # fmt: skip


def test_the_bundled_histories_have_no_findings():
    assert check_history(history()) == []


# -- Beilun: the table of units ----------------------------------------------------------------

# Each line of the table: older unit, newer unit, points before and after, mechanisms of the items
# before and after, items repealed and added, and words that its reasons must hold.
UNITS = [
    ("公安分局", "公安分局", [15, 10, 15, 30], [20, 15, 20, 15], False, [], ["4"],
     ["嫌疑人信息登记率一项取消", "‘三无’", "2 次以上", "网上申报率", "准确率不变"]),
    ("区住房和城乡建设局", "区住建局", [10, 20, 30, 10], [20, 30, 20], False, [], [],
     ["两项并为一项", "按百分点扣分改为一次扣分", "车库车棚", "建筑工地", "集体宿舍"]),
    ("区卫生计划生育局", "区卫生健康局", [10] * 7, [15, 15, 20, 20], False, ["1", "2", "3"], ["2"],
     ["查孕查环", "孕产妇保健覆盖率", "改为酌情扣分", "职业病和精神障碍"]),
    ("区人力资源和社会保障局", "区人力资源和社会保障局", [10, 20, 20, 20], [20, 20, 20, 10], False, [],
     ["4"], ["1.2 万人", "0.8 万人", "1 万人", "劳务合作基地增长", "欠薪", "结案率和扣分不变"]),
    ("区教育局", "区教育局", [40, 30], [40, 30], False, [], [],
     ["接纳率取消", "积分入学", "6 课时", "学分换积分", "酌情"]),
    ("区发展和改革局", "区发展和改革局", [20, 30, 20], [20, 25, 25], False, [], [],
     ["环境准入", "扣分不变", "信用北仑", "改为酌情"]),
    ("区市场监督管理局", "区市场监管局", [20, 30, 20], [70], False, [], [],
     ["100 家、200 家", "酌情"]),
    ("区综合执法局", "区综合执法局", [15, 15, 40], [70], False, [], [], ["1500 家", "课件", "酌情"]),
    ("区交通运输局", "区交通局", [30, 40], [70], False, ["1", "2"], ["1"], []),
    ("区民政局", "区民政局", [30, 30, 10], [50, 20], False, [], [],
     ["两项并为一项", "三类房屋", "未成年人保护", "酌情"]),
    ("区新兴产业和服务业发展局", "区经济和信息化局", [30, 40], [30, 40], True, [], [],
     ["每发现一起扣 10 分，改为没有开展扣 10 分", "租房补贴", "宣教"]),
    ("区文化广电新闻出版局", "区文化和广电旅游体育局", [40, 30], [25, 20, 25], False, [], ["1"],
     ["外来务工节", "每街道一次", "酌情"]),
    ("区综治办", "区社会治理中心", [40, 20, 10], [70], True, ["1", "3"], [],
     ["上图入格", "矛盾化解", "改为酌情"]),
]  # fmt: skip


@pytest.mark.parametrize("line", UNITS, ids=lambda line: line[1])
def test_a_unit_that_continues(
    line: tuple[str, str, list[int], list[int], bool, list[str], list[str], list[str]],
):
    older, newer, before, after, inferred, repealed, added, words = line
    row = beilun().row(newer)
    assert [s.id for s in row.old] == [f"部门/{older}"]
    assert [s.id for s in row.new] == [newer]
    # one item alone has its points from the unit
    assert points(row) == (before, after)
    assert all(s.points == 70 for s in (*row.old, *row.new))
    assert (row.inferred is not None) is inferred
    assert ("renamed" in row.statuses) is (older != newer)
    items = inside(row)
    gone = [r.old[0].id.rpartition("/")[2] for r in items if "repealed" in r.statuses]
    fresh = [r.new[0].id.rpartition("/")[2] for r in items if "added" in r.statuses]
    assert (gone, fresh) == (repealed, added)
    told = "；".join(r.reason or "" for r in items)
    assert [word for word in words if word not in told] == []


ADDED = [
    "区司法局", "开发区商务局", "区应急管理局", "区委组织部（区“两新”工委）",
    "区委宣传部（区新闻办、区文明办）", "区委统战部（区民宗局）", "区信访局", "区委编办", "区总工会",
    "团区委", "区妇联", "区财政局", "区科技局", "区审计局", "区统计局", "区农业农村局",
    "自然资源和规划分局", "生态环境分局", "区医疗保障局", "区大数据管理中心", "区传媒中心",
]  # fmt: skip


def test_twenty_one_units_are_added_and_left_to_discretion():
    summary = summarise(beilun(), {"unit"})
    assert [row.new[0].id for row in summary.added] == ADDED
    for row in summary.added:
        items = [r for r in inside(row) if r.new[0].kind == "item"]
        assert items
        assert all(beilun().newer.clauses[r.new[0].id].discretionary for r in items)


def test_thirteen_units_become_thirty_four():
    summary = summarise(beilun(), {"unit"})
    assert (len(summary.continued), len(summary.added)) == (13, 21)
    assert (summary.repealed, summary.not_seen) == ((), ())
    assert [row.new[0].id for row in summary.inferred] == ["区经济和信息化局", "区社会治理中心"]
    # twelve units continue, and one stands in the place of another
    assert len(summary.continued) - 1 == 12


def test_the_items_of_the_shared_part():
    rows = {i: beilun().row(f"基础工作/{i}") for i in (1, 2, 3)}
    before = [[int(s.points) for s in row.old] for row in rows.values()]  # type: ignore[arg-type]
    after = [[int(s.points) for s in row.new] for row in rows.values()]  # type: ignore[arg-type]
    assert (before, after) == ([[12], [8], [10]], [[10], [10], [10]])
    effects = {i: "；".join(e.zh for e in row.effects) for i, row in rows.items()}
    assert "每项 2 分 → 4 分" in effects[2]
    assert "扣分 → 加分" in effects[3]
    assert "3 分" not in effects[1]  # what is taken for each item stays


def test_what_is_no_longer_measured_is_named():
    dropped = summarise(beilun(), {"unit"}).dropped
    assert {
        "犯罪嫌疑人信息登记率", "婚育证明查验率", "无证怀孕对象管理服务率", "年查孕查环次数",
        "公办学校接纳率", "公共卫生服务网络覆盖率", "疫苗接种率", "引进技术人才人数",
        "无证照餐饮整治家数", "小作坊整治家数", "取缔无证摊贩家数", "每街道送文化次数",
    } <= set(dropped)  # fmt: skip
    kept = {"出租房屋登记率", "流动人口信息登记率", "信息准确率", "义务教育普及率", "教育培训占比"}
    assert not kept & set(dropped)


def test_repealed_items_are_named():
    gone = {
        row.old[0].id: row.old[0].title for row in beilun().of("repealed")
        if row.old[0].kind == "item"
    }  # fmt: skip
    assert sorted(gone) == sorted(
        ["部门/区综治办/1", "部门/区综治办/3", "部门/区卫生计划生育局/1", "部门/区卫生计划生育局/2",
         "部门/区卫生计划生育局/3", "部门/区交通运输局/1", "部门/区交通运输局/2"]
    )  # fmt: skip
    assert "婚育证明与育龄妇女服务" in gone["部门/区卫生计划生育局/1"]


def test_the_thresholds_of_the_police():
    effects = "；".join(e.zh for e in beilun().row("公安分局/3").effects)
    assert "90% → 95%" in effects
    assert "网上申报率 低于 50%" in effects
    merged = beilun().row("公安分局/1")
    assert [s.id for s in merged.old] == ["部门/公安分局/1", "部门/公安分局/4"]
    assert merged.inferred is not None


@pytest.mark.parametrize(
    "id_", ["区发展和改革局/1", "区人力资源和社会保障局/2", "区经济和信息化局/1"]
)
def test_rules_that_did_not_change(id_: str):
    row = beilun().row(id_)
    assert not row.changes_effect
    assert "wording" in row.statuses


def test_the_bonus_is_unchanged_in_effect_though_it_stands_elsewhere():
    for id_ in ("创新工作", "创新工作/1", "创新工作/2"):
        row = beilun().row(id_)
        assert not row.changes_effect
        assert row.effects == ()
        assert row.inferred is None
    assert [s.id for s in beilun().row("创新工作/1").old] == ["街道/创新工作/1"]


def test_what_the_newer_text_does_not_show_is_not_called_repealed():
    unseen = {s.id for row in beilun().of("not_seen") for s in row.old}
    assert {"街道", "街道/基础工作/1", "街道/融合工作/2", "年终考核"} <= unseen
    assert len([id_ for id_ in unseen if id_.count("/") == 2]) == 21
    assert "街道/创新工作" not in unseen


def test_items_with_a_stated_deduction():
    older, newer = beilun().tallies["unit"]
    assert (older.stated, older.items, older.open) == (29, 42, 13)
    assert (newer.stated, newer.items, newer.discretionary) == (14, 56, 42)


def test_every_clause_of_both_editions_is_accounted_for():
    graph = history()
    told = graph.between(OLD, NEW)
    for id_ in graph.editions[OLD].contents:
        ways = [id_ in told.successors, told.is_not_seen(id_), id_ in told.gone]
        assert any(ways), id_
    inserted = {e.older for e in graph.to_older(NEW, ("inserts",))}
    for id_, key in graph.editions[NEW].contents.items():
        assert (id_ in told.predecessors) != (key in inserted)


def test_the_log_of_a_clause_names_the_statement_that_says_so():
    graph = history()
    entries = log(graph, f"{NEW}#公安分局/1")
    assert [(e.edition, e.relation) for e in entries] == [
        (OLD, "enacts"), (OLD, "enacts"), (NEW, "merges"), (NEW, "merges"),
    ]  # fmt: skip
    places = [e.provenance.place for e in entries[2:]]
    assert all(p is not None and p[0].name.endswith("beilun-history.policy") for p in places)
    assert [e.provenance.inferred is not None for e in entries[2:]] == [False, True]
    assert places[0] != places[1]


def test_a_repealed_clause_ends_in_the_log():
    entries = log(history(), f"{OLD}#部门/区综治办/1")
    assert [(e.relation, e.version is None) for e in entries] == [
        ("enacts", False), ("repeals", True)
    ]  # fmt: skip


def test_the_lineage_leads_both_ways():
    older, newer = lineage(history(), f"{OLD}#部门/区市场监督管理局/2")
    assert len(older) == 1
    assert [s.version.key for s in newer[1:]] == [f"{NEW}#区市场监管局/1"]


def test_order_alone_tells_the_editions_apart():
    point = Timeline(history(), NEW).point([OLD, NEW])
    states = {e.edition.id: e.in_force for e in point.editions}
    assert states == {OLD: "no", NEW: "yes"}
    counts = Counter((c.version.edition, c.in_force) for c in point.clauses)
    assert counts == {(NEW, "yes"): 97, (OLD, "maybe"): 28}


# -- Haishu ------------------------------------------------------------------------------------


def haishu(day: str, **dates: dict[str, date]) -> Mapping[str, str]:
    timeline = Timeline(
        history(), date.fromisoformat(day), suppose=Suppositions(**dates)
    )  # fmt: skip
    point = timeline.point(history().series("haishu-2022"))
    return {e.edition.id: e.in_force for e in point.editions} | {
        c.version.key: c.in_force for c in point.clauses if "暂行" in c.version.key
    }


def test_the_basis_documents_are_known_by_title_with_their_dates():
    graph = history()
    cited = {e.older for e in graph.to_older("haishu-2022", ("implements",))}
    assert cited == {"甬政办发〔2021〕57号", "甬政办发〔2021〕5号", "甬政办发〔2022〕10号"}
    assert all(graph.editions[id_].is_stub for id_ in cited)
    issued = graph.dates(Suppositions()).issued
    assert issued["甬政办发〔2021〕57号"].exact == date(2021, 9, 8)
    assert issued["haishu-2017"].text() == "2017-01-01 至 2017-12-31"


def test_the_notice_cannot_be_in_force_before_what_it_cites_plus_thirty_days():
    dates = history().dates(Suppositions())
    assert dates.issued["haishu-2022"].low == date(2022, 3, 31)
    assert dates.in_force["haishu-2022"].low == date(2022, 4, 30)
    assert haishu("2022-04-29")["haishu-2022"] == "no"
    assert haishu("2022-04-30")["haishu-2022"] == "maybe"


def test_thirty_days_after_a_supposed_publication():
    issued = {"haishu-2022": date(2022, 5, 1)}
    assert haishu("2022-05-30", issued=issued)["haishu-2022"] == "no"
    on_the_day = haishu("2022-05-31", issued=issued)
    assert (on_the_day["haishu-2022"], on_the_day["haishu-2017"]) == ("yes", "no")


def test_the_temporary_indicators_end_when_the_new_ones_are_fixed():
    key = "haishu-2017#暂行指标"
    issued = {"haishu-2022": date(2022, 5, 1)}
    # whether the event has come is not known, until somebody says when
    assert haishu("2022-05-15", issued=issued)[key] == "maybe"
    events = {"海曙区个性指标明确": date(2022, 5, 10)}
    assert key not in haishu("2022-05-15", issued=issued, events=events)
    assert haishu("2022-05-09", issued=issued, events=events)[key] == "maybe"  # its start is open
    assert haishu("2022-05-15", issued=issued, events=events)["haishu-2017"] == "maybe"


def test_transitional_rules_are_kept_with_their_documents():
    graph = history()
    assert any("试运行" in text for text in graph.editions["haishu-2022"].transition)
    assert graph.editions["haishu-2017"].transition


# -- Yueqing and the province ------------------------------------------------------------------


def test_yueqings_older_rules_are_a_title_only():
    graph = history()
    older = graph.editions["yueqing-2012"]
    assert older.is_stub
    assert older.title is not None
    assert "乐委办〔2012〕67号" in older.title
    assert [e.older for e in graph.to_older("yueqing-2022", ("replaces",))] == ["yueqing-2012"]
    # nothing is said of what its clauses became
    assert not any(e.older.startswith("yueqing-2012#") for e in graph.edges())


def test_drafts_are_branches():
    graph = history()
    for draft in ("yueqing-2023-draft", "provincial-indicators-a-draft"):
        assert not graph.editions[draft].adopted
        assert "演示草案" in (graph.editions[draft].title or "")
    changed = {e.relation for e in graph.to_older("yueqing-2023-draft", ("inserts", "amends"))}
    assert changed == {"inserts", "amends"}


def test_points_that_count_elsewhere_are_recognised_there():
    areas = {(e.newer, e.older) for e in history().edges(("recognises",))}
    assert ("yueqing-2022#省级共性指标", "@全省") in areas
    assert ("haishu-2022#市级共性指标", "@全市") in areas
