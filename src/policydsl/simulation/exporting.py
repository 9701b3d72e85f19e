"""Synthetic populations → CSV and Parquet with the columns that scoring reads.

Beside the table stands a small JSON file that says what the population is and what it rests on:
every source and every assumption of its specification.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from policydsl.files import replacing, write_text
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.scoring.columns.domains import Domain, Grid, Listed
from policydsl.scoring.writing import as_decimal, to_json
from policydsl.simulation.populations import ROLES, Chunk, Digest, Synthesis
from policydsl.simulation.specs import show_value

WRITABLE = (".csv", ".parquet")
Advance = Callable[[int], object]


def write_population(
    path: Path, synthesis: Synthesis, weighted: bool = False, advance: Advance | None = None
) -> dict[str, Any]:
    """Write all of a population by the suffix of ``path``; returns the record of it.

    ``weighted`` adds a column 权重.  ``advance`` is called with the number of households written.
    The record is written to ``path`` with ``.json`` added.  Raises :class:`PolicyError`: an
    unknown suffix (D413), a missing component (D415), a place that cannot be written (F007).
    """
    writers = {".csv": _write_csv, ".parquet": _write_parquet}
    write = writers.get(path.suffix.lower())
    if write is None:
        details = {"suffix": path.suffix or path.name}
        raise PolicyError([Diagnostic("D413", Source(str(path), ""), None, details)])
    digest = Digest()

    def counted(chunk: Chunk) -> None:
        digest.add(chunk)
        if advance is not None:
            roles = chunk.population.rows if not synthesis.spec.household else int(
                np.count_nonzero(chunk.roles == 1))  # fmt: skip
            advance(roles)

    with replacing(path) as temporary:
        write(path, temporary, synthesis, weighted, counted)
    made = record(synthesis, digest)
    write_text(path.with_name(f"{path.name}.json"), to_json(made) + "\n")
    return made


def record(synthesis: Synthesis, digest: Digest) -> dict[str, Any]:
    """What a population is: where it comes from, its hash, and what it rests on."""
    spec = synthesis.spec
    return {
        "synthetic": True,
        "population": spec.id,
        "title": spec.title,
        "specification_sha256": spec.digest,
        "seed": synthesis.seed,
        "households": synthesis.n,
        "rows": digest.rows,
        "stands_for": spec.size,
        "date": None if spec.day is None else spec.day.isoformat(),
        "facts": list(synthesis.names),
        "data_sha256": digest.hexdigest(),
        "sources": [
            {"of": what, "id": r.id, "title": r.title, "url": r.url}
            for what, r in spec.references()
        ],
        "assumptions": [{"of": what, "reason": reason} for what, reason in spec.assumptions()],
        "notes": list(spec.notes),
    }


def _heads(synthesis: Synthesis, weighted: bool) -> list[str]:
    spec = synthesis.spec
    heads = ["编号", "户号", "角色"] if spec.household else ["编号"]
    heads += ["单位"] if spec.units else []
    return [*heads, *(["权重"] if weighted else []), *synthesis.names]


def _weights(synthesis: Synthesis, chunk: Chunk) -> Any:
    numbers = chunk.households - 1
    low = int(numbers[0])
    return synthesis.weights(low, int(numbers[-1]) + 1)[numbers - low]


# -- CSV


def _write_csv(
    shown: Path, path: Path, synthesis: Synthesis, weighted: bool, counted: Callable[[Chunk], None]
) -> None:
    """UTF-8 with the mark that Excel wants, rows ended by CRLF."""
    texts = {
        name: np.array(_texts(synthesis.spec.attributes[name].domain), object)
        for name in synthesis.names
    }
    units = np.array(["", *map(_cell, synthesis.spec.units)], object)
    roles = np.array(["", *ROLES], object)
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write("\ufeff" + ",".join(map(_cell, _heads(synthesis, weighted))) + "\r\n")
        for chunk in synthesis.chunks():
            columns: list[Sequence[str]] = [list(map(str, chunk.ids.tolist()))]
            if synthesis.spec.household:
                columns.append(list(map(str, chunk.households.tolist())))
                columns.append(roles[chunk.roles].tolist())
            if chunk.population.units is not None:
                columns.append(units[chunk.population.units].tolist())
            if weighted:
                columns.append(list(map(str, _weights(synthesis, chunk).tolist())))
            columns += [
                texts[name][chunk.population.columns[name]].tolist() for name in synthesis.names
            ]
            stream.write("\r\n".join(map(",".join, zip(*columns, strict=True))) + "\r\n")
            counted(chunk)


def _texts(domain: Domain) -> list[str]:
    """The text of each code, as a cell of a CSV file; nothing for 0."""
    return ["", *(_cell(show_value(domain, code)) for code in range(1, domain.size))]


def _cell(text: str) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="").writerow([text])
    return stream.getvalue()


# -- Parquet


def _write_parquet(
    shown: Path, path: Path, synthesis: Synthesis, weighted: bool, counted: Callable[[Chunk], None]
) -> None:
    """Words as dictionaries, numbers and dates as such; one group of rows for each chunk."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        details = {"format": "Parquet", "extra": "parquet"}
        problem = Diagnostic("D415", Source(str(shown), ""), None, details)
        raise PolicyError([problem]) from error
    spec = synthesis.spec
    values = {name: _arrow(pa, spec.attributes[name].domain) for name in synthesis.names}
    units = pa.array(spec.units, pa.string())
    heads = _heads(synthesis, weighted)
    writer: Any = None
    try:
        for chunk in synthesis.chunks():
            arrays = [pa.array(chunk.ids)]
            if spec.household:
                arrays.append(pa.array(chunk.households))
                arrays.append(_coded(pa, chunk.roles, pa.array(ROLES)))
            if chunk.population.units is not None:
                arrays.append(_coded(pa, chunk.population.units, units))
            if weighted:
                arrays.append(pa.array(_weights(synthesis, chunk)))
            arrays += [
                _coded(pa, chunk.population.columns[name], values[name]) for name in synthesis.names
            ]
            batch = pa.table(arrays, names=heads)
            if writer is None:
                about = {"policydsl.population": f"{spec.id} {spec.digest} {synthesis.seed}"}
                writer = pq.ParquetWriter(
                    path, batch.schema.with_metadata(about), compression="zstd"
                )
            writer.write_table(batch.replace_schema_metadata(writer.schema.metadata))
            counted(chunk)
    finally:
        if writer is not None:
            writer.close()


def _arrow(pa: Any, domain: Domain) -> Any:
    """The values of a domain, of the narrowest type that holds them."""
    values: list[Any] = [domain.value(code) for code in range(1, domain.size)]
    if isinstance(domain, Listed):
        return pa.array(values)  # words, or truth values
    if not isinstance(domain, Grid):
        return pa.array(values, pa.date32())
    if all(value.denominator == 1 for value in values):
        narrow = pa.int16() if abs(values[0]) < 1 << 15 > abs(values[-1]) else pa.int64()
        return pa.array([int(value) for value in values], narrow)
    decimals = [_decimal(value) for value in values]
    places = max(-int(d.as_tuple().exponent) for d in decimals)
    return pa.array(decimals, pa.decimal128(18, places))


def _decimal(value: Fraction) -> Decimal:
    exact = as_decimal(value)
    assert exact is not None, "steps are written as decimals"
    return exact


def _coded(pa: Any, codes: Any, values: Any) -> Any:
    """Codes as a column: null for 0; words stay a dictionary."""
    indices = pa.array(codes.astype(np.int32) - 1, mask=codes == 0)
    array = pa.DictionaryArray.from_arrays(indices, values)
    return array if pa.types.is_string(values.type) else array.dictionary_decode()
