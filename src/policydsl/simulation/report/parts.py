"""What the sections of a report are made from: tables and charts with their remarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policydsl.pages import page as p
from policydsl.pages.charts import Chart
from policydsl.scoring.results import ResultTable
from policydsl.simulation.report.material import Material
from policydsl.simulation.report.words import column_definition, definition

SHOWN = 60
"""Longer tables are folded behind their first rows."""


@dataclass(frozen=True)
class Parts:
    """What sections are made from: the charts by name, and what all figures rest on.

    ``rests``: a remark for the foot of what rests on the assumptions; nothing where none are made.
    """

    material: Material
    charts: Mapping[str, Chart]
    rests: p.Rich = ""
    person_rests: p.Rich = ""

    def say(self, zh: str, en: str) -> str:
        """The words of the report's language."""
        return self.material.say(zh, en)

    @property
    def people(self) -> str:
        """The title of a column that counts the cases."""
        return self.material.people

    def foot(self, *words: str, rests: p.Rich | None = None) -> p.Rich:
        """Definitions by name, then what the figures rest on."""
        found: list[p.Text | p.Term | p.Link | p.Strong] = []
        for word in words:
            found.append(definition(word, self.material.language) + " ")
        last = self.rests if rests is None else rests
        if isinstance(last, p.Line):
            found += last.parts
        return p.Line(tuple(found))

    def table(
        self,
        name: str,
        *,
        only: Sequence[str] | None = None,
        title: p.Rich | None = None,
        foot: Sequence[str] = (),
        table: ResultTable | None = None,
        rests: p.Rich | None = None,
    ) -> p.Table:
        """A table of the simulation, with definitions and links to its files."""
        given = self.material.tables[name] if table is None else table
        language = self.material.language
        if only is None and len(self.material.simulation.versions) == 2:
            # there is one comparison: its name in every row says nothing
            said = [c for c in given.columns if (c.key, c.kind) != ("change", "text")]
            only = [column.key for column in said]
        return p.of_result(
            given,
            only=only,
            title=title,
            note=self.foot(*foot, rests=rests),
            links=self.files(name),
            definitions=lambda key: column_definition(name, key, language),
            shown=SHOWN,
        )

    def files(self, name: str) -> tuple[p.Link, ...]:
        """Links to the files of a table."""
        return tuple(
            p.Link(f.upper() if f == "csv" else "Parquet", f"{name}.{f}")
            for f in self.material.formats
            if name in self.material.tables
        )

    def figure(
        self,
        name: str,
        source: str = "",
        foot: Sequence[str] = (),
        data: bool = False,
        rests: p.Rich | None = None,
        pivot: tuple[str, str, str] | None = None,
    ) -> Iterator[p.Figure]:
        """A chart, if there is one, with links to its pictures and to the table behind it."""
        chart = self.charts.get(name)
        if chart is None:
            return
        links = self.files(source) if source else ()
        if self.material.formats:
            links = (
                p.Link("PNG", f"figures/{name}.png"),
                p.Link("SVG", f"figures/{name}.svg"),
                *links,
            )
        table = _data(chart, pivot) if data else None
        yield p.Figure(chart, chart.title, self.foot(*foot, rests=rests), links, table)


def _data(chart: Chart, pivot: tuple[str, str, str] | None) -> p.Table | None:
    """The rows of a chart; with ``pivot`` (line, series, value) a column for each series."""
    if not chart.rows:
        return None
    if pivot is not None:
        return _pivoted(chart, *pivot)
    names = [name for name in chart.rows[0] if name not in ("kind", "shown")]
    columns = tuple(
        p.Column(name, "text" if isinstance(chart.rows[0][name], str) else "number")
        for name in names
    )
    rows = tuple(tuple(row[name] for name in names) for row in chart.rows)
    return p.Table(columns, rows, shown=SHOWN)


def _pivoted(chart: Chart, line: str, series: str, value: str) -> p.Table:
    cells: dict[float, dict[str, p.Cell]] = {}
    for row in chart.rows:
        cells.setdefault(row[line], {})[str(row[series])] = row[value]
    names = list(dict.fromkeys(str(row[series]) for row in chart.rows))
    rows: tuple[tuple[p.Cell, ...], ...] = tuple(
        (key, *(own.get(name, 0) for name in names))
        for key, own in sorted(cells.items())
        if any(own.values())
    )
    columns = (p.Column(line, "number"), *(p.Column(name, "number") for name in names))
    return p.Table(columns, rows, shown=SHOWN)


def absent(parts: Parts, title: str, name: str) -> p.Section:
    """A section that says how to get its figures."""
    say = parts.say
    return p.Section(
        title,
        (
            p.Note(
                say(f"这次没有计算；加 --{name} 就有。", f"Not computed this time; add --{name}.")
            ),
        ),
        id=name,
    )
