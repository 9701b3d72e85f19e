"""Trees → typed policies: what a document says, with names resolved and figures checked.

``compile_document`` reports into a list and returns ``None`` when there is an error: a
policy that exists can be scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any, cast

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, Source, did_you_mean, has_errors, in_order
from policydsl.language.printing import print_node
from policydsl.language.units import Unit
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.model.typing import (
    ASSESSMENT_DATE,
    PERCENT,
    PERCENTAGE_POINT,
    POINTS,
    Dimension,
    Typed,
    Typer,
    operator_of,
)

CLAUSE_KINDS: dict[str, m.ClauseKind] = {
    "SCHEDULE": "schedule", "COMMON": "common", "UNIT": "unit", "GROUP": "group",
    "BONUS": "bonus", "DEDUCTIONS": "deductions", "INDICATOR": "indicator", "ITEM": "item",
    "TASK": "task", "SCENE": "scene", "STATUS_RULES": "status_rules", "BLEND": "blend",
}  # fmt: skip
DOCUMENT_KINDS: dict[str, m.DocumentKind] = {
    "SCHEME": "scheme", "ASSESSMENT": "assessment", "WORK_PLAN": "work_plan",
    "ASSUMPTION": "assumption", "VOCABULARY": "vocabulary", "AMENDMENT": "amendment",
}  # fmt: skip
_FACT_KINDS: dict[str, m.FactKind] = {
    "INTEGER": "integer", "DECIMAL": "decimal", "PERCENTAGE": "percentage", "YES_NO": "yes_no",
    "DATE_TYPE": "date", "COUNT": "count", "CHOICE": "choice", "ORDERED": "ordered",
}  # fmt: skip
_STATUSES: dict[str, r.Status] = {
    "SUSPENDED": "suspended", "VOID": "void", "ZEROED": "zeroed", "FROZEN": "frozen",
}  # fmt: skip
_BARE_LABELS = {
    "common": "共同部分", "bonus": "加分", "deductions": "扣分", "status_rules": "效力",
    "schedule": "附表",
}  # fmt: skip
SCORED_KINDS = frozenset({"unit", "common", "group", "bonus", "deductions", "indicator", "item"})

# Which kinds of clause may stand inside which; "root" is the document itself.
_CONTAINERS: dict[str, frozenset[str]] = {
    "root": frozenset(
        {"schedule", "common", "unit", "group", "bonus", "deductions", "indicator", "item",
         "task", "scene", "status_rules", "blend"}
    ),
    "schedule": frozenset(
        {"common", "unit", "group", "bonus", "deductions", "indicator", "item", "status_rules"}
    ),
    "common": frozenset({"group", "indicator", "item"}),
    "unit": frozenset({"group", "indicator", "item"}),
    "group": frozenset({"group", "indicator", "item", "task"}),
    "bonus": frozenset({"group", "indicator", "item"}),
    "deductions": frozenset({"group", "indicator", "item"}),
}  # fmt: skip

# Attributes by where they mean something.
_ANYWHERE = frozenset(
    {"LOCATOR", "SUMMARY", "FULL_TEXT", "NOTE", "DOUBTFUL", "ASSUMPTION", "ENGLISH", "ID",
     "READING", "WAIVE", "REASON", "CONCEPT", "IN_FORCE", "EXPIRES"}
)  # fmt: skip
_LIMITS = frozenset({"FULL_MARKS", "CAP", "FLOOR", "ROUNDING"})
_SCORED = _ANYWHERE | _LIMITS | {
    "START", "REVIEW", "RESPONSIBLE", "LEAD", "RECOGNITION", "APPLIES_WHEN", "CONVERSION",
}  # fmt: skip
_DOCUMENT = _ANYWHERE | _LIMITS | {
    "REGION", "ISSUER", "REPLACES", "LEGAL_BASIS", "SOURCE", "ISSUED", "TRANSITION", "USES",
    "ENTITY", "CONVERSION", "RECOGNITION", "REVIEW", "RESPONSIBLE", "LEAD",
}  # fmt: skip
_REPEATABLE = frozenset(
    {"NOTE", "DOUBTFUL", "ASSUMPTION", "READING", "WAIVE", "LEGAL_BASIS", "TRANSITION", "USES",
     "LOCATOR", "CONCEPT"}
)  # fmt: skip


def _allowed(kind: str) -> frozenset[str]:
    if kind == "root":
        return _DOCUMENT | {"APPLIES_WHEN"}
    if kind == "schedule":
        return _SCORED | {"ENTITY"}
    if kind in SCORED_KINDS:
        return _SCORED
    if kind == "task":
        return _ANYWHERE | {"RESPONSIBLE", "LEAD"}
    if kind == "scene":
        return _ANYWHERE | {"APPLIES_WHEN", "RESPONSIBLE", "LEAD"}
    return _ANYWHERE


class Shared:
    """What a document takes from the vocabularies that it uses."""

    def __init__(self) -> None:
        self.facts: dict[str, m.Fact] = {}
        self.concepts: dict[str, str] = {}
        self.measures: dict[str, Unit] = {}

    def add(self, other: Shared) -> None:
        self.facts.update(other.facts)
        self.concepts.update(other.concepts)
        self.measures.update(other.measures)


def clause_label(clause: n.Clause) -> str:
    """What names a clause among its siblings: an item's number, else its name."""
    if clause.number is not None:
        return clause.number
    if clause.name is not None:
        return clause.name.text
    return _BARE_LABELS[CLAUSE_KINDS[clause.kind]]


def declare(
    document: n.Document,
    source: Source,
    shared: Shared,
    found: list[Diagnostic],
    origins: Mapping[int, Source] = MappingProxyType({}),
) -> Shared:
    """Facts, concepts and measures that a document declares, on top of what it shares."""
    own = Shared()
    own.add(shared)
    declared: dict[str, n.Fact] = {}
    statements = list(_declarations(document))
    for statement in statements:
        if isinstance(statement, n.Measure):
            _declare_measure(statement, source, own, found)
    for statement in statements:
        if isinstance(statement, n.Attribute):
            name = cast(n.Name, statement.value)
            if statement.extra:
                own.concepts[name.text] = statement.extra[0]
    scope = _DeclarationScope(own)
    typer = Typer(source, scope, found)
    pending: list[n.Fact] = []
    for statement in statements:
        if not isinstance(statement, n.Fact):
            continue
        name = statement.name.text
        if name in declared:
            found.append(
                Diagnostic(
                    "M205", source, statement.name.span, {"name": name},
                    ((source, declared[name].name.span),),
                )
            )  # fmt: skip
            continue
        declared[name] = statement
        typer.source = origins.get(id(statement), source)
        own.facts[name] = _fact(statement, document.id.text, typer)
        if statement.derived is not None:
            pending.append(statement)
    # Derived facts may read each other, so their expressions come after all declarations.
    for statement in pending:
        fact = own.facts[statement.name.text]
        assert statement.derived is not None
        typer.source = origins.get(id(statement), source)
        typed = typer.typed(statement.derived)
        wanted = typer.fact(fact)
        if typed.kind == "unknown":
            continue
        if typed.kind != wanted.kind:
            typer._wrong_kind(statement.derived, typed, wanted.kind)
            continue
        expr = typed.expr
        if wanted.kind == "number":
            typer._same_dimension(statement.derived, wanted, typed)
            if fact.unit is not None and fact.unit.scale != 1 and not typed.bare:
                expr = e.Arith("/", expr, e.Const(fact.unit.scale))
        own.facts[fact.name] = replace(fact, derived=expr)
    _report_cycles(own.facts, declared, source, found)
    return own


def _declarations(document: n.Document) -> Iterable[n.Statement]:
    for attribute in document.attributes:
        if attribute.key == "CONCEPT":
            yield attribute
    stack: list[n.Statement] = list(reversed(document.body))
    while stack:
        statement = stack.pop()
        if isinstance(statement, (n.Fact, n.Measure)):
            yield statement
        elif isinstance(statement, n.Clause):
            stack.extend(reversed(statement.body))
        elif isinstance(statement, (n.Modify, n.SetClause)):
            for part in statement.parts:
                if isinstance(part, n.NewBody):
                    stack.extend(reversed(part.statements))
        elif isinstance(statement, (n.Insert, n.Merge)):
            stack.append(statement.clause if isinstance(statement, n.Insert) else statement.into)


class _DeclarationScope:
    """While facts are declared, no scores exist yet."""

    def __init__(self, shared: Shared):
        self.facts: Mapping[str, m.Fact] = shared.facts
        self.measures: Mapping[str, Unit] = shared.measures

    def score(self, ref: n.ClauseRef | None) -> str | None:
        return None


def _declare_measure(
    statement: n.Measure, source: Source, own: Shared, found: list[Diagnostic]
) -> None:
    english = statement.english or statement.name
    if statement.equals is None:
        own.measures[statement.name] = Unit(statement.name, english, statement.name)
        return
    base = None
    if statement.equals.unit is not None:
        typer = Typer(source, _DeclarationScope(own), found)
        base = typer.unit(statement.equals.unit, statement.equals)
    if base is None:
        return
    own.measures[statement.name] = Unit(
        statement.name, english, base.dimension, base.scale * statement.equals.value
    )


def _fact(statement: n.Fact, document: str, typer: Typer) -> m.Fact:
    kind = _FACT_KINDS[statement.type.word]
    unit: Unit | None = None
    if statement.type.unit is not None:
        unit = typer.unit(statement.type.unit, statement.type)
        if kind in ("yes_no", "date", "percentage"):
            typer.report("M226", statement.type, unit=statement.type.unit)
            unit = None
    values = tuple(value.text for value in statement.type.values)
    for value in statement.type.values:
        if values.count(value.text) > 1:
            typer.report("M227", value, value=value.text)
    options: dict[str, Any] = {}
    assumptions: list[str] = []
    for option in statement.options:
        if option.key == "ASSUMPTION":
            assumptions.append(cast(str, option.value))
        elif option.key in options:
            typer.report("M217", option, key=_spelt(option.key))
        else:
            options[option.key] = option
    fact = m.Fact(
        name=statement.name.text,
        kind=kind,
        unit=unit,
        values=values,
        concept=cast(n.Name, options["CONCEPT"].value).text if "CONCEPT" in options else None,
        entity=cast(n.Name, options["ENTITY"].value).text if "ENTITY" in options else None,
        note=options["NOTE"].value if "NOTE" in options else None,
        english=options["ENGLISH"].value if "ENGLISH" in options else None,
        locator=options["LOCATOR"].value if "LOCATOR" in options else None,
        assumptions=tuple(assumptions),
        document=document,
        node=statement,
    )
    if fact.name == ASSESSMENT_DATE:
        typer.report("M228", statement.name, name=fact.name)
    return _with_values(fact, options, typer)


def _with_values(fact: m.Fact, options: Mapping[str, Any], typer: Typer) -> m.Fact:
    if "RANGE" in options:
        option = options["RANGE"]
        if not fact.is_number:
            typer.report("M229", option, fact=fact.name)
        else:
            dimension = typer.fact(fact).dimension
            scale = fact.unit.scale if fact.unit else Fraction(1)

            def bound(number: n.Number | None) -> Fraction | None:
                if number is None:
                    return None
                value = typer.quantity(number, dimension)
                return value if number.unit is None else value / scale

            low, high = bound(cast(n.Number | None, option.value)), bound(option.high)
            if low is not None and high is not None and low > high:
                typer.report("M221", option)
            fact = replace(fact, low=low, high=high)
    if "PRECISION" in options:
        number = cast(n.Number, options["PRECISION"].value)
        if fact.kind not in ("decimal", "percentage") or number.value.denominator != 1:
            typer.report("M230", options["PRECISION"], fact=fact.name)
        else:
            fact = replace(fact, places=int(number.value))
    if fact.kind == "count" and fact.low is None:
        fact = replace(fact, low=Fraction(0))
    if "DEFAULT" in options:
        option = options["DEFAULT"]
        fact = replace(fact, default=typer.value_of(option.value, fact))
    if "TREATED_AS" in options:
        option = options["TREATED_AS"]
        value = typer.value_of(option.value, fact)
        fact = replace(fact, missing="value", missing_value=value)
    elif "REQUIRED" in options:
        fact = replace(fact, missing="required")
    return fact


def _report_cycles(
    facts: Mapping[str, m.Fact], declared: Mapping[str, n.Fact], source: Source,
    found: list[Diagnostic],
) -> None:  # fmt: skip
    state: dict[str, int] = {}
    for start in declared:
        # iterative depth-first search: a long chain of derived facts must not overflow
        stack: list[tuple[str, list[str]]] = [(start, sorted(_reads(facts.get(start))))]
        path = [start]
        if state.get(start):
            continue
        state[start] = 1
        while stack:
            name, children = stack[-1]
            if not children:
                state[name] = 2
                stack.pop()
                path.pop()
                continue
            child = children.pop()
            if state.get(child) == 1:
                cycle = [*path[path.index(child) :], child]
                node = declared.get(child, declared[start])
                details = {"cycle": " → ".join(cycle)}
                found.append(Diagnostic("M213", source, node.name.span, details))
            elif child in declared and not state.get(child):
                state[child] = 1
                stack.append((child, sorted(_reads(facts.get(child)))))
                path.append(child)


def _reads(fact: m.Fact | None) -> set[str]:
    if fact is None or fact.derived is None:
        return set()
    return {name for name, _ in e.facts_of(fact.derived)}


def _spelt(keyword: str) -> tuple[str, str]:
    from policydsl.language.keywords import spell

    return spell(keyword, "zh"), spell(keyword, "en")


# -- documents ------------------------------------------------------------------


def compile_document(
    document: n.Document,
    source: Source,
    shared: Shared,
    found: list[Diagnostic],
    closings: Mapping[int, tuple[m.Closing, ...]] = MappingProxyType({}),
    assumed: tuple[str, ...] = (),
    origins: Mapping[int, Source] = MappingProxyType({}),
) -> m.Policy | None:
    """The typed policy of a document, or ``None`` when it has errors (reported in ``found``).

    ``closings`` names, by ``id()`` of the clause's node, the assumption-set entries that shaped
    it; ``assumed`` the assumption sets in use; ``origins``, by ``id()`` of a node, the texts of
    nodes that come from them.
    """
    before = len(found)
    own = declare(document, source, shared, found, origins)
    compiler = _Compiler(document, source, own, found, closings, origins)
    policy = compiler.policy(assumed)
    mine = found[before:]
    if has_errors(mine):
        return None
    return replace(policy, diagnostics=tuple(in_order(mine)))


class _Compiler:
    """One document on its way to a policy."""

    def __init__(
        self, document: n.Document, source: Source, shared: Shared, found: list[Diagnostic],
        closings: Mapping[int, tuple[m.Closing, ...]], origins: Mapping[int, Source],
    ):  # fmt: skip
        self.document = document
        self.source = source
        self.origins = origins
        self.shared = shared
        self.found = found
        self.closings = closings
        self.facts: Mapping[str, m.Fact] = {
            ASSESSMENT_DATE: m.Fact(ASSESSMENT_DATE, "date"),
            **shared.facts,
        }
        self.measures: Mapping[str, Unit] = shared.measures
        self.typer = Typer(source, self, found)
        self.kind = DOCUMENT_KINDS[document.kind]
        self.index: dict[tuple[str, ...], n.Clause] = {}
        self.ids: dict[int, str] = {}
        self.exclusions: list[m.Exclusion] = []
        self.status_rules: list[r.Rule] = []
        self.scene_clauses: list[m.Clause] = []
        self.blend_clauses: list[m.Clause] = []
        self.deadlines: list[m.Deadline] = []
        self.duties: list[m.Duty] = []

    def report(self, code: str, node: n.Node, **details: object) -> None:
        self.found.append(Diagnostic(code, self.source, node.span, details))

    @contextmanager
    def _reading(self, node: n.Node) -> Iterator[None]:
        """While a node of an assumption set is compiled, places are in the set's text."""
        before = self.source
        self.source = self.typer.source = self.origins.get(id(node), before)
        yield
        self.source = self.typer.source = before

    # -- finding clauses

    def _index(self, statements: Sequence[n.Statement], path: tuple[str, ...]) -> None:
        seen: dict[str, n.Clause] = {}
        for statement in statements:
            if not isinstance(statement, n.Clause):
                continue
            label = clause_label(statement)
            if label in seen:
                self.found.append(
                    Diagnostic(
                        "M206", self.source, statement.span, {"label": label},
                        ((self.source, seen[label].span),),
                    )
                )  # fmt: skip
            seen[label] = statement
            own = (*path, label)
            self.index.setdefault(own, statement)
            self.ids[id(statement)] = "/".join(own)
            self._index(statement.body, own)

    def score(self, ref: n.ClauseRef | None) -> str | None:
        """The id of the clause that a reference names, searched from the top down."""
        if ref is None:
            return None
        matches = [path for path, clause in self.index.items() if _matches(ref, path, self.index)]
        if len(matches) == 1:
            return "/".join(matches[0])
        shown = " ".join(step.label or _BARE_LABELS["status_rules"] for step in ref.steps)
        if not matches:
            near = did_you_mean(shown, {path[-1] for path in self.index})
            self.report("M216", ref, ref=shown, near=near)
        else:
            options = "、".join("/".join(path) for path in matches[:5])
            self.report("M232", ref, ref=shown, options=options)
        return None

    # -- the document

    def policy(self, assumed: tuple[str, ...]) -> m.Policy:
        document = self.document
        self._index(document.body, ())
        attributes = self._attributes(document.attributes, "root")
        scoring: list[n.Statement] = []
        for statement in document.body:
            if isinstance(
                statement,
                (n.Clause, n.Rule, n.Target, n.Fact, n.Measure, n.Deadline, n.Duty),
            ):
                scoring.append(statement)
            elif isinstance(statement, n.Operation):
                if self.kind not in ("amendment", "assumption"):
                    self.report("M207", statement, what=_what(statement), where=("这里", "here"))
            elif not isinstance(statement, (n.Example, n.Exclusion)):
                self.report("M207", statement, what=_what(statement), where=("文件", "a document"))
        roots = self._roots(document, attributes, scoring)
        if self.kind in ("scheme", "assessment"):
            for root in roots:
                self._check_sums(root)
        exclusions = [self._exclusion(s) for s in document.body if isinstance(s, n.Exclusion)]
        return m.Policy(
            id=document.id.text,
            kind=self.kind,
            title=document.title,
            meta=self._meta(document.attributes, attributes),
            roots=roots,
            facts=MappingProxyType(dict(self.facts)),
            concepts=MappingProxyType(dict(self.shared.concepts)),
            exclusions=tuple([*self.exclusions, *(x for x in exclusions if x is not None)]),
            status_rules=tuple(self.status_rules),
            scenes=tuple(self._scene(c) for c in self.scene_clauses),
            blends=tuple(self._blend(c) for c in self.blend_clauses),
            deadlines=tuple(self.deadlines),
            duties=tuple(self.duties),
            examples=tuple(self._example(s) for s in document.body if isinstance(s, n.Example)),
            readings=attributes["readings"],
            doubts=attributes["doubts"],
            notes=attributes["notes"],
            assumptions=attributes["assumptions"],
            waived=attributes["waived"],
            assumed=assumed,
            source=self.source,
            document=document,
        )

    def _roots(
        self, document: n.Document, attributes: dict[str, Any], scoring: Sequence[n.Statement]
    ) -> tuple[m.Clause, ...]:
        parts = self._parts(scoring, "root", "")
        schedules = tuple(c for c in parts["children"] if c.kind == "schedule")
        others = tuple(c for c in parts["children"] if c.kind != "schedule")
        if schedules:
            loose = [c for c in others if c.kind in SCORED_KINDS]
            for clause in loose:
                assert clause.node is not None
                self.report("M233", clause.node, label=clause.label)
            return schedules
        parts["children"] = others
        root = m.Clause(
            id="", kind="root", label=document.id.text, name=document.title,
            entity=attributes["entity"], locator=attributes["locator"],
            summary=attributes["summary"], full_text=attributes["full_text"],
            english=attributes["english"], recognition=attributes["recognition"],
            review=attributes["review"], responsible=attributes["responsible"],
            lead=attributes["lead"], node=document,
            closings=self.closings.get(id(document), ()),
            **self._limits(attributes), **parts,
        )  # fmt: skip
        return (root,)

    def _meta(self, attributes: Sequence[n.Attribute], _: dict[str, Any]) -> m.Meta:
        values: dict[str, Any] = {}
        legal_basis: list[str] = []
        transition: list[str] = []
        for attribute in attributes:
            value: Any = attribute.value
            match attribute.key:
                case "REGION":
                    values["region"] = value.text
                case "ISSUER" | "REPLACES":
                    values[attribute.key.lower()] = tuple(name.text for name in value)
                case "LEGAL_BASIS":
                    legal_basis.extend(text.value for text in value)
                case "SOURCE":
                    values["source"] = value.value
                case "TRANSITION":
                    transition.append(value.value)
                case "ISSUED" | "IN_FORCE" | "EXPIRES":
                    values[attribute.key.lower()] = self._period(value)
        return m.Meta(**values, legal_basis=tuple(legal_basis), transition=tuple(transition))

    def _period(self, when: n.When) -> m.Period:
        if when.after is None:
            return m.Period(when.date)
        unit = self.typer.unit(when.after.unit or "日", when.after)
        if unit is not None and unit.dimension not in ("day", "working_day", "month"):
            self.typer._mismatch(when.after, (("day", 1),), ((unit.dimension, 1),))
        return m.Period(None, when.after.value, unit)

    # -- clauses

    def _clause(self, node: n.Clause) -> m.Clause:
        kind = CLAUSE_KINDS[node.kind]
        attributes = self._attributes(node.attributes, kind)
        id_ = self.ids[id(node)]
        parts = self._parts(node.body, kind, id_)
        return m.Clause(
            id=id_, kind=kind, label=clause_label(node), number=node.number,
            name=None if node.name is None else node.name.text,
            review=attributes["review"], responsible=attributes["responsible"],
            lead=attributes["lead"], recognition=attributes["recognition"],
            concept=attributes["concept"], english=attributes["english"],
            locator=attributes["locator"], summary=attributes["summary"],
            full_text=attributes["full_text"], entity=attributes["entity"], node=node,
            notes=attributes["notes"], doubts=attributes["doubts"],
            assumptions=attributes["assumptions"], readings=attributes["readings"],
            waived=attributes["waived"], closings=self.closings.get(id(node), ()),
            **self._limits(attributes), **parts,
        )  # fmt: skip

    @staticmethod
    def _limits(attributes: dict[str, Any]) -> dict[str, Any]:
        keys = ("full_marks", "cap", "floor", "start", "rounding", "applies_when", "conversion")
        return {key: attributes[key] for key in keys}

    def _parts(self, statements: Sequence[n.Statement], kind: str, id_: str) -> dict[str, Any]:
        """Rules, targets and child clauses of a body; the rest is reported or kept aside."""
        children: list[m.Clause] = []
        rules: list[r.Rule] = []
        targets: list[m.Target] = []
        allowed = _CONTAINERS.get(kind, frozenset())
        for statement in statements:
            match statement:
                case n.Clause():
                    child_kind = CLAUSE_KINDS[statement.kind]
                    if child_kind not in allowed:
                        what, where = _what(statement), _where(kind)
                        self.report("M207", statement, what=what, where=where)
                        continue
                    self._child(self._clause(statement), children)
                case n.Rule():
                    if kind not in SCORED_KINDS and kind != "status_rules":
                        self.report("M207", statement, what=_what(statement), where=_where(kind))
                        continue
                    with self._reading(statement):
                        rules.append(self._rule(statement, kind))
                case n.Target():
                    targets.append(self._target(statement))
                case n.Exclusion() if kind == "status_rules":
                    exclusion = self._exclusion(statement)
                    if exclusion is not None:
                        self.exclusions.append(exclusion)
                case n.Deadline():
                    self.deadlines.append(self._deadline(statement, id_ or None))
                case n.Duty():
                    self.duties.append(self._duty(statement))
                case n.Fact() | n.Measure():
                    pass  # declared before
                case n.Household() | n.Ranking() | n.Quota() | n.Ties() if kind == "scene":
                    pass  # read by _scene
                case n.BlendPart() if kind == "blend":
                    pass  # read by _blend
                case _:
                    self.report("M207", statement, what=_what(statement), where=_where(kind))
        return {"children": tuple(children), "rules": tuple(rules), "targets": tuple(targets)}

    def _child(self, clause: m.Clause, children: list[m.Clause]) -> None:
        if clause.kind == "scene":
            self.scene_clauses.append(clause)
        elif clause.kind == "blend":
            self.blend_clauses.append(clause)
        elif clause.kind == "status_rules":
            self.status_rules.extend(clause.rules)
        else:
            children.append(clause)

    def _attributes(self, attributes: Sequence[n.Attribute], kind: str) -> dict[str, Any]:
        """Attributes by their model names, each with its empty value where absent."""
        allowed = _allowed(kind)
        result: dict[str, Any] = {
            key: None
            for key in ("full_marks", "cap", "floor", "start", "rounding", "recognition",
                        "concept", "locator", "summary", "full_text", "entity", "english",
                        "applies_when", "conversion")
        }  # fmt: skip
        result |= {key: () for key in ("review", "responsible", "lead")}
        lists: dict[str, list[Any]] = {
            key: [] for key in ("notes", "doubts", "assumptions", "readings", "waived")
        }
        locators: list[str] = []
        seen: dict[str, n.Attribute] = {}
        for attribute in attributes:
            key, value = attribute.key, cast(Any, attribute.value)
            if key not in allowed:
                self.report("M207", attribute, what=_spelt(key), where=_where(kind))
                continue
            if key in seen and key not in _REPEATABLE:
                details = {"key": _spelt(key)}
                related = ((self.source, seen[key].span),)
                self.found.append(Diagnostic("M217", self.source, attribute.span, details, related))
                continue
            seen[key] = attribute
            match key:
                case "FULL_MARKS" | "CAP" | "FLOOR":
                    result[key.lower()] = self._limit(value)
                case "START":
                    result["start"] = "full" if value == "full" else self._limit(value)
                case "ROUNDING":
                    result["rounding"] = self._rounding(value)
                case "REVIEW" | "RESPONSIBLE" | "LEAD":
                    result[key.lower()] = tuple(name.text for name in value)
                case "RECOGNITION":
                    result["recognition"] = value.text
                case "CONCEPT":
                    if not attribute.extra and value.text not in self.shared.concepts:
                        near = did_you_mean(value.text, self.shared.concepts)
                        self.report("M234", attribute, name=value.text, near=near)
                    result["concept"] = value.text
                case "LOCATOR":
                    locators.append(value.value)
                case "SUMMARY" | "FULL_TEXT" | "ENGLISH":
                    result[key.lower()] = value.value
                case "NOTE":
                    lists["notes"].append(value.value)
                case "DOUBTFUL":
                    lists["doubts"].append(value.value)
                case "ASSUMPTION":
                    lists["assumptions"].append(value.value)
                case "READING":
                    lists["readings"].append(m.Reading(value.value, *attribute.extra))
                case "WAIVE":
                    lists["waived"].append((value.text, attribute.extra[0]))
                case "APPLIES_WHEN":
                    result["applies_when"] = self.typer.condition(value)
                case "CONVERSION":
                    number = None if value is None else self.typer.quantity(value)
                    result["conversion"] = (number, attribute.extra[0] if attribute.extra else None)
                case "ENTITY":
                    result["entity"] = value.text
        if locators:
            result["locator"] = "；".join(locators)
        result |= {key: tuple(values) for key, values in lists.items()}
        low, high = result["floor"], result["cap"]
        if isinstance(low, Fraction) and isinstance(high, Fraction) and low > high:
            self.report("M235", seen["FLOOR"])
        return result

    def _limit(self, amount: n.Amount) -> m.Limit:
        if isinstance(amount, n.FixedAmount):
            return self._points_number(amount.number)
        assert isinstance(amount, n.OpenAmount)
        return self._open_points(amount)

    def _open_points(self, amount: n.OpenAmount | n.OpenAction) -> r.OpenPoints:
        low = None if amount.low is None else self._points_number(amount.low, bare=True)
        high = None if amount.high is None else self._points_number(amount.high)
        if low is not None and high is not None and low > high:
            self.report("M221", amount)
        return r.OpenPoints(low, high)

    def _points_number(self, number: n.Number, bare: bool = False) -> Fraction:
        """A number of points: its unit must be 分."""
        if number.unit != "分" and not (bare and number.unit is None):
            found = number.unit or ("没有单位", "no unit")
            self.report("M204", number, found=found)
        return number.value

    def _rounding(self, node: n.Rounding) -> r.RoundTo:
        modes: dict[str, Any] = {
            "ROUND_HALF_UP": "half_up", "ROUND_DOWN": "down", "ROUND_UP": "up",
        }  # fmt: skip
        unit = Fraction(1)
        if node.to is not None:
            if node.to.unit == "位" and node.to.value.denominator == 1:
                unit = Fraction(1, 10 ** min(int(node.to.value), 12))
            elif node.to.unit == "分" and node.to.value > 0:
                unit = node.to.value
            else:
                self.report("M236", node)
        return r.RoundTo(modes[node.word], unit)

    # -- rules

    def _rule(self, node: n.Rule, kind: str) -> r.Rule:
        condition = None if node.condition is None else self.typer.condition(node.condition)
        return self._finish_rule(node, node.condition, condition, kind)

    def _finish_rule(
        self, node: n.Rule | n.Tier, condition_node: n.Expression | None,
        condition: e.Expr | None, kind: str,
    ) -> r.Rule:  # fmt: skip
        action_node = node.action if isinstance(node, n.Rule) else node.outcome
        if isinstance(action_node, (n.FixedAmount, n.ComputedAmount)):
            action_node = n.Flat("GIVE", action_node, span=action_node.span)
        assert isinstance(action_node, n.Action)
        if isinstance(action_node, n.StatusAction | n.Veto):
            pass
        elif kind == "status_rules":
            self.report("M207", action_node, what=("给分", "points"), where=_where(kind))
        action = self._action(action_node, condition_node, node.modifiers, kind)
        notes: dict[str, list[str]] = {"ASSUMPTION": [], "DOUBTFUL": [], "LOCATOR": [], "NOTE": []}
        for note in node.notes:
            notes[note.kind].append(note.text)
        return r.Rule(
            condition, action, self._modifiers(node.modifiers, action), tuple(notes["ASSUMPTION"]),
            tuple(notes["DOUBTFUL"]), "；".join(notes["LOCATOR"]) or None, node,
        )  # fmt: skip

    def _action(
        self, node: n.Action, condition: n.Expression | None,
        modifiers: Sequence[n.Modifier], kind: str,
    ) -> r.Action:  # fmt: skip
        match node:
            case n.Flat():
                return r.Flat(_sign(node.sign), self._points(node.amount))
            case n.PerStep():
                return self._per_step(node, condition, modifiers)
            case n.Discretionary():
                return r.Discretionary(-1 if node.word == "DISCRETION_DEDUCT" else 1)
            case n.OpenAction():
                bounds = self._open_points(node)
                return r.OpenRule(bounds.low, bounds.high)
            case n.Veto():
                return r.Veto()
            case n.NoPoints():
                return r.NoPoints()
            case n.StatusAction():
                return r.SetStatus(_STATUSES[node.word], node.duration)
            case n.Tiers():
                return self._tiers(node, kind)
            case n.Matrix():
                return self._matrix(node)
            case n.Combined():
                hows: dict[str, Any] = {"BEST": "best", "SUM": "sum", "LEAST": "least"}
                if not node.rules:
                    self.report("M237", node)
                return r.Combined(
                    hows[node.word], tuple(self._rule(rule, kind) for rule in node.rules)
                )

    def _points(self, amount: n.Amount) -> r.Points:
        match amount:
            case n.FixedAmount():
                return r.FixedPoints(self._points_number(amount.number))
            case n.OpenAmount():
                return self._open_points(amount)
            case n.ComputedAmount():
                typed = self.typer.number(amount.expression)
                if typed.kind == "number" and not typed.bare:
                    # a plain ratio or count becomes points by the 分 behind the brackets
                    allowed: tuple[Dimension, ...] = ((), POINTS, (("count", 1),))
                    if typed.dimension not in allowed:
                        self.typer._mismatch(amount, POINTS, typed.dimension)
                return r.ComputedPoints(typed.expr)

    def _per_step(
        self, node: n.PerStep, condition: n.Expression | None, modifiers: Sequence[n.Modifier]
    ) -> r.PerStep:
        unit = None if node.step.unit is None else self.typer.unit(node.step.unit, node.step)
        step = node.step.value * (unit.scale if unit else 1)
        if step <= 0:
            self.report("M238", node.step)
            step = Fraction(1)
        subject = self._step_subject(node, condition)
        if subject.kind == "number" and unit is not None and not subject.bare:
            wanted = subject.dimension
            if wanted == PERCENT and node.subject is None:
                wanted = PERCENTAGE_POINT
            if wanted == PERCENT and unit.dimension == "percentage_point":
                wanted = PERCENTAGE_POINT
            if wanted != ((unit.dimension, 1),):
                self.typer._mismatch(node.step, wanted, ((unit.dimension, 1),))
        partial, stated = self._partial(node, modifiers, subject, step)
        beyond, skip, most = Fraction(0), Fraction(0), None
        for modifier in modifiers:
            if isinstance(modifier, n.BeyondPart):
                beyond = self.typer.quantity(modifier.number)
            elif isinstance(modifier, n.FromNth):
                skip = max(Fraction(0), modifier.number.value - 1)
            elif isinstance(modifier, n.UpTo) and modifier.number.unit != "分":
                most = self.typer.quantity(modifier.number) / step
        points = None
        sign: r.Sign = 1
        if node.discretion is not None:
            sign = -1 if node.discretion == "DISCRETION_DEDUCT" else 1
        else:
            assert node.sign is not None and node.amount is not None
            sign, points = _sign(node.sign), self._points(node.amount)
        return r.PerStep(sign, subject.expr, step, points, partial, stated, beyond, skip, most)

    def _step_subject(self, node: n.PerStep, condition: n.Expression | None) -> Typed:
        """What is counted: the subject, or how far the condition's fact lies from its bound."""
        if node.subject is not None:
            return self.typer.number(node.subject)
        inner = condition
        while isinstance(inner, n.Parenthesised):
            inner = inner.inner
        pair: tuple[n.Expression, n.Expression] | None = None
        below = False
        if isinstance(inner, n.Compare):
            operator = operator_of(inner.word)
            if operator in ("<", "<=", ">", ">="):
                pair, below = (inner.left, inner.right), operator in ("<", "<=")
        elif isinstance(inner, n.NumberBound):
            pair, below = (inner.subject, inner.number), inner.word == "OR_LESS"
        if pair is None:
            self.report("M210", node)
            return Typed(e.Const(Fraction(0)), "unknown")
        left, right = self.typer.number(pair[0]), self.typer.number(pair[1])
        high, low = (right, left) if below else (left, right)
        dimension = right.dimension if left.bare else left.dimension
        return Typed(e.Arith("-", high.expr, low.expr), "number", dimension)

    def _partial(
        self, node: n.PerStep, modifiers: Sequence[n.Modifier], subject: Typed, step: Fraction
    ) -> tuple[Any, bool]:
        modes = {"NOT_COUNTED": "whole", "PRO_RATA": "pro_rata", "COUNTED_FULL": "full"}
        for modifier in modifiers:
            if isinstance(modifier, n.PartialStep):
                if modifier.number.value != node.step.value:
                    self.report("M239", modifier)
                return modes[modifier.mode], True
        # Whole facts in whole steps of one leave nothing to interpret.
        whole = all(
            self.facts[name].kind in ("integer", "count")
            for name, _ in e.facts_of(subject.expr)
            if name in self.facts
        )
        return "whole", whole and step == 1

    def _modifiers(
        self, modifiers: Sequence[n.Modifier], action: r.Action
    ) -> tuple[r.Modifier, ...]:
        result: list[r.Modifier] = []
        for modifier in modifiers:
            match modifier:
                case n.UpTo():
                    if modifier.number.unit == "分":
                        result.append(r.PointsCap(modifier.number.value))
                    elif not isinstance(action, r.PerStep):
                        self._points_number(modifier.number)
                case n.AtLeastPoints():
                    result.append(r.PointsFloor(self._points_number(modifier.number)))
                case n.Halved():
                    result.append(r.Scale(Fraction(1, 2)))
                case n.Scaled():
                    if modifier.number.unit != "%":
                        self.report("M240", modifier)
                    result.append(r.Scale(modifier.number.value / 100))
                case n.Rounding():
                    result.append(self._rounding(modifier))
                case n.FromNth() | n.BeyondPart() | n.PartialStep():
                    if not isinstance(action, r.PerStep):
                        self.report("M241", modifier)
        return tuple(result)

    def _tiers(self, node: n.Tiers, kind: str) -> r.Tiers:
        subject = self.typer.typed(node.subject)
        tiers: list[r.Rule] = []
        if not node.tiers:
            self.report("M237", node)
        for position, tier in enumerate(node.tiers):
            condition = self._patterns(tier.patterns, node.subject, subject)
            last = position == len(node.tiers) - 1
            if any(p.kind == "OTHERWISE" for p in tier.patterns) and not last:
                self.report("M218", tier)
            inner: n.Expression | None = None
            if len(tier.patterns) == 1:
                inner = _pattern_condition(tier.patterns[0], node.subject)
            tiers.append(self._finish_rule(tier, inner, condition, kind))
        return r.Tiers(subject.expr, tuple(tiers))

    def _matrix(self, node: n.Matrix) -> r.Matrix:
        row_subject = self.typer.typed(node.row_subject)
        column_subject = self.typer.typed(node.column_subject)
        columns = tuple(
            self._patterns(patterns, node.column_subject, column_subject)
            for patterns in node.columns
        )
        rows: list[e.Expr] = []
        cells: list[tuple[r.Points, ...]] = []
        for row in node.rows:
            if len(row.cells) != len(columns):
                self.report("M219", row, found=len(row.cells), wanted=len(columns))
            rows.append(self._patterns(row.patterns, node.row_subject, row_subject))
            cells.append(tuple(self._points(cell) for cell in row.cells))
        return r.Matrix(row_subject.expr, column_subject.expr, tuple(rows), columns, tuple(cells))

    def _patterns(
        self, patterns: Sequence[n.Pattern], subject_node: n.Expression, subject: Typed
    ) -> e.Expr:
        tests: list[e.Expr] = []
        for pattern in patterns:
            if pattern.kind == "OTHERWISE":
                return e.TRUE
            test = _pattern_condition(pattern, subject_node)
            assert test is not None
            if subject.kind != "unknown":
                tests.append(self.typer.condition(test))
        return tests[0] if len(tests) == 1 else e.AnyOf(tuple(tests))

    # -- the other statements

    def _target(self, node: n.Target) -> m.Target:
        assumptions = tuple(x.text for x in node.notes if x.kind == "ASSUMPTION")
        if isinstance(node.condition, n.TextValue):
            return m.Target(None, node.condition.value, assumptions=assumptions, node=node)
        condition = self.typer.condition(node.condition)
        measure, operator, threshold = None, None, None
        if (
            isinstance(condition, e.Compared)
            and isinstance(condition.left, e.FactRef)
            and isinstance(condition.right, e.Const)
            and isinstance(condition.right.value, Fraction)
        ):
            measure, operator = condition.left.fact, condition.operator
            threshold = condition.right.value / condition.left.scale
        return m.Target(condition, None, measure, operator, threshold, assumptions, node)

    def _exclusion(self, node: n.Exclusion) -> m.Exclusion | None:
        facts = []
        for name in (node.excluded, node.from_fact):
            fact = self.facts.get(name.text)
            if fact is None:
                self.typer.unknown_name(name, self.facts)
                return None
            if not fact.is_number:
                self.typer._wrong_kind(name, self.typer.fact(fact), "number")
                return None
            facts.append(fact)
        left, right = (self.typer.fact(fact) for fact in facts)
        self.typer._same_dimension(node, right, left)
        assumptions = tuple(x.text for x in node.notes if x.kind == "ASSUMPTION")
        return m.Exclusion(facts[0].name, facts[1].name, assumptions)

    def _scene(self, clause: m.Clause) -> m.Scene:
        node = cast(n.Clause, clause.node)
        values: dict[str, Any] = {}
        for statement in node.body:
            match statement:
                case n.Household():
                    values["household"] = statement.word.lower()
                    values["household_scope"] = statement.scope.lower()
                case n.Ranking():
                    values["keys"] = tuple(self._ranking_key(key) for key in statement.keys)
                    values["keys_open"] = statement.open_ended
                case n.Quota():
                    values["quota_set_by"] = statement.set_by.text if statement.set_by else None
                    if statement.number is not None:
                        number = self.typer.quantity(statement.number)
                        if number.denominator != 1:
                            self.report("M242", statement)
                        values["quota"] = int(number)
                case n.Ties():
                    values["ties"] = statement.word.lower()
        return m.Scene(
            clause.id, clause.label, clause, clause.applies_when, closings=clause.closings, **values
        )

    def _ranking_key(self, key: n.RankingKey) -> m.RankingKey:
        typed = self.typer.typed(key.expression)
        dated = key.order in ("EARLY_FIRST", "LATE_FIRST")
        if typed.kind == "date" and not dated:
            self.typer._wrong_kind(key, typed, "number")
        elif dated and typed.kind not in ("date", "unknown"):
            self.typer._wrong_kind(key, typed, "date")
        elif typed.kind == "text":
            self.typer._wrong_kind(key, typed, "number")
        return m.RankingKey(
            typed.expr, key.order in ("HIGH_FIRST", "LATE_FIRST"), print_node(key.expression, "zh")
        )

    def _blend(self, clause: m.Clause) -> m.Blend:
        node = cast(n.Clause, clause.node)
        parts = []
        for statement in node.body:
            if not isinstance(statement, n.BlendPart):
                continue
            typed = self.typer.number(statement.expression)
            weight = None
            if statement.weight is not None:
                if statement.weight.unit != "%":
                    self.report("M240", statement.weight)
                weight = statement.weight.value
            assumptions = tuple(x.text for x in statement.notes if x.kind == "ASSUMPTION")
            text = print_node(statement.expression, "zh")
            parts.append(m.BlendPart(typed.expr, weight, text, assumptions))
        return m.Blend(clause.id, clause.label, tuple(parts), clause, clause.closings)

    def _deadline(self, node: n.Deadline, clause: str | None) -> m.Deadline:
        unit = None
        if node.number is not None:
            unit = self.typer.unit(node.number.unit or "工作日", node.number)
            if unit is not None and unit.dimension not in ("day", "working_day", "month"):
                self.typer._mismatch(node.number, (("day", 1),), ((unit.dimension, 1),))
        notes = {x.kind: x.text for x in node.notes}
        assumptions = tuple(x.text for x in node.notes if x.kind == "ASSUMPTION")
        return m.Deadline(
            node.name.text, None if node.word is None else operator_of(node.word),
            None if node.number is None else node.number.value, unit, node.date, node.text,
            assumptions, notes.get("LOCATOR"), clause, node,
        )  # fmt: skip

    def _duty(self, node: n.Duty) -> m.Duty:
        reviews: list[str] = []
        hosts: list[str] = []
        for part in node.parts:
            for item in part.items:
                text = item.value if isinstance(item, n.TextValue) else self._duty_name(item, part)
                if text is not None:
                    (reviews if part.word == "REVIEW" else hosts).append(text)
        locator = next((x.text for x in node.notes if x.kind == "LOCATOR"), None)
        return m.Duty(node.unit.text, node.text, tuple(reviews), tuple(hosts), locator, node)

    def _duty_name(self, name: n.Name, part: n.DutyPart) -> str | None:
        """The id of the clause that a duty names."""
        kinds = {"scene"} if part.word == "HOSTS" else SCORED_KINDS
        matches = [
            path for path, clause in self.index.items()
            if path[-1] == name.text and CLAUSE_KINDS[clause.kind] in kinds
        ]  # fmt: skip
        if matches:
            return "/".join(matches[0])
        known = {path[-1] for path, c in self.index.items() if CLAUSE_KINDS[c.kind] in kinds}
        self.report("M216", name, ref=name.text, near=did_you_mean(name.text, known))
        return None

    # -- examples

    def _example(self, node: n.Example) -> m.Example:
        facts: dict[str, e.Constant] = {}
        members: list[m.Member] = []
        judgements: dict[str, Fraction] = {}
        expectations: list[m.Expectation] = []
        unit: str | None = None
        status: str | None = None
        units = {path[-1] for path, c in self.index.items() if c.kind == "UNIT"}
        for entry in node.entries:
            match entry:
                case n.Given():
                    self._given(entry, facts)
                case n.GivenUnit():
                    unit = entry.name.text
                    if unit not in units:
                        self.typer.unknown_name(entry.name, units)
                case n.GivenMember():
                    inner: dict[str, e.Constant] = {}
                    for inner_entry in entry.entries:
                        if isinstance(inner_entry, n.Given):
                            self._given(inner_entry, inner)
                        else:
                            what, where = _what(inner_entry), ("成员", "a member")
                            self.report("M207", inner_entry, what=what, where=where)
                    role = "配偶" if entry.role is None else entry.role.text
                    members.append(m.Member(role, MappingProxyType(inner)))
                case n.Judged():
                    clause = self.score(entry.ref)
                    if clause is not None:
                        value = self._points_number(entry.number)
                        judgements[clause] = _sign(entry.sign) * value
                case n.Expect():
                    expectations.append(self._expect(entry))
                case n.ExpectStatus():
                    status = _STATUSES[entry.word]
        return m.Example(
            node.title, unit, MappingProxyType(facts), tuple(members),
            MappingProxyType(judgements), tuple(expectations), status, node,
        )  # fmt: skip

    def _given(self, entry: n.Given, facts: dict[str, e.Constant]) -> None:
        fact = self.facts.get(entry.name.text)
        if fact is None:
            self.typer.unknown_name(entry.name, self.facts)
            return
        if fact.name in facts:
            self.report("M217", entry, key=(fact.name, fact.name))
            return
        value = self.typer.value_of(entry.value, fact)
        if value is not None:
            facts[fact.name] = value

    def _expect(self, entry: n.Expect) -> m.Expectation:
        clause = None if entry.ref is None else self.score(entry.ref)
        low = self._points_number(entry.low, bare=entry.high is not None)
        high: Fraction | None = low
        if entry.high is not None:
            high = self._points_number(entry.high)
        elif entry.unbounded:
            high = None
        return m.Expectation(clause, low, high, entry)

    # -- sums

    def _check_sums(self, clause: m.Clause) -> None:
        """Declared full marks against the sum of the parts, for every clause with parts."""
        for child in clause.children:
            self._check_sums(child)
        if not clause.children or not isinstance(clause.full_marks, Fraction):
            return
        for label, total, parts in maxima(clause):
            if total is not None and total != clause.full_marks:
                assert clause.node is not None
                node = next(
                    (a for a in clause.node.attributes if a.key == "FULL_MARKS"), clause.node
                )
                self.report(
                    "M208", node, label=label or clause.label, declared=_shown(clause.full_marks),
                    total=_shown(total), parts=" + ".join(_shown(p) for p in parts),
                )  # fmt: skip


def maxima(clause: m.Clause) -> list[tuple[str | None, Fraction | None, list[Fraction]]]:
    """Declared maxima of the parts of a clause, added up.

    One entry for each unit table (label, sum, summands), or one with label ``None``.  The sum is
    ``None`` where a part's maximum is open or not declared.  Bonus and deduction groups stand
    outside the sum.
    """
    units = [c for c in clause.children if c.kind == "unit"]
    others = [c for c in clause.children if c.kind not in ("unit", "bonus", "deductions", "task")]
    results: list[tuple[str | None, Fraction | None, list[Fraction]]] = []
    for unit in units or [None]:
        parts = [c.declared_maximum for c in [*others, *([unit] if unit else [])]]
        known = [p for p in parts if isinstance(p, Fraction)]
        total = sum(known, Fraction(0)) if known and len(known) == len(parts) else None
        results.append((unit.label if unit else None, total, known))
    return results


def _shown(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def _sign(word: str) -> r.Sign:
    return -1 if word == "DEDUCT" else 1


def _matches(
    ref: n.ClauseRef, path: tuple[str, ...], index: Mapping[tuple[str, ...], n.Clause]
) -> bool:
    """Whether a reference names the clause at ``path``; it may leave out outer clauses."""
    if len(ref.steps) > len(path):
        return False
    for depth, step in zip(range(len(path) - len(ref.steps), len(path)), ref.steps, strict=True):
        clause = index[path[: depth + 1]]
        if step.kind != clause.kind:
            return False
        label = step.label
        if label is None:
            continue
        if label != path[depth] and (clause.name is None or label != clause.name.text):
            return False
    return True


def _pattern_condition(pattern: n.Pattern, subject: n.Expression) -> n.Expression | None:
    """The condition that a tier's label stands for."""
    span = pattern.span
    low, high = pattern.low, pattern.high
    match pattern.kind:
        case "OTHERWISE":
            return None
        case "EXACTLY":
            assert low is not None
            return n.OneOf(subject, (low,), span=span)
        case "OR_MORE":
            assert low is not None
            return n.Compare(subject, "NOT_BELOW", low, span=span)
        case "OR_LESS":
            assert high is not None
            return n.Compare(subject, "NOT_ABOVE", high, span=span)
        case "BEYOND":
            assert low is not None and pattern.word is not None
            return n.Compare(subject, pattern.word, low, span=span)
        case "BEYOND_BOTH":
            assert low is not None and high is not None
            assert pattern.word is not None and pattern.word2 is not None
            if isinstance(low, n.Number) and isinstance(high, n.Number):
                low = _borrow_unit(low, high)
            return n.Both(
                n.Compare(subject, pattern.word, low, span=span),
                n.Compare(subject, pattern.word2, high, span=span),
                span=span,
            )
    assert low is not None and high is not None
    if isinstance(low, n.Number) and isinstance(high, n.Number):
        low = _borrow_unit(low, high)
    upper = "NOT_ABOVE" if pattern.kind == "TO" else cast(str, pattern.word)
    return n.Both(
        n.Compare(subject, "NOT_BELOW", low, span=span),
        n.Compare(subject, upper, high, span=span),
        span=span,
    )


def _borrow_unit(number: n.Number, other: n.Number) -> n.Number:
    if number.unit is not None or other.unit is None:
        return number
    return n.Number(number.value, other.unit, span=number.span)


_STATEMENT_NAMES: dict[type[n.Statement], tuple[str, str]] = {
    n.Rule: ("计分规则", "a scoring rule"), n.Fact: ("事实", "a fact"),
    n.Target: ("目标", "a target"), n.Household: ("家庭规则", "a household rule"),
    n.Ranking: ("排序", "a ranking"), n.Quota: ("名额", "a quota"), n.Ties: ("同分", "a tie rule"),
    n.Exclusion: ("不计", "an exclusion"), n.Deadline: ("期限", "a deadline"),
    n.Duty: ("职责", "a duty"), n.BlendPart: ("合成权重", "a blend weight"),
    n.Example: ("示例", "an example"), n.Measure: ("计量", "a measure"),
    n.GivenMember: ("成员", "a member"), n.Judged: ("评定", "a judgement"),
    n.Expect: ("得分预期", "an expected score"), n.GivenUnit: ("单位", "a unit"),
    n.ExpectStatus: ("状态预期", "an expected status"),
}  # fmt: skip


def _what(statement: n.Statement) -> tuple[str, str]:
    if isinstance(statement, n.Clause):
        return _spelt(statement.kind)
    if isinstance(statement, n.Operation):
        return ("修订操作", "an amending operation")
    return _STATEMENT_NAMES.get(type(statement), ("这句话", "this statement"))


_WHERE: dict[str, tuple[str, str]] = {
    "root": ("文件", "a document"), "schedule": ("附表", "a schedule"),
    "common": ("共同部分", "a common part"), "unit": ("单位", "a unit"), "group": ("组", "a group"),
    "bonus": ("加分", "a bonus group"), "deductions": ("扣分", "a deduction group"),
    "indicator": ("指标", "an indicator"), "item": ("项", "an item"), "task": ("任务", "a task"),
    "scene": ("场景", "a scene"), "status_rules": ("效力", "status rules"),
    "blend": ("合成", "a blend"),
}  # fmt: skip


def _where(kind: str) -> tuple[str, str]:
    return _WHERE[kind]
