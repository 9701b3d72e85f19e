"""A drafter's desk: small policies typed in, and what a case gets under them.

``scored("指标 甲 { 每 1 个月 社保月数 加 0.5 分 }", 社保月数=30)`` scores the body of a points scheme
that already declares the facts below.  Numbers may be given as ``int`` or as texts ("2.5"), dates
as texts ("2024-06-30").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from policydsl.model import Policy, loads
from policydsl.model.expressions import Constant
from policydsl.model.policy import Member
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.exact import Score, Trace, score_case
from policydsl.scoring.ranges import Range

FACTS = """
  事实 社保月数：整数（月）        事实 居住月数：整数（月）     事实 年龄：整数（岁）
  事实 次数：计数（次）            事实 篇数：计数（篇）         事实 人数：计数（人）
  事实 登记率：百分比              事实 结案率：百分比           事实 纳税额：小数（万元）
  事实 志愿时长：小数（小时）      事实 献血量：整数（毫升）     事实 系数：小数
  事实 学历：有序 { 初中 < 高中 < 大专 < 本科 < 硕士 }           事实 住房：枚举 { 自有、租住、宿舍 }
  事实 持证：是否                  事实 培训：是否               事实 违法：是否
  事实 出生日期：日期              事实 登记日期：日期
"""


def text(body: str, kind: str = "积分") -> str:
    """A whole document with the facts of the desk."""
    return f"{kind} t “例” {{ {FACTS} {body} }}"


def value(policy: Policy, name: str, given: Any) -> Constant:
    """A fact as given in a test, in its own kind."""
    kind = policy.facts[name].kind
    if kind == "date":
        return date.fromisoformat(given)
    if policy.facts[name].is_number:
        return Fraction(str(given))
    assert isinstance(given, (bool, str))
    return given


def facts_of(policy: Policy, given: Mapping[str, Any]) -> Mapping[str, Constant]:
    """Facts of one person; ``None`` is left out."""
    return MappingProxyType(
        {name: value(policy, name, x) for name, x in given.items() if x is not None}
    )


def case_for(
    policy: Policy, facts: Mapping[str, Any], *, id_: str = "例", unit: str | None = None,
    entity: str | None = None, spouse: Mapping[str, Any] | None = None,
    children: Sequence[Mapping[str, Any]] = (), judged: Mapping[str, Any] | None = None,
    on: str | None = None,
) -> Case:  # fmt: skip
    """A case; ``judged`` by clause id, ``on`` the date of assessment."""
    members = [] if spouse is None else [Member(SPOUSE, facts_of(policy, spouse))]
    members += [Member("子女", facts_of(policy, child)) for child in children]
    judgements = {id_: Fraction(str(x)) for id_, x in (judged or {}).items()}
    return Case(
        id_, facts_of(policy, facts), unit, entity, tuple(members), MappingProxyType(judgements),
        None if on is None else date.fromisoformat(on),
    )  # fmt: skip


def scored(
    body: str | Policy, *, kind: str = "积分", trace: bool = False, unit: str | None = None,
    entity: str | None = None, spouse: Mapping[str, Any] | None = None,
    children: Sequence[Mapping[str, Any]] = (), judged: Mapping[str, Any] | None = None,
    on: str | None = None, **facts: Any,
) -> Score:  # fmt: skip
    """The score of a case under a body (or a whole policy)."""
    policy = loads(text(body, kind)) if isinstance(body, str) else body
    case = case_for(
        policy, facts, unit=unit, entity=entity, spouse=spouse, children=children, judged=judged,
        on=on,
    )  # fmt: skip
    return score_case(policy, case, trace)


def rule(rules: str, **given: Any) -> str:
    """What the rules of one indicator give, shown as points or as a range."""
    return str(scored(f"指标 甲 {{ {rules} }}", **given).total)


def total(body: str | Policy, **given: Any) -> str:
    """The total, shown."""
    return str(scored(body, **given).total)


def parts(score: Score) -> dict[str, str]:
    """The parts, shown."""
    return {id_: str(part) for id_, part in score.parts.items()}


def kinds(score: Score) -> set[str]:
    """The kinds of reasons."""
    return {reason.kind for reason in score.reasons}


def why(score: Score, kind: str) -> list[str]:
    """The reasons of one kind, in Chinese."""
    return [reason.zh for reason in score.reasons if reason.kind == kind]


def points(number: str | int) -> Range:
    """A single number of points."""
    return Range.exactly(Fraction(str(number)))


def shown(trace: Trace | None, indent: int = 0) -> list[str]:
    """A trace as lines: kind, label, value, detail."""
    assert trace is not None
    worth = "" if trace.value is None else f" = {trace.value}"
    detail = f"（{trace.detail}）" if trace.detail else ""
    lines = [f"{'  ' * indent}{trace.kind} {trace.label}{worth}{detail}"]
    for child in trace.children:
        lines += shown(child, indent + 1)
    return lines
