"""Files of any size: scored part by part, gone on with after an interruption, whole or not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.scoring.columns.test_scoring import SCHEME, by_columns, random_people

import policydsl as pdl
from policydsl.model import loads
from policydsl.scoring.columns.scored import batch
from policydsl.scoring.columns.scored.plans import Wanted
from policydsl.scoring.columns.scoring import score_file
from policydsl.scoring.columns.tables import csv_files, parquet, streaming, surveying
from policydsl.scoring.columns.tables.outputs import Options, Outputs
from policydsl.scoring.columns.tables.streaming import Summary

ROWS = 1000
OPTIONS = Options(Wanted(), "numpy")


@pytest.fixture(scope="module")
def people() -> pdl.Policy:
    return loads(SCHEME)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts and batches of a few rows, so that a small file has many of them."""
    monkeypatch.setattr(parquet, "PART_ROWS", 100)
    monkeypatch.setattr(parquet, "BATCH_ROWS", 64)
    monkeypatch.setattr(csv_files, "PART_ROWS", 100)
    monkeypatch.setattr(csv_files, "CSV_BLOCK", 4096)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.DataFrame(random_people(ROWS))


@pytest.fixture
def file(tmp_path: Path, frame: pd.DataFrame) -> Path:
    path = tmp_path / "people.parquet"
    pq.write_table(pa.Table.from_pandas(frame), path, row_group_size=90)
    return path


def run(policy: pdl.Policy, path: Path, out: Path | None, **more: Any) -> Summary:
    options = more.pop("options", OPTIONS)
    return score_file(policy, path, Outputs(out, **more), options)


def totals(path: Path) -> dict[str, Decimal]:
    table = pq.read_table(path)
    return dict(zip(table["编号"].to_pylist(), table["得分"].to_pylist(), strict=True))


def expected_totals(policy: pdl.Policy, frame: pd.DataFrame) -> dict[str, Decimal]:
    made = by_columns(policy, frame, date=None).frame()
    return dict(zip(made["编号"], made["得分"], strict=True))


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def test_a_file_a_folder_and_a_csv_hold_the_same(
    people: pdl.Policy, file: Path, frame: pd.DataFrame, tmp_path: Path
):
    expected = expected_totals(people, frame)
    for name in ("out.parquet", "parts"):
        summary = run(people, file, tmp_path / name)
        assert (summary.rows, summary.cases, summary.resumed) == (ROWS, ROWS, 0)
        assert list(totals(tmp_path / name).items()) == list(expected.items())
    assert len(list((tmp_path / "parts").glob("part-*.parquet"))) > 5
    run(people, file, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["编号"]: Decimal(row["得分"]) for row in rows} == expected
    assert left_behind(tmp_path) == []


def test_sizes_of_batches_and_kinds_of_files_do_not_matter(
    people: pdl.Policy, frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    expected = expected_totals(people, frame)
    frame.to_csv(tmp_path / "people.csv", index=False)
    folder = tmp_path / "set"
    for year in (1, 2):
        part = folder / f"批次={year}"
        part.mkdir(parents=True)
        half = frame.iloc[(year - 1) * 500 : year * 500]
        pq.write_table(pa.Table.from_pandas(half), part / "x.parquet", row_group_size=year * 70)
    (folder / "_SUCCESS").write_text("")
    options = Options(Wanted(), "numpy", ignore=("批次",))
    for rows in (7, 1000):
        monkeypatch.setattr(parquet, "BATCH_ROWS", rows)
        run(people, tmp_path / "people.csv", tmp_path / "a.parquet")
        run(people, folder, tmp_path / "b.parquet", options=options)
        assert totals(tmp_path / "a.parquet") == totals(tmp_path / "b.parquet") == expected


def test_partitions_are_columns(people: pdl.Policy, frame: pd.DataFrame, tmp_path: Path):
    folder = tmp_path / "set"
    for level, rows in frame.groupby("学历"):
        part = folder / f"学历={level}"
        part.mkdir(parents=True)
        pq.write_table(pa.Table.from_pandas(rows.drop(columns="学历")), part / "x.parquet")
    run(people, folder, tmp_path / "out.parquet")
    assert totals(tmp_path / "out.parquet") == expected_totals(people, frame)


def test_only_a_histogram(people: pdl.Policy, file: Path, frame: pd.DataFrame, tmp_path: Path):
    summary = run(people, file, None, histogram=tmp_path / "h.csv")
    counts = pd.Series(expected_totals(people, frame)).value_counts()
    with (tmp_path / "h.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {Decimal(row["得分"]): int(row["人数"]) for row in rows} == counts.to_dict()
    assert summary.tally.persons == ROWS
    run(people, file, None, histogram=tmp_path / "h.json")
    record = json.loads((tmp_path / "h.json").read_text(encoding="utf-8"))
    assert record["persons"] == ROWS
    assert {Decimal(x["points"]): x["persons"] for x in record["histogram"]} == counts.to_dict()
    assert record["policy"] == "people"
    assert left_behind(tmp_path) == []


# -- interruptions


class Interrupted(BaseException):
    """What Ctrl-C or a power cut is to the program."""


def interrupt_after(monkeypatch: pytest.MonkeyPatch, batches: int) -> Iterator[int]:
    """Let the run fail when it has scored so many batches."""
    counted = iter(range(batches))
    real = batch.score_batch

    def failing(*arguments: Any) -> Any:
        if next(counted, None) is None:
            raise Interrupted
        return real(*arguments)

    monkeypatch.setattr(streaming, "score_batch", failing)
    return counted


@pytest.mark.parametrize("name", ["out.parquet", "parts", "out.csv"])
@pytest.mark.parametrize("batches", [0, 3, 7, 13])
def test_an_interrupted_run_goes_on(
    people: pdl.Policy, file: Path, tmp_path: Path, name: str, batches: int,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    run(people, file, tmp_path / f"whole-{name}", histogram=tmp_path / "whole.csv")
    out = tmp_path / name
    with monkeypatch.context() as patch:
        interrupt_after(patch, batches)
        with pytest.raises(Interrupted):
            run(people, file, out, histogram=tmp_path / "h.csv")
    assert not out.exists()  # no partial file under the final name
    assert not (tmp_path / "h.csv").exists()
    summary = run(people, file, out, histogram=tmp_path / "h.csv")
    assert summary.resumed == batches // 4  # a part has two row groups of 64 + 26 rows
    assert (summary.rows, summary.cases) == (ROWS, ROWS)
    if name == "out.csv":
        assert out.read_bytes() == (tmp_path / f"whole-{name}").read_bytes()
    else:
        assert pq.read_table(out).equals(pq.read_table(tmp_path / f"whole-{name}"))
    assert (tmp_path / "h.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert left_behind(tmp_path) == []


def interrupted(
    policy: pdl.Policy, file: Path, out: Path, monkeypatch: pytest.MonkeyPatch, **more: Any
) -> None:
    with monkeypatch.context() as patch:
        interrupt_after(patch, 9)
        with pytest.raises(Interrupted):
            run(policy, file, out, **more)


def test_a_changed_policy_starts_over(
    people: pdl.Policy, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "out.parquet"
    interrupted(people, file, out, monkeypatch)
    draft = loads(SCHEME.replace("加 0.5 分", "加 0.25 分"))
    summary = run(draft, file, out)
    assert summary.resumed == 0
    assert totals(out) == expected_totals(draft, pq.read_table(file).to_pandas())


def test_changed_data_and_options_start_over(
    people: pdl.Policy, file: Path, frame: pd.DataFrame, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    out = tmp_path / "out.parquet"
    interrupted(people, file, out, monkeypatch)
    assert run(people, file, out, options=Options(Wanted(items=True), "numpy")).resumed == 0
    interrupted(people, file, out, monkeypatch)
    older = frame.assign(年龄=frame["年龄"].clip(0, 99))
    pq.write_table(pa.Table.from_pandas(older), file, row_group_size=90)
    assert run(people, file, out).resumed == 0
    assert totals(out) == expected_totals(people, older)


def test_a_record_that_cannot_be_read_starts_over(
    people: pdl.Policy, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "out.parquet"
    for spoil in ("{", '{"key": 1}', '{"parts": []}'):
        interrupted(people, file, out, monkeypatch)
        (tmp_path / ".out.parquet.parts" / "run.json").write_text(spoil, encoding="utf-8")
        assert run(people, file, out).resumed == 0
    interrupted(people, file, out, monkeypatch)
    (tmp_path / ".out.parquet.parts" / "part-00001.arrow").unlink()
    assert run(people, file, out).resumed == 1
    assert len(totals(out)) == ROWS


def test_an_old_result_stays_until_the_new_one_is_there(
    people: pdl.Policy, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("out.parquet", "parts"):
        out = tmp_path / name
        run(people, file, out)
        before = totals(out)
        draft = loads(SCHEME.replace("加 0.5 分", "加 0.25 分"))
        interrupted(draft, file, out, monkeypatch)
        assert totals(out) == before
        run(draft, file, out)
        assert totals(out) != before


# -- households


HOUSEHOLDS = """
积分 homes “户” {
  事实 月：计数（月）
  指标 甲 { 每 1 个月 月 加 1 分 }
  指标 乙 上限 50 分 { 每 1 个月 配偶 的 月 加 0.5 分 }
}
"""


def homes(count: int) -> pd.DataFrame:
    draw = np.random.default_rng(2)
    rows = []
    for home in range(count):
        roles = ["本人", "配偶", "子女", "子女"][: draw.integers(1, 5)]
        draw.shuffle(roles)
        if "本人" not in roles:
            roles[0] = "本人"
        rows += [
            {"编号": f"{home}-{place}", "户号": f"H{home}", "角色": role,
             "月": int(draw.integers(0, 300))}
            for place, role in enumerate(roles)
        ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize("name", ["homes.parquet", "homes.csv"])
def test_households_across_batches_and_parts(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
):
    policy = loads(HOUSEHOLDS)
    frame = homes(300)
    expected = expected_totals(policy, frame)
    path = tmp_path / name
    if name.endswith("csv"):
        frame.to_csv(path, index=False)
    else:
        pq.write_table(pa.Table.from_pandas(frame), path, row_group_size=37)
    out = tmp_path / "out.parquet"
    run(policy, path, out)
    assert totals(out) == expected
    with monkeypatch.context() as patch:
        interrupt_after(patch, 2 if name.endswith("csv") else 11)
        with pytest.raises(Interrupted):
            run(policy, path, tmp_path / "again.parquet")
    assert run(policy, path, tmp_path / "again.parquet").resumed > 0
    assert totals(tmp_path / "again.parquet") == expected
    with monkeypatch.context() as patch:
        patch.setattr(streaming, "whole_parquet", interrupted_at_the_end)
        with pytest.raises(Interrupted):
            run(policy, path, tmp_path / "third.parquet")
    assert run(policy, path, tmp_path / "third.parquet").resumed > 1
    assert totals(tmp_path / "third.parquet") == expected


def interrupted_at_the_end(*_: object) -> None:
    raise Interrupted


def test_households_whose_rows_are_apart(tmp_path: Path):
    policy = loads(HOUSEHOLDS)
    frame = homes(100)
    mixed = pd.concat([frame.iloc[1:], frame.iloc[:1]])
    assert frame["户号"].iloc[0] == frame["户号"].iloc[1]
    path = tmp_path / "homes.parquet"
    pq.write_table(pa.Table.from_pandas(mixed), path)
    with pytest.raises(pdl.PolicyError, match="D433"):
        run(policy, path, tmp_path / "out.parquet")
    # in memory that does not matter
    assert expected_totals(policy, mixed) == expected_totals(policy, frame)
    run(policy, path, tmp_path / "out.parquet", rejects=tmp_path / "bad.csv")
    expected = expected_totals(policy, frame)
    home = set(frame[frame["户号"] == frame["户号"].iloc[0]]["编号"])
    assert totals(tmp_path / "out.parquet") == {
        id_: total for id_, total in expected.items() if id_ not in home
    }
    text = (tmp_path / "bad.csv").read_text(encoding="utf-8-sig")
    assert text.count("D433") == len(home)


# -- places that cannot be written


def test_outputs_are_checked_first(people: pdl.Policy, file: Path, tmp_path: Path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "letter.txt").write_text("mine", encoding="utf-8")
    for outputs in (
        Outputs(tmp_path / "nowhere" / "out.parquet"),
        Outputs(file),
        Outputs(tmp_path / "a.csv", tmp_path / "a.csv"),
        Outputs(tmp_path / "folder", None),
    ):
        with pytest.raises(pdl.PolicyError, match="F007"):
            score_file(people, file, outputs, OPTIONS)
    assert (tmp_path / "folder" / "letter.txt").read_text(encoding="utf-8") == "mine"


def test_points_that_are_no_decimals(tmp_path: Path):
    """A column of points is one of decimals as long as all points that occur are some."""
    policy = loads("""积分 thirds “t” { 事实 次：计数（次）
      指标 甲 { 每 3 次 次 加 1 分，不足 3 次 按比例计 } 指标 乙 { 每 1 次 次 加 0.5 分 } }""")
    for step, wanted in ((3, pa.decimal128(38, 1)), (1, pa.string())):
        path = tmp_path / "x.parquet"
        pq.write_table(pa.table({"编号": [str(i) for i in range(300)],
                                 "次": [i * step for i in range(300)]}), path)  # fmt: skip
        run(policy, path, tmp_path / "out.parquet")
        assert pq.read_schema(tmp_path / "out.parquet").field("得分").type == wanted


def test_hashes_of_texts_depend_on_the_bytes_alone():
    texts = ["", "a", "ab", "a\0", "中文", "x" * 40, None, "ab"]
    array = pa.array(texts)
    hashes = surveying.hashes_of(array)
    assert hashes[6] == surveying.NO_TEXT
    assert hashes[2] == hashes[7]
    assert len(set(hashes.tolist())) == len(texts) - 1
    assert (surveying.hashes_of(pa.array(["z", *texts])[1:]) == hashes).all()


def test_repeated_ids_are_found_on_disk_too(
    people: pdl.Policy, frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(surveying, "HELD", 50)
    path = tmp_path / "people.parquet"
    twice = pd.concat([frame, frame.iloc[[3, 700]]])
    pq.write_table(pa.Table.from_pandas(twice), path)
    with pytest.raises(pdl.PolicyError) as error:
        run(people, path, tmp_path / "out.parquet")
    assert [p.code for p in error.value.diagnostics] == ["D406"] * 4
    assert {(p.details["row"], p.details["other"]) for p in error.value.diagnostics} == {
        ("4", "1001"), ("1001", "4"), ("701", "1002"), ("1002", "701"),
    }  # fmt: skip
