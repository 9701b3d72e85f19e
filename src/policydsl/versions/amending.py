"""Amendments carried out: the machinery is the model's, since an amendment's id loads as a policy.

This module names what the history of documents needs of it.
"""

from policydsl.model.amending import (
    ABOUT_THE_CHANGE,
    Amender,
    Change,
    ChangeKind,
    Consolidation,
)
from policydsl.model.footprints import Footprint, meets

__all__ = [
    "ABOUT_THE_CHANGE",
    "Amender",
    "Change",
    "ChangeKind",
    "Consolidation",
    "Footprint",
    "meets",
]
