"""The files of all parts → one result, which takes its place in one step."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from policydsl.files import refused, replacing, write_text
from policydsl.scoring.columns.tables.outputs import RECORD, check_ours
from policydsl.scoring.columns.tables.sources import arrow

_DECIMAL = re.compile(r"-?\d{1,20}(\.\d{1,15})?", re.ASCII)


BATCHES = 4
"""So many batches make a row group of the result."""


def whole_csv(path: Path, parts: Sequence[Path], head: bytes = b"") -> None:
    """Text files one behind the other."""
    with replacing(path) as temporary, temporary.open("wb") as out:
        out.write(head)
        for part in parts:
            with part.open("rb") as stream:
                shutil.copyfileobj(stream, out, 1 << 20)


def whole_parquet(path: Path, parts: Sequence[Path], about: Mapping[str, Any]) -> None:
    """Arrow files as one Parquet file."""
    import pyarrow.parquet as pq

    pa = arrow()
    with pa.memory_map(str(parts[0])) as first:
        schema = pa.ipc.open_file(first).schema
    schema = _with_decimals(schema, parts)
    metadata = {"policydsl": json.dumps(about, ensure_ascii=False)}
    with (
        replacing(path) as temporary,
        pq.ParquetWriter(temporary, schema.with_metadata(metadata)) as writer,
    ):
        for part in parts:
            with pa.memory_map(str(part)) as stream:
                reader = pa.ipc.open_file(stream)
                for start in range(0, reader.num_record_batches, BATCHES):
                    stop = min(start + BATCHES, reader.num_record_batches)
                    batches = [reader.get_batch(i) for i in range(start, stop)]
                    table = pa.Table.from_batches(batches).cast(schema)
                    writer.write_table(table.replace_schema_metadata(metadata))


def whole_folder(folder: Path, parts: Sequence[Path], about: Mapping[str, Any]) -> None:
    """Parquet files as a folder, which takes the place of an old one as a whole."""
    made = folder.with_name(f".{folder.name}.new")
    old = folder.with_name(f".{folder.name}.old")
    try:
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        for part in parts:
            part.replace(made / part.name)
        write_text(made / f"_{RECORD}", json.dumps(about, ensure_ascii=False, indent=2))
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            check_ours(folder)
            folder.replace(old)
        made.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise refused(folder, error.strerror or str(error)) from error


def _with_decimals(schema: Any, parts: Sequence[Path]) -> Any:
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
