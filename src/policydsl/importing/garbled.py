"""Slips of the pen that a reader mends without thinking: each is told, with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policydsl.wording.recognising.passages import Passage

_SLIPS: tuple[tuple[str, str, str, str], ...] = (
    (r"(?P<a>[\u4e00-\u9fff]{2})价(?P<b>\d+(?:\.\d+)?分)", r"\g<a>加\g<b>", "音近致误，价应为加",
     "a slip of sound: 价 for 加"),
    (r"(?<![\u4e00-\u9fffA-Za-z0-9])为(?P<a>落实|开展|完成|达标|达到)(?P<b>的?(?:每项)?(?:酌情)?[扣减])",
     r"未\g<a>\g<b>", "音近致误，为应为未", "a slip of sound: 为 for 未"),
    (r"(?P<a>[\u4e00-\u9fff]{2}率)(?P<b>\d{1,3})(?P<c>以上|以下)(?!\d)", r"\g<a>\g<b>%\g<c>",
     "率应为百分数，漏了单位", "a rate is a percentage; its unit was left out"),
    (r"(?P<a>[\u4e00-\u9fff]发)(?P<b>(?:19|20)\d{2})(?P<c>\d{1,3})号", r"\g<a>〔\g<b>〕\g<c>号",
     "丢失了年份外的六角括号", "the brackets around the year were lost"),
    (r"(?P<a>率达)100%以上", r"\g<a>100%", "比率不可能超过 100%，以上多余",
     "a rate cannot pass 100 %"),
    (r"未到达(?P<a>的?(?:每项)?扣)", r"未达到\g<a>", "到达应为达到", "到达 stands for 达到"),
)  # fmt: skip


def mended(passage: Passage) -> tuple[Passage, list[tuple[str, str, tuple[str, str]]]]:
    """The passage with its slips mended, and each of them: as it stands, as it is read, why."""
    found = list(_slips(passage.text))
    return passage.read((old, new, why[0]) for old, new, why in found), found


def _slips(text: str) -> Iterator[tuple[str, str, tuple[str, str]]]:
    for pattern, repair, zh, en in _SLIPS:
        for match in re.finditer(pattern, text):
            yield match[0], match.expand(repair), (zh, en)
