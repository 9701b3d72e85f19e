"""What differs between the databases that a plan is written for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

INT32 = (1 << 31) - 1
"""Integers up to here are written as INTEGER, others as BIGINT."""

_LISTED = 256
"""Lists longer than this are written as one text, which a parser takes a hundred times faster."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one database spells what plans need.  Expressions go in and come out as text.

    ``divide`` is the quotient of two numbers that are not negative; ``at`` the element of a list
    by an index from 0 on; ``fail`` an expression that stops the query with a message.
    ``weight`` is how heavy a CASE may be before a list is faster (measured, see docs/columns.md).
    """

    name: str
    quote_mark: str
    integer: str
    divide: Callable[[str, int], str]
    remainder: Callable[[str, int], str]
    listed: Callable[[str], str]
    at: Callable[[str, str], str]
    split: Callable[[str, str], str]
    fail: Callable[[str], str]
    text_type: str
    regex: Callable[[str, str], str]
    days_since: Callable[[str, str], str]
    backslash: bool
    weight: int

    def name_of(self, name: str) -> str:
        """An identifier, quoted: whatever it contains, it stays one name."""
        mark = self.quote_mark
        return f"{mark}{name.replace(mark, mark * 2)}{mark}"

    def text(self, value: str) -> str:
        """A text literal."""
        if self.backslash:
            return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        return "'" + value.replace("'", "''") + "'"

    def type_of(self, wide: bool) -> str:
        """The integer type of 64 or 32 bits."""
        return "BIGINT" if wide else self.integer

    def cast(self, expression: str, wide: bool) -> str:
        """An expression as a wide or narrow integer."""
        return f"CAST({expression} AS {self.type_of(wide)})"

    def look(self, table: npt.NDArray[np.int64], index: str, wide: bool) -> str:
        """The element of a table by an index from 0 on."""
        numbers: Sequence[int] = table.tolist()
        if len(numbers) > _LISTED:
            listed = self.split(self.text(",".join(map(str, numbers))), self.type_of(wide))
        else:
            listed = ", ".join(map(str, numbers))
            if wide:  # the first says of what type the list is
                listed = listed.replace(str(numbers[0]), self.cast(str(numbers[0]), True), 1)
            listed = self.listed(listed)
        return self.at(listed, index)


DUCKDB = Dialect(
    name="duckdb",
    quote_mark='"',
    integer="INTEGER",
    divide=lambda x, by: f"({x} // {by})",
    remainder=lambda x, by: f"({x} % {by})",
    listed=lambda items: f"[{items}]",
    at=lambda listed, index: f"list_extract({listed}, {index} + 1)",
    split=lambda text, kind: f"CAST(string_split({text}, ',') AS {kind}[])",
    fail=lambda message: f"error({message})",
    text_type="VARCHAR",
    regex=lambda x, pattern: f"regexp_matches({x}, {pattern})",
    days_since=lambda x, first: f"({x} - DATE '{first}')",
    backslash=False,
    weight=14,
)
SPARK = Dialect(
    name="spark",
    quote_mark="`",
    integer="INT",
    divide=lambda x, by: f"({x} div {by})",
    remainder=lambda x, by: f"({x} % {by})",
    listed=lambda items: f"array({items})",
    at=lambda listed, index: f"{listed}[{index}]",
    split=lambda text, kind: f"CAST(split({text}, ',') AS ARRAY<{kind}>)",
    fail=lambda message: f"raise_error({message})",
    text_type="STRING",
    regex=lambda x, pattern: f"({x} RLIKE {pattern})",
    days_since=lambda x, first: f"datediff({x}, DATE '{first}')",
    backslash=True,
    weight=30,
)
