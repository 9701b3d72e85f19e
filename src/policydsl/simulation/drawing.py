"""Random numbers that are the same on every machine and for every division into chunks.

Each thing that is drawn has a stream of its own: the counter-based generator Philox under a key
made of the seed and a name.  The number for household *i* is the *i*-th of its stream, whoever
asks for it and with whom.  Shares are integer thresholds, and no mathematical library is called.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.arrays import Numbers
from policydsl.simulation.specs import Band

Unsigned = npt.NDArray[np.uint64]
Halves = npt.NDArray[np.uint32]

_ROUNDS = 6
_FULL = 1 << 32


def key_of(seed: int, *names: str) -> int:
    """A key of 128 bits for what the names say."""
    text = "\0".join((str(seed), *names)).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:16], "little")


def words(key: int, start: int, count: int) -> Unsigned:
    """``count`` numbers of 64 bits from the stream of a key, from position ``start`` on."""
    generator = np.random.Philox(key=key)
    generator.advance(start // 4)  # four numbers for each step of the counter
    skipped = start % 4
    drawn: Unsigned = np.asarray(generator.random_raw(skipped + count), np.uint64)[skipped:]
    return drawn


def halves(key: int, start: int, count: int) -> Halves:
    """``count`` numbers of 32 bits from the stream of a key, from position ``start`` on."""
    drawn = words(key, start // 2, (start % 2 + count + 1) // 2)
    # the low half of each number first, on machines of either byte order
    return drawn.astype("<u8").view("<u4")[start % 2 : start % 2 + count]


def below(draws: Halves, width: Numbers) -> Numbers:
    """Numbers from 0 to ``width`` − 1 from draws of 32 bits, all alike."""
    scaled = draws.astype(np.uint64) * width.astype(np.uint64)
    result: Numbers = (scaled >> np.uint64(32)).astype(np.int64)
    return result


class Table:
    """Distributions over a few outcomes, one for each row, as integer thresholds."""

    def __init__(self, weights: npt.NDArray[np.float64]):
        """``weights``: rows × outcomes, not negative, none of the rows empty."""
        rows, self.outcomes = weights.shape
        top = weights.max(axis=1, keepdims=True)
        integers = np.rint(weights / top * float(1 << 40)).astype(np.int64)
        summed = np.cumsum(integers, axis=1)
        cuts = np.floor(summed / summed[:, -1:] * float(_FULL)).astype(np.uint64)
        self.cuts = cuts[:, :-1]
        # all rows on one scale: row · 2³² + threshold, for one search
        self.flat = (cuts + (np.arange(rows, dtype=np.uint64)[:, None] << np.uint64(32))).ravel()
        # where an outcome has no weight its threshold equals the one before: never chosen

    def draw(self, draws: Halves, row: Numbers | int = 0) -> Numbers:
        """The index of an outcome for each draw, from the distribution of its row."""
        if self.cuts.shape[1] <= 4:
            result = np.zeros(len(draws), np.int64)
            for column in range(self.cuts.shape[1]):
                cut = self.cuts[:, column]
                result += draws >= (cut[row] if len(cut) > 1 else cut[0])
            return result
        if isinstance(row, int) and row == 0:
            one: Numbers = np.searchsorted(self.cuts[0], draws.astype(np.uint64), side="right")
            return one
        rows = np.asarray(row, np.uint64)
        found: Numbers = np.searchsorted(
            self.flat, (rows << np.uint64(32)) + draws.astype(np.uint64), side="right"
        )
        found -= np.asarray(row, np.int64) * self.outcomes
        return found


def band_table(distributions: Sequence[Sequence[Band]]) -> Table:
    """The shares of bands as a table: one row for each distribution, padded with nothing."""
    width = max(len(bands) for bands in distributions)
    weights = np.zeros((len(distributions), width))
    for row, bands in enumerate(distributions):
        whole = sum(band.share for band in bands)
        weights[row, : len(bands)] = [float(band.share / whole) for band in bands]
    return Table(weights)


def shuffled(key: int, positions: Numbers, size: int) -> Numbers:
    """Where the positions 0 … size − 1 go in an order that the key decides; one to one.

    A Feistel network over the next power of two, walked on until the result is below ``size``.
    """
    bits = max((size - 1).bit_length(), 2)
    right = bits // 2
    left = bits - right
    drawn = [int(x) for x in words(key, 0, _ROUNDS)]
    result = _network(positions.astype(np.uint64), left, right, drawn)
    outside = np.flatnonzero(result >= size)
    while len(outside):
        result[outside] = _network(result[outside], left, right, drawn)
        outside = outside[result[outside] >= size]
    return result.astype(np.int64)


def _network(values: Unsigned, left: int, right: int, keys: Sequence[int]) -> Unsigned:
    """One pass: each round changes one half by a mixture of the other, and can be undone."""
    high, low = values >> np.uint64(right), values & np.uint64((1 << right) - 1)
    for number, key in enumerate(keys):
        if number % 2:
            low = low ^ (_mixed(high, key) >> np.uint64(64 - right))
        else:
            high = high ^ (_mixed(low, key) >> np.uint64(64 - left))
    return (high << np.uint64(right)) | low


def _mixed(values: Unsigned, key: int) -> Unsigned:
    mixed = (values ^ np.uint64(key)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    return mixed * np.uint64(0xD6E8FEB86659FD93)
