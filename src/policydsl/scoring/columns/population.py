"""Encoded populations: what the planner asks of the data, and what engines read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.arrays import Codes
from policydsl.scoring.columns.domains import Domain, Listed


@dataclass(frozen=True)
class Schema:
    """What is known of a population before a row of it is read.

    ``domains`` of the facts that have a column; a fact without one was handed in by nobody.
    ``date`` is the date of assessment of all rows.  ``units`` and ``entities`` are the domains of
    those columns, if there are any.  ``households``: rows of one household are put together; none
    has more members than ``largest_household``.
    """

    domains: Mapping[str, Domain]
    date: date | None = None
    units: Listed | None = None
    entities: Listed | None = None
    households: bool = False
    largest_household: int = 16


@dataclass
class Population:
    """Rows of a population as codes: all of it, or a part that fits in memory.

    ``columns`` hold for each fact of ``schema`` an array of codes, in the narrowest unsigned type.
    ``ids`` are as handed in.  ``units`` and ``entities`` are codes (0: none).  ``weights`` are
    how many persons a row stands for.  ``household`` numbers the households from 0; ``spouse`` is
    the row of the spouse, or −1; ``applicant`` marks the rows that are cases (the others are
    members of a household only; ``None``: every row is a case).
    """

    schema: Schema
    rows: int
    columns: dict[str, Codes]
    ids: npt.NDArray[np.object_] | None = None
    units: Codes | None = None
    entities: Codes | None = None
    weights: npt.NDArray[np.int64] | None = None
    household: npt.NDArray[np.int64] | None = None
    spouse: npt.NDArray[np.int64] | None = None
    applicant: npt.NDArray[np.bool_] | None = None
    extra: dict[str, Codes] = field(default_factory=dict)
