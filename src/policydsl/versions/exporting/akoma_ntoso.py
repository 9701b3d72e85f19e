"""An edition as Akoma Ntoso 3.0, the OASIS standard for legal documents in XML.

The consolidated edition of an amendment carries its changes as passive modifications.  Element
ids (``eId``) follow the naming convention of the standard, so they depend on positions; ``wId``
is the clause version's key in the history, which does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from urllib.parse import quote
from xml.etree import ElementTree as ET

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.paths import BARE_LABELS, clause_key
from policydsl.language.printing import print_node
from policydsl.versions.graph import Edge, Edition, HistoryGraph, Relation

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
Wording = Callable[[str, n.Clause | n.Document], Sequence[str]]
"""Id and tree of a clause (``""``: the document) → its paragraphs, without those inside it."""

UNKNOWN_DATE = "0001-01-01"
"""The schema demands a date where the document states none; its ``name`` says so."""

_EVENTS = {"issued": "印发", "in_force": "施行", "expires": "失效"}
_ITEMS = {"INDICATOR", "ITEM", "TASK", "SCENE", "STATUS_RULES", "BLEND"}
_MODIFICATIONS: dict[Relation, str] = {
    "amends": "substitution", "renames": "substitution", "renumbers": "renumbering",
    "moves": "renumbering", "splits": "split", "merges": "join", "inserts": "insertion",
    "repeals": "repeal",
}  # fmt: skip
# XML has no place for most control characters.
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def akoma_ntoso(graph: HistoryGraph, id_: str, wording: Wording | None = None) -> str:
    """The edition as an Akoma Ntoso document (UTF-8 text with its XML declaration).

    ``wording`` gives the paragraphs of a clause; without it they are the rules as the language
    writes them.  Raises :class:`PolicyError`: unknown edition (F008), or only its title is
    known (V637).
    """
    edition = graph.edition(id_)
    if edition.document is None:
        raise PolicyError([Diagnostic("V637", None, None, {"id": id_})])
    ET.register_namespace("", NAMESPACE)
    writer = _Writer(graph, edition, edition.document, wording or as_written)
    root = writer.document()
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def as_written(_: str, part: n.Clause | n.Document) -> list[str]:
    """The statements of a clause as the language writes them, texts about the source left out."""
    shown = [a for a in part.attributes if a.key in ("FULL_MARKS", "CAP", "FLOOR", "START")]
    aside = (n.Clause, n.Attribute, n.Fact, n.Measure, n.Example)
    rest = [s for s in part.body if not isinstance(s, aside)]
    return [" ".join(print_node(s).split()) for s in (*shown, *rest)]


def _text(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)


class _Writer:
    def __init__(
        self, graph: HistoryGraph, edition: Edition, document: n.Document, wording: Wording
    ):
        self.graph = graph
        self.edition = edition
        self.tree = document
        self.wording = wording
        self.eids: dict[str, str] = {}

    def document(self) -> ET.Element:
        """The root element."""
        root = ET.Element(_name("akomaNtoso"))
        contains = "singleVersion" if self.edition.is_amendment else "originalVersion"
        act = _add(root, "act", name="act", contains=contains)
        meta = _add(act, "meta")
        preface = _add(act, "preface")
        title = _add(_add(preface, "longTitle"), "p")
        _add(title, "docTitle", self.edition.title or self.edition.id)
        body = _add(act, "body")
        self._hierarchy(body, self.tree, "", "")
        paragraphs = self.wording("", self.tree)
        if paragraphs or not len(body):
            section = _add(body, "section", eId="sec_1")
            _add(section, "heading", "其他规定")
            self._paragraphs(section, "content", paragraphs)
        self._meta(meta)
        return root

    # -- meta

    def _uri(self, edition: Edition) -> str:
        place = edition.region or "cn"
        return f"/akn/cn/act/{quote(place)}/{quote(edition.id, safe='')}"

    def _meta(self, meta: ET.Element) -> None:
        uri = self._uri(self.edition)
        identification = _add(meta, "identification", source="#policydsl")
        for level, suffix in (
            ("FRBRWork", ""),
            ("FRBRExpression", "/zho@"),
            ("FRBRManifestation", "/zho@.xml"),
        ):
            part = _add(identification, level)
            _add(part, "FRBRthis", value=f"{uri}{suffix}/!main")
            _add(part, "FRBRuri", value=f"{uri}{suffix}")
            if level == "FRBRWork":
                _add(part, "FRBRalias", value=_text(self.edition.id), name="id")
            day = self._stated("issued")
            name = "印发" if day else "印发日期未载明"
            _add(part, "FRBRdate", date=day.isoformat() if day else UNKNOWN_DATE, name=name)
            _add(part, "FRBRauthor", href="#issuer")
            if level == "FRBRWork":
                _add(part, "FRBRcountry", value="cn")
            elif level == "FRBRExpression":
                _add(part, "FRBRlanguage", language="zho")
        self._lifecycle(meta)
        self._modifications(meta)
        references = _add(meta, "references", source="#policydsl")
        for edge in self.graph.to_older(self.edition.id, ("replaces", "based_on", "implements")):
            older = self.graph.editions[edge.older]
            _add(
                references,
                "original" if edge.relation == "based_on" else "activeRef",
                href=self._uri(older),
                showAs=_text(older.title or older.id),
                eId=f"ref_{len(references) + 1}",
            )
        for attribute, word in _EVENTS.items():
            if self._stated(attribute) is not None:
                href = f"/akn/ontology/event/{attribute}"
                _add(references, "TLCEvent", eId=attribute, showAs=word, href=href)
        _add(
            references, "TLCOrganization", eId="policydsl", showAs="policydsl",
            href="/akn/ontology/organization/policydsl",
        )  # fmt: skip
        issuer = "、".join(self.edition.issuer) or "发文机关未载明"
        _add(
            references, "TLCOrganization", eId="issuer", showAs=_text(issuer),
            href=f"/akn/ontology/organization/{quote(issuer)}",
        )  # fmt: skip

    def _stated(self, attribute: str) -> date | None:
        when: n.When | None = getattr(self.edition.stated, attribute)
        return None if when is None else when.date

    def _lifecycle(self, meta: ET.Element) -> None:
        """Events whose day is stated; the schema knows none without."""
        events = [
            ("repeal" if attribute == "expires" else "generation", attribute, day)
            for attribute in _EVENTS
            if (day := self._stated(attribute)) is not None
        ]
        if not events:
            return
        lifecycle = _add(meta, "lifecycle", source="#policydsl")
        for number, (kind, attribute, day) in enumerate(events, 1):
            _add(
                lifecycle, "eventRef", eId=f"eref_{number}", date=day.isoformat(), type=kind,
                source="#policydsl", refersTo=f"#{attribute}",
            )  # fmt: skip

    def _modifications(self, meta: ET.Element) -> None:
        edges = list(self._changes())
        if not edges:
            return
        analysis = _add(meta, "analysis", source="#policydsl")
        passive = _add(analysis, "passiveModifications")
        for number, edge in enumerate(edges, 1):
            modification = _add(
                passive, "textualMod", type=_MODIFICATIONS[edge.relation], eId=f"pmod_{number}"
            )
            _add(modification, "source", eId=f"pmod_{number}__src_1", href=self._uri(self.edition))
            _add(modification, "destination", eId=f"pmod_{number}__dest_1", href=self._target(edge))

    def _changes(self) -> Iterator[Edge]:
        for edge in self.graph.to_older(self.edition.id, ("inserts", "repeals")):
            if edge.provenance.operation:
                yield edge
        for key in self.graph.made_by(self.edition.id):
            for edge in self.graph.to_older(key, _MODIFICATIONS):
                if edge.provenance.operation:
                    yield edge

    def _target(self, edge: Edge) -> str:
        """The element that a change made; for a repeal the clause of the base."""
        if edge.relation == "repeals":
            older = self.graph.versions[edge.older]
            base = self._uri(self.graph.editions[older.edition])
            return f"{base}#{quote(older.id)}"
        key = edge.older if edge.relation == "inserts" else edge.newer
        return f"#{self.eids[self.graph.versions[key].id]}"

    # -- text

    def _hierarchy(
        self, parent: ET.Element, holder: n.Document | n.Clause, id_: str, prefix: str
    ) -> None:
        counts: dict[str, int] = {}
        for statement in holder.body:
            if not isinstance(statement, n.Clause):
                continue
            kind = self._kind(statement)
            counts[kind] = counts.get(kind, 0) + 1
            short = {"part": "part", "chapter": "chp", "article": "art"}[kind]
            eid = f"{prefix}{short}_{counts[kind]}"
            key = clause_key(statement)
            inner = f"{id_}/{key}" if id_ else key
            self.eids[inner] = eid
            element = _add(
                parent, kind, eId=eid, wId=re.sub(r"\s", "_", self.edition.contents[inner])
            )
            if statement.number is not None:
                _add(element, "num", statement.number)
            label = statement.name.text if statement.name is not None else None
            if label is None and statement.number is None:
                label = BARE_LABELS[statement.kind]
            if label is not None:
                _add(element, "heading", label)
            paragraphs = self.wording(inner, statement)
            has_inner = any(isinstance(s, n.Clause) for s in statement.body)
            if paragraphs or not has_inner:
                self._paragraphs(element, "intro" if has_inner else "content", paragraphs)
            self._hierarchy(element, statement, inner, f"{eid}__")

    @staticmethod
    def _paragraphs(element: ET.Element, tag: str, paragraphs: Sequence[str]) -> None:
        block = _add(element, tag)
        for paragraph in paragraphs or [""]:
            _add(block, "p", paragraph)

    @staticmethod
    def _kind(clause: n.Clause) -> str:
        if clause.kind == "SCHEDULE":
            return "part"
        return "article" if clause.kind in _ITEMS else "chapter"


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _add(parent: ET.Element, tag: str, text: str | None = None, /, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, _name(tag), attributes)
    if text is not None:
        element.text = _text(text)
    return element
