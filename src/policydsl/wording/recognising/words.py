"""Small questions about words that both directions of the wording answer alike."""

from __future__ import annotations

from policydsl.wording.chinese import stem_of


def bare_lead(text: str) -> str:
    """A condition without what joins it to its consequence: 未开展培训的， → 未开展培训."""
    text = text.strip().rstrip("，、；：").strip()
    return text[:-1] if text.endswith("的") and len(text) > 1 else text


def stem(name: str) -> str:
    """What a count counts: 录用信息篇数, 录用信息 → 录用信息."""
    return stem_of(name)
