"""Columns of texts as codes: each text once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.arrays import Codes
from policydsl.scoring.columns.domains import Listed
from policydsl.scoring.columns.tables.reading import code_type


@dataclass
class CodedTexts:
    """Texts as codes: 0 is none, ``values`` from 1 on."""

    codes: npt.NDArray[np.int32]
    values: list[str]

    def value(self, code: int) -> str | None:
        """The text of a code."""
        return self.values[code - 1] if code else None


def coded_texts(texts: Any, rows: int) -> CodedTexts:
    """The texts of an Arrow array as codes; ``None``: no row has any."""
    if texts is None:
        return CodedTexts(np.zeros(rows, np.int32), [])
    encoded = texts.dictionary_encode()
    codes = np.asarray(encoded.indices.fill_null(-1)) + 1
    return CodedTexts(codes.astype(np.int32), encoded.dictionary.to_pylist())


def known_codes(coded: CodedTexts, domain: Listed | None) -> Codes | None:
    """The codes that a listed domain has for the texts; ``None`` without one."""
    if domain is None:
        return None
    known = np.array([0, *(domain.code(value) or 0 for value in coded.values)], np.int64)
    codes: Codes = known[coded.codes].astype(code_type(domain.size))
    return codes
