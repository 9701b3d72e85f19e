"""DuckDB: one SELECT of integer CASEs over Arrow columns in memory; exact."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from benchmarks.columns.data import Array, Columns


@dataclass(frozen=True)
class Loaded:
    """A connection that sees the columns as the table ``persons``."""

    connection: duckdb.DuckDBPyConnection


def load(columns: Columns, threads: int) -> Loaded:
    """An Arrow table over the same memory, in record batches of a million."""
    connection = duckdb.connect(config={"threads": threads})
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    connection.register("persons", pa.Table.from_batches(table.to_batches(1_000_000)))
    return Loaded(connection)


def per(name: str, size: int, points: int, most: int) -> str:
    """Points for each whole step; the value is capped first, which keeps numbers small."""
    enough = -(-most // points) * size
    counted = f"{name}::INTEGER" if size == 1 else f"{name} // {size}"
    return (
        f"CASE WHEN {name} >= {enough} THEN {most} WHEN {name} < {size} THEN 0 "
        f"ELSE least({counted} * {points}, {most}) END"
    )


def from_top(name: str, *starts: tuple[int, int]) -> str:
    """Points from each start on, the highest start first."""
    cases = " ".join(f"WHEN {name} >= {start} THEN {points}" for start, points in starts)
    return f"CASE {cases} ELSE 0 END"


def yes(name: str, points: int) -> str:
    """Points for a yes."""
    return f"CASE WHEN {name} = 1 THEN {points} ELSE 0 END"


SHARED = [
    from_top("年龄", (61, 0), (56, 500), (46, 1000), (36, 1500), (18, 2000)),
    from_top("文化程度", (5, 2500), (4, 2000), (3, 1500), (2, 1000), (1, 500)),
    "greatest("
    + from_top("技能等级", (5, 2500), (4, 1800), (3, 1200), (2, 800), (1, 500))
    + ", "
    + from_top("职称", (3, 2500), (2, 1500), (1, 800))
    + ")",
    per("社保月数", 1, 25, 2000),
    per("居住月数", 6, 150, 2000),
]
CITY = [
    per("就业年限", 1, 200, 1000),
    from_top("住房类型", (4, 2000), (3, 1000), (2, 800), (1, 500)),
    yes("紧缺岗位就业", 1500),
    "CASE WHEN 年纳税额 >= 1600 THEN 2000 WHEN 年纳税额 <= 0 THEN 0 "
    "ELSE (年纳税额::INTEGER * 5 + 2) // 4 END",
    per("投资额", 10, 100, 1500),
    per("带动就业人数", 5, 150, 1500),
    f"least({per('发明专利数', 1, 1000, 1500)} + {per('实用新型专利数', 1, 200, 1500)}, 1500)",
    from_top("表彰级别", (4, 1500), (3, 1200), (2, 800), (1, 400)),
    per("志愿服务时长", 20, 100, 1500),
    "CASE WHEN 献血量 >= 2000 THEN 1000 WHEN 献血量 < 200 THEN 0 ELSE 献血量 // 100 * 50 END",
    per("捐赠金额", 1000, 50, 1000),
    from_top("培训出勤率", (950, 1000), (900, 600)),
]
DISTRICT = [
    *(
        yes(x, 500)
        for x in ("办理居住登记", "签订劳动合同", "中共党员", "退役军人", "完成疫苗接种")
    ),
    per("年度借阅册数", 10, 100, 1000),
    per("一线岗位年限", 1, 200, 1000),
    "CASE WHEN 信息准确率 >= 950 THEN 1000 WHEN 信息准确率 <= 880 THEN 0 "
    "ELSE greatest(1000 - (950 - 信息准确率) // 10 * 150, 0) END",
]
LOST = [per("行政处罚次数", 1, 1000, 3000), yes("失信被执行人", 2000)]


def added(parts: list[str]) -> str:
    """The sum of parts."""
    return " + ".join(f"({part})" for part in parts)


QUERY = f"""
SELECT CASE WHEN 刑事犯罪记录 = 1 THEN 0 ELSE greatest(
    least({added(SHARED)}, 10000) + least({added(CITY)}, 15000) + least({added(DISTRICT)}, 5000)
    - ({added(LOST)}), 0) END::INTEGER AS total
FROM persons
"""


def score(loaded: Loaded) -> Array:
    """Every person's total in hundredths."""
    return np.asarray(loaded.connection.execute(QUERY).fetchnumpy()["total"])


def hundredths(result: Array) -> Array:
    """As they are."""
    return np.asarray(result, np.int32)
