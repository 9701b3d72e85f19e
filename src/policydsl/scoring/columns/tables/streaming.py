"""Tables of any size scored at constant memory, and runs that can be interrupted.

The rows come by parts (:mod:`.tables.sources`).  What a part gives is written
to a folder beside the result, under a temporary name that is then changed; a run record there
says which parts are done.  When all are, they are put together and take the place of the result
in one step.  A run that finds such a folder goes on behind the last part, if policy, data and
options are the same; else it starts over.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from policydsl import __version__
from policydsl.files import refused, replacing, writable_folder, write_bytes, write_text
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.language.keywords import Language
from policydsl.model.policy import Policy
from policydsl.scoring import results
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.histograms import Histogram, merged
from policydsl.scoring.columns.histograms import of as histogram_of
from policydsl.scoring.columns.scored.batch import Scores, score_batch
from policydsl.scoring.columns.scored.columns import Out, Shape, result_columns, shapes_of
from policydsl.scoring.columns.scored.formats import arrow_column, csv_head, csv_text
from policydsl.scoring.columns.scored.plans import Plans, Wanted
from policydsl.scoring.columns.scored.points import OPEN, Points
from policydsl.scoring.columns.tables import rejects as rejecting
from policydsl.scoring.columns.tables.encoding import Encoded
from policydsl.scoring.columns.tables.rejects import Rejects
from policydsl.scoring.columns.tables.sources import Batch, Cells, Table, arrow
from policydsl.scoring.columns.tables.surveying import Prepared, prepare
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import pick

Stage = Callable[[str, int], None]
"""Told of the stage (``survey``, ``score``) and of the rows that were just done."""

RECORD = "run.json"
_DECIMAL = re.compile(r"-?\d{1,20}(\.\d{1,15})?", re.ASCII)
BATCHES = 4
"""So many batches make a row group of the result."""
FORMAT = 1
"""Of the run record; a run in another format is not continued."""


@dataclass(frozen=True)
class Options:
    """How to score: what is the same for all rows, and goes into the run record."""

    wanted: Wanted = field(default_factory=Wanted)
    engine: str = "auto"
    date: date | None = None
    ignore: tuple[str, ...] = ()
    language: Language = "zh"


DEFAULT_OPTIONS = Options()


@dataclass(frozen=True)
class Outputs:
    """Where results go; without ``rejects`` a row that cannot be scored is an error.

    ``table``: a Parquet or CSV file, or (no suffix) a folder of Parquet files.
    """

    table: Path | None = None
    histogram: Path | None = None
    rejects: Path | None = None

    @property
    def first(self) -> Path:
        """The one beside which temporary files are kept."""
        found = self.table or self.histogram or self.rejects
        assert found is not None
        return found

    @property
    def is_folder(self) -> bool:
        """Whether the table is a folder of part files."""
        return self.table is not None and not self.table.suffix


# -- histograms


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


# -- what a run gives


@dataclass
class Summary:
    """What was done.  ``resumed``: parts that an earlier run had done."""

    rows: int
    cases: int
    tally: Tally
    rejects: Rejects
    notes: tuple[str, ...] = ()
    resumed: int = 0


def policy_hash(policy: Policy) -> str:
    """Names the meaning of a policy: the same for the same rules, facts and assumptions."""
    return hashlib.sha256(repr(policy).encode()).hexdigest()


def stream(
    policy: Policy,
    table: Table,
    plans_for: Callable[[Prepared, Wanted], Plans],
    outputs: Outputs,
    options: Options = DEFAULT_OPTIONS,
    stage: Stage = lambda name, rows: None,
) -> Summary:
    """Score a table part by part.

    ``plans_for`` makes the plans for a table that was surveyed.  Raises :class:`PolicyError`: the
    data (D4xx) unless rejects are asked for, S5xx, a place that cannot be written (F007).
    """
    check_places(outputs, table)
    prepared = prepare(
        policy, table, options.ignore, options.date, lambda rows: stage("survey", rows)
    )
    plans = plans_for(prepared, options.wanted)
    plans.need(plans.all_tables())
    run = _Run(prepared, plans, outputs, options)
    run.begin()
    try:
        for part, batches in _by_part(run.batches()):
            run.part(part, batches, stage)
        if outputs.rejects is None and run.rejects:
            run.give_up()
            raise run.rejects.error()
    except PolicyError as error:
        if any(problem.code != "F007" for problem in error.diagnostics):
            run.give_up()  # the same would come out again
        raise
    return run.finish()


def check_places(outputs: Outputs, table: Table) -> None:
    """Outputs must be writable before hours are spent, and none may be the input."""
    given = [p for p in (outputs.table, outputs.histogram, outputs.rejects) if p is not None]
    source = Path(table.name)
    for path in given:
        if source.exists() and path.exists() and path.resolve() == source.resolve():
            raise refused(path, ("它就是数据文件", "it is the data file"))
        if not path.parent.is_dir():
            raise refused(path, ("文件夹不存在", "the folder does not exist"))
        if path == outputs.table and outputs.is_folder:
            if path.exists() and not path.is_dir():
                raise refused(path, ("它是一个文件", "it is a file"))
        elif path.is_dir():
            raise refused(path, ("它是一个文件夹", "it is a folder"))
    names = [path.resolve() for path in given]
    if len(set(names)) < len(names):
        raise refused(given[-1], ("两种结果写到同一个文件", "two results go to the same file"))


def _by_part(batches: Iterator[Batch]) -> Iterator[tuple[int, Iterator[Batch]]]:
    yield from itertools.groupby(batches, lambda batch: batch.part)


class _Run:
    """A run over the parts of a table, with its record."""

    def __init__(self, prepared: Prepared, plans: Plans, outputs: Outputs, options: Options):
        self.prepared = prepared
        self.plans = plans
        self.outputs = outputs
        self.options = options
        self.shapes = shapes_of(plans)
        first = outputs.first
        self.folder = first.with_name(f".{first.name}.parts")
        self.key = self._key()
        self.done: dict[str, dict[str, Any]] = {}
        self.rejects = Rejects(prepared.table.name)
        self.tally = Tally(plans.scale)
        self.rows = self.cases = self.resumed = 0
        self.carried: Batch | None = None
        self.left: dict[int, Batch | None] = {}
        """By part, the rows that waited for the next one."""

    def _key(self) -> dict[str, Any]:
        """What has to be the same for a run to be continued."""
        options, outputs = self.options, self.outputs
        return {
            "format": FORMAT, "version": __version__,
            "policy": self.plans.policy.id, "policy_hash": policy_hash(self.plans.policy),
            "input": json.loads(json.dumps(self.prepared.table.identity())),
            "schema": hashlib.sha256(repr(self.prepared.schema).encode()).hexdigest(),
            "options": {
                "groups": options.wanted.groups, "items": options.wanted.items,
                "reasons": options.wanted.reasons,
                "date": None if options.date is None else options.date.isoformat(),
                "ignore": list(options.ignore), "language": options.language,
                "table": None if outputs.table is None else outputs.table.suffix,
                "histogram": outputs.histogram is not None,
                "rejects": outputs.rejects is not None,
            },
        }  # fmt: skip

    # -- the record

    def begin(self) -> None:
        """Go on where an earlier run stopped, or start."""
        record = self.folder / RECORD
        if record.is_file():
            try:
                found = json.loads(record.read_text(encoding="utf-8"))
                if found["key"] == self.key:
                    self._take_up(found["parts"])
                    return
            except (OSError, ValueError, KeyError, TypeError):
                pass  # a record that cannot be read is none
        if self.folder.exists():
            shutil.rmtree(self.folder, ignore_errors=True)
        writable_folder(self.folder)
        self._write_record()

    def _take_up(self, parts: Mapping[str, Mapping[str, Any]]) -> None:
        """Take over the parts that are done, as far as their files are there."""
        for number in range(len(parts)):
            part = parts.get(str(number))
            if part is None or any(not (self.folder / x).is_file() for x in part["files"]):
                break
            self.done[str(number)] = dict(part)
            self.rejects.merge(Rejects.from_record(self.rejects.name, part["rejects"]))
            self.tally.merge(Tally.from_record(part["histogram"]))
            self.rows += part["rows"]
            self.cases += part["cases"]
            self.resumed += 1
        if self.prepared.layout.households and self.resumed:
            self.carried = self._load_carried(self.resumed - 1)

    def _write_record(self) -> None:
        text = json.dumps({"key": self.key, "parts": self.done}, ensure_ascii=False)
        write_text(self.folder / RECORD, text)

    # -- parts

    def batches(self) -> Iterator[Batch]:
        """The batches that are left; where households count, cut between two of them."""
        skip = range(self.resumed)
        layout = self.prepared.layout
        wanted = None if self._reads_all() else layout.used
        batches = self.prepared.table.read(wanted, skip)
        if not layout.households:
            yield from batches
            return
        yield from self._whole_households(batches)

    def _reads_all(self) -> bool:
        return self.outputs.rejects is not None or self.prepared.table.rows is None

    def _whole_households(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The last household of a batch waits for the next one.

        Households whose rows do not stand together were found in the survey.
        """
        position = self.prepared.layout.others["household"]
        last: Batch | None = None
        for batch in batches:
            if last is not None and last.part != batch.part:
                self.left[last.part] = self.carried
            whole = batch if self.carried is None else _joined(self.carried, batch)
            cut = _last_household(whole, position)
            self.carried = _cut(whole, cut, whole.rows)
            yield _cut(whole, 0, cut)
            last = batch
        if self.carried is not None and self.carried.rows:
            rest, self.carried = self.carried, None
            rest.part = self.resumed if last is None else last.part
            yield rest

    def part(self, number: int, batches: Iterator[Batch], stage: Stage) -> None:
        """Score the batches of a part and write what they give."""
        rejects = Rejects(self.rejects.name)
        tally = Tally(self.plans.scale)
        rows = cases = 0
        files: list[str] = []
        failing = self.outputs.rejects is None
        with _PartFiles(self, number, files) as writer:
            for batch in batches:
                encoded = self.prepared.encoder.encode(batch)
                rows += batch.rows + len(batch.broken)
                bad = bool(self.rejects) or bool(rejects) or bool(encoded.flaws or batch.broken)
                if failing and bad:
                    rejects.take(encoded)  # nothing will be written: only look on
                else:
                    scores = score_batch(encoded, self.plans, self.options.engine)
                    rejects.take(encoded)
                    if not (failing and rejects):
                        tally.add(scores.total, scores.weights)
                        cases += len(scores)
                        writer.write(scores)
                    writer.reject(encoded)
                stage("score", batch.rows)
        self.rejects.merge(rejects)
        self.tally.merge(tally)
        self.rows += rows
        self.cases += cases
        if failing and self.rejects:
            return
        if self.prepared.layout.households:
            files.append(self._save_carried(number))
        self.done[str(number)] = {
            "rows": rows, "cases": cases, "files": files,
            "rejects": rejects.as_record(), "histogram": tally.as_record(),
        }  # fmt: skip
        self._write_record()

    def _save_carried(self, number: int) -> str:
        """Keep the rows that wait for the next part."""
        name = f"carried-{number:05d}.rows"
        carried = self.left.pop(number, None)
        if carried is None:
            write_bytes(self.folder / name, b"")
            return name
        pa = arrow()
        columns = {i: _plain_column(column) for i, column in carried.columns.items()}
        numbers = None if carried.numbers is None else [int(x) for x in carried.numbers]
        keys = sorted(columns)
        made = pa.table([columns[i] for i in keys], names=[str(i) for i in keys])
        about = {
            "first": str(carried.first),
            "rows": str(carried.rows),
            "numbers": json.dumps(numbers),
        }
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, made.schema.with_metadata(about)) as writer:
            writer.write_table(made.replace_schema_metadata(about))
        write_bytes(self.folder / name, sink.getvalue().to_pybytes())
        return name

    def _load_carried(self, number: int) -> Batch | None:
        pa = arrow()
        content = (self.folder / f"carried-{number:05d}.rows").read_bytes()
        if not content:
            return None
        with pa.ipc.open_file(pa.py_buffer(content)) as reader:
            found = reader.read_all()
        about = {k.decode(): v.decode() for k, v in found.schema.metadata.items()}
        columns = {int(n): found.column(n).combine_chunks() for n in found.column_names}
        numbers = json.loads(about["numbers"])
        made = None if numbers is None else np.array(numbers, np.int64)
        return Batch(number, int(about["first"]), int(about["rows"]), columns, made)

    # -- the end

    def give_up(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def finish(self) -> Summary:
        """Put the parts together; results take their places."""
        outputs, language = self.outputs, self.options.language
        if not self.rows:
            self.give_up()
            path = self.prepared.table.name
            raise PolicyError([Diagnostic("D408", Source(path, ""), None, {"path": path})])
        if outputs.rejects is not None:
            self._finish_rejects(outputs.rejects)
        if outputs.histogram is not None:
            write_histogram(outputs.histogram, self.tally, language, self.about())
        if outputs.table is not None:
            if outputs.is_folder:
                self._finish_folder(outputs.table)
            elif outputs.table.suffix.lower() == ".csv":
                with replacing(outputs.table) as temporary, temporary.open("wb") as out:
                    for part in self._parts(".csv"):
                        with part.open("rb") as stream:
                            shutil.copyfileobj(stream, out, 1 << 20)
            else:
                self._finish_parquet(outputs.table)
        self.give_up()
        return Summary(self.rows, self.cases, self.tally, self.rejects,
                       results.notice(self.plans.policy, language), self.resumed)  # fmt: skip

    def about(self) -> dict[str, Any]:
        """What is said of the run in its results: enough to do it again."""
        return {
            **self.key, **about_policy(self.plans.policy, self.options.language),
            "rows": self.rows, "cases": self.cases, "scale": self.plans.scale,
            "rejected_rows": self.rejects.rows, "problems": self.rejects.counts,
        }  # fmt: skip

    def _parts(self, suffix: str) -> list[Path]:
        names = [n for part in range(len(self.done)) for n in self.done[str(part)]["files"]]
        return [self.folder / name for name in names if name.endswith(suffix)]

    def _finish_rejects(self, path: Path) -> None:
        titles = self.prepared.table.titles
        head = csv_line(rejecting.head(titles, self.options.language))
        with replacing(path) as temporary, temporary.open("wb") as out:
            out.write(("\ufeff" + head).encode("utf-8"))
            for part in self._parts(".rejects"):
                with part.open("rb") as stream:
                    shutil.copyfileobj(stream, out, 1 << 20)

    def _finish_parquet(self, path: Path) -> None:
        """The parts as one file."""
        import pyarrow.parquet as pq

        pa = arrow()
        parts = self._parts(".arrow")
        with pa.memory_map(str(parts[0])) as first:
            schema = pa.ipc.open_file(first).schema
        schema = _with_decimals(schema, parts)
        about = {"policydsl": json.dumps(self.about(), ensure_ascii=False)}
        with (
            replacing(path) as temporary,
            pq.ParquetWriter(temporary, schema.with_metadata(about)) as writer,
        ):
            for part in parts:
                with pa.memory_map(str(part)) as stream:
                    reader = pa.ipc.open_file(stream)
                    for start in range(0, reader.num_record_batches, BATCHES):
                        stop = min(start + BATCHES, reader.num_record_batches)
                        batches = [reader.get_batch(i) for i in range(start, stop)]
                        table = pa.Table.from_batches(batches).cast(schema)
                        writer.write_table(table.replace_schema_metadata(about))

    def _finish_folder(self, folder: Path) -> None:
        """The parts as a folder, which takes the place of an old one as a whole."""
        made = folder.with_name(f".{folder.name}.new")
        old = folder.with_name(f".{folder.name}.old")
        try:
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            for part in self._parts(".parquet"):
                part.replace(made / part.name)
            write_text(made / f"_{RECORD}", json.dumps(self.about(), ensure_ascii=False, indent=2))
            shutil.rmtree(old, ignore_errors=True)
            if folder.exists():
                check_ours(folder)
                folder.replace(old)
            made.replace(folder)
            shutil.rmtree(old, ignore_errors=True)
        except OSError as error:
            raise refused(folder, error.strerror or str(error)) from error


def _with_decimals(schema: Any, parts: list[Path]) -> Any:
    """The schema of a file whose parts hold points as texts, since not all need be decimals.

    A column of points that happens to hold finite decimals only is one of decimals.
    """
    import pyarrow.compute as pc

    pa = arrow()
    for position, field_ in enumerate(schema):
        if not (field_.metadata or {}).get(b"points") or pa.types.is_decimal(field_.type):
            continue
        places: int | None = 0
        for part in parts:
            with pa.memory_map(str(part)) as stream:
                found = pc.unique(pa.ipc.open_file(stream).read_all().column(position))
                texts = [text for text in found.to_pylist() if text is not None]
            if not all(_DECIMAL.fullmatch(text) for text in texts):
                places = None
                break
            places = max([places or 0, *(len(text.partition(".")[2]) for text in texts)])
        if places is not None:
            schema = schema.set(position, pa.field(field_.name, pa.decimal128(38, places)))
    return schema


def check_ours(folder: Path) -> None:
    """Only a folder that an earlier run has written is replaced."""
    names = [path.name for path in folder.iterdir()]
    if names and f"_{RECORD}" not in names:
        problem = ("文件夹里有别的文件", "the folder holds other files")
        raise refused(folder, problem)


def about_policy(policy: Policy, language: Language) -> dict[str, Any]:
    """What results say of the policy that they rest on."""
    return {
        "version": __version__, "policy": policy.id, "policy_hash": policy_hash(policy),
        "title": results_title(policy, language), "notice": list(results.notice(policy, language)),
    }  # fmt: skip


def results_title(policy: Policy, language: Language) -> str:
    """What a table of scores is called."""
    return pick(language, f"{policy.title or policy.id}：得分", f"Scores under {policy.id}")


def csv_line(cells: list[str]) -> str:
    """A line of a CSV."""
    import csv
    import io

    stream = io.StringIO()
    csv.writer(stream).writerow(cells)
    return stream.getvalue()


class _PartFiles:
    """The files of a part, which appear under their names when the part is done."""

    def __init__(self, run: _Run, number: int, files: list[str]):
        self.run = run
        self.number = number
        self.files = files
        self.temporary: dict[str, Path] = {}
        self.table: Any = None
        self.sink: Any = None
        self.text: Any = None
        self.rejected: Any = None

    def __enter__(self) -> _PartFiles:
        return self

    def _path(self, suffix: str) -> Path:
        name = f"part-{self.number:05d}{suffix}"
        self.temporary[name] = self.run.folder / f"{name}.tmp"
        return self.temporary[name]

    def write(self, scores: Scores) -> None:
        """Add the scores of a batch."""
        table = self.run.outputs.table
        if table is None:
            return
        language = self.run.options.language
        columns = result_columns(scores, language, self.run.shapes)
        try:
            if table.suffix.lower() == ".csv":
                if self.text is None:
                    self.text = self._path(".csv").open("w", encoding="utf-8", newline="")
                    if self.number == 0:
                        self.text.write("\ufeff" + csv_head(columns))
                self.text.write(csv_text(columns, language))
                return
            self._write_arrow(columns, language)
        except OSError as error:
            raise refused(table, error.strerror or str(error)) from error

    def _write_arrow(self, columns: list[Out], language: Language) -> None:
        """To Parquet in a folder; else to a form that is quickly read when all is put together."""
        import pyarrow.parquet as pq

        pa = arrow()
        arrays = [arrow_column(out, language) for out in columns]
        fields = []
        for out, array in zip(columns, arrays, strict=True):
            about = {"points": "1"} if out.column.kind == "points" else None
            fields.append(pa.field(out.column.title, array.type, metadata=about))
        made = pa.table(arrays, schema=pa.schema(fields))
        if self.table is None:
            if self.run.outputs.is_folder:
                self.table = pq.ParquetWriter(self._path(".parquet"), made.schema)
            else:
                options = pa.ipc.IpcWriteOptions(compression="lz4")
                self.sink = pa.OSFile(str(self._path(".arrow")), "wb")
                self.table = pa.ipc.new_file(self.sink, made.schema, options=options)
        self.table.write_table(made)

    def reject(self, encoded: Encoded) -> None:
        """Add what cannot be scored of a batch."""
        if self.run.outputs.rejects is None or not (encoded.flaws or encoded.batch.broken):
            return
        lines = rejecting.reject_lines(
            encoded,
            self.run.rejects.name,
            self.run.prepared.table.titles,
            self.run.options.language,
        )
        try:
            if self.rejected is None:
                path = self._path(".rejects")
                self.rejected = path.open("w", encoding="utf-8", newline="")
            self.rejected.write(lines)
        except OSError as error:
            raise refused(self.run.outputs.rejects, error.strerror or str(error)) from error

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        for stream in (self.table, self.sink, self.text, self.rejected):
            if stream is not None:
                stream.close()
        for name, path in self.temporary.items():
            if kind is None:
                path.replace(self.run.folder / name)
                self.files.append(name)
            else:
                path.unlink(missing_ok=True)


# -- batches cut and joined


def _plain_column(column: Cells) -> Any:
    pa = arrow()
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _joined(first: Batch, second: Batch) -> Batch:
    """Two batches as one, as a part of the second one."""
    pa = arrow()
    columns: dict[int, Cells] = {}
    for position, column in second.columns.items():
        parts = [_plain_column(first.columns[position]), _plain_column(column)]
        if parts[0].type != parts[1].type:
            parts = [part.cast(pa.string()) for part in parts]
        columns[position] = pa.concat_arrays(parts)
    numbers = None
    if first.numbers is not None and second.numbers is not None:
        numbers = np.concatenate([first.numbers, second.numbers])
    rows = first.rows + second.rows
    return Batch(second.part, first.first, rows, columns, numbers, second.broken)


def _cut(batch: Batch, start: int, stop: int) -> Batch:
    columns = {i: column.slice(start, stop - start) for i, column in batch.columns.items()}
    numbers = None if batch.numbers is None else batch.numbers[start:stop]
    broken = batch.broken if start == 0 else []
    return Batch(batch.part, batch.first + start, stop - start, columns, numbers, broken)


def _last_household(batch: Batch, position: int) -> int:
    """The row with which the last household of a batch begins."""
    if not batch.rows:
        return 0
    coded = _plain_column(batch.columns[position]).dictionary_encode()
    codes = np.asarray(coded.indices.fill_null(-1))
    changes = np.flatnonzero(codes[1:] != codes[:-1])
    return int(changes[-1]) + 1 if len(changes) else 0


# -- histograms in files


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


__all__ = ["Options", "Outputs", "Shape", "Summary", "Tally", "policy_hash", "stream"]
