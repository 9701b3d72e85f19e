"""A comparison of two editions as plain rows, as JSON-ready records, and as one HTML page."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from html import escape
from typing import Any

from policydsl.language.diagnostics import visible
from policydsl.language.keywords import Language
from policydsl.model import policy as m
from policydsl.scoring.ranges import show_points
from policydsl.versions.comparing import (
    STATUS_WORDS,
    ClauseState,
    EditionDiff,
    Row,
    Tally,
    mechanism_text,
)
from policydsl.versions.effects.words import Pair, limit_text
from policydsl.versions.summing import summarise

SCHEMA = "policydsl/edition-diff/1"

HEADS: tuple[Pair, ...] = (
    ("原条款", "Older"), ("新条款", "Newer"), ("变化", "Status"), ("分值", "Points"),
    ("影响", "Effects"), ("依据", "Grounds"),
)  # fmt: skip
_INDENT = "　"  # a Chinese space: two columns wide, kept by every table


def rows_of(diff: EditionDiff, everything: bool = False) -> list[Row]:
    """The rows worth showing: all of them, or only those with a change.

    Of a part that the newer text does not show, its head stands for all that is inside it.
    """
    if everything:
        return list(diff.rows)
    shown: list[Row] = []
    unseen: int | None = None
    for row in diff.rows:
        if unseen is not None and row.statuses == ("not_seen",) and row.depth > unseen:
            continue
        unseen = row.depth if row.statuses == ("not_seen",) else None
        if row.statuses != ("unchanged",):
            shown.append(row)
    return shown


def render_table(
    diff: EditionDiff, language: Language = "zh", everything: bool = False
) -> list[tuple[str, ...]]:
    """Head and rows as texts: older, newer, status, points, effects, grounds.

    ``everything``: also what did not change.  Several effects stand on lines of their own.
    """
    pick = 0 if language == "zh" else 1
    table = [tuple(head[pick] for head in HEADS)]
    table.extend(_cells(row, language) for row in rows_of(diff, everything))
    return table


def _cells(row: Row, language: Language) -> tuple[str, ...]:
    pick = 0 if language == "zh" else 1
    indent = _INDENT * row.depth
    names = [
        "\n".join(f"{indent}{visible(s.title)}" for s in side) or "—" for side in (row.old, row.new)
    ]
    effects = [effect.zh if pick == 0 else effect.en for effect in row.effects]
    return (
        *names,
        _statuses(row, language),
        _points(row, language),
        "\n".join([*effects, *_wording(row, language)]),
        "\n".join(_grounds(row, language)),
    )


def _statuses(row: Row, language: Language) -> str:
    words = [STATUS_WORDS[status][0 if language == "zh" else 1] for status in row.statuses]
    return ("、" if language == "zh" else ", ").join(words)


def _wording(row: Row, language: Language) -> list[str]:
    if not row.wording:
        return []
    if language == "zh":
        return [f"改写：{'、'.join(zh for zh, _ in row.wording)}"]
    return [f"reworded: {', '.join(en for _, en in row.wording)}"]


def _grounds(row: Row, language: Language) -> list[str]:
    result = []
    if row.inferred is not None:
        result.append(f"推定：{row.inferred}" if language == "zh" else f"inferred: {row.inferred}")
    if row.reason is not None:
        result.append(row.reason)
    return result


def _points(row: Row, language: Language) -> str:
    """15+10+15+30 → 20+15+20+15 for a unit, 10 → 12 for an item; one number if it stays."""
    old, new = (_side_points(side, language) for side in (row.old, row.new))
    if not row.old or not row.new:
        return new or old
    return old if old == new else f"{old or '—'} → {new or '—'}"


def _side_points(side: Iterable[ClauseState], language: Language) -> str:
    texts = []
    for state in side:
        own = _limit(state.points, language)
        parts = [_limit(part, language) for part in state.parts]
        stated = all(part is None or isinstance(part, Fraction) for part in state.parts)
        if len(parts) > 1 and all(parts) and own and stated:
            sum_ = "+".join(parts)
            texts.append(f"{own}（{sum_}）" if language == "zh" else f"{own} ({sum_})")
        else:
            texts.append(own)
    return " + ".join(text for text in texts if text)


def _limit(limit: m.Limit | None, language: Language) -> str:
    if limit is None:
        return ""
    if isinstance(limit, Fraction):
        return show_points(limit)
    return limit_text(limit)[0 if language == "zh" else 1]


# -- records


def as_records(diff: EditionDiff) -> dict[str, Any]:
    """The whole comparison, ready for JSON; points are exact decimals in texts.

    A stable contract: ``schema`` names it, and fields are only ever added.
    """
    return {
        "schema": SCHEMA,
        "older": {"id": diff.older.id, "title": diff.older.title},
        "newer": {"id": diff.newer.id, "title": diff.newer.title},
        "counts": dict(diff.counts),
        "tallies": {
            key or "all": {"older": _tally(old), "newer": _tally(new)}
            for key, (old, new) in diff.tallies.items()
        },
        "rows": [_record(row) for row in diff.rows],
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {
        "items": tally.items,
        "stated": tally.stated,
        "discretionary": tally.discretionary,
        "open": tally.open,
    }


def _record(row: Row) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "old": [_state(state) for state in row.old],
        "new": [_state(state) for state in row.new],
        "statuses": list(row.statuses),
        "inferred": row.inferred,
        "reason": row.reason,
        "effects": [
            {"kind": x.kind, "zh": x.zh, "en": x.en, "changed": x.changed} for x in row.effects
        ],
        "wording": [{"zh": zh, "en": en} for zh, en in row.wording],
        "depth": row.depth,
    }


def _state(state: ClauseState) -> dict[str, Any]:
    return {
        "id": state.id,
        "title": state.title,
        "kind": state.kind,
        "points": _points_record(state.points),
        "parts": [_points_record(part) for part in state.parts],
        "mechanism": list(state.mechanism),
    }


def _points_record(limit: m.Limit | None) -> Any:
    if limit is None:
        return None
    if isinstance(limit, Fraction):
        return show_points(limit)
    return {"open": [None if end is None else show_points(end) for end in (limit.low, limit.high)]}


# -- HTML

_STYLE = """
body{font:16px/1.6 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",
sans-serif;margin:2rem auto;max-width:84rem;padding:0 1rem;color:#1c1c1c;background:#fff}
h1{font-size:1.35rem;margin:0 0 .25rem}p{margin:.25rem 0}
.en{color:#5a5a5a;font-size:.86em}
table{border-collapse:collapse;width:100%;margin-top:1rem;table-layout:fixed}
col.name{width:16%}col.status{width:9%}col.points{width:13%}col.grounds{width:18%}
th,td{border:1px solid #c9c9c9;padding:.35rem .5rem;vertical-align:top;text-align:left}
th{background:#f1f1f1;position:sticky;top:0}
tr.added td.new{background:#e2f3e4}tr.repealed td.old{background:#fbe3e1}
tr.repealed td.old span{text-decoration:line-through}
tr.not_seen td.old{background:#eee}tr.amended td.status,tr.merged td.status,tr.split td.status{
background:#fdf1d3}
tr.wording td.status{background:#eef3fa}
.kept{color:#5a5a5a}.inferred{border-bottom:1px dashed #8a6d00}
@media print{th{position:static}tr{break-inside:avoid}}
"""


def render_html(diff: EditionDiff, everything: bool = False) -> str:
    """One page that needs nothing else: Chinese with English beneath, all texts escaped."""
    older, newer = (p.title or p.id for p in (diff.older, diff.newer))
    rows = "\n".join(_html_row(row) for row in rows_of(diff, everything))
    heads = "".join(f"<th>{_both(zh, en)}</th>" for zh, en in HEADS)
    return f"""<!DOCTYPE html>
<html lang="zh-Hans">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(visible(f"{older} → {newer}"))}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{escape(visible(older))} → {escape(visible(newer))}</h1>
<p class="en">{escape(diff.older.id)} → {escape(diff.newer.id)}</p>
{_summary(diff)}
<table>
<colgroup><col class="name"><col class="name"><col class="status"><col class="points"><col>
<col class="grounds"></colgroup>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def _both(zh: str, en: str) -> str:
    return f'{escape(visible(zh))}<br><span class="en" lang="en">{escape(visible(en))}</span>'


def _summary(diff: EditionDiff) -> str:
    zh = "，".join(f"{STATUS_WORDS[s][0]} {count}" for s, count in diff.counts.items())
    en = ", ".join(f"{count} {STATUS_WORDS[s][1]}" for s, count in diff.counts.items())
    lines = [(zh, en), *summary_texts(diff)]
    return "\n".join(f"<p>{_both(zh, _without_names(zh, en))}</p>" for zh, en in lines)


def _without_names(zh: str, en: str) -> str:
    """The English of a list of names that stand above it already: its head."""
    head, _, names = en.partition(": ")
    return head if names.replace(", ", "、") == zh.partition("：")[2] else en


def summary_texts(diff: EditionDiff) -> list[Pair]:
    """What became of units or groups, what is no longer measured, how much is stated."""
    units = {state.kind for row in diff.rows for state in (*row.old, *row.new)} & {"unit"}
    summary = summarise(diff, units or None)
    inferred = len(summary.inferred)
    zh_inferred = f"（其中推定 {inferred}）" if inferred else ""
    en_inferred = f" ({inferred} of them inferred)" if inferred else ""
    what = ("单位", "units") if units else ("部分", "parts")
    result: list[Pair] = [
        (
            f"{what[0]}：延续 {len(summary.continued)}{zh_inferred}，新增 {len(summary.added)}，"
            f"废止 {len(summary.repealed)}，未见 {len(summary.not_seen)}",
            f"{what[1]}: {len(summary.continued)} continued{en_inferred}, "
            f"{len(summary.added)} added, {len(summary.repealed)} repealed, "
            f"{len(summary.not_seen)} not seen",
        )
    ]
    kinds = ("indicator", "item", "task")
    gone = [row.old[0] for row in diff.of("repealed") if row.old[0].kind in kinds]
    repealed = [f"{state.id} {state.title.split(' ')[-1]}" for state in gone]
    for (zh, en), names in (
        (("废止的条款", "clauses repealed"), repealed),
        (("不再考核的数据", "no longer measured"), summary.dropped),
        (("新考核的数据", "newly measured"), summary.introduced),
    ):
        if names:
            result.append((f"{zh}：{'、'.join(names)}", f"{en}: {', '.join(names)}"))
    result += [tally_text(key, old, new) for key, (old, new) in diff.tallies.items()]
    return result


def tally_text(key: str, old: Tally, new: Tally) -> Pair:
    """Stated items of all: 部门考核项中写明分值的：42 项中 29 项 → 56 项中 14 项."""
    what = ("各单位的考核项", "items of the units") if key else ("全部考核项", "all items")
    return (
        f"{what[0]}中写明怎样计分的：{old.items} 项中 {old.stated} 项 → "
        f"{new.items} 项中 {new.stated} 项；酌情的 {old.discretionary} 项 → "
        f"{new.discretionary} 项；未载明的 {old.open} 项 → {new.open} 项",
        f"{what[1]} with stated points: {old.stated} of {old.items} → {new.stated} of "
        f"{new.items}; at discretion {old.discretionary} → {new.discretionary}; not stated "
        f"{old.open} → {new.open}",
    )


def _html_row(row: Row) -> str:
    effects = []
    for effect in row.effects:
        kept = "" if effect.changed else ' class="kept"'
        effects.append(f"<div{kept}>{_both(effect.zh, effect.en)}</div>")
    if row.wording:
        (zh,), (en,) = (_wording(row, "zh"), _wording(row, "en"))
        effects.append(f'<div class="kept">{_both(zh, en)}</div>')
    if not row.effects and row.status == "added":
        for state in row.new:
            if state.mechanism:
                effects.append(f"<div>{_both(*mechanism_text(state.mechanism))}</div>")
    grounds = []
    if row.inferred is not None:
        head = 'class="inferred"'
        grounds.append(
            f'<div {head}>推定 <span class="en" lang="en">inferred</span>：'
            f"{escape(visible(row.inferred))}</div>"
        )
    if row.reason is not None:
        grounds.append(f"<div>{escape(visible(row.reason))}</div>")
    cells = [
        f'<td class="old">{_html_side(row.old, row.depth)}</td>',
        f'<td class="new">{_html_side(row.new, row.depth)}</td>',
        f'<td class="status">{_both(_statuses(row, "zh"), _statuses(row, "en"))}</td>',
        f'<td class="points">{escape(_points(row, "zh"))}</td>',
        f"<td>{''.join(effects)}</td>",
        f"<td>{''.join(grounds)}</td>",
    ]
    return f'<tr class="{" ".join(row.statuses)}">{"".join(cells)}</tr>'


def _html_side(side: tuple[ClauseState, ...], depth: int) -> str:
    if not side:
        return "—"
    return "".join(
        f'<div style="padding-left:{depth}em"><span>{escape(visible(s.title))}</span></div>'
        for s in side
    )
