"""The review, reviewed: faults are seeded in policies that are in order, and counted when found.

``python -m tests.review.test_mutations 40`` runs more policies and prints the table that stands in
docs/review.md.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from random import Random

import pytest
from tests.review import clean
from tests.review.mutations import KINDS, TRACELESS, Mutant, mutants

from policydsl.language.diagnostics import PolicyError
from policydsl.language.parsing import parse_text
from policydsl.model.loading import bundled, loads
from policydsl.review.running import review

MAKERS: tuple[Callable[[int], str], ...] = (
    clean.scheme,
    clean.assessment,
    clean.even,
    clean.alike,
)


def complaints(text: str) -> set[tuple[str, ...]]:
    """What is said of a policy: findings, or the errors that keep it from being compiled."""
    try:
        policy = loads(text)
    except PolicyError as error:
        return {(d.code, d.message()) for d in error.diagnostics}
    return {(f.code, f.clause, f.message()) for f in review(policy).complaints}


def tried(text: str, slips: Iterable[Mutant]) -> tuple[Counter[str], Counter[str]]:
    """How many slips of each kind there were, and how many of them led to a new complaint."""
    before = complaints(text)
    made, found = Counter[str](), Counter[str]()
    for slip in slips:
        made[slip.kind] += 1
        found[slip.kind] += bool(complaints(slip.text) - before)
    return made, found


def slips_of(text: str) -> list[Mutant]:
    return list(mutants(parse_text(text, "sample").file.documents[0]))


def counted(seeds: Iterable[int], share: float = 1.0) -> tuple[Counter[str], Counter[str]]:
    made, found = Counter[str](), Counter[str]()
    for seed in seeds:
        for make in MAKERS:
            text = make(seed)
            slips = slips_of(text)
            chosen = Random(seed).sample(slips, int(len(slips) * share))
            one, other = tried(text, chosen)
            made += one
            found += other
    return made, found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_policies_in_order_have_no_findings(make: Callable[[int], str], seed: int):
    assert complaints(make(seed)) == set()


def test_seeded_faults_are_found():
    """Of the faults that leave a trace, 95 % and more; of each kind, most."""
    made, found = counted(range(100, 103), share=0.25)
    traced = {kind: n for kind, n in made.items() if kind not in TRACELESS}
    share = sum(found[kind] for kind in traced) / sum(traced.values())
    assert sum(traced.values()) > 150
    assert share >= 0.95, {k: (found[k], n) for k, n in traced.items() if found[k] < n}
    assert {kind for kind, n in traced.items() if found[kind] == 0} == set()


def test_faults_in_a_bundled_policy_are_found():
    """The five indicators of the province.

    Fewer than elsewhere: where a part of an indicator is open (above 60 years of age), nothing is
    certain about its maximum, and of a plain choice (枚举) nobody knows which value is better.
    """
    entry = bundled().find("provincial-indicators-a")
    assert entry is not None
    slips = [s for s in slips_of(entry.source.text) if s.kind not in TRACELESS][::2]
    made, found = tried(entry.source.text, slips)
    missed = {k: (found[k], n) for k, n in made.items() if found[k] < n}
    assert sum(found.values()) / sum(made.values()) >= 0.75, missed


def table(count: int) -> str:
    """The table of docs/review.md, measured."""
    made, found = counted(range(count))
    lines = ["| 差错 | slip | 植入 | 发现 | % |", "|---|---|--:|--:|--:|"]
    for kind, name in KINDS.items():
        if made[kind]:
            share = 100 * found[kind] / made[kind]
            mark = " *" if kind in TRACELESS else ""
            lines.append(f"| {name}{mark} | {kind} | {made[kind]} | {found[kind]} | {share:.0f} |")
    for name, chosen in (
        ("留下痕迹的", [k for k in made if k not in TRACELESS]), ("全部", list(made)),
    ):  # fmt: skip
        whole, hits = sum(made[k] for k in chosen), sum(found[k] for k in chosen)
        lines.append(f"| **{name}** | | {whole} | {hits} | {100 * hits / whole:.1f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
