"""``package`` and ``feedback`` from the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import docx
import pytest
from tests.cli.conftest import Command

import policydsl as pdl
from policydsl import cli
from policydsl.drafting import pdf


def test_a_package_with_everything(run: Command, tmp_path: Path):
    shown = run(
        "package", "yueqing-2023-draft", "--base", "yueqing-2022", "--issued", "2023-04-03",
        "--published", "2023年6月1日", "--start", "2023-07-03", "--contact", "张三", "--phone", "0577",
        "--office", "市新居民服务中心", "--mail", "a@b.cn", "--format", "docx,html",
        "--out", tmp_path / "out",
    )  # fmt: skip
    assert (shown.code, shown.err) == (cli.OK, "")
    assert "施行日期2023年7月1日是按公布之日起30日后推算的" in shown.out
    assert "文稿中标有底色的〔〕由起草人填写" in shown.out
    for name in ("征求意见函.docx", "附件4 修改对照表.html", "流程日历.ics", "package.json"):
        assert f"  {name}" in shown.out
        assert (tmp_path / "out" / name).is_file()
    letter = docx.Document(str(tmp_path / "out" / "征求意见函.docx"))
    text = "\n".join(p.text for p in letter.paragraphs)
    assert "联系人：张三，电话：0577，电子邮箱：a@b.cn。" in text
    assert "2023年4月13日（星期四）前" in text


def test_in_english_messages_the_documents_stay_chinese(run: Command, tmp_path: Path):
    shown = run("package", "beilun-departments", "--out", tmp_path / "o", "--lang", "en")
    assert shown.code == cli.OK
    assert "Wrote to" in shown.out
    assert "Places marked 〔〕 are left to the drafter" in shown.out
    assert (tmp_path / "o" / "征求意见函.docx").is_file()


@pytest.mark.parametrize(("words", "code", "told"), [
    (["no-such-policy"], cli.BAD_POLICY, "F008"),
    (["resident-vocabulary"], cli.BAD_POLICY, ""),
    (["yueqing-2022", "--base", "nowhere"], cli.BAD_POLICY, "F008"),
    (["yueqing-2022", "--simulation", "nowhere"], cli.BAD_DATA, "S602"),
    (["yueqing-2022", "--format", "odt"], cli.BAD_DATA, "W910"),
    (["yueqing-2022", "--template", "nowhere.docx"], cli.BAD_DATA, "W903"),
    (["yueqing-2022", "--columns", "nowhere.toml"], cli.BAD_DATA, "D429"),
    (["yueqing-2022", "--issued", "2023-04-03", "--in-force", "2023-01-01"], cli.BAD_DATA, "W911"),
    (["yueqing-2022", "--issued", "明天"], cli.USAGE, "不是日期"),
    (["yueqing-2022", "--days", "0"], cli.USAGE, ""),
])  # fmt: skip
def test_what_goes_wrong(run: Command, tmp_path: Path, words: list[str], code: int, told: str):
    shown = run("package", *words, "--out", tmp_path / "out")
    assert shown.code == code
    assert told in shown.err
    assert not (tmp_path / "out").exists()


def test_without_libreoffice(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "program", lambda: None)
    shown = run("package", "yueqing-2022", "--format", "pdf", "--out", tmp_path / "out")
    assert shown.code == cli.CANNOT_WRITE
    assert "W902" in shown.err


def test_a_second_time_over_changed_files(run: Command, tmp_path: Path):
    out = tmp_path / "out"
    assert run("package", "yueqing-2022", "--out", out).code == cli.OK
    (out / "征求意见函.docx").write_bytes(b"mine")
    shown = run("package", "yueqing-2022", "--out", out)
    assert shown.code == cli.CANNOT_WRITE
    assert "W912" in shown.err
    assert (out / "征求意见函.docx").read_bytes() == b"mine"
    assert run("package", "yueqing-2022", "--out", out, "--overwrite").code == cli.OK


def filled(path: Path) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([
            ["单位", "条款", "修改意见", "理由"],
            ["市教育局", "二、（二）6", "建议5分", ""],
            ["市卫健局", "书香阅毒", "删去", ""],
            ["市财政局", "九、（九）", "不清楚", ""],
        ])  # fmt: skip
    return path


def test_feedback(run: Command, tmp_path: Path):
    (tmp_path / "in").mkdir()
    filled(tmp_path / "in" / "a.csv")
    (tmp_path / "in" / "~$a.docx").write_bytes(b"Word's own")
    shown = run("feedback", "yueqing-2023-draft", tmp_path / "in", "--out", tmp_path / "out")
    assert (shown.code, shown.err) == (cli.OK, "")
    assert "3个单位提出意见3条" in shown.out
    assert "没有对应的条款：市财政局“九、（九）”" in shown.out
    assert "推定的条款，请核对：市卫健局　乐清市级个性指标·书香阅读（原写：书香阅毒）" in shown.out
    assert {p.suffix for p in (tmp_path / "out").iterdir()} == {".xlsx", ".docx"}
    again = run("feedback", "yueqing-2023-draft", tmp_path / "in" / "a.csv", "--out",
                tmp_path / "out", "--lang", "en")  # fmt: skip
    assert "3 opinions of 3 units" in again.out
    assert "no such clause" in again.out


def test_feedback_that_cannot_be_read(run: Command, tmp_path: Path):
    (tmp_path / "x.docx").write_bytes(b"x")
    shown = run("feedback", "yueqing-2022", tmp_path / "x.docx", "--out", tmp_path / "out")
    assert shown.code == cli.BAD_DATA
    assert "W908" in shown.err
    assert not (tmp_path / "out").exists()
    assert run("feedback", "yueqing-2022", "--out", tmp_path / "out").code == cli.USAGE


def test_the_library_does_the_same(tmp_path: Path):
    files = pdl.package("yueqing-2022", tmp_path / "out", formats=["html"])
    assert all(path.is_file() for path in files)
    record = json.loads((tmp_path / "out" / "package.json").read_text("utf-8"))
    assert record["policy"] == "yueqing-2022"
    frame = pdl.feedback("yueqing-2023-draft", [filled(tmp_path / "a.csv")])
    assert list(frame["how"]) == ["number", "guessed", "unknown"]
    assert frame.loc[0, "clause"] == "乐清市级个性指标/书香阅读"
