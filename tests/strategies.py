"""Random syntax trees for property tests.

:func:`files` (and the strategies for each part) draw trees as the parser makes them: brackets
are nodes wherever the text needs them, units are known by their canonical symbol, attributes
stand before the statements of a body.  Such a tree must survive printing and parsing unchanged.
:func:`loose_expressions` draws what a program may build: any operand in any place, no brackets.

The trees are right in form only: names refer to nothing, and a rule may add days to points.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy, composite

from policydsl.language import keywords, units
from policydsl.language import nodes as n

Draw = st.DrawFn

# -- words ----------------------------------------------------------------------

KEYWORDS = sorted(keywords.words())
_USUAL = [
    "年龄",
    "社保月数",
    "文化程度",
    "出租房屋登记率",
    "居住证",
    "公安分局",
    "yueqing-2022",
    "a.b_c",
]
_AWKWARD = [
    "十二", "两", "三·八", "一次性", "百分点", "2022年", "3号", "a b", "-", "x-", "“引”", "#注",
    "中 文", "（一）", "Ａ类", "万", "年龄 35", "//", "{", "𠮷", "«»",
]  # fmt: skip


@cache
def names() -> SearchStrategy[n.Name]:
    """Names: usual ones, keywords, what looks like numbers, and any other characters."""
    return _words().map(n.Name)


@cache
def _words() -> SearchStrategy[str]:
    other = st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="」\n"), min_size=1, max_size=6
    )
    return st.one_of(
        st.sampled_from(_USUAL), st.sampled_from(_AWKWARD), st.sampled_from(KEYWORDS), other
    )


@cache
def texts(lines: bool = False) -> SearchStrategy[str]:
    """Texts between quotation marks; with ``lines`` also those of several lines."""
    line = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=8)
    telling = st.sampled_from(
        ["附件2 第1项", "“引”用", 'a"b', "\\", "＂＼", "# 不是注释", '«”\\"»']
    )
    one = telling | line
    if not lines:
        return one
    several = st.lists(one, min_size=2, max_size=3).map("\n".join)
    return one | several.filter(_fits_text_block)


def _fits_text_block(text: str) -> bool:
    folded = text.replace("＂", '"')
    return '"""' not in folded and not folded.endswith('"')


@cache
def unit_words() -> SearchStrategy[tuple[str, str | None]]:
    """(symbol, Chinese spelling that differs from it) of a known unit, or a word of one's own."""
    known = [
        (unit.symbol, word)
        for unit in units.UNITS.values()
        for word in (None, *(a for a in unit.aliases if not a.isascii()))
    ]
    own = ["学分", "万", "扣分", "年龄", "half day", "二等功", "A-1", "Ａ"]
    return st.sampled_from(known) | st.sampled_from(own).map(lambda word: (word, None))


_WRITTEN = {
    "十二": 12,
    "两": 2,
    "一百零五": 105,
    "一万": 10_000,
    "二〇": 20,
    "1.2万": 12_000,
    "3亿": 3 * 10**8,
}


@cache
@composite
def numbers(draw: Draw, unit: bool | None = None) -> n.Number:
    """Numbers that are not negative; ``unit`` says whether they have one (``None``: either)."""
    written: str | None = None
    value: Fraction
    if draw(st.integers(0, 5)) == 0:
        written = draw(st.sampled_from(sorted(_WRITTEN)))
        value = Fraction(_WRITTEN[written])
    else:
        value = Fraction(draw(st.integers(0, 10_000)), 10 ** draw(st.integers(0, 3)))
    if unit is None:
        unit = draw(st.integers(0, 2)) > 0
    if not unit:
        return n.Number(value, None, written)
    symbol, spelled = draw(unit_words())
    return n.Number(value, symbol, written, spelled)


@cache
def dates() -> SearchStrategy[date]:
    return st.dates(date(1, 1, 1), date(9999, 12, 31))


# -- places in the tree of clauses ------------------------------------------------

_NAMED_KINDS = [
    "SCHEDULE", "COMMON", "UNIT", "GROUP", "BONUS", "DEDUCTIONS", "INDICATOR", "ITEM", "TASK",
    "SCENE", "BLEND",
]  # fmt: skip
_BARE_KINDS = ["COMMON", "STATUS_RULES", "BONUS", "DEDUCTIONS", "SCHEDULE"]
_LABEL_NUMBERS = ["1", "2", "10", "3.1", "一", "十二"]


@cache
@composite
def refs(draw: Draw) -> n.ClauseRef:
    label = st.sampled_from(_LABEL_NUMBERS) | _words()
    named = st.builds(n.RefStep, st.sampled_from(_NAMED_KINDS), label)
    steps = st.lists(named | st.just(n.RefStep("STATUS_RULES", None)), min_size=1, max_size=2)
    return n.ClauseRef(tuple(draw(steps)))


# -- expressions, by how tightly they bind -------------------------------------------

COMPARE_WORDS = [
    "REACHES", "NOT_BELOW", "NOT_FEWER", "NOT_ABOVE", "NOT_EXCEEDING", "BELOW", "SHORT_OF", "UNDER",
    "ABOVE", "EXCEEDS", "EARLIER", "LATER", "LESS", "LESS_EQ", "GREATER", "GREATER_EQ", "EQUALS",
    "NOT_EQUALS",
]  # fmt: skip
_BELOW_WORDS = ["BELOW", "SHORT_OF", "UNDER"]
_NOT_DONE = [
    "NOT_CARRIED_OUT", "NOT_IMPLEMENTED", "NOT_COMPLETED", "NOT_REACHED", "NOT_MET",
    "NOT_ESTABLISHED", "NOT_GROWN", "NOT_RECTIFIED",
]  # fmt: skip


@cache
def atoms() -> SearchStrategy[Any]:
    """Expressions that hold no other."""
    return st.one_of(
        numbers(),
        st.builds(n.Reference, names()),
        st.builds(n.DateValue, dates()),
        st.builds(n.Truth, st.booleans()),
        st.builds(n.TextValue, texts()),
        st.builds(n.SpouseFact, names()),
        st.just(n.SpouseTotal()),
        st.just(n.TotalScore()),
        st.builds(n.ScoreOf, refs()),
    )


@cache
@composite
def factors(draw: Draw, depth: int = 2) -> Any:
    kind = draw(st.integers(0, 9)) if depth else 0
    if kind == 7:
        return n.Negative(draw(factors(depth - 1)))
    if kind == 8:
        return n.Parenthesised(draw(conditions(depth - 1)))
    if kind == 9:
        arguments = draw(st.lists(conditions(depth - 1), min_size=1, max_size=2))
        return n.Call(draw(names()), tuple(arguments))
    return draw(atoms())


@cache
@composite
def terms(draw: Draw, depth: int = 2) -> Any:
    if depth and draw(st.integers(0, 4)) == 0:
        operator = draw(st.sampled_from("*/"))
        return n.Arithmetic(operator, draw(terms(depth - 1)), draw(factors(depth - 1)))
    return draw(factors(depth))


@cache
@composite
def sums(draw: Draw, depth: int = 2) -> Any:
    if depth and draw(st.integers(0, 4)) == 0:
        operator = draw(st.sampled_from("+-"))
        return n.Arithmetic(operator, draw(sums(depth - 1)), draw(terms(depth - 1)))
    return draw(terms(depth))


@cache
@composite
def comparisons(draw: Draw, depth: int = 2) -> Any:
    subject = draw(sums(depth))
    match draw(st.integers(0, 6)):
        case 0:
            return n.Compare(subject, draw(st.sampled_from(COMPARE_WORDS)), draw(sums(depth)))
        case 1:
            word = draw(st.sampled_from(["OR_MORE", "OR_LESS"]))
            return n.NumberBound(subject, draw(numbers()), word)
        case 2:
            return n.Between(subject, draw(numbers()), draw(numbers()))
        case 3:
            word = draw(st.sampled_from(_BELOW_WORDS))
            return n.FromBelow(subject, draw(numbers()), word, draw(numbers()))
        case 4:
            values = draw(st.lists(sums(depth), min_size=1, max_size=3))
            return n.OneOf(subject, tuple(values), draw(st.booleans()))
        case _:
            return subject


@cache
@composite
def negations(draw: Draw, depth: int = 2) -> Any:
    match draw(st.integers(0, 7)):
        case 0 if depth:
            return n.Negated(draw(negations(depth - 1)))
        case 1:
            return n.NotDone(draw(st.sampled_from(_NOT_DONE)), draw(names()))
        case 2:
            return n.Provided(draw(names()), draw(st.booleans()))
        case 3:
            return n.TriggerOpen()
        case _:
            return draw(comparisons(depth))


@cache
@composite
def conjunctions(draw: Draw, depth: int = 2) -> Any:
    if depth and draw(st.integers(0, 4)) == 0:
        return n.Both(draw(conjunctions(depth - 1)), draw(negations(depth - 1)))
    return draw(negations(depth))


@cache
@composite
def conditions(draw: Draw, depth: int = 2) -> Any:
    """Any expression, as the parser reads it."""
    if depth and draw(st.integers(0, 4)) == 0:
        return n.Either(draw(conditions(depth - 1)), draw(conjunctions(depth - 1)))
    return draw(conjunctions(depth))


@cache
def loose_expressions() -> SearchStrategy[Any]:
    """Any expression in any place, without the brackets that its text needs."""

    def larger(smaller: SearchStrategy[Any]) -> SearchStrategy[Any]:
        return st.one_of(
            st.builds(n.Negative, smaller),
            st.builds(n.Negated, smaller),
            st.builds(n.Both, smaller, smaller),
            st.builds(n.Either, smaller, smaller),
            st.builds(n.Arithmetic, st.sampled_from("+-*/"), smaller, smaller),
            st.builds(n.Compare, smaller, st.sampled_from(COMPARE_WORDS), smaller),
            st.builds(n.NumberBound, smaller, numbers(), st.sampled_from(["OR_MORE", "OR_LESS"])),
            st.builds(n.Between, smaller, numbers(), numbers()),
            st.builds(n.FromBelow, smaller, numbers(), st.sampled_from(_BELOW_WORDS), numbers()),
            st.builds(n.OneOf, smaller, _tuples(smaller, 1, 2), st.booleans()),
            st.builds(n.Call, names(), _tuples(smaller, 1, 2)),
        )

    simple = st.one_of(atoms(), st.builds(n.NotDone, st.sampled_from(_NOT_DONE), names()))
    return st.recursive(simple, larger, max_leaves=6)


@cache
def _tuples(items: SearchStrategy[Any], least: int, most: int) -> SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, min_size=least, max_size=most).map(tuple)


# -- rules ------------------------------------------------------------------------


@cache
@composite
def amounts(draw: Draw, computed: bool = True) -> Any:
    """Amounts; ``computed`` as the quantity of an attribute cannot be."""
    match draw(st.integers(0, 4)):
        case 0:
            return n.OpenAmount(*draw(_bounds()))
        case 1 if computed:
            return n.ComputedAmount(draw(conditions(1)))
        case _:
            return n.FixedAmount(draw(numbers()))


@cache
def _bounds() -> SearchStrategy[tuple[n.Number | None, n.Number | None]]:
    return st.just((None, None)) | st.tuples(numbers(), numbers())


@cache
def roundings() -> SearchStrategy[n.Rounding]:
    word = st.sampled_from(["ROUND_HALF_UP", "ROUND_DOWN", "ROUND_UP"])
    return st.builds(n.Rounding, word, st.none() | numbers())


@cache
def modifiers() -> SearchStrategy[Any]:
    modes = st.sampled_from(["NOT_COUNTED", "PRO_RATA", "COUNTED_FULL"])
    numbered = (n.UpTo, n.AtLeastPoints, n.FromNth, n.BeyondPart, n.Scaled)
    return st.one_of(
        *(st.builds(make, numbers()) for make in numbered),
        st.builds(n.PartialStep, numbers(), modes),
        st.just(n.Halved()),
        roundings(),
    )


@cache
def notes() -> SearchStrategy[tuple[n.RuleNote, ...]]:
    kind = st.sampled_from(["ASSUMPTION", "LOCATOR", "DOUBTFUL", "NOTE"])
    note = st.builds(n.RuleNote, kind, texts())
    return st.just(()) | _tuples(note, 1, 2)


_SIGNS = ["AWARD", "DEDUCT", "GIVE"]
_DISCRETION = ["DISCRETION_DEDUCT", "DISCRETION_AWARD"]
_STATUS = ["SUSPENDED", "VOID", "ZEROED", "FROZEN"]


@cache
@composite
def steps(draw: Draw) -> n.PerStep:
    implicit = draw(st.booleans())
    if implicit:
        symbol, written = draw(unit_words())
        step = n.Number(Fraction(1), symbol, None, written)
    else:
        step = draw(numbers())
    subject = draw(st.none() | sums(1))
    if subject is not None and not implicit and step.unit is None:
        # The word behind a number without a unit would be its unit.
        subject = n.Parenthesised(subject)
    if draw(st.integers(0, 4)) == 0:
        return n.PerStep(step, subject, None, None, draw(st.sampled_from(_DISCRETION)), implicit)
    return n.PerStep(step, subject, draw(st.sampled_from(_SIGNS)), draw(amounts()), None, implicit)


@cache
@composite
def actions(draw: Draw, depth: int = 2) -> Any:
    match draw(st.integers(0, 11 if depth else 8)):
        case 0 | 1 | 2:
            return n.Flat(draw(st.sampled_from(_SIGNS)), draw(amounts()))
        case 3 | 4:
            return draw(steps())
        case 5:
            return n.Discretionary(draw(st.sampled_from(_DISCRETION)))
        case 6:
            return n.OpenAction(*draw(_bounds()))
        case 7:
            return n.StatusAction(draw(st.sampled_from(_STATUS)), draw(st.none() | numbers()))
        case 8:
            return draw(st.sampled_from([n.Veto(), n.NoPoints()]))
        case 9:
            return n.Tiers(draw(sums(1)), draw(_tuples(tiers(depth - 1), 0, 3)))
        case 10:
            return draw(matrices())
        case _:
            word = draw(st.sampled_from(["BEST", "SUM", "LEAST"]))
            return n.Combined(word, draw(_tuples(rules(depth - 1), 0, 3)))


@cache
def pattern_values() -> SearchStrategy[Any]:
    return st.one_of(
        numbers(),
        st.builds(n.Reference, names()),
        st.builds(n.DateValue, dates()),
        st.builds(n.Truth, st.booleans()),
    )


@cache
@composite
def patterns(draw: Draw) -> n.Pattern:
    low, high = draw(pattern_values()), draw(pattern_values())
    word, word2 = draw(st.sampled_from(COMPARE_WORDS)), draw(st.sampled_from(COMPARE_WORDS))
    match draw(st.integers(0, 7)):
        case 0:
            return n.Pattern("OTHERWISE")
        case 1 | 2:
            return n.Pattern("EXACTLY", low)
        case 3:
            return n.Pattern("OR_MORE", low)
        case 4:
            return n.Pattern("OR_LESS", None, high)
        case 5:
            return n.Pattern("TO", low, high)
        case 6:
            below = draw(st.sampled_from(_BELOW_WORDS))
            return n.Pattern("FROM_BELOW", low, high, below)
        case _:
            if draw(st.booleans()):
                return n.Pattern("BEYOND", low, None, word)
            return n.Pattern("BEYOND_BOTH", low, high, word, word2)


@cache
def pattern_lists() -> SearchStrategy[tuple[n.Pattern, ...]]:
    return _tuples(patterns(), 1, 2)


@cache
@composite
def tiers(draw: Draw, depth: int = 1) -> n.Tier:
    amount = st.builds(n.FixedAmount, numbers()) | st.builds(n.ComputedAmount, conditions(1))
    outcome = draw(amount | actions(depth))
    return n.Tier(draw(pattern_lists()), outcome, draw(_tuples(modifiers(), 0, 2)), draw(notes()))


@cache
@composite
def matrices(draw: Draw) -> n.Matrix:
    row = st.builds(n.MatrixRow, pattern_lists(), _tuples(amounts(), 1, 2))
    return n.Matrix(
        draw(sums(1)), draw(sums(1)), draw(_tuples(pattern_lists(), 1, 2)), draw(_tuples(row, 0, 2))
    )


# -- layout -------------------------------------------------------------------------


@cache
def comments() -> SearchStrategy[str]:
    return st.sampled_from(
        ["# 说明", "#说明", "// 说明", "＃ 全角", "#", "#   缩进", "## 标题", "# “” { 「"]
    )


@cache
def layouts(blank: bool = True) -> SearchStrategy[n.Layout]:
    """Mostly none, so that trees stay readable and one-line forms occur."""
    some = st.builds(
        n.Layout,
        _tuples(comments(), 0, 2),
        st.none() | comments(),
        st.booleans() if blank else st.just(False),
    )
    nothing = st.just(n.NO_LAYOUT)
    return st.one_of(nothing, nothing, nothing, some)


@cache
def tails() -> SearchStrategy[tuple[str, ...]]:
    nothing: SearchStrategy[tuple[str, ...]] = st.just(())
    return st.one_of(nothing, nothing, nothing, _tuples(comments(), 1, 2))


# -- statements ---------------------------------------------------------------------


@cache
@composite
def rules(draw: Draw, depth: int = 2) -> n.Rule:
    return n.Rule(
        draw(st.none() | conditions(1)),
        draw(actions(depth)),
        draw(_tuples(modifiers(), 0, 2)),
        draw(notes()),
        layout=draw(layouts()),
    )


@cache
def whens() -> SearchStrategy[n.When]:
    return st.one_of(
        st.just(n.When()),
        st.builds(n.When, dates()),
        st.builds(n.When, after=numbers()),
        st.builds(n.When, event=texts()),
    )


def _attribute_values() -> dict[str, SearchStrategy[tuple[Any, tuple[str, ...]]]]:
    """For each key its values and the further texts behind them."""

    def alone(values: SearchStrategy[Any]) -> SearchStrategy[tuple[Any, tuple[str, ...]]]:
        return st.tuples(values, st.just(()))

    text = st.builds(n.TextValue, texts())
    table: dict[str, SearchStrategy[tuple[Any, tuple[str, ...]]]] = {}
    for key in ("FULL_MARKS", "CAP", "FLOOR"):
        table[key] = alone(amounts(computed=False))
    table["START"] = alone(amounts(computed=False) | st.just("full"))
    table["ROUNDING"] = alone(roundings())
    for key in ("REVIEW", "RESPONSIBLE", "LEAD", "ISSUER", "REPLACES", "USES"):
        table[key] = alone(_tuples(names(), 1, 2))
    for key in ("RECOGNITION", "ID", "REGION", "ADOPTS", "ENTITY"):
        table[key] = alone(names())
    for key in (
        "LOCATOR", "SUMMARY", "NOTE", "DOUBTFUL", "ASSUMPTION", "ENGLISH", "REASON", "SOURCE",
        "TRANSITION", "INFERRED", "SECTIONS",
    ):  # fmt: skip
        table[key] = alone(text)
    table["FULL_TEXT"] = alone(st.builds(n.TextValue, texts(lines=True)))
    table["LEGAL_BASIS"] = alone(_tuples(text, 1, 2))
    for key in ("ISSUED", "IN_FORCE", "EXPIRES"):
        table[key] = alone(whens())
    table["APPLIES_WHEN"] = alone(conditions(1))
    table["CONCEPT"] = st.tuples(names(), _tuples(texts(), 0, 1))
    table["CONVERSION"] = st.tuples(st.none() | numbers(), _tuples(texts(), 0, 1))
    table["READING"] = st.tuples(text, _tuples(texts(), 2, 2))
    table["WAIVE"] = st.tuples(names(), _tuples(texts(), 1, 1))
    return table


_ATTRIBUTE_VALUES = _attribute_values()
ATTRIBUTE_KEYS = sorted(_ATTRIBUTE_VALUES)


@cache
@composite
def attributes(draw: Draw) -> n.Attribute:
    key = draw(st.sampled_from(ATTRIBUTE_KEYS))
    value, extra = draw(_ATTRIBUTE_VALUES[key])
    return n.Attribute(key, value, extra, layout=draw(layouts()))


@cache
@composite
def clauses(draw: Draw, depth: int = 2) -> n.Clause:
    number, name, kind = None, None, draw(st.sampled_from(_BARE_KINDS))
    if draw(st.integers(0, 3)):
        kind = draw(st.sampled_from(_NAMED_KINDS))
        number = draw(st.none() | st.sampled_from(_LABEL_NUMBERS))
        name = draw(names() if number is None else st.none() | names())
    return n.Clause(
        kind, number, name,
        draw(_tuples(attributes(), 0, 3)),
        draw(_tuples(statements(depth - 1), 0, 3)),
        draw(tails()),
        layout=draw(layouts()),
    )  # fmt: skip


@cache
@composite
def fact_types(draw: Draw) -> n.FactType:
    word = draw(
        st.sampled_from(
            [
                "INTEGER",
                "DECIMAL",
                "PERCENTAGE",
                "YES_NO",
                "DATE_TYPE",
                "COUNT",
                "CHOICE",
                "ORDERED",
            ]
        )
    )
    if word in ("CHOICE", "ORDERED"):
        return n.FactType(word, None, draw(_tuples(names(), 1, 3)))
    unit, written = draw(st.just((None, None)) | unit_words())
    return n.FactType(word, unit, (), written)


@cache
def values() -> SearchStrategy[Any]:
    """What a fact can be given."""
    return st.one_of(
        pattern_values(), st.builds(n.Negative, numbers()), st.builds(n.TextValue, texts())
    )


@cache
def fact_options() -> SearchStrategy[n.FactOption]:
    def option(key: str, *parts: SearchStrategy[Any]) -> SearchStrategy[n.FactOption]:
        return st.builds(n.FactOption, st.just(key), *parts)

    return st.one_of(
        option("RANGE", numbers(), st.none() | numbers()),
        option("RANGE", st.none(), numbers()),
        option("DEFAULT", values()),
        option("TREATED_AS", values()),
        option("REQUIRED"),
        option("NO_EVIDENCE"),
        option("PRECISION", numbers()),
        option("TYPICAL", values()),
        option("CONCEPT", names()),
        option("ENTITY", names()),
        *(option(key, texts()) for key in ("NOTE", "ENGLISH", "LOCATOR", "ASSUMPTION")),
    )


@cache
@composite
def facts(draw: Draw) -> n.Fact:
    options = draw(_tuples(fact_options(), 0, 2))
    derived = draw(st.none() | conditions(1))
    return n.Fact(draw(names()), draw(fact_types()), derived, options, layout=draw(layouts()))


@cache
def scene_statements() -> SearchStrategy[Any]:
    orders = st.sampled_from(["HIGH_FIRST", "LOW_FIRST", "EARLY_FIRST", "LATE_FIRST"])
    key = st.builds(n.RankingKey, sums(1), orders)
    words = st.sampled_from(["HIGHER_OF", "TOTAL_OF"])
    return st.one_of(
        st.builds(n.Household, words, st.sampled_from(["COUPLE", "MEMBER"]), layout=layouts()),
        st.builds(n.Ranking, _tuples(key, 1, 3), st.booleans(), layout=layouts()),
        st.builds(n.Ranking, st.just(()), st.just(True), layout=layouts()),
        st.builds(n.Quota, st.none() | numbers(), st.none(), layout=layouts()),
        st.builds(n.Quota, st.none(), names(), layout=layouts()),
        st.builds(
            n.Ties,
            st.sampled_from(["ADMIT_ALL", "ADMIT_NONE", "LOTTERY", "OPEN"]),
            layout=layouts(),
        ),
    )


@cache
@composite
def deadlines(draw: Draw) -> n.Deadline:
    number, day = draw(
        st.one_of(
            st.just((None, None)),
            st.tuples(numbers(), st.none()),
            st.tuples(st.none(), dates()),
        )
    )
    word, text = draw(st.none() | st.sampled_from(COMPARE_WORDS)), draw(st.none() | texts())
    name = draw(names())
    return n.Deadline(name, word, number, day, text, draw(notes()), layout=draw(layouts()))


@cache
def plain_statements() -> SearchStrategy[Any]:
    """Statements that hold no others."""
    item = names() | st.builds(n.TextValue, texts())
    part = st.builds(n.DutyPart, st.sampled_from(["REVIEW", "HOSTS"]), _tuples(item, 1, 2))
    return st.one_of(
        facts(),
        scene_statements(),
        deadlines(),
        st.builds(
            n.Measure, _words(), st.none() | numbers(), st.none() | texts(), layout=layouts()
        ),
        st.builds(n.Exclusion, names(), names(), notes(), layout=layouts()),
        st.builds(n.Plausible, conditions(1), st.none() | conditions(1), notes(), layout=layouts()),
        st.builds(
            n.Duty, names(), st.none() | texts(), _tuples(part, 0, 2), notes(), layout=layouts()
        ),
        st.builds(n.Target, conditions(1), notes(), layout=layouts()),
        st.builds(n.BlendPart, sums(1), st.none() | numbers(), notes(), layout=layouts()),
    )


# -- examples -------------------------------------------------------------------------


@cache
def entries(depth: int = 1) -> SearchStrategy[Any]:
    inner = []
    if depth:
        inside = _tuples(entries(depth - 1), 0, 2)
        inner = [st.builds(n.GivenMember, st.none() | names(), inside, layout=layouts())]
    signs = st.sampled_from(_SIGNS)
    ref = st.none() | refs()
    return st.one_of(
        st.builds(n.Given, names(), values(), layout=layouts()),
        st.builds(n.GivenUnit, names(), layout=layouts()),
        st.builds(n.Judged, refs(), signs, numbers(), layout=layouts()),
        st.builds(n.Expect, ref, numbers(), layout=layouts()),
        st.builds(n.Expect, ref, numbers(), numbers(), layout=layouts()),
        st.builds(n.Expect, ref, numbers(), unbounded=st.just(True), layout=layouts()),
        st.builds(n.ExpectStatus, st.sampled_from(_STATUS), layout=layouts()),
        *inner,
    )


@cache
def examples() -> SearchStrategy[n.Example]:
    return st.builds(n.Example, texts(), _tuples(entries(), 0, 3), layout=layouts())


# -- operations -------------------------------------------------------------------------

# 推定 belongs to a history, so no amendment takes it away.
_WITHOUT = sorted({*ATTRIBUTE_KEYS} - {"INFERRED"})
_PLACES = ["BEFORE", "AFTER", "INSIDE"]


@cache
@composite
def new_bodies(draw: Draw, depth: int = 1) -> n.NewBody:
    own = draw(_tuples(attributes(), 0, 2))
    return n.NewBody((*own, *draw(_tuples(statements(depth), 0, 2))), draw(tails()))


@cache
@composite
def operations(draw: Draw, depth: int = 1) -> Any:
    target, extra = draw(refs()), draw(_tuples(attributes(), 0, 2))
    layout = draw(layouts())
    clause = clauses(depth - 1)
    match draw(st.integers(0, 9)):
        case 0 | 1:
            part = st.one_of(
                attributes(),
                scene_statements(),
                st.builds(n.Replacement, numbers(), numbers()),
                st.builds(n.Without, st.sampled_from(_WITHOUT)),
                new_bodies(depth - 1),
            )
            parts = draw(_tuples(part, 1, 3))
            make = draw(st.sampled_from([n.Modify, n.SetClause]))
            return make(draw(st.sampled_from([target, None])), parts, layout=layout)
        case 2:
            return n.Insert(draw(clause), None, None, extra, layout=layout)
        case 3:
            place = draw(st.sampled_from(_PLACES))
            return n.Insert(draw(clause), target, place, extra, layout=layout)
        case 4 | 5:
            return n.Repeal(target, extra, layout=layout)
        case 6:
            place = draw(st.sampled_from(_PLACES))
            return n.Move(target, draw(refs()), place, extra, layout=layout)
        case 7:
            return n.Rename(target, draw(names()), extra, layout=layout)
        case 8:
            number = draw(st.sampled_from(_LABEL_NUMBERS))
            return n.Renumber(target, number, extra, layout=layout)
        case _:
            if draw(st.booleans()):
                return n.Split(target, draw(_tuples(clause, 0, 2)), extra, layout=layout)
            targets = draw(_tuples(refs(), 1, 3))
            return n.Merge(targets, draw(clause), extra, layout=layout)


@cache
def history_statements() -> SearchStrategy[Any]:
    """What a history (沿革) says of clauses and editions."""
    several, extra = _tuples(refs(), 1, 2), _tuples(attributes(), 0, 2)
    return st.one_of(
        st.builds(n.Succession, several, several, extra, layout=layouts()),
        st.builds(n.NotSeen, refs(), extra, layout=layouts()),
        st.builds(n.Stub, names(), st.none() | texts(), extra, layout=layouts()),
    )


# -- bodies, documents, files -------------------------------------------------------------


@cache
def statements(depth: int = 2) -> SearchStrategy[Any]:
    """Statements of a body other than attributes."""
    if depth <= 0:
        return rules(0) | plain_statements()
    return st.one_of(
        rules(depth), rules(depth), plain_statements(), plain_statements(), examples(),
        clauses(depth), operations(depth), history_statements(),
    )  # fmt: skip


DOCUMENT_KINDS = [
    "SCHEME",
    "ASSESSMENT",
    "WORK_PLAN",
    "ASSUMPTION",
    "VOCABULARY",
    "AMENDMENT",
    "HISTORY",
]


@cache
@composite
def documents(draw: Draw, depth: int = 2) -> n.Document:
    older, newer = draw(st.just((None, None)) | st.tuples(names(), names()))
    return n.Document(
        draw(st.sampled_from(DOCUMENT_KINDS)),
        draw(names()),
        draw(st.none() | texts()),
        draw(st.none() | names()),
        draw(_tuples(names(), 0, 2)),
        older,
        newer,
        draw(_tuples(attributes(), 0, 3)),
        draw(_tuples(statements(depth), 0, 3)),
        draw(tails()),
        layout=draw(layouts()),
    )


@cache
def files(depth: int = 2) -> SearchStrategy[n.File]:
    return st.builds(n.File, _tuples(documents(depth), 0, 2), tails())


def body_of(*parts: n.Statement) -> n.File:
    """A file whose one document holds these statements."""
    return n.File((n.Document("SCHEME", n.Name("样例"), body=parts),))
