"""A search from beginning to end: what is asked, the drafts that are found, their files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from policydsl.files import replacing_folder
from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, did_you_mean
from policydsl.language.keywords import Language
from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_file
from policydsl.model.loading import Target as PolicyTarget
from policydsl.model.loading import Targets
from policydsl.model.policy import Policy
from policydsl.scoring.columns.placing import Ties
from policydsl.scoring.exact import Evaluator
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import ResultTable, notice
from policydsl.scoring.writing import to_frame, to_json, write_table
from policydsl.simulation import statistics as st
from policydsl.simulation.drafts import Version, versions_of
from policydsl.simulation.people import Groups, People, people_of
from policydsl.simulation.plain import plain
from policydsl.simulation.records import meaning_of, software
from policydsl.simulation.runs import Simulation, Stage, silent
from policydsl.simulation.search.drafting import Drafter
from policydsl.simulation.search.measuring import Chosen, Ground, shares_of
from policydsl.simulation.search.moves import Move, moves_of, names_of
from policydsl.simulation.search.searching import (
    Draft,
    Found,
    Limits,
    keeps_maxima,
    search_space,
)
from policydsl.simulation.search.showing import measured_pairs, tables_of
from policydsl.simulation.search.targets import Measures, Wanted, wanted_of
from policydsl.simulation.sensitivity import Figure, figures_in
from policydsl.simulation.sheets import DEFAULT, Settings, Sheet, scene_of
from policydsl.simulation.worth import ADMITTED

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = 100
"""So many persons of each proposal are scored by the exact evaluator, too."""

RECORD = "search.json"
FORMAT = "policydsl search 1"
CHECKING = "verify"


@dataclass(frozen=True)
class Query:
    """What was asked for, as plain values."""

    base: str
    population: str
    targets: tuple[str, ...]
    moves: tuple[str, ...]
    n: int | None = None
    seed: int = 1
    scene: str | None = None
    quota: int | None = None
    ties: Ties | None = None
    assume: tuple[str, ...] = ()
    day: str | None = None
    ignore: tuple[str, ...] = ()
    keep: bool = True
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Proposal:
    """A draft that meets the targets: its place, its amendment, and the policy that it makes."""

    number: int
    id: str
    draft: Draft
    amendment: n.Document
    text: str
    policy: Policy


@dataclass
class SearchResult:
    """What came out: the proposals, ``frame(name)`` for each of ``names``; ``save`` writes files.

    ``found`` has what was looked at and, without a proposal, what can be traded.
    """

    query: Query
    version: Version
    people: People
    moves: tuple[Move, ...]
    found: Found
    proposals: tuple[Proposal, ...]
    scene: str
    language: Language = "zh"

    @cached_property
    def tables(self) -> dict[str, ResultTable]:
        """All tables by name."""
        ids = [proposal.id for proposal in self.proposals]
        tables = tables_of(self.found, self.moves, ids, self.language)
        said = notice(self.version.policy, self.language)
        return {name: replace(table, notice=said) for name, table in tables.items()}

    @property
    def names(self) -> list[str]:
        """The tables there are."""
        return list(self.tables)

    def frame(self, name: str) -> pd.DataFrame:
        """A table as a DataFrame.  Raises :class:`PolicyError` (S604) for an unknown one."""
        if name not in self.tables:
            details = {"name": name, "near": did_you_mean(name, self.names)}
            raise PolicyError([Diagnostic("S604", None, None, details)])
        return to_frame(self.tables[name])

    def record(self) -> dict[str, Any]:
        """From what, with what and how the proposals were found, and all figures, exact."""
        found = self.found
        return {
            "format": FORMAT,
            "language": self.language,
            "query": plain(self.query),
            "policy": {"id": self.version.policy.id, "assumed": list(self.version.policy.assumed),
                       "sha256": meaning_of(self.version.policy)},
            "population": plain(self.people.about),
            "moves": [
                {"name": m.name, "clause": m.figure.clause, "what": m.figure.what,
                 "value": plain(m.figure.value), "values": plain(m.values)}
                for m in self.moves
            ],
            "targets": [plain(target) for target in found.targets],
            "base": _plain_measures(found.base),
            "proposals": [
                {"id": p.id, "sha256": meaning_of(p.policy), **self._plain_draft(p.draft)}
                for p in self.proposals
            ],
            "tradeoffs": [self._plain_draft(draft) for draft in found.tradeoffs],
            "looked": plain(found.looked),
            "ways": dict(found.notes),
            "software": software(),
        }  # fmt: skip

    def _plain_draft(self, draft: Draft) -> dict[str, Any]:
        changes = {self.moves[place].name: plain(value) for place, value in draft.chosen.items()}
        return {"changes": changes, "measures": _plain_measures(draft.measures)}

    def save(self, folder: str | Path) -> None:
        """Write the amendments, the tables (CSV) and the record into a folder, as a whole.

        Raises :class:`PolicyError` (F007).
        """
        with replacing_folder(Path(folder), RECORD) as made:
            for proposal in self.proposals:
                (made / f"{proposal.id}.policy").write_text(proposal.text, encoding="utf-8")
            for name, table in self.tables.items():
                write_table(made / f"{name}.csv", table, {}, self.language)
            (made / RECORD).write_text(to_json(self.record()) + "\n", encoding="utf-8")


def _plain_measures(measures: Measures) -> dict[str, Any]:
    shares = [
        {"fact": fact, "value": value, "share": plain(share)}
        for (fact, value), share in measures.shares.items()
    ]
    return {
        "mean": plain(measures.mean), "line": plain(measures.line),
        "admitted": measures.admitted, "losers": plain(measures.losers),
        "gainers": plain(measures.gainers), "shares": shares,
    }  # fmt: skip


def movable(
    base: PolicyTarget | Policy, assume: Targets = (), scene: str | None = None
) -> list[tuple[str, Figure]]:
    """The numbers of a policy that may move, each with the name by which it is addressed."""
    (version,) = versions_of(base, (), assume)
    return _named(version, scene)


def _named(version: Version, scene: str | None) -> list[tuple[str, Figure]]:
    document = version.policy.document
    assert document is not None
    stated = scene_of(version.policy, scene, None, None).name
    figures = figures_in(document, stated)
    return list(zip(names_of(figures), figures, strict=True))


def search(
    base: PolicyTarget | Policy, population: Any, query: Query, language: Language = "zh",
    settings: Settings = DEFAULT, stage: Stage = silent,
) -> SearchResult:  # fmt: skip
    """Look for drafts of a base that meet targets; see docs/search.md.

    ``base`` and ``population`` are what ``query`` only names.

    Raises :class:`PolicyError`.
    """
    wanted = wanted_of(query.targets)
    (version,) = versions_of(base, (), query.assume)
    figures = [figure for _, figure in _named(version, query.scene)]
    found_moves = moves_of(query.moves, figures)
    facts = list(dict.fromkeys(each.by for each in wanted if each.by is not None))
    day = None if query.day is None else date.fromisoformat(query.day)
    people = people_of(
        population,
        [version.policy],
        query.n,
        query.seed,
        facts,
        day,
        query.ignore,
        lambda rows: stage("people", rows),
    )
    simulation = _simulation([version], people, query, settings, stage)
    _check_places(simulation, wanted)
    groups = _groups(people, wanted, facts)
    ground = Ground(simulation, 0, moves=found_moves, shares=shares_of(people, groups))
    aims = [each.target(ground.base) for each in wanted]

    def allowed(chosen: Chosen) -> bool:
        try:
            policy = ground.drafter.policy(ground.changes(chosen))
        except PolicyError:
            return False
        return not query.keep or keeps_maxima(version.policy, policy)

    found = search_space(ground, aims, query.limits, allowed, stage)
    proposals = tuple(
        _proposal(number, draft, ground.drafter, found_moves, found, people, query)
        for number, draft in enumerate(found.drafts, 1)
    )
    if proposals:
        policies = [replace(version, label=p.id, policy=p.policy) for p in proposals]
        run = _simulation([version, *policies], people, query, settings, stage)
        for proposal in proposals:
            verify(run, proposal, groups)
            stage(CHECKING, 1)
    return SearchResult(
        query, version, people, found_moves, found, proposals, ground.scene.name, language
    )


def _simulation(
    versions: Sequence[Version], people: People, query: Query, settings: Settings, stage: Stage
) -> Simulation:
    """A full run of several versions for the same persons."""
    several = replace(
        people, rows=[people.rows[0]] * len(versions),
        encoded=people.encoded[:1] * len(versions),
    )  # fmt: skip
    case = partial(people.case, 0)
    sheets = [Sheet(each.policy, people.rows[0], settings, case=case) for each in versions]
    return Simulation(
        versions, several, sheets, scene=query.scene, quota=query.quota, ties=query.ties, by=None,
        settings=settings, stage=stage,
    )  # fmt: skip


def _check_places(simulation: Simulation, wanted: Sequence[Wanted]) -> None:
    """Targets about places need a number of places."""
    if simulation.quota is None and simulation.scored[0].scene.quota is None:
        for each in wanted:
            if each.kind in ("line", "share"):
                raise _problem("S569", each.text)


def _groups(
    people: People, wanted: Sequence[Wanted], facts: Sequence[str]
) -> list[tuple[str, Groups]]:
    """The groups of the facts that targets are about; each target's group is one of them."""
    groups = {by: people.groups(by) for by in facts}
    for each in wanted:
        if each.by is not None and each.label not in groups[each.by].labels:
            labels = "、".join(groups[each.by].labels)
            raise _problem("S570", each.text, value=each.label, fact=each.by, values=labels)
    return list(groups.items())


# -- a proposal as a text


def _proposal(
    number: int, draft: Draft, drafter: Drafter, moves: Sequence[Move], found: Found,
    people: People, query: Query,
) -> Proposal:  # fmt: skip
    """The amendment in words and figures, read again from its text."""
    policy = drafter.version.policy
    id_ = f"{policy.id}-方案{number}"
    changes = [(moves[place], value) for place, value in sorted(draft.chosen.items())]
    title = "；".join(_changed(move, value) for move, value in changes)
    note = n.Attribute("NOTE", n.TextValue(_note(policy, people, query)))
    reason = _reason(draft, found, query)
    amendment = drafter.amendment(changes, id_, f"方案 {number}：{title}", (note,), reason)
    text = print_file(n.File((amendment,)))
    parsed = parse_text(text, f"{id_}.policy")
    if parsed.diagnostics:
        raise PolicyError(list(parsed.diagnostics))
    (document,) = parsed.file.documents
    made = drafter.version.amended(document, parsed.source)
    return Proposal(number, id_, draft, amendment, text, made)


def _changed(move: Move, value: Fraction) -> str:
    """缴纳社保 0.5 分改为 0.6 分."""
    clause = move.name.rpartition(":")[0]
    unit = move.figure.unit
    shown = [show_points(number) for number in (move.figure.value, value)]
    old, new = (x + unit if unit in ("%", "‰") else f"{x} {unit}".strip() for x in shown)
    return f"{clause} {old}改为 {new}"


def _note(policy: Policy, people: People, query: Query) -> str:
    """What the figures rest on."""
    about = people.about
    if about["kind"] == "specification":
        where = (
            f"合成人口 {about['id']}，{about['households']} 户，种子 {about['seed']}，"
            f"其中 {len(about['assumptions'])} 项是假定"
        )
    else:
        where = f"人口 {about.get('name') or query.population}，{people.persons} 人"
    sets = "、".join(policy.assumed)
    assumed = f"；依据假设集 {sets}，不是原文的规定" if sets else ""
    return f"由 policydsl search 试算得出，供讨论用。{where}{assumed}。"


def _reason(draft: Draft, found: Found, query: Query) -> str:
    """The targets that are met, and what was measured, before and after."""
    targets = "；".join(target.text() for target in found.targets)
    if query.keep:
        targets += "；总分和各组满分不变"
    figures = "，".join(
        f"{title} {after}" + (f"（原 {before}）" if before != "0%" else "")
        for title, before, after in measured_pairs(found, draft)
    )
    return f"目标：{targets}。测得：{figures}。"


# -- from scratch


def verify(run: Simulation, proposal: Proposal, groups: Sequence[tuple[str, Groups]]) -> None:
    """Hold a proposal to a full run by columns, and a sample of it to the exact evaluator.

    Raises :class:`RuntimeError` where a figure is not the same: a fault of the program.
    """
    place = proposal.number
    admitted = run.outcomes(place) == ADMITTED
    count = st.weight_of(admitted, run.weights)
    change = run.change(place).counts
    persons = run.people.persons
    shares = {
        (by, label): Fraction(st.weight_of(admitted & (g.codes == code), run.weights), count)
        if count else None
        for by, g in groups
        for code, label in enumerate(g.labels)
    }  # fmt: skip
    measured = Measures(
        run.summary(place)[0].mean, run.line(place).line, count,
        Fraction(change["loses"] + change["mixed"], persons),
        Fraction(change["gains"], persons), shares,
    )  # fmt: skip
    if measured != proposal.draft.measures:
        raise RuntimeError(f"{proposal.id}: {proposal.draft.measures} but a run {measured}")
    evaluator = Evaluator(proposal.policy)
    total, cases = run.total(place), run.people.cases
    lots = np.random.default_rng(0).permutation(len(cases))[:SAMPLE]
    for at in lots.tolist():
        exact = evaluator.score(run.people.case(place, int(cases[at]))).total
        ends = [st.in_points(int(end[at]), run.scale) for end in (total.low, total.high)]
        if [exact.low, exact.high] != ends:
            who = run.people.id(int(cases[at]))
            raise RuntimeError(f"{proposal.id}, {who}: {ends}, but the evaluator {exact}")


def _problem(code: str, where: str, **details: object) -> PolicyError:
    return PolicyError([Diagnostic(code, Source(where, ""), None, details)])
