"""pandas as the rules are usually written with it: map, cut, clip."""

from __future__ import annotations

import pandas as pd
from benchmarks.columns.data import Array, Columns
from benchmarks.columns.peers.numpy_float import floats
from benchmarks.columns.peers.numpy_float import hundredths as hundredths


def load(columns: Columns, threads: int) -> pd.DataFrame:
    """A frame with floats where a fact has decimals."""
    return pd.DataFrame(floats(columns), copy=False)


def per(values: pd.Series, step: float, points: float, most: float) -> pd.Series:
    """Points for each whole step, up to the most."""
    return ((values // step) * points).clip(0, most)


def bands(values: pd.Series, edges: list[float], points: list[float], right: bool) -> pd.Series:
    """The points of the band in which a value lies; ``right`` edges belong to the band below."""
    infinite = float("inf")
    cut = pd.cut(values, [-infinite, *edges, infinite], right=right, labels=points, ordered=False)
    return cut.astype("float64")


def score(f: pd.DataFrame) -> Array:
    """Every person's total in points."""
    skill = f["技能等级"].map({-1: 0, 0: 0, 1: 5, 2: 8, 3: 12, 4: 18, 5: 25})
    title = f["职称"].map({-1: 0, 0: 0, 1: 8, 2: 15, 3: 25, 4: 25})
    shared = (
        bands(f["年龄"], [17, 35, 45, 55, 60], [0, 20, 15, 10, 5, 0], True)
        + f["文化程度"].map({-1: 0, 0: 0, 1: 5, 2: 10, 3: 15, 4: 20, 5: 25, 6: 25})
        + skill.where(skill > title, title)
        + (f["社保月数"] * 0.25).clip(0, 20)
        + per(f["居住月数"], 6, 1.5, 20)
    )
    patents = f["发明专利数"].clip(0) * 10.0 + f["实用新型专利数"].clip(0) * 2.0
    blood = f["献血量"]
    city = (
        (f["就业年限"] * 2.0).clip(0, 10)
        + f["住房类型"].map({-1: 0, 0: 0, 1: 5, 2: 8, 3: 10, 4: 20})
        + f["紧缺岗位就业"].map({-1: 0, 0: 0, 1: 15})
        + (f["年纳税额"] * 1.25).round(2).clip(0, 20)
        + per(f["投资额"], 10, 1, 15)
        + per(f["带动就业人数"], 5, 1.5, 15)
        + patents.clip(upper=15)
        + f["表彰级别"].map({-1: 0, 0: 0, 1: 4, 2: 8, 3: 12, 4: 15})
        + per(f["志愿服务时长"], 20, 1, 15)
        + (1 + ((blood - 200) // 100) * 0.5).where(blood >= 200, 0).clip(upper=10)
        + per(f["捐赠金额"], 1000, 0.5, 10)
        + bands(f["培训出勤率"], [90, 95], [0, 6, 10], False)
    )
    accuracy = f["信息准确率"]
    declared = (10 - ((95 - accuracy) // 1 * 1.5).clip(0)).clip(0, 10)
    yes = {-1: 0, 0: 0, 1: 5}
    district = (
        f["办理居住登记"].map(yes)
        + f["签订劳动合同"].map(yes)
        + f["中共党员"].map(yes)
        + f["退役军人"].map(yes)
        + f["完成疫苗接种"].map(yes)
        + per(f["年度借阅册数"], 10, 1, 10)
        + (f["一线岗位年限"] * 2.0).clip(0, 10)
        + declared.where(accuracy >= 0, 0)
    )
    lost = (f["行政处罚次数"] * 10.0).clip(0, 30) + f["失信被执行人"].map({-1: 0, 0: 0, 1: 20})
    total = shared.clip(upper=100) + city.clip(upper=150) + district.clip(upper=50) - lost
    return total.clip(0).where(f["刑事犯罪记录"] != 1, 0).to_numpy()
