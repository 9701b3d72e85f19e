"""The front of the rows by estimated keys is the front by exact keys."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import policydsl as pdl
from policydsl.model.expressions import Constant
from policydsl.review.plausible import Ordinary
from policydsl.review.proving.searching import Leaf
from policydsl.review.proving.weighing import Weighing
from policydsl.scoring.columns.domains import Grid, Listed

POLICY = pdl.load("yueqing-2022")
NUMBER = next(f for f in POLICY.facts.values() if f.is_number)
WORD = replace(NUMBER, name="档", kind="ordered", values=("低", "中", "高"), low=None, high=None)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_first_rows_are_the_first_of_all_by_their_exact_keys(data: st.DataObject):
    tenths = st.integers(-30, 60).map(lambda x: Fraction(x, 10))
    ideal = data.draw(st.one_of(st.none(), st.just(Fraction(0)), tenths), "usual")
    bounds = data.draw(st.booleans(), "a range")
    ends = (Fraction(-5), Fraction(8)) if bounds else (None, None)
    number = replace(NUMBER, name="数", typical=ideal, low=ends[0], high=ends[1])
    usual: Constant | None = data.draw(st.sampled_from([None, "低", "中"]), "usual word")
    word = replace(WORD, typical=usual)
    grid = Grid(data.draw(tenths, "low"), Fraction(data.draw(st.integers(1, 9)), 7), 60)
    known = {
        1: SimpleNamespace(fact="数", domain=grid),
        2: SimpleNamespace(fact="档", domain=Listed(("低", "中", "高"))),
        3: SimpleNamespace(fact="", domain=Listed((False, True))),
    }
    policy = replace(POLICY, facts={"数": number, "档": word}, plausible=())
    rng = np.random.default_rng(data.draw(st.integers(0, 999), "seed"))
    rows = 300
    sizes = data.draw(st.sampled_from([{1: 61}, {1: 61, 2: 4}, {1: 61, 2: 4, 3: 3}]), "leaf")
    leaf = Leaf({n: rng.integers(0, size, rows) for n, size in sizes.items()})
    weighing = Weighing(cast("Any", SimpleNamespace(known=known)), Ordinary(policy), {1: 7, 2: 1})
    some = np.flatnonzero(rng.integers(0, 4, rows) > data.draw(st.integers(-1, 3), "which"))
    most = data.draw(st.integers(1, 40), "most")
    every = sorted((int(x) for x in some), key=lambda row: weighing.key(leaf, row))
    assert weighing.first(leaf, some, most) == every[:most]
