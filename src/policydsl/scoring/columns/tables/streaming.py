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
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from policydsl import __version__
from policydsl.files import writable_folder, write_bytes, write_text
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.model.policy import Policy
from policydsl.scoring import results
from policydsl.scoring.columns.scored.batch import score_batch
from policydsl.scoring.columns.scored.columns import shapes_of
from policydsl.scoring.columns.scored.plans import Plans, Wanted
from policydsl.scoring.columns.tables import rejects as rejecting
from policydsl.scoring.columns.tables.batches import cut_out, joined, last_household, plain_column
from policydsl.scoring.columns.tables.finishing import whole_csv, whole_folder, whole_parquet
from policydsl.scoring.columns.tables.outputs import (
    DEFAULT_OPTIONS,
    RECORD,
    Options,
    Outputs,
    about_policy,
    check_places,
    csv_line,
    policy_hash,
)
from policydsl.scoring.columns.tables.part_files import PartFiles, Setting
from policydsl.scoring.columns.tables.rejects import Rejects
from policydsl.scoring.columns.tables.sources import Batch, Table, arrow
from policydsl.scoring.columns.tables.surveying import Prepared, prepare
from policydsl.scoring.columns.tables.tally import Tally, write_histogram

Stage = Callable[[str, int], None]
"""Told of the stage (``survey``, ``score``) and of the rows that were just done."""


FORMAT = 1
"""Of the run record; a run in another format is not continued."""


@dataclass
class Summary:
    """What was done.  ``resumed``: parts that an earlier run had done."""

    rows: int
    cases: int
    tally: Tally
    rejects: Rejects
    notes: tuple[str, ...] = ()
    resumed: int = 0


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


def _by_part(batches: Iterator[Batch]) -> Iterator[tuple[int, Iterator[Batch]]]:
    yield from itertools.groupby(batches, lambda batch: batch.part)


class _Run:
    """A run over the parts of a table, with its record."""

    def __init__(self, prepared: Prepared, plans: Plans, outputs: Outputs, options: Options):
        self.prepared = prepared
        self.plans = plans
        self.outputs = outputs
        self.options = options
        first = outputs.first
        self.folder = first.with_name(f".{first.name}.parts")
        table = prepared.table
        self.setting = Setting(
            self.folder, outputs, options.language, shapes_of(plans), table.name, table.titles
        )
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
            whole = batch if self.carried is None else joined(self.carried, batch)
            cut = last_household(whole, position)
            self.carried = cut_out(whole, cut, whole.rows)
            yield cut_out(whole, 0, cut)
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
        with PartFiles(self.setting, number, files) as writer:
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
        columns = {i: plain_column(column) for i, column in carried.columns.items()}
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
            head = csv_line(rejecting.head(self.prepared.table.titles, language))
            whole_csv(outputs.rejects, self._parts(".rejects"), ("\ufeff" + head).encode("utf-8"))
        if outputs.histogram is not None:
            write_histogram(outputs.histogram, self.tally, language, self.about())
        if outputs.table is not None:
            if outputs.is_folder:
                whole_folder(outputs.table, self._parts(".parquet"), self.about())
            elif outputs.table.suffix.lower() == ".csv":
                whole_csv(outputs.table, self._parts(".csv"))
            else:
                whole_parquet(outputs.table, self._parts(".arrow"), self.about())
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
