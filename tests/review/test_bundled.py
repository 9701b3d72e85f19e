"""What the review finds in the bundled documents, held against what reading them found."""

from __future__ import annotations

from functools import cache

import pytest

from policydsl.model.loading import bundled, load
from policydsl.review.findings import Finding, Review
from policydsl.review.running import review

SCORED = ("beilun-departments", "beilun-centre-older", "haishu-2022", "yueqing-2022",
          "provincial-indicators-a", "provincial-indicators-b")  # fmt: skip


@cache
def reviewed(id_: str, against: str | None = None) -> Review:
    other = None if against is None else load(against)
    return review(load(id_), against=other, library=bundled())


def clauses(id_: str, code: str) -> list[str]:
    return [f.clause for f in reviewed(id_).of(code)]


def told(finding: Finding) -> str:
    return finding.message() + (finding.witness.text[0] if finding.witness else "")


@pytest.mark.parametrize("id_", SCORED)
def test_declared_sums_pass(id_: str):
    found = reviewed(id_)
    assert found.of("R601", "M208") == ()
    assert any(f.code == "R601" for f in found.passed)


def test_beilun_sums_of_all_34_departments_pass():
    passed = [f for f in reviewed("beilun-departments").passed if f.code == "R601"]
    units = [f for f in passed if f.clause in load("beilun-departments").units]
    assert len(units) == 34
    assert all("= 70" in told(f) for f in units)


# -- the new edition of Beilun


def test_beilun_discretion():
    (whole,) = reviewed("beilun-departments").of("R631")
    assert whole.witness is not None
    numbers = {name: str(value) for name, value in whole.witness.numbers.items()}
    assert (numbers["judged"], numbers["items"]) == ("42", "56")
    assert (numbers["points"], numbers["all"], numbers["share"]) == ("2080", "2380", "87.4")
    assert (numbers["wholly"], numbers["units"]) == ("28", "34")
    assert len(clauses("beilun-departments", "R630")) == 42 + 1  # and one bonus


def test_beilun_points_that_a_total_failure_leaves():
    assert clauses("beilun-departments", "R621") == [
        "区发展和改革局/1", "区发展和改革局/3", "区经济和信息化局/1", "区经济和信息化局/2",
        "区人力资源和社会保障局/2", "区人力资源和社会保障局/3", "区住建局/1", "区卫生健康局/2",
    ]  # fmt: skip


def test_beilun_overruns():
    found = {f.clause: told(f) for f in reviewed("beilun-departments").of("R620")}
    assert "最多会扣 50 分" in found["区住建局/2"]
    assert "本项 30 分" in found["区住建局/2"]
    assert "应扣 22 分，本项只有 20 分" in found["公安分局/1"]


def test_beilun_shared_items():
    assert clauses("beilun-departments", "R622") == ["基础工作/1", "基础工作/2"]
    by_threes, by_fours = reviewed("beilun-departments").of("R622")
    assert "10 ÷ 3 = 3 次，余 1 分" in told(by_threes)
    assert "10 ÷ 4 = 2 次，余 2 分" in told(by_fours)
    assert clauses("beilun-departments", "R623") == ["基础工作/3"]


def test_beilun_thresholds_without_points():
    found = clauses("beilun-departments", "R640")
    assert "区人力资源和社会保障局/2" in found  # 90 %, and five points for doing nothing at all
    assert "公安分局/3" not in found  # 95, 90 and 50 % cost 5 points a percentage point


# -- its older edition


def test_older_items_without_a_rule():
    (share,) = reviewed("beilun-centre-older").of("R653")
    assert share.clause == "部门"
    assert share.witness is not None
    numbers = {name: str(value) for name, value in share.witness.numbers.items()}
    assert (numbers["bare"], numbers["items"]) == ("13", "42")
    assert (numbers["points"], numbers["all"]) == ("320", "910")
    assert len(clauses("beilun-centre-older", "R651")) == 13


def test_older_thresholds():
    found = reviewed("beilun-centre-older")
    (over,) = found.of("R641")
    assert over.clause == "部门/区卫生计划生育局/5"
    assert "100%以上" in told(over)
    assert clauses("beilun-centre-older", "R643") == ["街道/管理工作/1", "部门/公安分局/2"]
    assert all("“45”没有写单位" in f.message() for f in found.of("R643"))
    (care,) = found.of("R642")
    assert care.clause == "部门/区卫生计划生育局/6"
    assert ("70%" in told(care), "90%" in told(care)) == (True, True)


def test_older_deductions_that_come_out_even_are_no_overrun():
    found = clauses("beilun-centre-older", "R620")
    assert "街道/融合工作/2" not in found  # three items at two points, of six
    assert "部门/基础工作/1" not in found  # four items at three points, of twelve
    assert "街道/重点工作/1" in found  # four items at three points, of six
    assert "部门/基础工作/3" in found  # six reports at two points, of ten


# -- points schemes


def test_haishu():
    found = reviewed("haishu-2022")
    assert len(found.of("R650")) == 22  # the maxima of 5 + 10 + 7 indicators
    assert [f.clause for f in found.of("R672")] == ["义务教育", "公租房", "落户"]
    (dates,) = found.of("R673")
    assert "个性指标明确之后" in told(dates)
    assert "施行之日" in told(dates)


def test_yueqing():
    found = reviewed("yueqing-2022")
    assert len(found.of("R671")) == 8  # 等, in each scene
    (veto,) = found.of("R674")
    assert veto.clause == "扣减分项/一票否决"
    (reply,) = found.of("R670")
    assert "“排名公示”最短 5 个工作日，“复核答复”最长 10 个工作日" in reply.message()
    (section,) = found.of("R676")
    assert "缺五" in section.message()


def test_additive_tables_are_not_overlapping():
    """The province adds 5 points up to 60 and one for each year below 55: no tiers at all."""
    for id_ in ("provincial-indicators-a", "provincial-indicators-b"):
        assert reviewed(id_).of("R605", "R607", "R608", "R609") == ()


def test_districts_side_by_side():
    """Yinzhou wants 95 % where Beilun's older edition is content with 90."""
    found = reviewed("beilun-centre-older", "yinzhou-workplan-2023").of("R644")
    facts = {str(f.details["fact"]) for f in found}
    assert any("流动人口信息登记率" in fact for fact in facts)
