"""Mappings: which column of a user's own table is which fact, and which value which.

A mapping is a small file (docs/populations.md)::

    [列]
    参保月数 = "社保月数"
    备注 = ""                # not used

    [值.文化程度]
    中专 = "高中"

It is applied to a table as it stands in its file, before anything is made of the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, did_you_mean
from policydsl.scoring.cells import Wrong, plain, read_text, scalar
from policydsl.scoring.formats import Problems, RawTable
from policydsl.scoring.toml_files import parse_toml
from policydsl.scoring.toml_files import read_text as read_file

OPEN = "？"
"""On the right of a line that is not decided yet: the name or value stays what it is."""
COLUMNS = ("列", "columns")
VALUES = ("值", "values")


@dataclass(frozen=True)
class ColumnMapping:
    """``columns``: own name → name in the policy, empty for one that is not used.

    ``values``: for a name in the policy, own value → value of the fact, empty for *not handed
    in*.  Names and values are compared as :func:`policydsl.scoring.cells.plain` gives them.
    """

    name: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def apply(self, table: RawTable, problems: Problems) -> RawTable:
        """The table under the policy's names; columns that are not used are left out.

        A column of the mapping that the table does not have is a problem (D469).
        """
        titles = [plain(title) for title in table.columns]
        for own in self.columns:
            if own not in titles:
                near = did_you_mean(own, titles)
                problems.append(
                    Diagnostic("D469", Source(self.name, ""), None,
                               {"where": ("列 ", "column "), "name": own, "near": near})
                )  # fmt: skip
        new = [self.columns.get(title) for title in titles]
        kept = [i for i, name in enumerate(new) if name != ""]
        names = tuple(new[i] or table.columns[i] for i in kept)
        words = [self.values.get(plain(name), {}) for name in names]
        rows = [
            replace(
                row, values=[_word(row.values[i], own) for i, own in zip(kept, words, strict=True)]
            )
            for row in table.rows
        ]
        return replace(table, columns=names, rows=rows)


def _word(value: object, words: Mapping[str, str]) -> object:
    if not words or value is None:
        return value
    try:
        found = words.get(plain(read_text(scalar(value))))
    except Wrong:
        return value  # whatever it is, the reader of the column will say so
    return value if found is None else found or None


def read_mapping(path: str | Path) -> ColumnMapping:
    """A mapping from a file; raises :class:`PolicyError` (D407, D429, D450, D451, D453, D459)."""
    text = read_file(Path(path))
    return parse_mapping(text, str(path))


def parse_mapping(text: str, name: str = "<text>") -> ColumnMapping:
    """A mapping from its text; see :func:`read_mapping` for what is raised."""
    data = parse_toml(text, name)
    found: list[Diagnostic] = []

    def add(code: str, **details: object) -> None:
        found.append(Diagnostic(code, Source(name, ""), None, details))

    def texts(value: object, where: str) -> dict[str, str]:
        if not isinstance(value, dict):
            add("D453", where=where, key=where, wanted=("一段", "a table"))
            return {}
        made: dict[str, str] = {}
        for key, word in value.items():
            if not isinstance(word, str):
                add("D453", where=where, key=key, wanted=("文字", "a text"))
            elif plain(key) in made:
                add("D459", name=key)
            else:
                if word.strip() not in (OPEN, "?"):
                    made[plain(key)] = word.strip()
        return made

    columns: dict[str, str] = {}
    values: dict[str, Mapping[str, str]] = {}
    for key, part in data.items():
        if key in COLUMNS:
            columns |= texts(part, key)
        elif key in VALUES and isinstance(part, dict):
            for fact, words in part.items():
                values[plain(fact)] = texts(words, f"{key}.{fact}")
        else:
            near = did_you_mean(key, (*COLUMNS, *VALUES))
            add("D451", where=("列对照", "mapping"), key=key, near=near)
    if found:
        raise PolicyError(found)
    return ColumnMapping(name, columns, values)
