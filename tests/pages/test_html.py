"""Pages: everything inside, nothing from outside, nothing that a text could do."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.browser import opened

from policydsl.pages import html, plots
from policydsl.pages.html import number, render, safe
from policydsl.pages.page import (
    Bullets,
    Card,
    Cards,
    Code,
    Column,
    Figure,
    Fold,
    Lines,
    Link,
    Note,
    Page,
    Paragraph,
    Quote,
    Section,
    Side,
    Strong,
    Table,
    Term,
    line,
    of_result,
)
from policydsl.scoring import results
from policydsl.scoring.results import ResultTable, Unbounded

pytest.importorskip("vl_convert", reason="the extra charts is not installed")

MEAN = Term(("均值", "mean"), ("所有人得分之和除以人数", "The sum of all scores over the persons"))
CHART = plots.waterfall(
    [{"项": "原", "分": 1}, {"项": "<社保>", "分": 2}, {"项": "现", "分": 3}], "项", "分"
)
PAGE = Page(
    title=("影响分析", "Impact"),
    subtitle=line("方案 <a> 对 ", Strong("草案", "gain")),
    lead=(line("有", Strong("61 人", "gain"), "受益。"), "无人受损。", "录取线不变。"),
    cards=(Card(MEAN, "152.3", "原 147.4"),),
    assumptions=("假设集 甲", line("合成人口，", Link("清单", "#s1"))),
    sections=(
        Section("分布", (
            Paragraph("<script>alert('原文')</script>"),
            Figure(CHART, "得分", caption=MEAN, links=(Link("CSV", "tables/a b.csv"),),
                   table=Table((Column("项"),), (("甲",),))),
            Table((Column(("组", "group")), Column("均值", "number", MEAN.definition), Column("占比", "share")),
                  (("甲", Fraction(1, 4), 30), ("乙", None, 70), ("丙", Fraction(-12345), 0)),
                  title="各组", note="说明", marked=frozenset([1])),
        ), id="distribution"),
        Section("其余", (
            Note("当心", "warning"), Bullets(("一", Link("坏", "javascript:alert(1)"))),
            Cards((Card("甲", "1"),)), Quote("每满 1 个月加 0.6 分。", "第五条"),
            Code("policydsl simulate <x>"), Fold("更多", (Paragraph("里面"),)),
            Side((Paragraph("左"), Section("小节", (Table((Column("空"),), ()),)))),
        )),
    ),
    record=(("种子", "1"), (("哈希", "hash"), "ab" * 32)),
    commands=("policydsl rerun out",),
)  # fmt: skip


class Reader(HTMLParser):
    """The tags of a page, and whether they close as they open."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input", "path", "line", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def test_every_text_of_a_page_is_in_it_and_escaped():
    text = render(PAGE)
    reader = read(text)
    for word in ("影响分析", "Impact", "61 人", "无人受损。", "合成人口", "各组", "当心", "policydsl rerun out",
                 "第五条", "−12,345", "0.25"):  # fmt: skip
        assert word in text
    assert "&lt;script&gt;alert(&#39;原文&#39;)&lt;/script&gt;" in text
    assert "&lt;社保&gt;" in text
    assert sum(tag == "script" for tag, _ in reader.tags) == 1
    assert not [a for tag, a in reader.tags if any(name.startswith("on") for name in a)]


def test_a_cell_of_several_lines_and_a_table_that_is_moved_sideways():
    cell = Lines((("出租房屋", "strong"), ("≥95%", "plain"), ("〔<附件2>〕", "source")))
    table = Table((Column("数据"), Column("北仑")), (("登记率", cell),), wide=True)
    text = render(Page("并排", (Section("表", (table,)),)))
    read(text)
    assert '<div class="l strong">出租房屋</div><div class="l plain">≥95%</div>' in text
    assert '<div class="l source">〔&lt;附件2&gt;〕</div>' in text
    assert 'class="scroll wide" tabindex="0"' in text


def test_addresses_that_could_run_something_are_no_links():
    addresses = [a["href"] for tag, a in read(render(PAGE)).tags if tag == "a" and "href" in a]
    assert "tables/a b.csv" in addresses
    assert not [a for a in addresses if a is None or a.lower().startswith("javascript")]
    for bad in ("javascript:x", " JavaScript:x", "data:text/html,x", "//evil.example"):
        assert safe(bad) is None


def test_the_policy_of_the_page_allows_its_own_script_alone():
    text = render(PAGE)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy


def test_the_same_page_gives_the_same_bytes():
    first = render(PAGE)
    html._environment.cache_clear()
    assert render(PAGE) == first


def test_a_definition_has_one_footnote_for_all_its_places():
    text = render(PAGE)
    assert text.count('id="def-1"') == 1
    assert text.count('data-def="1"') == 3  # a card, a caption, a heading
    assert 'id="def-2"' not in text


def test_contents_lead_to_the_parts_that_there_are():
    reader = read(render(PAGE))
    ids = [a["id"] for _, a in reader.tags if a.get("id")]
    assert len(ids) == len(set(ids))
    targets = {str(a["href"])[1:] for tag, a in reader.tags
               if tag == "a" and str(a.get("href")).startswith("#")}  # fmt: skip
    assert targets - {"s1"} <= set(ids)  # the author's own link
    assert {"distribution", "definitions", "record"} <= targets


def test_a_page_in_one_language_has_no_switch():
    assert "data-switch>" in render(PAGE)
    plain = render(Page("标题", (Section("一", (Paragraph("文"),)),)), embed_font=False)
    assert "data-switch>" not in plain
    assert "@font-face" not in plain
    two = Page("标题", (Section("一", (Bullets(("甲", "乙")), Table((Column("a"), Column("b")), (("丙", "丁"),)))),),
               commands=("x", "y"))  # fmt: skip
    assert "data-switch>" not in render(two, embed_font=False)  # two strings of a list are no pair
    assert "Run record" in render(replace(two, language="en"), embed_font=False)


def test_a_table_of_results_is_a_table_of_a_page():
    table = ResultTable(
        "表", (), (results.Column("name", "名称"), results.Column("none", "空"), results.Column("mean", "均值", "points")),
        (("甲", None, Fraction(1, 3)), ("乙", None, Unbounded())),
    )  # fmt: skip
    made = of_result(table, definitions=lambda key: f"关于 {key}")
    assert [c.title for c in made.columns] == ["名称", "均值"]
    assert [c.kind for c in made.columns] == ["text", "number"]
    assert made.columns[1].definition == "关于 mean"
    text = render(Page("标题", (Section("一", (made,)),)), embed_font=False)
    assert "1/3" in text
    assert "无上界" in text
    assert of_result(table, only=("mean", "name")).rows[0] == (Fraction(1, 3), "甲")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234567, "1,234,567"), (Fraction(5, 2), "2.5"), (Fraction(-2001, 2), "−1,000.5"),
     (Fraction(-1, 2), "−0.5"), (Decimal("0.10"), "0.1"), (Fraction(1, 3), "1/3"), (0.5, "0.5")],
)  # fmt: skip
def test_numbers_are_exact(value: int | Fraction | Decimal | float, shown: str):
    assert number(value) == shown


def test_in_a_browser_nothing_fails_and_nothing_is_asked_for(tmp_path: Path):
    page = tmp_path / "页.html"
    page.write_text(render(PAGE), encoding="utf-8")
    found = opened(page, tmp_path)
    assert found.console == ()
    assert found.requests == ()
    assert "<svg" in found.dom
    assert 'data-ready=""' in found.dom  # the script came to its end


def after(act: str, folder: Path) -> str:
    """The page after somebody did something (a test's script is let in for that)."""
    text = re.sub(r'<meta http-equiv="Content-Security[^>]*>', "", render(PAGE))
    page = folder / "acted.html"
    page.write_text(text.replace("</body>", f"<script>{act}</script></body>"), encoding="utf-8")
    found = opened(page, folder)
    assert found.console == ()
    return found.dom


@pytest.mark.parametrize(
    ("head", "clicks", "order"),
    [
        (1, 1, "甲丙乙"),
        (1, 2, "丙甲乙"),
        (0, 1, "丙甲乙"),
        (2, 1, "乙甲丙"),
    ],  # an empty cell is last
)
def test_a_click_on_a_heading_sorts(tmp_path: Path, head: int, clicks: int, order: str):
    click = f"document.querySelectorAll('#distribution th[data-sort]')[{head}].click();"
    body = after(click * clicks, tmp_path).split("<tbody>")[2].split("</tbody>")[0]
    assert "".join(re.findall(r'<td class="text[^"]*">(.)</td>', body)) == order


def test_the_switch_turns_the_page_to_english_and_a_term_shows_its_definition(tmp_path: Path):
    act = """document.querySelector('[data-switch]').click();
             document.querySelector('.term').dispatchEvent(new Event('mouseenter'));"""
    dom = after(act, tmp_path)
    assert '<html lang="en" data-lang="en"' in dom
    (tip,) = re.findall(r'<div id="tip"[^>]*>(.*?)</div>', dom)
    assert "所有人得分之和除以人数" in tip
    assert 'id="tip" role="tooltip" hidden' not in dom


def test_the_browser_of_the_tests_sees_errors_and_requests(tmp_path: Path):
    """The test above can fail: a page that does both is caught."""
    page = tmp_path / "bad.html"
    page.write_text('<img src="https://example.invalid/x.png"><script>nope()</script>')
    found = opened(page, tmp_path)
    assert any("nope is not defined" in line for line in found.console)
    assert found.requests == ("https://example.invalid/x.png",)
