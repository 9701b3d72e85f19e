"""The populations of the studio, who stands for whom, and what a draft does to them."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from policydsl.language.diagnostics import PolicyError
from policydsl.model.policy import Policy
from policydsl.scoring.cases import Case, case_of
from policydsl.scoring.columns.domains import Listed
from policydsl.scoring.exact import Evaluator, Score
from policydsl.scoring.ranges import Range
from policydsl.scoring.results import show_range
from policydsl.simulation.people import Groups, People, people_of, read_by, seen_by, shown_facts
from policydsl.simulation.reading import bundled_specs, load_spec
from policydsl.simulation.specs import Spec
from policydsl.simulation.statistics import PLACES
from policydsl.simulation.trials import (
    DraftEffect,
    Grounds,
    Standing,
    binned,
    effect_of,
    standing,
    typical_rows,
)
from policydsl.simulation.typical import clause_changes
from policydsl.studio import telling as t
from policydsl.studio.jobs import Job, Pair
from policydsl.studio.keeping import Kept
from policydsl.studio.workspace import Workspace

Data = dict[str, Any]

MOST_HOUSEHOLDS = 2_000_000
USUAL = 100_000
SAMPLE = 5_000
"""Typical persons are found among so many households."""
SUITS = Fraction(1, 4)
"""A population suits a policy if it knows this share of the facts that scores rest on."""
MOST_EXAMPLES = 4

MAKING: Pair = ("生成人口", "making the population")
SCORING: Pair = ("打分排序", "scoring")


@dataclass(frozen=True)
class Asked:
    """A population that a page asks for."""

    ref: str
    n: int
    seed: int


@dataclass(frozen=True)
class Places:
    """For which places, and in which groups."""

    scene: str | None = None
    quota: int | None = None
    by: str | None = None


class Populations:
    """Specifications of the folder and the bundled ones, and the last populations made of them."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace
        self._specs = Kept(20)
        self._people = Kept(2)
        self._samples = Kept(8)
        self._scored = Kept(10)
        self._effects = Kept(40)

    # -- specifications

    def refs(self) -> dict[str, Path]:
        """The specifications by what the page calls them."""
        found = dict(bundled_specs())
        for path in sorted(self.workspace.root.glob("*.toml"))[:50]:
            if path.is_file() and not path.is_symlink():
                found[path.name] = path
        return found

    def spec(self, ref: str) -> Spec:
        """A specification.  Raises :class:`PolicyError`: none of that name, faults in it."""
        path = self.refs().get(ref)
        if path is None:
            raise t.refused(404, "J915", ref=ref[:100])
        stat = path.stat()
        return self._specs.made((path, stat.st_mtime_ns, stat.st_size), lambda: load_spec(path))

    def told(self) -> list[Data]:
        """All of them for the page."""
        found: list[Data] = []
        for ref in self.refs():
            try:
                spec = self.spec(ref)
            except PolicyError as error:
                found.append(
                    {"ref": ref, "title": t.both(ref), "findings": t.findings(error.diagnostics)}
                )
                continue
            most = spec.size if spec.units else MOST_HOUSEHOLDS
            found.append({
                "ref": ref, "title": t.both(spec.title, spec.english),
                "households": spec.size, "households_max": most,
                "units": bool(spec.units), "default_n": _usual(spec), "findings": [],
            })  # fmt: skip
        return found

    def suiting(self, policy: Policy) -> list[str]:
        """The populations that know enough of what a policy reads, the best first."""
        wanted = read_by(policy)
        shares: list[tuple[Fraction, str]] = []
        for ref in self.refs():
            try:
                spec = self.spec(ref)
            except PolicyError:
                continue
            if bool(spec.units) != bool(policy.units):
                continue
            known = wanted & {name for name, a in spec.attributes.items() if not a.internal}
            if wanted and Fraction(len(known), len(wanted)) >= SUITS:
                shares.append((Fraction(len(known), len(wanted)), ref))
        return [ref for _, ref in sorted(shares, key=lambda x: -x[0])]

    # -- people

    def asked(self, data: Any, policy: Policy) -> Asked | None:
        """What a request means by its ``population``."""
        if data is None:
            return None
        if not isinstance(data, dict) or not isinstance(data.get("ref"), str):
            raise t.refused(400, "J916", field="population", problem=("格式不对", "wrong form"))
        spec = self.spec(data["ref"])
        n = data.get("n") or _usual(spec)
        seed = data.get("seed", 1)
        for name, value in (("n", n), ("seed", seed)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise t.refused(
                    400, "J916", field=name, problem=("应是整数", "a whole number is wanted")
                )
        if n > MOST_HOUSEHOLDS:
            raise t.refused(400, "J930", limit=MOST_HOUSEHOLDS)
        return Asked(data["ref"], n, seed)

    def known(self, asked: Asked, policies: Sequence[Policy]) -> bool:
        """Whether a population is there already."""
        return self._people.get(self._key(asked, policies)) is not None

    def _key(self, asked: Asked, policies: Sequence[Policy]) -> Hashable:
        spec = self.spec(asked.ref)
        shape = tuple(sorted({(p.id.partition("@")[0], bool(p.units)) for p in policies[:1]}))
        facts = frozenset(
            name for policy in policies for name in policy.facts if name in spec.attributes
        )
        return spec.digest, asked.n, asked.seed, shape, facts

    def people(self, asked: Asked, policies: Sequence[Policy], job: Job | None = None) -> People:
        """The population, made if need be; it has every fact that the policies know."""
        spec = self.spec(asked.ref)
        key = self._key(asked, policies)
        kept = self._people if asked.n > SAMPLE else self._samples

        def make() -> People:
            def done(rows: int) -> None:
                if job is not None:
                    job.advance(MAKING, rows, still=lambda heir: _made_of(heir) == asked)

            facts = [name for name, a in spec.attributes.items() if not a.internal]
            return people_of(spec, policies, asked.n, asked.seed, facts, done=done)

        return kept.made(key, make)

    # -- what a draft does

    def effect_key(self, asked: Asked, places: Places, before: str, after: str) -> Hashable:
        """What an effect is worked out from; policies by hashes of their meaning."""
        return asked, self.spec(asked.ref).digest, places, before, after

    def known_effect(self, key: Hashable) -> Data | None:
        """An effect that was worked out before."""
        found: Data | None = self._effects.get(key)
        return found

    def effect(
        self, key: Hashable, asked: Asked, places: Places, before: tuple[Policy, str],
        after: tuple[Policy, str], job: Job,
    ) -> Data:  # fmt: skip
        """What the second policy does against the first, for the page."""
        policies = [before[0], after[0]]
        job.advance(MAKING, 0, None)
        people = seen_by(self.people(asked, policies, job), before[0])
        job.advance(SCORING, 0, 2)
        population = people.rows[0].population
        grounds = self._grounds_of(people, places)
        at = (id(population), places)
        was = self._standing(grounds, (*at, before[1]), before[0])
        job.advance(SCORING, 1)
        now = self._standing(grounds, (*at, after[1]), after[0])
        job.advance(SCORING, 1)
        found = effect_of(grounds, was, now)
        return self._effects.put(key, told_effect(found, people, places.by is not None))

    def _grounds_of(self, people: People, places: Places) -> Grounds:
        """Grounds for places in groups; those of the same people share columns."""
        population = people.rows[0].population
        key = ("grounds", id(population), places)
        known: Grounds | None = self._scored.get(key)
        if known is not None and known.people.rows[0].population is population:
            return known
        by = self._groups(people, places.by) if places.by else None
        made = Grounds(people, places.scene, places.quota, None, by)
        shared: Grounds | None = self._scored.get("columns")
        if shared is not None and shared.people.rows[0].population is population:
            made.bench.share(shared.bench)
        self._scored.put("columns", made)
        return self._scored.put(key, made)

    def _groups(self, people: People, by: str) -> Groups:
        population = people.rows[0].population
        known: tuple[Any, Groups] | None = self._scored.get(("groups", by))
        if known is not None and known[0] is population:
            return known[1]
        return self._scored.put(("groups", by), (population, people.groups(by)))[1]

    def _standing(self, grounds: Grounds, key: Hashable, policy: Policy) -> Standing:
        population = grounds.people.rows[0].population
        known: tuple[Any, Standing] | None = self._scored.get(key)
        if known is not None and known[0] is population:
            return known[1]
        return self._scored.put(key, (population, standing(grounds, policy)))[1]

    # -- typical persons

    def persons(self, policy: Policy, key: str) -> list[Person]:
        """Typical persons of a policy, and those of the examples that it states, scored by it."""
        return self._samples.made(
            ("cases", key), lambda: list(_scored(self._cases(policy), policy))
        )

    def _cases(self, policy: Policy) -> list[tuple[Data, Case]]:
        found: list[tuple[Data, Case]] = []
        for ref in self.suiting(policy)[:1]:
            try:
                n = min(self.spec(ref).size, SAMPLE)
                people = seen_by(self.people(Asked(ref, n, 1), [policy]), policy)
                grounds = Grounds(people)
                for zh, en, row in typical_rows(grounds, policy):
                    found.append((t.both(zh, en), people.case(0, row)))
            except PolicyError:
                continue  # it cannot be scored in columns, or not with these facts
        for example in policy.examples[:MOST_EXAMPLES]:
            found.append(
                (t.both(f"示例：{example.title}", f"Example: {example.title}"), case_of(example))
            )
        return found


def _made_of(job: Job) -> object:
    """The population that an effect is worked out for."""
    return job.key[0] if isinstance(job.key, tuple) and job.kind == "effect" else None


def _usual(spec: Spec) -> int:
    return spec.size if spec.units else min(spec.size, USUAL)


def groupings(people_spec: Spec, policy: Policy) -> list[Data]:
    """By which facts groups can be formed."""
    found = []
    for name, attribute in people_spec.attributes.items():
        if attribute.internal or name not in policy.facts:
            continue
        few = isinstance(attribute.domain, Listed)
        cuts = ":18,30,45,60" if name == "年龄" else ""
        english = policy.facts[name].english
        found.append({"name": f"{name}{cuts}", "title": t.both(name, english), "few": few})
    return found


@dataclass(frozen=True)
class Person:
    """A person with a name, scored exactly by the policy that stood before."""

    name: Data
    case: Case
    score: Score


def _scored(cases: Sequence[tuple[Data, Case]], policy: Policy) -> Iterator[Person]:
    evaluator = Evaluator(policy)
    for name, case in cases:
        # an example may stand for a mistake that the policy refuses
        with contextlib.suppress(PolicyError):
            yield Person(name, case, evaluator.score(case, trace=True))


def told_persons(persons: Sequence[Person], before: Policy, after: Policy | None) -> list[Data]:
    """Each person scored exactly under both policies, with the clauses that differ."""
    found = []
    evaluator = None if after is None else Evaluator(after)
    names = read_by(before) | (set() if after is None else read_by(after))
    for person in persons:
        name, case, was = person.name, person.case, person.score
        try:
            now = was if evaluator is None else evaluator.score(case, trace=True)
        except PolicyError:
            continue  # a fact that the draft wants and this person has not
        changes = [] if after is None else clause_changes(before, was, after, now)
        found.append({
            "name": name, "facts": _facts(case, names),
            "before": t.ends(was.total), "after": t.ends(now.total),
            "clauses": [
                {"clause": c.clause, "title": c.title,
                 "before": None if c.before is None else show_range(c.before),
                 "after": None if c.after is None else show_range(c.after),
                 "how_before": list(c.how_before), "how_after": list(c.how_after)}
                for c in changes if not (_nothing(c.before) and _nothing(c.after))
            ],
        })  # fmt: skip
    return found


def _nothing(points: Range | None) -> bool:
    """Whether a clause gives nothing, or is not there."""
    return points is None or points.low == points.high == 0


def _facts(case: Case, names: Set[str]) -> str:
    """The facts of a person that count, without what is simply not so."""
    counted = {k: v for k, v in case.facts.items() if k in names and v is not False}
    return shown_facts(replace(case, facts=counted))


def told_effect(effect: DraftEffect, people: People, grouped: bool) -> Data:
    """An effect for the page: exact numbers as texts, plain ones in the arrays of charts."""
    bins, change = binned(effect), effect.change
    before, after = effect.before, effect.after
    scale = effect.scale
    values = list(zip(change.low.values.tolist(), change.low.counts.tolist(), strict=True))
    moved = [(value, count) for value, count in values if value]
    finite = [value for value, _ in moved]
    kinds = change.counts
    return {
        "persons": effect.persons,
        "seed": people.about.get("seed"),
        "households": people.about.get("households"),
        "source": _source(people, effect.persons),
        "assumptions": list(people.about.get("assumptions", ())),
        "exact": effect.exact,
        "mean": {
            "before": t.number(_mean(before.mean)), "after": t.number(_mean(after.mean)),
            "before_high": t.number(_mean(before.mean_high)),
            "after_high": t.number(_mean(after.mean_high)),
        },
        "histogram": {"points": [float(x) for x in bins.edges], "width": float(bins.width),
                      "before": list(bins.before), "after": list(bins.after)},
        "line": {
            "before": t.number(before.line.line), "after": t.number(after.line.line),
            "quota": after.line.quota, "quota_before": before.line.quota,
            "admitted_before": before.line.placed("in"), "admitted_after": after.line.placed("in"),
            "maybe_before": before.line.placed("maybe"), "maybe_after": after.line.placed("maybe"),
            "in": effect.crossed("in"), "out": effect.crossed("out"),
            "ties": after.line.tied, "ties_before": before.line.tied, "rule": after.ties,
        },
        "groups": [
            {"label": g.label, "persons": g.persons,
             "share": t.number(round(Fraction(g.persons, effect.persons or 1), 4)),
             "mean_before": t.number(_cut(g.means[0])), "mean_after": t.number(_cut(g.means[1])),
             "admitted_before": g.admitted[0], "admitted_after": g.admitted[1]}
            for g in effect.groups
        ] if grouped else [],
        "movers": {
            "up": kinds.get("gains", 0), "down": kinds.get("loses", 0),
            "same": kinds.get("unchanged", 0), "mixed": kinds.get("mixed", 0),
            "greatest_up": t.number(Fraction(max([0, *finite]), scale)),
            "greatest_down": t.number(Fraction(-min([0, *finite]), scale)),
            "by": (by := _by(moved, scale)),
            "others": sum(count for _, count in moved) - sum(one["count"] for one in by),
        },
        "places": list(PLACES), "crossing": effect.crossing.tolist(),
    }  # fmt: skip


def _source(people: People, persons: int) -> Data:
    """What the figures rest on, in a line."""
    id_, seed = people.about.get("id"), people.about.get("seed")
    return t.both(
        f"合成人口 {id_}，{persons} 人（户），种子 {seed}",
        f"synthetic population {id_}, {persons} applicants, seed {seed}",
    )


def _mean(value: Fraction | None) -> Fraction | None:
    """A mean as it is, where that is a decimal of few places; else to six."""
    return value if value is None or (value * 10**8).denominator == 1 else round(value, 6)


def _cut(value: Fraction | None) -> Fraction | None:
    """A mean to four places: it is a quotient of large numbers."""
    return None if value is None else round(value, 4)


MOST_CHANGES = 60


def _by(moved: Sequence[tuple[int, int]], scale: int) -> list[Data]:
    """How many change by how much, ascending; where there are many, the most frequent ones."""
    if len(moved) > MOST_CHANGES:
        kept = sorted(moved, key=lambda x: -x[1])[:MOST_CHANGES]
        moved = sorted(kept)
    return [{"change": t.number(Fraction(v, scale)), "count": c} for v, c in moved]
