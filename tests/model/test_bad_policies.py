"""Policies that read well but mean nothing, or not what they say: the findings of the model.

The files lie in ``bad/`` with what a drafter sees beside them (see ``tests/golden.py``).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from tests.golden import hold_against, rendered

from policydsl.checking import check
from policydsl.language.diagnostics import Diagnostic, PolicyError, in_order
from policydsl.language.nodes import walk
from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_file
from policydsl.model.loading import Library, bundled, load, loads
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator

BAD = Path(__file__).parent / "bad"
FILES = sorted(BAD.glob("*.policy"))
SECONDS = 5.0


def found_in(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Diagnostic]:
    """What ``policydsl check`` says of a file, under its bare name."""
    monkeypatch.chdir(path.parent)
    # alone, so that a neighbour's facts and ids do not count
    findings = [*_alone(path), *_asked_for(path)]
    return in_order(findings)


def _alone(path: Path) -> list[Diagnostic]:
    started = time.process_time()
    library = Library(bundled())
    library.add_file(Path(path.name))
    findings = list(library.diagnostics)
    for id_, entry in library.entries.items():
        if entry.document.kind == "ASSUMPTION":
            for name in entry.document.applies_to:
                findings.extend(library.compile(name.text, [id_])[1])
        else:
            findings.extend(library.compile(id_)[1])
    assert time.process_time() - started < SECONDS
    return findings


def _asked_for(path: Path) -> list[Diagnostic]:
    """A set that a user names, although it belongs to another policy."""
    if path.stem != "assumption-for-another":
        return []
    library = Library(bundled())
    library.add_file(Path(path.name))
    with pytest.raises(PolicyError) as caught:
        library.policy("样例", ["样例假设"])
    return list(caught.value.diagnostics)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_findings(path: Path, monkeypatch: pytest.MonkeyPatch):
    findings = found_in(path, monkeypatch)
    hold_against(path.with_suffix(".expected"), rendered(findings))
    assert any(finding.severity == "error" for finding in findings)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_command_says_the_same(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """``policydsl.checking.check`` finds it too, in a folder with nothing else."""
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    expected = {d.code for d in found_in(path, monkeypatch)} - {"A302"}
    assert expected <= {d.code for d in check([copy]).findings}


def test_eight_errors_are_eight_findings(monkeypatch: pytest.MonkeyPatch):
    """Independent errors of a policy are all reported in one go, and nothing besides."""
    findings = found_in(BAD / "eight-errors.policy", monkeypatch)
    assert [d.code for d in findings] == [
        "M213", "M208", "M201", "M220", "M202", "M221", "M216", "M242",
    ]  # fmt: skip


def test_with_broken_sentences_nothing_is_said_of_the_meaning(tmp_path: Path):
    """What was mended to go on reading must not be judged: the author never wrote it."""
    path = tmp_path / "样例.policy"
    path.write_text("积分 样例 { 指标 甲 上限 分 { 每 1 个月 加 1 分 } }", encoding="utf-8")
    assert [d.code for d in check([path]).findings] == ["P119"]


def test_facts_of_a_vocabulary_that_cannot_be_read_do_not_seem_unknown(tmp_path: Path):
    (tmp_path / "词汇.policy").write_text("词汇 甲词汇 { 事实 甲一 是否 }", encoding="utf-8")
    policy = tmp_path / "样例.policy"
    policy.write_text("积分 样例 { 使用 甲词汇 指标 乙 { 甲一：加 1 分 } }", encoding="utf-8")
    assert [d.code for d in check([policy]).findings] == ["P110"]


# -- size and depth


def in_time(text: str) -> list[str]:
    """Codes of the findings of a text with one policy; none when it can be scored."""
    started = time.process_time()
    codes: list[str] = []
    try:
        policy = loads(text)
    except PolicyError as error:
        codes = [d.code for d in error.diagnostics]
        str(error)
    else:
        assert sum(1 for _ in walk(policy.document))
        Evaluator(policy)
    assert time.process_time() - started < SECONDS
    return codes


def test_a_long_chain_of_derived_facts():
    facts = "\n".join(f"事实 x{i}：小数 = x{i + 1} + 1" for i in range(1, 400))
    text = f"积分 样例 {{\n{facts}\n事实 x400：小数\n指标 乙 {{ x1 超过 3：加 1 分 }} }}"
    assert in_time(text) == []


def test_a_long_circle_of_derived_facts():
    facts = "\n".join(f"事实 x{i}：小数 = x{(i + 1) % 3000} + 1" for i in range(3000))
    codes = in_time(f"积分 样例 {{\n{facts}\n指标 乙 {{ x1 超过 3：加 1 分 }} }}")
    assert codes == ["M213"]


def test_a_chain_of_vocabularies_is_bounded():
    chain = "\n".join(f"词汇 v{i} {{ 使用 v{i + 1} 事实 x{i}：是否 }}" for i in range(2_000))
    text = (
        f"{chain}\n词汇 v2000 {{ 事实 x2000：是否 }}\n积分 样例 {{ 使用 v0 指标 乙 {{ 加 1 分 }} }}"
    )
    assert in_time(text) == ["M246"]


def test_vocabularies_that_all_use_each_other():
    """The ways through such a tangle are more than can be walked one by one."""
    names = [f"v{i}" for i in range(18)]
    tangle = "\n".join(
        f"词汇 {name} {{ 使用 {'、'.join(n for n in names if n != name)} }}" for name in names
    )
    codes = in_time(f"{tangle}\n积分 样例 {{ 使用 v0 指标 乙 {{ 加 1 分 }} }}")
    assert set(codes) == {"M214"}


# What nests, as a function of how deep; the greatest depth that is read.
DEEP: dict[str, tuple[Callable[[int], str], int]] = {
    "groups": (lambda n: "组 甲 {" * n + "指标 乙 { 加 1 分 }" + "}" * n, 58),
    "rules": (lambda n: "指标 乙 {" + "取高 {" * n + "加 1 分" + "}" * n + "}", 58),
    "tiers": (lambda n: "指标 乙 {" + "按 甲 取分 { 其他：" * n + "加 1 分" + "}" * n + "}", 58),
    "brackets": (lambda n: "指标 乙 { 得" + "（甲 + " * n + "甲" + "）" * n + " 分 }", 58),
    "sum": (lambda n: "指标 乙 { 得" + "（" * 57 + "甲 + " * n + "甲" + "）" * 57 + " 分 }", 120),
    "minus": (lambda n: "指标 乙 { 得（" + "-" * n + "甲） 分 }", 120),
    "not": (lambda n: "指标 乙 { " + "非 " * n + "甲 超过 1：加 1 分 }", 120),
    "or": (lambda n: "指标 乙 { " + "甲 超过 1 或 " * n + "甲 超过 1：加 1 分 }", 120),
}


def deep(name: str, further: int = 0) -> str:
    make, limit = DEEP[name]
    return f"积分 样例 {{ 事实 甲：小数 {make(limit + further)} }}"


@pytest.mark.parametrize("name", DEEP)
def test_the_deepest_tree_that_is_read_can_be_printed_and_scored(name: str):
    """The limits of the reader keep every later walk over the tree within Python's stack."""
    file = parse_text(deep(name)).file
    assert parse_text(print_file(file)).file == file
    assert parse_text(print_file(file, "en")).file == file
    policy = loads(deep(name))
    Evaluator(policy).score(Case("某人", {"甲": Fraction(1)}), trace=True)


@pytest.mark.parametrize("name", DEEP)
def test_one_level_more_is_refused(name: str):
    assert [d.code for d in parse_text(deep(name, 1)).diagnostics] == ["P107"]


def test_many_facts_and_many_unknown_names():
    facts = "\n".join(f"事实 数据甲{'乙' * (i % 7)}x{i}：整数" for i in range(800))
    rules = "\n".join(f"每 1 项 数据y{i} 加 1 分" for i in range(200))
    codes = in_time(f"积分 样例 {{\n{facts}\n指标 乙 {{\n{rules}\n}} }}")
    assert set(codes) == {"M201"}


# -- the ways in


def test_load_raises_all_findings_at_once(tmp_path: Path):
    path = tmp_path / "样例.policy"
    path.write_bytes((BAD / "eight-errors.policy").read_bytes())
    with pytest.raises(PolicyError) as caught:
        load(path)
    assert len(caught.value.diagnostics) == 8
    assert str(caught.value).count("样例.policy") >= 8


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("没有.policy", "F001"),
        ("yueqing-2022x", "F008"),
    ],
)
def test_nothing_there(name: str, code: str):
    with pytest.raises(PolicyError) as caught:
        load(name)
    assert [d.code for d in caught.value.diagnostics] == [code]
