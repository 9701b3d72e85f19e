"""What is compared: a base and its drafts, as policies under assumption sets.

A draft is a policy, an amendment (its id means the consolidated edition), or an amendment of what
only an assumption set states: a draft that gives another figure for an indicator whose
points the text leaves open can be written, and is then carried out behind the set.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, has_errors
from policydsl.language.paths import clauses
from policydsl.model.amending.amender import Amender
from policydsl.model.compiling import compile_document
from policydsl.model.declaring import Shared
from policydsl.model.finding import ClauseIndex
from policydsl.model.loading import Library, Target, Targets, bundled, each_of, located
from policydsl.model.policy import Closing, Policy


@dataclass(frozen=True)
class Version:
    """A policy that takes part in a simulation.

    ``label`` names it in every table.  ``target`` and ``assume`` are what it was loaded from
    (``None``: it was handed in).  ``library`` has its vocabularies.
    """

    label: str
    policy: Policy
    target: str | None = None
    assume: tuple[str, ...] = ()
    library: Library = field(default_factory=bundled, compare=False, repr=False)

    def amended(self, amendment: n.Document, source: Source | None = None) -> Policy:
        """The policy with an amendment of its text (that of its assumption sets included).

        Raises :class:`PolicyError` with what is wrong with it.
        """
        base = self.policy
        assert base.document is not None
        amender = Amender(base.document, base.source)
        amender.apply(amendment, source or base.source)
        if has_errors(amender.found):
            raise PolicyError([d for d in amender.found if d.severity == "error"])
        result = amender.result(amendment.id, amendment.title)
        return self.compiled(result.document, result.origins, dict(result.sources))

    def compiled(
        self,
        document: n.Document,
        origins: Mapping[str, tuple[str, ...]],
        sources: Mapping[int, Source],
    ) -> Policy:
        """A changed text of this version as a policy; assumptions keep their names.

        ``origins``: for each clause id, those that it carries on.
        """
        base = self.policy
        found: list[Diagnostic] = []
        shared = self._shared(document, base.source, found)
        closings: dict[int, tuple[Closing, ...]] = {}
        for _, id_, clause in clauses(document):
            known = [base.clauses[old] for old in origins.get(id_, ()) if old in base.clauses]
            kept = tuple(closing for old in known for closing in old.closings)
            if kept:
                closings[id(clause)] = kept
        policy = compile_document(
            document, base.source, shared, found, closings, base.assumed, sources
        )
        if policy is None:
            raise PolicyError([d for d in found if d.severity == "error"])
        return policy

    def _shared(self, document: n.Document, source: Source, found: list[Diagnostic]) -> Shared:
        shared = self.library.shared(document, source, found, (document.id.text,))
        for set_id in self.policy.assumed:
            entry = self.library.find(set_id)
            if entry is not None:
                shared.add(self.library.shared(entry.document, entry.source, found))
        return shared


def versions_of(
    base: Target | Policy, drafts: Sequence[Target | Policy], assume: Targets = ()
) -> tuple[Version, ...]:
    """The base and its drafts, with labels of their own.

    An assumption set is applied wherever it is for: each of them must be for one version at
    least.  Raises :class:`PolicyError`.
    """
    sets = list(each_of(assume))
    first = _version(base, sets, None)
    found = [first, *(_version(draft, sets, first) for draft in drafts)]
    used = {name for version in found for name in version.assume}
    unused = [name for name in sets if name not in used]
    if unused and first.target is not None:
        library, id_, ids = located(first.target, unused)
        library.policy(id_, ids)  # says why they are not for the base
    labels: dict[str, int] = {}
    named = []
    for version in found:
        number = labels[version.label] = labels.get(version.label, 0) + 1
        label = version.label if number == 1 else f"{version.label}（{number}）"
        named.append(replace(version, label=label))
    return tuple(named)


def shaped_by_sets(policy: Policy, id_: str) -> bool:
    """Whether an assumption set stated a clause, or let a clause around it adopt its contents."""
    parts = id_.split("/")
    around = (policy.clauses.get("/".join(parts[: count + 1])) for count in range(len(parts)))
    return any(clause is not None and clause.closings for clause in around)


def _restates(amendment: n.Document, base: Policy) -> bool:
    """Whether an amendment states anew what an indicator has from an assumption set of the base."""
    if base.document is None or not base.assumed:
        return False
    index = ClauseIndex(base.document)
    ids = [
        index.ids[position]
        for operation in amendment.body
        if isinstance(operation, n.Modify) and operation.target is not None
        for position in index.find(operation.target)
    ]
    return any(
        (clause := base.clauses.get(id_)) is not None
        and clause.is_item
        and shaped_by_sets(base, id_)
        for id_ in ids
    )


def _version(target: Target | Policy, sets: Sequence[str], base: Version | None) -> Version:
    if isinstance(target, Policy):
        library = base.library if base is not None else bundled()
        return Version(target.id, target, None, tuple(target.assumed), library)
    text = os.fspath(target)
    library, id_, ids = located(text, sets)
    return replace(version_in(library, id_, ids, base, sets), target=text)


def version_in(
    library: Library,
    id_: str,
    ids: Sequence[str],
    base: Version | None = None,
    names: Sequence[str] | None = None,
) -> Version:
    """A document of a library under those of the assumption sets (``ids``) that are for it.

    An amendment of ``base`` that states anew what only an assumption set states is carried out
    behind the sets.  ``names``: what the sets were called by whoever asked.  Raises
    :class:`PolicyError`.
    """
    fitting = [
        (name, set_)
        for name, set_ in zip(names or ids, ids, strict=True)
        if set_ in library.assumptions_for(id_)
    ]
    used = tuple(name for name, _ in fitting)
    entry = library.find(id_)
    behind: n.Document | None = None  # an amendment of the base, to be carried out behind its sets
    if base is not None and entry is not None and not entry.problems:
        document = entry.document
        about = document.based_on.text if document.based_on is not None else None
        if document.kind == "AMENDMENT" and about == base.policy.id and base.policy.assumed:
            behind = document
    policy, problems = None, list[Diagnostic]()
    if behind is None or base is None or not _restates(behind, base.policy):
        policy, problems = library.compile(id_, [set_ for _, set_ in fitting])
    if policy is not None:
        return Version(policy.id, policy, None, used, library)
    if behind is not None and base is not None and entry is not None:
        made = base.amended(behind, entry.source)
        return Version(made.id, made, None, base.assume, base.library)
    raise PolicyError([d for d in problems if d.severity == "error"])
