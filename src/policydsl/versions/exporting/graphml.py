"""The whole graph as GraphML, for graph programs (Gephi, yEd, networkx …).

Every value is a text: GraphML knows neither dates nor missing values.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import PurePath

import networkx as nx

from policydsl.versions.dates import NOTHING_SUPPOSED
from policydsl.versions.graph import ClauseVersion, Edition, HistoryGraph
from policydsl.versions.lineage import Place

# XML has no place for most control characters.
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def graphml(graph: HistoryGraph, ids: Iterable[str] | None = None) -> str:
    """The graph of the given editions (all by default), their clause versions and all edges."""
    wanted = set(graph.editions if ids is None else ids)
    dates = graph.dates(NOTHING_SUPPOSED)
    plain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for key, data in graph.network.nodes(data=True):
        node = data["data"]
        match node:
            case Edition():
                if node.id in wanted:
                    plain.add_node(
                        _text(key), kind="edition", title=_text(node.title or ""),
                        document=node.kind, region=_text(node.region or ""),
                        draft=str(not node.adopted).lower(), stub=str(node.is_stub).lower(),
                        issued=dates.issued[node.id].text("en"),
                        in_force=dates.in_force[node.id].text("en"),
                    )  # fmt: skip
            case ClauseVersion():
                if node.edition in wanted:
                    plain.add_node(
                        _text(key), kind="clause", title=_text(node.title), edition=node.edition,
                        clause=_text(node.id), clause_kind=node.kind.lower(),
                        thread=_text(graph.thread(key)),
                    )  # fmt: skip
            case _:
                plain.add_node(_text(key), kind="area", title=_text(str(node).removeprefix("@")))
    for edge in graph.edges():
        if _text(edge.newer) in plain and _text(edge.older) in plain:
            why = edge.provenance
            plain.add_edge(
                _text(edge.newer), _text(edge.older), relation=edge.relation,
                document=why.document, place=_text(_where(why.place)),
                stated=str(why.inferred is None).lower(),
                inferred=_text(why.inferred or ""), reason=_text(why.reason or ""),
            )  # fmt: skip
    used = {key for key, data in plain.nodes(data=True) if data["kind"] != "area"}
    plain.remove_nodes_from([k for k in list(plain) if k not in used and not plain.degree(k)])
    stream = io.BytesIO()
    nx.write_graphml_xml(plain, stream, encoding="utf-8")
    return stream.getvalue().decode("utf-8")


def _where(place: Place | None) -> str:
    """``file:line:column``, without the folder, which is of no use elsewhere."""
    if place is None:
        return ""
    source, span = place
    line, column = source.place(span.start)
    return f"{PurePath(source.name).name}:{line}:{column}"


def _text(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)
