"""The pieces that shown values are made of: HTML that needs nothing from outside, escaped.

Colours come from the theme of the notebook (JupyterLab, VS Code), so that both a light and a dark
one can be read; pictures stand on white.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

from policydsl.language.diagnostics import display_width, visible

STYLE = """<style>
.policydsl{--soft:var(--jp-ui-font-color2,var(--vscode-descriptionForeground,#5a5a5a));
--rule:var(--jp-border-color2,var(--vscode-panel-border,#c8c8c8));
font-family:"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif;
line-height:1.55;max-width:72rem;color:var(--jp-content-font-color1,inherit)}
.policydsl h4{margin:.2rem 0;color:inherit}.policydsl h5{margin:.5rem 0 .1rem;color:inherit}
.policydsl .meta,.policydsl .en{color:var(--soft)}.policydsl .meta{margin:0 0 .4rem}
.policydsl .en{font-size:.9em}
.policydsl details{margin:.15rem 0 .15rem .9rem}.policydsl summary{cursor:pointer}
.policydsl summary b{font-weight:600}
.policydsl p.rule{margin:.1rem 0 .1rem 1.1rem}
.policydsl .mark{border:1px solid currentColor;border-radius:.6rem;padding:0 .4rem;font-size:.8em}
.policydsl pre{margin:.3rem 0;white-space:pre-wrap;background:transparent;color:inherit;
font-family:"Noto Sans Mono CJK SC","Sarasa Mono SC",var(--jp-code-font-family,monospace)}
.policydsl .error,.policydsl .warning,.policydsl .note,.policydsl .pass,.policydsl .assumed{
border-left:4px solid;padding-left:.6rem;margin:.4rem 0;border-color:var(--edge)}
.policydsl .error{--edge:#d6453a}.policydsl .warning{--edge:#d98a1f}.policydsl .note{--edge:#5b8bc9}
.policydsl .pass{--edge:#3f9a64}.policydsl .assumed{--edge:#8a6fc0}
.policydsl .error>b:first-child,.policydsl .warning>b:first-child,.policydsl .note>b:first-child{
white-space:nowrap}
.policydsl .wide{overflow-x:auto}
.policydsl table{border-collapse:collapse;margin:.3rem 0}
.policydsl table td,.policydsl table th{padding:.15rem .6rem;text-align:left!important;
vertical-align:top;
border-bottom:1px solid var(--rule);white-space:pre-wrap;max-width:28rem;background:transparent;
color:inherit}
.policydsl table td.points,.policydsl table th.points{text-align:right!important;white-space:nowrap;
font-variant-numeric:tabular-nums}
.policydsl table td.short,.policydsl table th.short{white-space:nowrap}
.policydsl img{max-width:100%;background:#fff;border-radius:3px}
</style>"""

SHORT = 26
"""Cells of so many columns are not broken."""
MOST_ROWS = 60
"""A table of more rows is cut; the whole is in its DataFrame."""


def box(inner: str) -> str:
    """A shown value with its style."""
    return f'{STYLE}<div class="policydsl">{inner}</div>'


def text(words: object) -> str:
    """Words as HTML: escaped, without what cannot be seen."""
    return escape(visible(str(words)))


def lines(found: Iterable[str]) -> str:
    """Lines as HTML for a ``<pre>``."""
    return "\n".join(text(line) for line in found)


def heading(words: object, level: int = 4) -> str:
    """A heading."""
    return f"<h{level}>{text(words)}</h{level}>"


def meta(words: object) -> str:
    """A line beside the matter."""
    return f'<p class="meta">{text(words)}</p>'


def bullets(found: Iterable[object]) -> str:
    """A list of sentences; nothing where there is none."""
    items = "".join(f"<li>{text(each)}</li>" for each in found)
    return f"<ul>{items}</ul>" if items else ""


def assumed(found: Iterable[str]) -> str:
    """What figures rest on, in a box of its own."""
    shown = "<br>".join(text(each) for each in found)
    return f'<div class="assumed">{shown}</div>' if shown else ""


def fold(title: object, inner: str, opened: bool = False) -> str:
    """Something to fold and unfold."""
    state = " open" if opened else ""
    return f"<details{state}><summary><b>{text(title)}</b></summary>{inner}</details>"


def table(heads: Sequence[object], rows: Sequence[Sequence[object]], most: int = MOST_ROWS) -> str:
    """A table; columns of numbers stand at the right."""
    right = {
        i for i in range(len(heads))
        if rows and all(_is_number(row[i]) for row in rows) and any(str(row[i]) for row in rows)
    }  # fmt: skip

    def cells(row: Sequence[object], tag: str) -> str:
        kinds = ["points" if i in right else _length(cell) for i, cell in enumerate(row)]
        return "".join(
            f"<{tag}{f' class={kind}' if kind else ''}>{_cell(cell)}</{tag}>"
            for kind, cell in zip(kinds, row, strict=True)
        )

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows[:most])
    more = ""
    if len(rows) > most:
        more = meta(f"还有 {len(rows) - most} 行，见 frame(…) · {len(rows) - most} more rows")
    return f'<div class="wide"><table><tr>{cells(heads, "th")}</tr>{body}</table></div>{more}'


def _length(value: object) -> str:
    shown = str(value or "")
    return "short" if display_width(shown) <= SHORT and "\n" not in shown else ""


def _cell(value: object) -> str:
    shown = "" if value is None else str(value)
    return "<br>".join(text(line) for line in shown.split("\n"))


def turned(
    heads: Sequence[object], rows: Sequence[Sequence[object]], most: int = 10
) -> tuple[list[object], list[list[object]]]:
    """A table with a line for each column, where it has many columns and few rows."""
    if len(heads) <= most or not 1 <= len(rows) <= 4:
        return list(heads), [list(row) for row in rows]
    return [heads[0], *(row[0] for row in rows)], [
        [head, *(row[i] for row in rows)] for i, head in enumerate(heads) if i
    ]


def _is_number(value: object) -> bool:
    if isinstance(value, (bool, str)) or value is None:
        shown = str(value or "").strip().strip("%+-−—?～ 分")
        return not shown or shown.replace(".", "", 1).replace(",", "").isdigit()
    return True


def picture(svg: str, alt: str = "") -> str:
    """An SVG as an image that cannot run anything."""
    data = b64encode(svg.encode()).decode("ascii")
    return f'<img alt="{text(alt)}" src="data:image/svg+xml;base64,{data}">'


# -- the same without HTML


def plain_table(heads: Sequence[object], rows: Sequence[Sequence[object]], most: int = 20) -> str:
    """A table as text; columns are padded by the width that Chinese takes."""
    cells = [[" ".join(str("" if c is None else c).split()) for c in row]
             for row in [heads, *rows[:most]]]  # fmt: skip
    widths = [max(display_width(row[i]) for row in cells) for i in range(len(heads))]
    found = [
        "  ".join(c + " " * (w - display_width(c)) for c, w in zip(row, widths, strict=True))
        for row in cells
    ]
    if len(rows) > most:
        found.append(f"… {len(rows) - most} 行 more")
    return "\n".join(line.rstrip() for line in found)


# -- distributions


def bars(values: Sequence[tuple[str, int]], title: str, unit: str) -> str:
    """A distribution as a drawing: (label, count) for each bar, from left to right."""
    most = max((count for _, count in values), default=0) or 1
    wide, high, left, base = 640, 190, 12, 160
    step = (wide - 2 * left) / max(1, len(values))
    parts = [f'<text x="{left}" y="18" font-size="14" fill="#1f2933">{text(title)}</text>']
    skip = max(1, -(-len(values) // 9))
    for i, (label, count) in enumerate(values):
        x, tall = left + i * step, 120 * count / most
        tip = f"<title>{text(label)}：{count:,} {text(unit)}</title>"
        parts.append(
            f'<rect x="{x + 1:.1f}" y="{base - tall:.1f}" width="{max(1.0, step - 2):.1f}" '
            f'height="{tall:.1f}" fill="#0b4f8a">{tip}</rect>'
        )
        if i % skip == 0:
            parts.append(f'<text x="{x + 1:.1f}" y="{base + 16}" font-size="11" '
                         f'fill="#5b6672">{text(label)}</text>')  # fmt: skip
    parts.append(f'<line x1="{left}" x2="{wide - left}" y1="{base}" y2="{base}" '
                 'stroke="#8b95a0"/>')  # fmt: skip
    font = "Noto Sans CJK SC,Source Han Sans SC,Microsoft YaHei,PingFang SC,sans-serif"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}" font-family="{font}" role="img">'
        f'<rect width="{wide}" height="{high}" fill="#fff"/>{"".join(parts)}</svg>'
    )
