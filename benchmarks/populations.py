"""How fast synthetic populations are made, and in how much memory.

``python benchmarks/populations.py [-n HOUSEHOLDS] [--spec SPEC] [--write]``
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from policydsl.simulation.exporting import write_population
from policydsl.simulation.fitting import fit
from policydsl.simulation.populations import Synthesis
from policydsl.simulation.reading import load_spec


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print wall and processor seconds of a step, and the most memory so far."""
    wall, processor = time.perf_counter(), time.process_time()
    yield
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{what:<28} {time.perf_counter() - wall:8.2f} s wall "
        f"{time.process_time() - processor:8.2f} s cpu {memory:6d} MB at most"
    )


def main() -> None:
    """Measure each step once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=1_000_000)
    parser.add_argument("--spec", default="yangtze-delta-migrants")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with timed("read the specification"):
        spec = load_spec(options.spec)
    with timed("fit the joint table"):
        fit(spec)
    with timed("prepare"):
        synthesis = Synthesis(spec, options.n, 1)
    rows = 0
    with timed(f"generate {options.n:,} households"):
        for chunk in synthesis.chunks():
            rows += chunk.population.rows
    print(f"{rows:,} rows of {len(synthesis.names)} facts")
    if options.write:
        with tempfile.TemporaryDirectory() as folder:
            for suffix in (".parquet", ".csv"):
                path = Path(folder, f"people{suffix}")
                with timed(f"generate, hash and write {suffix}"):
                    write_population(path, synthesis)
                print(f"{path.stat().st_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
