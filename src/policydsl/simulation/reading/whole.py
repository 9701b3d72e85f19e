"""The whole of a file."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from policydsl.simulation.reading.attributes import Attributes
from policydsl.simulation.reading.households import Households
from policydsl.simulation.reading.known import Known
from policydsl.simulation.reading.links import Links
from policydsl.simulation.reading.tables import KINDS, Bad, Table
from policydsl.simulation.specs import Basis, Reference, Spec


def spec_of(data: dict[str, Any], known: Known, digest: str) -> Spec | None:
    """The specification that a file holds; what is wrong is found in ``known``."""
    attributes, links = Attributes(known), Links(known)
    top = Table(known, data, ("文件", "file"))
    try:
        _sources(top, known)
        known.units = top.texts("单位", "units")
        known.day = top.get("评定日", "date", "date", None)
        for table in top.tables("属性", "attributes"):
            attributes.attribute(table)
        spec = Spec(
            id=top.get("标识", "id", "text"),
            title=top.get("名称", "title", "text"),
            english=top.get("英文", "english", "text", None),
            file=known.name,
            digest=digest,
            size=top.get("规模", "size", "whole", len(known.units) or ...),
            day=known.day,
            notes=top.texts("说明", "notes"),
            sources=MappingProxyType(known.sources),
            attributes=MappingProxyType(known.attributes),
            dependences=tuple(links.dependences(top)),
            joints=tuple(links.joints(top)),
            limits=tuple(links.limits(top)),
            household=Households(known, attributes).household(top),
            units=known.units,
            size_basis=top.basis() or Basis(),
            comparisons=tuple(links.comparisons(top)),
        )
    except Bad:
        return None
    top.done()
    if spec.size < 1:
        known.add("D453", where=top.where, key=("规模", "size"),
                 wanted=("正整数", "a positive whole number"))  # fmt: skip
    if not spec.attributes:
        known.add("D452", where=top.where, key=("属性", "attributes"))
    return spec


def _sources(top: Table, known: Known) -> None:
    table = top.table("来源表", "sources")
    for id_, value in table.data.items():
        where = (f"来源 {id_}", f"source {id_}")
        if not isinstance(value, dict):
            known.add("D453", where=table.where, key=id_, wanted=KINDS["table"][1])
            continue
        one = Table(known, value, where)
        title, url = one.get("题名", "title", "text"), one.get("网址", "url", "text", None)
        known.sources[id_] = Reference(id_, title, url, one.get("说明", "note", "text", None))
        one.done()
