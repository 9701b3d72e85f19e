"""Which clause an opinion is about: by its number in the draft, its name, or what is near."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from policydsl.drafting.drafttext import Options, draft_text, number_of, numbered
from policydsl.drafting.paper import Paragraph
from policydsl.model import policy as m
from policydsl.wording import sentences as w

How = Literal["number", "name", "guessed", "whole", "unknown"]
HOW_WORDS: Mapping[How, str] = MappingProxyType(
    {"number": "按编号", "name": "按名称", "guessed": "推定", "whole": "全文", "unknown": "未对应"}
)
WHOLE = ("全文", "总体", "整体", "通篇", "标题", "")
NEAR = 0.55
_MARK = re.compile(
    r"\s*(?:第)?\s*[（(]?\s*(?P<n>[一二三四五六七八九十百]+|\d{1,3})\s*"
    r"(?:[）)]\s*[章条款项点目]?|[、.．]|部分|[章条款项点目]|(?=\s*[（(])|$)[、.．,，]?"
)
_ITEM = re.compile(
    r"^(?P<group>.+?)\s*(?:的)?\s*第\s*(?P<n>[一二三四五六七八九十]+|\d{1,3})\s*[项条款]"
)


@dataclass(frozen=True, slots=True)
class Place:
    """``key`` of a paragraph of the draft (a clause id mostly); ``near``: other candidates."""

    key: str | None
    how: How
    near: tuple[str, ...] = ()


class Places:
    """The clauses of a draft by number and name."""

    def __init__(self, policy: m.Policy):
        self.policy = policy
        self.text: list[Paragraph] = draft_text(policy, Options())

    @cached_property
    def numbers(self) -> Mapping[tuple[int, ...], str]:
        """Keys by numbers: (2, 1, 3) is 二、（一）3."""
        return numbered(self.text)

    @cached_property
    def order(self) -> Mapping[str, int]:
        """The place of each key in the text."""
        found: dict[str, int] = {}
        for i, paragraph in enumerate(self.text):
            if paragraph.key is not None:
                found.setdefault(paragraph.key, i)
        return found

    @cached_property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """Keys by what clauses are called."""
        found: dict[str, list[str]] = {}
        for key, name in self.titles.items():
            found.setdefault(plain(name), []).append(key)
        return {name: tuple(keys) for name, keys in found.items()}

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """What each key is called."""
        found: dict[str, str] = {}
        for clause in self.policy.clauses.values():
            if clause.kind != "root":
                found[clause.id] = w.clause_name(clause)
        for scene in self.policy.scenes:
            found[scene.id] = w.clause_name(scene.clause)
        for blend in self.policy.blends:
            found[blend.id] = w.clause_name(blend.clause)
        for paragraph in self.text:
            key = paragraph.key
            if key is not None and key.startswith("@") and key not in found:
                last = key.rpartition("/")[2] if "/" in key else key[1:]
                found[key] = _AT.get(key, last)
        return found

    def shown(self, key: str | None) -> str:
        """A clause as the table names it: 公安分局·出租房屋管理."""
        if key is None:
            return ""
        if key in self.policy.clauses:
            parts = []
            while key:
                if key in self.titles:
                    parts.append(self.titles[key])
                key = key.rpartition("/")[0]
            return "·".join(reversed(parts))
        if key.startswith("@status"):
            return f"积分效力第{int(key.rpartition('/')[2]) + 1}项"
        return self.titles.get(key, key)

    def place(self, text: str) -> Place:
        """The clause that a text names."""
        text = text.strip()
        if plain(text) in WHOLE:
            return Place(None, "whole")
        if text in self.titles:
            return Place(text, "name" if self.titles[text] == text else "number")
        item = self._item(text)
        if item is not None:
            return Place(item, "number")
        numbers, rest = self._numbers(text)
        named = self._named(rest)
        if numbers:
            key = self.numbers.get(numbers)
            if key is None and named.key is None:
                return Place(None, "unknown", named.near)
            if key is not None and (
                named.key is None or named.key == key or named.how == "guessed"
            ):
                return Place(key, "number")
            if key is not None and named.key is not None:  # number and name lead to two clauses
                return Place(named.key, "guessed", (key,))
        return named

    def _item(self, text: str) -> str | None:
        """公安分局第1项: the item of a group by its number."""
        match = _ITEM.match(text)
        if match is None:
            return None
        number = int(match["n"]) if match["n"].isdigit() else number_of(f"{match['n']}、")
        groups = self.names.get(plain(match["group"]), ())
        for group in groups:
            clause = self.policy.clauses.get(group)
            for i, child in enumerate(clause.children if clause is not None else (), start=1):
                own = int(child.number) if child.number and child.number.isdigit() else i
                if own == number:
                    return child.id
        return None

    def _numbers(self, text: str) -> tuple[tuple[int, ...], str]:
        """The numbers at the head of a text, and what follows them."""
        found: list[int] = []
        end = 0
        while len(found) < 4 and (match := _MARK.match(text, end)) is not None:
            if match.end() == end:
                break
            number = int(match["n"]) if match["n"].isdigit() else number_of(f"{match['n']}、")
            if number is None:
                break
            found.append(number)
            end = match.end()
        return tuple(found), text[end:]

    def _named(self, text: str) -> Place:
        bare = plain(text)
        if not bare:
            return Place(None, "unknown")
        keys = self.names.get(bare, ())
        if len(keys) == 1:
            return Place(keys[0], "name")
        if keys:
            return Place(None, "unknown", keys)
        inside = sorted((name for name in self.names if len(name) > 1 and name in bare), key=len)
        if inside:
            best = self._within(inside, bare)
            if best is not None:
                return Place(best, "name")
        near = difflib.get_close_matches(bare, list(self.names), n=3, cutoff=NEAR)
        if near:
            found = [key for name in near for key in self.names[name]]
            return Place(found[0], "guessed", tuple(found[1:4]))
        return Place(None, "unknown")

    def _within(self, inside: list[str], bare: str) -> str | None:
        """The only clause called by the longest name in a text, inside the group it may name."""
        keys = self.names[inside[-1]]
        if len(keys) == 1:
            return keys[0]
        groups = [key for name in inside[:-1] for key in self.names[name]]
        held = [key for key in keys if any(key.startswith(f"{group}/") for group in groups)]
        return held[0] if len(held) == 1 else None


_AT = {
    "@preamble": "序言", "@in_force": "施行日期", "@interpretation": "解释", "@expires": "有效期",
    "@transition": "过渡",
}  # fmt: skip
_IGNORED = re.compile(r"[\s“”\"'《》〈〉「」【】·。，、；：:;,.!！?？（）()〔〕-]|指标|条款$")


def plain(text: str) -> str:
    """A name without marks and spaces, to compare names that people write."""
    return _IGNORED.sub("", text)
