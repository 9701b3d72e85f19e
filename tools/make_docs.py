"""Writes the generated parts of the documentation: ``python tools/make_docs.py``.

Generated are: docs/errors.md (from the catalogue of diagnostics), the keyword table of
docs/glossary.md (from the grammar), the tables of clauses, units and functions in
docs/language.md, the findings of docs/review.md (from the checks and tests/review), and behind
each Chinese example of docs/language.md and docs/semantics.md its English spelling (by the
printer).  Everything else in these pages is written by hand.
``--check`` changes nothing and names the pages that are not current.

The marks of the fenced blocks stand in docs/language.md; :func:`blocks` reads them, also for
the tests that run the examples.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from policydsl.editors.codemirror import keywords_module
from policydsl.editors.textmate import textmate_text
from policydsl.language.catalogue import CATALOGUE, Template
from policydsl.language.functions import FUNCTIONS
from policydsl.language.keywords import grammar_files
from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_file
from policydsl.language.units import UNITS
from policydsl.model.kinds import CLAUSE_KINDS, CONTAINERS, spelt
from policydsl.review.findings import TOPICS
from policydsl.review.meanings import MEANINGS
from policydsl.review.registry import Check, registered

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
GAP = "…"
"""Stands alone on the line of a wrapper where the fragment goes."""


# -- fenced blocks --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A fenced block: the words behind its opening fence, its text, and where it stands.

    ``line`` is the line of the opening fence, counted from 1; ``start`` and ``end`` are the
    offsets of the whole block, fences included.
    """

    page: str
    words: tuple[str, ...]
    text: str
    line: int
    start: int
    end: int

    @property
    def kind(self) -> str:
        """The first word: the language of the block, or its mark."""
        return self.words[0] if self.words else ""

    @property
    def is_english(self) -> bool:
        """Whether the block is the English spelling of the one before it."""
        return "english" in self.words[1:]

    @property
    def where(self) -> str:
        """Page and line, for messages."""
        return f"{self.page}:{self.line}"


_FENCED = re.compile(r"^```([^\n`]*)\n(.*?)^```[ \t]*$\n?", re.M | re.S)


def blocks(text: str, page: str) -> list[Block]:
    """The fenced blocks of a Markdown text, in order."""
    return [
        Block(
            page,
            tuple(found[1].split()),
            found[2],
            text.count("\n", 0, found.start()) + 1,
            found.start(),
            found.end(),
        )
        for found in _FENCED.finditer(text)
    ]


def wrappers(page_blocks: list[Block]) -> dict[str, str]:
    """The texts that stand around fragments, by name (``policy-wrapper NAME``)."""
    return {block.words[1]: block.text for block in page_blocks if block.kind == "policy-wrapper"}


def policy_text(block: Block, around: Mapping[str, str]) -> str:
    """The whole policy text that a block stands for: a fragment in its wrapper, else itself."""
    names = [word for word in block.words[1:] if word in around]
    if not names:
        return block.text
    lines = []
    for line in around[names[0]].splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        if line.strip() == GAP:
            lines.append(textwrap.indent(block.text.rstrip("\n"), indent))
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


# -- English spellings ----------------------------------------------------------------------------


def english_spelling(block: Block, around: Mapping[str, str]) -> str:
    """The text of a Chinese block in English; raises ``ValueError`` for one that has errors."""
    result = parse_text(policy_text(block, around), block.where)
    if not result.ok:
        raise ValueError("\n".join(each.render() for each in result.diagnostics))
    printed = print_file(result.file, "en")
    if block.kind == "policy":
        return printed
    # A wrapper is one document: its first and its last line go, and one level of indentation.
    inner = printed.strip("\n").split("\n")[1:-1]
    return textwrap.dedent("\n".join(inner)) + "\n"


def with_english(text: str, page: str) -> str:
    """The page with an English block behind each Chinese example, the old ones replaced."""
    found = blocks(text, page)
    around = wrappers(found)
    pieces: list[str] = []
    position = 0
    for index, block in enumerate(found):
        if block.kind not in ("policy", "policy-fragment") or block.is_english:
            continue
        if "alone" in block.words[1:]:
            continue
        pieces.append(text[position : block.end])
        position = block.end
        following = found[index + 1] if index + 1 < len(found) else None
        if following is not None and following.is_english:
            position = following.end
        mark = " ".join([*block.words, "english"])
        pieces.append(f"\n```{mark}\n{english_spelling(block, around)}```\n")
    return "".join(pieces) + text[position:]


# -- generated tables -----------------------------------------------------------------------------


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines) + "\n"


_SECTION = re.compile(r"^// (?:-- |… )(.+)$")
_KEYWORD = re.compile(r'^([A-Z_]+)(?:\.-?\d+)?:\s*(".+)$')


def keyword_tables() -> str:
    """One table for each section of grammar/10_keywords.lark."""
    sections: dict[str, list[list[str]]] = {}
    title = ""
    for line in dict(grammar_files())["10_keywords.lark"].splitlines():
        section = _SECTION.match(line)
        if section and line.startswith("// …"):
            # the second half of the title above
            title = f"{title.split(':')[0]}: {section[1].removeprefix('and ')}"
        elif section:
            title = section[1].rstrip(" …")
        keyword = _KEYWORD.match(line)
        if keyword:
            chinese, english, *others = re.findall(r'"([^"]+)"', keyword[2])
            row = [chinese, f"`{english}`", " ".join(f"`{other}`" for other in others)]
            sections.setdefault(title, []).append(row)
    head = ["中文", "English", "另读 also read"]
    return "\n".join(
        f"### {title[0].upper()}{title[1:]}\n\n{_table(head, rows)}"
        for title, rows in sections.items()
    )


def clause_table() -> str:
    """Which kind of clause may stand in which."""
    names: dict[str, tuple[str, str]] = {kind: spelt(word) for word, kind in CLAUSE_KINDS.items()}
    names["root"] = ("文件", "document")
    rows = []
    for word, kind in CLAUSE_KINDS.items():
        zh, en = spelt(word)
        outer = [names[each] for each, inside in CONTAINERS.items() if kind in inside]
        places = "、".join(name for name, _ in outer), ", ".join(name for _, name in outer)
        rows.append([zh, f"`{en}`", " · ".join(places)])
    return _table(["条款 clause", "English", "可以写在 may stand in"], rows)


def unit_table() -> str:
    """The units that every policy may use."""
    bases: dict[str, str] = {}
    for unit in UNITS.values():
        if unit.scale == 1:
            bases.setdefault(unit.dimension, unit.symbol)
    rows = []
    for unit in UNITS.values():
        if unit.scale == 1:
            size = "计数 count" if unit.dimension == "count" else ""
        elif unit.scale > 1:
            size = f"= {unit.scale} {bases[unit.dimension]}"
        else:
            size = f"= 1/{1 / unit.scale} {bases[unit.dimension]}"
        aliases = " ".join(f"`{alias}`" for alias in unit.aliases)
        rows.append([unit.symbol, f"`{unit.english}`", aliases, size])
    return _table(["中文", "English", "另读 also read", "大小 size"], rows)


def function_table() -> str:
    """The functions that expressions may call; their meaning is written by hand."""
    rows = []
    for function in FUNCTIONS.values():
        zh, en = _FUNCTION_MEANINGS[function.english]
        names = "、".join(f"`{name}`" for name in function.chinese)
        count = "2 个以上 2 or more" if function.arguments is None else str(function.arguments)
        rows.append([names, f"`{function.english}`", count, f"{zh}<br>{en}"])
    return _table(["中文", "English", "参数 arguments", "意思 meaning"], rows)


_FUNCTION_MEANINGS: dict[str, tuple[str, str]] = {
    "min": ("几个数中最小的", "the smallest of several numbers"),
    "max": ("几个数中最大的", "the largest of several numbers"),
    "floor_of": (
        "不大于它的最大整数（按基本单位）",
        "rounded down to a whole number (of base units)",
    ),
    "ceiling_of": (
        "不小于它的最小整数（按基本单位）",
        "rounded up to a whole number (of base units)",
    ),
    "abs": ("绝对值", "without its sign"),
    "choose": (
        "条件成立取第二个，否则取第三个",
        "the second if the condition holds, else the third",
    ),
    "age": ("从出生日期到某日的周岁", "completed years of age from a birth date to a date"),
    "whole_months": ("两个日期之间的整月数", "completed months between two dates"),
    "whole_years": ("两个日期之间的整年数", "completed years between two dates"),
    "days_between": ("两个日期之间的天数", "days between two dates"),
    "household_sum": ("本人和家庭成员合计", "the sum over the applicant and all members"),
    "household_max": ("本人和家庭成员中最高的", "the largest of the applicant's and the members'"),
    "household_min": ("本人和家庭成员中最低的", "the smallest of the applicant's and the members'"),
    "household_count": ("家庭中符合条件的人数", "how many of the household meet a condition"),
    "household_any": ("家庭中有人符合条件", "whether anyone of the household meets a condition"),
}


def with_generated(text: str, name: str, content: str) -> str:
    """The page with the content between the comments that name it."""
    pattern = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end of {name} -->)", re.S)
    if not pattern.search(text):
        raise ValueError(f"the page has no place for: {name}")
    return pattern.sub(lambda found: f"{found[1]}\n{content}\n{found[2]}", text)


# -- the diagnostics ------------------------------------------------------------------------------

_LETTERS = {
    "F": ("文件", "Files"),
    "P": ("读入（文字与语法）", "Parsing"),
    "M": ("模型（名称、类型、单位、合计）", "The model"),
    "A": ("假设集", "Assumption sets"),
    "D": ("数据", "Data"),
    "S": ("计分", "Scoring"),
    "V": ("修订与版本", "Amendments and versions"),
    "R": ("审查、网页", "Review, pages"),
    "C": ("比较", "Comparison"),
    "W": ("文件输出", "Documents out"),
    "I": ("文件导入", "Documents in"),
    "J": ("笔记本、编辑器", "Notebooks, editors"),
    "U": ("命令行的用法", "How commands are written"),
}
_SEVERITIES = {"error": "错误 error", "warning": "警告 warning", "note": "提示 note"}
_ERRORS_HEAD = """\
# 诊断代码 · Diagnostics

<!-- Generated by tools/make_docs.py from the catalogue in src/policydsl/language; do not edit. -->

每一条诊断有代码、位置（文件:行:列，并标出那一行）、中英文说明和处理办法。
‹…› 处填入具体内容。一次运行报出全部错误；有错误的策略不会被用来计分，警告不妨碍计分。

Every diagnostic has a code, a place (file:line:column, with the line marked), a message and a
remedy in Chinese and English; ‹…› stands for what is filled in. One run reports all errors of a
file. A policy with errors is never scored; warnings do not keep it from being scored.
"""


class _Shown(defaultdict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"‹{key}›"


def _filled(template: str) -> str:
    text = template.format_map(_Shown())
    return re.sub(r"([*<`])", r"\\\1", text).strip()


def _entry(code: str, template: Template) -> str:
    return (
        f"### {code} {_SEVERITIES[template.severity]}\n\n"
        f"- {_filled(template.zh)}<br>→ {_filled(template.remedy_zh)}\n"
        f"- {_filled(template.en)}<br>→ {_filled(template.remedy_en)}\n"
    )


def errors_page() -> str:
    """docs/errors.md, whole."""
    parts = [_ERRORS_HEAD]
    letters = dict.fromkeys(code[0] for code in CATALOGUE)
    for letter in letters:
        zh, en = _LETTERS[letter]
        parts.append(f"## {letter} · {zh} · {en}\n")
        parts.extend(
            _entry(code, template) for code, template in CATALOGUE.items() if code[0] == letter
        )
    return "\n".join(parts)


# -- the findings of the review -------------------------------------------------------------------

FINDINGS = ROOT / "tests" / "review"


def fixes_table() -> str:
    """Which codes have a change of the text at hand, and why the others have none."""
    from policydsl.review.fixing import mending
    from policydsl.review.fixing.registry import SAFE, UNMENDED, mended_codes, ways

    assert mending.FIXING
    mended = set(mended_codes())
    rows = []
    for code in sorted(mended | set(UNMENDED), key=lambda c: ("PMVR".index(c[0]), c)):
        if code in mended:
            zh = "；".join(way[0] for way in ways(code))
            en = "; ".join(way[1] for way in ways(code))
            rows.append([code, "✓" if code in SAFE else "", zh, en])
        else:
            zh, en = UNMENDED[code]
            rows.append([code, "", f"没有：{zh}", f"none: {en}"])
    return _table(["代码 code", "拿得准 safe", "改法", "fix"], rows)


def findings_pages() -> str:
    """One part for each finding: what it means, a policy that has it, what is said, the remedy."""
    import policydsl.review.running  # noqa: F401  (registers the checks)

    parts: list[str] = []
    for topic, (zh, en) in TOPICS.items():
        checks = [c for c in registered().values() if c.topic == topic and c.code in MEANINGS]
        if checks:
            parts.append(f"### {zh} · {en}\n")
        parts.extend(_finding_page(check) for check in checks)
    return "\n".join(parts)


def _finding_page(check: Check) -> str:
    template = CATALOGUE[check.code]
    (folder,) = FINDINGS.glob(f"{check.code}-*")
    zh, en = MEANINGS[check.code]
    policy = (folder / "bad.policy").read_text(encoding="utf-8").rstrip()
    told = (folder / "bad.txt").read_text(encoding="utf-8").split("\n", 2)[2].rstrip()
    return (
        f"#### {check.code} {check.holds[0]}\n\n"
        f"{_SEVERITIES[template.severity]} · {check.holds[1]}\n\n"
        f"{zh}\n\n{en}\n\n"
        f"```text\n{policy}\n```\n\n```text\n{told}\n```\n\n"
        f"**怎么改** {_filled(template.remedy_zh)} {_filled(template.remedy_en)}\n"
    )


# -- the pages ------------------------------------------------------------------------------------

LABEXTENSION = "../editors/jupyterlab/share/jupyter/labextensions/policydsl"
"""The extension of JupyterLab, seen from docs/."""


def _language(text: str) -> str:
    text = with_generated(text, "clauses", clause_table())
    text = with_generated(text, "units", unit_table())
    text = with_generated(text, "functions", function_table())
    return with_english(text, "docs/language.md")


PAGES: dict[str, Callable[[str], str]] = {
    "errors.md": lambda _: errors_page(),
    "glossary.md": lambda text: with_generated(text, "keywords", keyword_tables()),
    "language.md": _language,
    "review.md": lambda text: with_generated(text, "findings", findings_pages()),
    "fixing.md": lambda text: with_generated(text, "fixes", fixes_table()),
    "semantics.md": lambda text: with_english(text, "docs/semantics.md"),
    "../editors/vscode/syntaxes/policydsl.tmLanguage.json": lambda _: textmate_text(),
    f"{LABEXTENSION}/static/keywords.js": lambda _: keywords_module(),
}


def outdated() -> dict[Path, str]:
    """The pages that are not current, with the text that they should have."""
    result: dict[Path, str] = {}
    for name, make in PAGES.items():
        path = (DOCS / name).resolve()
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        new = make(old)
        if new != old:
            result[path] = new
    return result


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` only name those that are not current."""
    checking = arguments == ["--check"]
    if arguments and not checking:
        print("usage: python tools/make_docs.py [--check]", file=sys.stderr)
        return 2
    pages = outdated()
    for path, text in pages.items():
        if not checking:
            path.write_text(text, encoding="utf-8", newline="\n")
        print(f"{path.relative_to(ROOT)}: {'not current' if checking else 'written'}")
    return 1 if pages and checking else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
