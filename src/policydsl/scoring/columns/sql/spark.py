"""Plans in Spark: the same SQL on every partition of a DataFrame, here or on a cluster.

Rows are scored where they are and histograms added up, so that nothing but the result travels.
Everything is native Spark SQL: no Python runs on the workers.  Needs the extra ``spark`` and
Java 17 or newer.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from policydsl.files import refused
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.scoring.columns.sql.codes import column_of
from policydsl.scoring.columns.sql.dialects import SPARK
from policydsl.scoring.columns.sql.jobs import Bound, Checked, Counts, Job, bind, check, guarded

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    # the code that Spark makes of a large plan is longer than what Java would compile
    "spark.driver.extraJavaOptions": "-XX:-DontCompileHugeMethods",
    "spark.executor.extraJavaOptions": "-XX:-DontCompileHugeMethods",
}


def available() -> bool:
    """Whether PySpark is installed and there is a Java to run it."""
    from importlib.util import find_spec

    java = os.environ.get("JAVA_HOME") or shutil.which("java")
    return find_spec("pyspark") is not None and java is not None


def session(master: str | None = None, memory: int | None = None) -> SparkSession:
    """The session that runs already, or a new one.

    ``master``: ``local[4]`` for four threads of this machine, or the URL of a cluster; ``None``
    leaves it to ``spark-submit`` and the environment, and is this machine where they say
    nothing.  ``memory`` in megabytes is for the driver.  Raises D415 when PySpark is missing,
    S530 when Java is, or the cluster cannot be reached.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        details = {"format": "Spark", "extra": "spark"}
        raise PolicyError([Diagnostic("D415", None, None, details)]) from error
    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    builder = SparkSession.builder.appName("policydsl").config(map=dict(_SETTINGS))
    if master is not None:
        builder = builder.master(master)
    if memory is not None:
        builder = builder.config("spark.driver.memory", f"{int(memory)}m")
    try:
        found = builder.getOrCreate()
        found.sparkContext.setLogLevel("ERROR")
    except (PySparkException, OSError, RuntimeError) as error:
        raise _failed(error, "Spark") from error
    return found


def read_parquet(path: str | Path, spark: SparkSession | None = None) -> DataFrame:
    """A Parquet file, folder or partitioned data set, here or at any address that Spark reads."""
    spark = spark or session()
    if "://" not in str(path) and not Path(path).exists():
        raise PolicyError([Diagnostic("D429", Source(str(path), ""), None, {"path": str(path)})])
    try:
        return spark.read.parquet(str(path))
    except _errors() as error:
        details = {"path": str(path), "format": "Parquet", "problem": _first_line(error)}
        raise PolicyError([Diagnostic("D407", Source(str(path), ""), None, details)]) from error


def check_spark(job: Job, frame: DataFrame, name: str = "<DataFrame>") -> Checked:
    """Look for bad values without scoring; see :func:`policydsl.scoring.columns.sql.jobs.check`."""
    return _checked(frame, _bound(job, frame, name))


def score_spark(job: Job, frame: DataFrame, name: str = "<DataFrame>") -> DataFrame:
    """The kept columns and wanted slots: a DataFrame, to be computed when it is used.

    Points are 64-bit integers, ``job.plan.scale`` of them to a point.  The data is looked through
    for bad values at once.  Raises :class:`PolicyError` for data that is not as the job says.
    """
    bound = _bound(job, frame, name)
    _checked(frame, bound)
    return _queried(frame, bound, bound.scores())


def histogram_spark(
    job: Job, frame: DataFrame, column: str = "total", name: str = "<DataFrame>"
) -> Counts:
    """How many persons have each value of a wanted column; with weights where the job has some."""
    bound = _bound(job, frame, name)
    rows, _ = _run(frame, bound, lambda: _asked(frame, bound, bound.histogram(column)))
    if not rows:
        _checked(frame, bound)
    pairs = np.asarray(rows, np.int64).reshape(-1, 2)
    return Counts(pairs[:, 0], pairs[:, 1])


def write_spark(
    job: Job, frame: DataFrame, path: str | Path, name: str = "<DataFrame>"
) -> Checked | None:
    """Write what :func:`score_spark` gives as a folder of Parquet files, one for each partition.

    A folder of this machine takes its name when it is complete; elsewhere Spark's own protocol
    holds (the folder has a file ``_SUCCESS`` when it is complete).  Says what was left out, if the
    job leaves rows out.  Raises F007 when there is something already.
    """
    bound = _bound(job, frame, name)
    scored = _queried(frame, bound, bound.scores())
    if "://" in str(path):
        write = scored.write.mode("error")
        return _run(frame, bound, lambda: write.parquet(str(path)))[1]
    target = Path(os.path.realpath(path))
    if target.exists():
        raise refused(Path(path), ("它已存在", "it exists already"))
    temporary = target.with_name(f".{target.name[:100]}.{os.urandom(6).hex()}.tmp")
    try:
        checked = _run(frame, bound, lambda: scored.write.parquet(str(temporary)))[1]
        temporary.rename(target)
    except OSError as error:
        raise refused(Path(path), error.strerror or str(error)) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return checked


Result = TypeVar("Result")


def _run(
    frame: DataFrame, bound: Bound, run: Callable[[], Result]
) -> tuple[Result, Checked | None]:
    """A result and what was found in the data, where it had to be looked through for that."""
    checked = None if guarded(bound) else _checked(frame, bound)
    try:
        return run(), checked
    except _errors() as error:
        if guarded(bound):
            _checked(frame, bound)  # says what is wrong with the data, if that is the cause
        raise _failed(error, bound.name) from error


def _bound(job: Job, frame: DataFrame, name: str) -> Bound:
    columns = [column_of(title, type_) for title, type_ in frame.dtypes]
    # the view has a name of its own, since several may be there at the same time
    return bind(job, columns, f"policydsl_{os.urandom(6).hex()}", SPARK, name)


def _checked(frame: DataFrame, bound: Bound) -> Checked:
    try:
        return check(bound, lambda query: _asked(frame, bound, query), None)
    except _errors() as error:
        raise _failed(error, bound.name) from error


def _asked(frame: DataFrame, bound: Bound, query: str) -> Sequence[Sequence[Any]]:
    return [tuple(row) for row in _queried(frame, bound, query).collect()]


def _queried(frame: DataFrame, bound: Bound, query: str) -> DataFrame:
    """A query over the frame, which has a name only while the query is read."""
    frame.createOrReplaceTempView(bound.rows)
    try:
        return frame.sparkSession.sql(query)
    finally:
        frame.sparkSession.catalog.dropTempView(bound.rows)


def _errors() -> tuple[type[Exception], ...]:
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    return (PySparkException, Py4JJavaError)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _failed(error: Exception, name: str) -> PolicyError:
    details = {"engine": "Spark", "problem": _first_line(error)}
    return PolicyError([Diagnostic("S530", Source(name, ""), None, details)])
