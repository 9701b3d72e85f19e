"""One measurement in a process of its own: reads a task as JSON, writes its result as JSON.

    python -m benchmarks.columns.worker TASK RESULT

Columns are in memory before the clock starts, one run warms up, then the runs are timed.  Memory
is the process's highest resident size during warm-up and runs, over that with the columns loaded.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import json
import sys
import time

STARTED = time.perf_counter()

from collections.abc import Callable  # noqa: E402 (the clock of a fresh process starts first)
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

Task = dict[str, Any]
Result = dict[str, Any]

AT_LEAST = 0.3
"""Seconds of timed runs, so that fast engines are measured often."""


# -- clock and memory -----------------------------------------------------------------


def resident(field: str) -> float:
    """Megabytes of this process: VmRSS now, VmHWM at most."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("utf-8").splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def reset_peak() -> None:
    """Forget the highest size so far, where the system can (Linux)."""
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5", "ascii")


def processor_time() -> float:
    """Seconds of the processors, of all threads."""
    return time.process_time()


def timed(repeats: int, work: Callable[[], object]) -> Result:
    """One run to warm up, then runs on the clock; the last result is under ``last``.

    At least ``repeats`` runs, and as many as fit into ``AT_LEAST`` seconds.
    """
    gc.collect()
    reset_peak()
    before = resident("VmRSS")
    started = time.perf_counter()
    last = work()
    first = time.perf_counter() - started
    seconds: list[float] = []
    processor: list[float] = []
    while len(seconds) < repeats or sum(seconds) < AT_LEAST:
        # the result before is gone when the next is made, as it would be in a session
        del last
        gc.collect()
        used, started = processor_time(), time.perf_counter()
        last = work()
        seconds.append(time.perf_counter() - started)
        processor.append(processor_time() - used)
    return {
        "first": first,
        "seconds": seconds,
        "processor": processor,
        "loaded_mb": before,
        "extra_mb": max(0.0, resident("VmHWM") - before),
        "last": last,
    }


def wrong(totals: Any, task: Task) -> int | None:
    """How many totals are not those of the reference."""
    import numpy as np

    if task.get("reference") is None:
        return None
    reference = np.load(task["reference"], mmap_mode="r")
    return int(np.count_nonzero(totals != reference))


# -- tasks ----------------------------------------------------------------------------


def score(task: Task) -> Result:
    """Full scoring by one engine."""
    from benchmarks.columns.data import read_arrays

    columns = read_arrays(Path(task["data"]))
    engine, threads = task["engine"], task["threads"]
    if engine.startswith("ours-"):
        return _ours(columns, task)
    if engine.startswith("c-"):
        fused = importlib.import_module("benchmarks.columns.peers.fused")
        loaded = fused.load(columns, threads, Path(task["built"]), int(engine[2:]))
        peer = fused
    else:
        peer = importlib.import_module(f"benchmarks.columns.peers.{engine}")
        loaded = peer.load(columns, threads)
    # what an engine has brought into types of its own is no longer held twice
    del columns
    result = timed(task["repeats"], lambda: peer.score(loaded))
    totals = peer.hundredths(result.pop("last"))
    if task.get("save"):
        import numpy as np

        with Path(task["save"]).open("wb") as file:
            np.save(file, totals)
    return result | {"wrong": wrong(totals, task)}


def _baseline(columns: Any, task: Task) -> Any:
    """The engine of a task with its scheme and columns."""
    from benchmarks.columns import ours, schemes

    text, kinds = _scheme(task)
    policy = schemes.policy_of(text)
    engine = task["engine"].removeprefix("ours-")
    return ours.load(policy, columns, kinds, task["threads"], engine)


def _scheme(task: Task) -> tuple[str, Any]:
    """The text that a task scores under, and the columns of its persons."""
    from benchmarks.columns import data, schemes

    if task.get("indicators"):
        return schemes.scheme_of(task["indicators"])
    return schemes.text_of(task.get("scheme", "scheme")), data.SCHEME


def _ours(columns: Any, task: Task) -> Result:
    from benchmarks.columns import ours

    prepared = _baseline(columns, task)
    del columns
    result = timed(task["repeats"], lambda: ours.score(prepared))
    return result | {"wrong": wrong(ours.hundredths(prepared, result.pop("last")), task)}


def first(task: Task) -> Result:
    """The first score of a fresh process: imports, policy, plan and columns included.

    Then a new draft: its plan, and its scores for the same persons.
    """
    from benchmarks.columns import data, ours, schemes

    prepared = _baseline(data.read_arrays(Path(task["data"])), task)
    totals = ours.score(prepared)
    seconds, processor = time.perf_counter() - STARTED, processor_time()
    drafts = [schemes.policy_of(x) for x in schemes.drafts("scheme", task["repeats"])]
    redrafts, redrafts_processor = [], []
    for draft in drafts:
        used, started = processor_time(), time.perf_counter()
        ours.score(ours.redraft(prepared, draft))
        redrafts.append(time.perf_counter() - started)
        redrafts_processor.append(processor_time() - used)
    return {
        "seconds": [seconds],
        "processor": [processor],
        "redrafts": redrafts,
        "redrafts_processor": redrafts_processor,
        "wrong": wrong(ours.hundredths(prepared, totals), task),
    }


def changed(task: Task) -> Result:
    """One changed rule: from the kept sums and by a full run, with the same scores.

    Both are given the draft's plan; what it takes to make that is measured by itself.
    """
    import numpy as np
    from benchmarks.columns import data, ours, schemes

    prepared = _baseline(data.read_arrays(Path(task["data"])), task)
    (text,) = list(schemes.drafts("scheme", 1))
    draft = schemes.policy_of(text)
    fresh = ours.redraft(prepared, draft)
    full = timed(task["repeats"], lambda: ours.score(fresh))
    kept = ours.keep(prepared)
    planning = timed(task["repeats"], lambda: kept.plan(draft))
    plan = planning.pop("last")
    result = timed(task["repeats"], lambda: ours.change(kept, plan))
    differ = int(np.count_nonzero(full.pop("last") != result.pop("last")))
    return result | {"full": full, "planning": planning, "wrong": differ}


def sweep(task: Task) -> Result:
    """Many drafts of one rule, each with histogram, gainers and losers.

    ``every``: of the drafts only each so-many-th is worked out; ``effects`` are hashes of those
    that are worked out, by the number of the draft.
    """
    from benchmarks.columns import data, ours, schemes

    prepared = _baseline(data.read_arrays(Path(task["data"])), task)
    texts = list(schemes.drafts(task["scheme"], task["variants"]))
    chosen = range(0, len(texts), task.get("every", 1))
    drafts = [schemes.policy_of(texts[number]) for number in chosen]
    started = time.perf_counter()
    kept = ours.keep(prepared)
    keeping = time.perf_counter() - started
    # what is loaded once for a process is no part of a draft
    ours.warm(kept, schemes.policy_of(texts[-1]))
    used, started = processor_time(), time.perf_counter()
    effects = ours.sweep(kept, drafts, task["way"])
    seconds, used = time.perf_counter() - started, processor_time() - used
    digests = [json.dumps([e.gainers, e.losers, sorted(e.histogram.items())]) for e in effects]
    hashes = [hashlib.sha256(digest.encode()).hexdigest() for digest in digests]
    return {
        "keeping": keeping,
        "seconds": [seconds],
        "processor": [used],
        "drafts": len(drafts),
        "effects": dict(zip(map(str, chosen), hashes, strict=True)),
    }


def stream(task: Task) -> Result:
    """A Parquet file scored without ever being in memory as a whole."""
    from benchmarks.columns import ours, schemes

    policy = schemes.policy_of(schemes.text_of("scheme"))
    target = Path(task["target"]) if task["target"] else None
    reset_peak()
    used, started = processor_time(), time.perf_counter()
    histogram = ours.stream(policy, Path(task["source"]), target, task["threads"])
    return {
        "seconds": [time.perf_counter() - started],
        "processor": [processor_time() - used],
        "peak_mb": resident("VmHWM"),
        "persons": sum(histogram.values()),
        "histogram": sorted(histogram.items()),
    }


TASKS = {
    "score": score, "first": first, "changed": changed, "sweep": sweep, "stream": stream,
}  # fmt: skip


def main() -> None:
    """Run the task of the first file and write its result to the second."""
    task = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    Path(sys.argv[2]).write_text(json.dumps(TASKS[task["task"]](task)), "utf-8")


if __name__ == "__main__":
    main()
