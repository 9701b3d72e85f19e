"""A stretch of a source text that has been tidied up, each character knowing where it stood."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from policydsl.language.nodes import Span
from policydsl.wording.recognising.folding import fold

_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—"
_BREAKS = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}\d])|(?<=[{_HAN}\d%])\s+(?=[{_HAN}])")


def _in_a_table(text: str, start: int, end: int) -> bool:
    """Whether a line break ends or begins a line of cells between bars: those lines stay lines."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    stop = text.find("\n", end)
    return any(bar in before or bar in text[end : stop if stop >= 0 else None] for bar in "｜|")


@dataclass(frozen=True, slots=True)
class Reading:
    """A declared reading that was applied: where in the passage, what stood there."""

    start: int
    end: int
    original: str
    read_as: str
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """``text`` (folded) with the offset in the source of each of its characters.

    ``readings`` are the places at which a declared reading stands instead of the source's words.
    """

    text: str
    places: tuple[int, ...]
    readings: tuple[Reading, ...] = ()

    def __post_init__(self) -> None:
        assert len(self.text) == len(self.places)

    @classmethod
    def of(cls, text: str, start: int = 0, end: int | None = None) -> Passage:
        """The stretch of a source text, folded, without white space between Chinese words."""
        end = len(text) if end is None else end
        plain = fold(text[start:end])
        places = list(range(start, end))
        kept = "".join
        out: list[str] = []
        where: list[int] = []
        position = 0
        for match in _BREAKS.finditer(plain):
            if "\n" in match[0] and _in_a_table(plain, match.start(), match.end()):
                continue
            out.append(plain[position : match.start()])
            where += places[position : match.start()]
            position = match.end()
        out.append(plain[position:])
        where += places[position:]
        joined = kept(out)
        left = len(joined) - len(joined.lstrip())
        right = len(joined.rstrip())
        return cls(joined[left:right], tuple(where[left:right]))

    def __len__(self) -> int:
        return len(self.text)

    def part(self, start: int, end: int) -> Passage:
        """A stretch of this one; readings that lie in it stay known."""
        inside = tuple(
            Reading(
                max(r.start, start) - start,
                min(r.end, end) - start,
                r.original,
                r.read_as,
                r.reason,
            )
            for r in self.readings
            if r.start < end and r.end > start
        )
        return Passage(self.text[start:end], self.places[start:end], inside)

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """Where a stretch stands in the source."""
        end = len(self.text) if end is None else end
        if not self.places:
            return Span(0, 0)
        if start >= len(self.places):
            return Span(self.places[-1] + 1, self.places[-1] + 1)
        return Span(self.places[start], self.places[max(start, end - 1)] + 1)

    def read(self, readings: Iterable[tuple[str, str, str]]) -> Passage:
        """The passage with declared readings (original, read as, reason) in place."""
        result = self
        for original, read_as, reason in readings:
            result = result._read_one(plain(original), fold(read_as).replace(" ", ""), reason)
        return result

    def _read_one(self, original: str, read_as: str, reason: str) -> Passage:
        place = self.text.find(original) if original else -1
        if place < 0:
            return self
        end = place + len(original)
        grown = len(read_as) - len(original)
        text = self.text[:place] + read_as + self.text[end:]
        # a character of the reading stands at the like place of the original, as far as that goes
        spots = self.places[place:end]
        inner = tuple(spots[min(i, len(spots) - 1)] for i in range(len(read_as)))
        places = self.places[:place] + inner + self.places[end:]
        moved = [
            Reading(r.start + grown, r.end + grown, r.original, r.read_as, r.reason)
            if r.start >= end
            else r
            for r in self.readings
        ]
        mine = Reading(place, place + len(read_as), original, read_as, reason)
        return Passage(text, places, (*moved, mine))

    def reading_at(self, start: int, end: int) -> Reading | None:
        """The reading that a stretch lies in or touches, if there is one."""
        return next((r for r in self.readings if r.start < end and r.end > start), None)


def plain(text: str) -> str:
    """A text as a passage would have it: folded, without white space between Chinese words."""
    return Passage.of(text).text


def joined(parts: Iterable[Passage]) -> Passage:
    """Passages one behind the other."""
    text, places, readings = "", (), ()  # type: tuple[str, tuple[int, ...], tuple[Reading, ...]]
    for part in parts:
        shift = len(text)
        readings += tuple(
            Reading(r.start + shift, r.end + shift, r.original, r.read_as, r.reason)
            for r in part.readings
        )
        text += part.text
        places += part.places
    return Passage(text, places, readings)
