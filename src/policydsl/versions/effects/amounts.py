"""What became of points: amounts, tables of them, caps and what else qualifies them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policydsl.language import nodes as n
from policydsl.model import rules as r
from policydsl.scoring.ranges import show_points
from policydsl.versions.effects.limits import rounding_text
from policydsl.versions.effects.sameness import Same
from policydsl.versions.effects.words import (
    NOTHING,
    Effect,
    EffectKind,
    Pair,
    amount_text,
    change,
    points,
    unchanged,
    written,
)


def _signs(a: int, b: int) -> tuple[Pair, Pair]:
    words: dict[int, Pair] = {1: ("加", "add"), -1: ("扣", "deduct")}
    return words[a], words[b]


def amount_effects(kind: EffectKind, what: Pair, a: Any, b: Any) -> list[Effect]:
    """Effects on the amounts of two actions with ``sign`` and ``points``."""
    if (a.sign, a.points) == (b.sign, b.points):
        return []
    old, new = amount_text(a.points), amount_text(b.points)
    if a.sign != b.sign:
        x, y = _signs(a.sign, b.sign)
        old, new = (
            (f"{x[0]} {old[0]}", f"{x[1]} {old[1]}"),
            (f"{y[0]} {new[0]}", f"{y[1]} {new[1]}"),
        )
    if old == new:
        return []  # formulas: shown by the whole rule
    return [change(kind, what, old, new)]


def matrix_effects(a: r.Rule, b: r.Rule, x: r.Matrix, y: r.Matrix, same: Same) -> list[Effect]:
    """Cells that changed; none where the two tables are not about the same."""
    heads = ("row_subject", "column_subject", "rows", "columns")
    if not all(same(getattr(x, head), getattr(y, head)) for head in heads):
        return []  # another table: shown by the whole rule
    labels = _matrix_labels(b)
    result = []
    for i, (olds, news) in enumerate(zip(x.cells, y.cells, strict=True)):
        for j, (old, new) in enumerate(zip(olds, news, strict=True)):
            if not same(old, new) and amount_text(old) != amount_text(new):
                zh, en = labels(i, j)
                result.append(
                    change("tiers", (f"{zh}：", f"{en}:"), amount_text(old), amount_text(new))
                )
    return result


def _matrix_labels(rule: r.Rule) -> Any:
    node = rule.node
    action = node.action if isinstance(node, n.Rule) else node.outcome if node else None

    def patterns(found: Sequence[n.Pattern]) -> Pair:
        texts = [written(p) for p in found]
        return "、".join(zh for zh, _ in texts), ", ".join(en for _, en in texts)

    def label(row: int, column: int) -> Pair:
        if not isinstance(action, n.Matrix):
            return f"第 {row + 1} 行第 {column + 1} 列", f"row {row + 1}, column {column + 1}"
        first, second = patterns(action.rows[row].patterns), patterns(action.columns[column])
        return f"{first[0]} × {second[0]}", f"{first[1]} × {second[1]}"

    return label


def modifier_effects(a: r.Rule, b: r.Rule) -> list[Effect]:
    """What became of caps, floors, shares and roundings."""
    result: list[Effect] = []
    for kind, what in _MODIFIERS:
        old = [x for x in a.modifiers if isinstance(x, kind)]
        new = [x for x in b.modifiers if isinstance(x, kind)]
        if old != new:
            texts = (_modifier_text(old), _modifier_text(new))
            result.append(change("modifier", what, *texts))
        elif kind is r.PointsCap and old:
            result.append(unchanged("modifier", what, _modifier_text(old)))
    changed = any(effect.changed for effect in result)
    if not changed and a.modifiers != b.modifiers:
        words = ("计算次序改变", "the order of the computation changes")
        result.append(Effect("modifier", *words))
    return result


_MODIFIERS: tuple[tuple[type[Any], Pair], ...] = (
    (r.PointsCap, ("最高", "at most")),
    (r.PointsFloor, ("最低", "at least")),
    (r.Scale, ("折算", "counted at")),
    (r.RoundTo, ("舍入", "rounding")),
)


def _modifier_text(modifiers: Sequence[r.Modifier]) -> Pair:
    if not modifiers:
        return NOTHING
    texts: list[Pair] = []
    for modifier in modifiers:
        match modifier:
            case r.PointsCap() | r.PointsFloor():
                texts.append(points(modifier.value))
            case r.Scale():
                texts.append((f"{show_points(modifier.factor * 100)}%",) * 2)
            case r.RoundTo():
                texts.append(rounding_text(modifier))
    return "、".join(zh for zh, _ in texts), ", ".join(en for _, en in texts)
