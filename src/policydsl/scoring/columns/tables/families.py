"""Households: the rows of each, and who is whose spouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.scoring.cases import APPLICANT, SPOUSE
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.tables.coded_texts import coded_texts
from policydsl.scoring.columns.tables.encoded import role_name

NOBODY, OTHER, SPOUSE_ROLE, APPLICANT_ROLE = range(4)


@dataclass
class Families:
    """The rows of a batch by household.

    ``numbers``: of the household from 0 by first row, −1 without one; ``owner``: the applicant's
    row for the other members; ``spouses``: the row of the spouse; −1 where there is none.
    """

    numbers: Numbers
    owner: Numbers
    spouses: Numbers
    applicants: Numbers
    no_role: Numbers
    no_household: Numbers
    no_applicant: Numbers
    many_spouses: Numbers
    applicant_counts: Numbers
    spouse_counts: Numbers


def families_of(texts: dict[str, Any], rows: int) -> Families:
    """The families in a batch, by its columns of households and roles."""
    roles = _role_codes(texts["role"])
    coded = coded_texts(texts["household"], rows)
    named = coded.codes > 0
    members = named & (roles != NOBODY)
    # numbered by first row among the rows that count
    at = np.flatnonzero(members)
    _, first, inverse = np.unique(coded.codes[at], return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    numbers = np.full(rows, -1, np.int64)
    numbers[at] = rank[inverse]
    count = len(first)
    first_row = np.empty(count, np.int64)
    first_row[rank] = at[first]
    applicants = np.flatnonzero(members & (roles == APPLICANT_ROLE))
    spouses = np.flatnonzero(members & (roles == SPOUSE_ROLE))
    applicant_counts = np.bincount(numbers[applicants], minlength=count)
    spouse_counts = np.bincount(numbers[spouses], minlength=count)
    one = applicant_counts == 1
    applicant_of = np.full(count, -1, np.int64)
    applicant_of[numbers[applicants]] = applicants
    applicant_of[~one] = -1
    spouse_of = np.full(count, -1, np.int64)
    spouse_of[numbers[spouses][::-1]] = spouses[::-1]  # the first one counts
    owner = np.where(numbers >= 0, applicant_of[numbers] if count else -1, -1)
    spouse = np.full(rows, -1, np.int64)
    both = np.flatnonzero((applicant_of >= 0) & (spouse_of >= 0))
    spouse[applicant_of[both]] = spouse_of[both]
    spouse[spouse_of[both]] = applicant_of[both]
    owner[applicant_of[applicant_of >= 0]] = -1
    cases = applicant_of[applicant_of >= 0]  # households are numbered by first row
    return Families(
        numbers, owner, spouse, cases,
        np.flatnonzero(roles == NOBODY),
        np.flatnonzero((roles != NOBODY) & ~named),
        first_row[~one], first_row[one & (spouse_counts > 1)],
        applicant_counts, spouse_counts,
    )  # fmt: skip


def _role_codes(texts: Any) -> npt.NDArray[np.int8]:
    coded = coded_texts(texts, len(texts))
    meaning = [NOBODY]
    for value in coded.values:
        role = role_name(value)
        meaning.append(
            APPLICANT_ROLE if role == APPLICANT else SPOUSE_ROLE if role == SPOUSE else OTHER
        )
    return np.array(meaning, np.int8)[coded.codes]
