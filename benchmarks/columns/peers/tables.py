"""The scheme as a table of hundredths for each fact or pair of facts, for engines that look up."""

from __future__ import annotations

import numpy as np
from benchmarks.columns.data import SCHEME, Array

HIGH = {c.name: c.high for c in SCHEME}
YES = (
    "办理居住登记", "签订劳动合同", "中共党员", "退役军人", "完成疫苗接种",
)  # fmt: skip


def steps(name: str, size: int, points: int, most: int) -> Array:
    """Points for each whole step of a fact, for its values from 0."""
    return np.minimum(np.arange(HIGH[name] + 1) // size * points, most)


def bands(name: str, *starts: tuple[int, int]) -> Array:
    """Points from each start on, for the values of a fact from 0."""
    table = np.zeros(HIGH[name] + 1, np.int64)
    for start, points in starts:
        table[start:] = points
    return table


def blood() -> Array:
    """One point at 200 ml, half a point for each further 100 ml, at most 10."""
    amount = np.arange(HIGH["献血量"] + 1)
    return np.where(amount < 200, 0, np.minimum(100 + (amount - 200) // 100 * 50, 1000))


def accuracy() -> Array:
    """Ten points, less 1.5 for each whole percentage point below 95."""
    tenths = np.arange(HIGH["信息准确率"] + 1)
    return np.asarray(np.maximum(1000 - np.maximum(950 - tenths, 0) // 10 * 150, 0))


def tax() -> Array:
    """1.25 for each 万元, half up to two places, at most 20."""
    return np.asarray(np.minimum((np.arange(HIGH["年纳税额"] + 1) * 125 + 50) // 100, 2000))


def listed(*points: int) -> Array:
    """Points by the position of a choice."""
    return np.array(points)


SKILL = listed(0, 500, 800, 1200, 1800, 2500)
TITLE = listed(0, 800, 1500, 2500, 2500)
SHARED = {
    "年龄": bands("年龄", (18, 2000), (36, 1500), (46, 1000), (56, 500), (61, 0)),
    "文化程度": listed(0, 500, 1000, 1500, 2000, 2500, 2500),
    "社保月数": steps("社保月数", 1, 25, 2000),
    "居住月数": steps("居住月数", 6, 150, 2000),
}
CITY = {
    "就业年限": steps("就业年限", 1, 200, 1000),
    "住房类型": listed(0, 500, 800, 1000, 2000),
    "紧缺岗位就业": listed(0, 1500),
    "年纳税额": tax(),
    "投资额": steps("投资额", 10, 100, 1500),
    "带动就业人数": steps("带动就业人数", 5, 150, 1500),
    "表彰级别": listed(0, 400, 800, 1200, 1500),
    "志愿服务时长": steps("志愿服务时长", 20, 100, 1500),
    "献血量": blood(),
    "捐赠金额": steps("捐赠金额", 1000, 50, 1000),
    "培训出勤率": bands("培训出勤率", (900, 600), (950, 1000)),
}
PATENTS = {
    "发明专利数": steps("发明专利数", 1, 1000, 1500),
    "实用新型专利数": steps("实用新型专利数", 1, 200, 1500),
}
DISTRICT = {
    **{name: listed(0, 500) for name in YES},
    "年度借阅册数": steps("年度借阅册数", 10, 100, 1000),
    "一线岗位年限": steps("一线岗位年限", 1, 200, 1000),
    "信息准确率": accuracy(),
}
LOST = {
    "行政处罚次数": steps("行政处罚次数", 1, 1000, 3000),
    "失信被执行人": listed(0, 2000),
}
