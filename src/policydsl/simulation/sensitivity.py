"""Every number in a policy one step up and one step down: what a tornado chart is drawn from.

Numbers are found in the tree and changed by an amendment (修改) of their clause.  A step is one in
the last digit that is written: 0.5 goes to 0.6 and 0.4, 30 to 31 and 29, 95 % to 96 % and 94 %.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from policydsl.language import nodes as n
from policydsl.language.diagnostics import PolicyError
from policydsl.language.keywords import Language
from policydsl.language.paths import Position, chain_of, clauses
from policydsl.language.units import find_unit
from policydsl.model.finding import ClauseIndex
from policydsl.model.policy import Policy
from policydsl.scoring.exact.score import written
from policydsl.scoring.ranges import show_points
from policydsl.simulation.drafts import Version
from policydsl.simulation.quick import QuickBench
from policydsl.simulation.runs import Simulation
from policydsl.simulation.worth import Worth, less

_LIMITS = frozenset({"FULL_MARKS", "CAP", "FLOOR", "START"})
_LIMIT_WORDS = {
    "FULL_MARKS": ("满分", "full marks"), "CAP": ("上限", "cap"), "FLOOR": ("下限", "floor"),
    "START": ("起评", "start"),
}  # fmt: skip
_SCORED = (n.Rule, n.Quota, n.BlendPart, n.Exclusion)
NEGATIVE = "<0"
"""Stands for the code of an error where a step would go below 0."""
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Figure:
    """A number of the policy: where it stands (clause, and what of it), and its value.

    ``unit`` as written.  ``step``: one in its last digit.
    """

    clause: str
    what: str
    value: Fraction
    unit: str
    step: Fraction
    position: Position
    path: Path
    what_en: str = ""

    def rule(self, language: Language) -> str:
        """What of the clause it stands in."""
        return self.what_en if language == "en" and self.what_en else self.what

    def amount(self, language: Language) -> str:
        """The number with its unit."""
        unit = find_unit(self.unit)
        if language == "zh" or unit is None or unit.symbol == unit.english:
            return f"{show_points(self.value)}{self.unit}"
        return f"{show_points(self.value)} {unit.english.replace('_', ' ')}"


@dataclass(frozen=True)
class Effect:
    """What a step does: the differences of the mean (low ends), line, admitted.

    ``problem``: why there is no such policy (the code of the first error), else ``None``.
    """

    value: Fraction
    mean: Fraction | None = None
    line: Fraction | None = None
    admitted: Fraction | None = None
    admitted_by: tuple[Fraction | None, ...] = ()
    problem: str | None = None


@dataclass(frozen=True)
class Swing:
    """A number with the effects of a step down and a step up."""

    figure: Figure
    down: Effect
    up: Effect

    @property
    def width(self) -> Fraction:
        """How far the mean swings."""
        ends = [x.mean for x in (self.down, self.up) if x.mean is not None]
        return max([Fraction(0), *ends]) - min([Fraction(0), *ends])


def figures_in(document: n.Document, scene: str | None = None) -> list[Figure]:
    """The numbers that scores and places rest on; of the scenes those of ``scene`` only."""
    found: list[Figure] = []
    for position, id_, clause in clauses(document):
        if clause.kind == "SCENE" and clause.name is not None and clause.name.text != scene:
            continue
        for place, attribute in enumerate(clause.attributes):
            if attribute.key in _LIMITS:
                what = _LIMIT_WORDS[attribute.key]
                for path, number in _numbers(attribute.value, ("attributes", place, "value")):
                    found.append(_figure(id_, what, number, position, path))
        for place, statement in enumerate(clause.body):
            if isinstance(statement, _SCORED):
                bare = _bare(statement)
                what = written(bare), written(bare, "en")
                for path, number in _numbers(statement, ("body", place)):
                    found.append(_figure(id_, what, number, position, path))
    return found


def chosen(figures: Sequence[Figure], only: Sequence[str], policy: Policy) -> list[Figure]:
    """The figures that some words are for; all without any.

    A word is a number (``0.5``, ``100%``), a clause (its id or name, or one around it), or both:
    ``缴纳社保=0.5``.  A word that is for none is left aside here: another version may have it.
    """
    if not only:
        return list(figures)
    return [f for f in figures if any(_is_for(word, f, policy) for word in only)]


def _is_for(word: str, figure: Figure, policy: Policy) -> bool:
    place, equals, number = word.replace("＝", "=").partition("=")
    if equals:
        return _is_number(number, figure) and _is_place(place.strip(), figure, policy)
    return _is_number(word, figure) or _is_place(word.strip(), figure, policy)


def _is_number(word: str, figure: Figure) -> bool:
    shown = show_points(figure.value)
    return word.strip().replace("％", "%") in {shown, shown + figure.unit}


def _is_place(word: str, figure: Figure, policy: Policy) -> bool:
    labels = figure.clause.split("/")
    around = ["/".join(labels[: n + 1]) for n in range(len(labels))]
    names = {policy.clauses[id_].name for id_ in around if id_ in policy.clauses}
    return word != "" and (word in labels or word in around or word in names)


def _bare(statement: n.Statement) -> n.Statement:
    """Without remarks."""
    return replace(statement, notes=()) if isinstance(statement, n.Rule) else statement


def _numbers(node: object, path: Path) -> Iterator[tuple[Path, n.Number]]:
    if isinstance(node, n.Number):
        yield path, node
    elif isinstance(node, tuple):
        for place, item in enumerate(node):
            yield from _numbers(item, (*path, place))
    elif isinstance(node, n.Node) and not isinstance(node, (n.RuleNote, n.ClauseRef)):
        for name in type(node).__dataclass_fields__:
            if name in ("span", "layout") or (name == "step" and _implicit(node)):
                continue
            yield from _numbers(getattr(node, name), (*path, name))


def _implicit(node: n.Node) -> bool:
    return isinstance(node, n.PerStep) and node.step_implicit


def _figure(
    clause: str, what: tuple[str, str], number: n.Number, position: Position, path: Path
) -> Figure:
    text = show_points(number.value)
    digits = len(text.partition(".")[2]) if "/" not in text else 0
    return Figure(
        clause,
        what[0],
        number.value,
        number.unit or "",
        Fraction(1, 10**digits),
        position,
        path,
        what[1],
    )


def with_figure(version: Version, figure: Figure, value: Fraction) -> n.Document:
    """The amendment that gives a number another value."""
    document = version.policy.document
    assert document is not None
    clause = chain_of(document, figure.position)[-1]
    changed = _put(clause, figure.path, value)
    assert isinstance(changed, n.Clause)
    part: n.OperationPart
    if figure.path[0] == "attributes":
        part = changed.attributes[int(figure.path[1])]
    else:
        part = n.NewBody(tuple(s for s in changed.body if not isinstance(s, n.Clause)))
    ref = ClauseIndex(document).shortest(figure.position)
    if ref is None:
        raise PolicyError([])
    title = f"{figure.what} {show_points(figure.value)} → {show_points(value)}"
    return n.Document(
        "AMENDMENT", n.Name(f"{document.id.text}-变动"), title, n.Name(document.id.text),
        attributes=(), body=(n.Modify(ref, (part,)),),
    )  # fmt: skip


def _put(node: Any, path: Path, value: Fraction) -> Any:
    if not path:
        return replace(node, value=value, written=None)
    first, *rest = path
    if isinstance(first, int):
        return (*node[:first], _put(node[first], tuple(rest), value), *node[first + 1 :])
    return replace(node, **{first: _put(getattr(node, first), tuple(rest), value)})


def sensitivity(
    simulation: Simulation,
    version: int = 0,
    done: Callable[[int], object] = lambda count: None,
    only: Sequence[str] = (),
) -> list[Swing]:
    """Each number of a version one step down and up, the widest swing of the mean first.

    ``only``: clauses or numbers (see :func:`chosen`); all without.
    """
    each = simulation.versions[version]
    assert each.policy.document is not None
    bench = QuickBench(simulation, version)
    base = bench.worth(each.policy)
    scene = simulation.scored[version].scene.name
    swings = []
    for figure in chosen(figures_in(each.policy.document, scene), only, each.policy):
        down, up = (
            _effect(bench, each, figure, figure.value + sign * figure.step, base)
            for sign in (-1, 1)
        )
        swings.append(Swing(figure, down, up))
        done(1)
    order = {swing.figure: place for place, swing in enumerate(swings)}
    return sorted(swings, key=lambda swing: (-swing.width, order[swing.figure]))


def _effect(
    bench: QuickBench[Simulation], version: Version, figure: Figure, value: Fraction, base: Worth
) -> Effect:
    if value < 0:
        return Effect(value, problem=NEGATIVE)  # a number that is not negative stays so
    try:
        found = bench.worth(version.amended(with_figure(version, figure, value)))
    except PolicyError as error:
        code = error.diagnostics[0].code if error.diagnostics else "V619"
        return Effect(value, problem=code)
    groups = zip(found.admitted_by, base.admitted_by, strict=True)
    return Effect(
        value, less(found.mean, base.mean), less(found.line, base.line),
        less(found.admitted, base.admitted), tuple(less(a, b) for a, b in groups),
    )  # fmt: skip
