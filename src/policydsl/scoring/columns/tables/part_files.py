"""The files of one part of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policydsl.files import refused
from policydsl.language.keywords import Language
from policydsl.scoring.columns.scored.batch import Scores
from policydsl.scoring.columns.scored.columns import Out, Shape, result_columns
from policydsl.scoring.columns.scored.formats import arrow_column, csv_head, csv_text
from policydsl.scoring.columns.tables import rejects as rejecting
from policydsl.scoring.columns.tables.encoded import Encoded
from policydsl.scoring.columns.tables.outputs import Outputs
from policydsl.scoring.columns.tables.sources import arrow


@dataclass(frozen=True)
class Setting:
    """What is the same for all parts: their folder, and what goes into their files."""

    folder: Path
    outputs: Outputs
    language: Language
    shapes: Mapping[str, Shape]
    name: str
    """Of the table that is read."""
    titles: tuple[str, ...]


class PartFiles:
    """The files of a part, which appear under their names when the part is done."""

    def __init__(self, setting: Setting, number: int, files: list[str]):
        self.setting = setting
        self.number = number
        self.files = files
        self.temporary: dict[str, Path] = {}
        self.table: Any = None
        self.sink: Any = None
        self.text: Any = None
        self.rejected: Any = None

    def __enter__(self) -> PartFiles:
        return self

    def _path(self, suffix: str) -> Path:
        name = f"part-{self.number:05d}{suffix}"
        self.temporary[name] = self.setting.folder / f"{name}.tmp"
        return self.temporary[name]

    def write(self, scores: Scores) -> None:
        """Add the scores of a batch."""
        table = self.setting.outputs.table
        if table is None:
            return
        language = self.setting.language
        columns = result_columns(scores, language, self.setting.shapes)
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
            if self.setting.outputs.is_folder:
                self.table = pq.ParquetWriter(self._path(".parquet"), made.schema)
            else:
                options = pa.ipc.IpcWriteOptions(compression="lz4")
                self.sink = pa.OSFile(str(self._path(".arrow")), "wb")
                self.table = pa.ipc.new_file(self.sink, made.schema, options=options)
        self.table.write_table(made)

    def reject(self, encoded: Encoded) -> None:
        """Add what cannot be scored of a batch."""
        setting = self.setting
        if setting.outputs.rejects is None or not (encoded.flaws or encoded.batch.broken):
            return
        lines = rejecting.reject_lines(encoded, setting.name, setting.titles, setting.language)
        try:
            if self.rejected is None:
                path = self._path(".rejects")
                self.rejected = path.open("w", encoding="utf-8", newline="")
            self.rejected.write(lines)
        except OSError as error:
            raise refused(setting.outputs.rejects, error.strerror or str(error)) from error

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        for stream in (self.table, self.sink, self.text, self.rejected):
            if stream is not None:
                stream.close()
        for name, path in self.temporary.items():
            if kind is None:
                path.replace(self.setting.folder / name)
                self.files.append(name)
            else:
                path.unlink(missing_ok=True)
