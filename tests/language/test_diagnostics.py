"""Findings: every code says what is wrong and what to do, in two languages, at a place."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policydsl.language import diagnostics
from policydsl.language.catalogue import CATALOGUE, Template
from policydsl.language.diagnostics import (
    Diagnostic,
    PolicyError,
    Source,
    did_you_mean,
    display_width,
    has_errors,
    in_order,
    near_words,
    nearest,
    shorten,
    visible,
)
from policydsl.language.nodes import Span
from policydsl.language.parsing import parse_text

PACKAGE = Path(diagnostics.__file__).parents[1]


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


# -- the catalogue


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_speaks_both_languages(code: str):
    template = CATALOGUE[code]
    assert re.fullmatch(r"[A-Z]\d{3}", code)
    assert re.search(r"[\u4e00-\u9fff]", template.zh)
    assert re.search(r"[a-z]", template.en)
    assert not re.search(
        r"[\u4e00-\u9fff]", re.sub(r"“[^”]*”|「[^」]*」|\d+年\d+月\d+日", "", template.en)
    )
    if template.severity == "error":
        assert template.remedy_zh
        assert template.remedy_en


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_message_needs_nothing_that_only_the_other_language_names(code: str):
    """What fills a message is given once, or as a pair whose English half ends in ``_en``."""
    template = CATALOGUE[code]
    english = fields_of(template.en) | fields_of(template.remedy_en)
    chinese = fields_of(template.zh) | fields_of(template.remedy_zh)
    assert {name.removesuffix("_en") for name in english} <= chinese
    assert not any(name.endswith("_en") for name in chinese)


def test_every_code_in_use_is_in_the_catalogue_and_every_entry_is_in_use():
    used = {
        code
        for path in PACKAGE.rglob("*.py")
        if path.parent.name != "catalogue"
        for code in re.findall(r'"([A-Z]\d{3})"', path.read_text("utf-8"))
        if code[0] in {known[0] for known in CATALOGUE}
    }
    assert used <= CATALOGUE.keys()
    assert sorted(CATALOGUE.keys() - used) == []


def test_two_codes_never_say_the_same():
    messages = [(t.zh, t.remedy_zh) for t in CATALOGUE.values()]
    assert len(set(messages)) == len(messages)


# -- places


def test_lines_and_columns_count_from_one():
    source = Source("样例.policy", "积分\n  考核\n\n要点")
    assert source.place(0) == (1, 1)
    assert source.place(3) == (2, 1)
    assert source.place(5) == (2, 3)
    assert source.place(8) == (3, 1)
    assert source.place(9) == (4, 1)
    assert [source.line(number) for number in (1, 2, 3, 4)] == ["积分", "  考核", "", "要点"]


@given(st.text(st.sampled_from("积分ab \t\r\n{}"), max_size=40), st.integers(0, 50))
def test_any_offset_has_a_place_in_the_text(text: str, offset: int):
    source = Source("样例", text)
    offset = min(offset, len(text))
    line, column = source.place(offset)
    assert sum(len(part) + 1 for part in text.split("\n")[: line - 1]) + column - 1 == offset
    assert source.line(line) == text.split("\n")[line - 1].rstrip("\r")


def finding(text: str, start: int, end: int, code: str = "P104") -> Diagnostic:
    return Diagnostic(code, Source("样例.policy", text), Span(start, end))


def under_the_marker(text: str, start: int, end: int) -> str:
    """What stands above the ^ in a terminal, where a Chinese character takes two columns."""
    above, below = finding(text, start, end).marked_line().split("\n")
    first, last = below.index("^"), below.rindex("^")
    assert set(below[first : last + 1]) == {"^"}
    picked, column = "", 0
    for character in above:
        if first <= column <= last:
            picked += character
        column += display_width(character)
    return picked


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("积分 样例 } 满分", "}"),
        ("积分 样例 ｝ 满分", "｝"),
        ("组 基本条件 上限 30 分", "基本条件"),
        ("\t满分\t100\t分", "100"),
        ("加 5 分，最高 abc 分", "abc"),
        ("e\u0301te\u0301 分 } x", "}"),
        ("𠮷野家 } x", "}"),
    ],
)
def test_the_marker_stands_under_the_place(text: str, marked: str):
    start = text.index(marked)
    assert under_the_marker(text, start, start + len(marked)) == marked


def test_a_marker_at_the_end_of_a_line_or_of_the_file():
    assert finding("满分 100", 6, 6).marked_line() == "    1 | 满分 100\n      |         ^"
    assert finding("", 0, 0).marked_line() == "    1 | \n      | ^"
    assert finding("满分\n组", 1, 4).marked_line() == "    1 | 满分\n      |   ^^"


def test_a_long_line_is_shown_around_the_place():
    text = "甲" * 500 + "}" + "乙" * 500
    above, below = finding(text, 500, 501).marked_line().split("\n")
    assert above == "    1 | …" + "甲" * 59 + "}" + "乙" * 59 + "…"
    assert display_width(above[: above.index("}")]) == below.index("^")
    long_mark = finding(text, 0, 1001).marked_line()
    assert max(map(len, long_mark.split("\n"))) < 140


def test_what_cannot_be_shown_is_replaced_in_place():
    text = "指标 学\u202e历\x1b[31m \ud800 }"
    assert visible(text) == "指标 学�历�[31m � }"
    assert len(visible(text)) == len(text)
    assert visible("普通　文字\t") == "普通　文字\t"
    found = finding(text, 4, 5)
    assert "\x1b" not in found.render()
    assert found.render().encode()
    assert under_the_marker(text, 4, 5) == "\ufffd"


def test_details_are_made_safe_too():
    source = Source("样例", "x")
    found = Diagnostic("P105", source, Span(0, 1), {"found": "“\x1b]0;\x07\n"})
    assert found.message("zh").isprintable()


# -- rendering


def sample() -> Diagnostic:
    text = "积分 甲 { }\n积分 甲 { }\n"
    source = Source("样例.policy", text)
    return Diagnostic("M243", source, Span(12, 13), {"id": "甲"}, ((source, Span(3, 4)),))


def test_a_finding_as_text():
    assert sample().render() == (
        "样例.policy:2:4: 错误 error M243\n"
        "    2 | 积分 甲 { }\n"
        "      |      ^^\n"
        "  标识“甲”已被另一份文件使用。\n"
        "    → 换一个标识。\n"
        "  The id “甲” is taken by another document.\n"
        "    -> Choose another id.\n"
        "  另见 see also 样例.policy:1:4  积分 甲 { }"
    )
    assert "换一个标识" in sample().render("zh")
    assert "Choose" not in sample().render("zh")
    assert "换一个标识" not in sample().render("en")


def test_a_finding_as_a_record():
    record = json.loads(json.dumps(sample().as_record(), ensure_ascii=False))
    assert record == {
        "code": "M243",
        "severity": "error",
        "file": "样例.policy",
        "line": 2,
        "column": 4,
        "end_line": 2,
        "end_column": 5,
        "message": {
            "zh": "标识“甲”已被另一份文件使用。",
            "en": "The id “甲” is taken by another document.",
        },
        "remedy": {"zh": "换一个标识。", "en": "Choose another id."},
        "related": [{"file": "样例.policy", "line": 1, "column": 4}],
    }


def test_a_finding_without_a_place():
    found = Diagnostic("F008", None, None, {"name": "乐清", "near": did_you_mean("乐清", [])})
    assert found.where() == ""
    assert found.marked_line() == ""
    assert found.render("zh").startswith("错误 error F008\n  不认识的策略“乐清”。\n")
    assert found.as_record()["line"] is None


def test_a_detail_may_differ_by_language():
    source = Source("样例", "x")
    found = Diagnostic(
        "M209", source, Span(0, 1), {"wanted": ("数", "a number"), "found": ("日期", "a date")}
    )
    assert found.message("zh") == "此处应是“数”，却是“日期”。"
    assert found.message("en") == "a number is wanted here, found a date."


def test_findings_are_sorted_and_told_once():
    source, other = Source("乙", "x\ny"), Source("甲", "x")
    late, early = Diagnostic("P104", source, Span(2, 3)), Diagnostic("P104", source, Span(0, 1))
    elsewhere = Diagnostic("P104", other, Span(0, 1))
    assert in_order([late, early, elsewhere, early]) == [early, late, elsewhere]
    assert has_errors([late])
    assert not has_errors([])


def test_an_error_carries_all_findings():
    result = parse_text("积分 甲 { 满分 分 }\n积分 乙 { 满分 分 }", "样例.policy")
    error = PolicyError(result.diagnostics)
    assert [d.code for d in error.diagnostics] == ["P119", "P119"]
    assert str(error).count("此处缺少数字") == 2
    assert [record["line"] for record in json.loads(error.as_json())] == [1, 2]


def test_a_warning_is_no_error():
    assert CATALOGUE["M223"] == Template(
        "warning", CATALOGUE["M223"].zh, CATALOGUE["M223"].en, *_remedies("M223")
    )
    assert not has_errors([Diagnostic("M223", None, None, {"label": "甲"})])


def _remedies(code: str) -> tuple[str, str]:
    return CATALOGUE[code].remedy_zh, CATALOGUE[code].remedy_en


# -- the nearest name


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("社保月", ["社保月数", "居住月数", "年龄"], "社保月数"),
        ("指表", ["附表", "指标", "列表"], "指标"),
        ("学历", ["文化程度", "文化学历"], "文化学历"),
        ("indicater", ["indicator", "interest"], "indicator"),
        ("体检证明", ["社保月数", "年龄"], None),
        ("年龄", ["年龄"], None),
        ("年龄", [], None),
        ("甲" * 10_000, ["甲" * 9_999], None),
    ],
)
def test_the_nearest_known_name(word: str, known: list[str], near: str | None):
    assert nearest(word, known) == near
    assert bool(did_you_mean(word, known)[0]) == (near is not None)


def test_near_names_come_nearest_first():
    known = ["社保月份", "社保月数", "社保", "住房"]
    assert near_words("社保月数量", known, 2) == ["社保月数", "社保月份"]
    assert near_words("社保月数量", reversed(known), 2) == ["社保月数", "社保月份"]


def test_shortened_texts_fit():
    assert shorten("甲" * 40) == "甲" * 40
    assert shorten("甲" * 41) == "甲" * 39 + "…"
