"""Every diagnostic code: severity, message and remedy, in Chinese and English.

Messages are templates; what fills them is given where the problem is found.  A code is never
reused for another meaning.  Its letter says which part of the work it belongs to, and each part
has a module here.
"""

from __future__ import annotations

from policydsl.language.catalogue import (
    comparison,
    data,
    desk,
    documents,
    files,
    model,
    pages,
    parsing,
    review,
    scoring,
    simulation,
    usage,
    versions,
)
from policydsl.language.catalogue.templates import Severity, Template


def _joined(*parts: dict[str, Template]) -> dict[str, Template]:
    """All codes; raises where two parts claim the same one."""
    joined: dict[str, Template] = {}
    for part in parts:
        twice = joined.keys() & part.keys()
        if twice:
            raise ValueError(f"diagnostic codes with two meanings: {sorted(twice)}")
        joined |= part
    return joined


CATALOGUE: dict[str, Template] = _joined(
    files.TEMPLATES,
    parsing.TEMPLATES,
    model.TEMPLATES,
    versions.TEMPLATES,
    data.TEMPLATES,
    scoring.TEMPLATES,
    simulation.TEMPLATES,
    review.TEMPLATES,
    pages.TEMPLATES,
    comparison.TEMPLATES,
    documents.TEMPLATES,
    desk.TEMPLATES,
    usage.TEMPLATES,
)

__all__ = ["CATALOGUE", "Severity", "Template"]
