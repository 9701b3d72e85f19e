"""What cannot be scored: said with row and column, counted, kept; never scored as something else."""

from __future__ import annotations

import csv
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.columns.tables import Rows
from tests.scoring.columns.test_scoring import SCHEME, by_columns, random_people

import policydsl as pdl
from policydsl.model import loads
from policydsl.scoring.columns.scored.plans import Wanted
from policydsl.scoring.columns.scoring import score_data, score_file
from policydsl.scoring.columns.tables.outputs import Options, Outputs
from policydsl.scoring.tables import Reading, cases_from_frame, cases_from_records, score_cases

PEOPLE = loads(SCHEME)
OPTIONS = Options(Wanted(), "numpy")
GOOD: dict[str, Any] = {
    "编号": "A", "年龄": 30, "社保月数": 12, "登记率": Decimal("93.5"), "纳税": Decimal("1.25"),
    "学历": "大专", "有证": "是", "登记日期": "2019-05-06",
}  # fmt: skip


def messages(error: pytest.ExceptionInfo[pdl.PolicyError]) -> list[str]:
    return sorted(problem.message() for problem in error.value.diagnostics)


def refused(policy: pdl.Policy, data: Any) -> list[str]:
    with pytest.raises(pdl.PolicyError) as error:
        by_columns(policy, data, date=None)
    for problem in error.value.diagnostics:
        for language in ("zh", "en"):
            assert "{" not in problem.message(language) + problem.remedy(language)
    return messages(error)


def refused_exactly(policy: pdl.Policy, rows: list[dict[str, Any]]) -> list[str]:
    with pytest.raises(pdl.PolicyError) as error:
        score_cases(policy, cases_from_records(policy, rows, Reading()))
    return messages(error)


BAD_CELLS = [
    ("年龄", 121), ("年龄", -1), ("年龄", "三十"), ("年龄", 30.5), ("年龄", "30 个月"), ("年龄", True),
    ("年龄", math.nan), ("年龄", math.inf), ("年龄", 10**40), ("社保月数", -3), ("社保月数", "12 岁"),
    ("登记率", Decimal("93.55")), ("登记率", "100.1%"), ("登记率", 0.30000000000000004),
    ("纳税", "1,25"), ("纳税", "1.2.3"), ("纳税", Decimal("NaN")), ("学历", "大学"), ("学历", "本课"),
    ("学历", 4), ("有证", "有"), ("有证", 2), ("有证", "maybe"), ("登记日期", "2019-02-30"),
    ("登记日期", "昨天"), ("登记日期", pd.Timestamp("2019-05-06 10:00")), ("登记日期", 12),
    ("编号", ""), ("编号", None),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), BAD_CELLS, ids=str)
def test_a_bad_cell_is_refused_in_the_same_words(column: str, value: object):
    rows = [{**GOOD, "编号": f"A{i}"} for i in range(4)]
    rows[2][column] = value
    assert refused(PEOPLE, rows) == refused_exactly(PEOPLE, rows)


def test_all_problems_at_once():
    rows = [{**GOOD, "编号": f"A{i}", column: value} for i, (column, value) in enumerate(BAD_CELLS)]
    found = refused(PEOPLE, rows)
    assert len(found) == len(BAD_CELLS)
    assert found == refused_exactly(PEOPLE, rows)


VALUES = st.one_of(
    st.integers(-5, 130), st.floats(-5, 130), st.booleans(), st.none(), st.dates(),
    st.decimals(-5, 130, places=2), st.sampled_from(["本科", "是", "30 岁", "93.5%", "", " 7 ", "x"]),
    st.text(max_size=4),
)  # fmt: skip


@given(st.lists(st.fixed_dictionaries({name: VALUES for name in GOOD if name != "编号"}), min_size=1,
                max_size=5), st.booleans())  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_any_cells_are_taken_or_refused_alike(drawn: list[dict[str, Any]], frame: bool):
    rows = [{"编号": f"P{i}", **row} for i, row in enumerate(drawn)]
    data = pd.DataFrame(rows) if frame else rows
    try:
        if frame:
            table = cases_from_frame(PEOPLE, pd.DataFrame(rows))
        else:
            table = cases_from_records(PEOPLE, rows)
        expected: Any = [score.total.value for score in score_cases(PEOPLE, table)]
    except pdl.PolicyError as error:
        expected = sorted(problem.message() for problem in error.diagnostics)
    try:
        scores = by_columns(PEOPLE, data, date=None)
        found: Any = [score.total.value for score in scores.objects()[1]]
    except pdl.PolicyError as error:
        found = sorted(problem.message() for problem in error.diagnostics)
        if any(problem.code == "D431" for problem in error.diagnostics):
            return  # the exact evaluator takes numbers of any length
    assert found == expected


def test_typed_columns_of_parquet(tmp_path: Path):
    """Values that no text would hold: NaN, a float off the grid, a time of day, a wrong type."""
    good = random_people(5)
    for column, values, code in (
        ("登记率", pa.array([1.0, math.nan, 2.5, 3.0, 4.0]), "D401"),
        ("登记率", pa.array([1.0, 93.55, 2.5, 3.0, 4.0]), "D401"),
        ("年龄", pa.array([1.0, 1.0000001, 2.0, 3.0, 4.0]), "D401"),
        ("年龄", pa.array([1, 2**63 + 5, 2, 3, 4], pa.uint64()), "D402"),
        ("年龄", pa.array([1, -(2**62), 2, 3, 4]), "D402"),
        ("年龄", pa.array([[1], [2], None, [3], [4]]), "D401"),
        ("有证", pa.array([0, 5, 1, 1, 0]), "D401"),
        ("纳税", pa.array([1.0, 1e300, 2.0, 3.0, 4.0]), "D401"),
        ("纳税", pa.array([1.0, 0.1 + 0.2, 2.0, 3.0, 4.0]), "D431"),
        ("登记日期", pa.array([0, 36_000_000_000, 0, 0, 0], pa.timestamp("us")), "D401"),
    ):
        path = tmp_path / "people.parquet"
        pq.write_table(pa.table({**good, column: values}), path)
        for data in (path, pq.read_table(path)):
            with pytest.raises(pdl.PolicyError) as error:
                score_data(PEOPLE, data, OPTIONS)
            first = error.value.diagnostics[0]
            assert (first.code, first.details["column"]) == (code, column)
            assert first.details["row"] in ("1", "2")
        with pytest.raises(pdl.PolicyError) as error:
            score_file(PEOPLE, path, Outputs(tmp_path / "out.parquet"), OPTIONS)
        assert error.value.diagnostics[0].code == code
        assert not (tmp_path / "out.parquet").exists()
        assert [p.name for p in tmp_path.iterdir()] == ["people.parquet"]


def test_columns_that_are_not_there_or_not_known(tmp_path: Path):
    rows = [{**GOOD, "年纪": 3}]
    assert refused(PEOPLE, rows) == refused_exactly(PEOPLE, rows)
    required = loads(
        "积分 r “r” { 事实 月：计数（月），缺失 必填 指标 甲 { 每 1 个月 月 加 1 分 } }"
    )
    with pytest.raises(pdl.PolicyError, match="D435"):
        by_columns(required, [{"编号": "a"}], date=None)
    lacking: Rows = [{"编号": "a", "月": 1}, {"编号": "b", "月": None}]
    assert refused(required, lacking) == refused_exactly(required, lacking)


def test_households_that_do_not_fit_together():
    policy = loads("""积分 h “h” { 事实 月：计数（月），缺失 必填
      指标 甲 { 每 1 个月 月 加 1 分 } 指标 乙 { 每 1 个月 配偶 的 月 加 1 分 } }""")
    base: dict[str, Any] = {"单位": None, "评定日": None}
    rows: Rows = [
        {"编号": "1", "户号": "A", "角色": "本人", "月": 1},
        {"编号": "2", "户号": "A", "角色": "本人", "月": 1},
        {"编号": "3", "户号": "B", "角色": "配偶", "月": 1},
        {"编号": "4", "户号": "C", "角色": "本人", "月": 1},
        {"编号": "5", "户号": "C", "角色": "配偶", "月": 1},
        {"编号": "6", "户号": "C", "角色": "配偶", "月": 1},
        {"编号": "7", "户号": "D", "角色": None, "月": 1},
        {"编号": "8", "户号": None, "角色": "本人", "月": 1},
        {"编号": "9", "户号": "E", "角色": "本人", "月": 1, "单位": "甲", "评定日": "2020-01-01"},
        {
            "编号": "10",
            "户号": "E",
            "角色": "子女",
            "月": None,
            "单位": "乙",
            "评定日": "2020-01-02",
        },
        {"编号": "11", "户号": "F", "角色": "本人", "月": 1},
        {"编号": "12", "户号": "F", "角色": "配偶", "月": None},
        {"编号": "13", "户号": "G", "角色": "本人", "月": 5},
    ]
    table = [{**base, **row} for row in rows]
    expected = refused_exactly(policy, table)
    found = [text for text in refused(policy, table) if "同属一户" not in text]
    assert found == expected
    kept = score_data(policy, table, OPTIONS, rejects=True)
    assert kept.ids == ["13"]
    assert kept.rejects.rows == 12


def test_units_that_are_not_known():
    policy = loads("""考核 u “u” {
      单位 公安分局 满分 10 分 { 项 1 满分 10 分 { 事实 次：计数（次） 每 1 次 次 扣 1 分 } }
      单位 教育局 满分 10 分 { 项 1 满分 10 分 { 每 1 次 次 扣 2 分 } } }""")
    rows: Rows = [
        {"编号": "a", "单位": "公安分局", "次": 1}, {"编号": "b", "单位": "公安局", "次": 1},
        {"编号": "c", "单位": None, "次": 1}, {"编号": "d", "单位": "教育局", "次": 1},
    ]  # fmt: skip
    assert refused(policy, rows) == refused_exactly(policy, rows)
    kept = score_data(policy, rows, OPTIONS, rejects=True)
    assert list(kept.frame()["得分"]) == [Decimal(9), Decimal(8)]


def test_a_division_by_zero_is_no_score():
    policy = loads("""积分 z “z” { 事实 甲：整数，范围 0 至 9 事实 乙：整数，范围 0 至 9
      指标 丙 { 加 （甲 ÷ 乙） 分 } }""")
    rows = [{"编号": str(i), "甲": 4, "乙": i} for i in range(4)]
    assert refused(policy, rows) == refused_exactly(policy, rows)
    kept = score_data(policy, rows, OPTIONS, rejects=True)
    assert kept.ids == ["1", "2", "3"]
    assert kept.rejects.counts == {"S503": 1}


# -- the rejects file


def people_as_texts(rows: int) -> pd.DataFrame:
    """What a CSV of them holds."""
    frame = pd.DataFrame(random_people(rows))
    frame["登记日期"] = frame["登记日期"].dt.date
    return frame.astype(str).astype(object)


def test_rejects_are_counted_shown_and_kept(tmp_path: Path):
    frame = people_as_texts(3000)
    for row, column, value in (
        (10, "学历", "大学"), (20, "学历", "大学"), (20, "年龄", 300), (2999, "有证", "x"),
        (50, "编号", "N0000049"), (60, "纳税", "-5.x"),
    ):  # fmt: skip
        frame.loc[row, column] = value
    bad = {11, 21, 3000, 50, 51, 61}
    good = [i for i in range(3000) if i + 1 not in bad]
    expected = by_columns(PEOPLE, frame.iloc[good], date=None).frame()
    path = tmp_path / "people.csv"
    frame.to_csv(path, index=False)
    for name in ("out.parquet", "out.csv"):
        outputs = Outputs(tmp_path / name, None, tmp_path / "bad.csv")
        summary = score_file(PEOPLE, path, outputs, OPTIONS)
        assert summary.cases == len(good)
        assert summary.rejects.rows == len(bad)
        assert summary.rejects.counts == {"D401": 2, "D402": 1, "D403": 2, "D406": 2}
        with (tmp_path / "bad.csv").open(encoding="utf-8-sig", newline="") as stream:
            lines = list(csv.DictReader(stream))
        # rows are numbered as records of the file, its head being the first
        assert {int(line["行"]) - 1 for line in lines} == bad
        assert len(lines) == 7
        ours = [line for line in lines if line["行"] == "22"]
        assert [(x["列"], x["值"], x["代码"]) for x in ours] == [
            ("年龄", "300", "D402"), ("学历", "大学", "D403"),
        ]  # fmt: skip
        assert ours[0]["编号"] == "N0000020"
        assert "大学" in ours[1]["问题"]
    found = pd.read_csv(tmp_path / "out.csv", dtype=str)
    assert list(found["编号"]) == list(expected["编号"])
    assert [Decimal(x) for x in found["得分"]] == list(expected["得分"])


def test_without_rejects_bad_rows_are_an_error(tmp_path: Path):
    frame = people_as_texts(3000)
    frame.loc[range(0, 3000, 10), "学历"] = "大学"
    path = tmp_path / "people.csv"
    frame.to_csv(path, index=False)
    with pytest.raises(pdl.PolicyError) as error:
        score_file(PEOPLE, path, Outputs(tmp_path / "out.parquet"), OPTIONS)
    assert len(error.value.diagnostics) == 201
    assert error.value.diagnostics[-1].details == {"count": 100}
    assert [p.name for p in tmp_path.iterdir()] == ["people.csv"]


def test_rows_of_a_csv_with_too_few_or_many_cells(tmp_path: Path):
    path = tmp_path / "people.csv"
    head = "编号,年龄,社保月数"
    path.write_text(f"\n{head}\nA,1,2\nB,3\n\n,,\nC,4,5,6\nD,7,8\n", encoding="utf-8")
    outputs = Outputs(tmp_path / "out.csv", None, tmp_path / "bad.csv")
    summary = score_file(PEOPLE, path, outputs, OPTIONS)
    assert (summary.cases, summary.rejects.counts) == (2, {"D417": 2})
    with pytest.raises(pdl.PolicyError) as error:
        score_file(PEOPLE, path, Outputs(tmp_path / "out.csv"), OPTIONS)
    from policydsl.scoring.tables import read_cases

    with pytest.raises(pdl.PolicyError) as exact:
        read_cases(PEOPLE, path)
    assert messages(error) == messages(exact)


# -- files that are none


def broken_files(folder: Path) -> dict[str, tuple[Path, str]]:
    whole = folder / "whole.parquet"
    pq.write_table(pa.table(random_people(2000)), whole)
    content = whole.read_bytes()
    made = {
        "cut.parquet": (content[: len(content) // 2], "D407"),
        "head.parquet": (content[:100] + content[-100:], "D407"),
        "holes.parquet": (content[:40] + b"\0" * 3000 + content[3040:], "D407"),
        "empty.parquet": (b"", "D407"),
        "text.parquet": ("编号,年龄\n1,2\n".encode(), "D407"),
        "empty.csv": (b"", "D408"),
        "head.csv": ("编号,年龄\n".encode(), "D408"),
        "gbk.csv": ("编号,年龄,学历\n甲,30,大专\n乙,40,本科\n".encode("gbk"), "D416"),
        "zero.csv": (b"a,b\0,c\n", "D407"),
        "quote.csv": ('编号,年龄\n"甲,30\n'.encode(), "D417"),
        "x.xlsx": (b"PK", "D407"),
        "x.txt": (b"x", "D413"),
    }
    for name, (data, _) in made.items():
        (folder / name).write_bytes(data)
    whole.unlink()
    return {name: (folder / name, code) for name, (_, code) in made.items()}


def test_files_that_cannot_be_read(tmp_path: Path):
    for name, (path, code) in broken_files(tmp_path).items():
        with pytest.raises(pdl.PolicyError) as error:
            score_file(PEOPLE, path, Outputs(tmp_path / "out.parquet"), OPTIONS)
        assert error.value.diagnostics[0].code == code, name
        assert not (tmp_path / "out.parquet").exists()
    with pytest.raises(pdl.PolicyError, match="D429"):
        score_file(PEOPLE, tmp_path / "none.csv", Outputs(tmp_path / "out.parquet"), OPTIONS)
    empty = tmp_path / "nothing"
    empty.mkdir()
    with pytest.raises(pdl.PolicyError, match="D408"):
        score_file(PEOPLE, empty, Outputs(tmp_path / "out.parquet"), OPTIONS)
    with pytest.raises(pdl.PolicyError, match="D408"):
        by_columns(PEOPLE, pd.DataFrame({"编号": []}))


def test_too_many_columns(tmp_path: Path):
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{i}" for i in range(2001)) + "\n", encoding="utf-8")
    with pytest.raises(pdl.PolicyError, match="D420"):
        score_data(PEOPLE, path, OPTIONS)


def test_gbk_when_said_so(tmp_path: Path):
    path = tmp_path / "gbk.csv"
    path.write_bytes("编号,年龄,学历\n甲,30,大专\n乙,40,本科\n".encode("gbk"))
    assert list(score_data(PEOPLE, path, OPTIONS, encoding="gbk").frame()["编号"]) == ["甲", "乙"]


def test_files_of_a_folder_with_other_columns(tmp_path: Path):
    people = random_people(5)
    pq.write_table(pa.table(people), tmp_path / "a.parquet")
    pq.write_table(
        pa.table({k: v for k, v in people.items() if k != "年龄"}), tmp_path / "b.parquet"
    )
    with pytest.raises(pdl.PolicyError, match="年龄") as error:
        score_data(PEOPLE, tmp_path, OPTIONS)
    assert error.value.diagnostics[0].code == "D443"


def test_what_only_the_exact_evaluator_can_do():
    plan = loads("要点 w “w” { 任务 1 { 目标 “做完” } }")
    with pytest.raises(pdl.PolicyError, match="S511"):
        by_columns(plan, [{"编号": "a"}])
    judged = loads("积分 j “j” { 指标 甲 上限 5 分 { 酌情加分 } }")
    with pytest.raises(pdl.PolicyError, match="甲") as error:
        by_columns(judged, [{"编号": "a", "评定:甲": 3}])
    assert error.value.diagnostics[0].code == "S511"
    # an empty column of judgements is nothing to refuse
    assert len(by_columns(judged, [{"编号": "a", "评定:甲": None}])) == 1
    nested = [{"编号": "a", "成员": [{"角色": "配偶"}]}]
    with pytest.raises(pdl.PolicyError, match="S511"):
        by_columns(judged, nested)
