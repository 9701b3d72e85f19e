"""对应关系: facts that nothing reads, duties without indicators, indicators without a reviewer."""

from __future__ import annotations

from collections.abc import Iterator

from policydsl.language import nodes as n
from policydsl.model import expressions as e
from policydsl.model.policy import Clause, Policy
from policydsl.review.context import Context
from policydsl.review.findings import Finding, Witness
from policydsl.review.registry import check
from policydsl.review.words import fact_name, listed
from policydsl.wording.facts import facts_in_use


@check("R660", "references", "声明的事实都用到了", "every declared fact is used")
def no_dead_facts(context: Context) -> Iterator[Finding]:
    """A fact that the policy itself declares and nothing in it reads; vocabularies are shared."""
    policy = context.policy
    used = {fact.name for fact in facts_in_use(policy)}
    used |= _read_elsewhere(policy)
    own = (
        set()
        if policy.document is None
        else {x.name.text for x in n.walk(policy.document) if isinstance(x, n.Fact)}
    )
    for fact in policy.facts.values():
        if fact.name in own and fact.name not in used:
            name = fact_name(fact, fact.name)
            yield context.finding(
                "R660", "refuted", _holder(policy, fact.node), at=fact.node, fact=name,
                witness=Witness(
                    (f"“{name[0]}”填什么都不影响任何得分、目标、排序",
                     f"whatever “{name[1]}” is, no score, target or rank changes"),
                ),
            )  # fmt: skip


def _read_elsewhere(policy: Policy) -> set[str]:
    """Facts read outside of rules, targets, keys and blends."""
    used = {x.excluded for x in policy.exclusions} | {x.fact for x in policy.exclusions}
    for rule in policy.status_rules:
        used |= {name for name, _ in e.facts_of(rule.condition)}
    for fact in policy.facts.values():
        used |= {name for name, _ in e.facts_of(fact.derived)}
    return used


def _holder(policy: Policy, node: n.Node | None) -> Clause | None:
    for clause in policy.clauses.values():
        if isinstance(clause.node, n.Clause) and any(x is node for x in clause.node.body):
            return clause
    return None


@check("R661", "references", "职责都有对应的指标", "duties have their indicators")
def duties_have_indicators(context: Context) -> Iterator[Finding]:
    """A duty to review what is no indicator of the scheme."""
    for duty in context.policy.duties:
        texts = [x for x in duty.reviews if x not in context.policy.clauses]
        if texts:
            what = listed(texts)
            yield context.finding(
                "R661", "refuted", None, at=duty.node, unit=duty.unit, what=what,
                witness=Witness(
                    (f"{duty.unit}审核{what[0]}，但没有哪个指标按它计分",
                     f"{duty.unit} reviews {what[1]}; no indicator scores it"),
                ),
            )  # fmt: skip


@check("R662", "references", "每个指标都有审核单位", "every indicator has a reviewer")
def indicators_have_reviewers(context: Context) -> Iterator[Finding]:
    """Where the document names reviewers at all, an indicator that nobody reviews."""
    policy = context.policy
    reviewed = {x for duty in policy.duties for x in duty.reviews}
    if not any(x in policy.clauses for x in reviewed) and not any(
        item.responsible for item in policy.items
    ):
        return
    for item in policy.items:
        chain = context.around(item)
        if any(c.id in reviewed or c.responsible or c.lead for c in chain if c.kind != "root"):
            continue
        if any(c.kind == "unit" for c in chain):
            continue  # the unit assesses, and is assessed, itself
        yield context.finding(
            "R662",
            "refuted",
            item,
            witness=Witness(
                ("职责分工和责任单位里都没有它", "neither a duty nor a responsible unit names it")
            ),
        )


@check("R663", "references", "每个场景都有主管单位", "every scene has its host")
def scenes_have_hosts(context: Context) -> Iterator[Finding]:
    """Where the document says who hosts scenes, one that nobody hosts."""
    policy = context.policy
    hosted = {x for duty in policy.duties for x in duty.hosts}
    if not any(scene.id in hosted for scene in policy.scenes):
        return
    for scene in policy.scenes:
        if scene.id in hosted or scene.clause.responsible or scene.clause.lead:
            continue
        yield context.finding(
            "R663",
            "refuted",
            scene.clause,
            witness=Witness(("职责分工里没有哪个单位主管它", "no duty names a host")),
        )
