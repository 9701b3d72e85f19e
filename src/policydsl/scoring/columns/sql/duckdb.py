"""Plans in DuckDB: tables in memory, Parquet of any size, tables of a database.

The plan goes to the data as SQL (:mod:`.sql.queries`); what comes back is the
scored table, its histogram, or a Parquet file that DuckDB writes by itself in bounded memory.
Needs the extra ``sql``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from policydsl.files import refused, replacing
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.scoring.columns.sql.codes import column_of
from policydsl.scoring.columns.sql.dialects import DUCKDB
from policydsl.scoring.columns.sql.jobs import Bound, Checked, Counts, Job, bind, check, guarded

if TYPE_CHECKING:
    import duckdb

Connection = Any
"""A ``duckdb.DuckDBPyConnection``."""


@dataclass(frozen=True, slots=True)
class DatabaseTable:
    """A table or view of a DuckDB database file, which is opened for reading only."""

    path: Path
    table: str
    schema: str = "main"


Data = "pd.DataFrame | pa.Table | pyarrow.dataset.Dataset | Path | str | DatabaseTable"
"""Rows: what is in memory, a Parquet file or a folder of them, or a table of a database."""


@dataclass(frozen=True, slots=True)
class Options:
    """What DuckDB may use: memory in megabytes, threads, a folder for what does not fit."""

    memory: int | None = None
    threads: int | None = None
    folder: Path | None = None


DEFAULT = Options()


def available() -> bool:
    """Whether DuckDB is installed."""
    from importlib.util import find_spec

    return find_spec("duckdb") is not None and find_spec("pyarrow") is not None


def check_duckdb(job: Job, data: Any, options: Options = DEFAULT) -> Checked:
    """Look for bad values without scoring; see :func:`policydsl.scoring.columns.sql.jobs.check`."""
    with _opened(job, data, options) as (connection, bound):
        return _checked(connection, bound)


def score_duckdb(job: Job, data: Any, options: Options = DEFAULT) -> Any:
    """The kept columns and wanted slots as a ``pyarrow.Table``, rows in the order of the data.

    Points are 64-bit integers, ``scale`` of them to a point (see the schema's metadata).  Raises
    :class:`PolicyError` for data that is not as the job says (:func:`bind`, :func:`check`), D407
    for files that cannot be read, S530 when DuckDB gives up.
    """

    def run(connection: Connection, bound: Bound) -> tuple[Any, int]:
        table = connection.sql(bound.scores()).to_arrow_table()
        return table.replace_schema_metadata({"policydsl": _described(job)}), table.num_rows

    return _run(job, data, options, run)[0]


def histogram_duckdb(
    job: Job, data: Any, column: str = "total", options: Options = DEFAULT
) -> Counts:
    """How many persons have each value of a wanted column; with weights where the job has some."""

    def run(connection: Connection, bound: Bound) -> tuple[Counts, int]:
        found = connection.sql(bound.histogram(column)).fetchnumpy()
        return Counts(found["value"], found["persons"]), int(found["persons"].sum())

    return _run(job, data, options, run)[0]


def write_duckdb(job: Job, data: Any, path: Path, options: Options = DEFAULT) -> Checked:
    """Write what :func:`score_duckdb` gives to a Parquet file, without holding it in memory.

    The file takes its name when it is complete.  Raises F007 when it cannot be written.
    """

    def run(connection: Connection, bound: Bound) -> tuple[None, int]:
        return None, _copy(connection, bound.scores(), path, _described(job))

    return _run(job, data, options, run)[1]


def reject_duckdb(job: Job, data: Any, path: Path, options: Options = DEFAULT) -> None:
    """Write the rows with bad values to a Parquet file, as they are, with the columns' names."""
    with _opened(job, data, options) as (connection, bound):
        _copy(connection, bound.rejected(), path, _described(job))


def _copy(connection: Connection, query: str, path: Path, described: str) -> int:
    """Write the rows of a query; how many there are."""
    with replacing(path) as temporary:
        target = DUCKDB.text(str(temporary))
        try:
            written = connection.execute(
                f"COPY ({query}) TO {target} (FORMAT parquet, COMPRESSION zstd, "
                f"KV_METADATA {{policydsl: {DUCKDB.text(described)}}})"
            ).fetchone()
        except _module().IOException as error:
            if temporary.name in str(error):
                raise refused(path, _first_line(error)) from error
            raise
        return int(written[0])


def _described(job: Job) -> str:
    """What a reader of a scored table must know of it."""
    plan = job.plan
    return json.dumps(
        {"policy": plan.policy, "unit": plan.unit, "entity": plan.entity, "scale": plan.scale},
        ensure_ascii=False,
    )


def _checked(connection: Connection, bound: Bound) -> Checked:
    def ask(query: str) -> Sequence[Sequence[Any]]:
        rows: list[tuple[Any, ...]] = connection.execute(query).fetchall()
        return rows

    return check(bound, ask, "row_number() OVER ()")


Result = TypeVar("Result")


def _run(
    job: Job,
    data: Any,
    options: Options,
    run: Callable[[Connection, Bound], tuple[Result, int]],
) -> tuple[Result, Checked]:
    """A result and what was found in the data.  ``run`` gives it and how many rows it rests on."""
    with _opened(job, data, options) as (connection, bound):
        if not guarded(bound):
            checked = _checked(connection, bound)
            return run(connection, bound)[0], checked
        try:
            result, rows = run(connection, bound)
        except _module().Error:
            _checked(connection, bound)  # says what is wrong with the data, if that is the cause
            raise
        if not rows:
            _checked(connection, bound)
        return result, Checked(rows, MappingProxyType({}), ())


# -- where the rows are


@contextmanager
def _opened(job: Job, data: Any, options: Options) -> Iterator[tuple[Connection, Bound]]:
    """A connection, and the job bound to the data; problems as :class:`PolicyError`."""
    duckdb = _module()
    name = _name(data)
    try:
        connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
        try:
            _configure(connection, options)
            rows = _rows(connection, data)
            types = connection.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()
            columns = [column_of(title, type_) for title, type_, *_ in types]
            yield connection, bind(job, columns, rows, DUCKDB, name)
        finally:
            connection.close()
    except duckdb.Error as error:
        raise _failed(error, data, name) from error


def _module() -> Any:
    try:
        import duckdb
        import pyarrow  # noqa: F401 (results are its tables)
    except ImportError as error:
        details = {"format": "DuckDB", "extra": "sql"}
        raise PolicyError([Diagnostic("D415", None, None, details)]) from error
    return duckdb


def _configure(connection: Connection, options: Options) -> None:
    if options.memory is not None:
        connection.execute(f"SET memory_limit = '{int(options.memory)}MB'")
    if options.threads is not None:
        connection.execute(f"SET threads = {int(options.threads)}")
    if options.folder is not None:
        connection.execute(f"SET temp_directory = {DUCKDB.text(str(options.folder))}")


def _name(data: Any) -> str:
    match data:
        case DatabaseTable():
            return f"{data.path}#{data.table}"
        case str() | Path():
            return str(data)
    return f"<{type(data).__name__}>"


def _rows(connection: Connection, data: Any) -> str:
    """The data as a FROM item."""
    match data:
        case DatabaseTable():
            if not data.path.exists():
                raise _problem("D429", str(data.path), path=str(data.path))
            connection.execute(f"ATTACH {DUCKDB.text(str(data.path))} AS source (READ_ONLY)")
            return ".".join(map(DUCKDB.name_of, ("source", data.schema, data.table)))
        case str() | Path():
            return _parquet(connection, Path(data))
    connection.register("population", data)
    return DUCKDB.name_of("population")


def _parquet(connection: Connection, path: Path) -> str:
    files = parquet_files(path)
    listed = ", ".join(DUCKDB.text(_literal(file)) for file in files)
    if len(files) > 1:
        _same_columns(connection, path, listed, len(files))
    partitioned = any("=" in part for part in files[0].relative_to(path).parts[:-1])
    hive = "true" if partitioned else "false"
    return f"read_parquet([{listed}], hive_partitioning = {hive})"


def parquet_files(path: Path) -> list[Path]:
    """A Parquet file, or all that are in a folder, by name; hidden ones and ``_…`` left out.

    Raises :class:`PolicyError`: D429 (no such path), D408 (no file in the folder).
    """
    if not path.exists():
        raise _problem("D429", str(path), path=str(path))
    if not path.is_dir():
        return [path]
    files = sorted(
        file
        for file in path.rglob("*.parquet")
        if not any(part[0] in "._" for part in file.relative_to(path).parts) and file.is_file()
    )
    if not files:
        raise _problem("D408", str(path), path=str(path))
    return files


def _literal(file: Path) -> str:
    """A path of which DuckDB takes no character for a wildcard."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in str(file))


def _same_columns(connection: Connection, path: Path, listed: str, count: int) -> None:
    """Files with other columns would be converted silently, or read as not handed in."""
    found = connection.execute(
        f"SELECT name FROM parquet_schema([{listed}]) WHERE type IS NOT NULL GROUP BY name "
        f"HAVING count(*) <> {count} OR count(DISTINCT (type, logical_type)) > 1 ORDER BY 1"
    ).fetchall()
    if found:
        columns = "、".join(name for (name,) in found[:5])
        raise _problem("D443", str(path), path=str(path), columns=columns)


def _problem(code: str, name: str, **details: object) -> PolicyError:
    return PolicyError([Diagnostic(code, Source(name, ""), None, details)])


def _failed(error: duckdb.Error, data: Any, name: str) -> PolicyError:
    """DuckDB's error: about the file where it could not be read, else about the query."""
    problem = _first_line(error)
    if isinstance(data, (str, Path, DatabaseTable)) and type(error).__name__ in (
        "IOException",
        "InvalidInputException",
        "SerializationException",
        "CatalogException",
    ):
        kind = "DuckDB" if isinstance(data, DatabaseTable) else "Parquet"
        return _problem("D407", name, path=name, format=kind, problem=problem)
    return _problem("S530", name, engine="DuckDB", problem=problem)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
