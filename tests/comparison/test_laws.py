"""What holds for any comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.comparison.desk import RULES, Indicator, built

from policydsl.comparison.comparing import Comparison, compare

NAMES = [
    "年龄状况",
    "文化程度",
    "缴纳社保",
    "参加公益",
    "志愿服务",
    "居住时间",
    "守法情况",
    "登记情况",
]
CONCEPTS = ["年龄", "学历", "社保", "登记率", "守法", "公益"]


@st.composite
def schemes(draw: st.DrawFn) -> list[Indicator]:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
    return [
        Indicator(name, draw(st.none() | st.sampled_from(CONCEPTS)), draw(st.integers(1, 40)),
                  draw(st.integers(0, len(RULES) - 1)))
        for name in names
    ]  # fmt: skip


def rows(made: Comparison, order: list[int]) -> Mapping[str, Any]:
    """What each row holds, the schemes in another order."""
    found = {}
    for row in made.rows:
        cells = [sorted(m.element.clause.id for m in row.cells[i]) for i in order]
        kinds = sorted(
            (d.kind, tuple(d.values[i] for i in order)) for d in made.differences[row.key]
        )
        links = sorted(
            (sorted([x.one[1], x.other[1]]), x.how, x.score)
            for x in made.alignment.links
            if any(m.element.clause.id in (x.one[1], x.other[1]) for m in row.members)
        )
        found[row.key] = cells, kinds, links
    return found


def measures(made: Comparison, order: list[int]) -> Mapping[str, Any]:
    return {
        m.key: ([sorted(str((t.fact, t.demand, t.worth)) for t in m.cells[i]) for i in order],
                m.verdict)
        for m in made.measures
    }  # fmt: skip


@settings(max_examples=25)
@given(st.lists(schemes(), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_schemes_changes_the_order_of_columns_alone(given_, random):
    policies = [built(f"ban-{i}", indicators) for i, indicators in enumerate(given_)]
    order = list(range(len(policies)))
    random.shuffle(order)
    one = compare(policies)
    other = compare([policies[i] for i in order])
    back = [order.index(i) for i in range(len(policies))]
    # positions of points that differ follow the columns
    assert rows(one, list(range(len(policies)))) == rows(other, back)
    assert measures(one, list(range(len(policies)))) == measures(other, back)


@settings(max_examples=25)
@given(schemes(), st.integers(2, 4))
def test_a_scheme_does_not_differ_from_itself(indicators, times):
    policy = built("ban", indicators)
    made = compare([policy] * times)
    assert all(not found for found in made.differences.values())
    assert all(len({len(cell) for cell in row.cells}) == 1 for row in made.rows)
    assert all(m.verdict == "same" for m in made.measures)


@settings(max_examples=25)
@given(schemes(), schemes(), st.data())
def test_renaming_what_has_no_concept_changes_proposals_alone(one, other, data):
    fresh = data.draw(st.permutations([f"改名之{c}" for c in "一二三四五六"]))
    renamed = [
        x if x.concept else Indicator(fresh[i], None, x.points, x.rule) for i, x in enumerate(one)
    ]
    second = built("yi", other)

    def stated(made: Comparison) -> dict[str, Any]:
        """Rows of concepts with the parts that are there by their concept."""
        return {
            row.key: [sorted(m.element.title for m in cell if m.element.concept)
                      for cell in row.cells]
            for row in made.rows if row.concept
        }  # fmt: skip

    before = compare([built("jia", one), second])
    after = compare([built("jia", renamed), second])
    assert stated(before) == stated(after)
    assert measures(before, [0, 1]) == measures(after, [0, 1])


@settings(max_examples=25)
@given(st.lists(schemes(), min_size=2, max_size=3))
def test_every_part_stands_in_one_row(given_):
    policies = [built(f"ban-{i}", indicators) for i, indicators in enumerate(given_)]
    made = compare(policies)
    found = [(m.element.scheme, m.element.clause.id) for row in made.rows for m in row.members]
    every = [(s.number, e.clause.id) for s in made.schemes for e in s.elements]
    assert sorted(found) == sorted(every)
    assert len({row.key for row in made.rows}) == len(made.rows)
