"""The history as Mermaid text, for pages that draw it (Markdown on many sites, Word add-ins)."""

from __future__ import annotations

from collections.abc import Iterable

from policydsl.language.keywords import Language
from policydsl.versions.graph import BECAME_WORDS, HistoryGraph, Relation
from policydsl.versions.lineage import Lineage

_STYLES = {
    "added": "fill:#e3f6e8,stroke:#2f9e55",
    "repealed": "fill:#fde4e4,stroke:#c53030",
    "unseen": "fill:#f3eefb,stroke:#805ad5",
    "kept": "fill:#eef2f6,stroke:#7b8794",
    "stub": "fill:#ffffff,stroke:#7b8794,stroke-dasharray:5 3",
    "draft": "fill:#e3f6e8,stroke:#2f9e55",
}
_BETWEEN: tuple[Relation, ...] = ("replaces", "based_on", "implements", "succeeds")


def editions_mermaid(graph: HistoryGraph, ids: Iterable[str], language: Language = "zh") -> str:
    """Documents with what replaces, amends and cites what; older ones left."""
    names = {id_: f"e{number}" for number, id_ in enumerate(ids, 1)}
    lines = ["flowchart LR"]
    for id_, name in names.items():
        edition = graph.editions[id_]
        style = "stub" if edition.is_stub else "draft" if not edition.adopted else "kept"
        lines.append(f'  {name}["{_escaped(edition.title or id_)}"]:::{style}')
    for id_, name in names.items():
        for edge in graph.to_older(id_, _BETWEEN):
            if edge.older in names:
                word = BECAME_WORDS[edge.relation][0 if language == "zh" else 1]
                arrow = "-.->" if edge.relation == "implements" else "-->"
                lines.append(f'  {names[edge.older]} {arrow}|"{word}"| {name}')
    return _finished(lines)


def lineage_mermaid(graph: HistoryGraph, older: str, newer: str, language: Language = "zh") -> str:
    """Clauses of two editions with what became of each; dotted arrows are inferred."""
    lineage = graph.between(older, newer)
    lines = ["flowchart LR"]
    names: dict[tuple[str, str], str] = {}
    for side, id_ in (("o", older), ("n", newer)):
        edition = graph.edition(id_)
        lines.append(f'  subgraph {side}["{_escaped(edition.title or id_)}"]')
        lines.append("    direction TB")
        for number, (clause, key) in enumerate(edition.contents.items(), 1):
            names[side, clause] = f"{side}{number}"
            version = graph.versions[key]
            text = clause if version.title == version.label else f"{clause} {version.title}"
            style = _style(lineage, clause, side == "o")
            lines.append(f'    {side}{number}["{_escaped(text)}"]:::{style}')
        lines.append("  end")
    for link in lineage.links:
        word = "" if link.inferred is None else ("推定" if language == "zh" else "inferred")
        arrow = "-->" if link.inferred is None else f'-. "{word}" .->'
        for old in link.old:
            for new in link.new:
                if ("o", old) in names and ("n", new) in names:
                    lines.append(f"  {names['o', old]} {arrow} {names['n', new]}")
    return _finished(lines)


def _style(lineage: Lineage, id_: str, older: bool) -> str:
    if id_ in (lineage.successors if older else lineage.predecessors):
        return "kept"
    if not older:
        return "added"
    return "unseen" if lineage.is_not_seen(id_) else "repealed"


def _escaped(text: str) -> str:
    """Mermaid reads a text in quotation marks; these and its own marks go in as entities."""
    for mark, name in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(mark, name)
    return " ".join(text.split())


def _finished(lines: list[str]) -> str:
    used = {line.rpartition(":::")[2] for line in lines if ":::" in line}
    styles = [f"  classDef {name} {style}" for name, style in _STYLES.items() if name in used]
    return "\n".join([*lines, *styles]) + "\n"
