"""The parts of the page by themselves: words, exact decimals, texts compared and carried over."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from typing import Any

import pytest
from tests.studio.driving import STATIC

SOURCES = {
    path.name: path.read_text(encoding="utf-8")
    for folder in (STATIC, STATIC / "views") for path in folder.iterdir() if path.name.endswith(".js")
}  # fmt: skip
WORDS = dict(
    re.findall(r'^  (\w+): \[\s*(".*?",\s*".*?"),?\s*\],$', SOURCES["words.js"], re.M | re.S)
)


class TestWords:
    def test_every_word_is_in_both_languages(self) -> None:
        assert len(WORDS) > 200
        for key, pair in WORDS.items():
            zh, en = re.findall(r'"((?:[^"\\]|\\.)*)"', pair)
            assert zh, key
            assert en, key
            if key not in ("switch", "switchTitle"):
                assert not re.search("[一-鿿（）：；，。]", en), key
            assert set(re.findall(r"{(\w+)}", zh)) == set(re.findall(r"{(\w+)}", en)), key

    def test_words_that_are_used_exist_and_those_that_exist_are_used(self) -> None:
        code = "\n".join(text for name, text in SOURCES.items() if name != "words.js")
        named = set(re.findall(r'\bt\(\s*"(\w+)"', code))
        assert named - set(WORDS) == set()
        quoted = set(re.findall(r'"(\w+)"', code))
        made = ("kind_", "part_", "verdict")  # t(`kind_${…}`)
        plural = {"errorsTitle", "warningsTitle", "notesTitle", "error", "warning", "note"}
        gates = {"tokenTitle", "tokenText", "goneTitle", "goneText"}
        unused = set(WORDS) - quoted - plural - gates
        assert {key for key in unused if not key.startswith(made)} == set()

    def test_no_chinese_stands_in_the_code(self) -> None:
        """Words belong into the table, so that both languages have them."""
        for name, text in SOURCES.items():
            if name == "words.js":
                continue
            code = re.sub(r"//.*|/\*.*?\*/", "", text, flags=re.S)
            found = [
                x
                for x in re.findall("[一-鿿]+", code)
                if x not in ("未载明", "酌情", "假设集", "修订")
            ]
            assert found == [], name


class TestSafety:
    def test_texts_never_become_markup_and_nothing_comes_from_elsewhere(self) -> None:
        for name, text in SOURCES.items():
            assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", text), (
                name
            )
            assert not re.search(r"https?://(?!www\.w3\.org/2000/svg\")", text), name
        page = (STATIC / "index.html").read_text(encoding="utf-8")
        assert re.findall(r"<script(?![^>]*src=\"/static/)", page) == []
        assert "style=" not in page
        assert "http" not in page
        style = (STATIC / "style.css").read_text(encoding="utf-8")
        assert re.findall(r"url\(([^)]*)\)", style) == ['"/static/font.otf"']


class TestDecimals:
    def test_they_are_those_of_python(self, tab: Any) -> None:
        drawn = random.Random(9)
        for _ in range(150):
            a, b = (
                Decimal(drawn.randint(-(10**6), 10**6)).scaleb(-drawn.randint(0, 4))
                for _ in range(2)
            )
            found = tab.evaluate(
                """async ([a, b]) => {
                  const d = await import('/static/decimals.js');
                  return [d.add(a, b), d.subtract(a, b), d.times(a, 7), d.compare(a, b)];
                }""",
                [f"{a:f}", f"{b:f}"],
            )  # fmt: skip
            assert [Decimal(x) for x in found[:3]] == [a + b, a - b, a * 7]
            assert found[3] == (a > b) - (a < b)

    @pytest.mark.parametrize(
        ("typed", "read"),
        [("0.60", "0.6"), ("１２．５", "12.5"), (" 3 ", "3"), (".5", "0.5"), ("1，200", "1200"),
         ("", None), ("六", None), ("1e3", None), ("--1", None)],
    )  # fmt: skip
    def test_what_is_typed(self, tab: Any, typed: str, read: str | None) -> None:
        assert tab.evaluate(
            "async x => (await import('/static/decimals.js')).read(x)", typed
        ) == read  # fmt: skip


class TestTexts:
    def test_the_changes_lead_from_one_text_to_the_other_and_back(self, tab: Any) -> None:
        drawn = random.Random(4)
        lines = ["甲 1 分", "甲 2 分", "乙 0.5 分", "𠮷", "丙"]
        for _ in range(200):
            old, new = (
                "\n".join(drawn.choice(lines) for _ in range(drawn.randint(0, 7))) for _ in range(2)
            )
            back = tab.evaluate(
                """async ([old, now]) => {
                  const d = await import('/static/draft.js');
                  let text = now;
                  for (const change of d.changesOf(old, now).reverse()) text = d.without(text, change);
                  return text;
                }""",
                [old, new],
            )
            assert back == old

    def test_changes_are_carried_to_another_edition_or_said_to_be_lost(self, tab: Any) -> None:
        old = "甲 1 分\n乙 2 分\n丙 3 分\n丁 4 分"
        mine = "甲 1 分\n乙 5 分\n丙 3 分\n新\n丁 9 分"
        theirs = "头\n甲 1 分\n乙 2 分\n丙 3 分\n丁 8 分"
        found = tab.evaluate(
            "async ([a, b, c]) => (await import('/static/draft.js')).carried(a, b, c)",
            [old, mine, theirs],
        )  # fmt: skip
        assert "乙 5 分" in found["text"]
        assert "丁 8 分" in found["text"]
        assert [x["after"] for x in found["lost"]] == ["新\n丁 9 分"]

    def test_places_count_characters_as_the_server_does(self, tab: Any) -> None:
        text = "𠮷 加 1 分"
        found = tab.evaluate(
            """async ([text, at]) => {
              const d = await import('/static/draft.js');
              const [number] = d.placed([{ id: 'x', start: at, end: at + 1, value: '1' }], text);
              return d.withNumber(text, [number], 'x', '2.5').text;
            }""",
            [text, text.index("1")],
        )  # fmt: skip
        assert found == "𠮷 加 2.5 分"


class TestFields:
    """Which figure of an official sentence is which number of the rule."""

    def pieces(self, tab: Any, texts: list[str], values: list[str]) -> list[list[str]]:
        """The texts with the ids of numbers (their places in ``values``) in brackets, and the rest."""
        numbers = [{"id": str(k), "value": v, "now": {"id": str(k)}} for k, v in enumerate(values)]
        found = tab.evaluate(
            """async ([texts, numbers]) => {
              const { withFields } = await import('/static/views/clause.js');
              const { texts: parts, left } = withFields(texts, numbers, null);
              const shown = (some) => some.map((x) => x.number ? `[${x.number.id}]` : x.text).join('');
              return [parts.map(shown), left.map((x) => x.id)];
            }""",
            [texts, numbers],
        )
        assert isinstance(found, list)
        return found

    def test_in_order(self, tab: Any) -> None:
        texts = ["缴纳社保（满分30分）", "社保月数每1个月加0.5分，最高得30分。"]
        shown = ["缴纳社保（满分[0]分）", "社保月数每[1]个月加[2]分，最高得[3]分。"]
        assert self.pieces(tab, texts, ["30", "1", "0.5", "30"]) == [shown, []]

    def test_a_cap_that_the_sentence_says_first(self, tab: Any) -> None:
        texts = ["下列各项累计计分，最高得10分：每满200毫升加1分。"]
        shown = ["下列各项累计计分，最高得[2]分：每满[0]毫升加[1]分。"]
        assert self.pieces(tab, texts, ["200", "1", "10"]) == [shown, []]

    def test_the_marks_of_a_list_are_no_figures(self, tab: Any) -> None:
        texts = [
            "(1) if age does not exceed 60, add 5 points; (2) for each year younger, add 1 point."
        ]
        shown = [
            "(1) if age does not exceed [0], add [1] points; (2) for each year younger, add [3] point."
        ]
        found, left = self.pieces(tab, texts, ["60", "5", "1", "1"])
        assert left in (["2"], ["3"])
        assert [re.sub(r"\[[23]\]", "[3]", x) for x in found] == shown

    def test_what_the_sentence_does_not_say_stays_beside_it(self, tab: Any) -> None:
        assert self.pieces(tab, ["无的不得分。"], ["0"]) == [["无的不得分。"], ["0"]]
