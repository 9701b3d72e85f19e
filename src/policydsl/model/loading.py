"""Files and ids → policies.

A :class:`Library` holds parsed documents by id: those of the files that the caller names,
of the folder trees around them, and the bundled ones.  Policies are compiled when asked
for, with or without assumption sets.  The id of an amendment means its consolidated edition.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from policydsl.language import nodes as n
from policydsl.language.diagnostics import (
    Diagnostic,
    PolicyError,
    Source,
    did_you_mean,
    has_errors,
    in_order,
)
from policydsl.language.keywords import keyword_table, words
from policydsl.language.parsing import (
    DEFAULT_LIMITS,
    ParseResult,
    fold_width,
    parse_path,
    parse_text,
)
from policydsl.language.paths import clauses
from policydsl.model import policy as m
from policydsl.model.compiling import compile_document
from policydsl.model.declaring import Shared, declare
from policydsl.model.editions import Edition, edition_of
from policydsl.model.kinds import DOCUMENT_KINDS

if TYPE_CHECKING:
    from policydsl.model.assuming import Draft

SUFFIX = ".policy"
# A folder tree is searched for vocabularies; these bounds keep a stray call on / from hanging.
MAX_FILES = 2_000
MAX_DEPTH = 8
# A vocabulary may use another, and that one another, so many times.
MAX_VOCABULARIES = 20
AMENDED = ("scheme", "assessment", "work_plan", "amendment")
"""Kinds of documents that amendments are based on."""


@dataclass(frozen=True)
class Entry:
    """A document of the library with the text that it stands in."""

    document: n.Document
    source: Source
    path: Path | None
    problems: tuple[Diagnostic, ...] = ()
    """What is wrong with the spelling of the file: nothing else is looked for while it is."""


@cache
def bundled_folder() -> Path:
    """The folder of the policies that come with the program."""
    packaged = Path(str(files("policydsl") / "_policies"))
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "policies"


def policy_files(folder: Path) -> list[Path]:
    """The policy files of a folder tree, sorted; hidden folders and links are left aside."""
    found: list[Path] = []
    base = len(folder.parts)
    for place, folders, names in os.walk(folder, followlinks=False):
        here = Path(place)
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        if len(here.parts) - base >= MAX_DEPTH:
            folders.clear()
        found.extend(here / name for name in sorted(names) if name.endswith(SUFFIX))
        if len(found) >= MAX_FILES:
            break
    return found


@cache
def _heading() -> re.Pattern[str]:
    """The beginning of a document, in folded text: kind and id.

    It finds every document, and now and then something that is none.
    """
    kinds = "|".join(sorted(word for kind in DOCUMENT_KINDS for word in keyword_table()[kind]))
    space = r"[\s\ufeff\u200b]"
    between = rf"(?:{space}|(?:#|//)[^\n]*\n)*+"
    return re.compile(
        rf"(?:^|[}};。]){space}*+({kinds})(?={space}|[「#/]){between}(「[^」\n]{{1,120}}」|[\w·.-]++)",
        re.MULTILINE,
    )


@dataclass(frozen=True)
class _Offer:
    """What is known of a file that was not parsed.

    Its folded text, and (kind, id) of what may be its documents; both empty when it cannot be
    read.
    """

    text: str
    headings: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, path: Path) -> _Offer:
        try:
            with path.open("rb") as stream:
                data = stream.read(DEFAULT_LIMITS.size + 1)
        except OSError:
            data = b""
        if len(data) > DEFAULT_LIMITS.size:
            data = b""
        text = fold_width(data.decode("utf-8", errors="replace"))
        found = (
            (words()[one[1]], one[2].removeprefix("「").removesuffix("」"))
            for one in _heading().finditer(text)
        )
        return cls(text, tuple(found))


class Library:
    """Documents by id: those that were added, then those on offer, which are read when needed.

    ``entries``, ``diagnostics`` and ``results`` tell of all of them, and so read the rest.
    """

    def __init__(self, fallback: Library | None = None) -> None:
        self._entries: dict[str, Entry] = {}
        self._diagnostics: list[Diagnostic] = []
        self._results: list[ParseResult] = []
        self._offered: dict[Path, _Offer | None] = {}
        self._order: dict[Path, int] = {}
        self._fallback = fallback
        self._shared: dict[str, tuple[Shared, tuple[Diagnostic, ...]]] = {}
        self._editions: dict[str, tuple[Edition | None, tuple[Diagnostic, ...]]] = {}
        self._policies: dict[tuple[str, tuple[str, ...]], m.Policy | None] = {}
        self._reported: dict[tuple[str, tuple[str, ...]], list[Diagnostic]] = {}

    @property
    def entries(self) -> dict[str, Entry]:
        """The documents by id, but for those of the libraries behind this one."""
        if self._offered:
            self._read(list(self._offered))
            self._entries = dict(sorted(self._entries.items(), key=self._rank))
        return self._entries

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What parsing found."""
        self._read(list(self._offered))
        return self._diagnostics

    @property
    def results(self) -> list[ParseResult]:
        """The files as they were parsed."""
        self._read(list(self._offered))
        return self._results

    # -- filling

    def offer_file(self, path: Path) -> None:
        """A file that is read when one of its documents is asked for."""
        self._order[path] = len(self._order)
        self._offered[path] = None

    def _rank(self, item: tuple[str, Entry]) -> int:
        """As if the files had been read in the order in which they were offered."""
        path = item[1].path
        return -1 if path is None else self._order.get(path, -1)

    def _read(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self._offered.pop(path, None)
            self.add_file(path)

    def _on_offer(
        self,
        kinds: Set[str] | None = None,
        id_: str | None = None,
        naming: Iterable[str] | None = None,
    ) -> list[Path]:
        """Files not yet read that may hold a document of these kinds, or of this id.

        ``naming``: only those in which one of these words occurs.
        """
        found = []
        folded = None if id_ is None else fold_width(id_)
        named = None if naming is None else [fold_width(word) for word in naming]
        for path, known in self._offered.items():
            offer = known or _Offer.of(path)
            self._offered[path] = offer
            if any(
                (kinds is None or kind in kinds) and (folded is None or name == folded)
                for kind, name in offer.headings
            ) and (named is None or any(word in offer.text for word in named)):
                found.append(path)
        return found

    def add_file(self, path: Path) -> ParseResult:
        """Parse a file and register its documents."""
        return self._add(parse_path(path), path)

    def add_text(self, text: str, name: str) -> ParseResult:
        """Parse a text and register its documents under ``name``."""
        return self._add(parse_text(text, name), None)

    def add_parsed(self, result: ParseResult) -> ParseResult:
        """Register the documents of a text that was parsed already."""
        return self._add(result, None)

    def _add(self, result: ParseResult, path: Path | None) -> ParseResult:
        self._results.append(result)
        self._diagnostics.extend(result.diagnostics)
        for document in result.file.documents:
            problems = () if result.ok else result.diagnostics
            entry = Entry(document, result.source, path, problems)
            known = self._entries.get(document.id.text)
            if known is not None:
                related = ((known.source, known.document.id.span),)
                self._diagnostics.append(
                    Diagnostic(
                        "M243", result.source, document.id.span, {"id": document.id.text}, related
                    )
                )
                continue
            self._entries[document.id.text] = entry
        return result

    # -- finding

    def find(self, id_: str) -> Entry | None:
        """The document of that id, here or in the libraries behind this one."""
        entry = self._entries.get(id_)
        if entry is None and self._offered:
            self._read(self._on_offer(id_=id_))
            entry = self._entries.get(id_)
        if entry is None and self._fallback is not None:
            return self._fallback.find(id_)
        return entry

    def ids(self, kinds: Iterable[str] | None = None) -> list[str]:
        """Ids of the documents of the given kinds (all kinds by default), own ones first."""
        wanted = None if kinds is None else set(kinds)
        if wanted is None:
            own = list(self.entries)
        else:
            terminals = {kind for kind, known in DOCUMENT_KINDS.items() if known in wanted}
            self._read(self._on_offer(terminals))
            own = [i for i, entry in self._entries.items() if entry.document.kind in terminals]
        more = self._fallback.ids(kinds) if self._fallback else []
        return own + [id_ for id_ in more if id_ not in self.entries]

    # -- compiling

    def shared(self, document: n.Document, source: Source, found: list[Diagnostic],
               path: tuple[str, ...] = (),
               origins: Mapping[int, Source] = MappingProxyType({})) -> Shared:  # fmt: skip
        """What a document takes from the vocabularies that it uses.

        ``origins``, by ``id()`` of a node: the texts of nodes that do not stand in ``source``.
        """
        result = Shared()
        for attribute in document.attributes:
            if attribute.key != "USES":
                continue
            assert isinstance(attribute.value, tuple)
            for name in attribute.value:
                assert isinstance(name, n.Name)
                place = origins.get(id(name), source)
                result.add(self._vocabulary(name, place, found, path))
        return result

    def _vocabulary(
        self, name: n.Name, source: Source, found: list[Diagnostic], path: tuple[str, ...]
    ) -> Shared:
        entry = self.find(name.text)
        if entry is None:
            near = did_you_mean(name.text, self.ids({"vocabulary"}))
            found.append(Diagnostic("M215", source, name.span, {"id": name.text, "near": near}))
            return Shared()
        if entry.document.kind != "VOCABULARY":
            found.append(Diagnostic("M245", source, name.span, {"id": name.text}))
            return Shared()
        if name.text in path:
            cycle = " → ".join([*path[path.index(name.text) :], name.text])
            found.append(Diagnostic("M214", source, name.span, {"cycle": cycle}))
            return Shared()
        if len(path) > MAX_VOCABULARIES:
            found.append(Diagnostic("M246", source, name.span, {"limit": MAX_VOCABULARIES}))
            return Shared()
        if name.text not in self._shared:
            # what is wrong inside the vocabulary is reported when the vocabulary is checked,
            # but for what leaves it without its facts: each of them would seem unknown
            inside: list[Diagnostic] = []
            base = self.shared(entry.document, entry.source, inside, (*path, name.text))
            graver = [d for d in [*inside, *entry.problems] if d.severity == "error"]
            known = declare(entry.document, entry.source, base, inside)
            # each of them once: through a tangle of vocabularies lead more ways than can be told
            once = {(d.code, d.source and d.source.name, d.span): d for d in graver}
            self._shared[name.text] = known, tuple(once.values())
        known, problems = self._shared[name.text]
        known_places = {(d.code, d.span) for d in found}
        found.extend(d for d in problems if (d.code, d.span) not in known_places)
        return known

    def edition(self, id_: str) -> tuple[Edition | None, tuple[Diagnostic, ...]]:
        """A document with its amendments carried out, and everything found on the way.

        ``None`` when there is no such document or an amendment has errors.
        """
        if id_ not in self._editions:
            found: list[Diagnostic] = []
            try:
                edition = edition_of(id_, self.find, _LaterIds(self), found)
            except KeyError:
                edition = None
                details = {"name": id_, "near": did_you_mean(id_, self.ids())}
                found.append(Diagnostic("F008", None, None, details))
            self._editions[id_] = edition, tuple(found)
        return self._editions[id_]

    def policy(self, id_: str, assume: Sequence[str] = ()) -> m.Policy:
        """The compiled policy; :class:`PolicyError` when it has errors or does not exist."""
        policy, found = self.compile(id_, assume)
        if policy is None:
            raise PolicyError([d for d in found if d.severity == "error"])
        return policy

    def compile(
        self, id_: str, assume: Sequence[str] = ()
    ) -> tuple[m.Policy | None, list[Diagnostic]]:
        """The policy (``None`` with errors) and everything found on the way."""
        key = (id_, tuple(assume))
        if key not in self._policies:
            found: list[Diagnostic] = []
            self._policies[key] = self._compile(id_, tuple(assume), found)
            self._reported[key] = in_order(found)
        return self._policies[key], self._reported[key]

    def without_wrong_sums(self, id_: str) -> tuple[m.Policy | None, list[Diagnostic]]:
        """As :meth:`compile`, where full marks that do not add up are the only errors.

        Clauses with such full marks have none; for looking at the rest, not for scoring.
        """
        found: list[Diagnostic] = []
        edition, problems = self.edition(id_)
        found.extend(problems)
        if edition is None:
            return None, in_order(found)
        return self._compile_edition(edition, (), found, wrong_sums=True), in_order(found)

    def _compile(
        self, id_: str, assume: tuple[str, ...], found: list[Diagnostic]
    ) -> m.Policy | None:
        edition, problems = self.edition(id_)
        found.extend(problems)
        return None if edition is None else self._compile_edition(edition, assume, found)

    def compile_edition(
        self, edition: Edition, assume: Sequence[str] = ()
    ) -> tuple[m.Policy | None, list[Diagnostic]]:
        """The policy of an edition that is in no library (drafts merged), and what was found."""
        found: list[Diagnostic] = []
        policy = self._compile_edition(edition, tuple(assume), found)
        return policy, in_order(found)

    def _compile_edition(
        self,
        edition: Edition,
        assume: tuple[str, ...],
        found: list[Diagnostic],
        wrong_sums: bool = False,
    ) -> m.Policy | None:
        document, source = edition.document, edition.source
        origins = dict(edition.sources)
        shared = self.shared(document, source, found, (edition.chain[0],), origins)
        closings: Mapping[int, tuple[m.Closing, ...]] = {}

        def adopt(id_: str) -> n.Document | None:
            entry = self.find(id_)
            if entry is None:
                return None
            origins.update({id(node): entry.source for node in n.walk(entry.document)})
            return entry.document

        for set_id in assume:
            assumed = self._assumption(set_id, edition.chain, found)
            if assumed is None:
                continue
            origins |= {id(node): assumed.source for node in n.walk(assumed.document)}
            shared.add(self.shared(assumed.document, assumed.source, found))
            from policydsl.model.assuming import apply_set

            result = apply_set(
                document, assumed.document, assumed.source, found, adopt, closings,
                _draft(edition, assumed.document),
            )  # fmt: skip
            _carry_origins(document, result.document, origins)
            # the text's own examples state what holds without the set
            own = tuple(s for s in result.document.body if not isinstance(s, n.Example))
            document = replace(result.document, body=(*own, *result.declared))
            closings = result.closings | {
                id(document): result.closings.get(id(result.document), ())
            }
        if has_errors(found):
            return None
        return compile_document(
            document, source, shared, found, closings, assume, origins, wrong_sums
        )

    def _assumption(
        self, set_id: str, chain: Sequence[str], found: list[Diagnostic]
    ) -> Entry | None:
        """A set that applies to the first of the ids, or to one that it is based on."""
        entry = self.find(set_id)
        if entry is None:
            near = did_you_mean(set_id, self.ids({"assumption"}))
            found.append(Diagnostic("F008", None, None, {"name": set_id, "near": near}))
            return None
        document = entry.document
        if document.kind != "ASSUMPTION":
            found.append(Diagnostic("A305", entry.source, document.id.span, {"id": set_id}))
            return None
        if not {name.text for name in document.applies_to} & set(chain):
            details = {
                "id": set_id,
                "policy": chain[0],
                "options": "、".join(self.assumptions_for(chain[0])) or ("没有", "none"),
            }
            found.append(Diagnostic("A302", entry.source, document.id.span, details))
            return None
        return entry

    def assumptions_for(self, policy: str) -> list[str]:
        """Ids of the assumption sets that apply to a policy, or to what it amends."""
        edition, _ = self.edition(policy)
        chain = {policy} if edition is None else set(edition.chain)
        return self._sets_for(chain)

    def _sets_for(self, chain: Set[str]) -> list[str]:
        self._read(self._on_offer({"ASSUMPTION"}, naming=chain))
        own = [
            id_
            for id_, entry in self._entries.items()
            if entry.document.kind == "ASSUMPTION"
            and chain & {name.text for name in entry.document.applies_to}
        ]
        more = self._fallback._sets_for(chain) if self._fallback else []
        return own + [id_ for id_ in more if id_ not in self._entries]


class _LaterIds(Iterable[str]):
    """Ids to choose from where one is not known; asked for only then, since all files are read."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __iter__(self) -> Iterator[str]:
        return iter(self._library.ids(AMENDED))


def _carry_origins(before: n.Document, after: n.Document, origins: dict[int, Source]) -> None:
    """A clause that a set changed still stands in the text that it stood in."""
    old = {id_: clause for _, id_, clause in clauses(before)}
    for _, id_, clause in clauses(after):
        was = old.get(id_)
        if was is not None and id(was) in origins:
            origins.setdefault(id(clause), origins[id(was)])


def _draft(edition: Edition, set_: n.Document) -> Draft | None:
    """The draft that a set is applied to, if it was written for what the draft amends."""
    applies = {name.text for name in set_.applies_to}
    from policydsl.model.assuming import Draft

    nearest = next(id_ for id_ in edition.chain if id_ in applies)
    if nearest == edition.chain[0]:
        return None
    return Draft(edition.chain[0], lambda ref: edition.follow(ref, nearest))


@cache
def bundled() -> Library:
    """The library of the bundled policies."""
    library = Library()
    for path in policy_files(bundled_folder()):
        library.offer_file(path)
    return library


def library_for(path: Path) -> Library:
    """A library of a file or folder, with its folder tree for references, then the bundled ones."""
    library = Library(bundled())
    if path.is_dir():
        for file in policy_files(path):
            library.add_file(file)
        return library
    library.add_file(path)
    neighbours = Library(bundled())
    for file in policy_files(path.resolve().parent):
        if file.name != path.name:
            neighbours.offer_file(file)
    library._fallback = neighbours
    return library


def resolve(target: str | os.PathLike[str]) -> tuple[Library, str]:
    """The library and the id that a path, ``path#id`` or bundled id means.

    Raises :class:`PolicyError`: nothing there, several documents, or syntax errors.
    """
    text = os.fspath(target)
    name, _, wanted = text.partition("#")
    path = Path(name)
    if not path.exists():
        if path.suffix == SUFFIX or os.sep in name:
            raise PolicyError([Diagnostic("F001", None, None, {"path": name})])
        library = bundled()
        if library.find(name) is None:
            details = {"name": name, "near": did_you_mean(name, library.ids())}
            raise PolicyError([Diagnostic("F008", None, None, details)])
        return library, name
    library = library_for(path)
    if has_errors(library.diagnostics):
        raise PolicyError([d for d in library.diagnostics if d.severity == "error"])
    ids = list(library.entries)
    if wanted:
        if wanted not in ids:
            details = {"name": wanted, "near": did_you_mean(wanted, ids)}
            raise PolicyError([Diagnostic("F008", None, None, details)])
        return library, wanted
    scored = library.entries if len(ids) == 1 else {
        id_: e for id_, e in library.entries.items()
        if e.document.kind in ("SCHEME", "ASSESSMENT", "WORK_PLAN")
    }  # fmt: skip
    if not ids:
        raise PolicyError([Diagnostic("F006", None, None, {"path": name})])
    if len(scored) != 1:
        names = "、".join(scored or ids)
        found = {"path": name, "count": len(scored), "names": names}
        raise PolicyError([Diagnostic("F009", None, None, found)])
    return library, next(iter(scored))


Target = str | os.PathLike[str]
"""The id of a policy, or a file."""
Targets = Target | Sequence[Target]
"""One, or several."""


def each_of(given: Targets) -> tuple[str, ...]:
    """The names of one or several: a text is one name, not its letters."""
    if isinstance(given, (str, os.PathLike)):
        return (os.fspath(given),)
    return tuple(os.fspath(name) for name in given)


def load(target: Target, assume: Targets = ()) -> m.Policy:
    """Load a policy from a file, or a bundled one by its id.

    ``assume`` names assumption sets (ids or files) that close open points.  Raises
    :class:`PolicyError` with every finding when there is an error.
    """
    library, id_, sets = located(target, assume)
    return library.policy(id_, sets)


def located(target: Target, assume: Targets = ()) -> tuple[Library, str, list[str]]:
    """The library that has a policy and its assumption sets, and their ids."""
    library, id_ = resolve(target)
    sets: list[str] = []
    for text in each_of(assume):
        if library.find(text) is not None:
            sets.append(text)
            continue
        other, other_id = resolve(text)
        if library is bundled():
            library = Library(bundled())
        entry = other.find(other_id)
        assert entry is not None
        library.entries.setdefault(other_id, entry)
        sets.append(other_id)
    return library, id_, sets


def loads(text: str, name: str = "<text>", assume: str | Sequence[str] = ()) -> m.Policy:
    """Load the only scorable policy of a text; vocabularies may stand in the same text.

    Where it has none, the only amendment of it: the edition that it makes of its base.
    """
    library = Library(bundled())
    library.add_text(text, name)
    if has_errors(library.diagnostics):
        raise PolicyError([d for d in library.diagnostics if d.severity == "error"])
    kinds = {id_: entry.document.kind for id_, entry in library.entries.items()}
    wanted = [id_ for id_, kind in kinds.items() if kind in ("SCHEME", "ASSESSMENT", "WORK_PLAN")]
    wanted = wanted or [id_ for id_, kind in kinds.items() if kind == "AMENDMENT"]
    if len(wanted) != 1:
        details = {"path": name, "count": len(wanted), "names": "、".join(wanted)}
        raise PolicyError([Diagnostic("F009", None, None, details)])
    return library.policy(wanted[0], each_of(assume))
