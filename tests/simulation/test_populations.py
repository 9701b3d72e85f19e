"""Populations are the same on every machine and keep what their specification promises."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulation.small import small

from policydsl.language.diagnostics import PolicyError
from policydsl.scoring.columns.domains import Grid
from policydsl.simulation.checking import check
from policydsl.simulation.populations import Chunk, Digest, Synthesis, synthesise
from policydsl.simulation.reading import load_spec
from policydsl.simulation.specs import Spec

MIGRANTS = "yangtze-delta-migrants"


def digest(synthesis: Synthesis, chunk: int) -> str:
    made = Digest()
    for part in synthesis.chunks(chunk):
        made.add(part)
    return made.hexdigest()


def values(spec: Spec, chunk: Chunk, name: str, role: int | None = None) -> np.ndarray:
    """The numbers of an attribute; not a number where it was not handed in."""
    domain = spec.attributes[name].domain
    assert isinstance(domain, Grid)
    codes = chunk.population.columns[name].astype(float)
    found = float(domain.low) + (codes - 1) * float(domain.step)
    found[codes == 0] = np.nan
    return found if role is None else found[chunk.roles == role]


@pytest.fixture(scope="module")
def spec() -> Spec:
    return small()


@pytest.fixture(scope="module")
def whole(spec: Spec) -> Chunk:
    return Synthesis(spec, 20_000, 5).whole()


# -- the same everywhere


@pytest.mark.parametrize(("name", "n", "seed", "expected"), [
    (MIGRANTS, 3_000, 1, "3e19f65e58d5f511153a8112edc668201e669dcfb2a6366e7bd020caebca412e"),
    (MIGRANTS, 3_000, 2, "79b474110f355f26acb26dbc98eb6666c093807b714ebd2a4f888215f3e3506a"),
    ("beilun-departments-results", 340, 1, "9a6a85ba4bf3d26bc172929a75337fb1e5c48dd60fdefa17d71d3da5b19c0911"),
])  # fmt: skip
def test_the_bytes_are_the_same_on_every_machine(name: str, n: int, seed: int, expected: str):
    """A change here changes every published result that rests on the population."""
    assert digest(Synthesis(load_spec(name), n, seed), 1 << 16) == expected


@given(st.integers(1, 700), st.integers(1, 300), st.integers(0, 3))
@settings(max_examples=15, deadline=None)
def test_chunks_of_any_size_give_the_same(n: int, chunk: int, seed: int):
    synthesis = Synthesis(small(), n, seed)
    assert digest(synthesis, chunk) == digest(synthesis, n)


def test_parts_may_be_made_in_any_order(spec: Spec):
    synthesis = Synthesis(spec, 500, 1)
    late = synthesis.part(300, 400)
    again = Synthesis(spec, 500, 1).part(300, 400)
    assert (late.ids == again.ids).all()
    for name, column in late.population.columns.items():
        assert (column == again.population.columns[name]).all()


def test_leaving_facts_out_changes_nothing_about_the_others(spec: Spec):
    some = Synthesis(spec, 800, 1, ["签订劳动合同", "年龄"]).whole().population
    every = Synthesis(spec, 800, 1).whole().population
    assert list(some.columns) == ["年龄", "签订劳动合同"]
    for name, column in some.columns.items():
        assert (column == every.columns[name]).all()


def test_another_seed_gives_other_people(spec: Spec):
    assert digest(Synthesis(spec, 300, 1), 300) != digest(Synthesis(spec, 300, 2), 300)


@pytest.mark.parametrize("n", [0, -1, 50_000_001])
def test_numbers_out_of_range(spec: Spec, n: int):
    with pytest.raises(PolicyError) as caught:
        Synthesis(spec, n, 1)
    assert [d.code for d in caught.value.diagnostics] == ["D468"]


def test_the_last_households_of_very_many(spec: Spec):
    """Thirty million are streamed: any part is there at once."""
    part = Synthesis(spec, 30_000_000, 1).part(29_999_000, 30_000_000)
    assert part.households[-1] == 30_000_000
    assert len(part.population.columns["年龄"]) == part.population.rows >= 1_000


def test_one_household(spec: Spec):
    made = synthesise(spec, 1, 9)
    assert made.rows >= 1
    assert made.applicant is not None
    assert made.applicant.sum() == 1


# -- what is promised


@pytest.mark.parametrize("n", [1_000, 30_000])
def test_shares_are_within_the_stated_tolerance(spec: Spec, n: int):
    report = check(spec, n, 3)
    assert report.ok
    assert len(report.bands) == 12
    # systematic sampling is far better than a random sample for what stands first
    sex = [band for band in report.bands if band.attribute == "性别"]
    assert all(abs(band.generated - band.wanted) <= 100 / n + 1e-9 for band in sex)


def test_a_report_sees_what_is_wrong(spec: Spec):
    report = check(spec, 2_000, 1)
    bad = report.bands[0]
    object.__setattr__(bad, "generated", bad.wanted + 10)
    assert not report.ok
    assert report.as_record()["ok"] is False


def test_the_migrants_keep_their_marginals_and_limits():
    report = check(load_spec(MIGRANTS), 40_000, 11)
    assert report.ok
    assert {limit for limit, _ in report.violations} >= {"社保月数 ≤ 居住月数"}
    for mean in report.means:
        assert mean.generated == pytest.approx(float(mean.published), rel=0.03)
    contract = Synthesis(load_spec(MIGRANTS), 40_000, 11).whole()
    own = contract.population.columns["签订劳动合同"][contract.roles == 1]
    assert (own == 2).mean() == pytest.approx(0.439, abs=0.01)


def test_limits_hold_for_every_row(spec: Spec, whole: Chunk):
    age, stay, insured = (values(spec, whole, name) for name in ("年龄", "居住月数", "社保月数"))
    adults = whole.roles != 3
    assert (insured[adults] <= stay[adults]).all()
    assert (stay[adults] <= 12 * (age[adults] - 16)).all()
    married = whole.population.columns["婚姻状况"] == 2
    assert age[married].min() == 20


def test_limits_are_counted_from_values(spec: Spec, whole: Chunk):
    from policydsl.simulation.checking import violations

    column = whole.population.columns["社保月数"]
    before = column.copy()
    try:
        column[whole.roles == 1] = 201  # 200 months
        stay = values(spec, whole, "居住月数", 1)
        assert violations(spec, spec.limits[0], whole) == (stay < 200).sum()
    finally:
        column[:] = before
    assert violations(spec, spec.limits[0], whole) == 0


def test_conditional_shares(spec: Spec, whole: Chunk):
    own = whole.roles == 1
    contract = whole.population.columns["签订劳动合同"][own]
    insured = values(spec, whole, "社保月数", 1) > 0
    assert (contract == 0).mean() == pytest.approx(0.1, abs=0.01)  # not handed in
    handed = contract > 0
    assert (contract[handed & insured] == 2).mean() == pytest.approx(0.8, abs=0.02)
    assert (contract[handed & ~insured] == 2).mean() == pytest.approx(0.2, abs=0.02)
    tax = values(spec, whole, "年纳税额", 1)
    assert (tax > 0).mean() == pytest.approx(0.1, abs=0.01)
    assert tax.max() <= 5


def test_dates_are_so_many_whole_months_ago(spec: Spec, whole: Chunk):
    domain = spec.attributes["居住登记日期"].domain
    day = spec.day
    assert day is not None
    months = values(spec, whole, "居住月数", 1)
    codes = whole.population.columns["居住登记日期"][whole.roles == 1]
    for code, expected in zip(codes[:3_000].tolist(), months[:3_000], strict=True):
        begun = domain.value(code)
        assert isinstance(begun, date)
        assert begun <= day
        passed = (day.year - begun.year) * 12 + day.month - begun.month - (begun.day > day.day)
        assert passed == expected


# -- households


def test_households_fit_together(spec: Spec, whole: Chunk):
    population = whole.population
    spouse, applicant, household = population.spouse, population.applicant, population.household
    assert spouse is not None
    assert applicant is not None
    assert household is not None
    assert applicant.sum() == 20_000
    # one applicant in each, first; at most one spouse, next to it
    assert (household[applicant] == np.arange(20_000)).all()
    assert (np.diff(household) >= 0).all()
    own = np.flatnonzero(applicant & (spouse >= 0))
    theirs = spouse[own]
    assert (theirs == own + 1).all()
    assert (spouse[theirs] == own).all()
    assert (whole.roles[theirs] == 2).all()
    assert (whole.roles == 2).sum() == len(theirs)
    assert (spouse[whole.roles == 3] == -1).all()
    # only the married have one, and 60 % of them
    married = population.columns["婚姻状况"] == 2
    assert married[own].all()
    assert married[theirs].all()
    assert len(own) / (married & applicant).sum() == pytest.approx(0.6, abs=0.02)
    # who is shared is shared
    children = population.columns["未成年子女数"]
    assert (children[own] == children[theirs]).all()
    assert len(np.unique(whole.ids)) == population.rows


def test_spouses_are_of_an_age_and_came_together(spec: Spec, whole: Chunk):
    population = whole.population
    assert population.spouse is not None
    own = np.flatnonzero((whole.roles == 1) & (population.spouse >= 0))
    age, stay = values(spec, whole, "年龄"), values(spec, whole, "居住月数")
    difference = np.abs(age[own] - age[own + 1])
    # no more than five years, but where one end of the ages stops it
    assert (difference <= 5).all()
    assert np.corrcoef(stay[own], stay[own + 1])[0, 1] > 0.3


def test_husbands_are_as_much_older_as_said():
    spec = small(("内部 = true\n", ""))
    made = Synthesis(spec, 5_000, 1).whole()
    sex, age = made.population.columns["性别"], values(spec, made, "年龄")
    assert made.population.spouse is not None
    own = np.flatnonzero((made.roles == 1) & (made.population.spouse >= 0))
    husband = np.where(sex[own] == 1, own, own + 1)
    wife = np.where(sex[own] == 1, own + 1, own)
    assert (sex[husband] == 1).all()
    assert (sex[wife] == 2).all()
    older = age[husband] - age[wife]
    # away from the ends of the ages, where the nearest possible age stands in
    middle = (np.minimum(age[own], age[own + 1]) > 26) & (np.maximum(age[own], age[own + 1]) < 53)
    assert set(older[middle].astype(int).tolist()) == set(range(-2, 6))
    assert (older[middle] < 0).mean() == pytest.approx(0.2, abs=0.03)


def test_children_are_as_many_as_said_and_young_enough(spec: Spec, whole: Chunk):
    population = whole.population
    assert population.household is not None
    rows = np.flatnonzero(whole.roles == 3)
    number = values(spec, whole, "未成年子女数", 1)
    counted = np.bincount(population.household[rows], minlength=20_000)
    assert (counted == number).all()
    age = values(spec, whole, "年龄")
    assert age[rows].min() >= 0
    assert age[rows].max() <= 17
    parents = np.full(20_000, 99.0)
    adults = whole.roles < 3
    np.minimum.at(parents, population.household[adults], age[adults])
    assert (age[rows] <= np.maximum(parents[population.household[rows]] - 20, 0)).all()
    # nothing but the age is known of a child
    others = [name for name in population.columns if name != "年龄"]
    assert all((population.columns[name][rows] == 0).all() for name in others)


@given(st.integers(1, 5_000))
@settings(max_examples=30, deadline=None)
def test_weights_add_up_to_the_real_size(n: int):
    synthesis = Synthesis(small(), n, 1)
    weights = synthesis.weights(0, n)
    assert weights.sum() == 1_000
    assert weights.max() - weights.min() <= 1
    middle = n // 2
    assert [*synthesis.weights(0, middle), *synthesis.weights(middle, n)] == weights.tolist()


def test_weighted_population(spec: Spec):
    made = synthesise(spec, 100, 1, weighted=True)
    assert made.weights is not None
    assert made.applicant is not None
    assert made.weights[made.applicant].sum() == 1_000


def test_codes_are_narrow(whole: Chunk):
    kinds = {name: column.dtype for name, column in whole.population.columns.items()}
    assert kinds["年龄"] == np.uint8
    assert kinds["居住月数"] == np.uint16
    assert kinds["居住登记日期"] == np.uint16


# -- units


def test_departments_have_their_own_results_and_no_others():
    spec = load_spec("beilun-departments-results")
    made = Synthesis(spec, 340, 1).whole()
    population = made.population
    assert population.units is not None
    assert population.units.tolist() == [*range(1, 35)] * 10
    police = population.units == spec.units.index("公安分局") + 1
    assert (population.columns["出租房屋登记率"][police] > 0).all()
    assert (population.columns["出租房屋登记率"][~police] == 0).all()
    assert (population.columns["未落实责任事项"] > 0).all()
    assert "工作水平" not in population.columns


def test_good_departments_do_well_in_everything():
    spec = load_spec("beilun-departments-results")
    columns = Synthesis(spec, 34_000, 1).whole().population.columns
    missing, reports = columns["未落实责任事项"].astype(int), columns["录用信息篇数"].astype(int)
    handed = reports > 0
    assert np.corrcoef(missing[handed], reports[handed])[0, 1] < -0.2
