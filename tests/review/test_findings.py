"""For each finding a good and a bad policy, with what a drafter reads about the bad one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.golden import hold_against

from policydsl.language.catalogue import CATALOGUE
from policydsl.model.loading import load
from policydsl.review.findings import Review
from policydsl.review.meanings import MEANINGS
from policydsl.review.registry import registered
from policydsl.review.running import review
from policydsl.review.telling import lines

HERE = Path(__file__).parent
FOLDERS = sorted(path for path in HERE.iterdir() if (path / "bad.policy").exists())


def reviewed(path: Path) -> Review:
    other = path.parent / "other.policy"
    return review(load(path), against=load(other) if other.exists() else None)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_bad(folder: Path):
    code = folder.name[:4]
    found = reviewed(folder / "bad.policy")
    assert found.of(code), [f.code for f in found.complaints]
    hold_against(folder / "bad.txt", "\n".join(lines(found, "zh")) + "\n")
    for finding in found.complaints:
        for language in ("zh", "en"):
            assert "{" not in finding.message(language) + finding.remedy(language)
        assert finding.witness is not None
        assert all(finding.witness.text)
        assert finding.diagnostic.place is not None


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_good(folder: Path):
    found = reviewed(folder / "good.policy")
    assert [(f.code, f.message()) for f in found.complaints] == []


def test_every_finding_has_its_policies():
    own = {code for code in registered() if code.startswith("R6")}
    assert own == {folder.name[:4] for folder in FOLDERS}
    assert own == {code for code in CATALOGUE if code.startswith("R6")}
    assert own == set(MEANINGS)


def test_witnesses_are_scored_by_the_exact_evaluator():
    """What a finding tells of a case is what scoring that case gives."""
    from policydsl.scoring.exact import score_case
    from policydsl.scoring.ranges import ZERO

    count = 0
    for folder in FOLDERS:
        policy = load(folder / "bad.policy")
        for finding in review(policy).findings:
            for one in finding.witness.cases if finding.witness else ():
                score = score_case(policy, one.case)
                own = score.total if one.clause is None else score.parts.get(one.clause, ZERO)
                assert own == one.points
                count += 1
    assert count > 30
