"""The real texts: tables found in them, sums that hold, garbled figures read by their sums."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from policydsl.reading.files import read_file
from policydsl.reading.plain import read_text
from policydsl.reading.sections import located


def test_beilun_has_34_departments_of_70_points(sources_dir: Path):
    (table,) = read_file(sources_dir / "beilun-departments.txt").tables
    assert table.schedule == "附件2"
    assert len(table.rows) == 61
    units = [holder for holder in table.holders if holder.kind == "unit"]
    assert len(units) == 34
    assert all(
        holder.total is not None and holder.sum == holder.total.value == 70 for holder in units
    )
    assert [h.sum for h in table.holders if h.kind == "common"] == [30]
    # 区文化和广电旅游体育局 goes on behind a page break, with its header and its 70 once more
    culture = next(h for h in units if h.name == "区文化和广电旅游体育局")
    assert [row.marks.value for row in culture.rows if row.marks] == [25, 20, 25]
    assert len(culture.repeats) == 1


def test_the_older_edition_is_unglued_by_its_sums(sources_dir: Path):
    streets, departments = read_file(sources_dir / "beilun-centre-older.txt").tables
    assert (streets.schedule, departments.schedule) == ("附件1", "附件2")
    totals = [
        (h.name, int(h.total.value), len(h.rows)) for h in streets.holders if h.total is not None
    ]
    assert totals == [
        ("基础工作", 18, 4), ("重点工作", 32, 5), ("管理工作", 20, 4), ("服务工作", 20, 6),
        ("融合工作", 10, 2),
    ]  # fmt: skip
    assert sum(h.kind == "unit" for h in departments.holders) == 13
    assert len(departments.rows) == 45
    assert all(h.total is not None and h.sum == h.total.value for h in departments.holders)


def test_2013_is_read_as_20_and_told(sources_dir: Path):
    _, departments = read_file(sources_dir / "beilun-centre-older.txt").tables
    market = next(h for h in departments.holders if h.name == "区市场监督管理局")
    guess = market.rows[2].guesses[0]
    assert (guess.original, guess.read_as) == ("2013", "20")
    assert "20+30+20" in guess.reason[0]


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("yinzhou-workplan-2023", [("一", "一"), ("六", "十九")]),
        ("haishu-drafting-note-2022", [("三", "", "3"), ("三", "", "7")]),
        ("yueqing-draft-2022", [("二", "一"), ("三", "二", "2"), ("六", "四", "21"), ("七", "二")]),
    ],
)
def test_numbered_sections(sources_dir: Path, name: str, paths: list[tuple[str, ...]]):
    found = {section.path for section in read_file(sources_dir / f"{name}.txt").sections}
    assert set(paths) <= found


def test_yinzhou_has_19_tasks(sources_dir: Path):
    sections = read_file(sources_dir / "yinzhou-workplan-2023.txt").sections
    assert sum(len(section.path) == 2 for section in sections) == 19


def test_a_locator_names_its_places(sources_dir: Path):
    sections = read_file(sources_dir / "yueqing-draft-2022.txt").sections
    assert [s.path for s in located("二（三）；六（四）8、15；附件2（空表）", sections)] == [
        ("二", "三"), ("六", "四", "8"), ("六", "四", "15"),
    ]  # fmt: skip


TABLE = (
    "附件1\n某区考核评分细则\n\n\t单位\n\t分值\n\t考核内容\n\t基础分\n\t考核得分\n\n\t区教\n\n育局\n\t70\n"
    "\t做好入学工作，未开展的扣5分。\n\t40\n\t\n\n\t\n\t\n\t做好培训工作，未落实的酌情扣分。\n\t30\n\t\n"
)


def test_a_cell_broken_over_lines_and_empty_merged_cells():
    (table,) = read_text(TABLE).tables
    (holder,) = table.holders
    assert (holder.name, holder.sum) == ("区教育局", Fraction(70))
    assert [row.number for row in holder.rows] == [1, 2]


def test_figures_keep_their_line():
    document = read_text(TABLE)
    mark = document.tables[0].holders[0].rows[1].marks
    assert mark is not None
    assert document.source.line(document.source.place(mark.place.span().start)[0]) == "\t30"
