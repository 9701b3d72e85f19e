"""A condition on facts as a drafter types it: 持有居住证 为 否 且 年龄 不满 35 岁."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, has_errors
from policydsl.language.parsing import parse_text
from policydsl.language.units import Unit
from policydsl.model import expressions as e
from policydsl.model.policy import Fact, Policy
from policydsl.model.typing import Typer


@dataclass
class _Scope:
    """The facts of a policy, and the units that these are measured in."""

    facts: Mapping[str, Fact]
    measures: Mapping[str, Unit]

    def score(self, ref: n.ClauseRef | None) -> str | None:
        """No clause: groups are told by what is known of people, not by their scores."""
        return None


def _alone(file: n.File) -> n.Expression | None:
    """The condition of the only attribute of the only, empty clause; ``None``: there is more."""
    statements = [statement for document in file.documents for statement in document.body]
    match statements:
        case [n.Clause(body=(), attributes=(n.Attribute(key="APPLIES_WHEN", value=value),))]:
            return value if isinstance(value, n.Expression) else None
        case _:
            return None


def condition_of(policy: Policy, text: str) -> e.Expr:
    """The typed condition.

    Raises :class:`PolicyError`: what is wrong with it (R731: not a condition on facts alone).
    """
    source = f"积分 查询 {{ 场景 查询 {{ 适用\n{text}\n}} }}"
    result = parse_text(source, "条件")
    problems = [d for d in result.diagnostics if d.severity == "error"]
    if problems:
        raise PolicyError(problems)
    found = _alone(result.file)
    if found is None:
        raise PolicyError([Diagnostic("R731", Source("条件", text), None, {"text": text})])
    diagnostics: list[Diagnostic] = []
    measures = {f.unit.symbol: f.unit for f in policy.facts.values() if f.unit is not None}
    typer = Typer(Source("条件", source), _Scope(policy.facts, measures), diagnostics)
    typed = typer.condition(found)
    if has_errors(diagnostics):
        raise PolicyError([d for d in diagnostics if d.severity == "error"])
    if any(isinstance(x, e.ScoreRef) for x in e.walk(typed)):
        raise PolicyError([Diagnostic("R731", Source("条件", text), None, {"text": text})])
    return typed
