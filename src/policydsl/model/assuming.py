"""Assumption sets (假设) applied to a policy's tree.

An assumption closes what the text leaves open and nothing else: a rule or a limit that is
未载明, a scene's ties, quota or ranking, a blend's weights.  Trying to change what is stated is
an error (write an amendment instead).  Every changed clause is marked with who assumed what,
so that all that rests on it can say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, Source, did_you_mean
from policydsl.language.paths import clause_label, clauses, find, ref_text
from policydsl.model import policy as m

_LIMIT_NAMES = {
    "FULL_MARKS": ("满分", "the full marks"), "CAP": ("上限", "the cap"),
    "FLOOR": ("下限", "the floor"), "START": ("起评分", "the start"),
    "REVIEW": ("审核方式", "the review mode"), "RESPONSIBLE": ("责任单位", "the responsible unit"),
    "ROUNDING": ("舍入", "the rounding"), "CONVERSION": ("折算", "the conversion"),
}  # fmt: skip
_PROVENANCE = frozenset({"REASON", "LOCATOR", "SUMMARY", "NOTE", "DOUBTFUL", "ASSUMPTION"})


@dataclass
class Assumed:
    """The changed document, and the facts and examples that the set brings along.

    ``closings`` by ``id()`` of each changed clause's new node.
    """

    document: n.Document
    closings: dict[int, tuple[m.Closing, ...]]
    declared: tuple[n.Fact | n.Example, ...]


@dataclass(frozen=True)
class Draft:
    """An amendment to which a set for its base is applied.

    ``follow`` leads a reference to a clause of the base to where the clause is now; ``None``: it
    is gone.
    """

    id: str
    follow: Callable[[n.ClauseRef], n.ClauseRef | None]


class _Applier:
    def __init__(
        self,
        set_: n.Document,
        source: Source,
        found: list[Diagnostic],
        adopt: Callable[[str], n.Document | None],
    ):
        self.set = set_
        self.source = source
        self.found = found
        self.adopt = adopt
        self.closings: dict[int, tuple[m.Closing, ...]] = {}

    def report(self, code: str, node: n.Node, **details: object) -> None:
        self.found.append(Diagnostic(code, self.source, node.span, details))

    def apply(self, document: n.Document, operation: n.SetClause) -> n.Document:
        reason = self._reason(operation)
        if operation.target is None:
            return self._close_document(document, operation, reason)
        found = find(document, operation.target)
        if not found:
            shown = ref_text(operation.target)
            near = did_you_mean(shown, [clause_label(c) for _, _, c in clauses(document)])
            self.report("M216", operation.target, ref=shown, near=near)
            return document
        return cast(n.Document, self._replace(document, found[0], operation, reason))

    def _reason(self, operation: n.SetClause) -> str:
        for part in operation.parts:
            if isinstance(part, n.Attribute) and part.key == "REASON":
                return cast(n.TextValue, part.value).value
        self.report("A304", operation)
        return ""

    def _replace(
        self,
        holder: n.Document | n.Clause,
        path: Sequence[int],
        operation: n.SetClause,
        reason: str,
    ) -> n.Document | n.Clause:
        index, *rest = path
        child = cast(n.Clause, holder.body[index])
        if rest:
            new = cast(n.Clause, self._replace(child, rest, operation, reason))
        else:
            new = self._close(child, operation, reason)
        self._keep(child, new)
        changed = replace(holder, body=(*holder.body[:index], new, *holder.body[index + 1 :]))
        self._keep(holder, changed)
        return changed

    def _keep(self, old: n.Node, new: n.Node) -> None:
        """Marks belong to the clause, whichever node stands for it."""
        marks = self.closings.get(id(old), ())
        if marks and old is not new:
            known = self.closings.get(id(new), ())
            self.closings[id(new)] = (*marks, *(c for c in known if c not in marks))

    def _mark(self, node: n.Clause | n.Document, what: str, reason: str) -> None:
        label = clause_label(node) if isinstance(node, n.Clause) else node.id.text
        closing = m.Closing(self.set.id.text, label, what, reason)
        self.closings[id(node)] = (*self.closings.get(id(node), ()), closing)

    def _close_document(
        self, document: n.Document, operation: n.SetClause, reason: str
    ) -> n.Document:
        attributes = document.attributes
        what: list[str] = []
        for part in operation.parts:
            if isinstance(part, n.Attribute) and part.key in _LIMIT_NAMES:
                before, attributes = attributes, self._close_attribute(attributes, part, "总分")
                if attributes is not before:
                    what.append(_LIMIT_NAMES[part.key][0])
        if not what:
            return document
        changed = replace(document, attributes=attributes)
        self._keep(document, changed)
        self._mark(changed, "、".join(what), reason)
        return changed

    def _close(self, clause: n.Clause, operation: n.SetClause, reason: str) -> n.Clause:
        label = clause_label(clause)
        attributes, body = clause.attributes, clause.body
        what: list[str] = []
        nested: list[tuple[n.Clause, str]] = []
        for part in operation.parts:
            match part:
                case n.Attribute() if part.key == "ADOPTS":
                    attributes, body, adopted = self._adopt(clause, attributes, body, part)
                    what.append("采用")
                    nested.extend(adopted)
                case n.Attribute() if part.key in _LIMIT_NAMES:
                    before, attributes = attributes, self._close_attribute(attributes, part, label)
                    if attributes is not before:
                        what.append(_LIMIT_NAMES[part.key][0])
                case n.Attribute() if part.key in _PROVENANCE:
                    pass
                case n.Attribute() | n.Replacement():
                    self.report("A301", part, ref=label, what=("这一处", "this"))
                case n.NewBody():
                    stated, body = body, self._close_body(clause, body, part)
                    if body is not stated:
                        what.append("规则")
                case n.Household() | n.Ranking() | n.Quota() | n.Ties():
                    stated, body = body, self._close_scene(clause, body, part)
                    if body is not stated:
                        what.append({"Household": "家庭", "Ranking": "排序", "Quota": "名额"}.get(
                            type(part).__name__, "同分"))  # fmt: skip
        if not what:
            return clause  # nothing was open: nothing rests on the set
        changed = replace(clause, attributes=attributes, body=body)
        self._keep(clause, changed)
        self._mark(changed, "、".join(what), reason)
        for child, child_what in nested:
            self._mark(child, child_what, reason)
        return changed

    def _close_attribute(
        self, attributes: tuple[n.Attribute, ...], new: n.Attribute, label: str
    ) -> tuple[n.Attribute, ...]:
        for index, old in enumerate(attributes):
            if old.key == new.key:
                is_open = isinstance(old.value, n.OpenAmount) or old.value is None
                if not is_open:
                    self.report("A301", new, ref=label, what=_LIMIT_NAMES[new.key])
                    return attributes
                return (*attributes[:index], new, *attributes[index + 1 :])
        return (*attributes, new)

    def _close_body(
        self, clause: n.Clause, body: tuple[n.Statement, ...], new: n.NewBody
    ) -> tuple[n.Statement, ...]:
        """Rules of the set in place of the open ones; what is stated stands."""
        kept: list[n.Statement] = []
        closed = not any(isinstance(s, (n.Rule, n.BlendPart, n.Clause)) for s in body)
        for statement in body:
            # a blend whose weights are partly open is restated as a whole
            if isinstance(statement, n.BlendPart) or (
                isinstance(statement, n.Rule) and _is_open(statement)
            ):
                closed = True
            else:
                kept.append(statement)
        if not closed:
            self.report("A301", new, ref=clause_label(clause), what=("规则", "a rule"))
            return body
        return (*kept, *(s for s in new.statements if not isinstance(s, n.Fact)))

    def _close_scene(
        self,
        clause: n.Clause,
        body: tuple[n.Statement, ...],
        new: n.Household | n.Ranking | n.Quota | n.Ties,
    ) -> tuple[n.Statement, ...]:
        for index, old in enumerate(body):
            if type(old) is not type(new):
                continue
            is_open = (
                (isinstance(old, n.Ties) and old.word == "OPEN")
                or (isinstance(old, n.Quota) and old.number is None)
                or (isinstance(old, n.Ranking) and old.open_ended)
            )
            if not is_open:
                what = ("这项规定", "this rule")
                self.report("A301", new, ref=clause_label(clause), what=what)
                return body
            if (
                isinstance(old, n.Ranking)
                and isinstance(new, n.Ranking)
                and new.keys[: len(old.keys)] != old.keys
            ):
                # the open tail is what is assumed; the stated keys stand
                new = n.Ranking((*old.keys, *new.keys), new.open_ended, span=new.span)
            return (*body[:index], new, *body[index + 1 :])
        return (*body, new)

    def _adopt(
        self,
        clause: n.Clause,
        attributes: tuple[n.Attribute, ...],
        body: tuple[n.Statement, ...],
        part: n.Attribute,
    ) -> tuple[tuple[n.Attribute, ...], tuple[n.Statement, ...], list[tuple[n.Clause, str]]]:
        """Rules and limits of the same-named clauses of another document."""
        name = cast(n.Name, part.value)
        other = self.adopt(name.text)
        if other is None:
            self.report("M215", part, id=name.text, near=("", ""))
            return attributes, body, []
        offered = {clause_label(c): c for _, _, c in clauses(other)}
        adopted: list[tuple[n.Clause, str]] = []
        new_body: list[n.Statement] = []
        for statement in body:
            if isinstance(statement, n.Clause) and clause_label(statement) in offered:
                model = offered[clause_label(statement)]
                if any(isinstance(s, n.Rule) and not _is_open(s) for s in statement.body):
                    ref = clause_label(statement)
                    self.report("A301", part, ref=ref, what=("规则", "a rule"))
                else:
                    statement = self._take_over(statement, model)
                    adopted.append((statement, f"采用 {name.text}"))
            new_body.append(statement)
        if not adopted and not any(isinstance(s, n.Clause) for s in body):
            for _, _, model in clauses(other):
                if model.kind in ("INDICATOR", "ITEM"):
                    new_body.append(model)
                    adopted.append((model, f"采用 {name.text}"))
        if not adopted:
            self.report("A303", part, id=name.text)
        return attributes, tuple(new_body), adopted

    @staticmethod
    def _take_over(clause: n.Clause, model: n.Clause) -> n.Clause:
        limits = {a.key: a for a in model.attributes if a.key in ("FULL_MARKS", "CAP", "FLOOR")}
        attributes = [
            limits.pop(a.key, a) if isinstance(a.value, n.OpenAmount) else a
            for a in clause.attributes
        ]
        present = {a.key for a in attributes}
        attributes.extend(a for key, a in limits.items() if key not in present)
        rules = tuple(s for s in model.body if isinstance(s, n.Rule))
        kept = tuple(s for s in clause.body if not isinstance(s, n.Rule))
        return replace(clause, attributes=tuple(attributes), body=(*kept, *rules))


def apply_set(
    document: n.Document,
    set_: n.Document,
    source: Source,
    found: list[Diagnostic],
    adopt: Callable[[str], n.Document | None],
    closings: Mapping[int, tuple[m.Closing, ...]],
    draft: Draft | None = None,
) -> Assumed:
    """Apply one assumption set; ``adopt`` finds a document by its id for 采用.

    ``draft``: the amendment, when the set was written for the edition that it amends.  What the
    draft itself states then stands, and the set's entry for it is left aside (V614).
    """
    applier = _Applier(set_, source, found, adopt)
    applier.closings.update(closings)
    declared: list[n.Fact | n.Example] = [
        s for s in set_.body if isinstance(s, (n.Fact, n.Example))
    ]
    keep_alive: list[n.Document] = []  # id() marks need their nodes to live on
    for statement in set_.body:
        if isinstance(statement, n.SetClause):
            keep_alive.append(document)
            for part in statement.parts:
                if isinstance(part, n.NewBody):
                    declared.extend(s for s in part.statements if isinstance(s, n.Fact))
            before = len(found)
            operation = statement
            if draft is not None and statement.target is not None:
                followed = draft.follow(statement.target)
                if followed is None:
                    found.append(_yields(draft, set_, source, statement.target))
                    continue
                operation = replace(statement, target=followed)
            document = applier.apply(document, operation)
            if draft is not None:
                found[before:] = [_yielding(d, draft, set_) for d in found[before:]]
    if draft is not None:
        known = {node.name.text for node in n.walk(document) if isinstance(node, n.Fact)}
        declared = [s for s in declared if not isinstance(s, n.Fact) or s.name.text not in known]
    live = {id(node) for node in n.walk(document)}
    kept = {key: marks for key, marks in applier.closings.items() if key in live}
    return Assumed(document, kept, tuple(declared))


def _yielding(finding: Diagnostic, draft: Draft, set_: n.Document) -> Diagnostic:
    """What would be an error against the base is a note where a draft came first."""
    if finding.code not in ("A301", "A303", "M216"):
        return finding
    ref = finding.details.get("ref") or finding.details.get("id")
    details = {"draft": draft.id, "set": set_.id.text, "ref": ref}
    return Diagnostic("V614", finding.source, finding.span, details)


def _yields(draft: Draft, set_: n.Document, source: Source, ref: n.ClauseRef) -> Diagnostic:
    details = {"draft": draft.id, "set": set_.id.text, "ref": ref_text(ref)}
    return Diagnostic("V614", source, ref.span, details)


def _is_open(rule: n.Rule) -> bool:
    """Whether a rule's text states no amount, or no trigger."""
    return any(
        isinstance(node, (n.OpenAction, n.OpenAmount, n.TriggerOpen)) for node in n.walk(rule)
    )
