"""A later edition of a plan or a scheme, imported onto the policy that is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.importing import test_formats as formats
from tests.importing.test_round_trip import annex

from policydsl.importing import import_document
from policydsl.importing.amending import amendment
from policydsl.language import nodes as n
from policydsl.language.printing import print_file
from policydsl.model import policy as m
from policydsl.model.loading import Library, bundled, loads
from policydsl.reading.files import read_file
from policydsl.review.auditing import audit


def onto(old: m.Policy, text: str, folder: Path) -> str | None:
    """The amendment that a text makes of a policy."""
    path = folder / "next.txt"
    path.write_text(text, "utf-8")
    return amendment(old, import_document(read_file(path)))


def changed(text: str, changes: Mapping[str, str]) -> str:
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def lines(text: str | None) -> list[str]:
    """What an amendment does, a line for each operation; the words quoted do not count."""
    assert text is not None
    body = re.sub(r"\n\s{3,}", " ", text.partition("{")[2])
    return [" ".join(re.sub("原文 “[^”]*” ?", "", x).split()) for x in body.splitlines()
            if x.startswith("  ")]  # fmt: skip


def assert_it_holds(text: str | None, document: str, *bases: m.Policy) -> None:
    """The amended policy compiles and says what the document says."""
    assert text is not None
    library = Library(bundled())
    for base in bases:
        assert base.document is not None
        library.add_text(print_file(n.File((base.document,))), "base.policy")
    added = library.add_text(text, "next.policy")
    policy, found = library.compile(added.file.documents[0].id.text)
    assert policy is not None, [d.render() for d in found]
    assert audit(policy, document).ok


YINZHOU = {"4万人次以上": "5万人次以上", "0.9万人": "1.2万人", "7000套": "8000套"}
HAISHU = {"150分": "160分", "最高分值300分": "最高分值310分"}
YUEQING = {"总分300分": "总分350分", "最高分值200分": "最高分值250分",
           "应于10个工作日": "应于7个工作日"}  # fmt: skip
EDITIONS = {
    "yinzhou-workplan-2023": ("yinzhou-workplan-2023", YINZHOU, [
        "修改 全文 去除 印发",
        "修改 组 就业优先 任务 4 将 4万 人次 改为 50000 人次 将 0.9万 人 改为 12000 人",
        "修改 组 以人为重 任务 6 将 7000 套 改为 8000 套",
    ]),
    "haishu-2022": ("haishu-drafting-note-2022", HAISHU, [
        "修改 全文 去除 施行 去除 过渡 满分 310 分",
        "修改 组 市级共性指标 满分 160 分",
    ]),
    "yueqing-2022": ("yueqing-draft-2022", YUEQING, [
        "修改 全文 满分 350 分",
        "修改 组 乐清市级个性指标 满分 250 分",
        "期限 复核答复 不超过 7 个工作日 “公示期间提出异议，核实并答复” 出处 “四（一）” "
        "存疑 “答复可能晚于公示结束，排名何时算定没有写”",
    ]),
}  # fmt: skip


@pytest.mark.parametrize("id_", EDITIONS)
def test_only_the_changed_figures_change(sources_dir: Path, tmp_path: Path, id_: str):
    """Onto the plan and the schemes that a person made; the old day of issue goes."""
    source, changes, expected = EDITIONS[id_]
    text = (sources_dir / f"{source}.txt").read_text("utf-8")
    old = bundled().policy(id_)
    assert onto(old, text, tmp_path) is None
    new = changed(text, changes)
    made = onto(old, new, tmp_path)
    assert lines(made) == expected
    assert_it_holds(made, new)


@pytest.mark.parametrize("id_", EDITIONS)
def test_onto_a_policy_that_was_imported(sources_dir: Path, tmp_path: Path, id_: str):
    """The quotation of a changed task follows the new text."""
    source, changes, expected = EDITIONS[id_]
    text = (sources_dir / f"{source}.txt").read_text("utf-8")
    (tmp_path / "old.txt").write_text(text, "utf-8")
    old = import_document(read_file(tmp_path / "old.txt")).policy
    assert onto(old, text, tmp_path) is None
    new = changed(text, changes)
    made = onto(old, new, tmp_path)
    assert len([x for x in lines(made) if not x.startswith("修改 全文 去除 印发")]) == len(
        [x for x in expected if x != "修改 全文 去除 印发"]
    )
    if id_.startswith("yinzhou"):
        assert made is not None
        assert "职业技能培训5万人次以上" in made
    assert_it_holds(made, new, old)


def test_a_task_that_is_new_and_one_that_is_gone(sources_dir: Path, tmp_path: Path):
    text = (sources_dir / "yinzhou-workplan-2023.txt").read_text("utf-8")
    (tmp_path / "old.txt").write_text(text, "utf-8")
    longer = import_document(read_file(tmp_path / "old.txt")).policy
    last = re.search(r"（十九）|\(十九\)", text)
    assert last is not None
    end = text.index("责任单位", last.start())
    shorter_text = text[: last.start()] + text[text.index("\n", end) :]
    (tmp_path / "short.txt").write_text(shorter_text, "utf-8")
    shorter = import_document(read_file(tmp_path / "short.txt")).policy
    assert [sum(c.kind == "task" for c in x.clauses.values()) for x in (longer, shorter)] == [
        19,
        18,
    ]
    assert [x.split()[0] for x in lines(onto(longer, shorter_text, tmp_path))] == ["废止"]
    grown = lines(onto(shorter, text, tmp_path))
    assert [x for x in grown if "新增 任务 19" in x]
    assert not [x for x in grown if x.startswith(("废止", "修改"))]


def test_a_figure_without_a_place_is_said(sources_dir: Path, tmp_path: Path):
    """It never goes to the next best clause."""
    text = (sources_dir / "yinzhou-workplan-2023.txt").read_text("utf-8")
    new = changed(text, {"盘活市场存量。": "盘活市场存量，空置率低于12%。"})
    made = onto(bundled().policy("yinzhou-workplan-2023"), new, tmp_path)
    assert made is not None
    assert "12%" in made


@pytest.mark.parametrize(
    ("written", "now", "expected"),
    [
        ("加 0.5 分", "加 0.6 分", "修改 指标 缴纳社保 将 0.5 分 改为 0.6 分"),
        ("大专：8 分", "大专：7 分", "修改 指标 文化程度 将 8 分 改为 7 分"),
        ("低于 55 岁", "低于 50 岁", "修改 指标 年龄 将 55 岁 改为 50 岁"),
        # 30 stands in the row twice, so 将 30 分 改为 would not say which
        ("最高 30 分", "最高 37 分",
         "修改 指标 缴纳社保 { 每 1 个月 社保月数 加 0.5 分，最高 37 分 }"),
    ],
)  # fmt: skip
def test_a_scheme_in_tables(tmp_path: Path, written: str, now: str, expected: str):
    """One figure of a table of indicators, from the Word file of the changed scheme."""
    old = bundled().policy("provincial-indicators-a")
    assert old.document is not None
    text = changed(
        print_file(n.File((old.document,))).replace("provincial-indicators-a", "next-one", 1),
        {written: now}
        if written != "最高 30 分"
        else {"加 0.5 分，最高 30 分": f"加 0.5 分，{now}"},
    )
    library = Library(bundled())
    library.add_text(text, "next.policy")
    new, found = library.compile("next-one")
    assert new is not None, [d.render() for d in found]
    assert lines(amendment(old, import_document(read_file(annex(new, tmp_path))))) == [expected]


def test_the_same_table_of_indicators_changes_nothing(tmp_path: Path):
    old = bundled().policy("provincial-indicators-a")
    assert amendment(old, import_document(read_file(annex(old, tmp_path)))) is None


def test_a_total_that_does_not_add_up_is_reported_and_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for rows in (formats.FIRST, formats.SECOND):
        monkeypatch.setattr(formats, "FIRST" if rows is formats.FIRST else "SECOND",
                            [[("80" if x == "70" else x) for x in row] for row in rows])  # fmt: skip
    made = import_document(read_file(formats.as_text(tmp_path)))
    assert [one.name for one in made.sums if not one.fits] == ["附件1 区教育局"]
    assert loads(made.text).clauses["区教育局"].full_marks != 80
    assert "存疑 “原文写明满分 80 分，各部分合计却是 70 分" in made.text
