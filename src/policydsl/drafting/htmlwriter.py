"""A document of the model as one HTML page that needs nothing else."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape

from policydsl.drafting import pageformat as f
from policydsl.drafting.paper import (
    Block,
    Cell,
    Document,
    Paragraph,
    Picture,
    Run,
    Table,
    word_like,
)

_TAGS = {"title": "h1", "tabletitle": "h1", "h1": "h2", "h2": "p", "subtitle": "p"}
_STYLE = f"""
:root{{color-scheme:light}}
body{{margin:0;background:#e9e9e9;color:#111;font:16pt/1.8 "{f.FANG.name}","仿宋","FangSong",
"Noto Serif CJK SC","Source Han Serif SC",serif}}
main{{max-width:156mm;margin:1.5rem auto;padding:25mm 26mm;background:#fff;
box-shadow:0 0 6px #bbb}}
section.wide{{max-width:none}}
h1,.title{{font:22pt/1.6 "{f.SONG_TITLE.name}","小标宋","Noto Serif CJK SC",serif;text-align:center;
margin:.4em 0}}
h1.tabletitle{{font-size:18pt}}
h2{{font:16pt/1.8 "{f.HEI.name}","SimHei","Noto Sans CJK SC",sans-serif;margin:.3em 0;
text-indent:2em}}
p{{margin:0;min-height:1em;text-indent:2em}}
p.h2>span:first-child{{font-family:"{f.KAI.name}","楷体","KaiTi",serif}}
p.plain,p.address,p.annex,td p,th p{{text-indent:0}}
p.annex{{font-family:"{f.HEI.name}","Noto Sans CJK SC",sans-serif}}
p.subtitle,p.caption{{text-align:center;text-indent:0}}
p.caption,p.note{{font-size:12pt}}p.note{{text-indent:0}}
p.right{{text-align:right;padding-right:4em}}
div.table{{overflow-x:auto}}
table{{border-collapse:collapse;width:100%;font-size:12pt;line-height:1.6;table-layout:fixed}}
td,th{{border:1px solid #333;padding:.2em .4em;overflow-wrap:anywhere}}
th{{font-family:"{f.HEI.name}","Noto Sans CJK SC",sans-serif;font-weight:normal;background:#f4f4f4}}
td.center{{text-align:center}}td.right{{text-align:right}}
mark{{background:#fff2cc}}ins{{color:#0b5a1c}}del{{color:#9c1c1c}}
img{{max-width:100%;display:block;margin:0 auto}}
@media (max-width:60rem){{main{{padding:1rem;max-width:none;margin:0}}}}
@media print{{body{{background:#fff}}main{{box-shadow:none;margin:0;padding:0}}
thead{{display:table-header-group}}tr{{break-inside:avoid}}}}
"""


def write_html(document: Document) -> bytes:
    """The page as UTF-8; every text is escaped."""
    parts = []
    for section in document.sections:
        wide = ' class="wide"' if section.landscape else ""
        parts.append(f"<section{wide}>{''.join(map(_block, section.blocks))}</section>")
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    page = (
        '<!DOCTYPE html>\n<html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{escape(document.title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><main>\n{chr(10).join(parts)}\n</main></body></html>\n"
    )
    return page.encode()


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            tag = _TAGS.get(block.kind, "p")
            text = _runs(block.runs)
            if block.change is not None:
                name = "ins" if block.change == "insert" else "del"
                text = f"<{name}>{text}</{name}>"
            return f'<{tag} class="{block.kind}">{text}</{tag}>\n'
        case Table():
            return _table(block)
        case Picture():
            data = base64.b64encode(block.png).decode("ascii")
            return f'<img alt="{escape(block.alt)}" src="data:image/png;base64,{data}">\n'


def _runs(runs: Iterable[Run]) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    text = escape(word_like(run.text)).replace("\n", "<br>")
    if run.blank:
        text = f"<mark>{text}</mark>"
    if run.strong:
        text = f"<b>{text}</b>"
    if run.change is not None:
        name = "ins" if run.change == "insert" else "del"
        text = f"<{name}>{text}</{name}>"
    return f"<span>{text}</span>"


def _table(table: Table) -> str:
    total = sum(column.width for column in table.columns)
    columns = "".join(f'<col style="width:{100 * c.width / total:.2f}%">' for c in table.columns)
    head = ""
    if not table.form:
        cells = "".join(f'<th scope="col">{escape(c.title)}</th>' for c in table.columns)
        head = f"<thead><tr>{cells}</tr></thead>"
    rows = []
    for row in table.rows:
        cells = "".join(
            _cell(cell, cell.align or table.columns[j].align)
            for j, cell in enumerate(row)
            if cell is not None
        )
        rows.append(f"<tr>{cells}</tr>")
    return (
        f'<div class="table"><table><colgroup>{columns}</colgroup>{head}'
        f"<tbody>{''.join(rows)}</tbody></table></div>\n"
    )


def _cell(cell: Cell, align: str) -> str:
    spans = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    spans += f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    look = f' class="{align}"' if align != "left" else ""
    texts = "".join(f"<p>{_runs(p.runs)}</p>" for p in cell.paragraphs)
    return f"<td{spans}{look}>{texts}</td>"
