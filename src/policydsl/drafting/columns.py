"""The columns of appendix tables: the usual ones, and an office's own from a TOML file.

::

    [考核]
    横排 = false

    [[考核.列]]
    名称 = "责任部门"
    内容 = "单位"
    宽 = 22
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from policydsl.drafting.paper import Align, Column
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.scoring.toml_files import parse_toml, read_text

KNOWN = (
    "序号", "单位", "分值合计", "一级指标", "二级指标", "项目", "基础分", "考核内容", "评分标准",
    "审核方式", "责任单位", "牵头单位", "任务", "目标", "部分", "出处", "空",
)  # fmt: skip
_KINDS = {"考核": "assessment", "积分": "scheme", "要点": "work_plan"}
_ALIGN: dict[str, Align] = {"左": "left", "中": "center", "右": "right"}
MOST = 12


@dataclass(frozen=True, slots=True)
class TableColumn:
    """``holds`` is what its cells hold, one of :data:`KNOWN`; ``width`` in mm."""

    title: str
    holds: str
    width: float
    align: Align = "left"

    def as_column(self) -> Column:
        """The column of a table."""
        return Column(self.title, self.width, self.align)


USUAL: Mapping[str, tuple[TableColumn, ...]] = MappingProxyType(
    {
        "assessment": (
            TableColumn("单位", "单位", 24, "center"),
            TableColumn("分值", "分值合计", 14, "center"),
            TableColumn("考核内容", "考核内容", 76),
            TableColumn("基础分", "基础分", 14, "center"),
            TableColumn("自评分", "空", 14, "center"),
            TableColumn("考核得分", "空", 14, "center"),
        ),
        "scheme": (
            TableColumn("一级指标", "一级指标", 30, "center"),
            TableColumn("二级指标", "二级指标", 34, "center"),
            TableColumn("分值", "基础分", 20, "center"),
            TableColumn("评分标准", "评分标准", 90),
            TableColumn("审核方式", "审核方式", 20, "center"),
            TableColumn("责任单位", "责任单位", 31, "center"),
        ),
        "work_plan": (
            TableColumn("序号", "序号", 12, "center"),
            TableColumn("任务", "任务", 36, "center"),
            TableColumn("目标", "目标", 100),
            TableColumn("牵头单位", "牵头单位", 40, "center"),
            TableColumn("责任单位", "责任单位", 37, "center"),
        ),
    }
)
_ACROSS = frozenset({"scheme", "work_plan"})


@dataclass(frozen=True)
class OfficeColumns:
    """The columns for each kind of document, and which tables lie across the page."""

    tables: Mapping[str, tuple[TableColumn, ...]] = field(default_factory=lambda: USUAL)
    across: frozenset[str] = _ACROSS

    def of(self, kind: str) -> tuple[TableColumn, ...]:
        """The columns for a kind of document."""
        return self.tables.get(kind, USUAL["assessment"])

    def landscape(self, kind: str) -> bool:
        """Whether the table lies across the page."""
        return kind in self.across


def read_columns(path: Path) -> OfficeColumns:
    """An office's own columns; raises :class:`PolicyError` (W906, D429, D450)."""
    name = str(path)
    data = parse_toml(read_text(path), name)
    tables = dict(USUAL)
    across = set(_ACROSS)
    unknown = [key for key in data if key not in _KINDS]
    if unknown or not data:
        what = "、".join(unknown) or "空的文件"
        raise _wrong(name, f"“{what}”不是考核、积分、要点", f"“{what}” is no kind of document")
    for key, settings in data.items():
        kind = _KINDS[key]
        if not isinstance(settings, dict) or set(settings) - {"列", "横排"}:
            raise _wrong(name, f"[{key}] 里只能写 列 和 横排", f"[{key}] takes 列 and 横排 only")
        if "横排" in settings:
            if not isinstance(settings["横排"], bool):
                raise _wrong(name, "横排 写 true 或 false", "横排 is true or false")
            (across.add if settings["横排"] else across.discard)(kind)
        if "列" in settings:
            tables[kind] = _columns(name, key, settings["列"])
    return OfficeColumns(tables, frozenset(across))


def _columns(name: str, key: str, found: Any) -> tuple[TableColumn, ...]:
    if not isinstance(found, Sequence) or isinstance(found, str) or not 0 < len(found) <= MOST:
        raise _wrong(
            name, f"[[{key}.列]] 要有 1 至 {MOST} 列", f"[[{key}.列]]: 1 to {MOST} columns"
        )
    return tuple(_column(name, entry) for entry in found)


def _column(name: str, entry: Any) -> TableColumn:
    if not isinstance(entry, dict) or set(entry) - {"名称", "内容", "宽", "对齐"}:
        raise _wrong(
            name, "每一列写 名称、内容、宽、对齐", "a column has 名称, 内容, 宽 and 对齐 only"
        )
    title, holds = entry.get("名称"), entry.get("内容", entry.get("名称"))
    if not isinstance(title, str) or not isinstance(holds, str) or not title.strip():
        raise _wrong(name, "每一列要有名称", "each column needs a 名称")
    if holds not in KNOWN:
        raise _wrong(name, f"“{holds}”不是列的内容", f"“{holds}” is nothing that a column holds")
    width = entry.get("宽", 25)
    if isinstance(width, bool) or not isinstance(width, (int, Decimal)) or not 5 <= width <= 250:
        raise _wrong(name, f"“{title}”的宽要在 5 至 250 毫米", f"宽 of “{title}”: 5 to 250 mm")
    align = entry.get("对齐", "左")
    if align not in _ALIGN:
        raise _wrong(name, "对齐 写 左、中 或 右", "对齐 is 左, 中 or 右")
    return TableColumn(title.strip(), holds, float(width), _ALIGN[cast("str", align)])


def _wrong(name: str, zh: str, en: str) -> PolicyError:
    details = {"problem": (zh, en), "known": "、".join(KNOWN)}
    return PolicyError([Diagnostic("W906", Source(name, ""), None, details)])
