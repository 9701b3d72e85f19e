"""Specification files: TOML with Chinese or English keys → :class:`Spec`.

docs/populations.md is the reference of what can stand in one.  Every key is read in either
language, every problem is reported with its place, and what nobody asked for is reported too.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.model.loading import bundled_folder
from policydsl.scoring.toml_files import fatal, parse_toml, read_text
from policydsl.simulation.reading.known import Known
from policydsl.simulation.reading.whole import spec_of
from policydsl.simulation.specs import Spec


def folder() -> Path:
    """The folder of the specifications that come with the program."""
    return bundled_folder() / "populations"


def bundled_specs() -> dict[str, Path]:
    """The bundled specifications by id."""
    return {path.stem: path for path in sorted(folder().glob("*.toml"))}


def load_spec(target: str | Path) -> Spec:
    """A specification by its path or the id of a bundled one.

    Raises :class:`PolicyError` with everything that is wrong with it (D450 … D465).
    """
    known = bundled_specs()
    path = known.get(str(target)) or Path(target)
    if not path.is_file():
        if path.suffix.lower() == ".toml":
            raise fatal(str(path), "D429", path=str(path))
        near = did_you_mean(str(target), known)
        details = {"name": str(target), "near": near, "known": "、".join(known)}
        raise PolicyError([Diagnostic("D465", None, None, details)])
    return read_spec(read_text(path), str(path))


def read_spec(text: str, name: str = "<text>") -> Spec:
    """A specification from its text; see :func:`load_spec` for what is raised."""
    data = parse_toml(text, name)
    digest = hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
    known = Known(name)
    spec = spec_of(data, known, digest)
    if known.found:
        raise PolicyError(known.found)
    assert spec is not None
    return spec
