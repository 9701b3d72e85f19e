"""Charts show Chinese on every machine, say what they draw, and are the same in every run."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import textwrap
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from policydsl.language.diagnostics import PolicyError
from policydsl.pages import charts, fonts, plots
from policydsl.pages.charts import Chart
from policydsl.pages.drawing import apart, ink_on

pytest.importorskip("vl_convert", reason="the extra charts is not installed")

VERSIONS = ("原方案", "草案甲", "草案乙")
GROUPS = [
    {"年龄": age, "均值": mean + Fraction(number, 4), "版本": version}
    for number, version in enumerate(VERSIONS)
    for age, mean in (("30 岁以下", Fraction(120)), ("30 至 45 岁", Fraction("134.5")))
]
BANDS = [
    {"分数": 20 * band, "人数": (band + 3) * (5 - band) * 7, "版本": version}
    for version in VERSIONS[:2]
    for band in range(5)
]
MAKERS: dict[str, Callable[[], Chart]] = {
    "steps": lambda: plots.steps(BANDS, "分数", "人数", "版本", width=20, title="分布",
                                 marks=[(Fraction("33.5"), "录取线 33.5")]),
    "grouped_bars": lambda: plots.grouped_bars(GROUPS, "年龄", "均值", "版本", title="各组"),
    "stacked_bars": lambda: plots.stacked_bars(GROUPS, "年龄", "均值", "版本", share=True),
    "heat_map": lambda: plots.heat_map(GROUPS, "版本", "年龄", "均值", title="转移"),
    "slopes": lambda: plots.slopes(GROUPS, "年龄", "均值", "版本"),
    "tornado": lambda: plots.tornado(
        [{"数": "每 1 个月 加 0.5 分", "下调": Decimal("-1.5"), "上调": 2},
         {"数": "上限 30 分", "下调": None, "上调": Fraction(1, 3)}], "数", "下调", "上调"),
    "waterfall": lambda: plots.waterfall(
        [{"项": "原得分", "分": 150}, {"项": "社保", "分": 3}, {"项": "疫苗", "分": Fraction(-1, 2)},
         {"项": "草案得分", "分": Fraction("152.5")}], "项", "分"),
    "ranges": lambda: plots.ranges(
        [{"单位": "公安分局", "低": 40, "高": 70}, {"单位": "教育局", "低": 55, "高": 55}],
        "单位", "低", "高"),
    "dots": lambda: plots.dots(GROUPS, "年龄", "均值", "版本"),
    "lines": lambda: plots.lines(BANDS, "分数", "人数", "版本"),
}  # fmt: skip


def words_of(svg: str) -> list[str]:
    """The texts that a drawing shows."""
    root = ET.fromstring(svg)
    return [(node.text or "").strip() for node in root.iter() if node.tag.endswith("}text")]


@pytest.mark.parametrize("name", MAKERS)
def test_every_chart_is_a_sound_specification_of_vega_lite(name: str):
    altair = pytest.importorskip("altair")
    chart = MAKERS[name]()
    assert isinstance(chart.altair(), altair.TopLevelMixin)  # from_dict validates


@pytest.mark.parametrize("name", MAKERS)
def test_every_category_and_series_stands_in_the_drawing(name: str):
    chart = MAKERS[name]()
    svg = chart.svg(standalone=False)
    shown = " ".join(words_of(svg))
    words = {v for row in chart.rows for v in row.values() if isinstance(v, str)}
    assert words
    for word in words:
        assert word in shown
    assert chart.title in shown
    assert chart.title == "" or chart.title not in words_of(chart.svg(titled=False))


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_chart_gives_the_same_bytes(name: str):
    first = MAKERS[name]()
    made = first.svg(), first.png(dpi=96)
    charts._drawn.cache_clear()
    fonts.embedded.cache_clear()
    second = MAKERS[name]()
    assert (second.svg(), second.png(dpi=96)) == made


def test_parts_of_two_drawings_in_one_page_do_not_get_mixed_up():
    first, second = (MAKERS["steps"]().svg(name=name) for name in ("a", "b"))
    ids = [set(re.findall(r'id="([^"]+)"', svg)) for svg in (first, second)]
    assert not ids[0] & ids[1]
    for svg, own in zip((first, second), ids, strict=True):
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= own


def test_nothing_is_loaded_from_elsewhere():
    drawn = [make().svg(standalone=False) for make in MAKERS.values()]
    for svg in (*drawn, MAKERS["dots"]().svg()):
        addresses = re.findall(r"""(?:href|src)=["']([^"']+)|url\(([^)]+)\)""", svg)
        assert all(a.startswith(("#", "data:")) for pair in addresses for a in pair if a)


def pixels(png: bytes) -> list[bytes]:
    """The lines of an 8-bit RGBA picture."""
    width, height = struct.unpack(">II", png[16:24])
    parts, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            parts += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw, lines, last = zlib.decompress(parts), [], bytes(4 * width)
    for row in range(height):
        kind = raw[row * (4 * width + 1)]
        line = bytearray(raw[row * (4 * width + 1) + 1 : (row + 1) * (4 * width + 1)])
        for i in range(len(line)):
            left, up = line[i - 4] if i >= 4 else 0, last[i]
            corner = last[i - 4] if i >= 4 else 0
            near = min((abs(up - corner), 0, left), (abs(left - corner), 1, up),
                       (abs(left + up - 2 * corner), 2, corner))[2]  # fmt: skip
            line[i] = (line[i] + (0, left, up, (left + up) // 2, near)[kind]) & 255
        lines.append(bytes(line))
        last = bytes(line)
    return lines


def dark(png: bytes) -> int:
    """How many pixels are dark."""
    return sum(line[i] < 128 for line in pixels(png) for i in range(0, len(line), 4))


ONE_WORD = """
import sys
from policydsl.pages.charts import Chart
spec = {"data": {"values": [{"t": sys.argv[1]}]}, "width": 90, "height": 40,
        "mark": {"type": "text", "fontSize": 30}, "encoding": {"text": {"field": "t"}}}
sys.stdout.buffer.write(Chart(spec).png(dpi=96))
"""


def test_chinese_is_drawn_on_a_machine_without_any_font(tmp_path: Path):
    """Two characters of many and of few strokes are as different as they are, not two boxes."""
    (tmp_path / "none").mkdir()
    conf = tmp_path / "fonts.conf"
    conf.write_text(f"<fontconfig><dir>{tmp_path / 'none'}</dir></fontconfig>", encoding="utf-8")
    bare = {**os.environ, "FONTCONFIG_FILE": str(conf), "HOME": str(tmp_path),
            "XDG_DATA_HOME": str(tmp_path)}  # fmt: skip

    def drawn(word: str, env: dict[str, str]) -> bytes:
        command = [sys.executable, "-c", textwrap.dedent(ONE_WORD), word]
        return subprocess.run(command, env=env, capture_output=True, check=True).stdout

    pictures = {word: drawn(word, bare) for word in ("一一", "籍龘", "乐清")}
    assert 0 < dark(pictures["一一"]) < dark(pictures["乐清"]) < dark(pictures["籍龘"])
    # and it is the font of the package that is used where others are installed, too
    assert drawn("乐清", dict(os.environ)) == pictures["乐清"]


def test_a_standalone_drawing_carries_the_characters_that_it_shows():
    svg = MAKERS["grouped_bars"]().svg()
    assert "@font-face" in svg
    assert "base64" in svg
    from fontTools.ttLib import TTFont

    with TTFont(fonts.font_file()) as font:
        has = font.getBestCmap()
    assert all(ord(c) in has for word in words_of(svg) for c in word)


def test_a_picture_says_how_large_it_is_on_paper():
    png = MAKERS["dots"]().png(dpi=300)
    at = png.index(b"pHYs")
    across, down, unit = struct.unpack(">IIB", png[at + 4 : at + 13])
    assert (across, down, unit) == (11811, 11811, 1)
    assert png.count(b"pHYs") == 1
    width, _ = struct.unpack(">II", png[16:24])
    assert 1800 < width < 2600  # about 7 inches


def test_without_rows_a_chart_says_so():
    for rows in ([], [{"年龄": "甲", "均值": None, "版本": "原"}]):
        chart = plots.dots(rows, "年龄", "均值", "版本", title="空组")
        assert "（无数据 · no data）" in words_of(chart.svg(standalone=False))


def test_a_frame_is_as_good_as_records():
    import pandas as pd

    frame = pd.DataFrame(GROUPS)
    drawn = plots.grouped_bars(frame, "年龄", "均值", "版本").svg(standalone=False)
    assert drawn == plots.grouped_bars(GROUPS, "年龄", "均值", "版本").svg(standalone=False)


def test_numbers_are_labelled_as_people_write_them():
    assert plots.shown(Fraction(1234567, 2)) == "617,283.5"
    assert plots.shown(Decimal("-0.5"), signed=True) == "−0.5"
    assert plots.shown(3, signed=True) == "+3"
    assert plots.shown(Fraction(-1, 1000)) == "0"
    assert plots.shown(Fraction(2, 3), places=0) == "1"


def test_labels_that_would_overlap_are_moved_apart():
    moved = apart([10, 11, 12, 100], 16)
    assert moved[3] == 100
    assert [b - a for a, b in pairwise(moved[:3])] == [16, 16]
    assert sum(moved[:3]) == pytest.approx(33)


def luminance(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def test_colours_can_be_told_apart_on_a_grey_print():
    for chosen in (plots.PALETTE[:3], (plots.LOSS, plots.SAME), (plots.GAIN, plots.SAME)):
        greys = sorted(map(luminance, chosen))
        assert all(b - a > 0.12 for a, b in pairwise(greys))
    assert ink_on("#0b4f8a") == "#ffffff"
    assert ink_on("#f3f7fb") != "#ffffff"


@pytest.mark.parametrize("module", ["vl_convert", "pylopdf_fonts_zh_cn"])
def test_what_is_missing_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch, module: str):
    monkeypatch.setitem(sys.modules, module, None)
    charts._renderer.cache_clear()
    charts._drawn.cache_clear()
    fonts.font_file.cache_clear()
    with pytest.raises(PolicyError) as raised:
        MAKERS["dots"]().svg()
    (problem,) = raised.value.diagnostics
    assert problem.code == "R701"
    assert "policydsl[charts]" in problem.render()
    charts._renderer.cache_clear()


def test_importing_the_builders_loads_nothing_heavy():
    code = "import policydsl.pages.plots, policydsl.pages.html, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"pandas", "numpy", "altair", "vl_convert", "jinja2", "fontTools"} & set(loaded) == set()
