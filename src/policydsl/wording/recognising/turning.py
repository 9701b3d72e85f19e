"""The phrase table turned round: what fills a phrase becomes what is read from it.

:data:`SPELLINGS` adds the ways in which real documents say the same.  Whatever is read is filed
under the key of the phrase that says it in the controlled wording.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from policydsl.wording.phrases import DISTANCE_WORDS, PHRASES
from policydsl.wording.recognising.folding import fold
from policydsl.wording.recognising.meanings import Way
from policydsl.wording.recognising.numerals import ARABIC, HAN

POINTS = rf"-?(?:(?:{ARABIC})(?:/\d+)?|[{HAN}]+)"
"""A number of points."""

SPELLINGS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType({
    "award": ("加计{n}分", "记{n}分", "另加{n}分", "加{n}"),
    "give": ("计{n}分", "赋{n}分", "积{n}分", "得{n}"),
    "deduct": ("扣减{n}分", "扣除{n}分", "倒扣{n}分", "减{n}分"),
    "award_nothing": ("不予加分",),
    "give_nothing": ("不予赋分", "不计分", "不积分"),
    "deduct_nothing": ("不予扣分",),
    "discretion_award": (
        "适当加分", "酌情予以加分", "酌情给分", "酌情计分", "视情加分", "酌情赋分",
    ),
    "discretion_deduct": ("适当扣分", "酌情予以扣分", "视情扣分", "酌情减分"),
    "veto": ("实行一票否决", "予以一票否决"),
    "no_points": ("该项不得分", "此项不得分", "本项得0分", "不得分"),
    "zeroed": ("积分归零", "所获积分归零", "总积分清零"),
    "suspended": ("其积分暂时失效",),
    "void": ("其所得积分永久失效", "所得积分永久失效"),
    "cap_award": (
        "最高加{n}分", "最多加{n}分", "最多得{n}分", "最高计{n}分", "最高限{n}分",
        "最高不超过{n}分",
        "累计不超过{n}分", "累计最高{n}分", "上限{n}分", "封顶{n}分", "{n}分封顶", "最高{n}分",
        "最高为{n}分", "最多{n}分", "总分不超过{n}分", "累计最高不超过{n}分", "累计最高加{n}分",
    ),
    "cap_deduct": ("最高扣{n}分", "扣分不超过{n}分", "最多扣减{n}分", "累计扣分不超过{n}分"),
    "floor_award": ("最低加{n}分", "至少得{n}分"),
    "halved": ("减半加分", "减半计分", "减半", "减半扣分", "按一半计算"),
    "joined_best": ("取最高一项", "以最高项计", "不重复计分", "不累计", "按最高分计", "取最高分"),
    "full_marks": ("满分为{n}分", "总分{n}分", "总分值{n}分", "最高分值{n}分", "基本分为{n}分",
                   "基本分{n}分", "总分为{n}分", "分值{n}分", "最高分值为{n}分"),
    "cap": ("最高分{n}分", "上限{n}分", "最高不超过{n}分"),
})  # fmt: skip
"""Key of the phrase table → further spellings, in the form of the table."""

AWAY: Mapping[Way, tuple[str, ...]] = MappingProxyType({
    "below": ("下降", "降低", "减少", "少报", "少", "低于标准", "低", "小", "缺", "不足"),
    "above": (
        "超过上一年度", "超过上年", "超过", "高于上年", "高于", "上升", "增加", "超", "大", "多",
    ),
})  # fmt: skip
"""How documents say that a fact lies off its threshold: 每下降一个百分点, 每少一篇."""

_SLOT = re.compile(r"\{(\w+)\}")


def turned(template: str, **slots: str) -> str:
    """An expression for what a phrase of the table can read like; each field is a group."""
    parts = _SLOT.split(fold(template))
    shown = [re.escape(parts[0])]
    for name, literal in zip(parts[1::2], parts[2::2], strict=True):
        pattern = slots.get(name, ".+?")
        shown += [f"(?P<{name}>{pattern})", re.escape(literal)]
    return "".join(shown)


@cache
def phrase(key: str, loose: bool = True, **slots: str) -> re.Pattern[str]:
    """What a phrase reads like: the table's own words and, ``loose``, those of documents."""
    templates = (PHRASES[key].zh, *(SPELLINGS.get(key, ()) if loose else ()))
    # a name may stand for one group only, so that each spelling has its own expression
    return re.compile("|".join(f"(?:{_unnamed(turned(t, **slots))})" for t in templates))


def _unnamed(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(", pattern)


def fields(key: str, text: str, loose: bool = True, **slots: str) -> dict[str, str] | None:
    """What fills the phrase ``key`` if ``text`` is that phrase and nothing else."""
    templates = (PHRASES[key].zh, *(SPELLINGS.get(key, ()) if loose else ()))
    for template in templates:
        match = _compiled(template, tuple(sorted(slots.items()))).fullmatch(text)
        if match is not None:
            return match.groupdict()
    return None


@cache
def _compiled(template: str, slots: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    return re.compile(turned(template, **dict(slots)), re.DOTALL)


@cache
def distances() -> tuple[tuple[str, Way], ...]:
    """(word, way) of 每低, 每少, 每超过 …, longest word first."""
    own = [(phrase_.zh, way) for (way, _), phrase_ in DISTANCE_WORDS.items()]
    others = [(word, way) for way, words in AWAY.items() for word in words]
    return tuple(sorted(set(own + others), key=lambda pair: (-len(pair[0]), pair)))
