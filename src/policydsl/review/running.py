"""Running a review: every check over a policy, suppressions applied, a summary at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, has_errors
from policydsl.model import loading
from policydsl.model.kinds import DOCUMENT_KINDS
from policydsl.model.loading import Library
from policydsl.model.policy import Clause, Policy
from policydsl.review import (
    comparing,
    deductions,
    discretion,
    openness,
    process,
    references,
    regularity,
    sums,
    thresholds,
    tiers,
)
from policydsl.review.context import Context, english_title
from policydsl.review.findings import Finding, Review, Witness, in_order
from policydsl.review.registry import check, registered
from policydsl.versions.checking import check_history
from policydsl.versions.history import load_history

CHECKED = (
    sums, tiers, deductions, discretion, thresholds, regularity, openness, references, process,
    comparing,
)  # fmt: skip
"""The modules whose checks are run; importing them registers these."""

AMENDED = frozenset({"scheme", "assessment", "work_plan", "amendment"})


def context_of(
    policy: Policy, library: Library | None = None, against: Policy | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Context:  # fmt: skip
    """What the checks of a policy look at; ``stop`` is asked whether they are still wanted."""
    edition = library.edition(policy.id)[0] if library is not None else None
    origins = dict(edition.sources) if edition is not None else {}
    return Context(policy, library, against, origins, stop)


def review(
    policy: Policy,
    *,
    against: Policy | None = None,
    library: Library | None = None,
    codes: Sequence[str] = (),
    told: Sequence[Diagnostic] | None = None,
    context: Context | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Review:
    """Review a policy; ``against`` is what it is compared with, ``codes`` limits the checks.

    ``told`` is what was found when it was compiled, if more than the policy itself keeps.
    ``context`` is one that the caller goes on with; where its ``stop`` says so,
    :class:`~policydsl.review.context.Stopped` is raised.
    """
    context = context or context_of(policy, library, against)
    model = policy.diagnostics if told is None else told
    found = [from_diagnostic(context, d) for d in model if not codes or d.code in codes]
    run = 0
    for code, each in registered().items():
        if (codes and code not in codes) or (each.needs_other and against is None):
            continue
        run += 1
        for one in each.run(context):
            found.append(replace(one, holds=each.holds))
            context.go_on()
    found = list(_suppressed(context, found, codes))
    file = policy.source.name or None
    return Review(
        policy.id, policy.title, file, tuple(in_order(found)), run,
        None if against is None else against.id, english_title(policy),
    )  # fmt: skip


def from_diagnostic(context: Context, diagnostic: Diagnostic) -> Finding:
    """A diagnostic as a finding of the innermost clause that it stands in."""
    clause = _clause_at(context, diagnostic)
    return Finding(
        diagnostic.code, "refuted", "" if clause is None else clause.id, context.label(clause),
        diagnostic.details, diagnostic.source, diagnostic.span, None, None, diagnostic.related,
    )  # fmt: skip


def _clause_at(context: Context, diagnostic: Diagnostic) -> Clause | None:
    found = None
    for clause in context.policy.clauses.values():
        source, span = context.place(clause.node)
        if span is None or diagnostic.span is None or source is not diagnostic.source:
            continue
        if span.start <= diagnostic.span.start and diagnostic.span.end <= span.end:
            found = clause  # clauses come in order, so the last that holds it is the innermost
    return found


# -- suppressions


def _suppressed(
    context: Context, found: Sequence[Finding], codes: Sequence[str]
) -> Iterator[Finding]:
    """The findings with those marked that a 免查 covers, then the 免查 that cover nothing."""
    waivers = list(_waivers(context))
    used: set[int] = set()
    for finding in found:
        covering = [
            (i, reason)
            for i, (clause, code, reason, _) in enumerate(waivers)
            if code == finding.code and _inside(finding.clause, clause)
        ]
        if not covering or finding.verdict == "proved":
            yield finding
            continue
        used |= {i for i, _ in covering}
        yield replace(finding, waived=covering[-1][1])
    if codes:
        return
    for i, (clause, code, reason, node) in enumerate(waivers):
        if i not in used:
            yield context.finding(
                "R600", "refuted", clause, at=node, code=code,
                witness=Witness((f"理由“{reason}”", f"its reason: “{reason}”")),
            )  # fmt: skip


def _waivers(context: Context) -> Iterator[tuple[Clause | None, str, str, n.Node | None]]:
    """(clause or ``None`` for the document, code, reason, node) of every suppression."""
    policy = context.policy
    yield from _waived_in(None, policy.waived, policy.document)
    for clause in policy.clauses.values():
        if clause.kind != "root":
            yield from _waived_in(clause, clause.waived, clause.node)
    for scene in policy.scenes:
        yield from _waived_in(scene.clause, scene.clause.waived, scene.clause.node)


def _waived_in(
    clause: Clause | None, waived: Sequence[tuple[str, str]], node: n.Node | None
) -> Iterator[tuple[Clause | None, str, str, n.Node | None]]:
    nodes: list[n.Node | None] = []
    if isinstance(node, (n.Clause, n.Document)):
        nodes = [a for a in node.attributes if a.key == "WAIVE"]
    for i, (code, reason) in enumerate(waived):
        yield clause, code, reason, nodes[i] if i < len(nodes) else node


def _inside(finding: str, clause: Clause | None) -> bool:
    return clause is None or finding == clause.id or finding.startswith(f"{clause.id}/")


@check("R600", "references", "免查都用得上", "every suppression is needed")
def suppressions_are_needed(context: Context) -> Iterator[Finding]:
    """Told by :func:`review` when all checks have run: only then is it known."""
    return iter(())


# -- files, folders, ids


@dataclass(frozen=True)
class Reviewed:
    """A document with its review; ``problems`` are errors that kept it from being reviewed."""

    id: str
    kind: str
    review: Review | None
    problems: tuple[Diagnostic, ...] = ()


def review_targets(
    targets: Sequence[str | os.PathLike[str]],
    against: str | os.PathLike[str] | None = None,
    codes: Sequence[str] = (),
) -> tuple[Reviewed, ...]:
    """Review files, folders, ``path#id`` and bundled ids; without any, all bundled policies.

    Amendments are reviewed as the editions that they make.  Raises :class:`PolicyError` where a
    target does not exist or is not spelled as the language wants.
    """
    other = loading.load(against) if against is not None else None
    done: list[Reviewed] = []
    for target in targets or (None,):
        history = _history(target)
        if history is not None and (not codes or any(f.code in codes for f in history.findings)):
            done.append(Reviewed(history.id, "history", history))
    for library, ids in _located(targets):
        for id_ in ids:
            entry = library.find(id_)
            assert entry is not None
            kind = DOCUMENT_KINDS[entry.document.kind]
            if kind not in AMENDED:
                continue
            policy, found = library.compile(id_)
            if policy is None:
                # where totals do not add up there is more to tell than that
                policy, found = library.without_wrong_sums(id_)
            if policy is None:
                errors = tuple(d for d in found if d.severity == "error")
                done.append(Reviewed(id_, kind, None, errors))
            else:
                made = review(policy, against=other, library=library, codes=codes, told=found)
                done.append(Reviewed(id_, kind, made))
    if not done:
        names = "、".join(str(target) for target in targets)
        raise PolicyError([Diagnostic("D551", None, None, {"targets": names})])
    return tuple(done)


def _history(target: str | os.PathLike[str] | None) -> Review | None:
    """What is wrong between the documents of a folder or file: amendments, dates, editions.

    ``None`` where nothing is: amended twice, after a repeal, two editions in force on one day …
    """
    path = None if target is None else Path(target)
    if path is not None and not path.exists():
        return None
    try:
        graph = load_history(path)
        found = check_history(graph)
    except PolicyError:
        return None  # what keeps a document from being read is told with that document
    if not found:
        return None
    name = str(path) if path is not None else None
    title = ("各版次之间", "between the editions")
    findings = tuple(
        Finding(d.code, "refuted", "", title, d.details, d.source, d.span, None, None, d.related)
        for d in found
        if not d.code.startswith("V61") and d.code not in _TOLD_ELSEWHERE
    )
    return Review("history", title[0], name, findings, 1) if findings else None


_TOLD_ELSEWHERE = frozenset(f"V6{n:02}" for n in range(1, 10))
"""What stops a single amendment is told with that amendment."""


def _located(
    targets: Sequence[str | os.PathLike[str]],
) -> Iterator[tuple[Library, list[str]]]:
    if not targets:
        library = loading.bundled()
        yield library, list(library.entries)
        return
    for target in targets:
        path = Path(target)
        if path.is_dir():
            library = loading.library_for(path)
            if has_errors(library.diagnostics):
                raise PolicyError([d for d in library.diagnostics if d.severity == "error"])
            if not library.results:
                details = {"path": str(path)}
                raise PolicyError([Diagnostic("F006", Source(str(path), ""), None, details)])
            yield library, list(library.entries)
        elif path.exists():
            library = loading.library_for(path)
            if has_errors(library.diagnostics):
                raise PolicyError([d for d in library.diagnostics if d.severity == "error"])
            yield library, list(library.entries)
        else:
            library, id_ = loading.resolve(target)
            yield library, [id_]
