"""Scores of whole populations: our engines beside OpenFisca, Polars, DuckDB, pandas, NumPy and C.

    python -m benchmarks.columns [--persons 10m] [--rounds 3] [--sections engines,sweeps] …

All engines score the same persons by the same scheme (scheme.policy: 25 indicators, three capped
groups, deductions, a veto).  Each measurement is a process of its own, columns in memory before
the clock starts; the engines take turns over several rounds, and the table shows medians over the
rounds.  Every engine makes a new result in every run.  The C program is compiled here for this
processor and stands for the machine's limit; it uses as many threads as ours (--threads).
Its totals are compared with the exact evaluator's over a sample, and every engine's with its.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.columns import ours
from benchmarks.columns.data import SCHEME, read_arrays, write_arrays, write_parquet

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = ("engines", "first", "changed", "sweeps", "out-of-core", "scaling")
REFERENCE = "c-32"
PEERS = ("c-16", "polars", "duckdb", "numpy_float", "openfisca", "openfisca_builder", "pandas")
NAMES = {
    "c-32": "C, fused, 32 bits",
    "c-16": "C, fused, 16 bits",
    "ours-kernel": "policydsl, kernel",
    "ours-numpy": "policydsl, NumPy",
    "ours-duckdb": "policydsl, DuckDB",
    "polars": "Polars, look-ups",
    "duckdb": "DuckDB, integer CASE",
    "numpy_float": "NumPy, floats",
    "openfisca": "OpenFisca-core, fastest style",
    "openfisca_builder": "OpenFisca-core, its builder",
    "pandas": "pandas, map/cut/clip",
}
OPENFISCA = "openfisca-core>=44,<47"
Row = dict[str, Any]


@dataclass
class Bench:
    """What the user asked for, and what was measured."""

    asked: argparse.Namespace
    folder: Path
    record: dict[str, Any]

    @property
    def built(self) -> Path:
        """Where compiled programs are kept."""
        return self.folder / "built"

    def work(self, task: Row, python: str = sys.executable) -> Row:
        """The result of a task in a fresh process; its own messages go to the terminal."""
        threads = str(self.asked.threads)
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
            # idle threads sleep instead of keeping a core from the others
            "OMP_WAIT_POLICY": "passive",
            "OMP_NUM_THREADS": threads,
            "NUMBA_NUM_THREADS": threads,
            "POLARS_MAX_THREADS": threads,
        }
        with tempfile.TemporaryDirectory() as folder:
            given, result = Path(folder, "task.json"), Path(folder, "result.json")
            full = {"threads": self.asked.threads, "built": str(self.built), **task}
            given.write_text(json.dumps(full), "utf-8")
            command = [python, "-m", "benchmarks.columns.worker", str(given), str(result)]
            subprocess.run(command, check=True, env=environment)
            measured: Row = json.loads(result.read_text("utf-8"))
            return measured


# -- tables ---------------------------------------------------------------------------


def median(rows: list[Row], key: str = "seconds") -> float:
    """The median over rounds of each round's median."""
    return float(statistics.median(statistics.median(row[key]) for row in rows))


def table(head: tuple[str, ...], lines: list[list[str]]) -> str:
    """A table for a terminal: the first column to the left, numbers to the right."""
    widths = [max(len(line[i]) for line in [list(head), *lines]) for i in range(len(head))]
    shown = [
        "  ".join(x.ljust(widths[i]) if i == 0 else x.rjust(widths[i]) for i, x in enumerate(line))
        for line in [list(head), ["-" * width for width in widths], *lines]
    ]
    return "\n".join(line.rstrip() for line in shown)


def people(count: int) -> str:
    """10000000 as 10 M."""
    return f"{count / 1e6:g} M" if count >= 100_000 else str(count)


def ratio(value: float | None) -> str:
    """Three digits, or nothing."""
    return "" if value is None else f"{value:.3g}"


# -- engines --------------------------------------------------------------------------


def present(bench: Bench) -> tuple[list[str], dict[str, str]]:
    """The engines that can be measured here, and the Python of those that have their own."""
    asked = bench.asked.engines or [REFERENCE, *(f"ours-{x}" for x in ours.ENGINES), *PEERS]
    pythons: dict[str, str] = {}
    engines = [REFERENCE]
    for name in asked:
        if name.startswith("openfisca"):
            found = openfisca_python(bench, name)
            if found is None:
                continue
            pythons[name] = found
        elif name.startswith("ours-"):
            if not ours.READY:
                print(f"left out: {NAMES[name]} ({ours.MODULE} is not called yet)")
                continue
        elif name in ("polars", "duckdb", "pandas") and importlib.util.find_spec(name) is None:
            print(f"left out: {NAMES[name]} (pip install {name})")
            continue
        if name not in engines:
            engines.append(name)
    return engines, pythons


def openfisca_python(bench: Bench, name: str) -> str | None:
    """A Python with OpenFisca-core: the one that was named, this one, or one made for it."""
    own = bench.folder / "openfisca"
    script = own / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if bench.asked.install and not script.exists():
        print(f"installing {OPENFISCA} into {own}")
        venv.create(own, with_pip=True)
        subprocess.run([script, "-m", "pip", "install", "-q", OPENFISCA], check=True)
    for python in filter(None, (bench.asked.openfisca_python, str(script), sys.executable)):
        if (
            shutil.which(python)
            and not subprocess.run(
                [python, "-c", "import openfisca_core"], capture_output=True
            ).returncode
        ):
            return str(python)
    print(
        f"left out: {NAMES[name]} (not installed; --install makes an environment for it, "
        "--openfisca-python names one)"
    )
    return None


def exact_sample(bench: Bench, data: Path, totals: Path) -> tuple[int, int]:
    """Persons of the sample, and how many of the reference's totals are not the exact ones."""
    import numpy as np
    from benchmarks.columns import checking, schemes

    columns = read_arrays(data)
    rows = checking.sample_of(len(next(iter(columns.values()))), bench.asked.sample)
    if not len(rows):
        return 0, 0
    exact = checking.exact_hundredths(
        schemes.text_of("scheme"), SCHEME, columns, rows, bench.asked.processes
    )
    return len(rows), int(np.count_nonzero(np.load(totals)[rows] != exact))


def engines(bench: Bench) -> None:
    """Full scoring by every engine."""
    names, pythons = present(bench)
    for count in bench.asked.persons:
        data = write_arrays(bench.folder, count)
        reference = bench.folder / f"reference-{os.getpid()}-{count}.npy"
        task: Row = {"task": "score", "data": str(data), "repeats": 1, "engine": REFERENCE}
        try:
            bench.work(task | {"save": str(reference)})
            sampled, off = exact_sample(bench, data, reference)
            print(f"\n{people(count)} persons: C against the exact evaluator: "
                  f"{off:,} of {sampled:,} differ", flush=True)  # fmt: skip
            rounds: dict[str, list[Row]] = {name: [] for name in names}
            for number in range(bench.asked.rounds):
                # every round starts with another engine, so none always follows the same one
                turn = number % len(names)
                for name in [*names[turn:], *names[:turn]]:
                    asked = {"engine": name, "repeats": bench.asked.repeats}
                    python = pythons.get(name, sys.executable)
                    full = task | asked | {"reference": str(reference)}
                    rounds[name].append(bench.work(full, python))
        finally:
            reference.unlink(missing_ok=True)
        print(engine_table(rounds))
        bench.record.setdefault("engines", {})[count] = {
            "sampled": sampled, "differ": off, "rounds": rounds,
        }  # fmt: skip


def engine_table(rounds: dict[str, list[Row]]) -> str:
    """Time, ratios, memory and wrong scores of each engine, fastest first."""
    fisca = median(rounds["openfisca"]) if "openfisca" in rounds else None
    limit = median(rounds[REFERENCE])
    lines = []
    for name, rows in sorted(rounds.items(), key=lambda item: median(item[1])):
        middle = median(rows)
        best = min(x for row in rows for x in row["seconds"])
        extra = statistics.median(row["extra_mb"] for row in rows)
        lines.append([
            NAMES[name], f"{best:.4f}", f"{middle:.4f}", f"{median(rows, 'processor'):.3f}",
            ratio(fisca / middle if fisca else None), ratio(middle / limit),
            f"{extra:.0f}", f"{max(row['wrong'] for row in rows):,}",
        ])  # fmt: skip
    head = ("engine", "best s", "median s", "processor s", "x OpenFisca", "time / C", "extra MB",
            "wrong scores")  # fmt: skip
    return table(head, lines)


# -- sections of our engines ----------------------------------------------------------


def first(bench: Bench) -> None:
    """The first score of a fresh process, and a new draft after it."""
    count = min(bench.asked.persons[-1], 1_000_000)
    data = write_arrays(bench.folder, count)
    task = {"task": "first", "data": str(data), "engine": "ours-kernel", "repeats": 10}
    rows = [bench.work(task) for _ in range(bench.asked.rounds + 1)][1:]
    print(f"\n{people(count)} persons; imports included, caches warm\n")
    lines = [
        ["first score in a fresh process", f"{median(rows):.2f}",
         f"{median(rows, 'processor'):.2f}"],
        ["a new draft: plan and scores", f"{median(rows, 'redrafts'):.3f}",
         f"{median(rows, 'redrafts_processor'):.3f}"],
    ]  # fmt: skip
    print(table(("what", "median s", "processor s"), lines))
    bench.record["first"] = {"persons": count, "rounds": rows}


def changed(bench: Bench) -> None:
    """One changed rule beside a full run."""
    lines = []
    bench.record["changed"] = {}
    for count in bench.asked.persons:
        data = write_arrays(bench.folder, count)
        task = {
            "task": "changed", "data": str(data), "engine": "ours-kernel",
            "repeats": bench.asked.repeats,
        }  # fmt: skip
        rows = [bench.work(task) for _ in range(bench.asked.rounds)]
        wrong = max(row["wrong"] for row in rows)
        whole, planning = ([row[key] for row in rows] for key in ("full", "planning"))
        lines.append([
            people(count), f"{median(whole):.4f}", f"{median(rows):.4f}",
            ratio(median(whole) / median(rows)), f"{median(whole, 'processor'):.4f}",
            f"{median(rows, 'processor'):.4f}",
            ratio(median(whole, "processor") / median(rows, "processor")),
            f"{median(planning):.4f}", f"{wrong:,}",
        ])  # fmt: skip
        bench.record["changed"][count] = rows
    print("\none changed rule\n")
    head = ("persons", "full run s", "changed s", "full / changed", "full, processor s",
            "changed, processor s", "ratio", "plan s", "different")  # fmt: skip
    print(table(head, lines))


def sweeps(bench: Bench) -> None:
    """Many drafts of one rule, each with histogram, gainers and losers, in each way.

    Full runs and kept sums are timed over some of the drafts, spread evenly over all (``--some``);
    the sweep is of all of them.  Ratios are of the time for a draft.
    """
    lines = []
    bench.record["sweeps"] = []
    variants, some = bench.asked.variants, min(bench.asked.some, bench.asked.variants)
    for scheme in ("scheme", "coarse"):
        for count in bench.asked.persons:
            data = write_arrays(bench.folder, count)
            ways: dict[str, list[Row]] = {"full": [], "kept": [], "together": []}
            for _ in range(bench.asked.rounds):
                for way, rows in ways.items():
                    task = {
                        "task": "sweep", "data": str(data), "engine": "ours-kernel",
                        "scheme": scheme, "way": way, "variants": variants,
                        "every": 1 if way == "together" else variants // some,
                    }  # fmt: skip
                    rows.append(bench.work(task))
            full = ways["full"][0]
            for way, rows in ways.items():
                keeping = statistics.median(row["keeping"] for row in rows)
                same = all(
                    row["effects"].get(number, digest) == digest
                    for row in rows for number, digest in full["effects"].items()
                )  # fmt: skip
                lines.append([
                    scheme, people(count), way, str(rows[0]["drafts"]), f"{keeping:.3f}",
                    f"{median(rows):.2f}", f"{each(rows) * 1e3:.2f}",
                    ratio(each(ways["full"]) / each(rows)), f"{each(rows, 'processor') * 1e3:.2f}",
                    ratio(each(ways["full"], "processor") / each(rows, "processor")),
                    "yes" if same else "NO",
                ])  # fmt: skip
            bench.record["sweeps"].append({"scheme": scheme, "persons": count, "ways": ways})
    print(f"\n{variants} drafts of one rule, with histogram, gainers and losers\n")
    head = ("scheme", "persons", "way", "drafts", "keeping s", "seconds", "ms a draft",
            "full / way", "processor ms a draft", "ratio", "same effects")  # fmt: skip
    print(table(head, lines))


def each(rows: list[Row], key: str = "seconds") -> float:
    """The median time for a draft."""
    return median(rows, key) / int(rows[0]["drafts"])


def out_of_core(bench: Bench) -> None:
    """A large Parquet file, with and without a scored table; its histogram against C's."""
    count = bench.asked.stream
    source = write_parquet(bench.folder / f"{count}-persons.parquet", count)
    lines = []
    bench.record["out-of-core"] = []
    for target in ("", str(bench.folder / f"scored-{os.getpid()}.parquet")):
        task = {"task": "stream", "source": str(source), "target": target}
        rows = []
        for _ in range(bench.asked.rounds):
            rows.append(bench.work(task))
            if target:
                Path(target).unlink()
        peak = max(row["peak_mb"] for row in rows)
        what = "histogram and scored table" if target else "histogram"
        used = median(rows, "processor")
        lines.append([what, people(count), f"{median(rows):.2f}", f"{used:.2f}", f"{peak:.0f}"])
        bench.record["out-of-core"].append({"target": bool(target), "rounds": rows})
    size = source.stat().st_size / 2**20
    print(f"\nout of core: Parquet of {size:.0f} MB, {people(count)} persons\n")
    print(table(("what is made", "persons", "median s", "processor s", "peak MB"), lines))


def scaling(bench: Bench) -> None:
    """Time by the number of persons, and by the number of indicators."""
    from benchmarks.columns.schemes import scheme_of

    bench.record["scaling"] = []
    sizes = [(n, 1_000_000) for n in (10, 25, 50, 100, 200)]
    sizes += [(25, n) for n in (100_000, 1_000_000, 10_000_000, 30_000_000)]
    head = ["indicators", "persons", "median s", "processor s", "ns per person and indicator",
            "extra MB"]  # fmt: skip
    lines: list[list[str]] = []
    for indicators, count in sizes:
        data = write_arrays(bench.folder, count, scheme_of(indicators)[1])
        task = {
            "task": "score", "data": str(data), "engine": "ours-kernel", "indicators": indicators,
            "repeats": bench.asked.repeats,
        }  # fmt: skip
        rows = [bench.work(task) for _ in range(bench.asked.rounds)]
        each = median(rows, "processor") / count / indicators * 1e9
        extra = statistics.median(row["extra_mb"] for row in rows)
        lines.append([
            str(indicators), people(count), f"{median(rows):.4f}",
            f"{median(rows, 'processor'):.4f}", f"{each:.3f}", f"{extra:.0f}",
        ])  # fmt: skip
        bench.record["scaling"].append({"indicators": indicators, "persons": count, "rounds": rows})
    print("\ntime by indicators and by persons\n")
    print(table(tuple(head), lines))


RUN = {
    "engines": engines, "first": first, "changed": changed, "sweeps": sweeps,
    "out-of-core": out_of_core, "scaling": scaling,
}  # fmt: skip


# -- command --------------------------------------------------------------------------


def number_of(text: str) -> int:
    """10m, 100k, 10_000 as a number."""
    units = {"k": 1_000, "m": 1_000_000}
    figure, unit = (text[:-1], units[text[-1].lower()]) if text[-1].lower() in units else (text, 1)
    return int(float(figure) * unit)


def names(allowed: tuple[str, ...]) -> Any:
    """A reader of a list of names, from among those allowed."""

    def read(text: str) -> list[str]:
        asked = text.split(",")
        if unknown := [x for x in asked if x not in allowed]:
            raise argparse.ArgumentTypeError(f"{unknown[0]}: not one of {', '.join(allowed)}")
        return asked

    return read


def machine() -> Row:
    """What the figures were measured on."""
    from importlib.metadata import PackageNotFoundError, version

    def of(package: str) -> str | None:
        try:
            return version(package)
        except PackageNotFoundError:
            return None

    model = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = [x for x in cpuinfo.read_text("utf-8").splitlines() if x.startswith("model name")]
        model = found[0].partition(":")[2].strip() if found else model
    compiler = subprocess.run(
        [os.environ.get("CC", "cc"), "--version"], capture_output=True, text=True, check=True
    )
    packages = ("numpy", "numba", "pyarrow", "polars", "duckdb", "pandas")
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "compiler": compiler.stdout.splitlines()[0],
        "packages": {name: of(name) for name in packages},
    }


def parsed() -> argparse.Namespace:
    """What the user asks for."""
    from platformdirs import user_cache_path

    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.columns", description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )  # fmt: skip
    every = (REFERENCE, *(f"ours-{x}" for x in ours.ENGINES), *PEERS)
    add = parser.add_argument
    add("--persons", type=lambda x: [number_of(y) for y in x.split(",")], default=[10_000_000],
        help="numbers of persons, such as 1m,10m (default 10m)")  # fmt: skip
    add("--rounds", type=int, default=3, help="rounds of each measurement (default 3)")
    add("--repeats", type=int, default=3, help="timed runs in each process (default 3)")
    add("--threads", type=int, default=os.cpu_count() or 1,
        help="threads of ours, C, Polars and DuckDB (default: all cores)")  # fmt: skip
    add("--sections", type=names(SECTIONS), default=list(SECTIONS),
        help=f"some of {','.join(SECTIONS)}")  # fmt: skip
    add("--engines", type=names(every), help=f"some of {','.join(every)}")
    add("--sample", type=number_of, default=200_000,
        help="persons for the exact evaluator (default 200k)")  # fmt: skip
    add("--processes", type=int, default=os.cpu_count() or 1,
        help="processes of the exact evaluator (default: all cores)")  # fmt: skip
    add("--variants", type=int, default=1_000, help="drafts of a sweep (default, most: 1000)")
    add("--some", type=int, default=50,
        help="drafts by which full runs and kept sums are timed (default 50)")  # fmt: skip
    add("--stream", type=number_of, default=30_000_000,
        help="persons of the Parquet file (default 30m)")  # fmt: skip
    add("--folder", type=Path, default=user_cache_path("policydsl") / "benchmarks",
        help="where populations and compiled programs are kept")  # fmt: skip
    add("--openfisca-python", help="a Python that has OpenFisca-core")
    add("--install", action="store_true", help="make an environment with OpenFisca-core")
    add("--out", type=Path, help="JSON file for all rounds")
    return parser.parse_args()


def main() -> None:
    """Measure, print the tables, and write the rounds where the user asks for them."""
    asked = parsed()
    if shutil.which(os.environ.get("CC", "cc")) is None:
        sys.exit("a C compiler is needed (cc, or the one that CC names)")
    asked.folder.mkdir(parents=True, exist_ok=True)
    about = machine()
    record: Row = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"), "machine": about,
        "threads": asked.threads, "repeats": asked.repeats,
    }  # fmt: skip
    bench = Bench(asked, asked.folder.resolve(), record)
    print(f"{about['processor']}, {about['cores']} cores, {asked.threads} threads; "
          f"Python {about['python']}, {about['compiler']}")  # fmt: skip
    for section in asked.sections:
        if section != "engines" and not ours.READY:
            print(f"\nskipped: {section} ({ours.MODULE} is not called yet)")
            continue
        RUN[section](bench)
        if asked.out is not None:
            asked.out.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
