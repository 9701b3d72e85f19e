"""The examples of README.md and docs/*.md are run: what a reader copies from them works.

The marks of the fenced blocks are explained in docs/language.md.
"""

from __future__ import annotations

import io
import os
import re
import shlex
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from lark import Tree
from tools import dev, make_docs
from tools.make_docs import Block, blocks, policy_text, wrappers

from policydsl.checking import check, try_examples
from policydsl.language import keywords, parsing
from policydsl.language.building import Builder
from policydsl.language.parsing import parse_text
from policydsl.language.tables import lark_parser
from policydsl.model.loading import Library, bundled

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
         *sorted((ROOT / "docs").rglob("*.md"))]  # fmt: skip
BLOCKS = [
    block
    for page in PAGES
    for block in blocks(page.read_text(encoding="utf-8"), str(page.relative_to(ROOT)))
]
WRAPPERS = wrappers(BLOCKS)
# Blocks that are shown and not run: output, drawings, chores, settings of other programs.
SHOWN_ONLY = {"text", "lark", "json", "csv", "sh", "powershell", "toml", "lua", "elisp"}


def of_kind(*kinds: str) -> list[object]:
    return [pytest.param(block, id=block.where) for block in BLOCKS if block.kind in kinds]


def test_each_block_says_what_it_is():
    """A block with a misspelt mark would never be run."""
    run = {"policy", "policy-fragment", "policy-wrapper", "policy-error", "console", "python"}
    unknown = [f"{b.where}: {b.kind!r}" for b in BLOCKS if b.kind not in run | SHOWN_ONLY]
    assert unknown == []
    # Outside fences the same text would be a paragraph, and nobody would notice.
    for page in PAGES:
        fences = re.findall(r"^```", page.read_text(encoding="utf-8"), re.M)
        here = [b for b in BLOCKS if b.page == str(page.relative_to(ROOT))]
        assert len(fences) == 2 * len(here), page


# -- policies -------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", of_kind("policy", "policy-fragment"))
def test_policy_is_read_compiled_and_its_examples_hold(block: Block, tmp_path: Path):
    path = tmp_path / "example.policy"
    path.write_text(policy_text(block, WRAPPERS), encoding="utf-8")
    report = check([path])
    assert [each.render() for each in report.findings] == []
    assert report.documents
    trial = try_examples([path])
    assert [each.render() for each in trial.findings] == []
    unmet = [
        (example.title, failure.clause or "总分", str(failure.expected), str(failure.actual))
        for example in trial.examples
        for failure in example.failures
    ]
    assert unmet == []
    assert all(example.ok for example in trial.examples)
    assert len(trial.examples) == len(re.findall(r"^\s*(?:示例|example) ", block.text, re.M))


def test_most_examples_expect_something():
    """A page full of examples without an expected score would show nothing."""
    counted = expecting = 0
    for block in BLOCKS:
        if block.kind in ("policy", "policy-fragment"):
            counted += 1
            expecting += bool(re.search(r"得 |gets ", block.text))
    assert counted > 40
    assert expecting / counted > 0.8


@pytest.mark.parametrize("block", of_kind("policy-error"))
def test_mistake_gives_its_code(block: Block):
    code = block.words[1]
    library = Library(bundled())
    library.add_text(policy_text(block, WRAPPERS), block.where)
    found = list(library.diagnostics)
    if not found:
        for id_ in library.entries:
            found.extend(library.compile(id_)[1])
    assert [d.code for d in found] == [code], "\n".join(d.render() for d in found)


def test_english_blocks_say_the_same_as_the_chinese_ones():
    """Each Chinese example is followed by its English spelling, and both have one tree."""
    for chinese, following in zip(BLOCKS, [*BLOCKS[1:], None], strict=True):
        if chinese.page not in ("docs/language.md", "docs/semantics.md"):
            continue
        if chinese.kind not in ("policy", "policy-fragment") or chinese.is_english:
            continue
        if "alone" in chinese.words:
            continue
        assert following is not None, chinese.where
        assert following.is_english, f"{chinese.where} has no English spelling behind it"
        trees = [
            parse_text(policy_text(block, WRAPPERS), block.where).file
            for block in (chinese, following)
        ]
        assert trees[0] == trees[1], following.where


# -- nothing of the grammar is left out -----------------------------------------------------------


@pytest.fixture
def language_blocks() -> list[str]:
    """The texts of the Chinese examples of the language reference."""
    return [
        policy_text(block, WRAPPERS)
        for block in BLOCKS
        if block.page == "docs/language.md"
        and block.kind in ("policy", "policy-fragment")
        and not block.is_english
    ]


def test_reference_shows_every_construct_of_the_grammar(
    language_blocks: list[str], monkeypatch: pytest.MonkeyPatch
):
    seen: set[str] = set()

    class Spy(Builder):
        def file(self, tree: Tree[object]):
            seen.update(str(each.data) for each in tree.iter_subtrees())
            return super().file(tree)

    monkeypatch.setattr(parsing, "Builder", Spy)
    for text in language_blocks:
        parse_text(text)
    constructs = {
        str(rule.alias or rule.origin.name)
        for rule in lark_parser().rules
        # a rule marked "?" leaves no node where it holds one thing only
        if rule.alias or not rule.options.expand1
    }
    hidden = {name for name in constructs if name.startswith("_")}
    assert sorted(constructs - hidden - seen) == []


def test_reference_uses_every_keyword(language_blocks: list[str]):
    text = "\n".join(re.sub(r"“[^”]*”|#.*|//.*", "", each) for each in language_blocks)
    words = set(re.findall(r"[\u3400-\u9fff]+", text))
    missing = [
        spellings[0]
        for spellings in keywords.keyword_table().values()
        if not words & {each for each in spellings if not each.isascii()}
    ]
    assert missing == []


# -- generated pages, links -----------------------------------------------------------------------


def test_generated_parts_are_current():
    """Run python tools/make_docs.py when this fails."""
    assert [str(path.relative_to(ROOT)) for path in make_docs.outdated()] == []


def test_links_lead_somewhere():
    broken = []
    for page in PAGES:
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target) or target.startswith("#"):
                continue
            if not (page.parent / target.split("#")[0]).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


# -- commands and code ----------------------------------------------------------------------------


def commands(block: Block) -> list[tuple[str, str]]:
    """(command, expected output) of a console block; a command stands behind ``$``."""
    result: list[tuple[str, str]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            result.append((line[2:], ""))
        else:
            assert result, f"{block.where} shows output before a command"
            command, output = result[-1]
            result[-1] = (command, f"{output}{line}\n")
    return result


def matches(expected: str, found: str) -> bool:
    """Whether the output is the expected one; a line ``…`` stands for any number of lines."""

    def lines(text: str) -> list[str]:
        return [line.rstrip() for line in text.rstrip("\n").split("\n")]

    pattern = "".join(
        "(?:.*\n)*" if line == "…" else re.escape(line) + "\n" for line in lines(expected)
    )
    return re.fullmatch(pattern, "\n".join(lines(found)) + "\n") is not None


def test_the_comparison_of_outputs_can_fail():
    assert matches("a\n…\nd", "a  \nb\nc\nd\n")
    assert matches("a\n…\nd", "a\nd")
    assert not matches("a\n…\nd", "a\nb\nc")
    assert not matches("a", "a\nb")
    assert not matches("", "a")


@pytest.mark.parametrize("block", of_kind("console"))
def test_commands_do_what_is_shown(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The command line is run in a folder of its own.

    There stand ``policies``, ``docs`` and the blocks of the same page marked ``file=NAME``.  A
    block marked ``exit=N`` shows a command that ends with this code instead of 0.
    """
    from click.testing import CliRunner

    from policydsl.cli import cli

    for other in BLOCKS:
        for word in other.words:
            if word.startswith("file=") and other.page == block.page:
                (tmp_path / word.removeprefix("file=")).write_text(other.text, encoding="utf-8")
    for folder in ("policies", "docs"):
        (tmp_path / folder).symlink_to(ROOT / folder, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    code = next((int(w.removeprefix("exit=")) for w in block.words if w.startswith("exit=")), 0)
    for command, expected in commands(block):
        words = shlex.split(command, comments=True)
        if words[:1] != ["policydsl"]:
            assert_is_a_chore(words, block)
            continue
        found = CliRunner().invoke(cli, words[1:], standalone_mode=False, catch_exceptions=False)
        assert found.return_value == code, f"{block.where}: {command}\n{found.output}"
        if expected:
            assert matches(expected, found.output), f"{block.where}: {command}\n{found.output}"


def assert_is_a_chore(words: list[str], block: Block) -> None:
    """Commands of other programs are not run; those of this repository must exist."""
    match words:
        case ["make", task, *_]:
            assert task in dev.TASKS, block.where
        case [("python" | "python3" | "py"), "tools/dev.py", task, *_]:
            assert task in dev.TASKS, block.where
        case [("python" | "python3"), script, *_] if script.endswith(".py"):
            assert (ROOT / script).exists(), block.where
        case [("git" | "pip" | "cd"), *_] | ["python", "-m", ("pip" | "policydsl"), *_]:
            pass
        case _:
            pytest.fail(f"{block.where}: unknown command {shlex.join(words)}")


@pytest.mark.parametrize("block", of_kind("python"))
def test_code_runs_and_prints_what_is_shown(block: Block):
    """A python block prints what the text block behind it shows, if there is one."""
    index = BLOCKS.index(block)
    following = BLOCKS[index + 1] if index + 1 < len(BLOCKS) else None
    printed = io.StringIO()
    before = Path.cwd()
    try:
        os.chdir(ROOT)
        with redirect_stdout(printed):
            exec(compile(block.text, block.where, "exec"), {"__name__": "example"})
    finally:
        os.chdir(before)
    if following is not None and "output" in following.words and following.page == block.page:
        assert matches(following.text, printed.getvalue()), printed.getvalue()


def test_each_term_has_one_twin():
    """A term with two translations, or two terms with one, would drift apart in the pages."""
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = page.split("## 关键字")[0]
    rows = re.findall(r"^\| ([\u3400-\u9fff]+) \| ([a-z -]+) \|", terms, re.M)
    assert len(rows) > 50
    for side in zip(*rows, strict=True):
        assert sorted(set(side)) == sorted(side)
