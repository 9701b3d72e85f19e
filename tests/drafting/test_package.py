"""The package: what is in it, what is not guessed, and that there is never half of it."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from datetime import date
from pathlib import Path

import pytest
from tests.drafting.drafting_cases import (
    BASE,
    DRAFT,
    ISSUED,
    NEW,
    OLD,
    SMALL,
    WANTED,
    grid,
    office,
    word,
    written,
)
from tests.golden import hold_against

from policydsl.drafting import pdf
from policydsl.drafting.htmlwriter import write_html
from policydsl.drafting.impact import doubts_about, read_impact
from policydsl.drafting.package import (
    MANIFEST,
    Package,
    Wanted,
    forms_of,
    make_package,
    write_package,
)
from policydsl.drafting.paper import Document, Paragraph, Picture, Table, resolved
from policydsl.drafting.working import all_paragraphs
from policydsl.language.diagnostics import PolicyError
from policydsl.model.loading import load
from policydsl.simulation.records import Request, write_simulation
from policydsl.simulation.sheets import Settings

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def yueqing() -> Package:
    return make_package(DRAFT, WANTED)


@pytest.fixture(scope="module")
def beilun() -> Package:
    return make_package(NEW, Wanted(base=OLD, issued=date(2022, 4, 6)))


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulation") / "out"
    request = Request(
        BASE, (DRAFT,), "yangtze-delta-migrants", 400, 1, "随迁子女入学", 60,
        assume=("yueqing-demo",), day="2023-06-01", extras=("contributions",),
    )  # fmt: skip
    write_simulation(request, folder, Settings("numpy", 1))
    return folder


def plain(document: Document) -> str:
    """A document as text to be reviewed: a line for each paragraph, | between cells."""
    lines: list[str] = []
    for block in document.blocks:
        match block:
            case Paragraph():
                marks = "".join(
                    f"[-{r.text}-]" if r.change == "delete" else
                    f"{{+{r.text}+}}" if r.change == "insert" else r.text
                    for r in block.runs
                )  # fmt: skip
                lines.append(f"{block.kind}: {marks}")
            case Table():
                lines += ["| " + " | ".join(c.title for c in block.columns)]
                lines += ["| " + " | ".join(t.replace("\n", "⏎") for t in row)
                          for row in resolved(block)]  # fmt: skip
            case Picture():
                lines.append(f"picture: {block.alt}")
    return "\n".join(lines) + "\n"


def codes(error: pytest.ExceptionInfo[PolicyError]) -> list[str]:
    return [d.code for d in error.value.diagnostics]


# -- what documents say (reviewed files)


@pytest.mark.parametrize("name", [
    "征求意见公告", "征求意见函", "附件1 征求意见反馈单", "附件2 征求意见稿", "附件3 起草说明",
    "附件4 修改对照表", "修订标记稿", "职责分工清单", "流程日历", "核对清单（起草人自用）",
])  # fmt: skip
def test_the_texts_of_yueqing(yueqing: Package, name: str):
    hold_against(GOLDEN / f"yueqing-{name.replace(' ', '-')}.txt", plain(yueqing.documents[name]))


@pytest.mark.parametrize("name", ["征求意见函", "附件3 起草说明", "附件4 修改对照表"])
def test_the_texts_of_beilun(beilun: Package, name: str):
    hold_against(GOLDEN / f"beilun-{name.replace(' ', '-')}.txt", plain(beilun.documents[name]))


def test_what_a_work_plan_has():
    made = make_package("yinzhou-workplan-2023", Wanted())
    text = plain(made.documents["附件2 征求意见稿"])
    assert "h2: （十九）" in text
    assert "| 序号 | 任务 | 目标 | 牵头单位 | 责任单位" in text
    assert "附则" not in text
    hold_against(GOLDEN / "yinzhou-征求意见稿.txt", text)


def test_nobody_sends_out_remarks_of_the_encoder(yueqing: Package, beilun: Package):
    """Sources, doubts and what is not stated stay in the drafter's own list."""
    for made in (yueqing, beilun):
        for name, document in made.documents.items():
            if "起草人自用" in name:
                continue
            text = plain(document)
            assert "出处：" not in text
            assert "未载明" not in text.replace("名称未载明", "").replace("原文未载明", "").replace(
                "未载明的", ""), name  # fmt: skip


def test_every_place_to_fill_in_is_on_the_list(yueqing: Package):
    told = plain(yueqing.documents["核对清单（起草人自用）"])
    for name, document in yueqing.documents.items():
        blanks = [r for p in all_paragraphs(document) for r in p.runs if r.blank]
        assert all(re.fullmatch(r"〔.+〕", r.text) for r in blanks)
        if blanks and "自用" not in name:
            assert f"{name}：" in told


def test_open_places_are_marked_and_never_invented(yueqing: Package):
    (table,) = yueqing.documents["附件2 征求意见稿"].tables
    row = next(line for line in resolved(table) if line[1] == "年龄")
    assert (row[2], row[3]) == ("〔待定〕", "计分标准〔待定〕。")


def test_no_day_is_made_up():
    made = make_package(BASE, Wanted())
    text = plain(made.documents["征求意见函"])
    assert "自发文次日起7个工作日内（截至〔日期〕）" in text
    assert "〔发文日期〕" in text
    assert not re.search(r"20\d\d年\d+月\d+日", text)
    assert "流程日历.ics" not in made.files


def test_without_a_base_there_is_no_table_of_changes():
    made = make_package(NEW, Wanted())
    assert not {"附件4 修改对照表", "修订标记稿"} & set(made.documents)
    assert "修改对照表" not in plain(made.documents["征求意见函"])
    assert "未作影响测算" in plain(made.documents["附件3 起草说明"])


def test_a_scheme_goes_to_the_public_and_an_assessment_to_its_units(
    yueqing: Package, beilun: Package
):
    assert "征求意见公告" in yueqing.documents
    assert "征求意见公告" not in beilun.documents
    told = {n: plain(p.documents["核对清单（起草人自用）"]) for n, p in
            (("y", yueqing), ("b", beilun))}  # fmt: skip
    assert "按行政规范性文件办理：公开征求意见" in told["y"]
    assert "属内部管理" in told["b"]


def test_an_amendment_lends_its_reasons(yueqing: Package):
    table = plain(yueqing.documents["附件4 修改对照表"])
    assert "演示：海曙区的个性指标有书香阅读，参照增设；分值为虚构" in table


def test_what_cannot_be_seen_is_not_told_as_a_change(beilun: Package):
    assert (
        "街道" not in plain(beilun.documents["附件4 修改对照表"]).split("note:")[0].split("专项")[0]
    )
    assert "“街道”在新的文本里看不到" in plain(beilun.documents["核对清单（起草人自用）"])


# -- impact


def test_figures_have_their_record(simulation: Path):
    made = make_package(DRAFT, Wanted(base=BASE, simulation=simulation))
    note = made.documents["附件3 起草说明"]
    text = plain(note)
    assert made.notes == ()
    part = text.partition("六、影响测算")[2].partition("七、需要说明的问题")[0]
    record = json.loads((simulation / "run.json").read_text("utf-8"))
    figures = json.loads((simulation / "figures.json").read_text("utf-8"))
    counts = figures["comparisons"][0]["change"]["counts"]
    assert f"本稿下{counts['gains']}人得分增加" in part
    assert f"{counts['unchanged']}人不变" in part
    assert record["figures_sha256"][:12] in part
    assert record["population"]["sha256"][:12] in part
    for line in part.splitlines():
        kind, _, said = line.partition(": ")
        if kind in ("body", "caption") and re.search(r"\d", said):
            assert "〔记录1〕" in said, said
    assert "假设集“yueqing-demo”补上了原文未载明的13项分值" in part
    assert sum(isinstance(b, Picture) for b in note.blocks) == 2
    crossing = figures["comparisons"][0]["crossing"]
    assert f"{crossing[2][0]}户由未录取变为录取，{crossing[0][2]}户由录取变为未录取" in part


def test_changed_figures_are_refused(simulation: Path, tmp_path: Path):
    for name in ("run.json", "figures.json"):
        (tmp_path / name).write_bytes((simulation / name).read_bytes())
    file = tmp_path / "figures.json"
    file.write_text(file.read_text("utf-8").replace('"gains": ', '"gains": 1'), "utf-8")
    with pytest.raises(PolicyError) as error:
        make_package(DRAFT, Wanted(simulation=tmp_path))
    assert codes(error) == ["W907"]
    file.unlink()
    with pytest.raises(PolicyError) as error:
        make_package(DRAFT, Wanted(simulation=tmp_path))
    assert codes(error) == ["W907"]
    with pytest.raises(PolicyError) as error:
        make_package(DRAFT, Wanted(simulation=tmp_path / "nowhere"))
    assert codes(error) == ["S602"]


def test_a_simulation_of_something_else_is_told(simulation: Path):
    impact = read_impact(simulation)
    (told,) = doubts_about(impact, load(NEW), lambda sets: None)
    assert f"不是{NEW}" in told
    assert doubts_about(impact, load(DRAFT), lambda sets: None) == []
    (told,) = doubts_about(impact, load(DRAFT), lambda sets: "another text")
    assert "测算以后条款有改动" in told


# -- unusual policies


def test_an_empty_policy(tmp_path: Path):
    path = written(tmp_path / "e.policy", "积分 empty “空办法” { }")
    made = make_package(str(path), Wanted())
    for document in made.documents.values():
        assert word(document).paragraphs
    assert "本办法自〔施行日期〕施行。" in plain(made.documents["附件2 征求意见稿"])


def test_300_units_and_a_clause_of_5000_characters(tmp_path: Path):
    long = "认真做好流动人口服务管理的各项工作，" * 277
    units = "\n".join(
        f"单位 第{n}局 满分 70 分 {{ 项 1 甲 满分 70 分 {{ {'原文 “' + long + '”' if n == 7 else ''}"
        " 未开展 日常工作：扣 5 分 } }"
        for n in range(1, 301)
    )
    text = f"考核 big “大考核办法” {{ 事实 日常工作：是否 {units} }}"
    text = re.sub(r"第(\d+)局", lambda m: f"「第{m[1]}局」", text)
    path = written(tmp_path / "big.policy", text)
    made = make_package(str(path), Wanted())
    (table,) = word(made.documents["附件2 征求意见稿"]).tables
    rows = grid(table)[1:]
    assert len(rows) == 300
    assert next(row for row in rows if row[0] == "第7局")[2] == long
    assert len(long) > 4900
    letter = plain(made.documents["征求意见函"])
    assert "各有关单位：" in letter


def test_names_with_markup(tmp_path: Path):
    name = "<b>&amp;甲</b>{{x}}"
    text = (
        f"积分 x “{name}办法” {{ 组 「{name}」 {{ 指标 「{name}二」 上限 5 分 {{ 加 5 分 }} }} }}"
    )
    made = make_package(str(written(tmp_path / "x.policy", text)), Wanted())
    draft = made.documents["附件2 征求意见稿"]
    assert any(p.text == f"{name}办法" for p in word(draft).paragraphs)
    page = write_html(draft).decode()
    assert "<b>&amp;甲" not in page
    assert "&lt;b&gt;&amp;amp;甲" in page


def test_own_texts_and_generated_ones(tmp_path: Path):
    text = SMALL.replace("责任单位 社保局 {", "责任单位 社保局 { 原文 “社保每满一个月加0.4分。”")
    path = str(written(tmp_path / "s.policy", text))
    own = make_package(path, Wanted())
    assert "社保每满一个月加0.4分。" in plain(own.documents["附件2 征求意见稿"])
    assert "原文里没有规则中的数字0.5" in plain(own.documents["核对清单（起草人自用）"])
    generated = plain(make_package(path, Wanted(texts="generated")).documents["附件2 征求意见稿"])
    assert "0.4分" not in generated
    assert "社保月数每1个月加0.5分，最高得40分。" in generated


@pytest.mark.parametrize("id_", ["resident-vocabulary", "yueqing-demo", "yueqing-history"])
def test_what_has_no_clauses(id_: str):
    with pytest.raises(PolicyError) as error:
        make_package(id_, Wanted())
    assert "W905" in codes(error) or codes(error)[0].startswith(("F", "V", "M"))


def test_numbers_of_an_assumption_set_are_told(tmp_path: Path):
    made = make_package(BASE, Wanted(assume=("yueqing-demo",)))
    assert any("yueqing-demo" in note for note in made.notes)
    assert "假设集yueqing-demo" in plain(made.documents["附件3 起草说明"])


# -- the folder


def test_a_package_in_all_forms(tmp_path: Path):
    office()
    made, names = write_package(
        BASE, tmp_path / "out", Wanted(forms=("docx", "html", "pdf"), issued=ISSUED)
    )
    found = {p.name for p in (tmp_path / "out").iterdir()}
    assert found == set(names)
    for name in made.documents:
        assert {f"{name}.docx", f"{name}.html", f"{name}.pdf"} <= found
        assert (tmp_path / "out" / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    record = json.loads((tmp_path / "out" / MANIFEST).read_text("utf-8"))
    assert set(record["files"]) == found - {MANIFEST}
    assert record["issued"] == "2023-04-03"


def test_pdf_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def convert(files: list[Path], folder: Path) -> None:
        for path in files:
            (folder / f"{path.stem}.pdf").write_bytes(b"%PDF")

    monkeypatch.setattr(pdf, "needed", lambda: "soffice")
    monkeypatch.setattr(pdf, "convert", convert)
    write_package(NEW, tmp_path / "out", Wanted(forms=("pdf",)))
    assert {p.suffix for p in (tmp_path / "out").iterdir()} == {".pdf", ".json"}


def test_without_libreoffice_it_says_so_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pdf, "program", lambda: None)
    with pytest.raises(PolicyError) as error:
        write_package(BASE, tmp_path / "out", Wanted(forms=("docx", "pdf")))
    assert codes(error) == ["W902"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", ["exit 1", "exit 0", "sleep 0"])
def test_a_libreoffice_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str):
    fake = tmp_path / "soffice"
    fake.write_text(f"#!/bin/sh\necho broken >&2\n{code}\n")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(pdf, "program", lambda: str(fake))
    with pytest.raises(PolicyError) as error:
        write_package(BASE, tmp_path / "out", Wanted(forms=("pdf",)))
    assert codes(error) == ["W904"]
    assert [p.name for p in tmp_path.iterdir()] == ["soffice"]


def test_the_same_package_twice(tmp_path: Path):
    for name in ("a", "b"):
        write_package(
            DRAFT, tmp_path / name, Wanted(base=BASE, issued=ISSUED, forms=("docx", "html"))
        )
    first, second = (
        {p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("a", "b")
    )
    assert first == second


def test_work_in_a_package_is_not_lost(tmp_path: Path):
    folder = tmp_path / "out"
    write_package(BASE, folder, Wanted())
    write_package(BASE, folder, Wanted(issued=ISSUED))  # nobody has touched it
    letter = folder / "征求意见函.docx"
    letter.write_bytes(letter.read_bytes() + b" ")
    with pytest.raises(PolicyError) as error:
        write_package(BASE, folder, Wanted())
    assert codes(error) == ["W912"]
    assert "征求意见函.docx" in error.value.diagnostics[0].render()
    write_package(BASE, folder, Wanted(overwrite=True))
    (folder / "回收.docx").write_bytes(b"x")
    with pytest.raises(PolicyError) as error:
        write_package(BASE, folder, Wanted())
    assert codes(error) == ["W912"]


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "out"
    write_package(BASE, folder, Wanted())
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    real = Path.write_bytes
    count = 0

    def full(path: Path, data: bytes) -> int:
        nonlocal count
        count += 1
        if count > 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(PolicyError) as error:
        write_package(BASE, folder, Wanted(issued=ISSUED))
    assert codes(error) == ["F007"]
    monkeypatch.undo()
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_a_folder_with_other_files_or_a_file(tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.txt").write_text("x")
    for folder in (tmp_path / "out", tmp_path / "out" / "x.txt"):
        with pytest.raises(PolicyError) as error:
            write_package(BASE, folder, Wanted())
        assert codes(error) == ["F007"]
    assert (tmp_path / "out" / "x.txt").read_text() == "x"


def test_a_folder_that_cannot_be_written(tmp_path: Path):
    if os.geteuid() == 0:  # root may write anywhere but here
        folder = Path("/proc/policydsl-package")
        if not folder.parent.is_dir():
            pytest.skip("NOT TESTED: root may write anywhere on this system")
    else:
        tmp_path.chmod(0o500)
        folder = tmp_path / "out"
    with pytest.raises(PolicyError) as error:
        write_package(BASE, folder, Wanted())
    assert codes(error) == ["F007"]
    assert not folder.exists()


def test_forms():
    assert forms_of("docx，html, docx") == ("docx", "html")
    for wrong in ("", "doc", "docx,odt"):
        with pytest.raises(PolicyError) as error:
            forms_of(wrong)
        assert codes(error) == ["W910"]


def test_a_base_from_a_file(tmp_path: Path):
    older = written(tmp_path / "old.policy", SMALL.replace("small", "older").replace("0.5", "0.4"))
    newer = written(tmp_path / "new.policy", SMALL)
    made = make_package(str(newer), Wanted(base=str(older)))
    table = plain(made.documents["附件4 修改对照表"])
    assert "社保月数每1个月加0.4分" in table
    assert "社保月数每1个月加0.5分" in table


def test_html_opens_by_itself(yueqing: Package):
    page = write_html(yueqing.documents["附件2 征求意见稿"]).decode()
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<table>") == 1
    assert "rowspan" in page
