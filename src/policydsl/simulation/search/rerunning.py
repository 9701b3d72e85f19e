"""A recorded search done again: the same policy, the same persons, the same drafts?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.simulation.records import Difference, software_differences
from policydsl.simulation.runs import Stage, silent
from policydsl.simulation.search.proposals import FORMAT, RECORD, Query, SearchResult, search
from policydsl.simulation.search.searching import Limits
from policydsl.simulation.sheets import DEFAULT, Settings

MOST_BYTES = 64 << 20
"""A record is not larger than this."""


def is_search(path: Path) -> bool:
    """Whether a path is the record of a search, or a folder with one and none of a simulation."""
    if path.is_dir():
        return (path / RECORD).is_file() and not (path / "run.json").exists()
    return path.name == RECORD


def read_search(path: Path) -> dict[str, Any]:
    """The record of a search, from its file or folder; raises :class:`PolicyError` (S571)."""
    file = path / RECORD if path.is_dir() else path
    try:
        if file.stat().st_size > MOST_BYTES:
            raise _unusable(file, f"> {MOST_BYTES >> 20} MB")
        record = json.loads(file.read_text(encoding="utf-8"))
        if record["format"] != FORMAT:
            raise ValueError(f"format {record['format']}")
        query_of(record)
        for key in ("policy", "population", "base", "proposals"):
            if key not in record:
                raise KeyError(key)
    except OSError as error:
        raise _unusable(file, error.strerror or str(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unusable(file, str(error) or type(error).__name__) from error
    return cast("dict[str, Any]", record)


def _unusable(file: Path, problem: str) -> PolicyError:
    details = {"path": str(file), "problem": problem}
    return PolicyError([Diagnostic("S571", Source(str(file), ""), None, details)])


def query_of(record: Mapping[str, Any]) -> Query:
    """What a record asks for."""
    known = dict(record["query"])
    limits = dict(known.pop("limits"))
    for given, kind in ((known, Query), (limits, Limits)):
        names = {each.name for each in fields(kind)}
        if not set(given) <= names:
            raise ValueError(", ".join(sorted(set(given) - names)))
    for name, value in known.items():
        if isinstance(value, list):
            known[name] = tuple(value)
    return Query(**known, limits=Limits(**limits))


def rerun_search(
    path: Path, settings: Settings = DEFAULT, stage: Stage = silent
) -> tuple[SearchResult, list[Difference]]:
    """Look again for what a record asks for, and say what is not as it was.

    No difference that matters means: the same policy, the same persons, the same drafts with the
    same figures.  How many drafts were looked at depends on the time that was given, and does not
    matter by itself.
    """
    record = read_search(path)
    query = query_of(record)
    result = search(
        query.base, query.population, query, record.get("language", "zh"), settings, stage
    )
    now = json.loads(json.dumps(result.record()))
    found: list[Difference] = []
    for what, key, inner, matters in (
        (("策略", "policy"), "policy", "sha256", True),
        (("人口", "population"), "population", "sha256", True),
        (("现在的数字", "figures as it is"), "base", None, True),
        (("方案", "drafts"), "proposals", None, True),
        (("取舍", "trade-offs"), "tradeoffs", None, True),
        (("试过的范围", "what was looked at"), "looked", None, False),
    ):
        before, after = record.get(key), now.get(key)
        if inner is not None:
            before, after = (x.get(inner) if x else None for x in (before, after))
        if before != after:
            found.append(Difference(what, _short(before), _short(after), matters))
    return result, [*found, *software_differences(record, now)]


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:299]}…"
