"""Two editions that call their units by other names, scored on one table of units."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import policydsl as pdl
from policydsl.cli import main
from policydsl.language.diagnostics import PolicyError
from policydsl.simulation.drafts import versions_of
from policydsl.simulation.people import people_of
from policydsl.simulation.units import match_units

EDITIONS = """
考核 duties-old “旧细则” {
  满分 10 分
  事实 缺报：计数（次）
  对象 单位
  单位 区住房局 满分 10 分 { 项 1 满分 10 分 { 每 1 次 缺报 扣 1 分 } }
  单位 区综治办 满分 10 分 { 项 1 满分 10 分 { 每 1 次 缺报 扣 3 分 } }
  单位 区教育局 满分 10 分 { 项 1 满分 10 分 { 每 1 次 缺报 扣 1 分 } }
  单位 区物价局 满分 10 分 { 项 1 满分 10 分 { 每 1 次 缺报 扣 1 分 } }
}
考核 duties-new “新细则” {
  替代 duties-old
  满分 10 分
  事实 缺报：计数（次）
  对象 单位
  单位 区住建局 满分 10 分 { 项 1 满分 10 分 { 每 1 次 缺报 扣 2 分 } }
  单位 区社会治理中心 满分 10 分 { 项 1 满分 10 分 { 每 1 次 缺报 扣 2 分 } }
  单位 区教育局 满分 10 分 { 项 1 满分 10 分 { 每 1 次 缺报 扣 2 分 } }
  单位 区大数据中心 满分 10 分 { 项 1 满分 10 分 { 每 1 次 缺报 扣 2 分 } }
}
沿革 duties-history 从 duties-old 至 duties-new {
  承继 单位 区住房局 至 单位 区住建局 理由 “机构改革”
  承继 单位 区综治办 至 单位 区社会治理中心 推定 “职责的文字相同”
  承继 单位 区教育局 至 单位 区教育局
}
"""

TABLE = "编号,单位,缺报\nU1,区住建局,1\nU2,区社会治理中心,2\nU3,区大数据中心,0\nU4,区教育局,0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "duties.policy").write_text(EDITIONS, encoding="utf-8")
    (tmp_path / "units.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def target(folder: Path, id_: str) -> str:
    return f"{folder / 'duties.policy'}#{id_}"


def test_names_follow_the_succession_both_ways(folder):
    old, new = versions_of(target(folder, "duties-old"), [target(folder, "duties-new")])
    found = match_units([old, new], ["区住建局", "区社会治理中心", "区大数据中心", "区教育局"])
    assert found.names[1] is None
    assert found.names[0] == {
        "区住建局": "区住房局", "区社会治理中心": "区综治办", "区大数据中心": None,
        "区教育局": "区教育局",
    }  # fmt: skip
    assert [d.code for _, d in found.told] == ["D473", "D470", "D471"]
    back = match_units([old, new], ["区住房局", "区综治办", "区物价局"])
    assert back.names[1] == {"区住房局": "区住建局", "区综治办": "区社会治理中心", "区物价局": None}


def test_names_that_all_editions_know_are_left_alone(folder):
    versions = versions_of(target(folder, "duties-old"), [target(folder, "duties-new")])
    assert match_units(versions, ["区教育局"]).names == (None, None)


def test_without_a_common_unit_there_is_nothing_to_compare(folder):
    versions = versions_of(target(folder, "duties-old"), [target(folder, "duties-new")])
    with pytest.raises(PolicyError) as raised:
        match_units(versions, ["区大数据中心"])
    assert [d.code for d in raised.value.diagnostics] == ["D471", "D472"]


def test_a_file_is_scored_under_both_editions_and_who_is_left_out_is_said(folder):
    result = pdl.simulate(
        target(folder, "duties-old"), target(folder, "duties-new"),
        population=folder / "units.csv",
    )  # fmt: skip
    simulation = result.simulation
    people = simulation.people
    assert [people.id(int(row)) for row in people.cases] == ["U1", "U2", "U4"]
    totals = [
        [int(x) // simulation.scale for x in simulation.total(v).low] for v in (0, 1)
    ]  # fmt: skip
    assert totals == [[9, 4, 10], [8, 6, 10]]
    assert people.case(0, int(people.cases[1])).unit == "区综治办"
    assert people.case(1, int(people.cases[1])).unit == "区社会治理中心"
    told = {d.code: d.message("zh") for _, d in simulation.warnings}
    assert "区大数据中心" in told["D471"]
    assert "区社会治理中心 → 区综治办（职责的文字相同）" in told["D470"]
    assert "区住建局 → 区住房局" in told["D473"]


def test_the_record_and_the_report_name_the_assumption(folder, capsys):
    out = folder / "out"
    code = main([
        "simulate", target(folder, "duties-old"), target(folder, "duties-new"),
        "--population", str(folder / "units.csv"), "--out", str(out),
    ])  # fmt: skip
    assert code == 0
    assert "D470" in capsys.readouterr().out
    for name in ("run.json", "report.html"):
        text = (out / name).read_text(encoding="utf-8")
        assert "职责的文字相同" in text, name
        assert "区大数据中心" in text, name
    assert main(["rerun", str(out)]) == 0


def test_what_the_data_lack_for_another_edition_is_said():
    old, new = versions_of("beilun-centre-older", ["beilun-departments"])
    with pytest.raises(PolicyError) as raised:
        people_of("beilun-departments-results", [old.policy, new.policy])
    message = raised.value.diagnostics[0].message("zh")
    assert "第 2 例的对象“区经济和信息化局”不在本策略中" in message


def test_beilun_older_and_newer_on_the_results_of_the_newer(capsys):
    code = main([
        "simulate", "beilun-centre-older", "beilun-departments",
        "--population", "beilun-departments-results", "--no-report",
    ])  # fmt: skip
    shown = capsys.readouterr()
    assert code == 0
    assert "区社会治理中心 → 区综治办" in shown.out
    assert "21 个单位" in shown.out
    assert "D474" in shown.out
    rows = list(csv.reader(shown.out.splitlines(), delimiter=" ", skipinitialspace=True))
    assert any(row[:3] == ["beilun-departments", "下限", "13"] for row in rows if row)


def test_compare_scores_them_too(capsys):
    code = main([
        "compare", "beilun-centre-older", "beilun-departments",
        "--population", "beilun-departments-results",
    ])  # fmt: skip
    shown = capsys.readouterr()
    assert code == 0
    assert "区社会治理中心 → 区综治办" in shown.out + shown.out
