"""How many persons have which points: counted while a table is scored, and written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from policydsl.files import write_bytes, write_text
from policydsl.language.keywords import Language
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.histograms import Histogram, merged
from policydsl.scoring.columns.histograms import of as histogram_of
from policydsl.scoring.columns.scored.points import OPEN, Points
from policydsl.scoring.columns.tables.outputs import csv_line
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import pick


@dataclass
class Tally:
    """How many persons hold each number of points, in units of ``1 / scale``.

    ``high`` is ``None`` where all scores are single numbers; else ``low`` counts the low ends of
    the ranges and ``high`` the high ones.  An open end is ``±OPEN``.
    """

    scale: int
    low: Histogram = field(default_factory=lambda: merged([]))
    high: Histogram | None = None

    def add(self, points: Points, weights: Numbers | None = None) -> None:
        """Count the points of some rows, each for as many persons as it stands for."""
        low = histogram_of(points.low, weights)
        exact = self.high is None and points.exact
        self.merge(Tally(self.scale, low, None if exact else histogram_of(points.high, weights)))

    def merge(self, other: Tally) -> None:
        """Add the persons of another part, on the same scale."""
        if self.high is not None or other.high is not None:
            ends = [self.high or self.low, other.high or other.low]
            self.high = merged(ends)
        self.low = merged([self.low, other.low])

    @property
    def persons(self) -> int:
        """All that were counted."""
        return self.low.size

    def text(self, value: int) -> str:
        """Points as exact decimals, or a/b; empty without bound."""
        return "" if abs(value) >= OPEN else show_points(Fraction(value, self.scale))

    def rows(self) -> list[tuple[str, int, int]]:
        """(points, persons at the low end, persons at the high end), by points."""
        low = _counts(self.low)
        high = low if self.high is None else _counts(self.high)
        return [(self.text(v), low.get(v, 0), high.get(v, 0)) for v in sorted({*low, *high})]

    def as_record(self) -> dict[str, Any]:
        """For JSON."""
        high = None if self.high is None else sorted(_counts(self.high).items())
        return {"scale": self.scale, "low": sorted(_counts(self.low).items()), "high": high}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Tally:
        """What :meth:`as_record` gave."""
        high = None if record["high"] is None else _histogram(record["high"])
        return cls(record["scale"], _histogram(record["low"]), high)


def _counts(histogram: Histogram) -> dict[int, int]:
    return dict(zip(histogram.values.tolist(), histogram.counts.tolist(), strict=True))


def _histogram(pairs: list[list[int]]) -> Histogram:
    columns = np.array(pairs, np.int64).reshape(-1, 2)
    return Histogram(columns[:, 0].copy(), columns[:, 1].copy())


def write_histogram(path: Path, tally: Tally, language: Language, about: Mapping[str, Any]) -> None:
    """Write a histogram by the suffix of ``path``: CSV or JSON."""
    ranges = tally.high is not None
    if path.suffix.lower() == ".json":
        record = {**about, "ranges": ranges, "persons": tally.persons}
        entries = []
        for text, low, high in tally.rows():
            entry: dict[str, Any] = {"points": text, "persons": low}
            if ranges:
                entry = {"points": text, "persons_low": low, "persons_high": high}
            entries.append(entry)
        record["histogram"] = entries
        write_text(path, json.dumps(record, ensure_ascii=False, indent=2) + "\n")
        return
    heads = [pick(language, "得分", "points"), pick(language, "人数", "persons")]
    if ranges:
        heads[1:] = [
            pick(language, "人数（按下限）", "persons (low end)"),
            pick(language, "人数（按上限）", "persons (high end)"),
        ]
    lines = [csv_line(heads)]
    for text, low, high in tally.rows():
        lines.append(csv_line([text, str(low), str(high)] if ranges else [text, str(low)]))
    write_bytes(path, ("\ufeff" + "".join(lines)).encode("utf-8"))
