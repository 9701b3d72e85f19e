"""The fixes of findings, and texts put right by those that are safe or were chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from policydsl.language.diagnostics import Diagnostic, Source, has_errors, in_order
from policydsl.language.parsing import ParseResult, parse_text
from policydsl.model.kinds import DOCUMENT_KINDS
from policydsl.model.loading import Library, bundled, policy_files
from policydsl.review.context import Context
from policydsl.review.findings import Review
from policydsl.review.fixing import modelling, points, spelling, tiers, wording
from policydsl.review.fixing.edits import Fix, apart, applied
from policydsl.review.fixing.place import Place, Text
from policydsl.review.fixing.registry import fixers
from policydsl.review.running import AMENDED, context_of, review

FIXING = (spelling, modelling, points, tiers, wording)
"""The modules whose fixers are known; importing them registers these."""

MOST_ROUNDS = 20
"""A text is looked at anew after each round of fixes, so often at most."""


def fixes(place: Place, suppress: bool = True) -> tuple[Fix, ...]:
    """The ways to put a finding right, the likeliest first; ``suppress``: also 免查.

    Only what stands in the text of the place is changed: a finding of a base, of a vocabulary or
    of another file has no fix here.
    """
    source = place.found.source
    if source is None or source.name != place.text.source.name or place.found.span is None:
        return ()
    found: list[Fix] = []
    for run in fixers(place.found.code):
        found.extend(run(place))
    if suppress:
        found.extend(wording.suppressed(place))
    seen: set[tuple[object, ...]] = set()
    kept = []
    for fix in found:
        if fix.edits and fix.edits not in seen and _changes(place.source, fix):
            seen.add(fix.edits)
            kept.append(fix)
    return tuple(kept)


def _changes(text: str, fix: Fix) -> bool:
    return any(text[e.span.start : e.span.end] != e.text for e in fix.edits)


# -- everything that is found in a text


@dataclass(frozen=True)
class Looked:
    """A text with all that is found in it, and what each finding may be put right with."""

    text: Text
    places: tuple[Place, ...]
    reviews: tuple[tuple[Context, Review], ...] = ()

    @property
    def found(self) -> list[Diagnostic]:
        """The findings, in order."""
        return in_order(place.found for place in self.places)


def look(
    source: Source, library: Library, result: ParseResult | None = None,
    codes: Sequence[str] = (), stop: Callable[[], bool] = lambda: False,
) -> Looked:  # fmt: skip
    """Check and review a text among the documents of a library; it must be part of that.

    ``codes`` limits what is looked for in the review; ``stop`` is as in :func:`review`.
    """
    result = result or parse_text(source.text, source.name)
    text = Text(result.source, result.file.documents)
    places = [Place(text, each, library=library) for each in result.diagnostics]
    reviews: list[tuple[Context, Review]] = []
    if not has_errors(result.diagnostics):
        for document in text.documents:
            entry = library.find(document.id.text)
            if entry is None or entry.source.name != source.name:
                continue
            policy, found = library.compile(document.id.text)
            if policy is None or DOCUMENT_KINDS[document.kind] not in AMENDED:
                places.extend(Place(text, each, library=library) for each in found)
                continue
            context = context_of(policy, library, None, stop)
            made = review(policy, library=library, codes=codes, told=found, context=context)
            reviews.append((context, made))
            places.extend(Place(text, f.diagnostic, f, context, library) for f in made.complaints)
    return Looked(text, tuple(places), tuple(reviews))


def neighbours_of(path: Path) -> Library:
    """The other files of a file's folder tree, then the bundled ones."""
    library = Library(bundled())
    for file in policy_files(path.resolve().parent):
        if file != path.resolve():
            library.offer_file(file)
    return library


# -- putting right


@dataclass(frozen=True)
class Step:
    """A fix that was carried out, and the finding that it was for, as it stood then."""

    found: Diagnostic
    fix: Fix


@dataclass(frozen=True)
class Mended:
    """A text after its fixes; ``left`` is what is found in it now."""

    old: Source
    text: str
    steps: tuple[Step, ...]
    left: tuple[Place, ...] = field(default=())

    @property
    def changed(self) -> bool:
        """Whether there was anything to do."""
        return self.text != self.old.text


def mend(
    source: Source, neighbours: Library, codes: Sequence[str] = (),
    choices: Mapping[str, int] = {},
) -> Mended:  # fmt: skip
    """Put a text right with the fixes that are safe, and with those that were chosen.

    ``neighbours`` holds the other texts; ``codes`` limits what is mended; ``choices`` are numbers
    (from 1) of the fixes of a code.  Each fix is looked at before it is kept: its finding is gone
    and no new error has come.
    """
    text, steps = source.text, []
    refused: set[tuple[str, str, str]] = set()
    looked = _look(source.name, text, neighbours)
    for _ in range(MOST_ROUNDS):
        batch = _batch(looked, codes, choices, refused)
        if not batch:
            break
        made = _tried(source.name, text, looked, batch, neighbours)
        if made is None and len(batch) > 1:
            batch = batch[:1]
            made = _tried(source.name, text, looked, batch, neighbours)
        if made is None:
            refused.add(_key(batch[0]))
            continue
        text, looked = made
        steps.extend(batch)
    return Mended(source, text, tuple(steps), looked.places)


def _look(name: str, text: str, neighbours: Library) -> Looked:
    library = Library(neighbours)
    result = library.add_text(text, name)
    return look(result.source, library, result)


def _batch(
    looked: Looked, codes: Sequence[str], choices: Mapping[str, int],
    refused: set[tuple[str, str, str]],
) -> list[Step]:  # fmt: skip
    """The fixes of this round: at most one for each finding, none touching another."""
    batch: list[Step] = []
    for place in looked.places:
        if codes and place.found.code not in codes:
            continue
        fix = _wanted(fixes(place), choices.get(place.found.code))
        step = None if fix is None else Step(place.found, fix)
        if fix is None or step is None or _key(step) in refused:
            continue
        if all(apart(fix.edits, other.fix.edits) for other in batch):
            batch.append(step)
    return batch


def _wanted(found: Sequence[Fix], choice: int | None) -> Fix | None:
    if choice is not None:
        return found[choice - 1] if 1 <= choice <= len(found) else None
    return next((fix for fix in found if fix.safe), None)


def _key(step: Step) -> tuple[str, str, str]:
    return step.found.code, step.found.message("zh"), step.fix.title[0]


def _tried(
    name: str, text: str, before: Looked, batch: Iterable[Step], neighbours: Library
) -> tuple[str, Looked] | None:
    """The text after a round, if each finding is gone and no error is new."""
    steps = list(batch)
    try:
        new = applied(text, (edit for step in steps for edit in step.fix.edits))
    except ValueError:
        return None
    after = _look(name, new, neighbours)
    gone = _counted(before.found)
    now = _counted(after.found)
    for step in steps:
        key = step.found.code, step.found.message("zh")
        if now.get(key, 0) >= gone[key]:
            return None
    # where the text could not be read before, what it says is looked at only now
    if _errors(after, "P") > _errors(before, "P"):
        return None
    if not _errors(before, "P") and _errors(after) > _errors(before):
        return None
    return new, after


def _errors(looked: Looked, letter: str = "") -> int:
    return sum(d.severity == "error" and d.code.startswith(letter) for d in looked.found)


def _counted(found: Iterable[Diagnostic]) -> dict[tuple[str, str], int]:
    count: dict[tuple[str, str], int] = {}
    for each in found:
        key = each.code, each.message("zh")
        count[key] = count.get(key, 0) + 1
    return count
