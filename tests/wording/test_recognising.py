"""Reading official sentences back: the inverse of the wording, and the forms of real documents."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from tests.wording.test_wording import TABLE
from tests.wording.test_wording_properties import EDITIONS, rules_of, whole_rules
from tests.wording.wording_cases import rule_of, with_rule

from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.model.loading import bundled
from policydsl.wording import sentences
from policydsl.wording.chinese import Chinese
from policydsl.wording.phrases import PHRASES
from policydsl.wording.recognising.folding import fold
from policydsl.wording.recognising.meanings import Amount, Modifier
from policydsl.wording.recognising.numerals import number_of
from policydsl.wording.recognising.passages import Passage
from policydsl.wording.recognising.scanning import scan
from policydsl.wording.recognising.sentences import read_rule, read_rules
from policydsl.wording.recognising.spoken import meaning_of
from policydsl.wording.recognising.turning import SPELLINGS, turned


def assert_read_back(rule: r.Rule, policy: m.Policy) -> None:
    words = sentences.speaker(policy)
    assert isinstance(words, Chinese)
    text = sentences.rule_text(rule, policy)
    assert read_rule(text) == meaning_of(rule, words), text


@pytest.mark.parametrize("rule", [row[0] for row in TABLE])
def test_every_construct_of_the_tables_is_read_back(rule: str):
    policy = with_rule(rule)
    assert_read_back(rule_of(policy), policy)


@settings(max_examples=60, deadline=None)
@given(whole_rules())
def test_random_rules_are_read_back(text: str):
    policy = with_rule(text)
    assert_read_back(rule_of(policy), policy)


@pytest.mark.parametrize(("id_", "sets"), EDITIONS)
def test_the_rules_of_bundled_policies_are_read_back(id_: str, sets: tuple[str, ...]):
    policy = bundled().policy(id_, sets)
    for rule in rules_of(policy):
        assert_read_back(rule, policy)


def test_a_changed_figure_is_read_as_changed():
    one = read_rule("登记率低于95%的，每低1个百分点扣2分（不足1个百分点的不计）。")
    other = read_rule("登记率低于95%的，每低1个百分点扣3分（不足1个百分点的不计）。")
    assert one is not None
    assert other is not None
    assert one != other


@pytest.mark.parametrize("text", ["", "认真参加各类会议。", "扣五", "按计分", "每加2分", "得分（"])
def test_what_is_no_rule_is_none(text: str):
    assert read_rule(text) is None


def test_a_paragraph_of_rules():
    found = read_rules(
        "未开展业务培训的扣5分；持有居住证的加10分。按文化程度计分：本科得10分，其他得0分。"
    )
    assert found is not None
    assert [one.kind for one in found] == ["flat", "flat", "tiers"]


def test_spellings_belong_to_phrases_of_the_table():
    """One table: what documents say otherwise is filed under a phrase that the wording knows."""
    assert set(SPELLINGS) <= set(PHRASES)
    for key, spellings in SPELLINGS.items():
        for spelling in spellings:
            assert turned(spelling), key


# -- running text -------------------------------------------------------------------------------------

REAL = [
    # phrase, kind, sign, points, step, subject or condition
    ("要有计划，每项未落实的扣3分。", "step", -1, 3, "项", "未落实"),
    ("完成任务。未达到的每项扣4分。", "step", -1, 4, "项", "未达到"),
    ("每录用一篇信息加2分。", "step", 1, 2, "篇", "录用信息"),
    ("做好工作，未开展的扣5分。", "flat", -1, 5, None, "未开展"),
    ("做好建设，未开展扣10分。", "flat", -1, 10, None, "未开展"),
    ("每项工作未落实的酌情扣分。", "step", -1, None, "项", "工作未落实"),
    ("各项工作未开展的酌情扣分。", "step", -1, None, "项", "工作未开展"),
    ("登记率达到95%;每下降一个百分点扣2分", "step", -1, 2, "个百分点", ""),
    ("比上年下降,每超过上一年度一个百分点扣5分。", "step", -1, 5, "个百分点", ""),
    ("全年报送6篇以上,每少一篇扣2分。", "step", -1, 2, "篇", ""),
    ("无故不参加会议的,每次扣2分", "step", -1, 2, "次", "无故不参加会议"),
    ("每整治一个小区加2分,累计加分。", "step", 1, 2, "个小区", "整治"),
    ("未整治的每发现一起扣10分。", "step", -1, 10, "起", "发现"),
    ("发生重大传染病的扣2分。", "flat", -1, 2, None, "发生重大传染病"),
    ("未建立台账扣１０分", "flat", -1, 10, None, "未建立台账"),
    ("完成情况适当加分。", "discretion", 1, None, None, "完成情况"),
    ("提供虚假材料的，一票否决。", "veto", 0, None, None, "提供虚假材料"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "sign", "points", "unit", "about"), REAL)
def test_phrases_of_real_documents(
    text: str, kind: str, sign: int, points: int | None, unit: str | None, about: str
):
    (found,) = scan(fold(text)).rules
    meaning = found.meaning
    assert (meaning.kind, meaning.sign) == (kind, sign)
    assert meaning.amount == (None if points is None else Amount.fixed(Fraction(points)))
    assert (meaning.step.unit if meaning.step is not None else None) == unit
    said = meaning.step.subject if meaning.step is not None else meaning.condition
    assert said == about


def test_amounts_in_a_row_and_their_halves():
    found = scan("在区、市、省、国家推广的分别加10、20、30、40分，获领导批示的分别减半加分。").rules
    assert [int(x) for x in found[0].meaning.amounts] == [10, 20, 30, 40]
    assert found[1].meaning.modifiers == (Modifier("scale", Fraction(1, 2)),)


def test_a_cap_belongs_to_the_rule_before_it():
    (found,) = scan("每录用一篇信息加2分，最高得10分。").rules
    assert found.meaning.modifiers == (Modifier("cap", Fraction(10)),)


def test_thresholds_with_what_they_are_about():
    found = scan("信息登记率和信息准确率均达90%以上，培养各类人员1.2万人，公示不少于5个工作日。")
    assert [(t.subject, t.operator, int(t.value)) for t in found.thresholds[:2]] == [
        ("信息登记率", ">=", 90),
        ("信息准确率", ">=", 90),
    ]
    assert {f.value for f in found.figures} == {90, 12_000, 5}


def test_what_is_beside_the_rules():
    text = "根据甬政办发〔2021〕57号，2022年4月6日起，- 3 -附件2，“15分钟”就业圈，统一安排。"
    roles = {f.text: f.role for f in scan(text).figures}
    assert roles["2022年4月6日"] == "date"
    assert {roles["2021"], roles["57"]} == {"document"}
    assert (roles["3"], roles["2"]) == ("page", "reference")
    assert roles["15分钟"] == "name"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.2万", 12_000),
        ("十二", 12),
        ("一百零五", 105),
        ("1,500", 1500),
        ("两", 2),
        ("3亿", 3 * 10**8),
    ],
)
def test_numbers(text: str, value: int):
    assert number_of(text) == value


def test_a_passage_knows_where_its_characters_stood():
    source = "基础\n\n工作\n\t３０ 分"
    passage = Passage.of(source)
    assert passage.text.startswith("基础工作")
    for character, place in zip(passage.text, passage.places, strict=True):
        assert fold(source[place]) == character


def test_a_declared_reading_keeps_its_place():
    source = "每录用一篇信息价2分，最高得10分。"
    read = Passage.of(source).read([("信息价2分", "信息加2分", "音近致误")])
    (found,) = scan(read.text).rules
    assert found.meaning.amount == Amount.fixed(Fraction(2))
    figure = next(f for f in scan(read.text).figures if f.text == "2分")
    assert source[read.span(figure.start, figure.end).start] == "2"
    assert read.reading_at(figure.start, figure.end) is not None


@pytest.mark.parametrize("text", [
    "下列各项以最高一项计：扣3分；扣5分。", "下列各项以最低一项计：登记率低于95%的扣5分；扣2分。",
    "获区、市级通报的分别扣3分、5分，以最高一项计。",
])  # fmt: skip
def test_the_highest_of_deductions_is_not_guessed(text: str):
    """It may be the largest deduction or the best result: a person has to say."""
    assert read_rule(text) is None


def test_the_smallest_and_the_largest_deduction():
    for text, kind in (("扣分最少", "best"), ("扣分最多", "least")):
        found = read_rule(f"下列各项以{text}的一项计：扣3分；扣5分。")
        assert found is not None
        assert found.kind == kind


@pytest.mark.parametrize("unit", [
    "的", "按得", "加 ", "（不足", "超过1次的部分", "按甲计分：", "下列各项累计计分：", "按甲计分：不足", "；",
])  # fmt: skip
def test_what_repeats_itself_is_no_rule_and_takes_no_time(unit: str):
    started = time.process_time()
    for length in (700, 20_000):
        assert not read_rules((unit * length)[:length])
        assert read_rule((unit * length)[:length]) is None
    assert time.process_time() - started < 20
