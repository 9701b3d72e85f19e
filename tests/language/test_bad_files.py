"""Broken files: each gives its findings, in bounded time, and never an exception.

The files lie in ``bad/``, each with the findings that a drafter sees beside it (see
``tests/golden.py``); those that are huge, binary or in another encoding are made here.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
from tests.golden import hold_against, rendered

from policydsl.language.parsing import ParseResult, parse_bytes, parse_path, parse_text

BAD = Path(__file__).parent / "bad"
FILES = sorted(BAD.glob("*.policy"))
# Such files are in truth what they look like: not broken, or nothing at all.
HARMLESS = {"invisible-but-harmless"}

SMALL = "积分 样例 “样例” {\n  指标 社保 上限 30 分 { 加 3 分 }\n}\n"
SECONDS = 5.0


def parsed_in_time(source: str | bytes) -> ParseResult:
    """The result, rendered as well; fails when that takes longer than a user would wait.

    Measured in processor time, so that other work on the machine does not count.
    """
    started = time.process_time()
    if isinstance(source, bytes):
        result = parse_bytes(source, "样例.policy")
    else:
        result = parse_text(source, "样例.policy")
    for finding in result.diagnostics:
        finding.render().encode("utf-8")
        finding.as_record()
    assert time.process_time() - started < SECONDS
    return result


def codes(source: str | bytes) -> list[str]:
    return [finding.code for finding in parsed_in_time(source).diagnostics]


# -- stored files


def test_there_are_enough_broken_files():
    """Thirty broken files at least, here and among the policies that read well but mean nothing."""
    policies = Path(__file__).parents[1] / "model" / "bad"
    assert len(FILES) + len(list(policies.glob("*.policy"))) >= 30


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_findings(path: Path):
    result = parse_bytes(path.read_bytes(), path.name)
    hold_against(path.with_suffix(".expected"), rendered(result.diagnostics))
    assert result.ok == (path.stem in HARMLESS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_finding_has_a_place_a_message_and_a_remedy(path: Path):
    for finding in parse_bytes(path.read_bytes(), path.name).diagnostics:
        assert finding.place is not None
        for language in ("zh", "en"):
            assert finding.message(language).strip(), finding.code
            assert finding.remedy(language).strip(), finding.code
        assert finding.render().isprintable() or "\n" in finding.render()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_was_understood_is_in_the_tree(path: Path):
    """A tree comes back all the same, for editors; its spans lie in the text."""
    result = parse_bytes(path.read_bytes(), path.name)
    for document in result.file.documents:
        assert 0 <= document.span.start <= document.span.end <= len(result.source.text)


def test_eight_errors_are_eight_findings():
    """Independent errors of a file are all reported in one go, and nothing besides."""
    result = parse_path(BAD / "eight-errors.policy")
    lines = [place[0] for d in result.diagnostics if (place := d.place)]
    assert [d.code for d in result.diagnostics] == [
        "P110", "P117", "P110", "P105", "P112", "P109", "P117", "P119",
    ]  # fmt: skip
    assert lines == [5, 7, 13, 19, 21, 27, 29, 32]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("unclosed-brace-inner", 4),
        ("unclosed-brace-middle", 3),
        ("unclosed-brace-outer", 2),
        ("unclosed-brace-two-documents", 2),
        ("surplus-brace", 7),
        ("surplus-brace-at-end", 6),
        ("missing-open-brace", 3),
    ],
)
def test_the_brace_that_a_reader_would_name(name: str, line: int):
    (finding,) = parse_path(BAD / f"{name}.policy").diagnostics
    assert finding.place is not None
    assert finding.place[0] == line


# -- encodings and binary files


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("gbk", "GBK/GB18030"),
        ("gb18030", "GBK/GB18030"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
    ],
)
def test_another_encoding_is_named(encoding: str, name: str):
    (finding,) = parsed_in_time(SMALL.encode(encoding)).diagnostics
    assert finding.code == "F003"
    assert name in finding.message("zh")
    assert name in finding.message("en")


def test_big5_is_named():
    text = "積分 樣例 “樣例” {\n  指標 社保 上限 30 分 { 加 3 分 }\n}\n# 流動人口服務管理責任單位\n"
    (finding,) = parsed_in_time(text.encode("big5", errors="ignore")).diagnostics
    assert finding.code == "F003"
    assert "Big5" in finding.message("zh")


def test_utf8_with_a_byte_order_mark_is_read():
    assert parsed_in_time(SMALL.encode("utf-8-sig")).ok


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 40,
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00" + bytes(range(255, -1, -1)) * 20,
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 200,
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"\x00\xff\x80" * 300,
        "积分 样例 {}".encode() + b"\xff\xfe\xfa" * 50,
    ],
    ids=["all-bytes", "docx", "png", "pdf", "damaged"],
)
def test_a_binary_file_is_named_as_such(data: bytes):
    assert codes(data) == ["F002"]


def test_nul_bytes_are_binary_and_nul_characters_are_invisible():
    assert codes("积分 样例 {\0}".encode()) == ["F002"]
    assert codes("积分 样例 “样例” {\0}") == ["P126"]


def test_lone_surrogates_can_be_shown():
    result = parsed_in_time("积分 样例\ud800 “\udfff” { 说明 “\ud800” }")
    assert {d.code for d in result.diagnostics} == {"P126"}


# -- sizes


def test_a_file_above_the_limit_is_not_read():
    assert codes(b"{" * 10_000_000) == ["F004"]
    assert codes("{" * 10_000_000) == ["F004"]


def test_a_large_file_is_measured_before_it_is_read(tmp_path: Path):
    path = tmp_path / "large.policy"
    path.write_bytes(b"{" * 10_000_000)
    (finding,) = parse_path(path).diagnostics
    assert finding.code == "F004"
    assert "10000000" in finding.message("zh")


def test_files_that_cannot_be_opened(tmp_path: Path):
    assert [d.code for d in parse_path(tmp_path / "none.policy").diagnostics] == ["F001"]
    assert [d.code for d in parse_path(tmp_path).diagnostics] == ["F005"]


MILLIONS = 3_900_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{" * MILLIONS, "P123"),
        ("积分 样例 " + "{" * MILLIONS, "P124"),
        ("积分 样例 {" + "}" * MILLIONS, "P124"),
        ("积分 样例 {" + ";" * MILLIONS + "}", "P124"),
        ("积分 样例 {" + '"' * MILLIONS + "}", "P124"),
        ("积分 样例 {" + '"""a\n' * (MILLIONS // 5) + "}", "P124"),
        ("积分 样例 {" + "#\n" * (MILLIONS // 2) + "}", "P124"),
        ("积分 样例 {" + "☺" * MILLIONS + "}", "P111"),
        ("积分 样例 {" + "“" * MILLIONS + "}", "P105"),
        ("积分 样例 { 满分 " + "9" * MILLIONS + " 分 }", "P108"),
        ("积分 样例 { 满分 " + "一" * (MILLIONS // 3) + " 分 }", "P108"),
        ("积分 样例 { 满分 " + "一" * (MILLIONS // 3) + "中 分 }", "P101"),
        ("积分 样例 { 指标 甲 { " + "低于" * (MILLIONS // 3) + " 5：加 1 分 } }", "P101"),
    ],
    ids=[
        "braces", "opening", "closing", "separators", "quotes", "blocks", "comments", "strays",
        "chinese-quotes", "digits", "numerals", "numeral-name", "glued",
    ],
)  # fmt: skip
def test_millions_of_characters(text: str, expected: str):
    assert expected in codes(text)


def test_a_name_of_a_million_characters_and_a_file_of_blank_lines():
    assert codes("积分 " + "甲" * 1_000_000 + " {}") == []
    assert codes("积分 样例 {\n" + "\n" * 1_000_000 + "}") == []


def test_one_huge_line_is_shown_around_the_place():
    text = "积分 样例 {" + " 说明 “甲”" * 5_000 + " 满分 分" + " 说明 “甲”" * 5_000 + "}"
    (finding,) = parsed_in_time(text).diagnostics
    assert finding.code == "P119"
    assert max(len(line) for line in finding.marked_line().split("\n")) < 260


# -- depth


@pytest.mark.parametrize(
    ("before", "opening", "middle", "closing"),
    [
        ("积分 样例 {", "组 乙 {", "", "}"),
        ("积分 样例 { 指标 甲 {", "取高 {", "", "}"),
        ("积分 样例 { 指标 甲 { 得", "（", "甲", "）"),
        ("积分 样例 { 指标 甲 { ", "非 ", "甲：加 1 分", ""),
        ("积分 样例 { 指标 甲 { 得（", "-", "甲） 分", ""),
    ],
    ids=["groups", "rules", "brackets", "not", "minus"],
)
def test_ten_thousand_levels(before: str, opening: str, middle: str, closing: str):
    text = before + opening * 10_000 + middle + closing * 10_000
    assert codes(text) == ["P107"]


@pytest.mark.parametrize("operator", ["+", "×", " 且 ", " 或 "])
def test_a_chain_of_operators(operator: str):
    chain = operator.join(["甲"] * 40_000)
    assert codes(f"积分 样例 {{ 指标 甲 {{ {chain}：加 1 分 }} }}") == ["P107"]
    longer = operator.join(["甲"] * 100_000)
    assert codes(f"积分 样例 {{ 指标 甲 {{ {longer}：加 1 分 }} }}") in (["P107"], ["P124"])


def test_long_lists_are_no_deep_trees():
    names = "、".join(["甲"] * 20_000)
    assert codes(f"积分 样例 {{ 发文机关 {names} }}") == []
    assert codes("积分 样例 { 指标 甲 { 加 1 分" + "，减半" * 20_000 + "} }") == []


# -- how much is reported


def test_errors_beyond_the_limit_are_counted_as_one():
    text = (
        "积分 样例 {\n"
        + "".join(f"  指标 甲{'乙' * i} 上限 分 {{ 加 5 分 }}\n" for i in range(99))
        + "}"
    )
    found = Counter(codes(text))
    assert found == {"P119": 60, "P111": 1}


def test_errors_in_numbers_are_bounded_too():
    found = Counter(codes("积分 样例 {\n" + "印发 2023-02-30\n" * 5_000 + "}"))
    assert found == {"P109": 60, "P111": 1}


def test_nothing_that_a_file_holds_reaches_the_terminal_as_a_command():
    """Escape sequences and right-to-left marks are shown as a replacement character."""
    result = parsed_in_time("积分 样例 { 摘要 “\x1b[31m红\u202e” 指标 “\x1b]0;title\x07 }")
    assert result.diagnostics
    for finding in result.diagnostics:
        shown = finding.render()
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "\x07" not in shown
