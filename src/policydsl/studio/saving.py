"""A draft as a file: as a 修订 of what it was made from, or as the text that it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, has_errors
from policydsl.language.keywords import Language
from policydsl.language.parsing import parse_text
from policydsl.language.paths import clause_key
from policydsl.language.printing import print_file
from policydsl.model.finding import ClauseIndex
from policydsl.model.loading import Library
from policydsl.simulation.drafts import version_in
from policydsl.studio.drafts import Draft
from policydsl.studio.telling import refused
from policydsl.versions.diffing import diff
from policydsl.versions.matching import canonical

MOST_TITLE = 200
MOST_REASON = 2_000
_ID = re.compile(r"[^\W_][\w·.-]{0,79}")


def amendment_text(
    draft: Draft, id_: str, title: str, reasons: Mapping[str, str], known: Library
) -> tuple[str, tuple[str, ...]]:  # fmt: skip
    """The text of the 修订 that makes the draft of what it is based on, and the clauses it names.

    ``known`` are the documents that are there; ``reasons`` by clause.  What is written is read
    again and gives the draft.  Raises :class:`PolicyError`: J927 (it does not), J928 (id), J933
    (nothing changed), and what the two texts cannot be told apart by.
    """
    _check_names(id_, title, reasons, draft, known)
    if draft.document is None or draft.version is None:
        raise PolicyError([d for d in draft.findings if d.severity == "error"])
    amendment, base = _amendment(draft, id_, title)
    if not any(isinstance(x, (*_OPERATIONS, n.Deadline)) for x in amendment.body):
        raise refused(409, "J933")
    amendment, named = _with_reasons(amendment, base, reasons)
    text = draft.text
    if amendment != draft.document:
        language: Language = "zh" if re.search(r"[一-鿿]", draft.text[:400]) else "en"
        try:
            text = print_file(n.File((amendment,)), language)
        except ValueError as error:
            raise refused(400, "J928", id=id_, problem=str(error)) from None
    _verified(text, id_, draft, known)
    return text, named


_OPERATIONS = (n.Modify, n.Insert, n.Repeal, n.Move, n.Rename, n.Renumber, n.Split, n.Merge)


def _check_names(
    id_: str, title: str, reasons: Mapping[str, str], draft: Draft, known: Library
) -> None:
    if not _ID.fullmatch(id_):
        raise refused(
            400, "J928", id=id_[:80], problem=("字符不对", "characters that it cannot have")
        )
    own = draft.document is not None and draft.document.id.text == id_
    if not own and known.find(id_) is not None:
        problem = ("已经有这个标识的文件", "a document has it already")
        raise refused(409, "J928", id=id_, problem=problem)
    for text, limit in ((title, MOST_TITLE), *((r, MOST_REASON) for r in reasons.values())):
        if len(text) > limit or not text.replace("\n", " ").isprintable():
            problem = (
                "题名或理由太长，或者有不能显示的字符",
                "title or reason too long, or unprintable",
            )
            raise refused(400, "J928", id=id_, problem=problem)


def _amendment(draft: Draft, id_: str, title: str) -> tuple[n.Document, n.Document]:
    """The amendment as a tree, and the document whose clauses it names."""
    document = draft.document
    assert document is not None
    shown = title.strip() or document.title
    if document.kind == "AMENDMENT":
        base_id = "" if document.based_on is None else document.based_on.text
        edition, found = draft.library.edition(base_id)
        if edition is None:
            raise PolicyError(found)
        return _renamed(document, id_, shown), edition.document
    base = next((d for d in draft.paper.result.file.documents if d.id.text == draft.opened), None)
    if base is None:
        raise PolicyError(draft.paper.result.diagnostics)
    made = diff(base, replace(document, id=n.Name(id_), title=shown))
    return made, base


def _renamed(document: n.Document, id_: str, title: Any) -> n.Document:
    if document.id.text == id_ and document.title == title:
        return document
    return replace(document, id=n.Name(id_), title=title)


def _with_reasons(
    amendment: n.Document, base: n.Document, reasons: Mapping[str, str]
) -> tuple[n.Document, tuple[str, ...]]:
    """The amendment with the reasons of its operations, and the clauses that these name."""
    index = ClauseIndex(base)
    body: list[n.Statement] = []
    named: list[str] = []
    for statement in amendment.body:
        key = _key(statement, index)
        if key is not None:
            named.append(key)
            reason = reasons.get(key, "").replace("\n", " ").strip()
            if reason:
                statement = _reasoned(statement, reason)
        body.append(statement)
    return replace(amendment, body=tuple(body)), tuple(named)


def _key(statement: n.Statement, index: ClauseIndex) -> str | None:
    """The clause that an operation is about, by its id."""
    if isinstance(statement, n.Insert):
        inside = ""
        if statement.target is not None:
            around = _id(index, statement.target)
            inside = around if statement.place == "INSIDE" else around.rpartition("/")[0]
        key = clause_key(statement.clause)
        return f"{inside}/{key}" if inside else key
    if isinstance(statement, n.Merge):
        return _id(index, statement.targets[0])
    named = (n.Modify, n.Repeal, n.Move, n.Rename, n.Renumber, n.Split)
    if isinstance(statement, named):
        return "" if statement.target is None else _id(index, statement.target)
    return None


def _id(index: ClauseIndex, ref: n.ClauseRef) -> str:
    found = index.find(ref)
    return index.ids[found[0]] if found else ref.steps[-1].label or ""


def _reasoned(statement: n.Statement, reason: str) -> n.Statement:
    new = n.Attribute("REASON", n.TextValue(reason))
    if isinstance(statement, n.Modify):
        parts = [
            p for p in statement.parts if not (isinstance(p, n.Attribute) and p.key == "REASON")
        ]
        return replace(statement, parts=(*parts, new))
    held = cast(Any, statement)
    kept = tuple(a for a in held.attributes if a.key != "REASON")
    return cast(n.Statement, replace(held, attributes=(*kept, new)))


def _verified(text: str, id_: str, draft: Draft, known: Library) -> None:
    """What is to be written, read again, is the draft; else J927, or what is wrong with it."""
    result = parse_text(text, f"{id_}.policy")
    if has_errors(result.diagnostics):
        raise PolicyError(result.diagnostics)
    library = Library(known)
    library.add_parsed(result)
    made = version_in(library, id_, draft.sets, draft.before)
    assert draft.version is not None
    wanted, found = draft.version.policy.document, made.policy.document
    same = wanted is not None and found is not None and _bodies(wanted) == _bodies(found)
    if not same:
        raise PolicyError([Diagnostic("J927", result.source)])


def _bodies(document: n.Document) -> Sequence[n.Statement]:
    """What a document says, but for its heading."""
    return canonical(replace(document, attributes=())).body
