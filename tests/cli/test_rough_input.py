"""What users hand in by mistake: never a traceback, never half a file."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from tests.cli.test_english import CASES, POLICY

from policydsl.cli import CANNOT_WRITE, INTERNAL, INTERRUPTED, main

DATA: dict[str, bytes] = {
    "empty.csv": b"",
    "binary.csv": bytes(range(256)) * 8,
    "encoding.csv": b"id,months\n\xff\xfe,2\n",
    "digits.csv": b"id,months,degree\nA," + b"9" * 400 + b",college\n",
    "exponent.csv": b"id,months,degree\nA,1e999999999,college\n",
    "long.csv": b"id,months,degree\n" + b"9" * 5000 + b",1,college\n",
    "quote.csv": b'id,months\n"A,2\n',
    "columns.csv": b",".join(b"c%d" % i for i in range(3000)) + b"\n",
    "twice.csv": b"id,id,months\n1,2,3\n",
    "archive.xlsx": b"PK\x03\x04 no archive",
    "text.xlsx": CASES.encode(),
    "none.xlsx": b"",
    "cut.json": b'{"a":',
    "deep.json": b"[" * 100_000,
    "numbers.json": b"[1, 2, 3]",
    "cut.parquet": b"PAR1 and no more",
    "cut.toml": b"a = [[[",
    "none.toml": b"",
}
POLICIES: dict[str, bytes] = {
    "empty.policy": b"",
    "binary.policy": bytes(range(256)) * 8,
    "deep.policy": b'points_scheme x "y" {' + b"group a {" * 3000,
    "cut.policy": POLICY.encode()[:400],
    "long.policy": b"points_scheme " + b"a" * 200_000 + b' "t" { }',
    "gbk.policy": "积分 甲 “乙” {}".encode("gbk"),
    "utf16.policy": "积分 甲 “乙” {}".encode("utf-16"),
}
TABLES = ["score {base} --facts {data}", "simulate {base} {draft} --population {data} --no-report",
          "compare {base} {draft} --persons {data}",
          "population describe {data} --policy {base}",
          "search {base} --population {data} --target mean>=1 --move insurance:0.5=0.3..0.4/0.1",
          "score {base} --facts {cases} --mapping {data}",
          "score {base} --facts {cases} --judgements {data}"]  # fmt: skip
ON_POLICIES = ["check {data}", "show {data}", "format --check {data}", "test {data}",
               "prove {data}", "review {data}", "versions check {data}",
               "score {data} --facts {cases}", "score {base} --facts {cases} --assume {data}",
               "simulate {base} {data} --population {cases} --no-report",
               "import {data} --out {folder}/made.policy"]  # fmt: skip
ODD = [
    "score {long} --facts {cases}",
    "check {long}",
    "simulate {base} --population {long}",
    "versions log {long}",
    "rank {base} --facts {cases} --quota 99999999999999999999999",
    "simulate {base} --population {cases} --no-report --quota 99999999999999999999999",
    "simulate {base} --population yangtze-delta-migrants -n 99999999999999",
    "simulate {base} --population {cases} --no-report --by months:1,0",
    "simulate {base} --population {cases} --no-report --by {long}",
    "search {base} --population {cases} --target mean>=1e999999 --move insurance:0.5=0..1/0.5",
    "search {base} --population {cases} --target mean>=1 --move insurance:0.5=0..1e30/1e-30",
    "search {base} --population {cases} --target nonsense --move nonsense",
    "rerun {folder}",
    "rerun {cases}",
    "rerun {folder}/nothing",
    "audit {base} --source {cases}",
    "feedback {base} {folder}/text.xlsx --out {folder}/made",
    "score {base} --facts {cases} --date 9999-99-99",
]
UNWRITABLE = [
    "score {base} --facts {cases} --out {target}.csv",
    "score {base} --facts {cases} --out {target}.xlsx",
    "score {base} --facts {cases} --histogram {target}.csv",
    "simulate {base} {draft} --population {cases} --no-report --out {target}",
    "search {base} --population {cases} --target mean>=51 --move insurance:0.5=0.3..0.8/0.1"
    " --out {target}",
    "compare {base} {draft} --out {target}.md",
    "package {base} --out {target}",
    "versions diff demo-en demo-en-b --in {file} --out {target}.html",
]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "demo.policy").write_text(POLICY, encoding="utf-8")
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    for name, content in (DATA | POLICIES).items():
        (tmp_path / name).write_bytes(content)
    for name in ("folder", "folder.csv", "folder.policy"):
        (tmp_path / name).mkdir()
    return tmp_path


def run(line: str, desk: Path, **more: object) -> int:
    file = desk / "demo.policy"
    words = line.format(
        file=file, base=f"{file}#demo-en", draft=f"{file}#demo-en-b", cases=desk / "cases.csv",
        folder=desk, long="甲" * 3000, **more,
    )  # fmt: skip
    return main(words.split(" "))


def listing(desk: Path) -> list[str]:
    """All files but what a run by parts keeps to go on from (docs/cli.md)."""
    names = (str(path.relative_to(desk)) for path in desk.rglob("*"))
    return sorted(name for name in names if ".parts" not in name)


@pytest.mark.parametrize("line", TABLES)
def test_a_table_that_is_none(line, desk, capsys):
    before = listing(desk)
    for name in (*DATA, "folder", "folder.csv", "missing.csv", "demo.policy"):
        code = run(line, desk, data=desk / name)
        shown = capsys.readouterr()
        assert code != INTERNAL, f"{name}: {shown.err}"
        assert "Traceback" not in shown.err
    assert listing(desk) == before


@pytest.mark.parametrize("line", ON_POLICIES)
def test_a_policy_that_is_none(line, desk, capsys):
    before = listing(desk)
    for name in (*POLICIES, "folder", "folder.policy", "missing.policy", "cases.csv"):
        code = run(line, desk, data=desk / name)
        shown = capsys.readouterr()
        assert code != INTERNAL, f"{name}: {shown.err}"
        assert "Traceback" not in shown.err
    assert listing(desk) == before


@pytest.mark.parametrize("line", ODD)
def test_odd_values(line, desk, capsys):
    code = run(line, desk)
    shown = capsys.readouterr()
    assert code != INTERNAL, shown.err


@pytest.mark.parametrize("line", UNWRITABLE)
def test_a_place_that_cannot_be_written(line, desk, capsys):
    (desk / "plain").write_text("", encoding="utf-8")
    before = listing(desk)
    code = run(line, desk, target=desk / "plain" / "made")  # a file where a folder is wanted
    assert code == CANNOT_WRITE, capsys.readouterr().err
    assert listing(desk) == before


@pytest.mark.parametrize("line", UNWRITABLE)
def test_a_full_disk_leaves_nothing_behind(line, desk, capsys, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = listing(desk)
    monkeypatch.setattr(os, "replace", full)
    monkeypatch.setattr(os, "fsync", full)
    code = run(line, desk, target=desk / "made")
    assert code == CANNOT_WRITE, capsys.readouterr().err
    assert listing(desk) == before


@pytest.mark.parametrize("line", UNWRITABLE)
def test_an_interruption_leaves_nothing_behind(line, desk, capsys, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    before = listing(desk)
    monkeypatch.setattr(os, "replace", interrupted)
    monkeypatch.setattr(os, "rename", interrupted)
    code = run(line, desk, target=desk / "made")
    assert code == INTERRUPTED, capsys.readouterr().err
    assert listing(desk) == before
