"""Reading: what the text says is what stands in the tree, with its places and comments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lark import Token
from lark.lexer import LexerThread
from tests import strategies

from policydsl.language import keywords
from policydsl.language import nodes as n
from policydsl.language import tables as kept_tables
from policydsl.language.lexing import Lexed, Lexing
from policydsl.language.parsing import (
    fold_width,
    parse_path,
    parse_text,
)
from policydsl.language.printing import print_file
from policydsl.language.tables import END, lark_parser, tables
from policydsl.language.units import UNITS
from policydsl.model.loading import bundled_folder, policy_files

POLICIES = policy_files(bundled_folder())
TABLE = keywords.keyword_table()


def read(text: str) -> n.File:
    result = parse_text(text)
    assert not result.diagnostics, "\n".join(one.render("en") for one in result.diagnostics)
    return result.file


def lexed(text: str) -> Lexed:
    """Tokens and comments of a text without errors."""

    def report(code: str, span: n.Span, **_: object) -> None:
        raise AssertionError(f"{code} at {text[span.start : span.end]!r}")

    source = parse_text(text).source
    return Lexing(source, keywords.words(), report, 10**9).read(tables().tokens(fold_width(text)))


def body(text: str) -> n.Statement:
    """The only statement of a document."""
    (document,) = read(f"积分 样例 {{ {text} }}").documents
    statements = (*document.attributes, *document.body)
    assert len(statements) == 1
    return statements[0]


# -- keywords


def test_every_spelling_belongs_to_one_keyword():
    spelt = Counter(word for spellings in TABLE.values() for word in spellings)
    assert [word for word, count in spelt.items() if count > 1] == []


def test_every_keyword_has_a_chinese_and_an_english_spelling():
    for terminal, spellings in TABLE.items():
        assert len(spellings) >= 2, terminal
        assert re.fullmatch(r"[\u3400-\u9fff]+", spellings[0]), terminal
        assert re.fullmatch(r"[a-z_]+", spellings[1]), terminal


@pytest.mark.parametrize("terminal", TABLE)
def test_every_spelling_is_lexed_as_its_keyword(terminal: str):
    for word in TABLE[terminal]:
        assert [(t.type, str(t)) for t in lexed(f" {word} ").tokens] == [(terminal, word)]
        assert next(t.type for t in lexed(f"{word}：{word}3").tokens) == terminal


@pytest.mark.parametrize("terminal", TABLE)
def test_every_keyword_is_used_by_a_rule(terminal: str):
    used = {symbol.name for rule in lark_parser().rules for symbol in rule.expansion}
    assert terminal in used


@pytest.mark.parametrize("terminal", TABLE)
def test_a_keyword_in_corner_brackets_is_an_ordinary_name(terminal: str):
    for word in TABLE[terminal]:
        clause = body(f"指标 「{word}」 {{ }}")
        assert isinstance(clause, n.Clause)
        assert clause.name == n.Name(word)


def test_a_keyword_inside_a_word_is_no_keyword():
    assert [t.type for t in lexed("加分项目 社会加 每人 分值 组织 不低于率").tokens] == ["NAME"] * 6


def test_every_chinese_policy_reads_the_same_in_english():
    for path in POLICIES:
        file = parse_path(path).file
        english = print_file(file, "en")
        assert read(english) == file
        chinese = {word for spellings in TABLE.values() for word in spellings[:1]}
        left = {t.type for t in lexed(english).tokens if str(t) in chinese and t.type in TABLE}
        # 期限 审核: the word is the name of a deadline
        assert left <= {"REVIEW"}, path.name


def test_units_are_read_in_both_languages():
    for unit in UNITS.values():
        number = unit.symbol if unit.symbol in ("%", "‰") else f" {unit.symbol}"
        for word in (number, f" {unit.english}", *(f" {alias}" for alias in unit.aliases)):
            rule = body(f"指标 甲 {{ 每 2{word} 乙 加 1 分 }}")
            assert isinstance(rule, n.Clause)
            (step,) = [node for node in n.walk(rule) if isinstance(node, n.PerStep)]
            assert step.step == n.Number(Fraction(2), unit.symbol), word


# -- width

_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_TEXTS = ("STRING", "TEXT_BLOCK", "QNAME", "NAME", *TABLE)


def in_other_width(text: str, *, wide: bool, words: bool = False) -> str:
    """The text with all marks and digits outside texts, names and comments in another width.

    ``words``: keywords too.
    """
    pieces = list(text) if wide else list(fold_width(text))
    taken = lexed(text)
    for token in [*taken.tokens, *taken.comments]:
        start, end = token.start_pos or 0, token.end_pos or 0
        keep = token.type in _TEXTS or token.type == "COMMENT"
        if words and token.type in TABLE:
            keep = False
        if keep:
            pieces[start:end] = text[start:end]
        elif wide:
            pieces[start:end] = text[start:end].translate(_WIDE)
    return "".join(pieces)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
@pytest.mark.parametrize("wide", [True, False], ids=["full-width", "half-width"])
def test_the_width_of_marks_and_digits_means_nothing(path: Path, wide: bool):
    text = path.read_text("utf-8")
    other = in_other_width(text, wide=wide)
    assert len(other) == len(text)
    assert other != text or not wide
    assert read(other) == read(text)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_full_width_english_keywords_are_keywords(path: Path):
    english = print_file(parse_path(path).file, "en")
    assert read(in_other_width(english, wide=True, words=True)) == read(english)


@settings(max_examples=40, deadline=None)
@given(strategies.files())
def test_the_width_means_nothing_in_any_text(file: n.File):
    assume(file.documents)
    text = print_file(file)
    assert read(in_other_width(text, wide=True)) == file
    assert read(in_other_width(text, wide=False)) == file


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("指标 甲 上限 30 分 { 加 3 分，最高 30 分 }", "指标　甲　上限　３０　分　｛　加　３　分,最高　３０　分　｝"),
        ("指标 甲 { 登记率 低于 95%：扣 2 分 }", "指标 甲 { 登记率 低于 ９５％:扣 ２ 分 }"),
        ("指标 甲 { 得（乙 + 1） 分 }", "指标 甲 { 得(乙 ＋ １) 分 }"),
        ("指标 甲 { 年龄 <= 40 岁：加 3 分 }", "指标 甲 { 年龄 ＜＝ 40 岁：加 3 分 }"),
        ("指标 甲 { 年龄 ≤ 40 岁：加 3 分 }", "指标 甲 { 年龄 <= 40 岁：加 3 分 }"),
        ("指标 甲 { 加 1.2万 分 }", "指标 甲 { 加 12000 分 }"),
        ("指标 甲 { 加 十二 分 }", "指标 甲 { 加12分 }"),
        ("施行 2022年4月6日", "施行 2022-04-06"),
        ("施行 2022年4月6日", "施行 ２０２２－０４－０６"),
        ("施行 2022-4-6", "施行 2022-04-06"),
        ("出处 “第二条”", '出处 "第二条"'),
        ("出处 “第二条”", "出处 ＂第二条＂"),
        ("指标\u00a0甲\u2003{\u200b 加 3 分 }", "指标 甲 { 加 3 分 }"),
    ],
)  # fmt: skip
def test_two_ways_to_write_one_thing(one: str, other: str):
    assert body(one) == body(other)


# -- words and numbers


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0", 0),
        ("12", 12),
        ("0.5", Fraction(1, 2)),
        ("92.25", Fraction(369, 4)),
        ("1.2万", 12_000),
        ("3亿", 300_000_000),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("两", 2),
        ("一万", 10_000),
        ("三点五", Fraction(7, 2)),
        ("9" * 30, int("9" * 30)),
        ("0." + "1" * 29, Fraction(int("1" * 29), 10**29)),
    ],
)
def test_numbers_are_exact(written: str, value: Fraction):
    clause = body(f"指标 甲 上限 {written} 分 {{ }}")
    (number,) = [node for node in n.walk(clause) if isinstance(node, n.Number)]
    assert number.value == value


@pytest.mark.parametrize(
    "name", ["一级", "三无人员", "十佳", "二级技师", "万人计划", "B2公司", "2025"]
)
def test_names_that_look_like_numbers_in_part(name: str):
    written = f"「{name}」" if name.isdigit() else name
    clause = body(f"指标 {written} {{ }}")
    assert isinstance(clause, n.Clause)
    assert clause.name == n.Name(name)


def test_a_text_keeps_every_character():
    text = body("摘要 “１２％ “ ‘甲’ 「乙」 # 不是注释 // 也不是 { }”")
    assert isinstance(text, n.Attribute)
    assert text.value == n.TextValue("１２％ “ ‘甲’ 「乙」 # 不是注释 // 也不是 { }")


def test_the_full_text_of_a_clause_may_take_several_lines():
    text = body('原文 """第一条\n  “引号”和"引号"\n"""')
    assert isinstance(text, n.Attribute)
    assert text.value == n.TextValue('第一条\n  “引号”和"引号"\n')


# -- comments


def comments_in(node: object) -> Iterator[str]:
    """Every comment that the tree holds."""
    for one in n.walk(node):
        if isinstance(one, n.Statement):
            yield from one.layout.before
            if one.layout.trailing is not None:
                yield one.layout.trailing
        yield from getattr(one, "tail", ())


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_comment_is_in_the_tree_once(path: Path):
    text = path.read_text("utf-8")
    written = [text[t.start_pos : t.end_pos].rstrip() for t in lexed(text).comments]
    assert Counter(comments_in(read(text))) == Counter(written)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_comments_between_any_two_words_are_kept(data: st.DataObject):
    """Wherever a comment is put into a policy, it is in the tree once, and nothing else changes."""
    path = data.draw(st.sampled_from(POLICIES))
    text = path.read_text("utf-8")
    tokens = lexed(text).tokens
    chosen = data.draw(
        st.lists(st.integers(0, len(tokens) - 1), min_size=1, max_size=8, unique=True)
    )
    changed, marks = text, []
    for number, index in enumerate(sorted(chosen, reverse=True)):
        start = tokens[index].start_pos or 0
        marks.append(f"#插入的注释{number}")
        changed = f"{changed[:start]} {marks[-1]}\n{changed[start:]}"
    before, after = read(text), read(changed)
    assert after == before
    assert Counter(comments_in(after)) - Counter(comments_in(before)) == Counter(marks)


COMMENTED = """\
# 文件之前
// 第二行

# 空行之后
积分 样例 “样例” { # 左括号之后
  # 满分之前
  满分 100 分  # 满分之后

  # 组之前
  组 甲 满分 100 分 {
    # 指标之前
    指标 乙 满分 100 分 { // 指标的左括号之后
      每 1 个月 社保月数 # 句子中间
        加 0.5 分，最高 30 分 # 规则之后
      取高 {
        # 取高之内
        加 1 分；# 分号之后
        加 2 分
        # 取高之末
      }
      # 指标之末
    } # 指标之后
  }
  # 文件之末
}
# 文件之后
"""


def test_comments_stand_where_a_reader_would_look_for_them():
    file = read(COMMENTED)
    (document,) = file.documents
    (full_marks,) = document.attributes
    (group,) = document.body
    assert isinstance(group, n.Clause)
    (indicator,) = group.body
    assert isinstance(indicator, n.Clause)
    rule, best = indicator.body
    assert isinstance(best, n.Rule)
    assert isinstance(best.action, n.Combined)
    first, second = best.action.rules
    assert document.layout.before == ("# 文件之前", "// 第二行", "# 空行之后")
    assert full_marks.layout.trailing == "# 满分之后"
    assert "# 满分之前" in full_marks.layout.before
    assert group.layout.before == ("# 组之前",)
    assert group.layout.blank_line
    assert not full_marks.layout.blank_line
    assert indicator.layout.before == ("# 指标之前",)
    assert indicator.layout.trailing == "# 指标之后"
    assert indicator.tail[-1] == "# 指标之末"
    assert "# 句子中间" in rule.layout.before
    assert rule.layout.trailing == "# 规则之后"
    assert first.layout.before == ("# 取高之内",)
    assert first.layout.trailing == "# 分号之后"
    assert "# 取高之末" in [*best.layout.before, *second.layout.before]
    assert document.tail[-1] == "# 文件之末"
    assert file.tail == ("# 文件之后",)
    assert Counter(comments_in(file)) == Counter(
        text
        for line in COMMENTED.splitlines()
        if (text := re.sub(r"^.*?(?=#|//)", "", line)) != line or line.startswith(("#", "//"))
    )


# -- places


def children(node: n.Node) -> Iterator[n.Node]:
    stack: list[object] = [getattr(node, f.name) for f in reversed(fields(node))]
    while stack:
        item = stack.pop()
        if isinstance(item, n.Node):
            yield item
        elif isinstance(item, tuple):
            stack.extend(reversed(item))


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_node_knows_where_it_stands(path: Path):
    result = parse_path(path)
    text = result.source.text
    for node in n.walk(result.file):
        written = text[node.span.start : node.span.end]
        assert written, node
        for child in children(node):
            assert node.span.start <= child.span.start <= child.span.end <= node.span.end, child
        match node:
            case n.Name():
                assert node.text == written.removeprefix("「").removesuffix("」")
            case n.Number():
                assert_number(node, written)
            case n.TextValue():
                assert node.value in written
            case n.Clause(number=str(number)):
                assert number in fold_width(written)
            case n.RuleNote():
                assert node.text in written
            case n.DateValue():
                assert str(node.value.year) in fold_width(written)


def assert_number(node: n.Number, written: str) -> None:
    """The slice holds the figure, and behind it the unit."""
    figure = re.match(r"\d+(\.\d+)?", fold_width(written))
    if figure is None:
        assert node.written is None or written.startswith(node.written)
        assert re.match(r"[零〇一二两三四五六七八九十百千万亿点每]|.", written)
    else:
        shown = Fraction(figure[0])
        assert node.value in (shown, shown * 10_000, shown * 100_000_000)
    if node.unit is not None:
        assert len(written) > len(figure[0]) if figure else True


def test_places_are_those_of_the_text_as_written():
    """Columns count characters of the original, whatever their width."""
    result = parse_text("积分　样例　｛\n　　满分　１００　分\n\t指标 乙 上限 分 { }\n｝")
    (finding,) = result.diagnostics
    assert finding.place == (3, 9)
    assert finding.where() == "<text>:3:9"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends(newline: str):
    lines = ["积分 样例 {", "  满分 100 分", "  指标 乙 上限 分 { }", "}"]
    (finding,) = parse_text(newline.join(lines)).diagnostics
    assert finding.place == (3, 10)
    assert "\r" not in finding.render()


# -- the house


def test_tokens_are_what_lark_makes():
    """A change of Lark that breaks the use of its lexer is noticed here."""
    tokens = lexed("积分 样例 { 满分 100 分 } # 注").tokens
    assert all(isinstance(token, Token) for token in tokens)
    assert [t.type for t in tokens] == [
        "SCHEME", "NAME", "OPEN_BRACE", "FULL_MARKS", "NUMBER", "POINT", "CLOSE_BRACE",
    ]  # fmt: skip
    assert [t.start_pos for t in tokens] == [0, 3, 6, 8, 11, 15, 17]


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache folder of this test alone."""
    monkeypatch.setattr(kept_tables, "cache_folder", lambda: tmp_path / "cache")
    tables.cache_clear()
    yield tmp_path / "cache"
    tables.cache_clear()


SHORT = "积分 样例 { 指标 甲 上限 30 分 { 年龄 18 至 40 岁：加 3 分，最高 30 分 } }"


def test_the_tables_are_kept(own_cache: Path):
    """What was kept reads as what was built; what is damaged is made anew."""
    built = read(SHORT)
    (kept,) = own_cache.iterdir()
    assert kept.name.startswith("grammar-")
    for damage in (None, b"", b"damaged", b"{}", b'{"symbols":[]}', b"\xff\xfe"):
        if damage is not None:
            kept.write_bytes(damage)
        tables.cache_clear()
        assert read(SHORT) == built
        assert [path.name for path in own_cache.iterdir()] == [kept.name]
    assert kept.stat().st_size > 10_000


def test_a_cache_that_cannot_be_written_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(kept_tables, "cache_folder", lambda: tmp_path / "file" / "folder")
    tables.cache_clear()
    try:
        assert read(SHORT).documents
    finally:
        tables.cache_clear()


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_the_tables_say_what_lark_says(path: Path):
    """The loop over the tables makes the tree that Lark's own parser makes of the grammar."""
    text = fold_width(path.read_text("utf-8"))
    state = lark_parser().parse_interactive("").parser_state
    tokens = lexed(path.read_text("utf-8")).tokens
    for token in tokens:
        state.feed_token(token)
    whole = state.feed_token(Token.new_borrow_pos(END, "", tokens[-1]), True)
    assert tables().parse(tokens) == whole
    # and the text is cut where Lark cuts it, keywords aside, which Lark tells apart itself
    own = [(t.type, str(t), t.start_pos, t.line, t.column) for t in tables().tokens(text)]
    lexer = lark_parser()._build_lexer(True)
    larks = LexerThread.from_text(lexer, text).lex(None)
    assert own == [(t.type, str(t), t.start_pos, t.line, t.column) for t in larks]
