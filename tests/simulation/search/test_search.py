"""Searching for drafts: what is found is what trying every draft by hand would find."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policydsl as pdl
from policydsl.language.diagnostics import PolicyError
from policydsl.model.loading import load
from policydsl.simulation.drafts import versions_of
from policydsl.simulation.records import meaning_of
from policydsl.simulation.runs import simulate
from policydsl.simulation.search import measuring, searching
from policydsl.simulation.search.moves import MOST_VALUES, moves_of, names_of
from policydsl.simulation.search.numbers import roughness
from policydsl.simulation.search.proposals import SearchResult, movable
from policydsl.simulation.search.searching import rank_of
from policydsl.simulation.search.targets import Measures, wanted_of

TEXT = """
积分 招生积分 “测试用” {{
  事实 社保月数：计数（月），范围 0 个月 至 60 个月
  事实 志愿时长：计数（小时），范围 0 小时 至 100 小时
  事实 学历：枚举 {{ 本科、大专、高中 }}
  事实 处罚次数：计数（次），范围 0 次 至 5 次
  事实 犯罪记录：是否
  满分 {total} 分
  组 基础 满分 40 分 {{
    指标 社保 满分 30 分 {{ 每 1 个月 社保月数 加 {rate} 分 }}
    指标 学历 满分 10 分 {{ 按 学历 取分 {{ 本科：{degree} 分 大专：6 分 高中：0 分 }} }}
  }}
  组 公益 上限 8 分 {{
    指标 志愿 上限 10 分 {{ 每 10 小时 志愿时长 加 {hours} 分 }}
  }}
  扣分 扣减 {{
    指标 处罚 {{ 每 1 次 处罚次数 扣 {fine} 分 }}
    指标 犯罪 {{ 犯罪记录：一票否决 }}
  }}
  场景 入学 {{ 排序 总分 高者先 名额 4 名 同分 一并录取 }}
}}
"""
BASE = {"total": "48", "rate": "0.5", "degree": "10", "hours": "1", "fine": "5"}
ROWS = [
    (60, 0, "本科", 0, "否"), (50, 100, "大专", 1, "否"), (40, 30, "高中", 0, "否"),
    (20, 80, "大专", 0, "否"), (10, 10, "高中", 2, "否"), (0, 0, "高中", 3, "否"),
    (30, 60, "本科", 0, "是"), (44, 20, "大专", 0, "否"), (36, 90, "高中", 1, "否"),
    (24, 40, "本科", 0, "否"),
]  # fmt: skip
COLUMNS = ["社保月数", "志愿时长", "学历", "处罚次数", "犯罪记录"]
MOVES = {
    "rate": ("社保:0.5=0.3..0.7/0.1", ["0.3", "0.4", "0.6", "0.7"]),
    "degree": ("学历:10#2=6..9/1", ["6", "7", "8", "9"]),
    "hours": ("志愿:1=0.5..2/0.5", ["0.5", "1.5", "2"]),
    "fine": ("处罚:5=2..8/3", ["2", "8"]),
}


def policy(**changes: str) -> pdl.Policy:
    return pdl.loads(TEXT.format(**{**BASE, **changes}))


def table() -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=COLUMNS)


def look(*targets: str, moves: Sequence[str] | None = None, **options: Any) -> SearchResult:
    wanted = [text for text, _ in MOVES.values()] if moves is None else moves
    options = {"scene": "入学", "alternatives": 3, **options}
    return pdl.search(policy(), population=table(), targets=targets, moves=wanted, **options)


def measured(changed: pdl.Policy) -> Measures:
    """By the exact evaluator and naive counting."""
    before = [Fraction(x) for x in pdl.score(policy(), table())["得分"]]
    after = [Fraction(x) for x in pdl.score(changed, table())["得分"]]
    frame = pdl.rank(changed, table(), "入学")
    inside = [int(i) for i in frame.index[frame["结果"] == "录取"]]
    count = len(ROWS)
    shares: dict[tuple[str, str], Fraction | None] = {
        ("学历", value): Fraction(sum(ROWS[i][2] == value for i in inside), len(inside))
        if inside else None
        for value in ("本科", "大专", "高中")
    }  # fmt: skip
    return Measures(
        sum(after, Fraction(0)) / count, min((after[i] for i in inside), default=None),
        len(inside),
        Fraction(sum(a < b for a, b in zip(after, before, strict=True)), count),
        Fraction(sum(a > b for a, b in zip(after, before, strict=True)), count), shares,
    )  # fmt: skip


ALL = {
    names: {
        values: measured(policy(**dict(zip(names, values, strict=True))))
        for values in product(*(MOVES[name][1] for name in names))
    }
    for size in (1, 2)
    for names in combinations(MOVES, size)
}
"""What is measured of every draft with one or two changes."""


def brute_force(result: SearchResult, most: int) -> list[dict[str, str]]:
    """The drafts in the order in which they are to be proposed, without needless changes."""
    order = {"rate": 0, "degree": 1, "hours": 2, "fine": 3}
    found: list[tuple[Any, dict[str, str]]] = []
    for names, drafts in ALL.items():
        for values, measures in drafts.items():
            if len(names) <= most and all(t.met(measures) for t in result.found.targets):
                keys = [key for key in MOVES if key in names]
                changes = dict(zip(names, values, strict=True))
                chosen = {order[key]: Fraction(changes[key]) for key in keys}
                found.append((rank_of(result.moves, chosen), changes))
    found.sort(key=lambda each: each[0])
    smallest = [changes for _, changes in found]
    return [
        changes for changes in smallest
        if not any(other.items() < changes.items() for other in smallest)
    ]  # fmt: skip


def chosen_of(result: SearchResult) -> list[dict[str, str]]:
    keys = list(MOVES)
    return [
        {keys[place]: _text(value) for place, value in draft.chosen.items()}
        for draft in result.found.drafts
    ]


def _text(value: Fraction) -> str:
    return f"{float(value):g}"


# -- the law: what is found is what trying everything finds ------------------------------------


def same_drafts(result: SearchResult, wanted: list[dict[str, str]]) -> bool:
    """Equal ranks may come in either order."""
    order = {"rate": 0, "degree": 1, "hours": 2, "fine": 3}

    def rank(changes: dict[str, str]) -> Any:
        return rank_of(result.moves, {order[k]: Fraction(v) for k, v in changes.items()})

    found = chosen_of(result)
    return all(each in wanted for each in found) and (
        [rank(each) for each in found] == [rank(each) for each in wanted[: len(found)]]
    )


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_what_is_found_is_what_trying_everything_finds(data: st.DataObject):
    names = data.draw(st.sampled_from(list(ALL)))
    planted = data.draw(st.sampled_from(list(ALL[names].values())))
    targets = [f"均值={_decimal(planted.mean)}±0.4"]
    if data.draw(st.booleans()):
        targets.append(f"录取线={_decimal(planted.line)}±1")
    if data.draw(st.booleans()):
        assert planted.losers is not None
        targets.append(f"受损<={_decimal(100 * planted.losers)}%")
    if data.draw(st.booleans()):
        share = planted.shares["学历", "大专"]
        targets.append(f"占比(学历=大专)>={_decimal(100 * (share or Fraction(0)), down=True)}%")
    result = look(*targets, most_changes=2, alternatives=3)
    if result.found.base_meets:
        return
    wanted = brute_force(result, 2)
    assert wanted, "a planted draft is there"
    assert len(result.found.drafts) == min(3, len(wanted))
    assert same_drafts(result, wanted), (targets, chosen_of(result), wanted[:4])
    for draft, changes in zip(result.found.drafts, chosen_of(result), strict=True):
        by_hand = ALL[tuple(changes)][tuple(changes.values())]
        shares = by_hand.shares if draft.measures.shares else {}
        assert draft.measures == replace(by_hand, shares=shares)


def _decimal(value: Fraction | None, down: bool = False) -> str:
    assert value is not None
    return f"{(value * 10_000 // 1) / 10_000 if down else float(value):.4f}"


def test_columns_put_together_give_what_whole_runs_give(monkeypatch: pytest.MonkeyPatch):
    quick = look("均值=10..40", "录取线>=0", "占比(学历=高中)>=5%", "受损>=20%", alternatives=50)
    assert quick.found.notes["whole"] == 0
    monkeypatch.setattr(measuring.Ground, "_fits", lambda self: False)
    slow = look("均值=10..40", "录取线>=0", "占比(学历=高中)>=5%", "受损>=20%", alternatives=50)
    assert slow.found.notes["quick"] == 0
    assert [(d.chosen, d.measures) for d in slow.found.drafts] == [
        (d.chosen, d.measures) for d in quick.found.drafts
    ]


# -- a drafter's questions ------------------------------------------------------------------------


def test_a_planted_draft_is_found_again():
    planted = measured(policy(rate="0.6", hours="2"))
    result = look(f"均值={_decimal(planted.mean)}±0.0001")
    assert {"rate": "0.6", "hours": "2"} in chosen_of(result)


def test_fewest_changes_come_first_then_the_roundest():
    result = look("均值>=24", alternatives=8, most_changes=2)
    counts = [len(draft.chosen) for draft in result.found.drafts]
    assert counts == sorted(counts)
    ranks = [draft.rank(result.moves) for draft in result.found.drafts]
    assert ranks == sorted(ranks)


def test_nothing_has_to_change():
    result = look("均值=不变")
    assert result.found.base_meets
    assert result.proposals == ()
    assert list(result.frame("targets")["已满足"]) == ["是"]


def test_targets_that_cannot_be_met_show_what_can_be_traded():
    result = look("均值>=26", "受损<=0%", "录取线<=20", most_changes=2)
    assert result.proposals == ()
    assert result.found.complete
    assert result.found.measured == 1 + sum(map(len, ALL.values()))
    front = result.found.tradeoffs
    assert front
    misses = [
        (*(t.miss(d.measures) or Fraction(0) for t in result.found.targets), Fraction(len(d.chosen))) for d in front
    ]  # fmt: skip
    for one in misses:
        assert not any(
            all(a <= b for a, b in zip(other, one, strict=True)) and other != one
            for other in misses
        )
    # counted by hand: how many drafts meet each target, and all the others
    everything = [m for drafts in ALL.values() for m in drafts.values()] + [measured(policy())]
    for each in result.found.obstacles:
        others = [t for t in result.found.targets if t is not each.target]
        assert each.met == sum(each.target.met(m) for m in everything)
        assert each.others_met == sum(all(t.met(m) for t in others) for m in everything)
    assert set(result.names) >= {"tradeoffs", "obstacles", "looked"}


def test_bounds_and_steps_are_kept():
    result = look("均值>=23", moves=["社保:0.5=0.45..0.75/0.15", "志愿:1=0.5..2"], alternatives=20)
    allowed = {Fraction(x) for x in ("0.45", "0.6", "0.75")}
    for draft in result.found.drafts:
        for place, value in draft.chosen.items():
            if result.moves[place].name == "社保:0.5":
                assert value in allowed
    assert result.found.drafts


def test_maxima_stay_unless_they_are_free():
    moves = ["社保:30=20..40/10", "学历:10#1=0..20/10"]
    kept = look("均值<=19.5", moves=moves, alternatives=30)
    # one alone no longer adds up to the 40 of the group
    assert {(int(d.chosen[0]), int(d.chosen[1])) for d in kept.found.drafts} == {(20, 20), (40, 0)}
    for proposal in kept.proposals:
        assert proposal.policy.clauses["基础"].full_marks == 40
    open_total = pdl.loads(TEXT.replace("满分 {total} 分", "上限 {total} 分").format(**BASE))
    for keep, found in ((False, [10, 12]), (True, [])):
        result = pdl.search(
            open_total, population=table(), targets=["均值>=20"], moves=["公益:8=6..12/2"],
            keep_maxima=keep,
        )  # fmt: skip
        assert [draft.chosen[0] for draft in result.found.drafts] == found


def test_files_that_are_written_are_the_drafts(tmp_path: Path):
    result = look("均值>=24", "受损<=0%", alternatives=2)
    folder = tmp_path / "out"
    base = tmp_path / "base.policy"
    base.write_text(TEXT.format(**BASE), encoding="utf-8")
    result.save(folder)
    assert (folder / "proposals.csv").exists()
    record = json.loads((folder / "search.json").read_text(encoding="utf-8"))
    assert len(record["proposals"]) == 2
    for proposal, noted in zip(result.proposals, record["proposals"], strict=True):
        path = tmp_path / f"{proposal.id}.policy"
        path.write_text((folder / path.name).read_text(encoding="utf-8"), encoding="utf-8")
        assert pdl.check(path, base).ok
        again = load(path)
        assert meaning_of(replace(again, id=proposal.policy.id)) == noted["sha256"]
        sim = simulate(policy(), [again], table(), scene="入学")
        assert sim.summary(1)[0].mean == proposal.draft.measures.mean
        assert sim.line(1).line == proposal.draft.measures.line
        assert sim.change(1).counts["loses"] == 0
        text = proposal.text
        assert "将 0.5 分 改为" in text or "将 1 分 改为" in text or len(proposal.draft.chosen)
        assert "目标：均值 ≥ 24；受损 ≤ 0%；总分和各组满分不变。测得：" in text


def test_numbers_that_only_an_assumption_set_states():
    """The files are carried out behind the set, and say so."""
    options: dict[str, Any] = {
        "population": "yangtze-delta-migrants", "n": 200, "assume": ["yueqing-demo"],
        "quota": 40, "ties": "admit_all", "alternatives": 2,
    }  # fmt: skip
    found = pdl.search(
        "yueqing-2022", targets=["均值>=68"], **options,
        moves=["缴纳社保:0.5=0.3..0.8/0.1", "居住情况:10#2=5..15"],
    )  # fmt: skip
    assert len(found.proposals) == 2
    for proposal in found.proposals:
        assert "依据假设集 yueqing-demo，不是原文的规定" in proposal.text
        path = Path(f"{proposal.id}.policy")
        assert path.name.endswith(".policy")


def test_a_file_behind_a_set_is_loaded_as_it_was_meant(tmp_path: Path):
    found = pdl.search(
        "yueqing-2022", population="yangtze-delta-migrants", n=200, assume=["yueqing-demo"],
        targets=["均值>=68"], moves=["居住情况:10#2=11..15"], alternatives=1, quota=20,
    )  # fmt: skip
    found.save(tmp_path / "out")
    (proposal,) = found.proposals
    path = tmp_path / "out" / f"{proposal.id}.policy"
    base, draft = versions_of("yueqing-2022", [path], ["yueqing-demo"])
    assert meaning_of(draft.policy) == meaning_of(proposal.policy)
    assert base.policy.clauses.keys() == draft.policy.clauses.keys()


def test_the_order_does_not_depend_on_engine_or_threads():
    runs = [
        look("均值>=24", "录取线>=28", alternatives=4, engine="numpy", threads=1),
        look("均值>=24", "录取线>=28", alternatives=4, engine="auto", threads=2),
    ]
    assert runs[0].found.drafts == runs[1].found.drafts


def test_weights_count_as_persons():
    weighted = table().assign(权重=[3, 1, 1, 1, 1, 1, 1, 1, 1, 2])
    repeated = pd.DataFrame([ROWS[0], ROWS[0], *ROWS, ROWS[9]], columns=COLUMNS)
    found = [
        pdl.search(
            policy(),
            population=people,
            targets=["均值>=26", "受损<=40%"],
            scene="入学",
            moves=[text for text, _ in MOVES.values()],
            alternatives=3,
        )
        for people in (weighted, repeated)
    ]
    assert found[0].found.drafts == found[1].found.drafts


def test_open_scores_are_measured_as_a_whole():
    text = TEXT.format(**BASE).replace("犯罪记录：一票否决", "酌情扣分")
    result = pdl.search(
        pdl.loads(text), population=table(), targets=["均值>=0"], moves=["志愿:1=0.5..2/0.5"],
        alternatives=1,
    )  # fmt: skip
    assert result.found.drafts == () or result.found.notes["whole"]


def test_a_conclusion_that_depends_on_a_moved_number_is_not_put_together():
    """A veto that a number decides: what adds up does not, and the drafts are run as a whole."""
    text = TEXT.format(**BASE).replace("犯罪记录：一票否决", "处罚次数 超过 4 次：一票否决")
    result = pdl.search(
        pdl.loads(text), population=table(), targets=["受损>=10%", "均值<=20"],
        moves=["犯罪:4=1..5", "社保:0.5=0.3..0.7/0.1"], alternatives=3,
    )  # fmt: skip
    assert result.proposals
    assert result.found.notes["whole"]


# -- what is asked --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "rough"),
    [("0", 0), ("1", 0), ("0.5", 0), ("20", 0), ("500", 0), ("0.2", 0), ("3", 1), ("30", 1),
     ("0.6", 1), ("15", 1), ("0.25", 1), ("12", 2), ("0.35", 1), ("125", 3), ("1/3", 9)],
)  # fmt: skip
def test_round_numbers(value: str, rough: int):
    assert roughness(Fraction(value)) == rough


def test_numbers_have_names():
    names = [name for name, _ in movable(policy(), scene="入学")]
    assert "社保:0.5" in names
    assert "学历:10#2" in names
    assert "入学:4" in names
    figures = [figure for _, figure in movable(policy(), scene="入学")]
    assert names_of(figures) == names
    for name in names:
        (move,) = moves_of([f"{name}=0..1000/500"], figures)
        assert move.name == name


def test_full_width_signs_and_other_ways_of_writing():
    figures = [figure for _, figure in movable(policy(), scene="入学")]
    for text in (
        "社保：0.5＝0.3至0.8／0.1",
        "基础/社保:0.5分=0.3..0.8/0.1",
        "社保:0.5 = 0.3~0.8/0.1",
    ):
        (move,) = moves_of([text], figures)
        assert move.values == tuple(Fraction(x, 10) for x in (3, 4, 6, 7, 8))
    (move,) = moves_of(["社保:0.5"], figures)
    assert move.values[0] == Fraction(3, 10)
    assert move.values[-1] == Fraction(7, 10)
    assert len(moves_of(["all"], figures)) > 5
    assert {m.figure.clause for m in moves_of(["学历=0..10"], figures)} == {"基础/学历"}


@pytest.mark.parametrize(
    ("move", "code"),
    [("没有:1=0..2", "S561"), ("社保:7=0..2", "S561"), ("学历:10=0..2", "S562"),
     ("社保:0.5=2..1", "S563"), ("社保:0.5=0..1/0", "S563"), ("社保:0.5=a..b", "S563"),
     ("社保:0.5=-1..1", "S563"), ("社保:0.5=0.5..0.5", "S563"), ("社保:0.5=0..100/0.1", "S564"),
     ("学历:10#7=0..2", "S561"), ("=", "S561"), ("社保:0.5=1..2/1/3", "S563")],
)  # fmt: skip
def test_numbers_that_cannot_move(move: str, code: str):
    with pytest.raises(PolicyError) as caught:
        look("均值>=24", moves=[move])
    assert [d.code for d in caught.value.diagnostics] == [code]
    assert MOST_VALUES == 200


@pytest.mark.parametrize(
    ("target", "code"),
    [("", "S566"), ("均值", "S566"), ("高度=3", "S566"), ("均值=三", "S566"), ("均值=1..", "S566"),
     ("均值=5..3", "S566"), ("占比=3%", "S566"), ("占比(学历)>=3%", "S566"), ("均值>=3±1", "S566"),
     ("均值=3%", "S566"), ("占比(学历=博士)>=1%", "S570"), ("占比(身高=1)>=1%", "D442")],
)  # fmt: skip
def test_targets_that_cannot_be_read(target: str, code: str):
    with pytest.raises(PolicyError) as caught:
        look(target)
    assert [d.code for d in caught.value.diagnostics] == [code]


def test_what_else_can_be_wrong():
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"targets": [], "moves": ["社保:0.5"]}, "S565"),
        ({"targets": ["均值>=1"], "moves": []}, "S560"),
    ]
    for options, code in wrong:
        with pytest.raises(PolicyError) as caught:
            pdl.search(policy(), population=table(), **options)
        assert caught.value.diagnostics[0].code == code
    without = TEXT.format(**BASE).replace("名额 4 名", "名额 未载明")
    with pytest.raises(PolicyError) as caught:
        pdl.search(pdl.loads(without), population=table(), scene="入学",
                   targets=["录取线>=3"], moves=["社保:0.5"])  # fmt: skip
    assert caught.value.diagnostics[0].code == "S569"


def test_targets_in_their_forms():
    base = Measures(Fraction(80), Fraction(130), 5, Fraction(0), Fraction(0))
    for text, low, high in (
        ("均值=不变", "79.6", "80.4"), ("mean=same±2", "78", "82"), ("录取线=不变", "130", "130"),
        ("录取线≈130", "128.7", "131.3"), ("line=120..125", "120", "125"),
        ("均值＞＝９０", "90", None), ("losers<=5", None, "0.05"), ("受益≥40％", "0.4", None),
    ):  # fmt: skip
        (wanted,) = wanted_of([text])
        target = wanted.target(base)
        assert target.low == (None if low is None else Fraction(low)), text
        assert target.high == (None if high is None else Fraction(high)), text


# -- what is said of a search that could not look at everything -----------------------------------


def test_more_drafts_than_can_be_listed_are_drawn_by_lot(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(searching, "LISTED", 12)
    runs = [look("均值>=26", most_changes=2, seed=seed) for seed in (7, 7, 8)]
    for result in runs:
        first, second = result.found.looked
        assert first.drafts == 13
        assert first.listed <= 12
        assert second.listed <= 12 < second.drafts
        assert not result.found.complete
    assert runs[0].found.tradeoffs == runs[1].found.tradeoffs


def test_time_that_is_up_is_said(monkeypatch: pytest.MonkeyPatch):
    clock = iter(range(0, 10_000, 20))
    monkeypatch.setattr(searching, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    result = look("均值>=26", most_changes=2, seconds=100)
    assert not result.found.complete
    assert result.found.looked[0].looked < result.found.looked[0].drafts
    assert "从最整的起，到此为止" in list(result.frame("looked")["范围"])


def test_a_figure_that_is_not_confirmed_stops_everything(monkeypatch: pytest.MonkeyPatch):
    original = measuring.Ground.measures

    def measures(self: measuring.Ground, *given: Any) -> Measures | None:
        found = original(self, *given)
        assert found is None or found.mean is not None
        return found and replace(found, mean=(found.mean or 0) + Fraction(1, 100))

    monkeypatch.setattr(measuring.Ground, "measures", measures)
    with pytest.raises(RuntimeError, match="方案1"):
        look("均值>=24")
