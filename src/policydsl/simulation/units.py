"""What the units of a table are called in each version: the names of two editions differ.

A table names units as one edition does.  Where another one has them under other names, the
version graph says which became which (:meth:`policydsl.versions.graph.HistoryGraph.between`).  What
it infers is told as an assumption; a unit without a counterpart takes no part in the comparison,
and is told, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.model.loading import Library
from policydsl.model.policy import Policy
from policydsl.versions.history import build
from policydsl.versions.lineage import Lineage


class Named(Protocol):
    """A policy with the library that it comes from."""

    @property
    def label(self) -> str:
        """What tables call it."""
        ...

    @property
    def policy(self) -> Policy:
        """The policy."""
        ...

    @property
    def library(self) -> Library:
        """Where its other editions are."""
        ...


@dataclass(frozen=True)
class Units:
    """For each version: the unit that it has for a name in the table (``None``: none).

    A version whose names are those of the table has no mapping at all.  ``told`` are the
    diagnostics (D470: names that were matched, D471: units that take no part).
    """

    names: tuple[Mapping[str, str | None] | None, ...]
    told: tuple[tuple[str, Diagnostic], ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def left_out(self) -> frozenset[str]:
        """The names of the table that some version has no unit for."""
        return frozenset(
            name
            for each in self.names
            if each is not None
            for name, unit in each.items()
            if unit is None
        )


Matching = Callable[[Iterable[str]], Units]
"""From the names of units in a table to what they are called in each version."""


def matching(versions: Sequence[Named]) -> Matching:
    """How the units of a table are found in each of the versions."""
    return lambda names: match_units(versions, tuple(dict.fromkeys(names)))


def match_units(versions: Sequence[Named], names: Sequence[str]) -> Units:
    """What each version calls the units of a table.

    Nothing is matched where every version that scores by unit knows all names, or none of them
    knows any.  Raises :class:`PolicyError` (D472) where no unit is in all versions.
    """
    labels = [_labels(version.policy) for version in versions]
    scoring = [number for number, known in enumerate(labels) if known]
    homes = {number: sum(name in labels[number] for name in names) for number in scoring}
    home = max(homes, key=lambda number: homes[number], default=None)
    if home is None or not homes[home] or all(homes[n] == len(names) for n in scoring):
        return Units((None,) * len(versions))
    found: list[Mapping[str, str | None] | None] = [None] * len(versions)
    told: list[tuple[str, Diagnostic]] = []
    for number in scoring:
        if number == home or homes[number] == len(names):
            continue
        own, problems = _matched(versions[home], versions[number], names)
        found[number] = own
        told += [(versions[number].label, problem) for problem in problems]
    units = Units(tuple(found), tuple(told), tuple(version.label for version in versions))
    if units.left_out.issuperset(names):
        details = {"versions": "、".join(versions[number].label for number in scoring)}
        raise PolicyError([*(each for _, each in told), Diagnostic("D472", None, None, details)])
    return units


def _matched(
    home: Named, other: Named, names: Sequence[str]
) -> tuple[dict[str, str | None], list[Diagnostic]]:
    """The names of one version as another has them, and what is to be said of it."""
    ids, there = _labels(home.policy), _labels(other.policy)
    label_of = {id_: label for label, id_ in there.items()}
    lineage, newer = lineage_between(home, other)
    found: dict[str, str | None] = {}
    stated: list[str] = []
    inferred: list[str] = []
    lost: list[str] = []
    unknown = lineage is None
    for name in names:
        if name not in ids:
            continue  # no unit of this edition either: reported where the table is read
        links = (
            ()
            if lineage is None
            else (lineage.successors if newer else lineage.predecessors).get(ids[name], ())
        )
        became = {
            label_of[id_]: link.inferred
            for link in links
            for id_ in (link.new if newer else link.old)
            if id_ in label_of
        }
        if not became and unknown and name in there:
            became = {name: None}
        if len(became) == 1:
            ((unit, why),) = became.items()
            found[name] = unit
            if why is not None and unit != name:
                inferred.append(f"{name} → {unit}（{why}）")
            elif unit != name:
                stated.append(f"{name} → {unit}")
        else:
            found[name] = None
            lost.append(name if not became else f"{name}（{'、'.join(became)}）")
    problems = []
    for code, units in (("D473", stated), ("D470", inferred), ("D471", lost)):
        if units:
            details = {"id": other.policy.id, "units": "；".join(units), "count": len(units)}
            problems.append(Diagnostic(code, None, None, details))
    return found, problems


def lineage_between(one: Named, other: Named) -> tuple[Lineage | None, bool]:
    """What became of clauses between two editions, and whether ``other`` is the newer one.

    ``None`` where they are no editions of one series.
    """
    ids = (one.policy.id, other.policy.id)
    try:
        graph = build(one.library)
        series = graph.series(ids[0]) if set(ids) <= graph.editions.keys() else []
        if ids[0] == ids[1] or ids[1] not in series:
            return None, True
        newer = series.index(ids[0]) < series.index(ids[1])
        return graph.between(*(ids if newer else ids[::-1])), newer
    except PolicyError:  # a history that cannot be read tells nothing
        return None, True


def _labels(policy: Policy) -> dict[str, str]:
    """The units of a policy: clause ids by label."""
    return {
        child.label: child.id
        for root in policy.roots
        for child in root.children
        if child.kind == "unit"
    }
