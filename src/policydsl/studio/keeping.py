"""What was worked out a moment ago and may be asked for again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import Any, TypeVar

T = TypeVar("T")


class Kept:
    """The last few things that were worked out, by what they were worked out from."""

    def __init__(self, most: int):
        self.most = most
        self._known: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = RLock()

    def get(self, key: Hashable) -> Any:
        """What is known, or ``None``."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def put(self, key: Hashable, value: T) -> T:
        """Keep something; the oldest goes."""
        with self._lock:
            self._known[key] = value
            self._known.move_to_end(key)
            while len(self._known) > self.most:
                self._known.popitem(last=False)
        return value

    def made(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is known, else made now."""
        known: T | None = self.get(key)
        return self.put(key, make()) if known is None else known
