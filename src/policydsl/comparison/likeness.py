"""How alike texts are: TF-IDF over characters, after synonyms were read as one word.

Chinese has no spaces, so pairs and triples of characters stand for words (a figure counts as one
character, so that 95 and 90 do not look alike by their digits).  Likeness is the cosine, from 0
to 1; it is rounded, so that no result hangs on the last bit of a floating-point number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.parsing import fold_width
from policydsl.model.loading import bundled_folder
from policydsl.scoring.toml_files import fatal, parse_toml, read_text

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Likeness = npt.NDArray[np.float64]

PLACES = 4
"""Decimals that a likeness is rounded to."""
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_NOISE = re.compile(r"[\s，。、；：（）()「」“”〔〕《》,.;:!?/·\-—]+")


@dataclass(frozen=True)
class Synonyms:
    """``words``: what is read as what; a word is never inside its own replacement twice."""

    words: tuple[tuple[str, str], ...] = ()

    def read(self, text: str) -> str:
        """The text with every synonym as the first word of its group, and without marks."""
        text = _FIGURE.sub("#", fold_width(text))
        if self.words:
            text = _pattern(self).sub(lambda found: dict(self.words)[found[0]], text)
        return _NOISE.sub(" ", text).strip()


@cache
def _pattern(synonyms: Synonyms) -> re.Pattern[str]:
    # the longest word first, and the first word of a group before those that contain less
    known = {word for word, _ in synonyms.words}
    return re.compile("|".join(sorted(map(re.escape, known), key=lambda x: (-len(x), x))))


@cache
def bundled_synonyms() -> Synonyms:
    """The synonyms that come with the program (policies/shared/synonyms.toml)."""
    return read_synonyms(bundled_folder() / "shared" / "synonyms.toml")


def read_synonyms(path: Path) -> Synonyms:
    """Synonyms of a TOML file; raises :class:`PolicyError` (D429, D450, C905)."""
    content = parse_toml(read_text(path), str(path))
    words: dict[str, str] = {}
    for group, entries in content.items():
        if not isinstance(entries, dict):
            raise fatal(str(path), "C905", entry=group)
        for first, others in entries.items():
            if not isinstance(others, list) or not all(isinstance(x, str) and x for x in others):
                raise fatal(str(path), "C905", entry=f"{group}.{first}")
            words.setdefault(first, first)
            for word in others:
                words[word] = first
    return Synonyms(tuple(sorted(words.items())))


def likeness(texts: Sequence[str]) -> Likeness:
    """How alike each two of some texts are, a symmetric matrix.

    Raises :class:`PolicyError` (C910) where scikit-learn is missing.
    """
    import numpy as np

    vectoriser = _vectoriser()
    try:
        weights = vectoriser.fit_transform([text or "#" for text in texts])
    except ValueError:  # no text has two characters
        return np.zeros((len(texts), len(texts)))
    found = np.asarray((weights @ weights.T).todense())
    rounded: Likeness = np.round(np.clip(found, 0, 1), PLACES)
    return rounded


def _vectoriser() -> Any:
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        raise PolicyError([Diagnostic("C910", None, None, {"extra": "compare"})]) from error
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 3), sublinear_tf=True)


def assigned(scores: Likeness) -> list[tuple[int, int]]:
    """The pairs (row, column) whose sum of scores is the largest, each used once at most.

    Pairs without a score are left out.
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(scores, maximize=True)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if scores[i, j] > 0]
