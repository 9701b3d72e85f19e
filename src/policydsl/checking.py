"""Checking policies: findings, computed sums, and the examples (示例) that they contain.

What ``policydsl check`` and ``policydsl test`` show, and what :func:`policydsl.check` returns.
The sums are added up from the parts here; what a document declares stands beside them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from policydsl.language import nodes as n
from policydsl.language.diagnostics import (
    Diagnostic,
    PolicyError,
    Source,
    did_you_mean,
    has_errors,
    in_order,
)
from policydsl.language.keywords import keyword_table
from policydsl.model import loading
from policydsl.model.kinds import DOCUMENT_KINDS, maxima
from policydsl.model.loading import Entry, Library
from policydsl.model.policy import Clause, DocumentKind, Example, Expectation, Limit, Policy
from policydsl.scoring.ranges import Range

if TYPE_CHECKING:
    from policydsl.scoring.exact import Evaluator, Score, Trace

SCORED: frozenset[DocumentKind] = frozenset({"scheme", "assessment", "work_plan"})


def kind_words(kind: DocumentKind) -> tuple[str, str]:
    """What a kind of document is called, in Chinese and English: its keyword."""
    terminal = next(t for t, known in DOCUMENT_KINDS.items() if known == kind)
    zh, en, *_ = keyword_table()[terminal]
    return zh, en.replace("_", " ")


# -- sums


@dataclass(frozen=True, slots=True)
class Sums:
    """What a part of a policy adds up to; points, and numbers of items.

    ``declared`` is what the text says (full marks, else cap), ``computed`` the sum of the
    maxima of its parts (``None`` where one is open).  ``discretionary_points`` are the full
    marks of the ``discretionary`` items; ``unbounded`` how many of those have none.  ``open``
    counts the clauses for which the text leaves something open.
    """

    id: str
    label: str
    kind: str
    declared: Limit | None
    computed: Fraction | None
    items: int = 0
    points: Fraction = Fraction(0)
    discretionary: int = 0
    discretionary_points: Fraction = Fraction(0)
    unbounded: int = 0
    open: int = 0
    tasks: int = 0
    targets: int = 0
    measurable: int = 0


@dataclass(frozen=True, slots=True)
class RootSums:
    """A schedule (or the whole document): its parts, and how they make up the total.

    ``totals`` are (unit, sum, summands), one entry for each unit that has a table of its own,
    else one without a unit.  ``units`` adds up the tables of all units.
    """

    whole: Sums
    parts: tuple[Sums, ...]
    totals: tuple[tuple[str | None, Fraction | None, tuple[Fraction, ...]], ...]
    units: Sums | None


def sums_of(policy: Policy) -> tuple[RootSums, ...]:
    """The computed sums of every schedule of a policy."""
    result = []
    for root in policy.roots:
        parts = tuple(_sums([child]) for child in root.children)
        units = [child for child in root.children if child.kind == "unit"]
        together = None
        if units:
            declared = [u.declared_maximum for u in units]
            known = [d for d in declared if isinstance(d, Fraction)]
            total = sum(known, Fraction(0)) if len(known) == len(units) else None
            together = replace(_sums(units), id="", label="", declared=total)
        totals = tuple((unit, total, tuple(s)) for unit, total, s in maxima(root))
        result.append(RootSums(_sums([root]), parts, totals, together))
    return tuple(result)


def _sums(clauses: Sequence[Clause]) -> Sums:
    """The sums of one part, or of several taken together."""
    walked = [c for clause in clauses for c in clause.walk()]
    items = [c for c in walked if c.is_item]
    judged = [c for c in items if c.discretionary]
    bounds = [c.declared_maximum for c in judged]
    computed: Fraction | None = Fraction(0)
    for clause in clauses:
        own = _computed(clause)
        computed = None if own is None or computed is None else computed + own
    targets = [t for c in walked for t in c.targets]
    first = clauses[0]
    return Sums(
        first.id, first.name or first.label, first.kind, first.declared_maximum, computed,
        len(items), _total(c.declared_maximum for c in items),
        len(judged), _total(bounds), sum(not isinstance(b, Fraction) for b in bounds),
        sum(c.open for c in walked), sum(c.kind == "task" for c in walked), len(targets),
        sum(t.condition is not None for t in targets),
    )  # fmt: skip


def _total(limits: Iterable[Limit | None]) -> Fraction:
    return sum((x for x in limits if isinstance(x, Fraction)), Fraction(0))


def _computed(clause: Clause) -> Fraction | None:
    """The sum of the parts' maxima; of an item, what it declares itself."""
    if clause.is_item:
        limit = clause.declared_maximum
        return limit if isinstance(limit, Fraction) else None
    sums = {total for _, total, _ in maxima(clause)}
    return sums.pop() if len(sums) == 1 else None


# -- findings


@dataclass(frozen=True)
class Checked:
    """A document with what was found in it; ``policy`` is ``None`` when it has errors.

    ``sets`` are the assumption sets that apply to it, or for a set the policies it applies to.
    """

    id: str
    kind: DocumentKind
    title: str | None
    file: str | None
    policy: Policy | None
    findings: tuple[Diagnostic, ...]
    sums: tuple[RootSums, ...] = ()
    sets: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings are allowed."""
        return not has_errors(self.findings)


@dataclass(frozen=True)
class Report:
    """The documents that were checked, and everything that was found, in order."""

    documents: tuple[Checked, ...]
    findings: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings are allowed."""
        return not has_errors(self.findings)

    def __str__(self) -> str:
        errors = sum(f.severity == "error" for f in self.findings)
        head = (
            f"{len(self.documents)} 份文件，{errors} 处错误，{len(self.findings) - errors} 处提示"
        )
        return "\n\n".join([head, *(finding.render() for finding in self.findings)])


def check(targets: Sequence[str | os.PathLike[str]] = ()) -> Report:
    """Check files, folders or bundled ids; without any, all bundled policies.

    Everything that is wrong is in the report; nothing is raised for it.
    """
    documents: list[Checked] = []
    findings: list[Diagnostic] = []
    for library, ids, problems in _libraries(targets):
        findings.extend(problems)
        for id_ in ids:
            checked = _checked(library, id_)
            documents.append(checked)
            findings.extend(checked.findings)
    return Report(tuple(documents), tuple(in_order(findings)))


def _libraries(
    targets: Sequence[str | os.PathLike[str]],
) -> list[tuple[Library, list[str], list[Diagnostic]]]:
    """For each target its library, the ids of its own documents, and what parsing found."""
    if not targets:
        library = loading.bundled()
        return [(library, list(library.entries), library.diagnostics)]
    result: list[tuple[Library, list[str], list[Diagnostic]]] = []
    for target in targets:
        path = Path(target)
        if path.exists():
            library = loading.library_for(path)
            problems = list(library.diagnostics)
            if path.is_dir() and not library.results:
                problems.append(
                    Diagnostic("F006", Source(str(path), ""), None, {"path": str(path)})
                )
            result.append((library, list(library.entries), problems))
            continue
        try:
            library, id_ = loading.resolve(target)
            result.append((library, [id_], []))
        except PolicyError as error:
            result.append((Library(), [], error.diagnostics))
    return result


def _checked(library: Library, id_: str) -> Checked:
    entry = library.find(id_)
    assert entry is not None
    document = entry.document
    kind = DOCUMENT_KINDS[document.kind]
    findings: list[Diagnostic] = []
    sets: tuple[str, ...] = ()
    if kind == "assumption":
        # its examples speak of the clauses of the policies that it applies to
        plain = replace(document, body=tuple(_without_examples(document)))
        policy, found = _alone(library, entry, plain).compile(id_)
        findings.extend(found)
        sets = tuple(name.text for name in document.applies_to)
        for name in document.applies_to:
            if library.find(name.text) is None:
                details = {"id": name.text, "near": did_you_mean(name.text, library.ids(SCORED))}
                findings.append(Diagnostic("M215", entry.source, name.span, details))
                continue
            # what is wrong with the policy by itself is reported with the policy
            _, own = library.compile(name.text)
            _, found = library.compile(name.text, [id_])
            findings.extend(d for d in found if d not in own)
            if not has_errors(found):
                findings.extend(_example_policy(library, entry, name.text)[1])
    else:
        policy, found = library.compile(id_)
        findings.extend(found)
        sets = tuple(library.assumptions_for(id_))
    sums = sums_of(policy) if policy is not None and kind in SCORED else ()
    file = None if entry.path is None else str(entry.path)
    return Checked(id_, kind, document.title, file, policy, tuple(in_order(findings)), sums, sets)


def _without_examples(document: n.Document) -> list[n.Statement]:
    return [statement for statement in document.body if not isinstance(statement, n.Example)]


def _alone(library: Library, entry: Entry, document: n.Document) -> Library:
    """A library in which a changed document stands before the one it was made from."""
    changed = Library(library)
    changed.entries[document.id.text] = replace(entry, document=document)
    return changed


def _example_policy(
    library: Library, set_: Entry, id_: str
) -> tuple[Policy | None, list[Diagnostic]]:
    """A policy with an assumption set applied, whose examples are those of the set.

    The findings are those of the examples alone.
    """
    examples = [s for s in set_.document.body if isinstance(s, n.Example)]
    entry = library.find(id_)
    if entry is None or not examples:
        return None, []
    document = replace(entry.document, body=(*_without_examples(entry.document), *examples))
    plain, before = library.compile(id_, [set_.document.id.text])
    if plain is None:
        return None, []
    policy, found = _alone(library, entry, document).compile(id_, [set_.document.id.text])
    # the examples are parts of the set's text, wherever they are compiled
    new = [replace(d, source=set_.source) for d in found if d not in before]
    return policy, new


# -- examples


@dataclass(frozen=True)
class Failure:
    """What an example expected and what came out: points as ranges, statuses as words.

    ``clause`` ``None`` means the total.  ``marked`` is the line of the text with a marker.
    """

    clause: str | None
    expected: Range | str
    actual: Range | str | None
    where: str
    marked: str
    trace: Trace | None = None


@dataclass(frozen=True)
class Tried:
    """An example that was run at ``where`` (file:line:column); ``errors`` kept it from running."""

    policy: str
    sets: tuple[str, ...]
    title: str
    where: str
    failures: tuple[Failure, ...] = ()
    errors: tuple[Diagnostic, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything came out as expected."""
        return not self.failures and not self.errors


@dataclass(frozen=True)
class Trial:
    """All examples that were run; ``findings`` say which documents could not be loaded."""

    examples: tuple[Tried, ...]
    findings: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        """Whether every example holds and every document could be loaded."""
        return not self.findings and all(example.ok for example in self.examples)


@dataclass(frozen=True)
class Examined:
    """A policy with the examples that are run on it, and the document that states them."""

    policy: Policy
    document: n.Document
    source: Source
    path: Path | None


def examined(
    targets: Sequence[str | os.PathLike[str]] = (),
) -> tuple[list[Examined], list[Diagnostic]]:
    """The policies that have examples to run, and the errors of those that cannot be loaded.

    An assumption set has one entry for each policy that it applies to, with the set applied; the
    examples of an amendment are run on the edition that it makes, those of its base are left out.
    """
    found: list[Examined] = []
    errors: list[Diagnostic] = []
    for library, ids, problems in _libraries(targets):
        errors.extend(p for p in problems if p.severity == "error")
        for id_ in ids:
            entry = library.find(id_)
            assert entry is not None
            for policy, problems_of in _policies_of(library, entry):
                errors.extend(d for d in problems_of if d.severity == "error")
                if policy is not None:
                    found.append(Examined(policy, entry.document, entry.source, entry.path))
    return found, in_order(errors)


def _policies_of(library: Library, entry: Entry) -> list[tuple[Policy | None, list[Diagnostic]]]:
    """The policies on which the examples of a document are run."""
    id_ = entry.document.id.text
    kind = DOCUMENT_KINDS[entry.document.kind]
    if kind in SCORED:
        return [library.compile(id_)]
    if kind == "amendment":
        own = {id(s) for s in entry.document.body if isinstance(s, n.Example)}
        policy, found = library.compile(id_)
        if policy is not None:
            stated = tuple(e for e in policy.examples if id(e.node) in own)
            policy = replace(policy, examples=stated)
        return [(policy, found)]
    if kind == "assumption":
        stated_here = any(isinstance(s, n.Example) for s in entry.document.body)
        return [
            _example_policy(library, entry, name.text)
            if stated_here or library.find(name.text) is None
            else _without_own(*library.compile(name.text, [id_]))
            for name in entry.document.applies_to
        ]
    return []


def _without_own(
    policy: Policy | None, found: list[Diagnostic]
) -> tuple[Policy | None, list[Diagnostic]]:
    """A policy without its examples, which tell of it without what was applied to it."""
    return None if policy is None else replace(policy, examples=()), found


def try_examples(targets: Sequence[str | os.PathLike[str]] = ()) -> Trial:
    """Run the examples of policies, of assumption sets with these applied, and of amendments.

    Targets are files, folders or bundled ids; without any, all bundled policies.
    """
    found, errors = examined(targets)
    tried = [one for each in found for one in _try_all(each.policy, each.source)]
    return Trial(tuple(tried), tuple(errors))


def _try_all(policy: Policy, source: Source) -> list[Tried]:
    from policydsl.scoring.exact import Evaluator

    evaluator = Evaluator(policy)
    return [_try(evaluator, example, source) for example in policy.examples]


def _try(evaluator: Evaluator, example: Example, source: Source) -> Tried:
    from policydsl.scoring.cases import case_of

    policy = evaluator.policy
    where, marked = _at(source, example.node)
    try:
        score = evaluator.score(case_of(example), trace=True)
    except PolicyError as error:
        errors = tuple(error.diagnostics)
        return Tried(policy.id, policy.assumed, example.title, where, (), errors)
    failures = [
        failure
        for expectation in example.expectations
        if (failure := _compared(expectation, score, source)) is not None
    ]
    if example.status is not None and example.status not in score.statuses:
        actual = "、".join(score.statuses) or "—"
        failures.append(Failure(None, example.status, actual, where, marked, score.trace))
    return Tried(policy.id, policy.assumed, example.title, where, tuple(failures))


def _compared(expectation: Expectation, score: Score, source: Source) -> Failure | None:
    expected = Range(expectation.low, expectation.high)
    actual = score.total if expectation.clause is None else score.parts.get(expectation.clause)
    if actual == expected:
        return None
    trace = score.trace
    if expectation.clause is not None and trace is not None:
        trace = trace.find(expectation.clause) or trace
    where, marked = _at(source, expectation.node)
    return Failure(expectation.clause, expected, actual, where, marked, trace)


def _at(source: Source, node: n.Node | None) -> tuple[str, str]:
    """``file:line:column`` of a node, and its line with a marker."""
    if node is None:
        return source.name, ""
    place = Diagnostic("M216", source, node.span)  # for the place alone
    return place.where(), place.marked_line()
