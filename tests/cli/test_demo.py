"""``demo`` from an empty folder, as the first thing that anybody runs."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from tests.cli.conftest import Command

from policydsl import cli


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("elsewhere")
    shown = subprocess.run(
        [sys.executable, "-m", "policydsl", "--lang", "zh", "demo"], cwd=folder,
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=300,
    )  # fmt: skip
    assert (shown.returncode, shown.stderr) == (0, "")
    return folder, shown.stdout


def test_it_shows_the_whole_way(elsewhere: tuple[Path, str]):
    _, out = elsewhere
    for part in (
        "编造的",
        "一、检查收录的策略",
        "42/56 项、2080/2380 分（87.4%）只写“酌情”",
        "二、部门考核打分",
        "BM03  区教育局                                     70～100",
        "三、积分排序：随迁子女入学",
        "名额 20，录取 21，录取线 127 分；线上同分 2 户，同分办法：一并录取。",
        "四、一例得分的由来：Y032",
        "Y032：81.75 分",
        "└─ 居住时间　4.25 分",
        "缺材料｜职业技能：未提供“技能等级”",
        "五、修订的影响，新旧两版的对照",
        "缴纳社保：每月 0.5 分 → 0.6 分；最高 30 分不变；满分所需 60 个月 → 50 个月",
        "单位：延续 13（其中推定 2），新增 21",
        "42 项中 29 项 → 56 项中 14 项",
        "六、几份策略并排比较",
        "“海曙区”用了假设集 haishu-demo",
        "单位",
        "七、征求意见的全套文件",
        "  附件4 修改对照表",
        "八、写出的文件",
    ):
        assert part in out, part
    assert max(map(len, out.splitlines())) < 200


def test_what_rests_on_assumptions_says_so(elsewhere: tuple[Path, str]):
    folder, out = elsewhere
    parts = out.split("\n\n")
    for part in parts:
        if part.startswith(("三、", "四、")):
            assert part.splitlines()[1].startswith("注意：以下结果依据假设集 yueqing-demo")
    for name in ("yueqing-scores", "yueqing-ranking"):
        record = json.loads((folder / "out" / f"{name}.json").read_text("utf-8"))
        assert "yueqing-demo" in record["notice"]["zh"][0]
        sheet = openpyxl.load_workbook(folder / "out" / f"{name}.xlsx").active
        assert sheet is not None
        assert "yueqing-demo" in str(sheet["A1"].value)
        rows = list(csv.DictReader((folder / "out" / f"{name}.csv").open(encoding="utf-8-sig")))
        assert len(rows) == 40
        assert all("yueqing-demo" in row["假设"] for row in rows)


def test_the_files(elsewhere: tuple[Path, str]):
    folder, _ = elsewhere
    tables = {
        f"{name}.{suffix}"
        for name in ("beilun-departments", "yueqing-ranking", "yueqing-scores")
        for suffix in ("csv", "json", "xlsx")
    }
    pictures = {"beilun-diff.html", "beilun-lineage.svg"}
    folders = {"compare", "yueqing-package"}
    assert {path.name for path in (folder / "out").iterdir()} == tables | pictures | folders
    compared = {f"{n}.{s}" for n in ("schemes", "duties") for s in ("html", "docx", "xlsx", "md")}
    assert {path.name for path in (folder / "out" / "compare").iterdir()} == compared
    for name in pictures:
        assert "区社会治理中心" in (folder / "out" / name).read_text("utf-8")
    record = json.loads((folder / "out" / "beilun-departments.json").read_text("utf-8"))
    assert len(record["cases"]) == 34


def test_in_english_into_another_folder(run: Command, tmp_path: Path):
    shown = run("demo", "--out", tmp_path / "a" / "b", "--lang", "en")
    assert (shown.code, shown.err) == (0, "")
    assert "All data below are invented" in shown.out
    assert "42 of 56 department items and 2080 of 2380 points (87.4%)" in shown.out
    assert len(list((tmp_path / "a" / "b").iterdir())) == 13


def test_a_folder_that_cannot_be_made(run: Command, tmp_path: Path):
    (tmp_path / "file").write_text("x", "utf-8")
    shown = run("demo", "--out", tmp_path / "file")
    assert shown.code == cli.CANNOT_WRITE
    assert "F007" in shown.err
