"""Requests read: every field has the kind that is wanted, or is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from policydsl.simulation.search.numbers import folded, read_number
from policydsl.studio.telling import Refused, refused

MOST_CHANGES = 500
MOST_DIGITS = 20


class Reader:
    """The fields of a request.  All raise :class:`policydsl.studio.telling.Refused` (J916)."""

    def __init__(self, data: Mapping[str, Any]):
        self.data = data

    def text(self, name: str) -> str:
        """A text that must be there."""
        value = self.data.get(name)
        if not isinstance(value, str) or not value:
            raise _wrong(name, "应是文字", "a text is wanted")
        return value

    def text_or_none(self, name: str) -> str | None:
        """A text, if there is one."""
        value = self.data.get(name)
        if value is not None and not isinstance(value, str):
            raise _wrong(name, "应是文字", "a text is wanted")
        return value

    def texts(self, name: str) -> list[str] | None:
        """A list of texts, if there is one."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(x, str) for x in value):
            raise _wrong(name, "应是一列文字", "a list of texts is wanted")
        return list(dict.fromkeys(value))[:20]

    def whole(self, name: str) -> int | None:
        """A whole number that is not negative, if there is one."""
        value = self.data.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.isdigit() and len(value) < 12:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**12:
            raise _wrong(name, "应是非负整数", "a whole number, not negative, is wanted")
        return value

    def ticket(self) -> int | None:
        """A client's own count of its questions; ``None`` of one that does not count."""
        value = self.data.get("ticket")
        counts = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53
        return value if counts and self.data.get("client") else None

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Named values; none are there without."""
        value = self.data.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise _wrong(name, "应有名有值", "named values are wanted")
        return value

    def reasons(self) -> dict[str, str]:
        """Reasons by clause."""
        found = self.mapping("reasons")
        if not all(isinstance(x, str) for x in found.values()):
            raise _wrong("reasons", "应是文字", "texts are wanted")
        return dict(found)

    def changes(self) -> dict[str, Fraction]:
        """Numbers and the values that they are to have (J925)."""
        value = self.data.get("changes")
        if value is None:
            return {}
        if not isinstance(value, list) or len(value) > MOST_CHANGES:
            raise _wrong("changes", "应是一列改动", "a list of changes is wanted")
        found = {}
        for each in value:
            if not isinstance(each, dict) or not isinstance(each.get("number"), str):
                raise _wrong("changes", "应有 number 和 value", "number and value are wanted")
            text = str(each.get("value", ""))[: 2 * MOST_DIGITS]
            number = read_number(folded(text)) if len(text) <= MOST_DIGITS else None
            if number is None or number < 0:
                raise refused(400, "J925", value=text)
            found[each["number"]] = number
        return found


def _wrong(name: str, zh: str, en: str) -> Refused:
    return refused(400, "J916", field=name, problem=(zh, en))
