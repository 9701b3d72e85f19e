"""Review: what is wrong with a policy, found and proved before it goes out.

``policydsl.review(policy)`` is a function and ``policydsl.review`` is this package: the module can
be called, so that both hold however the two were imported.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    def __call__(self, *arguments: Any, **named: Any) -> Any:
        from policydsl.review.reviewing import review

        return review(*arguments, **named)


sys.modules[__name__].__class__ = _Callable
