"""The report of a simulation: every figure of it recomputed, and the page opened in a browser."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.browser import opened
from tests.golden import hold_against

import policydsl as pdl
from policydsl.language.diagnostics import PolicyError
from policydsl.pages import charts, fonts
from policydsl.simulation.report.words import count_text, of_many, points_text, share_text

pytest.importorskip("vl_convert", reason="the extra charts is not installed")

EXPECTED = Path(__file__).parent / "expected"
BASE = """
积分 base “来沪人员积分” {
  事实 社保月数：计数（月），范围 0 个月 至 60 个月
  事实 年龄：整数（岁），范围 16 岁 至 70 岁
  事实 学历：有序 { 小学 < 初中 < 大学 }
  指标 社保 上限 20 分 { 每 1 个月 社保月数 加 0.5 分 }
  指标 学历分 上限 10 分 { 按 学历 取分 { 大学：10 分；初中：5 分；小学：0 分 } }
  指标 表现 上限 4 分 { %s }
  场景 入学 { 排序 总分 高者先，社保月数 高者先 名额 %s 名 同分 %s }
}
"""
SURE, OPEN = "年龄 低于 40 岁：加 4 分", "年龄 低于 40 岁：酌情加分，最高 4 分"


def base(behaviour: str = SURE, quota: int = 3, ties: str = "一并录取") -> pdl.Policy:
    return pdl.loads(BASE % (behaviour, quota, ties))


def draft(behaviour: str = SURE, quota: int = 3, ties: str = "一并录取") -> pdl.Policy:
    text = (BASE % (behaviour, quota, ties)).replace(
        "积分 base “来沪人员积分”", "积分 draft “修订草案”"
    )
    return pdl.loads(text.replace("加 0.5 分", "加 0.6 分").replace("大学：10 分", "大学：8 分"))


def people(*rows: tuple[int, int, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"编号": f"甲{i}", "社保月数": m, "年龄": a, "学历": s}
            for i, (m, a, s) in enumerate(rows, 1)
        ]
    )


SIX = people((30, 45, "大学"), (10, 30, "初中"), (0, 50, "小学"), (50, 35, "大学"), (20, 38, "小学"),
             (0, 41, "大学"))  # fmt: skip


def simulated(
    table: pd.DataFrame = SIX, *, drafts: bool = True, **options: Any
) -> pdl.SimulationResult:
    own = {key: options.pop(key) for key in ("behaviour", "places", "treatment") if key in options}
    first = base(own.get("behaviour", SURE), own.get("places", 3), own.get("treatment", "一并录取"))
    second = draft(
        own.get("behaviour", SURE), own.get("places", 3), own.get("treatment", "一并录取")
    )
    options.setdefault("scene", "入学")
    return pdl.simulate(first, *([second] if drafts else []), population=table, **options)


def words_of(page: str) -> str:
    """What a reader sees, without pictures: one line for each paragraph, row, item."""
    body = page.split("<main")[1].split('<section id="definitions"')[0]
    body = re.sub(r"<svg.*?</svg>", "〔图〕", body, flags=re.DOTALL)
    body = re.sub(r"<sup>.*?</sup>", "", body)
    body = re.sub(r"</t[dh]>", " | ", body)
    body = re.sub(r"</(p|tr|li|h\d|figcaption|summary|dt|dd|div|title)>", "\n", body)
    text = unescape(re.sub(r"<[^>]*>", "", body)).split(">", 1)[1]
    return "\n".join(line for raw in text.split("\n") if (line := " ".join(raw.split())))


# -- what it says


def test_a_small_report_reads_like_this():
    result = simulated(by="学历")
    result.frame("contributions")
    result.frame("typical")
    hold_against(EXPECTED / "report.txt", words_of(result.report()) + "\n")


def test_a_report_of_open_scores_reads_like_this():
    result = simulated(behaviour=OPEN, drafts=False, treatment="未载明")
    hold_against(EXPECTED / "report-open.txt", words_of(result.report()) + "\n")


def test_in_english_no_chinese_words_of_ours_are_left():
    result = simulated(by="学历", language="en")
    result.frame("contributions")
    text = words_of(result.report())
    assert "Who gains:" in text
    assert "The line:" in text
    own = "来沪人员积分修订草案社保学历分表现入学小初中大甲月数年龄岁"
    assert not re.findall(f"[\u4e00-\u9fff]+(?<![{own}])", text.split("What changes")[0])


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0"), (9999, "9,999"), (10_000, "1 万"), (98_765, "9.88 万"), (123_456, "12.3 万"),
     (1_000_000, "100 万"), (1_234_567_890, "12.3 亿")],
)  # fmt: skip
def test_many_are_told_in_ten_thousands(number: int, shown: str):
    assert count_text(number) == shown


def test_shares_are_never_rounded_to_nothing_or_all():
    assert share_text(0, 10) == "0%"
    assert share_text(1, 100_000) == "不到 0.1%"
    assert share_text(99_999, 100_000) == "99.9% 以上"
    assert share_text(1, 3) == "33.3%"
    assert share_text(3, 3) == "100%"
    assert of_many(99, 1000, ("人", "persons")) == "每 10 人里约 1 人"
    assert of_many(31, 1000, ("人", "persons")) == "每 100 人里约 3 人"
    assert of_many(3, 1000, ("人", "persons")) == "每 1000 人里约 3 人"
    assert of_many(0, 1000, ("人", "persons")) == of_many(5, 9, ("人", "persons")) == ""
    assert points_text(Fraction(1, 300)) == "不到 0.01"
    assert points_text(Fraction(-5, 2), signed=True) == "−2.5"


# -- every figure from the plain scored table


def rows_of(page: str, section: str, title: str) -> list[dict[str, str]]:
    """The rows of a table of the page, as a reader sees them."""
    part = page.split(f'<section id="{section}">')[1]
    for table in re.findall(r"<figure class=\"table\">.*?</figure>", part, re.DOTALL):
        caption = re.search(r"<figcaption>(.*?)</figcaption>", table, re.DOTALL)
        if caption is None or title not in caption[1]:
            continue
        heads, *lines = re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL)
        names = [plain(h) for h in re.findall(r"<th[^>]*>(.*?)</th>", heads, re.DOTALL)]
        return [
            dict(zip(names, map(plain, re.findall(r"<td[^>]*>(.*?)</td>", line, re.DOTALL)), strict=True))
            for line in lines
        ]  # fmt: skip
    raise AssertionError(f"no table {title}")


def plain(cell: str) -> str:
    text = re.sub(r"<sup>.*?</sup>", "", cell, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "", text)).replace("−", "-").replace(",", "").strip()


def rounded(value: Fraction, places: int = 4) -> Decimal:
    scaled = value * 10**places
    whole = int(abs(scaled) + Fraction(1, 2)) * (1 if scaled >= 0 else -1)
    return Decimal(whole).scaleb(-places)


@pytest.fixture(scope="module")
def yueqing() -> pdl.SimulationResult:
    result = pdl.simulate(
        "yueqing-2022", "yueqing-2023-draft", population="yangtze-delta-migrants", n=400,
        assume=["yueqing-demo"], scene="随迁子女入学", quota=60, by="文化程度",
    )  # fmt: skip
    result.frame("contributions")
    result.frame("typical")
    return result


@pytest.fixture(scope="module")
def page(yueqing: pdl.SimulationResult) -> str:
    return yueqing.report()


def test_the_figures_of_the_distribution(yueqing: pdl.SimulationResult, page: str):
    scored = yueqing.scored()
    rows = rows_of(page, "distribution", "分布")
    assert [row["版本"] for row in rows] == scored.attrs["versions"]
    for version, row in enumerate(rows):
        points = [Fraction(x) for x in scored[f"low_{version}"]]
        n, mean = len(points), sum(points, Fraction(0)) / len(points)
        assert Decimal(row["人数"]) == n
        assert Decimal(row["均值"]) == rounded(mean)
        variance = sum(((x - mean) ** 2 for x in points), Fraction(0)) / n
        assert float(row["标准差"]) == pytest.approx(float(variance) ** 0.5, abs=1e-4)
        pairs = sum(abs(x - y) for x in points for y in points)
        assert Decimal(row["基尼系数"]) == rounded(pairs / (2 * n * n * mean), 6)
        ordered = sorted(points)
        for share in (5, 25, 50, 75, 95):
            place = max(1, -(-share * n // 100))
            assert Fraction(row[f"{share}% 分位"]) == ordered[place - 1]


def test_the_chart_of_the_distribution_counts_everybody_once(yueqing: pdl.SimulationResult):
    scored = yueqing.scored()
    chart = yueqing.charts()["distribution"]
    edges = sorted({Fraction(str(row["得分"])) for row in chart.rows})
    width = edges[1] - edges[0]
    for version, label in enumerate(scored.attrs["versions"]):
        points = [Fraction(x) for x in scored[f"low_{version}"]]
        for row in chart.rows:
            if row["版本"] == label:
                edge = row["得分"]
                assert isinstance(edge, Fraction)
                assert row["人数"] == sum(edge <= x < edge + width for x in points)


def test_who_gains_and_who_loses(yueqing: pdl.SimulationResult, page: str):
    scored = yueqing.scored()
    change = (scored["low_1"] - scored["low_0"]).map(Fraction)
    for row in rows_of(page, "changes", "得失"):
        own = change if row["组"] == "全部" else change[scored["group"] == row["组"]]
        if not len(own):
            assert row["人数"] == "0"
            continue
        gains = own[own > 0]
        assert int(row["受益"]) == len(gains)
        assert int(row["受损"]) == (own < 0).sum()
        assert int(row["不变"]) == (own == 0).sum()
        assert Decimal(row["人均变化"]) == rounded(sum(own, Fraction(0)) / len(own))
        if len(gains):
            assert Decimal(row["受益者人均"]) == rounded(sum(gains, Fraction(0)) / len(gains))
    gains = change[change > 0]
    lead = words_of(page)
    assert f"{len(gains)} 人（占 {share_text(len(gains), len(change))}" in lead
    assert f"平均每人多 {points_text(sum(gains, Fraction(0)) / len(gains))} 分" in lead
    assert f"最多的多 {points_text(max(gains))} 分" in lead


def test_charts_of_changes_and_bands(yueqing: pdl.SimulationResult):
    scored = yueqing.scored()
    change = (scored["low_1"] - scored["low_0"]).map(Fraction)
    drawn = yueqing.charts()
    assert sum(r["人数"] for r in drawn["differences_1"].rows) == (change != 0).sum()
    edges = [Fraction(edge, yueqing.simulation.scale) for edge in yueqing.simulation.edges]

    def band(points: Fraction) -> int:
        return sum(points >= edge for edge in edges)

    before, after = (scored[f"low_{v}"].map(lambda x: band(Fraction(x))) for v in (0, 1))
    counted = pd.crosstab(before, after)
    cells = [r["人数"] for r in drawn["transitions_1"].rows]
    assert sorted(c for c in cells if c) == sorted(int(c) for c in counted.to_numpy().ravel() if c)
    shares = {(r["谁"], r["变化"]): r["人数"] for r in drawn["changes"].rows}
    assert shares["全部", "受益"] == (change > 0).sum()


def test_groups(yueqing: pdl.SimulationResult, page: str):
    scored = yueqing.scored()
    for row in rows_of(page, "groups", "按文化程度"):
        version = scored.attrs["versions"].index(row["版本"])
        own = scored[scored["group"] == row["文化程度"]]
        assert int(row["人数"]) == len(own)
        if len(own):
            points = [Fraction(x) for x in own[f"low_{version}"]]
            assert Decimal(row["均值"]) == rounded(sum(points, Fraction(0)) / len(own))
            assert Fraction(row["中位数"]) == sorted(points)[(len(own) - 1) // 2]
        assert int(row["有位"]) == (own[f"outcome_{version}"] == "录取").sum()


def test_the_line_and_who_crosses_it(yueqing: pdl.SimulationResult, page: str):
    scored = yueqing.scored()
    rows = [row for row in rows_of(page, "line", "录取线") if not row["同分"].startswith("若")]
    ranks = [scored[f"rank_{v}"] for v in (0, 1)]
    for version, row in enumerate(rows):
        own = scored[ranks[version] > 0]
        low = own[f"low_{version}"]
        admitted = own[own[f"outcome_{version}"] == "录取"][f"low_{version}"]
        assert int(row["参加排序"]) == len(own)
        assert int(row["有位"]) == len(admitted) == (own[f"rank_{version}"] <= 60).sum()
        household = yueqing.simulation.scored[version].ranked.points.low  # 就高: the better of two
        points = pd.Series([Fraction(int(x), yueqing.simulation.scale) for x in household])
        inside = points[(scored[f"outcome_{version}"] == "录取").to_numpy()]
        assert Fraction(row["录取线"]) == min(inside)
        below = points[(ranks[version] > 0).to_numpy() & (points < min(inside)).to_numpy()]
        assert Fraction(row["相差"]) == min(inside) - max(below)
        assert len(low) >= len(admitted)
    crossed = rows_of(page, "line", "谁跨线")
    was, now = (scored[f"outcome_{v}"] == "录取" for v in (0, 1))
    by = yueqing.simulation.by
    assert by is not None
    for group in ("全部", *by.labels):
        among = scored["group"] == group
        there = np.ones(len(scored), bool) if group == "全部" else among.to_numpy()
        found = {(r["原来"], r["现在"]): int(r["户数"]) for r in crossed if r["组"] == group}
        assert found.get(("无位", "有位"), 0) == (~was & now & there).sum()
        assert found.get(("有位", "无位"), 0) == (was & ~now & there).sum()


def test_moves_of_ranks(yueqing: pdl.SimulationResult, page: str):
    scored = yueqing.scored()
    both = scored[(scored["rank_0"] > 0) & (scored["rank_1"] > 0)]
    moves = both["rank_0"] - both["rank_1"]
    (row,) = rows_of(page, "ranks", "名次变动")
    assert int(row["两边都排"]) == len(both)
    assert int(row["名次变动"]) == (moves != 0).sum()
    assert Decimal(row["平均变动"]) == rounded(Fraction(int(moves.abs().sum()), len(both)), 2)
    assert (int(row["最多上升"]), int(row["最多下降"])) == (moves.max(), -moves.min())
    drawn = yueqing.charts()["moves_1"].rows
    up = sum(r["人数"] for r in drawn if r["方向"] == "上升")
    assert up == (moves > 0).sum()


def test_contributions_add_up_in_the_waterfall(yueqing: pdl.SimulationResult):
    rows = yueqing.charts()["contributions_1"].rows
    first, *steps, last = (Fraction(row["均值（分）"]) for row in rows)
    assert first + sum(steps) == last
    scored = yueqing.scored()
    assert last == sum(map(Fraction, scored["low_1"])) / len(scored)


def test_caps_by_the_exact_evaluator(yueqing: pdl.SimulationResult, page: str):
    from policydsl.scoring.exact import Evaluator

    sim = yueqing.simulation
    scores = [Evaluator(sim.versions[1].policy).score(sim.people.case(1, int(row)))
              for row in sim.people.cases]  # fmt: skip
    for row in rows_of(page, "caps", "到顶的人"):
        if row["版本"] == sim.labels[1]:
            points = [abs(s.parts[row["条款"]].value) for s in scores]
            assert int(row["到顶"]) == sum(p >= Fraction(row["上限"]) for p in points)
            assert int(row["得 0 分"]) == sum(p == 0 for p in points)


def test_a_person_item_by_item(yueqing: pdl.SimulationResult):
    """The waterfall of a person leads from the old score to the new one."""
    drawn = {k: c for k, c in yueqing.charts().items() if k.startswith("typical_")}
    assert drawn, "somebody gains"
    for chart in drawn.values():
        first, *steps, last = (Fraction(row["得分"]) for row in chart.rows)
        assert first + sum(steps) == last
        assert first != last or any(steps)


def test_what_all_rests_on_stands_at_the_top_and_under_every_figure(page: str):
    box = page.split('class="assumptions"')[1].split("</aside>")[0]
    assert "yueqing-demo" in box
    assert "yangtze-delta-migrants" in box
    before_record = page.split('<section id="record">')[0]
    for figure in re.findall(r'<figure class="chart">.*?</figure>', before_record, re.DOTALL):
        assert re.search(r'href="#assumptions">A1', figure), figure[:300]


# -- edge cases


def test_everybody_ties():
    result = simulated(people(*[(10, 45, "初中")] * 4), places=2)
    text = words_of(result.report())
    assert "4 人" in text
    rows = rows_of(result.report(), "line", "录取线")
    own = {row["同分"]: row for row in rows if row["版本"] == "base"}
    assert own["一并录取"]["有位"] == "4"
    assert own["若不录取"]["有位"] == "0"
    assert own["若抽签"]["未定"] == own["若未载明"]["未定"] == "4"


def test_everybody_ties_and_none_is_taken():
    result = simulated(people(*[(10, 45, "初中")] * 4), places=2, treatment="不录取")
    assert "没有人确定有位，没有录取线" in words_of(result.report())


def test_more_places_than_persons():
    text = words_of(simulated(places=50).report())
    assert "名额 50 个，不少于参加排序的 6 人，全部录取；录取线就是最低分" in text


def test_no_places_are_given():
    text = re.sub(r"  场景.*\n", "", BASE % (SURE, 3, "一并录取"))
    later = text.replace("积分 base", "积分 draft").replace("加 0.5 分", "加 0.6 分")
    result = pdl.simulate(pdl.loads(text), pdl.loads(later), population=SIX)
    assert "没有给定名额" in words_of(result.report())


def test_one_person():
    result = simulated(people((10, 30, "初中")), by="学历")
    text = words_of(result.report())
    assert "没有人的组：小学、大学；这些组没有均值，图上不画。" in text
    assert "1 人中，1 人（占 100%）的得分提高，平均每人多 1 分" in text


def test_nothing_changes():
    first = base()
    same = pdl.loads((BASE % (SURE, 3, "一并录取")).replace("积分 base", "积分 same"))
    result = pdl.simulate(first, same, population=SIX, scene="入学")
    result.frame("contributions")
    text = words_of(result.report())
    assert "没有人的得分提高" in text
    assert "没有人的得分降低" in text
    assert "录取线不变" in text


def test_three_drafts_are_each_told():
    drafts = [draft(), draft(quota=2), draft(SURE, 3, "抽签")]
    result = pdl.simulate(base(), *drafts, population=SIX, scene="入学", by="学历")
    text = words_of(result.report())
    for label in result.simulation.labels[1:]:
        assert f"草案 {label}" in text


def test_nobody_at_all():
    result = simulated(SIX.assign(权重=0))
    assert "没有" in words_of(result.report())


# -- departments within judgement


@pytest.fixture(scope="module")
def beilun() -> pdl.SimulationResult:
    return pdl.simulate("beilun-departments", population="beilun-departments-results", quota=10)


def test_departments_have_their_bands_and_possible_ranks(beilun: pdl.SimulationResult):
    scored = beilun.scored()
    drawn = beilun.charts()
    cases = beilun.frame("cases")
    assert len(cases) == len(scored) == 34
    assert cases["谁"].is_unique
    bands = {row["case"]: row for row in drawn["bands_0"].rows}
    ranks = {row["case"]: row for row in drawn["ranks_0"].rows}
    low = [Fraction(x) for x in scored["low_0"]]
    high = [Fraction(x) for x in scored["high_0"]]
    expected = sorted(
        (1 + sum(a > high[i] for a in low), 1 + sum(b > low[i] for b in high) - (high[i] > low[i]),
         low[i], high[i]) for i in range(34)
    )  # fmt: skip
    shown = sorted(
        (r["rank"], r["worst"], bands[c]["low"], bands[c]["high"]) for c, r in ranks.items()
    )
    assert shown == expected
    first = sum(best == 1 for best, *_ in expected)
    assert f"可能排第一的有 {first} 个单位" in words_of(beilun.report())


# -- files and browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    persons = tmp_path_factory.mktemp("persons") / "我的人.csv"
    table = pd.read_csv(Path(__file__).parents[2] / "policies" / "demo" / "yueqing-applicants.csv")
    table.head(1).assign(年度借阅册数=12).to_csv(persons, index=False)
    made = pdl.simulate(
        "yueqing-2022", "yueqing-2023-draft", population="yangtze-delta-migrants", n=200,
        assume=["yueqing-demo"], scene="随迁子女入学", quota=30, by="年龄:30,45",
    )  # fmt: skip
    made.frame("contributions")
    made.frame("typical")
    made.options = type(made.options)(only=("书香阅读",))
    made.frame("sensitivity")
    told = made.persons(persons)
    assert str(told["yueqing-2023-draft"].iloc[0]) != str(told["yueqing-2022"].iloc[0])
    target = tmp_path_factory.mktemp("out") / "结果"
    made.save(target)
    return target


def test_pictures_stand_beside_the_tables(folder: Path):
    text = (folder / "report.html").read_text(encoding="utf-8")
    linked = {link for link in re.findall(r'href="([^"#]+)"', text) if "://" not in link}
    assert linked
    for link in linked:
        assert (folder / link).is_file(), link
    made = {p.name for p in (folder / "figures").iterdir()}
    assert {f"{name}.{suffix}" for name in ("distribution", "contributions_1", "persons_1_1")
            for suffix in ("png", "svg")} <= made  # fmt: skip
    drawn = text.count("<svg")
    assert drawn == len(made) // 2


def test_in_a_browser_the_report_shows_and_asks_for_nothing(folder: Path, tmp_path: Path):
    found = opened(folder / "report.html", tmp_path)
    assert found.console == ()
    assert found.requests == ()
    assert 'data-ready=""' in found.dom
    drawings = re.findall(r"<svg.*?</svg>", found.dom, re.DOTALL)
    assert len(drawings) >= 12
    for svg in drawings:
        assert len(re.findall(r"<(?:path|line|rect)\b", svg)) > 4
        assert re.search(r"<text[^>]*>[^<]*[\u4e00-\u9fff0-9]", svg)


def test_without_the_extra_tables_and_record_are_written_and_the_rest_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    import sys

    from policydsl.simulation.records import Request, write_simulation

    monkeypatch.setitem(sys.modules, "vl_convert", None)
    charts._renderer.cache_clear()
    charts._drawn.cache_clear()
    demo = Path(__file__).parents[2] / "policies" / "demo" / "yueqing-applicants.csv"
    request = Request("yueqing-2022", (), str(demo), assume=("yueqing-demo",))
    made = write_simulation(request, tmp_path / "out")
    assert [d.code for d in made.told] == ["R702"]
    assert not (tmp_path / "out" / "report.html").exists()
    assert not (tmp_path / "out" / "figures").exists()
    assert (tmp_path / "out" / "summary.csv").exists()
    charts._renderer.cache_clear()
    fonts.font_file.cache_clear()


def test_sensitivity_of_some_numbers_only():
    result = simulated()
    result.options = type(result.options)(only=("社保=0.5", "0.6"))
    found = result.frame("sensitivity")
    assert set(found["数值"]) == {"0.5分", "0.6分"}
    result = simulated()
    result.options = type(result.options)(only=("学历分",))
    assert set(result.frame("sensitivity")["条款"]) == {"学历分"}
    result = simulated()
    result.options = type(result.options)(only=("学例分",))
    with pytest.raises(PolicyError) as raised:
        result.frame("sensitivity")
    (problem,) = raised.value.diagnostics
    assert problem.code == "S550"
    assert "学历分" in problem.message()


def test_too_many_persons_are_a_population(tmp_path: Path):
    file = tmp_path / "many.csv"
    pd.concat([SIX.assign(编号=[f"{k}-{i}" for i in range(6)]) for k in range(40)]).to_csv(
        file, index=False
    )
    with pytest.raises(PolicyError) as raised:
        simulated().persons(file)
    assert [d.code for d in raised.value.diagnostics] == ["S551"]


def test_every_table_is_a_frame_and_every_chart_can_be_changed(yueqing: pdl.SimulationResult):
    for name in yueqing.names:
        if name != "sensitivity":  # takes long; shown above
            assert isinstance(yueqing.frame(name), pd.DataFrame)
    pytest.importorskip("altair")
    assert yueqing.charts()["distribution"].altair().to_dict()["$schema"]
