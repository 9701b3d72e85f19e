"""NumPy in 64-bit floats, array by array, as the rules are usually written down."""

from __future__ import annotations

import numpy as np
from benchmarks.columns.data import SCHEME, Array, Columns


def floats(columns: Columns, dtype: type[np.floating] = np.float64) -> Columns:
    """Percentages and tax as floats in their own units, all other columns as they are."""
    return {
        c.name: columns[c.name] if c.unit == 1 else (columns[c.name] / c.unit).astype(dtype)
        for c in SCHEME
    }


def load(columns: Columns, threads: int) -> Columns:
    """Floats where a fact has decimals."""
    return floats(columns)


def per(values: Array, step: float, points: float, most: float) -> Array:
    """Points for each whole step, up to the most."""
    return np.clip(np.floor(values / step) * points, 0, most)


def score(c: Columns) -> Array:
    """Every person's total in points."""
    age, education = c["年龄"], c["文化程度"]
    skill, title = c["技能等级"], c["职称"]
    shared = (
        np.select([age < 18, age <= 35, age <= 45, age <= 55, age <= 60], [0, 20, 15, 10, 5], 0.0)
        + np.select([education >= i for i in range(5, 0, -1)], [25, 20, 15, 10, 5], 0.0)
        + np.maximum(
            np.select([skill == i for i in range(5, 0, -1)], [25, 18, 12, 8, 5], 0.0),
            np.select([title >= 3, title == 2, title == 1], [25, 15, 8], 0.0),
        )
        + np.clip(c["社保月数"] * 0.25, 0, 20)
        + per(c["居住月数"], 6, 1.5, 20)
    )
    dwelling, honour, blood = c["住房类型"], c["表彰级别"], c["献血量"]
    attendance, accuracy = c["培训出勤率"], c["信息准确率"]
    patents = np.clip(c["发明专利数"], 0, None) * 10.0 + np.clip(c["实用新型专利数"], 0, None) * 2.0
    city = (
        np.clip(c["就业年限"] * 2.0, 0, 10)
        + np.select([dwelling == i for i in (4, 3, 2, 1)], [20, 10, 8, 5], 0.0)
        + np.where(c["紧缺岗位就业"] == 1, 15.0, 0.0)
        + np.clip(np.round(c["年纳税额"] * 1.25, 2), 0, 20)
        + per(c["投资额"], 10, 1, 15)
        + per(c["带动就业人数"], 5, 1.5, 15)
        + np.minimum(patents, 15)
        + np.select([honour == i for i in (4, 3, 2, 1)], [15, 12, 8, 4], 0.0)
        + per(c["志愿服务时长"], 20, 1, 15)
        + np.minimum(np.where(blood >= 200, 1 + np.floor((blood - 200) / 100.0) * 0.5, 0), 10)
        + per(c["捐赠金额"], 1000, 0.5, 10)
        + np.select([attendance >= 95, attendance >= 90], [10, 6], 0.0)
    )
    declared = 10 - np.where(accuracy < 95, np.floor(95 - accuracy) * 1.5, 0)
    yes = ("办理居住登记", "签订劳动合同", "中共党员", "退役军人", "完成疫苗接种")
    district = (
        sum(np.where(c[name] == 1, 5.0, 0.0) for name in yes)
        + per(c["年度借阅册数"], 10, 1, 10)
        + np.clip(c["一线岗位年限"] * 2.0, 0, 10)
        + np.where(accuracy < 0, 0, np.clip(declared, 0, 10))
    )
    lost = np.clip(c["行政处罚次数"] * 10.0, 0, 30) + np.where(c["失信被执行人"] == 1, 20.0, 0.0)
    total = np.minimum(shared, 100) + np.minimum(city, 150) + np.minimum(district, 50) - lost
    return np.where(c["刑事犯罪记录"] == 1, 0.0, np.clip(total, 0, None))


def hundredths(result: Array) -> Array:
    """Rounded to the nearest hundredth, so that only scores that are really off count as wrong."""
    return np.rint(np.asarray(result, np.float64) * 100).astype(np.int32)
