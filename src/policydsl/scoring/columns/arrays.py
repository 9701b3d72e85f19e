"""The kinds of arrays that columns are: what their numbers mean, and how wide they are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
"""Whole numbers: points in units of a scale, places, counts."""
Truths = npt.NDArray[np.bool_]
"""Yes or no for each row."""
Codes = npt.NDArray[np.integer]
"""The codes of a column, in the narrowest type that holds them."""
Array = npt.NDArray[np.integer]
"""Whole numbers of any width, as the engines pass them."""
Floats = npt.NDArray[np.float64]
"""Numbers of statistics; points are never among them."""
