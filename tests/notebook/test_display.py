"""Values show themselves: as HTML with everything a reader needs, and as text with the same."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import policydsl as pdl
from policydsl.language.diagnostics import Diagnostic
from policydsl.notebook import display, markup
from policydsl.notebook.display import TYPES, Diagnostics, shown

PERSON = {"年龄": 30, "持有居住证": True, "社保月数": 12}
EVIL = "<script>alert(1)</script>"
SMALL = """积分 甲 “%s” {
  事实 数：计数（次）
  指标 乙 满分 5 分 { 每 1 次 数 加 1 分，最高 4 分 }
  示例 “一次” { 数 1，得 1 分 }
}
"""


class Tags(HTMLParser):
    """Checks that every element that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        for name, value in attrs:
            if name in ("src", "href"):
                assert str(value).startswith(("data:image/", "#")), value
        if tag not in ("img", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    tags.close()
    assert tags.open == []
    assert "script" not in tags.seen
    return tags


def small(title: str = "小办法") -> pdl.Policy:
    return pdl.loads(SMALL % title)


def _simulated() -> Any:
    return pdl.simulate(
        "yueqing-2022", "yueqing-2023-draft", population="yangtze-delta-migrants", n=300,
        scene="随迁子女入学", quota=30, assume=["yueqing-demo"],
    )  # fmt: skip


def _scored() -> Any:
    return pdl.score_columns(small(), [{"数": k} for k in range(9)])


def _specification() -> Any:
    from policydsl.simulation.reading import load_spec

    return load_spec("yangtze-delta-migrants")


# what is shown, and words that a reader must find in both forms
VALUES: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "policy": (lambda: pdl.load("yueqing-2022"), ("计分标准（原文未载明）", "未载明")),
    "assumed policy": (
        lambda: pdl.load("yueqing-2022", assume=["yueqing-demo"]),
        ("yueqing-demo", "加0.5分，最高得30分。"),
    ),
    "clause": (lambda: next(iter(pdl.load("yueqing-2022").clauses.values())), ("满分",)),
    "fact": (lambda: small().facts["数"], ("计数（次）",)),
    "score": (lambda: pdl.score("yueqing-2022", PERSON), ("社保", "未载明", "300")),
    "trace": (lambda: pdl.explain("yueqing-2022", PERSON).trace, ("社保",)),
    "explanation": (lambda: pdl.explain("yueqing-2022", PERSON), ("社保",)),
    "diagnostic": (
        lambda: Diagnostic("M201", None, None, {"name": "数目", "near": ("", "")}),
        ("数目", "M201"),
    ),
    "report": (lambda: pdl.check("beilun-departments"), ("2380",)),
    "diff": (lambda: pdl.diff("provincial-indicators-a", "provincial-indicators-b"), ("provincial-indicators-b", "修改")),
    "history": (pdl.history, ("beilun-departments", "替代 beilun-centre-older")),
    "review": (lambda: pdl.review(small()), ("R603", "例证", "改满分为 4 分")),
    "finding": (lambda: pdl.review(small()).findings[0], ("R603", "例证")),
    "plain review": (lambda: pdl.review(small()).review, ("R603",)),
    "proof": (
        lambda: pdl.prove(small(), bounds=True, directions=True, reach=True, can=("数 达到 2", 2)),
        ("最多 4 分", "只升不降", "能：", "可以达到 2 分"),
    ),
    "difference": (
        lambda: pdl.prove("provincial-indicators-a", equal="provincial-indicators-a-draft"),
        ("最多增加 5 分", "缴纳社保"),
    ),
    "coverage": (lambda: pdl.coverage(small()), ("1 个示例", "还没走到的")),
    "audit": (lambda: pdl.audit(small(), "每1次加1分，最高得4分。\n满分5分。"), ("原文数字",)),
    "comparison": (
        lambda: pdl.compare("provincial-indicators-a", "provincial-indicators-b"),
        ("事项", "provincial-indicators-b"),
    ),
    "simulation": (_simulated, ("yueqing-demo", "录取线", "受益")),
    "search": (
        lambda: pdl.search(
            "provincial-indicators-a", population="yangtze-delta-migrants", n=200,
            targets=["均值=不变"], moves=["缴纳社保:0.5=0.3..0.6/0.1"],
        ),
        ("目标", "均值"),
    ),
    "specification": (_specification, ("yangtze-delta-migrants", "假定")),
    "population": (lambda: _scored().population, ("9 行", "数")),
    "scores": (_scored, ("9 例", "均值")),
    "histogram": (lambda: _scored().histogram().low, ("均值",)),
    "tally": (lambda: _scored().histogram(), ("得分", "9 人")),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_a_value_shows_itself_twice(name: str):
    make, words = VALUES[name]
    found = shown(make())
    html, plain = found["text/html"], found["text/plain"]
    tags = read(html)
    for word in words:
        # pictures and frames hold their words as data
        assert word in tags.text or "<img" in html or "<iframe" in html, word
        assert any(part in plain for part in (word, word.removesuffix("的"))), word
    assert "<div" not in plain
    assert "object at 0x" not in plain


@pytest.mark.parametrize(
    "name", ["policy", "review", "proof", "coverage", "score", "audit", "scores"]
)
def test_names_are_escaped(name: str):
    policy = small(EVIL)
    make: dict[str, Callable[[], Any]] = {
        "policy": lambda: policy,
        "review": lambda: pdl.review(policy),
        "proof": lambda: pdl.prove(policy),
        "coverage": lambda: pdl.coverage(policy),
        "score": lambda: pdl.score(policy, {"编号": EVIL, "数": 1}),
        "audit": lambda: pdl.audit(policy, f"{EVIL}每1次加1分。\n"),
        "scores": lambda: pdl.score_columns(policy, [{"编号": EVIL, "数": 1}]),
    }
    html = shown(make[name]())["text/html"]
    assert EVIL not in html
    assert "&lt;script&gt;" in html
    read(html)


def test_assumptions_stand_before_the_figures():
    html = shown(pdl.load("yueqing-2022", assume=["yueqing-demo"]))["text/html"]
    assert html.index("yueqing-demo") < html.index("<details")
    html = shown(_simulated())["text/html"]
    assert html.index("yueqing-demo，不是") < html.index("<img")
    assert html.index("合成人口") < html.index("<img")


def test_nothing_is_loaded_from_outside():
    """Colours follow the theme of the notebook; nothing comes from a network."""
    assert "http" not in markup.STYLE.replace("http://www.w3.org", "")
    assert "--jp-content-font-color1" in markup.STYLE
    assert "url(" not in markup.STYLE


def test_every_type_is_registered_under_the_module_that_it_comes_from():
    """IPython looks a type up by the module that defines it, not by one that passes it on."""
    for module, name, home, function in TYPES:
        kind = getattr(importlib.import_module(module), name)
        assert (kind.__module__, kind.__qualname__) == (module, name)
        assert callable(getattr(importlib.import_module(f"policydsl.notebook.{home}"), function))


def test_a_shell_shows_both_forms():
    from IPython.core.interactiveshell import InteractiveShell

    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    try:
        display.register(shell)
        assert shell.display_formatter is not None
        data, _ = shell.display_formatter.format(pdl.score(small(), {"数": 1}))
        assert data["text/html"].startswith("<style>")
        assert "1 分" in data["text/plain"]
        data, _ = shell.display_formatter.format(pdl.review(small()))
        assert "怎么改" in data["text/plain"]
        assert "dataframe" not in data["text/html"]
    finally:
        InteractiveShell.clear_instance()


def test_a_distribution_of_nothing_and_of_a_very_wide_one():
    import numpy as np

    from policydsl.scoring.columns.histograms import Histogram

    empty = Histogram(np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert "没有数据" in shown(empty)["text/plain"]
    wide = Histogram(np.array([-(10**15), 0, 10**15]), np.array([1, 2, 3]))
    assert "6 人" in shown(wide)["text/plain"]


def test_a_table_is_cut_and_says_so():
    rows = [(str(k), k) for k in range(100)]
    html = markup.table(("甲", "乙"), rows)
    assert html.count("<tr>") == 61
    assert "40" in markup.plain_table(("甲", "乙"), rows, 60)


def test_findings_show_themselves_one_below_the_other(tmp_path: Path):
    path = tmp_path / "bad.policy"
    path.write_text("积分 甲 “甲” { 指标 乙 满分 5 { 加 5 分 } }", "utf-8")
    found = Diagnostics(pdl.check(path).findings)
    assert "M204" in repr(found)
    assert read(found._repr_html_()).text.count("M204") == 1
