"""The library's front door: score, explain, rank and check in a few lines.

Policies may be given as they are (:func:`policydsl.load`) or by file or bundled id; cases as a
DataFrame, as a list of records, or one by one.  What cannot be done raises
:class:`~policydsl.language.diagnostics.PolicyError`, whose ``diagnostics`` say why.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, overload

from policydsl import checking
from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.keywords import Language
from policydsl.model import loading
from policydsl.model.loading import Targets, each_of, load
from policydsl.model.policy import Policy
from policydsl.scoring import results
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator, Score
from policydsl.scoring.explaining import Explanation
from policydsl.scoring.ranking import rank as rank_cases
from policydsl.scoring.tables import (
    CaseTable,
    Reading,
    cases_from_records,
    score_cases,
)
from policydsl.scoring.tables import cases_from_frame as _cases_from_frame
from policydsl.scoring.writing import to_frame

if TYPE_CHECKING:
    import pandas as pd

    from policydsl.comparison.frames import ComparisonResult
    from policydsl.review.auditing.frames import AuditResult
    from policydsl.review.coverage.frames import CoverageResult
    from policydsl.review.proving.frames import ProofResult
    from policydsl.review.reviewing import ReviewResult
    from policydsl.scoring.columns.ranked import ColumnRanking
    from policydsl.scoring.columns.scoring import ColumnScores
    from policydsl.simulation.frames import SimulationResult
    from policydsl.simulation.search.proposals import SearchResult
    from policydsl.versions.comparing import EditionDiff
    from policydsl.versions.graph import HistoryGraph

PolicyLike = Policy | str | os.PathLike[str]
Record = Mapping[str, object]
Engine = Literal["auto", "kernel", "numpy", "duckdb"]
Ties = Literal["admit_all", "admit_none", "lottery", "open"]


def _policy(policy: PolicyLike) -> Policy:
    return policy if isinstance(policy, Policy) else load(policy)


@overload
def score(policy: PolicyLike, data: Case | Record) -> Score: ...


@overload
def score(
    policy: PolicyLike,
    data: pd.DataFrame | Sequence[Record] | Sequence[Case],
    *,
    items: bool = ...,
    ignore: Sequence[str] = ...,
    date: date | None = ...,
    language: Language = ...,
) -> pd.DataFrame: ...


def score(
    policy: PolicyLike,
    data: pd.DataFrame | Sequence[Record] | Sequence[Case] | Case | Record,
    *,
    items: bool = False,
    ignore: Sequence[str] = (),
    date: date | None = None,
    language: Language = "zh",
) -> Score | pd.DataFrame:
    """Score one case, or every row of a table.

    One :class:`Case` or record (a mapping of facts by name) gives a :class:`Score`.  A
    DataFrame or a list of records gives a DataFrame with one row for each case and the columns
    of :mod:`policydsl.scoring.results`; points are ``Decimal``, its index is that of the input
    where a row is a case, else the ids.  ``items`` adds a column for each item, ``ignore``
    names columns to leave aside, ``date`` is the date of assessment of rows without one.
    """
    policy = _policy(policy)
    if isinstance(data, (Case, Mapping)):
        return _single(policy, data, date)[1]
    table = _table(policy, data, ignore, date)
    scores = score_cases(policy, table)
    shown = results.score_table(policy, table, scores, items, language)
    return to_frame(shown, _index(data, table))


def score_columns(
    policy: PolicyLike,
    data: pd.DataFrame | Sequence[Record] | str | os.PathLike[str] | Any,
    *,
    engine: Engine = "auto",
    date: date | None = None,
    groups: bool = True,
    items: bool = False,
    reasons: bool = False,
    ignore: Sequence[str] = (),
    rejects: bool = False,
    encoding: str | None = None,
    sheet: str | None = None,
    language: Language = "zh",
) -> ColumnScores:
    """Score a population by columns: as exact as :func:`score`, millions of rows in seconds.

    ``data`` is a DataFrame, a ``pyarrow.Table``, a list of records, or a file (CSV, Excel,
    Parquet, a folder of Parquet files) that fits in memory; larger ones are the business of
    ``policydsl score --out``.  The result holds the points as integers and gives them as a
    DataFrame (``frame()``), an Arrow table, a histogram; ``reasons(row)`` says why a case has
    its score, ``reasons=True`` puts that into the frame.  With ``rejects`` rows that cannot be
    scored are left out and counted in ``.rejects``; else they raise :class:`PolicyError`, as does
    a policy that columns cannot hold (S5xx).
    """
    from policydsl.scoring.columns.scored.plans import Wanted
    from policydsl.scoring.columns.scoring import score_data
    from policydsl.scoring.columns.tables.outputs import Options

    options = Options(Wanted(groups, items, reasons), engine, date, tuple(ignore), language)
    return score_data(_policy(policy), data, options, rejects, encoding, sheet)


def explain(
    policy: PolicyLike,
    case: Case | Record,
    *,
    date: date | None = None,
    language: Language = "zh",
) -> Explanation:
    """Why a case has the score it has: print it, or let a notebook show it."""
    policy = _policy(policy)
    built, found = _single(policy, case, date, trace=True)
    return Explanation(policy, built, found, None, language)


def rank(
    policy: PolicyLike,
    data: pd.DataFrame | Sequence[Record] | Sequence[Case],
    scene: str | None = None,
    quota: int | None = None,
    ties: Ties | None = None,
    *,
    ignore: Sequence[str] = (),
    date: date | None = None,
    language: Language = "zh",
) -> pd.DataFrame:
    """Rank cases for a scene, best first; the ids are the index.

    ``quota`` and ``ties`` stand in for what the scene leaves open.  ``attrs`` of the result
    hold the places, the line and what the ranking rests on.
    """
    policy = _policy(policy)
    table = _table(policy, data, ignore, date)
    result = rank_cases(policy, table.cases, scene, quota, ties)
    frame = to_frame(results.ranking_table(policy, table, result, language))
    frame = frame.set_index(frame.columns[1])
    frame.attrs |= {"scene": result.scene, "quota": result.quota, "line": result.line}
    return frame


def rank_columns(
    policy: PolicyLike,
    data: pd.DataFrame | Sequence[Record] | str | os.PathLike[str] | Any,
    scene: str | None = None,
    quota: int | None = None,
    ties: Ties | None = None,
    *,
    engine: Engine = "auto",
    date: date | None = None,
    ignore: Sequence[str] = (),
    rejects: bool = False,
    encoding: str | None = None,
    sheet: str | None = None,
    language: Language = "zh",
) -> ColumnRanking:
    """Rank a population by columns: the places of :func:`rank`, for millions of households.

    ``data``, ``rejects`` and what is raised are as in :func:`score_columns`.  The result has the
    line, how many tie at it, the number of households with each outcome, and everybody's rank as
    a DataFrame (``frame()``).
    """
    from policydsl.scoring.columns.ranked import rank_table
    from policydsl.scoring.columns.tables.opening import open_table
    from policydsl.scoring.columns.tables.outputs import Options

    options = Options(engine=engine, date=date, ignore=tuple(ignore), language=language)
    table = open_table(data, encoding, sheet)
    return rank_table(_policy(policy), table, scene, quota, ties, options, rejects)


def check(*targets: str | os.PathLike[str]) -> checking.Report:
    """Check files, folders or bundled policies (all of them without an argument).

    The report has ``ok``, ``findings`` and the computed sums of each document.
    """
    return checking.check(targets)


def history(target: str | os.PathLike[str] | None = None) -> HistoryGraph:
    """The editions, amendments and histories of the bundled policies, or of a file or folder.

    ``graph.order()`` lists the editions, ``graph.between(older, newer)`` what became of clauses.
    """
    from policydsl.versions.history import load_history

    return load_history(target)


def diff(older: str, newer: str, target: str | os.PathLike[str] | None = None) -> EditionDiff:
    """Two editions compared by what they mean, by their ids among what :func:`history` reads.

    Raises :class:`PolicyError`: F008 for an unknown edition, V637 for one known by title only.
    """
    from policydsl.versions.comparing import compare_editions
    from policydsl.versions.history import build

    library = loading.bundled() if target is None else loading.library_for(Path(target))
    graph = build(library)
    for id_ in (older, newer):
        if graph.edition(id_).is_stub:
            raise PolicyError([Diagnostic("V637", None, None, {"id": id_})])
    return compare_editions(
        library.policy(older), library.policy(newer), graph.between(older, newer)
    )


def review(
    policy: PolicyLike,
    against: PolicyLike | None = None,
    *,
    codes: Sequence[str] = (),
    language: Language = "zh",
) -> ReviewResult:
    """Review a policy, alone or against another: faults, each with a witness and a remedy.

    ``codes`` limits the checks (``["R620"]``).  The result has ``findings``, ``summary``,
    ``frame()`` and ``html()``; printing it gives what ``policydsl review`` shows.
    """
    from policydsl.review.reviewing import review as run

    return run(policy, against, codes=codes, language=language)


def prove(
    policy: PolicyLike,
    *clauses: str,
    equal: PolicyLike | None = None,
    can: tuple[str, int | str | Fraction] | None = None,
    surely: bool = False,
    unit: str | None = None,
    bounds: bool = False,
    directions: bool = False,
    reach: bool = False,
    date: date | None = None,
    seconds: float = 30.0,
    language: Language = "zh",
) -> ProofResult:
    """Prove properties of a policy; without an option, the least and the most that it can give.

    ``clauses`` (ids) limit the answers.  ``equal``: whether another policy scores everybody alike,
    and who differs most.  ``can``: whether those who meet a condition reach a number of points
    (``("年龄 不满 35 岁", 60)``), ``surely`` by the low end of their scores.  ``directions``:
    whether points fall as a fact improves; ``reach``: which tiers and branches nobody reaches.
    What takes longer than ``seconds`` is *undecided*.

    The result has ``extremes`` … as values and ``frame(name)`` for each of ``names``; printing it
    gives a sentence for each answer.  Raises :class:`PolicyError` (R730, R731, R732).
    """
    from policydsl.review.proving.frames import prove as run

    asked = None if can is None else (can[0], _fraction(can[1]))
    return run(
        _policy(policy), clauses, other=None if equal is None else _policy(equal), can=asked,
        surely=surely, unit=unit, bounds=bounds, directions=directions, reach=reach, day=date,
        seconds=seconds, language=language,
    )  # fmt: skip


def _fraction(points: int | str | Fraction) -> Fraction:
    try:
        return Fraction(str(points).strip().removesuffix("分").strip())
    except (ValueError, ZeroDivisionError):
        raise PolicyError([Diagnostic("R732", None, None, {"text": str(points)})]) from None


def coverage(
    policy: PolicyLike,
    *,
    date: date | None = None,
    seconds: float = 30.0,
    language: Language = "zh",
) -> CoverageResult:
    """What the examples of a policy go through: clauses, tiers, branches, boundaries.

    ``result.frame("clauses")`` has the counts, ``frame("uncovered")`` what no example exercises
    with a person who would, ``frame("unreachable")`` what nobody can exercise, as is proved.
    """
    from policydsl.review.coverage.frames import CoverageResult
    from policydsl.review.coverage.measuring import coverage as run

    return CoverageResult(run(_policy(policy), day=date, seconds=seconds), language)


def audit(
    policy: PolicyLike, source: str | os.PathLike[str], *, language: Language = "zh"
) -> AuditResult:
    """Hold a document (a file of any format, or a text) against the policy that encodes it.

    Every figure and scoring phrase is paired with its clause: ``result.frame("complaints")`` has
    what is missing on either side or differs, ``frame("entries")`` everything,
    ``frame("readings")`` the places that are read otherwise than they stand (校读).
    """
    from policydsl.review.auditing import audit as run
    from policydsl.review.auditing.frames import AuditResult

    return AuditResult(run(_policy(policy), source), language)


def cases_from_frame(
    policy: PolicyLike,
    frame: pd.DataFrame,
    *,
    ignore: Sequence[str] = (),
    date: date | None = None,
) -> tuple[Case, ...]:
    """The cases of a DataFrame: its columns are facts, its rows persons, units or members.

    Raises :class:`PolicyError` with every cell that cannot be taken, by row and column.
    """
    return _cases_from_frame(_policy(policy), frame, Reading(tuple(ignore), date=date)).cases


def _single(
    policy: Policy, case: Case | Record, day: date | None, trace: bool = False
) -> tuple[Case, Score]:
    if not isinstance(case, Case):
        (case,) = cases_from_records(policy, [case], Reading(date=day)).cases
    return case, Evaluator(policy).score(case, trace)


def _table(policy: Policy, data: Any, ignore: Sequence[str], day: date | None) -> CaseTable:
    """Cases from whatever holds them."""
    reading = Reading(tuple(ignore), date=day)
    if hasattr(data, "columns"):
        return _cases_from_frame(policy, data, reading)
    entries = list(data)
    if entries and all(isinstance(entry, Case) for entry in entries):
        return CaseTable("cases", tuple(cast("list[Case]", entries)))
    return cases_from_records(policy, entries, reading)


def _index(data: object, table: CaseTable) -> Any:
    """The index of a frame whose rows are the cases; else the ids."""
    import pandas as pd

    if isinstance(data, pd.DataFrame) and len(data) == len(table):
        return data.index
    return pd.Index([case.id for case in table.cases], name="case")


def package(
    policy: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    base: str | None = None,
    simulation: str | os.PathLike[str] | None = None,
    assume: Targets = (),
    formats: Sequence[Literal["docx", "html", "pdf"]] = ("docx",),
    issued: date | None = None,
    days: int = 7,
    published: date | None = None,
    in_force: date | None = None,
    start: date | None = None,
    template: str | os.PathLike[str] | None = None,
    columns: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
) -> list[Path]:
    """Write the consultation package of a policy (id or file) to a folder; its files.

    ``policydsl package --help`` and docs/package.md tell what each option does.
    """
    from policydsl.drafting.package import Wanted, write_package

    def path(given: str | os.PathLike[str] | None) -> Path | None:
        return None if given is None else Path(given)

    wanted = Wanted(
        base, path(simulation), each_of(assume), tuple(formats), issued, days, published, in_force,
        start, template=path(template), columns=path(columns), overwrite=overwrite,
    )  # fmt: skip
    _, names = write_package(os.fspath(policy), Path(out), wanted)
    return [Path(out) / name for name in names]


def feedback(
    policy: str | os.PathLike[str],
    files: Sequence[str | os.PathLike[str]],
    previous: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """The opinions in filled forms, a row each, tied to the clauses of a policy (id or file).

    Columns: ``unit``, ``written`` (the clause as the form has it), ``clause`` (its id), ``how``
    (number, name, guessed, whole, unknown), ``opinion``, ``reason``, ``decision``, ``why``,
    ``source``.  ``previous`` is a table that ``policydsl feedback`` wrote.
    """
    import pandas as pd

    from policydsl.drafting.feedback import read_feedback

    older = None if previous is None else Path(previous)
    found = read_feedback(load(policy), [Path(file) for file in files], older)
    rows = [
        (o.unit, o.written, o.key, o.how, o.text, o.reason, o.decision, o.why, o.source)
        for o in found.opinions
    ]
    names = ["unit", "written", "clause", "how", "opinion", "reason", "decision", "why", "source"]
    return pd.DataFrame(rows, columns=names)


def simulate(
    base: PolicyLike,
    *drafts: PolicyLike,
    population: Any,
    n: int | None = None,
    seed: int = 1,
    scene: str | None = None,
    quota: int | None = None,
    ties: Ties | None = None,
    by: str | None = None,
    assume: Targets = (),
    date: date | None = None,
    ignore: Sequence[str] = (),
    engine: Literal["auto", "kernel", "numpy"] = "auto",
    threads: int | None = None,
    language: Language = "zh",
) -> SimulationResult:
    """What drafts do to the scores of a population, to the line of a quota and to the people.

    ``population``: a DataFrame, an Arrow table, records, a file, an encoded ``Population``, or
    the id or file of a specification, of which ``n`` households are made with ``seed``.  ``by``
    groups the cases (``年龄``, ``年龄:18,30,45``, ``单位``).  A draft that is an amendment of the
    base is carried out; assumption sets apply wherever they are for.  Without ``scene`` cases are
    ranked by their points.

    ``result.frame("summary")`` … give DataFrames (``result.names``), ``result.scored()`` the
    scored persons, ``result.save(folder)`` writes all with a run record.
    """
    from policydsl.simulation.frames import SimulationResult
    from policydsl.simulation.records import Request
    from policydsl.simulation.runs import simulate as run
    from policydsl.simulation.sheets import Settings

    made = run(
        base, drafts, population, n=n, seed=seed, scene=scene, quota=quota, ties=ties, by=by,
        assume=assume, day=date, ignore=ignore, settings=Settings(engine, threads),
    )  # fmt: skip
    request = None
    named = (str, os.PathLike)
    if isinstance(population, named) and all(isinstance(x, named) for x in (base, *drafts)):
        request = Request(
            os.fspath(cast("str", base)), tuple(os.fspath(cast("str", x)) for x in drafts),
            os.fspath(population), n, seed, scene, quota, ties, by,
            each_of(assume), None if date is None else date.isoformat(),
            tuple(ignore), language=language,
        )  # fmt: skip
    return SimulationResult(made, language, request)


def search(
    base: PolicyLike,
    *,
    population: Any,
    targets: str | Sequence[str],
    moves: str | Sequence[str],
    n: int | None = None,
    seed: int = 1,
    scene: str | None = None,
    quota: int | None = None,
    ties: Ties | None = None,
    assume: Targets = (),
    date: date | None = None,
    ignore: Sequence[str] = (),
    keep_maxima: bool = True,
    alternatives: int = 5,
    most_changes: int = 3,
    seconds: int = 120,
    engine: Literal["auto", "kernel", "numpy"] = "auto",
    threads: int | None = None,
    language: Language = "zh",
) -> SearchResult:
    """Drafts of a policy that meet targets, by the fewest and roundest changes of numbers.

    ``targets`` and ``moves`` are texts: ``均值=不变``, ``录取线=130±2``, ``占比(学历=大专)>=30%``;
    ``缴纳社保:0.5=0.3..0.8/0.1`` (docs/search.md).  ``keep_maxima``: the maxima of the whole and of
    groups stay.  The result has ``frame("proposals")``, ``frame("changes")`` or, where not all
    targets can be met, ``frame("tradeoffs")`` and ``frame("obstacles")``; ``frame("looked")`` says
    what was looked at, ``save(folder)`` writes the amendments.  Raises :class:`PolicyError`.
    """
    from policydsl.simulation.search.proposals import Query
    from policydsl.simulation.search.proposals import search as look
    from policydsl.simulation.search.searching import Limits
    from policydsl.simulation.sheets import Settings

    query = Query(
        _name(base), _name(population), each_of(targets), each_of(moves), n, seed, scene, quota,
        ties, each_of(assume), None if date is None else date.isoformat(),
        tuple(ignore), keep_maxima, Limits(alternatives, most_changes, seconds, seed),
    )  # fmt: skip
    return look(base, population, query, language, Settings(engine, threads))


def _name(given: object) -> str:
    """What a record calls a policy or population."""
    if isinstance(given, Policy):
        return given.id
    return os.fspath(given) if isinstance(given, (str, os.PathLike)) else type(given).__name__


def compare(
    *policies: PolicyLike,
    assume: Targets = (),
    persons: Any = None,
    population: Any = None,
    n: int | None = None,
    seed: int = 1,
    decisions: str | os.PathLike[str] | None = None,
    synonyms: str | os.PathLike[str] | None = None,
    engine: Literal["auto", "kernel", "numpy"] = "auto",
    threads: int | None = None,
    language: Language = "zh",
) -> ComparisonResult:
    """Policies side by side: two or more schemes, or assessments with work plans.

    ``persons`` (a DataFrame, records or a file) are scored one by one, a ``population`` (the same,
    or the id or file of a specification, of which ``n`` households are made with ``seed``) as a
    whole.  ``decisions`` and ``synonyms`` are TOML files.  Assumption sets apply wherever they
    are for.

    ``result.frame("points")`` … give DataFrames (``result.names``), ``result.chart("heat")`` the
    charts, ``result.save("out.html")`` writes .html, .xlsx, .docx, .md or .json.
    """
    from policydsl.comparison.comparing import compare as run
    from policydsl.comparison.frames import ComparisonResult
    from policydsl.simulation.sheets import Settings

    made = run(
        policies, assume=assume, persons=persons, population=population, n=n, seed=seed,
        decisions=None if decisions is None else os.fspath(decisions),
        synonyms=None if synonyms is None else os.fspath(synonyms),
        settings=Settings(engine, threads),
    )  # fmt: skip
    return ComparisonResult(made, language)
