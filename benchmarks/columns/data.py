"""Persons for the measurements: the same seed gives the same persons, whatever their number.

In memory a population is a dictionary of narrow NumPy columns by fact.  Numbers are scaled to
whole ones (percentages in tenths, tax in hundredths of 万元), choices are positions in the list of
the fact's values, yes is 1 and no 0, and what was not handed in is ``MISSING``.  On disk it is a
``.npy`` file for each column (for repeated runs in fresh processes) or a Parquet file with the
values as a person would hand them in: whole numbers, 93.5, texts, true and false, nulls.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

Array = npt.NDArray[Any]
Columns = dict[str, Array]
Draw = Callable[[np.random.Generator, int], Array]

MISSING = -1
CHUNK = 100_000
"""Persons drawn from one state of the generator."""
ROW_GROUP = 1_000_000
SEED = 20240301
UNUSUAL = 0.01
"""Share of the persons with values from the whole range of each fact, half of them the highest:
they reach every tier and every cap, which few of the others do."""


@dataclass(frozen=True)
class Column:
    """A fact as a column: ``unit`` counts make one (10 for percentages with one decimal)."""

    name: str
    draw: Draw
    high: int
    unit: int = 1
    labels: tuple[str, ...] = ()
    yes_no: bool = False
    missing: float = 0.04

    @property
    def dtype(self) -> type[np.signedinteger[Any]]:
        """The narrowest type for its values and for ``MISSING``."""
        if self.high <= 127:
            return np.int8
        return np.int16 if self.high <= 32_767 else np.int32

    def values(self, rng: np.random.Generator, count: int) -> Array:
        """So many values, some of them missing; the first ones over the whole range."""
        drawn = np.clip(self.draw(rng, count), 0, self.high).astype(self.dtype)
        unusual = int(count * UNUSUAL)
        drawn[:unusual] = rng.integers(0, self.high + 1, unusual)
        drawn[:unusual][rng.random(unusual) < 0.5] = self.high
        drawn[rng.random(count) < self.missing] = MISSING
        return drawn


# -- how values are drawn -------------------------------------------------------------


def whole(mean: float, spread: float) -> Draw:
    """Around a mean, on both sides."""
    return lambda rng, count: np.rint(rng.normal(mean, spread, count))


def rare(share: float, mean: float) -> Draw:
    """Nothing for most, and for a share of the persons an amount that falls off from 1."""
    return lambda rng, count: np.where(
        rng.random(count) < share, np.ceil(rng.exponential(mean, count)), 0
    )


def even(high: int) -> Draw:
    """Every value up to a highest one is as likely."""
    return lambda rng, count: rng.integers(0, high + 1, count)


def weighted(*weights: float) -> Draw:
    """A position, by weights."""
    shares = np.cumsum(weights) / np.sum(weights)
    return lambda rng, count: np.searchsorted(shares, rng.random(count), side="right")


def rate(mean: float, spread: float, *thresholds: float) -> Draw:
    """Tenths of a percent; a tenth of the persons stands exactly on one of the thresholds."""

    def draw(rng: np.random.Generator, count: int) -> Array:
        values = np.rint(10 * rng.normal(mean, spread, count))
        on = rng.random(count) < 0.1
        values[on] = 10 * rng.choice(thresholds, int(on.sum()))
        return np.minimum(values, 1000)

    return draw


def number(name: str, high: int, draw: Draw, unit: int = 1, missing: float = 0.04) -> Column:
    """A number up to ``high`` counts."""
    return Column(name, draw, high, unit, missing=missing)


def choice(name: str, labels: str, *weights: float) -> Column:
    """One of several texts."""
    values = tuple(labels.split())
    return Column(name, weighted(*weights), len(values) - 1, labels=values)


def yes_no(name: str, share: float, missing: float = 0.04) -> Column:
    """Yes for a share of the persons."""
    return Column(name, weighted(1 - share, share), 1, yes_no=True, missing=missing)


SCHEME = (
    number("年龄", 120, whole(36, 12)),
    choice("文化程度", "小学以下 初中 高中 大专 本科 硕士 博士", 12, 34, 24, 15, 12, 2.5, 0.5),
    choice("技能等级", "无 五级 四级 三级 二级 一级", 60, 14, 12, 9, 4, 1),
    choice("职称", "无 初级 中级 副高 正高", 80, 11, 7, 1.5, 0.5),
    number("社保月数", 600, rare(0.8, 48)),
    number("居住月数", 1200, rare(0.9, 54)),
    number("就业年限", 60, rare(0.85, 4)),
    choice("住房类型", "无 宿舍 公租房 合法租赁 自有住房", 8, 22, 8, 46, 16),
    yes_no("紧缺岗位就业", 0.12),
    number("年纳税额", 30_000, rare(0.55, 350), 100),
    number("投资额", 20_000, rare(0.12, 60)),
    number("带动就业人数", 20_000, rare(0.15, 18)),
    number("发明专利数", 100, rare(0.03, 1)),
    number("实用新型专利数", 100, rare(0.07, 2)),
    choice("表彰级别", "无 县级 市级 省级 国家级", 86, 8, 4, 1.5, 0.5),
    number("志愿服务时长", 10_000, rare(0.4, 90)),
    number("献血量", 20_000, lambda rng, n: 100 * rare(0.25, 5)(rng, n)),
    number("捐赠金额", 30_000, rare(0.3, 2500)),
    number("培训出勤率", 1000, rate(93, 5, 90, 95), 10, missing=0.3),
    yes_no("办理居住登记", 0.9),
    yes_no("签订劳动合同", 0.65),
    yes_no("中共党员", 0.08),
    yes_no("退役军人", 0.05),
    yes_no("完成疫苗接种", 0.85),
    number("年度借阅册数", 5000, rare(0.3, 25)),
    number("一线岗位年限", 60, rare(0.35, 4)),
    number("信息准确率", 1000, rate(95, 3, 90, 94, 95), 10),
    number("行政处罚次数", 100, rare(0.04, 1), missing=0.5),
    yes_no("失信被执行人", 0.02, missing=0.5),
    yes_no("刑事犯罪记录", 0.005, missing=0.5),
)
"""The facts of ``scheme.policy``; those of ``coarse.policy`` are among them."""


# -- populations ----------------------------------------------------------------------


def chunks(columns: tuple[Column, ...], count: int, seed: int = SEED) -> Iterator[Columns]:
    """So many persons, ``CHUNK`` at a time."""
    for number_, start in enumerate(range(0, count, CHUNK)):
        rng = np.random.default_rng([seed, number_])
        drawn = {c.name: c.values(rng, CHUNK) for c in columns}
        kept = rng.permutation(CHUNK)[: count - start]
        yield {name: values[kept] for name, values in drawn.items()}


def write_arrays(
    folder: Path, count: int, columns: tuple[Column, ...] = SCHEME, seed: int = SEED
) -> Path:
    """A folder inside ``folder`` with one ``.npy`` file for each column; made once."""
    target = folder / f"{len(columns)}-columns-{count}-persons-seed-{seed}"
    if (target / "names.json").exists():
        return target
    target.mkdir(parents=True, exist_ok=True)
    arrays = {
        c.name: np.lib.format.open_memmap(
            target / f"{i}.npy", mode="w+", dtype=c.dtype, shape=(count,)
        )
        for i, c in enumerate(columns)
    }
    start = 0
    for chunk in chunks(columns, count, seed):
        size = len(next(iter(chunk.values())))
        for name, values in chunk.items():
            arrays[name][start : start + size] = values
        start += size
    for array in arrays.values():
        array.flush()
    # the list of names comes last: without it the folder is not whole
    names = json.dumps([c.name for c in columns], ensure_ascii=False)
    (target / "names.json").write_text(names, "utf-8")
    return target


def read_arrays(folder: Path) -> Columns:
    """The columns of a folder, all in memory."""
    names = json.loads((folder / "names.json").read_text("utf-8"))
    return {name: np.load(folder / f"{i}.npy") for i, name in enumerate(names)}


def handed_in(columns: Columns, kinds: tuple[Column, ...] = SCHEME) -> pa.Table:
    """The same values as persons hand them in, as an Arrow table with nulls.

    Texts are dictionary-encoded; percentages and tax are float64, as most tools write them.
    """
    import pyarrow as pa

    arrays: dict[str, pa.Array] = {}
    for column in kinds:
        values = columns[column.name]
        absent = values == MISSING
        if column.labels:
            codes = pa.array(values, mask=absent)
            array = pa.DictionaryArray.from_arrays(codes, pa.array(column.labels))
        elif column.yes_no:
            array = pa.array(values == 1, mask=absent)
        elif column.unit > 1:
            array = pa.array(values / column.unit, mask=absent)
        else:
            array = pa.array(values, mask=absent)
        arrays[column.name] = array
    return pa.table(arrays)


def write_parquet(
    path: Path, count: int, columns: tuple[Column, ...] = SCHEME, seed: int = SEED
) -> Path:
    """A Parquet file in row groups of ``ROW_GROUP`` with an id for each person; made once.

    At most one row group is in memory at a time.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    writer: Any = None
    try:
        held: list[Any] = []
        start = 0
        for chunk in chunks(columns, count, seed):
            table = handed_in(chunk, columns)
            held.append(table.add_column(0, "编号", pa.array(range(start, start + len(table)))))
            start += len(table)
            if len(held) * CHUNK >= ROW_GROUP or start == count:
                group = pa.concat_tables(held)
                held = []
                writer = writer or pq.ParquetWriter(part, group.schema)
                writer.write_table(group, row_group_size=ROW_GROUP)
        writer.close()
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return path
