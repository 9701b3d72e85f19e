"""What has to be known of a table before its rows are encoded: ranges, duplicate ids, households.

One pass over the columns concerned, at constant memory: ids are compared by a hash of 64 bits,
of which so many are kept as fit, the others on disk; ids whose hashes meet are then compared as
they are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.model.policy import Policy
from policydsl.scoring.columns.population import Schema
from policydsl.scoring.columns.tables.csv_files import CsvTable
from policydsl.scoring.columns.tables.encoding import Encoder
from policydsl.scoring.columns.tables.layout import Layout, layout_of
from policydsl.scoring.columns.tables.memory import arrow_source
from policydsl.scoring.columns.tables.parquet import ParquetTable
from policydsl.scoring.columns.tables.reading import Found, texts_of
from policydsl.scoring.columns.tables.sources import Batch, Table, arrow

Hashes = npt.NDArray[np.uint64]
Progress = Callable[[int], None]

HELD = 1 << 24
"""So many hashes are held in memory (8 bytes each) before they go to disk."""
BUCKETS = 64
_TEXTS = ("unit", "entity", "role")


@dataclass
class Prepared:
    """A table that is ready to be encoded.

    ``batch`` and ``read`` are all of its rows where they are in memory, else ``None``.
    """

    policy: Policy
    table: Table
    layout: Layout
    encoder: Encoder
    schema: Schema
    batch: Batch | None = None
    read: Mapping[int, Found] = field(default_factory=dict)


def prepare(
    policy: Policy,
    table: Table,
    ignore: tuple[str, ...] = (),
    day: date | None = None,
    progress: Progress = lambda rows: None,
) -> Prepared:
    """Find the columns and survey the data.

    ``progress`` is told of the rows that were looked at.  Raises :class:`PolicyError` with what
    is wrong with the columns.
    """
    layout = layout_of(policy, table, ignore)
    encoder = Encoder(policy, layout, table.name, day)
    if table.in_memory:
        (batch,) = table.read()
        read = encoder.observe(batch, encoder.to_survey)
        _survey_memory(encoder, batch)
        return Prepared(policy, table, layout, encoder, encoder.settle(), batch, read)
    if isinstance(table, ParquetTable):
        kinds = [layout.others.get(kind) for kind in _TEXTS]
        texts = [p for p, fact in layout.facts.items() if not fact.is_number]
        table.texts = frozenset(
            i for i in [*texts, *kinds] if i is not None and _is_text(table.type_of(i))
        )
    if isinstance(table, CsvTable):
        own = [layout.others.get(kind) for kind in ("id", "name", "household")]
        table.plain = frozenset(i for i in own if i is not None)
    _survey_file(encoder, layout, table, progress)
    return Prepared(policy, table, layout, encoder, encoder.settle())


def _is_text(kind: Any) -> bool:
    types = arrow().types
    return kind is not None and (types.is_string(kind) or types.is_large_string(kind))


def in_memory(table: Table) -> Table:
    """The same table with all its rows at hand."""
    if table.in_memory:
        return table
    pa = arrow()
    columns: list[list[Any]] = [[] for _ in table.titles]
    numbers: list[Any] = []
    rows = 0
    broken = []
    for batch in table.read():
        for position, parts in enumerate(columns):
            parts.append(batch.columns[position])
        rows += batch.rows
        broken += batch.broken
        if batch.numbers is not None:
            numbers.append(np.asarray(batch.numbers))
    whole = pa.table(
        [
            pa.chunked_array(parts) if parts else pa.chunked_array([], pa.string())
            for parts in columns
        ],
        names=[str(i) for i in range(len(columns))],
    )
    made = arrow_source(whole, table.name)
    made.titles = table.titles
    made.numbers = np.concatenate(numbers) if numbers else None
    made.broken = broken
    return made


def _survey_memory(encoder: Encoder, batch: Batch) -> None:
    layout = encoder.layout
    position = layout.others.get("id")
    if position is not None:
        ids, _ = texts_of(batch.columns[position])
        hashes = hashes_of(ids)
        if len(_repeated(hashes[hashes != NO_TEXT])):
            coded = ids.dictionary_encode()
            codes = np.asarray(coded.indices.fill_null(-1))
            counts = np.bincount(codes[codes >= 0], minlength=len(coded.dictionary))
            again = np.flatnonzero(counts[codes] * (codes >= 0) > 1)
            _note_repeated(encoder, ids, again, batch)
    if layout.households:
        households, _ = texts_of(batch.columns[layout.others["household"]])
        codes = np.asarray(households.dictionary_encode().indices.fill_null(-1))
        counts = np.bincount(codes[codes >= 0], minlength=1)
        encoder.largest_household = int(counts.max())


def _note_repeated(encoder: Encoder, ids: Any, rows: npt.NDArray[np.int64], batch: Batch) -> None:
    """Note the first two rows of each id."""
    for row in rows.tolist():
        text = ids[row].as_py()
        known = encoder.repeated.get(text)
        if known is None:
            encoder.repeated[text] = (batch.number(row), "")
        elif not known[1]:
            encoder.repeated[text] = (known[0], batch.number(row))


def _survey_file(encoder: Encoder, layout: Layout, table: Table, progress: Progress) -> None:
    left = encoder.told(table)
    own = layout.others.get("id")
    home = layout.others["household"] if layout.households else None
    wanted = {*left, *(i for i in (own, home) if i is not None)}
    if not wanted:
        return
    ids, homes = _Repeats(), _Repeats()
    runs = _Runs()
    with ids, homes:
        for batch in table.read(wanted):
            encoder.observe(batch, left)
            if own is not None:
                ids.add(hashes_of(texts_of(batch.columns[own])[0]))
            if home is not None:
                homes.add(runs.starts(hashes_of(texts_of(batch.columns[home])[0])))
            progress(batch.rows)
        twice, apart = ids.found(), homes.found()
    encoder.largest_household = runs.longest
    if own is not None and len(twice):
        for batch in table.read([own]):
            texts, _ = texts_of(batch.columns[own])
            rows = np.flatnonzero(np.isin(hashes_of(texts), twice) & np.asarray(texts.is_valid()))
            _note_repeated(encoder, texts, rows, batch)
        # different ids whose hashes are the same
        encoder.repeated = {k: v for k, v in encoder.repeated.items() if v[1]}
    if home is not None and len(apart):
        _note_scattered(encoder, table, home, apart)


def _note_scattered(encoder: Encoder, table: Table, home: int, apart: Hashes) -> None:
    """Find the households among these hashes that come again after another one."""
    seen: set[str] = set()
    before: str | None = None
    for batch in table.read([home]):
        texts, _ = texts_of(batch.columns[home])
        hashes = hashes_of(texts)
        starts = np.ones(len(hashes), np.bool_)
        starts[1:] = hashes[1:] != hashes[:-1]
        for row in np.flatnonzero(starts).tolist():
            text = texts[row].as_py()
            if text is not None and text != before and hashes[row] in apart:
                if text in seen:
                    encoder.scattered.setdefault(text, batch.number(row))
                seen.add(text)
            before = text
        if len(texts):
            before = texts[len(texts) - 1].as_py()


class _Runs:
    """Households as runs of rows: where each begins, and the longest."""

    def __init__(self) -> None:
        self.last: int | None = None
        self.length = 0
        self.longest = 1

    def starts(self, hashes: Hashes) -> Hashes:
        """The hashes with which a run begins."""
        if not len(hashes):
            return hashes
        changes = np.flatnonzero(hashes[1:] != hashes[:-1]) + 1
        goes_on = self.last is not None and int(hashes[0]) == self.last
        edges = np.concatenate([[0], changes, [len(hashes)]])
        lengths = np.diff(edges)
        if goes_on:
            lengths[0] += self.length
        self.longest = max(self.longest, int(lengths.max()))
        self.last, self.length = int(hashes[-1]), int(lengths[-1])
        begins: Hashes = hashes[edges[:-1]]
        begins = begins[1:] if goes_on else begins
        named: Hashes = begins[begins != NO_TEXT]
        return named


# -- hashes

NO_TEXT = np.uint64(0)
"""The hash of no text."""
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


def hashes_of(texts: Any) -> Hashes:
    """A hash of 64 bits for each of the texts of an Arrow array, by their bytes."""
    pa = arrow()
    texts = texts.cast(pa.string())
    count = len(texts)
    result = np.zeros(count, np.uint64)
    if not count or texts.buffers()[2] is None:
        if count and texts.buffers()[1] is not None:
            result[np.asarray(texts.is_valid())] = 1
        return result
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + count + 1]
    content = np.frombuffer(texts.buffers()[2], np.uint8)
    lengths = np.diff(offsets)
    for length in np.unique(lengths).tolist():
        rows = np.flatnonzero(lengths == length)
        width = -(-length // 8) * 8
        padded = np.zeros((len(rows), width), np.uint8)
        if length:
            padded[:, :length] = content[offsets[rows][:, None] + np.arange(length)]
        mixed = np.full(len(rows), length + 1, np.uint64) * _MULTIPLIER
        for word in padded.view("<u8").T if width else ():
            mixed = (mixed ^ word) * _MULTIPLIER
            mixed ^= mixed >> _SHIFT
        mixed = (mixed ^ (mixed >> np.uint64(32))) * _MULTIPLIER
        result[rows] = np.where(mixed == NO_TEXT, np.uint64(1), mixed)
    if texts.null_count:
        result[~np.asarray(texts.is_valid())] = NO_TEXT
    return result


class _Repeats:
    """Finds the hashes that occur more than once among any number of them."""

    def __init__(self) -> None:
        self.kept: list[Hashes] = []
        self.count = 0
        self.folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> _Repeats:
        return self

    def __exit__(self, *_: object) -> None:
        if self.folder is not None:
            self.folder.cleanup()

    def add(self, hashes: Hashes) -> None:
        """Take some hashes; those of no text do not count."""
        hashes = hashes[hashes != NO_TEXT]
        self.kept.append(hashes)
        self.count += len(hashes)
        if self.count > HELD:
            self._spill()

    def _spill(self) -> None:
        """Write what is held to files, by the first bits."""
        if self.folder is None:
            self.folder = tempfile.TemporaryDirectory(prefix="policydsl-")
        hashes = np.concatenate(self.kept)
        buckets = (hashes >> np.uint64(64 - BUCKETS.bit_length() + 1)).astype(np.int64)
        order = np.argsort(buckets, kind="stable")
        edges = np.searchsorted(buckets[order], np.arange(BUCKETS + 1))
        hashes = hashes[order]
        for bucket in range(BUCKETS):
            part = hashes[edges[bucket] : edges[bucket + 1]]
            with (Path(self.folder.name) / str(bucket)).open("ab") as stream:
                stream.write(part.tobytes())
        self.kept, self.count = [], 0

    def found(self) -> Hashes:
        """The hashes that occurred more than once, ascending."""
        if self.folder is None:
            return _repeated(np.concatenate(self.kept) if self.kept else np.zeros(0, np.uint64))
        self._spill()
        paths = [Path(self.folder.name) / str(bucket) for bucket in range(BUCKETS)]
        return np.concatenate([_repeated(np.fromfile(path, np.uint64)) for path in paths])


def _repeated(hashes: Hashes) -> Hashes:
    ordered = np.sort(hashes)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
