"""Trees → typed policies: what a document says, with names resolved and figures checked.

``compile_document`` reports into a list and returns ``None`` when there is an error: a
policy that exists can be scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any, cast

from policydsl.language import nodes as n
from policydsl.language.decimals import show_decimal
from policydsl.language.diagnostics import Diagnostic, Source, did_you_mean, has_errors, in_order
from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.language.paths import clause_key, clause_label, find, id_of, ref_text
from policydsl.language.units import Unit
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.model.declaring import Shared, declare
from policydsl.model.kinds import (
    CLAUSE_KINDS,
    CONTAINERS,
    DOCUMENT_KINDS,
    REPEATABLE,
    SCORED_KINDS,
    allowed_attributes,
    maxima,
    spelt,
    what_is,
    where_is,
)
from policydsl.model.ruling import STATUSES, RuleCompiler, sign_of
from policydsl.model.typing import (
    Typer,
    operator_of,
)

# -- documents ------------------------------------------------------------------


def compile_document(
    document: n.Document,
    source: Source,
    shared: Shared,
    found: list[Diagnostic],
    closings: Mapping[int, tuple[m.Closing, ...]] = MappingProxyType({}),
    assumed: tuple[str, ...] = (),
    origins: Mapping[int, Source] = MappingProxyType({}),
    wrong_sums: bool = False,
) -> m.Policy | None:
    """The typed policy of a document, or ``None`` when it has errors (reported in ``found``).

    ``wrong_sums``: also where declared full marks are not what the parts add up to.  Such clauses
    then have none; the policy is not for scoring, but all that rests on no total can be looked at.

    ``closings`` names, by ``id()`` of the clause's node, the assumption-set entries that shaped
    it; ``assumed`` the assumption sets in use; ``origins``, by ``id()`` of a node, the texts of
    nodes that come from them.
    """
    before = len(found)
    own = declare(document, source, shared, found, origins)
    compiler = _Compiler(document, source, own, found, closings, origins)
    policy = compiler.policy(assumed)
    mine = found[before:]
    if has_errors(x for x in mine if not (wrong_sums and x.code == WRONG_SUM)):
        return None
    if wrong_sums:
        policy = replace(policy, roots=tuple(map(_without_wrong_sums, policy.roots)))
    return replace(policy, diagnostics=tuple(in_order(mine)))


WRONG_SUM = "M208"


def _without_wrong_sums(clause: m.Clause) -> m.Clause:
    """The clause and those below it without full marks that the parts do not add up to."""
    wrong = isinstance(clause.full_marks, Fraction) and any(
        total is not None and total != clause.full_marks for _, total, _ in maxima(clause)
    )
    return replace(
        clause,
        children=tuple(map(_without_wrong_sums, clause.children)),
        full_marks=None if wrong else clause.full_marks,
    )


_SINGLE_ATTRIBUTES = (
    "full_marks", "cap", "floor", "start", "rounding", "recognition", "concept", "locator",
    "summary", "full_text", "entity", "english", "applies_when", "conversion", "in_force",
    "expires",
)  # fmt: skip


class _Compiler:
    """One document on its way to a policy."""

    def __init__(
        self,
        document: n.Document,
        source: Source,
        shared: Shared,
        found: list[Diagnostic],
        closings: Mapping[int, tuple[m.Closing, ...]],
        origins: Mapping[int, Source],
    ):
        self.document = document
        self.source = self.home = source
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
        self.rules = RuleCompiler(self.typer)
        self.kind = DOCUMENT_KINDS[document.kind]
        self.index: dict[tuple[str, ...], n.Clause] = {}
        self.ids: dict[int, str] = {}
        self.beside: set[int] = set()
        self.exclusions: list[m.Exclusion] = []
        self.status_rules: list[r.Rule] = []
        self.scene_clauses: list[m.Clause] = []
        self.blend_clauses: list[m.Clause] = []
        self.deadlines: list[m.Deadline] = []
        self.duties: list[m.Duty] = []

    def report(self, code: str, node: n.Node, **details: object) -> None:
        """Record a finding at a node."""
        source = self.origins.get(id(node), self.source)
        self.found.append(Diagnostic(code, source, node.span, details))

    def _source_of(self, node: n.Node) -> Source:
        """The text that a node stands in: the document's, a set's or an amendment's."""
        return self.origins.get(id(node), self.home)

    @contextmanager
    def _reading(self, node: n.Node) -> Iterator[None]:
        """While a node of a set or an amendment is compiled, places are in its text."""
        before = self.source
        self.source = self.typer.source = self._source_of(node)
        yield
        self.source = self.typer.source = before

    @contextmanager
    def _after_scoring(self, known: bool = True) -> Iterator[None]:
        """While an expression is compiled that is evaluated when the scores are known."""
        before, self.typer.scores_known = self.typer.scores_known, known
        yield
        self.typer.scores_known = before

    # -- finding clauses

    def _index(
        self, statements: Sequence[n.Statement], path: tuple[str, ...], beside: bool = False
    ) -> None:
        """Ids of the clauses; ``beside``: inside 加分 or 扣分, where items start at nothing."""
        seen: dict[str, n.Clause] = {}
        for statement in statements:
            if not isinstance(statement, n.Clause):
                continue
            label = clause_label(statement)
            if label in seen:
                self.found.append(
                    Diagnostic(
                        "M206", self._source_of(statement), statement.span, {"label": label},
                        ((self._source_of(seen[label]), seen[label].span),),
                    )
                )  # fmt: skip
            seen[label] = statement
            own = (*path, clause_key(statement))
            self.index.setdefault(own, statement)
            self.ids[id(statement)] = "/".join(own)
            outside = beside or statement.kind in ("BONUS", "DEDUCTIONS")
            if outside:
                self.beside.add(id(statement))
            self._index(statement.body, own, outside)

    def score(self, ref: n.ClauseRef | None) -> str | None:
        """The id of the clause that a reference names, searched from the top down."""
        if ref is None:
            return None
        matches = find(self.document, ref)
        if len(matches) == 1:
            return id_of(self.document, matches[0])
        shown = ref_text(ref)
        if not matches:
            near = did_you_mean(shown, {path[-1] for path in self.index})
            self.report("M216", ref, ref=shown, near=near)
        else:
            options = "、".join(id_of(self.document, position) for position in matches[:5])
            self.report("M232", ref, ref=shown, options=options)
        return None

    # -- the document

    def policy(self, assumed: tuple[str, ...]) -> m.Policy:
        """The typed policy of the document."""
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
            elif isinstance(statement, (n.Succession, n.NotSeen, n.Stub)):
                if self.kind != "history":
                    what = ("沿革", "a history entry")
                    self.report("M207", statement, what=what, where=where_is("root"))
            elif isinstance(statement, n.Operation):
                if self.kind not in ("amendment", "assumption"):
                    self.report("M207", statement, what=what_is(statement), where=where_is("root"))
            elif not isinstance(statement, (n.Example, n.Exclusion, n.Plausible)):
                self.report(
                    "M207", statement, what=what_is(statement), where=("文件", "a document")
                )
        roots = self._roots(document, attributes, scoring)
        if self.kind in ("scheme", "assessment"):
            for root in roots:
                self._check_sums(root)
        exclusions: list[m.Exclusion | None] = []
        for statement in document.body:
            if isinstance(statement, n.Exclusion):
                with self._reading(statement):
                    exclusions.append(self._exclusion(statement))
        return m.Policy(
            id=document.id.text,
            kind=self.kind,
            title=document.title,
            meta=self._meta(document.attributes, attributes),
            roots=roots,
            facts=MappingProxyType(dict(self.facts)),
            concepts=MappingProxyType(dict(self.shared.concepts)),
            exclusions=(*self.exclusions, *(x for x in exclusions if x is not None)),
            plausible=tuple(self.shared.plausible),
            status_rules=tuple(self.status_rules),
            scenes=tuple(self._scene(c) for c in self.scene_clauses),
            blends=tuple(self._blend(c) for c in self.blend_clauses),
            deadlines=tuple(self.deadlines),
            duties=tuple(self.duties),
            examples=self._examples(),
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
                case "SECTIONS":
                    values["sections"] = value.value
                case "TRANSITION":
                    transition.append(value.value)
                case "ISSUED" | "IN_FORCE" | "EXPIRES":
                    with self._reading(attribute):
                        values[attribute.key.lower()] = self._period(value)
        return m.Meta(**values, legal_basis=tuple(legal_basis), transition=tuple(transition))

    def _period(self, when: n.When) -> m.Period:
        if when.after is None:
            return m.Period(when.date, event=when.event)
        unit = self.typer.unit(when.after.unit or "日", when.after)
        if unit is not None and unit.dimension not in ("day", "working_day", "month"):
            self.typer.mismatch(when.after, (("day", 1),), ((unit.dimension, 1),))
        return m.Period(None, when.after.value, unit)

    # -- clauses

    def _clause(self, node: n.Clause) -> m.Clause:
        kind = CLAUSE_KINDS[node.kind]
        attributes = self._attributes(node.attributes, kind)
        id_ = self.ids[id(node)]
        parts = self._parts(node.body, kind, id_)
        self._check_start(node, kind, attributes, parts["rules"])
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
            in_force=attributes["in_force"], expires=attributes["expires"],
            **self._limits(attributes), **parts,
        )  # fmt: skip

    def _check_start(
        self, node: n.Clause, kind: str, attributes: dict[str, Any], rules: tuple[r.Rule, ...]
    ) -> None:
        """An item that starts at full marks must have some, and something to take from them."""
        if kind not in ("indicator", "item"):
            return
        own = self.kind == "assessment" and id(node) not in self.beside
        default = own and attributes["start"] is None
        if attributes["start"] != "full" and not default:
            return
        actions = [inner.action for rule in rules for inner in r.nested(rule)]
        signs = {a.sign for a in actions if isinstance(a, (r.Flat, r.PerStep, r.Discretionary))}
        if attributes["full_marks"] is None:
            if attributes["start"] == "full" or -1 in signs:
                self.report("M247", node, label=clause_label(node))
        elif signs == {1}:
            self.report("M223", node, label=clause_label(node))

    @staticmethod
    def _limits(attributes: dict[str, Any]) -> dict[str, Any]:
        keys = ("full_marks", "cap", "floor", "start", "rounding", "applies_when", "conversion")
        return {key: attributes[key] for key in keys}

    def _parts(self, statements: Sequence[n.Statement], kind: str, id_: str) -> dict[str, Any]:
        """Rules, targets and child clauses of a body; the rest is reported or kept aside."""
        children: list[m.Clause] = []
        rules: list[r.Rule] = []
        targets: list[m.Target] = []
        allowed = CONTAINERS.get(kind, frozenset())
        for statement in statements:
            with self._reading(statement):
                match statement:
                    case n.Clause():
                        child_kind = CLAUSE_KINDS[statement.kind]
                        if child_kind not in allowed:
                            what, where = what_is(statement), where_is(kind)
                            self.report("M207", statement, what=what, where=where)
                            continue
                        self._child(self._clause(statement), children)
                    case n.Rule():
                        if kind not in SCORED_KINDS and kind != "status_rules":
                            what, where = what_is(statement), where_is(kind)
                            self.report("M207", statement, what=what, where=where)
                            continue
                        with self._after_scoring(kind == "status_rules"):
                            rules.append(self.rules.rule(statement, kind))
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
                        what, where = what_is(statement), where_is(kind)
                        self.report("M207", statement, what=what, where=where)
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
        allowed = allowed_attributes(kind)
        result: dict[str, Any] = dict.fromkeys(_SINGLE_ATTRIBUTES)
        result |= dict.fromkeys(("review", "responsible", "lead"), ())
        lists: dict[str, list[Any]] = {
            key: [] for key in ("notes", "doubts", "assumptions", "readings", "waived", "locators")
        }
        seen: dict[str, n.Attribute] = {}
        for attribute in attributes:
            key = attribute.key
            if key not in allowed:
                self.report("M207", attribute, what=spelt(key), where=where_is(kind))
                continue
            if key in seen and key not in REPEATABLE:
                details = {"key": spelt(key)}
                related = ((self._source_of(seen[key]), seen[key].span),)
                place = (self._source_of(attribute), attribute.span)
                self.found.append(Diagnostic("M217", *place, details, related))
                continue
            seen[key] = attribute
            with self._reading(attribute):
                self._attribute(attribute, kind, result, lists)
        if lists["locators"]:
            result["locator"] = "；".join(lists["locators"])
        del lists["locators"]
        result |= {key: tuple(values) for key, values in lists.items()}
        low = result["floor"]
        high = result["full_marks"] if result["cap"] is None else result["cap"]
        if isinstance(low, Fraction) and isinstance(high, Fraction) and low > high:
            self.report("M235", seen["FLOOR"])
        return result

    # One case for each attribute: parted, nobody would see at once that none is missing.
    def _attribute(  # noqa: C901
        self,
        attribute: n.Attribute,
        kind: str,
        result: dict[str, Any],
        lists: Mapping[str, list[Any]],
    ) -> None:
        """One attribute, into ``result`` or (what may occur several times) into ``lists``."""
        key, value = attribute.key, cast(Any, attribute.value)
        match key:
            case "FULL_MARKS" | "CAP" | "FLOOR":
                result[key.lower()] = self.rules.limit(value)
            case "START":
                result["start"] = "full" if value == "full" else self.rules.limit(value)
            case "ROUNDING":
                result["rounding"] = self.rules.rounding(value)
            case "REVIEW" | "RESPONSIBLE" | "LEAD":
                result[key.lower()] = tuple(name.text for name in value)
            case "RECOGNITION":
                result["recognition"] = value.text
            case "CONCEPT":
                if not attribute.extra and value.text not in self.shared.concepts:
                    near = did_you_mean(value.text, self.shared.concepts)
                    code = "M244" if self.kind == "vocabulary" else "M234"
                    self.report(code, attribute, name=value.text, near=near)
                result["concept"] = value.text
            case "LOCATOR":
                lists["locators"].append(value.value)
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
                with self._after_scoring(kind == "scene"):
                    result["applies_when"] = self.typer.condition(value)
            case "CONVERSION":
                number = None if value is None else self.typer.quantity(value)
                result["conversion"] = (number, attribute.extra[0] if attribute.extra else None)
            case "ENTITY":
                result["entity"] = value.text
            case "IN_FORCE" | "EXPIRES":
                result[key.lower()] = self._period(value)

    # -- rules

    # -- the other statements

    def _target(self, node: n.Target) -> m.Target:
        assumptions = tuple(x.text for x in node.notes if x.kind == "ASSUMPTION")
        if isinstance(node.condition, n.TextValue):
            return m.Target(None, node.condition.value, assumptions=assumptions, node=node)
        with self._after_scoring():
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
                self.typer.wrong_kind(name, self.typer.fact(fact), "number")
                return None
            facts.append(fact)
        left, right = (self.typer.fact(fact) for fact in facts)
        self.typer.same_dimension(node, right, left)
        assumptions = tuple(x.text for x in node.notes if x.kind == "ASSUMPTION")
        return m.Exclusion(facts[0].name, facts[1].name, assumptions)

    def _scene(self, clause: m.Clause) -> m.Scene:
        node = cast(n.Clause, clause.node)
        values: dict[str, Any] = {}
        for statement in node.body:
            with self._reading(statement):
                self._scene_part(statement, values)
        return m.Scene(
            clause.id, clause.label, clause, clause.applies_when, closings=clause.closings, **values
        )

    def _scene_part(self, statement: n.Statement, values: dict[str, Any]) -> None:
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

    def _ranking_key(self, key: n.RankingKey) -> m.RankingKey:
        with self._after_scoring():
            typed = self.typer.typed(key.expression)
        dated = key.order in ("EARLY_FIRST", "LATE_FIRST")
        if typed.kind == "date" and not dated:
            self.typer.wrong_kind(key, typed, "number")
        elif dated and typed.kind not in ("date", "unknown"):
            self.typer.wrong_kind(key, typed, "date")
        elif typed.kind == "text":
            self.typer.wrong_kind(key, typed, "number")
        elif typed.fact is not None and typed.fact.kind == "choice":
            self.report("M222", key, fact=typed.fact.name)
        high_first = key.order in ("HIGH_FIRST", "LATE_FIRST")
        return m.RankingKey(typed.expr, high_first, _written(key.expression))

    def _blend(self, clause: m.Clause) -> m.Blend:
        node = cast(n.Clause, clause.node)
        parts = []
        for statement in node.body:
            if not isinstance(statement, n.BlendPart):
                continue
            with self._reading(statement), self._after_scoring():
                typed = self.typer.number(statement.expression)
            weight = None
            if statement.weight is not None:
                if statement.weight.unit != "%":
                    self.report("M240", statement.weight)
                weight = statement.weight.value
            assumptions = tuple(x.text for x in statement.notes if x.kind == "ASSUMPTION")
            text = _written(statement.expression)
            parts.append(m.BlendPart(typed.expr, weight, text, assumptions))
        return m.Blend(clause.id, clause.label, tuple(parts), clause, clause.closings)

    def _deadline(self, node: n.Deadline, clause: str | None) -> m.Deadline:
        unit = None
        if node.number is not None:
            unit = self.typer.unit(node.number.unit or "工作日", node.number)
            if unit is not None and unit.dimension not in ("day", "working_day", "month"):
                self.typer.mismatch(node.number, (("day", 1),), ((unit.dimension, 1),))
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
            path
            for path, clause in self.index.items()
            if path[-1] == name.text and CLAUSE_KINDS[clause.kind] in kinds
        ]
        if matches:
            return "/".join(matches[0])
        known = {path[-1] for path, c in self.index.items() if CLAUSE_KINDS[c.kind] in kinds}
        self.report("M216", name, ref=name.text, near=did_you_mean(name.text, known))
        return None

    # -- examples

    def _examples(self) -> tuple[m.Example, ...]:
        """Examples of a set or an amendment belong to the policy that it is applied to."""
        if self.kind in ("assumption", "amendment"):
            return ()
        examples: list[m.Example] = []
        for statement in self.document.body:
            if isinstance(statement, n.Example):
                with self._reading(statement):
                    examples.append(self._example(statement))
        return tuple(examples)

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
                            what, where = what_is(inner_entry), ("成员", "a member")
                            self.report("M207", inner_entry, what=what, where=where)
                    role = "配偶" if entry.role is None else entry.role.text
                    members.append(m.Member(role, MappingProxyType(inner)))
                case n.Judged():
                    clause = self.score(entry.ref)
                    if clause is not None:
                        value = self.rules.points_number(entry.number)
                        judgements[clause] = sign_of(entry.sign) * value
                case n.Expect():
                    expectations.append(self._expect(entry))
                case n.ExpectStatus():
                    status = STATUSES[entry.word]
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
        low = self.rules.points_number(entry.low, bare=entry.high is not None)
        high: Fraction | None = low
        if entry.high is not None:
            high = self.rules.points_number(entry.high)
            if low > high:
                self.report("M221", entry)
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
                    "M208", node, label=f"{clause.label}（{label}）" if label else clause.label,
                    declared=show_decimal(clause.full_marks),
                    total=show_decimal(total), parts=" + ".join(show_decimal(p) for p in parts),
                )  # fmt: skip


def _written(node: n.Node) -> str:
    """An expression as it is written in Chinese."""
    # few policies rank or blend, and a start of the program should not pay for the printer
    from policydsl.language.printing import print_node

    return print_node(node, "zh")
