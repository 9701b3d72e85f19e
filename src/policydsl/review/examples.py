"""Cases as 示例 that a drafter can paste into the policy: facts as given, points as computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.language.keywords import Language
from policydsl.language.paths import ref_to
from policydsl.language.printing import print_node
from policydsl.model.expressions import Constant
from policydsl.model.kinds import CLAUSE_KINDS
from policydsl.model.policy import Policy
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.exact import Evaluator, Score
from policydsl.scoring.ranges import Range, show_points

STATUS_KEYWORDS: Mapping[str, str] = {
    "suspended": "SUSPENDED", "void": "VOID", "zeroed": "ZEROED", "frozen": "FROZEN",
}  # fmt: skip


class NotWritten(Exception):
    """A case that an example cannot say: of a schedule that no unit tells, say."""


def as_example_case(policy: Policy, case: Case) -> Case:
    """The case as an example states it: the date of assessment among the facts, no schedule."""
    facts = {k: v for k, v in case.facts.items() if k in policy.facts}
    if case.date is not None and _needs_day(policy, case) and ASSESSMENT_DATE in policy.facts:
        facts[ASSESSMENT_DATE] = case.date
    members = tuple(
        replace(m, facts={k: v for k, v in m.facts.items() if k in policy.facts})
        for m in case.members
    )
    return Case(case.id, facts, case.unit, None, members, case.judgements)


def _needs_day(policy: Policy, case: Case) -> bool:
    return any(isinstance(value, date) for value in case.facts.values())


def example_of(
    policy: Policy, case: Case, title: str, clauses: Sequence[str] = ()
) -> tuple[n.Example, Score]:
    """A case as an example with its exact score: the total and the points of ``clauses``.

    Raises :class:`NotWritten`, and :class:`PolicyError` for a case that cannot be scored.
    """
    case = as_example_case(policy, case)
    score = Evaluator(policy).score(case)
    entries: list[n.Statement] = []
    if case.unit is not None:
        entries.append(n.GivenUnit(n.Name(case.unit)))
    entries.extend(_given(case.facts))
    for member in case.members:
        role = None if member.role == SPOUSE else n.Name(member.role)
        entries.append(n.GivenMember(role, tuple(_given(member.facts))))
    for id_ in clauses:
        value = score.parts.get(id_)
        ref = _ref(policy, id_)
        if value is not None and ref is not None and value.low is not None:
            entries.append(_expect(ref, value))
    if score.total.low is None:
        raise NotWritten
    entries.append(_expect(None, score.total))
    if score.statuses:
        entries.append(n.ExpectStatus(STATUS_KEYWORDS[score.statuses[0]]))
    return n.Example(clean_title(title), tuple(entries)), score


def clean_title(title: str) -> str:
    """A title without what ends a text in the language."""
    return " ".join(title.replace("“", "「").replace("”", "」").replace('"', "'").split())


def example_text(example: n.Example, language: Language = "zh", indent: str = "") -> str:
    """An example in the language, laid out as in a file."""
    text = print_node(example, language)
    return "\n".join(indent + line if line else line for line in text.splitlines())


def _given(facts: Mapping[str, Constant]) -> Iterator[n.Given]:
    for name, value in facts.items():
        yield n.Given(n.Name(name), value_node(value))


def value_node(value: Constant) -> n.Expression:
    """The tree of a fact's value."""
    if isinstance(value, bool):
        return n.Truth(value)
    if isinstance(value, Fraction):
        if value < 0:
            return n.Negative(n.Number(-value))
        return n.Number(value)
    if isinstance(value, date):
        return n.DateValue(value)
    return n.Reference(n.Name(value))


def _expect(ref: n.ClauseRef | None, value: Range) -> n.Expect:
    assert value.low is not None
    low = n.Number(value.low, "分")
    if value.high is None:
        return n.Expect(ref, low, unbounded=True)
    return n.Expect(ref, low, None if value.high == value.low else n.Number(value.high, "分"))


def _ref(policy: Policy, id_: str) -> n.ClauseRef | None:
    """The shortest reference to a clause that names no other."""
    document = policy.document
    if document is None:
        return None
    chain = []
    for depth in range(1, id_.count("/") + 2):
        prefix = "/".join(id_.split("/")[:depth])
        clause = policy.clauses.get(prefix)
        if clause is None or not isinstance(clause.node, n.Clause):
            return None
        chain.append(clause.node)
    full = ref_to(chain)
    last = full.steps[-1]
    alike = [
        c
        for c in policy.clauses.values()
        if isinstance(c.node, n.Clause)
        and CLAUSE_KINDS[c.node.kind] == policy.clauses[id_].kind
        and ref_to([c.node]).steps[-1] == last
    ]
    return n.ClauseRef((last,)) if len(alike) == 1 else full


def facts_line(case: Case, language: Language = "zh") -> str:
    """The facts of a case in a line."""
    shown = [f"{name} {_shown(value, language)}" for name, value in case.facts.items()]
    for member in case.members:
        inner = "，".join(f"{k} {_shown(v, language)}" for k, v in member.facts.items())
        shown.append(
            f"{member.role}（{inner}）" if language == "zh" else f"{member.role} ({inner})"
        )
    if case.unit is not None:
        shown.insert(0, f"单位 {case.unit}" if language == "zh" else f"unit {case.unit}")
    empty = "什么材料都没有" if language == "zh" else "nothing handed in"
    return ("，" if language == "zh" else ", ").join(shown) or empty


def _shown(value: Constant, language: Language) -> str:
    if isinstance(value, bool):
        return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")
    return show_points(value) if isinstance(value, Fraction) else str(value)
