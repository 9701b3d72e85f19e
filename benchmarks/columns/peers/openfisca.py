"""OpenFisca-core in its fastest style: tables with take and searchsorted, no enum parameters.

One variable for each fact, indicator, group and the total; 32-bit floats, its only number type
beside integers.  The system of variables is made outside the clock; each run is a new simulation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from benchmarks.columns.data import SCHEME, Array, Columns
from benchmarks.columns.peers.numpy_float import floats
from benchmarks.columns.peers.numpy_float import hundredths as hundredths
from openfisca_core.entities import Entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import Simulation
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

YEAR = "2024"


def table(*points: float) -> Array:
    """Points by position; the last entry is also that of -1, not handed in: nothing."""
    return np.array([*points, 0], np.float32)


EDUCATION = table(0, 5, 10, 15, 20, 25, 25)
SKILL = table(0, 5, 8, 12, 18, 25)
TITLE = table(0, 8, 15, 25, 25)
DWELLING = table(0, 5, 8, 10, 20)
HONOUR = table(0, 4, 8, 12, 15)
AGES = np.array([18, 36, 46, 56, 61], np.int32)
AGE_POINTS = np.array([0, 20, 15, 10, 5, 0], np.float32)
RATES = np.array([90, 95], np.float32)
RATE_POINTS = np.array([0, 6, 10], np.float32)
F = np.float32


def per(values: Array, step: int, points: float, most: float) -> Array:
    """Points for each whole step, up to the most."""
    return np.clip((values // step) * F(points), F(0), F(most))


def patents(v: Any) -> Array:
    """Ten for a patent, two for a utility model."""
    points: Array = np.maximum(v("发明专利数"), 0) * F(10) + np.maximum(v("实用新型专利数"), 0) * F(
        2
    )
    return np.minimum(points, F(15))


def blood(v: Any) -> Array:
    """One at 200 ml, half for each further 100 ml."""
    amount = v("献血量")
    counted = F(1) + (amount - 200) // 100 * F(0.5)
    return np.minimum(np.where(amount >= 200, counted, F(0)), F(10))


def accuracy(v: Any) -> Array:
    """Ten, less 1.5 for each whole percentage point below 95."""
    value = v("信息准确率")
    left = F(10) - np.maximum(np.floor(F(95) - value), F(0)) * F(1.5)
    return np.where(value >= 0, np.maximum(left, F(0)), F(0))


SHARED = {
    "i_age": lambda v: AGE_POINTS.take(np.searchsorted(AGES, v("年龄"), side="right")),
    "i_education": lambda v: EDUCATION.take(v("文化程度"), mode="wrap"),
    "i_skill": lambda v: np.maximum(
        SKILL.take(v("技能等级"), mode="wrap"), TITLE.take(v("职称"), mode="wrap")
    ),
    "i_insured": lambda v: np.clip(v("社保月数") * F(0.25), F(0), F(20)),
    "i_resident": lambda v: per(v("居住月数"), 6, 1.5, 20),
}
CITY = {
    "i_employed": lambda v: np.clip(v("就业年限") * F(2), F(0), F(10)),
    "i_dwelling": lambda v: DWELLING.take(v("住房类型"), mode="wrap"),
    "i_shortage": lambda v: (v("紧缺岗位就业") == 1) * F(15),
    "i_tax": lambda v: np.clip(np.round(v("年纳税额") * F(1.25), 2), F(0), F(20)),
    "i_invested": lambda v: per(v("投资额"), 10, 1, 15),
    "i_jobs": lambda v: per(v("带动就业人数"), 5, 1.5, 15),
    "i_patents": patents,
    "i_honour": lambda v: HONOUR.take(v("表彰级别"), mode="wrap"),
    "i_volunteer": lambda v: per(v("志愿服务时长"), 20, 1, 15),
    "i_blood": blood,
    "i_donated": lambda v: per(v("捐赠金额"), 1000, 0.5, 10),
    "i_attendance": lambda v: RATE_POINTS.take(
        np.searchsorted(RATES, v("培训出勤率"), side="right")
    ),
}
DISTRICT = {
    "i_registered": lambda v: (v("办理居住登记") == 1) * F(5),
    "i_contract": lambda v: (v("签订劳动合同") == 1) * F(5),
    "i_party": lambda v: (v("中共党员") == 1) * F(5),
    "i_veteran": lambda v: (v("退役军人") == 1) * F(5),
    "i_vaccine": lambda v: (v("完成疫苗接种") == 1) * F(5),
    "i_books": lambda v: per(v("年度借阅册数"), 10, 1, 10),
    "i_frontline": lambda v: np.clip(v("一线岗位年限") * F(2), F(0), F(10)),
    "i_accuracy": accuracy,
}
LOST = {
    "i_penalties": lambda v: np.clip(v("行政处罚次数") * F(10), F(0), F(30)),
    "i_defaulter": lambda v: (v("失信被执行人") == 1) * F(20),
}


def added(v: Any, names: Any) -> Array:
    """The sum of variables, added up in place."""
    first, second, *rest = names
    total: Array = v(first) + v(second)
    for name in rest:
        total += v(name)
    return total


def total(v: Any) -> Array:
    """Groups less deductions, not below 0, nothing after a veto."""
    points = v("g_shared") + v("g_city") + v("g_district") - v("g_lost")
    return np.where(v("刑事犯罪记录") == 1, F(0), np.maximum(points, F(0)))


FORMULAS = {
    **SHARED, **CITY, **DISTRICT, **LOST,
    "g_shared": lambda v: np.minimum(added(v, SHARED), F(100)),
    "g_city": lambda v: np.minimum(added(v, CITY), F(150)),
    "g_district": lambda v: np.minimum(added(v, DISTRICT), F(50)),
    "g_lost": lambda v: added(v, LOST),
    "total": total,
}  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    """The system of variables and the columns in its types."""

    system: Any
    columns: Columns


def variable(name: str, kind: type, entity: Any, formula: Any = None) -> type[Variable]:
    """A variable of persons for a year."""
    members: dict[str, Any] = {
        "value_type": kind,
        "entity": entity,
        "definition_period": DateUnit.YEAR,
        "label": name,
    }
    if formula is not None:

        def run(person: Any, period: Any) -> Array:
            result: Array = formula(lambda of: person(of, period))
            return result

        members["formula"] = run
    return type(name, (Variable,), members)


def load(columns: Columns, threads: int) -> Loaded:
    """Inputs in OpenFisca's own types (int32, float32), so that it has nothing to convert."""
    person = Entity("person", "persons", "A person", "")
    system = TaxBenefitSystem([person])
    for column in SCHEME:
        system.add_variable(variable(column.name, int if column.unit == 1 else float, person))
    for name, formula in FORMULAS.items():
        system.add_variable(variable(name, float, person, formula))
    typed = {
        name: values.astype(np.float32 if values.dtype.kind == "f" else np.int32)
        for name, values in floats(columns, np.float32).items()
    }
    return Loaded(system, typed)


def score(loaded: Loaded) -> Array:
    """Every person's total in points, from a new simulation."""
    count = len(next(iter(loaded.columns.values())))
    # SimulationBuilder would first make an id for each person, as a Python number
    populations = loaded.system.instantiate_entities()
    for population in populations.values():
        population.count = count
    simulation = Simulation(loaded.system, populations)
    for name, values in loaded.columns.items():
        simulation.set_input(name, YEAR, values)
    totals: Array = simulation.calculate("total", YEAR)
    return totals
