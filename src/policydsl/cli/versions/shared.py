"""Options that the commands of ``versions`` share, and what they read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from policydsl.cli.output import Command
from policydsl.model.loading import Library, bundled, library_for, resolve
from policydsl.versions.dates import Suppositions
from policydsl.versions.graph import HistoryGraph
from policydsl.versions.history import load_history


def source_option(command: Command) -> Command:
    """``--in``: the folder or file whose editions make the history."""
    return click.option(
        "--in",
        "source",
        metavar="PATH",
        help="文件或文件夹，默认收录的策略 · File or folder; default: the bundled policies.",
    )(command)


class Day(click.ParamType[date]):
    """A date as 2022-04-06."""

    name = "date"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The day, or the message of click for what is none."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”：日期写成 2022-04-06 · write dates as 2022-04-06", param, ctx)


class _Supposed(click.ParamType[tuple[str, date]]):
    """``NAME=2022-04-06``."""

    name = "name=date"

    def convert(
        self,
        value: str | tuple[str, date],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, date]:
        if isinstance(value, tuple):
            return value
        name, separator, day = value.rpartition("=")
        if not separator or not name:
            self.fail(f"“{value}”：写成 名称=2022-04-06 · write NAME=2022-04-06", param, ctx)
        return name, Day().convert(day, param, ctx)


def supposing(command: Command) -> Command:
    """``--event``, ``--in-force`` and ``--issued``: days that are supposed."""
    for option, words in (
        ("--event", "假设某事在某日发生 · Suppose the day of an event."),
        ("--in-force", "假设某版次（草案）在某日施行 · Suppose that an edition takes effect."),
        ("--issued", "假设某版次在某日印发 · Suppose that an edition is issued."),
    ):
        command = click.option(
            option, multiple=True, type=_Supposed(), metavar="NAME=DATE", help=words
        )(command)
    return command


def suppositions(
    graph: HistoryGraph,
    issued: Sequence[tuple[str, date]],
    in_force: Sequence[tuple[str, date]],
    event: Sequence[tuple[str, date]],
) -> Suppositions:
    """What the options of :func:`supposing` say of a history."""
    for id_, _ in (*issued, *in_force):
        graph.edition(id_)
    return Suppositions(dict(issued), dict(in_force), dict(event))


def loaded_history(source: str | None) -> HistoryGraph:
    """The history; an error in it that keeps it from being told is raised."""
    graph = load_history(source)
    graph.order()
    return graph


def library_of(source: str | None) -> Library:
    """The bundled policies, or those of a folder or file."""
    return bundled() if source is None else library_for(Path(source))


def gathered_library(source: str | None, targets: Sequence[str]) -> tuple[Library, list[str]]:
    """A library that holds all targets (ids, files, file#id), and their ids.

    Whether an id is known is left to whoever uses it.
    """
    library = library_of(source)
    ids = []
    for target in targets:
        if not Path(target.partition("#")[0]).exists():
            ids.append(target)
            continue
        other, id_ = resolve(target)
        if library is bundled():
            library = other
        elif id_ not in library.entries:  # the file that is named, before any neighbour
            entry = other.find(id_)
            assert entry is not None
            library.entries[id_] = entry
        ids.append(id_)
    return library, ids
