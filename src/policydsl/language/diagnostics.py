"""Diagnostics: what is wrong, where, and what to do about it, in Chinese and English.

One catalogue (:data:`CATALOGUE`) holds every code with its severity, message and remedy.
Problems are collected values; passes add to a list and go on, so that one run reports
everything.  :class:`PolicyError` carries such a list to a caller who asked for a result
that cannot be had.
"""

from __future__ import annotations

import bisect
import difflib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from policydsl.language.keywords import Language
from policydsl.language.nodes import Span

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Template:
    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True)
class Source:
    """A text with a name to show for it (a path, or what the caller calls it)."""

    name: str
    text: str

    @cached_property
    def line_starts(self) -> list[int]:
        starts = [0]
        find = self.text.find
        position = find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = find("\n", position + 1)
        return starts

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1, in characters."""
        line = bisect.bisect_right(self.line_starts, min(max(offset, 0), len(self.text)))
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        starts = self.line_starts
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")


def display_width(text: str) -> int:
    """Columns that a text takes in a terminal: East Asian wide characters take two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


@dataclass(frozen=True)
class Diagnostic:
    """One finding.  ``details`` fill the template of ``code``; ``related`` are further places."""

    code: str
    source: Source | None = None
    span: Span | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    related: tuple[tuple[Source, Span], ...] = ()

    @property
    def template(self) -> Template:
        return CATALOGUE[self.code]

    @property
    def severity(self) -> Severity:
        return self.template.severity

    def message(self, language: Language = "zh") -> str:
        template = self.template
        return (template.zh if language == "zh" else template.en).format(**self._shown(language))

    def remedy(self, language: Language = "zh") -> str:
        template = self.template
        text = template.remedy_zh if language == "zh" else template.remedy_en
        return text.format(**self._shown(language))

    def _shown(self, language: Language) -> dict[str, object]:
        """Details as texts; a pair (Chinese, English) is shown in the language asked for."""
        chosen = 0 if language == "zh" else 1
        return {
            key: value[chosen] if isinstance(value, tuple) else value
            for key, value in self.details.items()
        }

    @property
    def place(self) -> tuple[int, int] | None:
        if self.source is None or self.span is None:
            return None
        return self.source.place(self.span.start)

    def where(self) -> str:
        """``file:line:column``, as far as it is known."""
        if self.source is None:
            return ""
        place = self.place
        return self.source.name if place is None else f"{self.source.name}:{place[0]}:{place[1]}"

    def marked_line(self) -> str:
        """The line with a marker under the place; empty when there is no place."""
        place = self.place
        if place is None or self.source is None or self.span is None:
            return ""
        number, column = place
        line = self.source.line(number)
        start = max(0, column - 1)
        length = max(1, min(self.span.end - self.span.start, len(line) - start))
        # A very long line (a table on one line) is shown around the place only.
        left = max(0, start - 60)
        shown = line[left : start + max(length, 1) + 60]
        marker_from = display_width(shown[: start - left].replace("\t", " "))
        marked = shown[start - left : start - left + min(length, 60)]
        gutter = f"{number:>5} | "
        return (
            f"{gutter}{shown.replace(chr(9), ' ')}\n"
            f"{' ' * (len(gutter) - 2)}| {' ' * marker_from}"
            f"{'^' * max(1, display_width(marked))}"
        )

    def render(self, language: Language | Literal["both"] = "both") -> str:
        """The whole finding as plain text."""
        languages: tuple[Language, ...] = ("zh", "en") if language == "both" else (language,)
        head = f"{self.where()}: " if self.where() else ""
        lines = [f"{head}{_SEVERITY[self.severity]} {self.code}"]
        marked = self.marked_line()
        if marked:
            lines.append(marked)
        for each in languages:
            arrow = "→" if each == "zh" else "->"
            lines.append(f"  {self.message(each)}")
            remedy = self.remedy(each)
            if remedy:
                lines.append(f"    {arrow} {remedy}")
        for source, span in self.related:
            line, column = source.place(span.start)
            lines.append(f"  另见 see also {source.name}:{line}:{column}  {source.line(line).strip()}")
        return "\n".join(lines)

    def as_record(self) -> dict[str, Any]:
        """JSON-ready form: a stable contract for editors and machines."""
        place = self.place
        end = None
        if self.source is not None and self.span is not None:
            end = self.source.place(max(self.span.end, self.span.start))
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.source.name if self.source else None,
            "line": place[0] if place else None,
            "column": place[1] if place else None,
            "end_line": end[0] if end else None,
            "end_column": end[1] if end else None,
            "message": {"zh": self.message("zh"), "en": self.message("en")},
            "remedy": {"zh": self.remedy("zh"), "en": self.remedy("en")},
            "related": [
                {"file": s.name, "line": s.place(p.start)[0], "column": s.place(p.start)[1]}
                for s, p in self.related
            ],
        }


_SEVERITY = {"error": "错误 error", "warning": "警告 warning", "note": "提示 note"}


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(d.severity == "error" for d in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by file and place, without exact repetitions."""
    seen: set[tuple[object, ...]] = set()
    result: list[Diagnostic] = []
    for one in sorted(
        diagnostics,
        key=lambda d: (d.source.name if d.source else "", d.span.start if d.span else -1, d.code),
    ):
        key = (one.code, one.where(), one.message("zh"))
        if key not in seen:
            seen.add(key)
            result.append(one)
    return result


class PolicyError(Exception):
    """A result cannot be had; ``diagnostics`` say why.  Never empty."""

    def __init__(self, diagnostics: Iterable[Diagnostic]):
        self.diagnostics = in_order(diagnostics)
        super().__init__("\n".join(d.render() for d in self.diagnostics))

    def as_json(self) -> str:
        return json.dumps([d.as_record() for d in self.diagnostics], ensure_ascii=False, indent=2)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to ``word``, or ``None`` when nothing is near.

    Chinese words are short, so one shared character of two already counts (学历 → 文化学历).
    """
    candidates = sorted(set(known) - {word})
    matches = difflib.get_close_matches(word, candidates, n=1, cutoff=0.5)
    return matches[0] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> tuple[str, str]:
    """A (Chinese, English) clause that proposes the nearest known name; empty when none is."""
    near = nearest(word, known)
    return (f"是否应为“{near}”？", f"Did you mean “{near}”? ") if near else ("", "")


def _error(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Template:
    return Template("error", zh, en, remedy_zh, remedy_en)


def _warning(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Template:
    return Template("warning", zh, en, remedy_zh, remedy_en)


# Numbering: F files · P parsing · M the model · A assumption sets · D data · S scoring.
CATALOGUE: dict[str, Template] = {
    # -- files
    "F001": _error(
        "找不到“{path}”。", "“{path}” does not exist.",
        "核对路径；策略文件以 .policy 结尾。", "Check the path; policy files end in .policy.",
    ),
    "F002": _error(
        "“{path}”不是文本文件（含二进制内容）。", "“{path}” is not a text file (binary content).",
        "策略文件是 UTF-8 文本；Word 或 Excel 文件不能直接读入。",
        "A policy file is UTF-8 text; Word or Excel files cannot be read here.",
    ),
    "F003": _error(
        "“{path}”的编码是 {encoding}，不是 UTF-8。", "“{path}” is encoded as {encoding}, not UTF-8.",
        "在编辑器中另存为 UTF-8 编码。", "Save it as UTF-8 in your editor.",
    ),
    "F004": _error(
        "“{path}”有 {size} 字节，超过上限 {limit} 字节。",
        "“{path}” has {size} bytes; the limit is {limit}.",
        "拆成几个文件。", "Split it into several files.",
    ),
    "F005": _error(
        "“{path}”读不出来：{problem}。", "“{path}” cannot be read: {problem}.",
        "核对文件权限。", "Check the permissions of the file.",
    ),
    "F006": _error(
        "“{path}”中没有 .policy 文件。", "There is no .policy file in “{path}”.",
        "指向含有策略文件的文件夹。", "Name a folder that holds policy files.",
    ),
    "F007": _error(
        "“{path}”写不进去：{problem}。", "“{path}” cannot be written: {problem}.",
        "核对文件夹是否存在、可写、未满；原有文件未改动。",
        "Check that the folder exists, is writable and has space; nothing was changed.",
    ),
    "F008": _error(
        "不认识的策略“{name}”。{near}", "Unknown policy “{name}”. {near}",
        "给出 .policy 文件的路径，或已收录策略的标识（policydsl check --list 可列出）。",
        "Give the path of a .policy file or the id of a bundled policy (policydsl check --list).",
    ),
    "F009": _error(
        "“{path}”中有 {count} 个可用的文件，请说明要哪一个：{names}。",
        "“{path}” holds {count} documents; say which one: {names}.",
        "写成 路径#标识。", "Write path#id.",
    ),
    # -- parsing
    "P101": _error(
        "此处读不懂“{found}”。{near}", "“{found}” is not understood here. {near}",
        "此处可以写：{expected}。", "Possible here: {expected_en}.",
    ),
    "P102": _error(
        "文件在此结束，但句子没有写完。", "The file ends here in the middle of a sentence.",
        "此处可以写：{expected}。", "Possible here: {expected_en}.",
    ),
    "P103": _error(
        "花括号“{{”没有对应的“}}”。", "This “{{” has no matching “}}”.",
        "在这一部分末尾补上“}}”。", "Add “}}” at the end of this part.",
    ),
    "P104": _error(
        "多出一个“}}”。", "One “}}” too many.", "删去，或补上对应的“{{”。",
        "Remove it, or add the “{{” it should close.",
    ),
    "P105": _error(
        "引号没有成对：{found}", "The quotation mark is not closed: {found}",
        "在同一行补上右引号；多行文字用三个双引号括起。",
        'Close it on the same line; put text of several lines between """ and """.',
    ),
    "P106": _error(
        "不能使用的字符“{found}”（{name}）。", "The character “{found}” ({name}) cannot stand here.",
        "删去；特殊名称写在「」内。", "Remove it; unusual names go between 「 and 」.",
    ),
    "P107": _error(
        "嵌套超过 {limit} 层。", "Nested deeper than {limit} levels.",
        "减少花括号或圆括号的层数。", "Use fewer levels of braces or parentheses.",
    ),
    "P108": _error(
        "数字“{found}”超过 {limit} 位。", "The number “{found}” has more than {limit} digits.",
        "核对数字。", "Check the number.",
    ),
    "P109": _error(
        "日期“{found}”不存在。", "The date “{found}” does not exist.",
        "写成 2022-04-06 或 2022年4月6日。", "Write it as 2022-04-06 or 2022年4月6日.",
    ),
    "P110": _error(
        "缺少“{missing}”。", "“{missing_en}” is missing here.",
        "补上“{missing}”。", "Add “{missing_en}”.",
    ),
    "P111": _error(
        "错误超过 {limit} 处，后面的不再列出。", "More than {limit} errors; the rest are not shown.",
        "先改正上面的错误。", "Correct the errors above first.",
    ),
    "P112": _error(
        "“{found}”像是名称与关键字粘连。", "“{found}” looks like a name and keywords run together.",
        "用空格分开：{proposal}；或把名称写在「」内。",
        "Put spaces between them: {proposal}; or put the name between 「 and 」.",
    ),
    "P113": _error(
        "“{word}”后面不能再写“以上”。", "“or_more” cannot follow “{word_en}”.",
        "只写“{word}”，或只写“以上”。", "Write only one of the two.",
    ),
    "P114": _error(
        "文件里没有任何内容。", "The file holds no document.",
        "至少写一份：积分 标识 “名称” {{ … }}。", "Write at least one: points_scheme id “name” {{ … }}.",
    ),
    "P115": _error(
        "“{found}”是关键字，不能直接用作名称。", "“{found}” is a keyword and cannot be a name as it is.",
        "写成「{found}」。", "Write 「{found}」.",
    ),
}
