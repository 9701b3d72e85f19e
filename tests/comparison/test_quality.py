"""How good proposals are: Beilun's two editions, of which it is known what became of what."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from policydsl.comparison.alignment import Alignment, align
from policydsl.comparison.decisions import Decisions
from policydsl.comparison.likeness import Synonyms, bundled_synonyms
from policydsl.comparison.schemes import Scheme, schemes_of
from policydsl.versions.history import load_history

GOLD = tomllib.loads((Path(__file__).parent / "beilun-gold.toml").read_text("utf-8")
                     .replace("单位 =", '"单位" =').replace("条款 =", '"条款" ='))  # fmt: skip
Pairs = set[tuple[str, str]]


def blind() -> tuple[Scheme, Scheme]:
    """Both editions without their concepts: only texts and structure are left."""
    old, new = schemes_of(["beilun-centre-older", "beilun-departments"])
    for scheme in (old, new):
        scheme.__dict__["elements"] = tuple(replace(e, concept=None) for e in scheme.elements)
    return old, new


def aligned(synonyms: Synonyms) -> tuple[Scheme, Scheme, Alignment]:
    old, new = blind()
    return old, new, align([old, new], [], Decisions(), synonyms, {0: 0, 1: 1})


def found_units(old: Scheme, new: Scheme, made: Alignment) -> Pairs:
    return {
        (old.policy.clauses[a].locator or "", new.policy.clauses[b].locator or "")
        for row in made.units for a in row.cells[0] for b in row.cells[1]
    }  # fmt: skip


def found_clauses(made: Alignment) -> Pairs:
    return {
        (a.element.locator or "", b.element.locator or "")
        for row in made.rows for a in row.cells[0] for b in row.cells[1]
    }  # fmt: skip


def rates(found: Pairs, gold: Pairs) -> tuple[float, float]:
    """Precision and recall."""
    right = len(found & gold)
    return right / len(found), right / len(gold)


def gold(kind: str) -> Pairs:
    return {(a, b) for a, b in GOLD[kind]}


def test_the_gold_names_clauses_that_exist_and_says_what_the_history_says():
    old, new = schemes_of(["beilun-centre-older", "beilun-departments"])
    lineage = load_history().between("beilun-centre-older", "beilun-departments")
    places = [{c.id: c.locator for c in s.policy.clauses.values()} for s in (old, new)]
    told = {
        (places[0].get(a), places[1].get(b))
        for link in lineage.links for a in link.old for b in link.new
    }  # fmt: skip
    assert gold("单位") | gold("条款") <= told
    assert len(gold("单位")) == 13
    assert len(gold("条款")) == 40


@pytest.mark.parametrize("words", ["bundled", "none"])
def test_units_and_clauses_are_found_without_history_and_concepts(words, capsys):
    old, new, made = aligned(bundled_synonyms() if words == "bundled" else Synonyms())
    units = rates(found_units(old, new, made), gold("单位"))
    clauses = rates(found_clauses(made), gold("条款"))
    with capsys.disabled():
        print(f"\n  synonyms {words}: units precision {units[0]:.3f} recall {units[1]:.3f}, "
              f"clauses precision {clauses[0]:.3f} recall {clauses[1]:.3f}")  # fmt: skip
    if words == "bundled":
        assert min(units) >= 0.9
        assert min(clauses) >= 0.9
    else:  # what the synonyms are worth is stated in docs/comparison.md
        assert units[0] == 1
        assert units[1] >= 0.8
        assert min(clauses) >= 0.85


def test_mergers_are_attached_and_not_lost():
    """Three clauses of the law enforcement bureau became one."""
    _, _, made = aligned(bundled_synonyms())
    row = next(
        r for r in made.rows
        if any(m.element.locator == "附件2 区综合执法局 第1项" for m in r.cells[1])
    )  # fmt: skip
    assert [m.element.locator for m in row.cells[0]] == [
        "附件2 区综合执法局 第1项", "附件2 区综合执法局 第2项", "附件2 区综合执法局 第3项",
    ]  # fmt: skip
    assert {m.link.how for m in row.cells[0] if m.link} == {"proposed", "attached"}


def test_with_the_history_at_hand_nothing_is_guessed():
    from policydsl.comparison.comparing import compare

    made = compare(["beilun-departments", "beilun-centre-older"])
    hows = {link.how for row in made.units for link in row.links}
    assert hows == {"stated", "inferred"}
    row = next(r for r in made.units if "区经济和信息化局" in r.cells[0])
    assert row.cells[1] == ("部门/区新兴产业和服务业发展局",)
    assert made.proposals() == []
