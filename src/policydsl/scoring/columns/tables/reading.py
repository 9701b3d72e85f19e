"""Columns of cells → whole numbers, by the same rules as :mod:`policydsl.scoring.cells`.

What is simple is read by whole arrays: integers, decimals, floats that are the nearest one to a
short decimal, days.  Everything else, and everything that looks wrong, is read once for each
distinct value by the reader of cells itself, so that both ways accept the same and say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.model.policy import Fact
from policydsl.scoring.cells import Wrong, read_date, read_fact, read_text, read_weight, scalar
from policydsl.scoring.columns.arrays import Codes, Numbers, Truths
from policydsl.scoring.columns.domains import Days, Domain, Grid, choice, yes_no
from policydsl.scoring.columns.tables.memory import cells_of
from policydsl.scoring.columns.tables.sources import Cells, Mixed, arrow
from policydsl.scoring.formats import arrow_values

MOST_PLACES = 9
"""Decimal places of facts that declare none."""
MOST = 1 << 62
"""Numbers stay below this, counted in units of their last place."""
WIDE = 1 << 16
"""A declared range with more values than this is narrowed to the one that occurs."""
FLOAT_DIGITS = 1e15
"""Below this a float names one whole number of units; 15 digits are what it keeps for certain."""
_EPOCH = date(1970, 1, 1).toordinal()
_MEMORY = 200_000
_FEW = 256


@dataclass
class Bad:
    """Cells that cannot be taken: ``rows`` ascending, and which of the ``wrongs`` each is."""

    rows: Numbers
    which: Numbers
    wrongs: list[Wrong]

    @classmethod
    def none(cls) -> Bad:
        """No cell."""
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), [])

    @classmethod
    def same(cls, rows: Numbers, wrong: Wrong) -> Bad:
        """The same is wrong with all of the rows."""
        return cls(rows.astype(np.int64), np.zeros(len(rows), np.int64), [wrong])

    def __len__(self) -> int:
        return len(self.rows)

    def moved(self, rows: Numbers) -> Bad:
        """Of rows that were taken out of a table: what stands where in it."""
        return Bad(rows[self.rows], self.which, self.wrongs)


@dataclass
class Found:
    """What a column holds: ``values`` count units of ``10 ** -places``; 0 where not ``valid``.

    ``valid`` ``None``: every cell has a value.
    """

    values: Numbers
    valid: Truths | None = None
    places: int = 0
    bad: Bad = field(default_factory=Bad.none)

    def gathered(self, indices: npt.NDArray[np.integer], present: Truths | None) -> Found:
        """From the distinct values of a column to its cells."""
        if not len(self.values):
            nothing = np.zeros(len(indices), np.bool_)
            return Found(np.zeros(len(indices), np.int64), nothing, self.places)
        values = self.values[indices]
        valid = None if self.valid is None else self.valid[indices]
        if present is not None:
            valid = present if valid is None else valid & present
            values[~valid] = 0
        bad = Bad.none()
        if len(self.bad):
            marks = np.full(len(self.values), -1, np.int64)
            marks[self.bad.rows] = self.bad.which
            which = marks[indices]
            hit = which >= 0 if present is None else (which >= 0) & present
            rows = np.flatnonzero(hit)
            bad = Bad(rows, which[rows], self.bad.wrongs)
        return Found(values, valid, self.places, bad)

    def good(self) -> Numbers:
        """The values that are there."""
        return self.values if self.valid is None else self.values[self.valid]


def _validity(array: Any) -> Truths | None:
    if not array.null_count:
        return None
    return np.asarray(array.is_valid())


def _plain(array: Any) -> npt.NDArray[Any]:
    """An Arrow array of fixed width as NumPy, anything in place of nulls."""
    if array.null_count:
        array = array.fill_null(False if arrow().types.is_boolean(array.type) else 0)
    result: npt.NDArray[Any] = array.to_numpy(zero_copy_only=False)
    return result


def usual(cells: Cells) -> Cells:
    """The same cells in one of the types that are told apart here."""
    pa = arrow()
    kind, types = cells.type, pa.types
    if types.is_dictionary(kind):
        inner = kind.value_type
        if types.is_string(inner) or types.is_large_string(inner):
            return cells
        return usual(cells.dictionary_decode())
    if types.is_string_view(kind):
        return cells.cast(pa.string())
    return cells_of(arrow_values(cells)) if types.is_float16(kind) else cells


def distinct(cells: Cells) -> tuple[npt.NDArray[np.int32], Truths | None, Any]:
    """Places in the distinct values, which cells have one, and the distinct values.

    These are a list of Python objects, or an Arrow array of texts.
    """
    if isinstance(cells, Mixed):
        there = cells.indices >= 0
        if there.all():
            return cells.indices, None, cells.values
        return np.where(there, cells.indices, 0), there, cells.values
    pa = arrow()
    kind = cells.type
    if not pa.types.is_dictionary(kind):
        if pa.types.is_nested(kind):
            values = cells.to_pylist()
            given = np.array([value is not None for value in values], np.bool_)
            return np.arange(len(values), dtype=np.int32), given, values
        cells = cells.dictionary_encode()
    indices = _plain(cells.indices)
    present = _validity(cells.indices)
    dictionary = cells.dictionary
    if pa.types.is_string(dictionary.type) or pa.types.is_large_string(dictionary.type):
        return indices, present, dictionary
    return indices, present, arrow_values(dictionary)


class FactReader:
    """Reads the columns of one fact, batch by batch.

    First :meth:`observe` what :meth:`read` gives, if :attr:`needs_survey`; then :meth:`settle`
    the domain; then :meth:`codes`.
    """

    def __init__(self, fact: Fact):
        self.fact = fact
        self.memory: dict[tuple[type, object], tuple[int, int] | Wrong | None] = {}
        self.places = 0 if fact.kind in ("integer", "count") else fact.places
        """Places that all values have; ``None``: as many as occur."""
        self.low = Fraction(0) if fact.kind == "count" and fact.low is None else fact.low
        self.high = fact.high
        self.least: Fraction | None = None
        self.most: Fraction | None = None
        self.finest = 0
        self.domain: Domain | None = None
        self._codes: dict[object, int] = {}
        if fact.kind == "yes_no":
            self.domain = yes_no()
            self._codes = {False: 0, True: 1}
        elif fact.kind in ("choice", "ordered"):
            self.domain = choice(fact.values)
            self._codes = {value: i for i, value in enumerate(fact.values)}
        elif fact.is_number and self.places is not None and None not in (self.low, self.high):
            domain = self._grid(self.low, self.high, self.places)
            if domain.size <= WIDE:
                self.domain = domain

    @property
    def needs_survey(self) -> bool:
        """Whether the domain depends on the data."""
        return self.domain is None

    # -- cells to values

    def read(self, cells: Cells) -> Found:
        """The values of a column: places in the list, days since 1970, or numbers."""
        if isinstance(cells, Mixed):
            return self._by_distinct(cells)
        cells = usual(cells)
        if isinstance(cells, Mixed):
            return self._by_distinct(cells)
        pa = arrow()
        kind = cells.type
        types = pa.types
        if types.is_null(kind):
            return Found(np.zeros(len(cells), np.int64), np.zeros(len(cells), np.bool_))
        if self.fact.is_number:
            if types.is_integer(kind) and kind != pa.uint64():
                return self._numbers(cells, _plain(cells).astype(np.int64), 0, None)
            if types.is_float64(kind):
                return self._floats(cells)
            if types.is_decimal(kind) and not types.is_decimal256(kind) and kind.scale >= 0:
                return self._decimals(cells)
        elif self.fact.kind == "date" and types.is_date32(kind):
            return Found(
                _cleared(_plain(cells.cast(pa.int32())).astype(np.int64), _validity(cells)),
                _validity(cells),
            )
        elif self.fact.kind == "yes_no" and types.is_boolean(kind):
            valid = _validity(cells)
            return Found(_cleared(_plain(cells).astype(np.int64), valid), valid)
        return self._by_distinct(cells)

    def _by_distinct(self, cells: Cells) -> Found:
        indices, present, values = distinct(cells)
        if isinstance(values, list):
            return self._remembered(values).gathered(indices, present)
        if self.fact.is_number and len(values) > _FEW:
            return self._texts(values).gathered(indices, present)
        return self._remembered(values.to_pylist()).gathered(indices, present)

    def _numbers(self, cells: Cells, values: Numbers, places: int, odd: Truths | None) -> Found:
        """Numbers in units of ``10 ** -places``, to be checked; ``odd`` ones are not taken."""
        valid = _validity(cells)
        wanted = places if self.places is None else self.places
        if wanted > places:
            factor = 10 ** (wanted - places)
            limit = MOST // factor
            odd = _either(odd, (values > limit) | (values < -limit))
            values = values * factor
        elif wanted < places:
            unit = 10 ** (places - wanted)
            quotient = values // unit
            odd = _either(odd, quotient * unit != values)
            values = quotient
        low, high = self._ends(wanted)
        if len(values) and (values.min() < low or values.max() > high):
            odd = _either(odd, (values < low) | (values > high))
        found = Found(values, valid, wanted)
        if odd is not None:
            if valid is not None:
                odd &= valid
            rows = np.flatnonzero(odd)
            if len(rows):
                found = self._insert(found, rows, cells)
        if found.valid is not None:
            found.values = _cleared(found.values, found.valid)
        return found

    def _insert(self, found: Found, rows: Numbers, cells: Cells) -> Found:
        """The rows that could not be taken by whole arrays, read by value."""
        taken = cells.take(arrow().array(rows))
        indices, present, values = distinct(taken)
        texts = values if isinstance(values, list) else values.to_pylist()
        other = self._remembered(texts).gathered(indices, present)
        places = max(found.places, other.places)
        numbers = found.values * 10 ** (places - found.places)
        numbers[rows] = other.values * 10 ** (places - other.places)
        valid = found.valid
        if other.valid is not None:
            valid = np.ones(len(numbers), np.bool_) if valid is None else valid.copy()
            valid[rows] = other.valid
        return Found(numbers, valid, places, other.bad.moved(rows))

    def _ends(self, places: int) -> tuple[int, int]:
        """The range that is allowed, in units of the last place."""
        unit, most = 10**places, self._most(places) - 1
        low = -most if self.low is None else max(-most, -((-self.low * unit) // 1))
        high = most if self.high is None else min(most, (self.high * unit) // 1)
        return int(low), int(high)

    def _most(self, places: int) -> int:
        """Numbers stay below this, so that those with the most places can be told apart too."""
        spare = 0 if self.places is not None else MOST_PLACES - places
        return MOST // int(10**spare)

    def _floats(self, cells: Cells) -> Found:
        """Floats that are the nearest one to a decimal of at most 15 digits are that decimal."""
        numbers = _plain(cells)
        odd = ~np.isfinite(numbers)
        numbers = np.where(odd, 0.0, numbers)
        places = 0 if self.places is None else self.places
        rounded, off = _nearest(numbers, places)
        while self.places is None and places < MOST_PLACES and off.any():
            places += 1
            rounded, off = _nearest(numbers, places)
        values = np.where(off, 0.0, rounded).astype(np.int64)
        return self._numbers(cells, values, places, odd | off)

    def _decimals(self, cells: Cells) -> Found:
        pa = arrow()
        if not pa.types.is_decimal128(cells.type):
            cells = cells.cast(pa.decimal128(38, cells.type.scale))
        values, fits = unscaled(cells)
        odd = None if fits.all() else ~fits
        if odd is not None:
            values = np.where(odd, 0, values)
        scale = cells.type.scale
        if self.places is None and scale > MOST_PLACES:
            unit = 10 ** min(scale - MOST_PLACES, 18)
            quotient = values // unit if scale - MOST_PLACES <= 18 else values * 0
            odd = _either(odd, quotient * unit != values)
            return self._numbers(cells, quotient, MOST_PLACES, odd)
        if scale > 18:
            return self._by_distinct(cells)
        return self._numbers(cells, values, scale, odd)

    def _texts(self, texts: Any) -> Found:
        """Distinct texts, of which there are many: plain decimals are taken by whole arrays."""
        import pyarrow.compute as pc

        pa = arrow()
        digits = MOST_PLACES
        simple = pc.match_substring_regex(texts, f"^-?[0-9]{{1,9}}(\\.[0-9]{{1,{digits}}})?$")
        simple = simple.fill_null(False)
        plain = pc.if_else(simple, texts, pa.scalar(None, texts.type))
        numbers = plain.cast(pa.decimal128(18, digits))
        values, _ = unscaled(numbers)
        values = np.where(np.asarray(simple), values, 0)
        odd = ~np.asarray(simple)
        places = digits
        while places and not (values % 10).any():
            values //= 10
            places -= 1
        found = self._numbers(texts, values, places, odd)
        return found

    def _remembered(self, values: Sequence[object]) -> Found:
        """Distinct values, each read as the exact evaluator's tables read a cell."""
        pairs: list[tuple[int, int] | None] = []
        rows: list[int] = []
        wrongs: list[Wrong] = []
        for row, value in enumerate(values):
            known = self._known(value)
            if isinstance(known, Wrong):
                rows.append(row)
                wrongs.append(known)
                known = None
            pairs.append(known)
        places = max((pair[1] for pair in pairs if pair is not None), default=0)
        if self.fact.is_number and self.places is not None:
            places = self.places
        numbers = np.zeros(len(pairs), np.int64)
        for row, pair in enumerate(pairs):
            if pair is not None:
                numbers[row] = pair[0] * 10 ** (places - pair[1])
        valid = np.array([pair is not None for pair in pairs], np.bool_)
        bad = Bad(np.array(rows, np.int64), np.arange(len(rows), dtype=np.int64), wrongs)
        return Found(numbers, None if valid.all() else valid, places, bad)

    def _known(self, value: object) -> tuple[int, int] | Wrong | None:
        value = scalar(value)
        key = (type(value), value)
        try:
            return self.memory[key]
        except TypeError:  # a list or object where a value belongs
            return self._value(str(value)) if value is not None else None
        except KeyError:
            pass
        known = self._value(value)
        if len(self.memory) < _MEMORY:
            self.memory[key] = known
        return known

    def _value(self, value: object) -> tuple[int, int] | Wrong | None:
        """(units, places) of a cell."""
        try:
            read = read_fact(self.fact, value)
        except Wrong as wrong:
            return wrong
        if read is None:
            return None
        if isinstance(read, (bool, str)):
            return self._codes[read], 0
        if isinstance(read, date):
            return read.toordinal() - _EPOCH, 0
        places = 0 if self.places is None else self.places
        while (read * 10**places).denominator != 1 and places < MOST_PLACES:
            places += 1
        number = read * 10**places
        if number.denominator != 1 or abs(number) >= self._most(places):
            return Wrong("D431", value=str(value)[:40], places=MOST_PLACES)
        return int(number), places

    # -- values to codes

    def observe(self, found: Found) -> None:
        """Take note of the range and the places of good values."""
        good = found.good()
        if self.domain is not None or not len(good):
            return
        if self.fact.kind == "date":
            unit = Fraction(1)
        else:
            values, places = good, found.places
            if self.places is None and places > self.finest:
                while places > self.finest and not (values % 10).any():
                    values, places = values // 10, places - 1
                self.finest = max(self.finest, places)
            unit = Fraction(1, 10**found.places)
        least, most = int(good.min()) * unit, int(good.max()) * unit
        self.least = least if self.least is None else min(self.least, least)
        self.most = most if self.most is None else max(self.most, most)

    def told(self, least: Fraction, most: Fraction, places: int) -> None:
        """The range that a file's head states, and places that no value exceeds."""
        if self.low is not None:
            least = max(least, self.low)
        if self.high is not None:
            most = min(most, self.high)
        if least > most:
            return
        self.finest = max(self.finest, places)
        self.least = least if self.least is None else min(self.least, least)
        self.most = most if self.most is None else max(self.most, most)

    def settle(self) -> Domain:
        """The domain, from now on fixed."""
        if self.domain is None:
            if self.fact.kind == "date":
                if self.least is None or self.most is None:
                    self.domain = Days(date(1970, 1, 1), 0)
                else:
                    first = date.fromordinal(int(self.least) + _EPOCH)
                    self.domain = Days(first, int(self.most - self.least) + 1)
            else:
                places = self.finest if self.places is None else self.places
                low, high = self.least, self.most
                if low is None or high is None:
                    low, high = Fraction(0), Fraction(-1)  # nobody handed anything in
                self.domain = self._grid(low, high, places)
        return self.domain

    @staticmethod
    def _grid(low: Fraction | None, high: Fraction | None, places: int) -> Grid:
        assert low is not None
        assert high is not None
        step = Fraction(1, 10**places)
        first = -(-low // step) * step
        count = max(0, (high - first) // step + 1) if high >= first else 0
        return Grid(first, step, int(count))

    def codes(self, found: Found) -> tuple[Codes, Bad]:
        """Codes of the settled domain, and what is wrong with the column."""
        domain = self.settle()
        bad = found.bad
        if isinstance(domain, Grid):
            places = len(str(domain.step.denominator)) - 1
            start = int(domain.low / domain.step)
            values = found.values
            if places > found.places:
                values = values * 10 ** (places - found.places)
            elif places < found.places:
                values = values // 10 ** (found.places - places)
            codes = values - (start - 1)
        elif isinstance(domain, Days):
            codes = found.values - (domain.first.toordinal() - _EPOCH - 1)
        else:
            codes = found.values + 1
        if found.valid is not None:
            codes = _cleared(codes, found.valid)
        if len(codes) and (codes.min() < 0 or codes.max() >= domain.size):
            # a file whose head does not tell the truth about its values
            outside = (codes < 0) | (codes >= domain.size)
            if found.valid is not None:
                outside &= found.valid
            codes = np.where(outside, 0, codes)
            bad = joined([bad, Bad.same(np.flatnonzero(outside), Wrong("D432"))])
        return codes.astype(code_type(domain.size)), bad


def joined(parts: Sequence[Bad]) -> Bad:
    """All that is wrong, by row."""
    kept = [part for part in parts if len(part)]
    if len(kept) <= 1:
        return kept[0] if kept else Bad.none()
    rows = np.concatenate([part.rows for part in kept])
    which: list[Numbers] = []
    wrongs: list[Wrong] = []
    for part in kept:
        which.append(part.which + len(wrongs))
        wrongs.extend(part.wrongs)
    order = np.argsort(rows, kind="stable")
    return Bad(rows[order], np.concatenate(which)[order], wrongs)


def _nearest(
    numbers: npt.NDArray[np.float64], places: int
) -> tuple[npt.NDArray[np.float64], Truths]:
    """The nearest whole numbers of units, and where that is not what the float stands for."""
    unit = 10.0**places
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = np.rint(numbers * unit)
        return rounded, (rounded / unit != numbers) | ~(np.abs(rounded) < FLOAT_DIGITS)


def _either(left: Truths | None, right: Truths) -> Truths:
    return right if left is None else left | right


def _cleared(values: Numbers, valid: Truths | None) -> Numbers:
    return values if valid is None else np.where(valid, values, 0)


def code_type(size: int) -> Any:
    """The narrowest type for that many codes."""
    for kind in (np.uint8, np.uint16, np.uint32):
        if size <= np.iinfo(kind).max + 1:
            return kind
    return np.int64


def unscaled(array: Any) -> tuple[Numbers, Truths]:
    """The integers of a decimal128 array, and which of them fit in 64 bits."""
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.zeros(len(array), np.int64), np.ones(len(array), np.bool_)
    words = np.frombuffer(buffer, "<i8")[2 * array.offset : 2 * (array.offset + len(array))]
    low, high = words[0::2], words[1::2]
    fits = high == (low >> 63)
    if array.null_count:
        present = np.asarray(array.is_valid())
        return np.where(present, low, 0), fits | ~present
    return low.copy(), fits


# -- columns that are no facts


def texts_of(cells: Cells) -> tuple[Any, Bad]:
    """A column of ids, names … as an Arrow array of texts; null where there is none."""
    import pyarrow.compute as pc

    pa = arrow()
    if not isinstance(cells, Mixed):
        cells = usual(cells)
    if not isinstance(cells, Mixed):
        kind = cells.type
        if pa.types.is_integer(kind):
            return cells.cast(pa.string()), Bad.none()
        if pa.types.is_null(kind):
            return pa.nulls(len(cells), pa.string()), Bad.none()
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            trimmed = pc.utf8_trim_whitespace(cells.cast(pa.string()))
            empty = pc.equal(trimmed, "")
            if pc.any(empty).as_py():
                trimmed = pc.if_else(empty, pa.scalar(None, pa.string()), trimmed)
            return trimmed, Bad.none()
    indices, present, values = distinct(cells)
    if not isinstance(values, list):
        values = values.to_pylist()
    read: list[str | None] = []
    rows: list[int] = []
    wrongs: list[Wrong] = []
    for row, value in enumerate(values):
        try:
            read.append(read_text(scalar(value)) or None if value is not None else None)
        except Wrong as wrong:
            read.append(None)
            rows.append(row)
            wrongs.append(wrong)
    nothing = np.zeros(len(values), np.int64)
    found = Found(nothing, None, 0, Bad(np.array(rows, np.int64), np.arange(len(rows)), wrongs))
    places = pa.array(indices, pa.int32(), mask=None if present is None else ~present)
    texts = pa.array(read, pa.string()).take(places)
    return texts, found.gathered(indices, present).bad if rows else Bad.none()


def days_of(cells: Cells) -> Found:
    """A column of dates that is no fact, as days since 1970."""
    return _each(cells, lambda value: read_date(scalar(value)).toordinal() - _EPOCH)


def weights_of(cells: Cells) -> Found:
    """A column of weights; a row without one stands for one person."""
    return _each(cells, read_weight)


def _each(cells: Cells, read: Any) -> Found:
    indices, present, values = distinct(cells)
    if not isinstance(values, list):
        values = values.to_pylist()
    numbers, valid = np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_)
    rows: list[int] = []
    wrongs: list[Wrong] = []
    for row, value in enumerate(values):
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        try:
            numbers[row], valid[row] = read(value), True
        except Wrong as wrong:
            rows.append(row)
            wrongs.append(wrong)
    bad = Bad(np.array(rows, np.int64), np.arange(len(rows), dtype=np.int64), wrongs)
    return Found(numbers, None if valid.all() else valid, 0, bad).gathered(indices, present)


def day(number: int) -> date:
    """The date of a number of days since 1970."""
    return date.fromordinal(number + _EPOCH)
