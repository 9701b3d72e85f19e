"""How soon an editor has its answer after an edit of a large policy.

A policy of 2,000 lines (that of ``parse_and_check.py``) is opened in the language server, in this
process and without the protocol's transport.  Each round types a character into another rule
and asks: what reading finds, what may stand at the cursor, what the name there means.  Beside
them stands what the check of the whole costs, which the server starts only when the typing pauses.

Then the same over the protocol, with the server in a process of its own, as an editor has it: from
sending an edit that is wrong to its findings (the edited piece), and from sending one that mends
it to the findings of the whole, the pause in typing that the server waits for included; and once
more an edit that is wrong, sent while the server reviews the text in the background.

    python benchmarks/editors.py [--lines N] [--rounds N]

Times are milliseconds on the clock: median, 95 of 100, and the slowest.  Beside them stands the
median of this process's own time, which tells more where other work runs on the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent))

from lsprotocol import types as lsp
from parse_and_check import lines_of
from pygls.lsp.client import LanguageClient

from policydsl.editors.service import answers
from policydsl.editors.service.analysis import Workspace
from policydsl.editors.service.chunks import before

IN_REVIEW = 1.2
"""Seconds after the findings of the whole: the review of so large a text is under way then."""
Times = dict[str, list[tuple[float, float]]]
"""What was asked → for each round the time on the clock and that of this process, in ms."""


def milliseconds(action: Callable[[], object]) -> tuple[float, float]:
    """How long an action takes, on the clock and of this process."""
    start, own = time.perf_counter(), time.process_time()
    action()
    return (time.perf_counter() - start) * 1000, (time.process_time() - own) * 1000


def measure(lines: int, rounds: int) -> Times:
    """The times of each question, one for each round."""
    text = "\n".join(lines_of(lines)) + "\n"
    path = Path("large.policy")
    desk = Workspace()
    desk.put(path, text)
    desk.read(path)
    desk.analysis(path).names  # noqa: B018
    rng = random.Random(1)
    places = [i for i, character in enumerate(text) if character == "加"]
    times: Times = {
        name: [] for name in ("findings of reading", "completion", "hover", "check of the whole")
    }
    for number in range(rounds):
        place = rng.choice(places)
        edited = f"{text[:place]}加{text[place:]}"
        desk.put(path, edited)
        times["findings of reading"].append(milliseconds(lambda: desk.read(path)))

        def complete(place: int = place, edited: str = edited) -> None:
            analysis, offset = desk.recent(path, place)
            answers.completions(analysis, offset, before(edited, place))

        def hover(place: int = place) -> None:
            answers.hover(*desk.recent(path, place - 3))

        times["completion"].append(milliseconds(complete))
        times["hover"].append(milliseconds(hover))
        desk.put(path, text)
        if number % 10 == 0:
            desk.put(path, text + " " * number)
            times["check of the whole"].append(milliseconds(lambda: desk.analysis(path).findings))
            desk.analysis(path).names  # noqa: B018
    return times


async def talk(lines: int, rounds: int) -> dict[str, list[float]]:
    """The times over the protocol, on the clock; what the server's process takes is not seen."""
    text = "\n".join(lines_of(lines)) + "\n"
    times: dict[str, list[float]] = {
        "the edited piece": [], "the whole": [], "while it reviews": []
    }  # fmt: skip
    client = LanguageClient("benchmark", "1")
    told: asyncio.Queue[bool] = asyncio.Queue()

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
    def found(params: lsp.PublishDiagnosticsParams) -> None:
        told.put_nowait(any(str(each.code).startswith("P") for each in params.diagnostics))

    with TemporaryDirectory() as folder:
        uri = (Path(folder) / "large.policy").as_uri()
        await client.start_io(sys.executable, "-m", "policydsl", "lsp")
        await client.initialize_async(lsp.InitializeParams(lsp.ClientCapabilities()))
        client.initialized(lsp.InitializedParams())
        item = lsp.TextDocumentItem(uri, "policydsl", 0, text)
        client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        await told.get()
        rng = random.Random(1)
        places = [
            (number, line.index("加"))
            for number, line in enumerate(text.split("\n"))
            if "加" in line
        ]
        for number in range(rounds):
            line, column = rng.choice(places)
            here, behind = (lsp.Position(line, column + more) for more in (0, 1))
            version = lsp.VersionedTextDocumentIdentifier(2 * number + 1, uri)
            wrong = lsp.TextDocumentContentChangePartial(lsp.Range(here, here), "加")
            mended = lsp.TextDocumentContentChangePartial(lsp.Range(here, behind), "")
            for name, change, awaited in (
                ("the edited piece", wrong, True),
                ("the whole", mended, False),
                ("while it reviews", wrong, True),
                ("", mended, False),
            ):
                if name == "while it reviews":
                    await asyncio.sleep(IN_REVIEW)
                start = time.perf_counter()
                client.text_document_did_change(lsp.DidChangeTextDocumentParams(version, [change]))
                while await told.get() is not awaited:
                    pass
                if name:
                    times[name].append((time.perf_counter() - start) * 1000)
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()
    return times


def line_of(name: str, clock: list[float], own: list[float]) -> str:
    """A line of the table."""
    late = statistics.quantiles(clock, n=20)[-1] if len(clock) > 1 else clock[0]
    process = f"{statistics.median(own):>9.1f}" if own else f"{'–':>9}"
    return f"{name:<22}{statistics.median(clock):>9.1f}{late:>9.1f}{max(clock):>9.1f}{process}"


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=50)
    given = parser.parse_args()
    if hasattr(os, "getloadavg"):
        print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"{'answer':<22}{'median':>9}{'95 %':>9}{'slowest':>9}{'own':>9}  ms")
    for name, found in measure(given.lines, given.rounds).items():
        print(line_of(name, [clock for clock, _ in found], [own for _, own in found]))
    print("over the protocol")
    for name, times in asyncio.run(talk(given.lines, given.rounds)).items():
        print(line_of(name, times, []))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
