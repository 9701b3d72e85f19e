"""Names for items and facts, made of the words of the text; no name twice."""

from __future__ import annotations

import re
from collections import Counter

from policydsl.wording.recognising.meanings import Threshold

_LEADING = re.compile(
    r"^(?:负责|牵头|继续|积极|认真|切实|全面|进一步|主动|及时|依法|做好|抓好|加强|开展|组织|落实|推进|"
    r"建立健全|完善|统筹|协调|配合|指导|督促|按要求|按照|结合|依托|为|将|把|对|由|按)+"
)
_COUNT_WORDS = {"课时": "课时", "次": "次数", "家": "家数", "篇": "篇数", "人": "人数",
                "场": "场次数", "人次": "人次", "套": "套数", "项": "项数", "个": "个数",
                "起": "起数", "月": "月数", "小区": "小区数", "日": "天数",
                "年": "年数"}  # fmt: skip


def item_name(text: str) -> str:
    """A short name for an item: the first words that say something."""
    first = re.split(r"[，。；：、？]|\d", text.strip(), maxsplit=1)[0]
    first = re.sub(r"[“”‘’《》（）()\s]", "", first)
    short = _LEADING.sub("", first)
    return cut(short if len(short) >= 4 else first) or "未命名"


def cut(words: str, most: int = 16) -> str:
    """The beginning of the words, ended where one can end."""
    if len(words) <= most:
        return words
    stops = [
        words.rfind(mark, 4, most + 1) for mark in ("的", "和", "与", "及", "等", "在", "方面")
    ]
    return words[: max(stops)] if max(stops) > 0 else words[:most]


def tail(words: str, most: int = 16) -> str:
    """The end of the words, begun where one can begin: …的流动人口同住子女义务教育普及率."""
    if len(words) <= most:
        return words
    starts = [
        words.find(mark, len(words) - most - 1, len(words) - 4) + 1
        for mark in ("的", "和", "及", "与")
    ]
    known = [start for start in starts if start > 0]
    return words[min(known) :] if known else words[-most:]


class Names:
    """Hands out names of facts; the same words for the same clause give the same name."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._of: dict[tuple[str, str, str], str] = {}

    def fact(self, words: str, clause: str, kind: str) -> str:
        """A name for what ``words`` say in a clause; another one where the words are taken."""
        plain = re.sub(r"[\s，。；：“”‘’「」、（）()《》]", "", words)[:24] or "未命名"
        key = (plain, clause, kind)
        if key in self._of:
            return self._of[key]
        self._taken[plain] += 1
        count = self._taken[plain]
        name = plain if count == 1 else f"{plain}{count}"
        while count > 1 and name in self._taken:
            count += 1
            name = f"{plain}{count}"
        self._taken[name] += 1 if name != plain else 0
        self._of[key] = name
        return name


def measure(threshold: Threshold, text: str) -> str:
    """What a threshold measures: 出租房屋登记率, 培训人员占比, 课件课时."""
    subject = re.sub(r"[“”]", "", threshold.subject)
    if threshold.dimension == "percent":
        rate = re.search(r"([^\d，。；：、]{2,}?(?:率|占比|比例))$", subject)
        if rate is not None:
            return _shorter(rate[1])
        return _shorter(re.sub(r"(?:达|占|为).*$|的$", "", subject)) + "占比"
    word = _COUNT_WORDS.get(threshold.unit, threshold.unit or "数")
    plain = _shorter(
        re.sub(r"(?:一年|全年|年内|每年|每学期|每季度|每月|不少于|达到?|的)+$", "", subject)
    )
    if len(plain) >= 3:
        return plain if plain.endswith(word) else f"{plain}{word}"
    behind = re.match(r"(?:以上|以下|以内)?的?([^，。；]{2,30})", text[threshold.span[1] :])
    noun = tail(re.sub(r"(?:工作|活动|以上|等)$", "", behind[1]), 10) if behind is not None else ""
    return f"{noun or '数量'}{word}"


def _shorter(words: str) -> str:
    words = re.split(r"[，。；：]", words)[-1]
    words = re.sub(
        r"^(?:确保|使|全区|全市|全年|年内|其中|负责|提供|负责提供|负责安排|安排|开展|举办)+",
        "",
        words,
    )
    words = (
        words.rpartition("的")[2]
        if len(words) > 16 and len(words.rpartition("的")[2]) >= 4
        else words
    )
    return tail(words)
