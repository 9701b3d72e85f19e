"""Figures as plain values for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from policydsl.scoring.columns.histograms import Histogram
from policydsl.scoring.ranges import show_points


def plain(value: Any) -> Any:
    """Figures for JSON: fractions and decimals as exact texts, histograms as pairs."""
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, Fraction):
        return show_points(value)
    if isinstance(value, (Decimal, date)):
        return str(value)
    if isinstance(value, Histogram):
        return [value.values.tolist(), value.counts.tolist()]
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else plain(key): plain(x) for key, x in value.items()}
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Sequence):
        return [plain(each) for each in value]
    raise TypeError(type(value))
