"""The consultation package: every document of a draft in one folder, whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from policydsl import __version__
from policydsl.drafting import dates as d
from policydsl.drafting import pdf
from policydsl.drafting.changes import change_document, tracked_document
from policydsl.drafting.columns import OfficeColumns, read_columns
from policydsl.drafting.contents import Texts, consulted, short_title
from policydsl.drafting.docxwriter import write_docx
from policydsl.drafting.drafttext import Options, draft_document
from policydsl.drafting.explaining import drafting_note
from policydsl.drafting.htmlwriter import write_html
from policydsl.drafting.impact import Impact, doubts_about, read_impact
from policydsl.drafting.letters import Sender, feedback_form, letter
from policydsl.drafting.paper import Document
from policydsl.drafting.schedule import calendar_file, schedule_document
from policydsl.drafting.working import check_list, duty_document
from policydsl.files import replacing_folder
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.model import policy as m
from policydsl.model.loading import Library, located, resolve
from policydsl.scoring.writing import to_json
from policydsl.simulation.records import meaning_of
from policydsl.versions.comparing import EditionDiff, compare_editions
from policydsl.versions.history import build

MANIFEST = "package.json"
FORMAT = 1
Form = Literal["docx", "html", "pdf"]
FORMS: tuple[Form, ...] = ("docx", "html", "pdf")
Tell = Callable[[str], object]


@dataclass(frozen=True)
class Wanted:
    """What a package is to hold; see ``policydsl package --help``."""

    base: str | None = None
    simulation: Path | None = None
    assume: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ("docx",)
    issued: date | None = None
    days: int = d.USUAL_DAYS
    published: date | None = None
    in_force: date | None = None
    start: date | None = None
    texts: Texts = "own"
    sender: Sender = field(default_factory=Sender)
    template: Path | None = None
    columns: Path | None = None
    overwrite: bool = False


@dataclass(frozen=True)
class Package:
    """The documents of a package by their file names (without suffix), and other files."""

    policy: m.Policy
    documents: Mapping[str, Document]
    files: Mapping[str, bytes]
    diff: EditionDiff | None
    impact: Impact | None
    notes: tuple[str, ...] = ()


def forms_of(text: str) -> tuple[Form, ...]:
    """``docx,html`` as forms; raises :class:`PolicyError` (W910)."""
    found = [part.strip().lower() for part in text.replace("，", ",").split(",") if part.strip()]
    for part in found or [text]:
        if part not in FORMS:
            raise PolicyError([Diagnostic("W910", None, None, {"value": part})])
    return tuple(cast("Form", part) for part in dict.fromkeys(found))


# -- the documents


def make_package(target: str, wanted: Wanted) -> Package:
    """The documents for a policy (id or file).  Raises :class:`PolicyError`."""
    library, id_, sets = located(target, wanted.assume)
    policy = consulted(library.policy(id_, sets))
    diff = None if wanted.base is None else _compared(library, policy, wanted.base)
    impact = None if wanted.simulation is None else read_impact(wanted.simulation)
    columns = OfficeColumns() if wanted.columns is None else read_columns(wanted.columns)
    days = d.plan_days(policy, wanted.issued, wanted.days, wanted.published, wanted.in_force)
    titles = _titles(library, policy, diff)
    doubts = [] if impact is None else doubts_about(impact, policy)
    notes = list(doubts)
    taken = wanted.in_force
    stated = policy.meta.in_force
    if taken is None and days.in_force_from is not None and (stated is None or stated.open):
        taken = days.in_force_from.day
        days = replace(days, in_force=taken)
        notes.append(f"施行日期{d.day_text(taken)}是按公布之日起{d.DAYS_TO_FORCE}日后推算的")
    options = Options(wanted.texts, taken, titles)
    if policy.assumed:
        notes.append(
            f"本稿用了假设集{'、'.join(policy.assumed)}，其中的数字不是文件的规定，发出前须去掉或确认"
        )
    annexes = ["征求意见反馈单", f"{short_title(policy)[0]}（征求意见稿）", "起草说明"]
    if diff is not None:
        annexes.append("修改对照表")
    documents: dict[str, Document] = {}
    if d.procedure_of(policy.kind) == "normative":
        documents["征求意见公告"] = letter(policy, days, wanted.sender, annexes, "公告")
    documents["征求意见函"] = letter(policy, days, wanted.sender, annexes)
    documents["附件1 征求意见反馈单"] = feedback_form(policy, days)
    documents["附件2 征求意见稿"] = draft_document(policy, columns, options, "附件2")
    versions = _version_names(impact, policy, diff, titles)
    documents["附件3 起草说明"] = drafting_note(
        policy, days, diff, impact, versions, "附件3", doubts
    )
    if diff is not None:
        reasons = _reasons(library, policy.id)
        documents["附件4 修改对照表"] = change_document(diff, "附件4", reasons)
        documents["修订标记稿"] = tracked_document(diff, options)
    duties = duty_document(policy)
    if duties is not None:
        documents["职责分工清单"] = duties
    documents["流程日历"] = schedule_document(policy, days, wanted.start)
    files: dict[str, bytes] = {}
    calendar = calendar_file(policy, days, wanted.start)
    if calendar is not None:
        files["流程日历.ics"] = calendar
    documents["核对清单（起草人自用）"] = check_list(policy, days, documents, diff, notes)
    return Package(policy, documents, files, diff, impact, tuple(notes))


def _compared(library: Library, policy: m.Policy, base: str) -> EditionDiff:
    """The policy against its base, with what is known of the way from one to the other."""
    entry = library.find(base)
    if entry is not None:
        older = library.policy(base)
        lineage = build(library).between(base, policy.id) if base != policy.id else None
        return compare_editions(consulted(older), policy, lineage)
    other, id_ = resolve(base)
    older = consulted(other.policy(id_))
    return compare_editions(older, policy, None)


def _titles(
    library: Library, policy: m.Policy, diff: EditionDiff | None
) -> Callable[[str], str | None]:
    known: dict[str, str | None] = {policy.id: policy.title}
    if diff is not None:
        known[diff.older.id] = diff.older.title

    def title(id_: str) -> str | None:
        if id_ not in known:
            entry = library.find(id_)
            text = entry.document.title if entry is not None else None
            known[id_] = getattr(text, "value", text) if text is not None else _stub(library, id_)
        found = known[id_]
        return None if found is None else found.partition("（征求意见稿")[0]

    return title


def _stub(library: Library, id_: str) -> str | None:
    """The title of a document that a history knows by its title only."""
    edition = build(library).editions.get(id_)
    return None if edition is None else edition.title


def _reasons(library: Library, id_: str) -> dict[str, str]:
    """Reasons that an amendment gives, by the ids of the clauses that it makes or changes."""
    edition, _ = library.edition(id_)
    if edition is None or edition.consolidation is None:
        return {}
    return {
        after: change.reason
        for change in edition.consolidation.changes
        if change.reason
        for after in (*change.after, *change.before)
    }


def _version_names(
    impact: Impact | None,
    policy: m.Policy,
    diff: EditionDiff | None,
    titles: Callable[[str], str | None],
) -> dict[str, str]:
    """What the versions of a simulation are called in a text for readers."""
    names: dict[str, str] = {}
    for version in () if impact is None else impact.figures["versions"]:
        label, id_ = version["label"], version["policy"]
        if id_ == policy.id:
            names[label] = "本稿"
        elif diff is not None and id_ == diff.older.id:
            names[label] = "原文件"
        else:
            names[label] = titles(id_) or label
    return names


# -- the folder


def write_package(
    target: str, folder: Path, wanted: Wanted, tell: Tell = lambda name: None
) -> tuple[Package, list[str]]:
    """Make a package and put it into a folder; returns it with the names of its files.

    The folder is made beside its place and put there whole.  An older package there is replaced,
    unless somebody has changed or added files (W912).  Raises :class:`PolicyError`.
    """
    if "pdf" in wanted.forms:
        pdf.needed()
    base = None if wanted.template is None else _template(wanted.template)
    _unchanged(folder, wanted.overwrite)
    made = make_package(target, wanted)
    with replacing_folder(folder, MANIFEST) as inside:
        word: list[Path] = []
        for name, document in made.documents.items():
            tell(name)
            if "docx" in wanted.forms or "pdf" in wanted.forms:
                path = inside / f"{name}.docx"
                path.write_bytes(write_docx(document, base))
                word.append(path)
            if "html" in wanted.forms:
                (inside / f"{name}.html").write_bytes(write_html(document))
        if "pdf" in wanted.forms:
            tell("PDF")
            pdf.convert(word, inside)
            if "docx" not in wanted.forms:
                for path in word:
                    path.unlink()
        for name, content in made.files.items():
            (inside / name).write_bytes(content)
        names = sorted(path.name for path in inside.iterdir())
        record = _manifest(target, made, wanted, inside, names)
        (inside / MANIFEST).write_text(to_json(record) + "\n", encoding="utf-8")
    return made, [*names, MANIFEST]


def _template(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        problem = f"{path}：{error.strerror or error}"
        raise PolicyError([Diagnostic("W903", None, None, {"problem": problem})]) from error


def _manifest(
    target: str, made: Package, wanted: Wanted, inside: Path, names: Sequence[str]
) -> dict[str, Any]:
    """What the package was made from, and a hash of each of its files."""
    impact = made.impact
    return {
        "format": FORMAT,
        "policydsl": __version__,
        "policy": made.policy.id,
        "title": made.policy.title,
        "sha256": meaning_of(made.policy),
        "base": None if made.diff is None else made.diff.older.id,
        "base_sha256": None if made.diff is None else meaning_of(made.diff.older),
        "assume": list(made.policy.assumed),
        "simulation": None if impact is None else impact.record.get("figures_sha256"),
        "issued": _iso(wanted.issued),
        "days": wanted.days,
        "published": _iso(wanted.published),
        "in_force": _iso(wanted.in_force),
        "files": {name: _digest(inside / name) for name in names},
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _unchanged(folder: Path, overwrite: bool) -> None:
    """Refuse to replace a package in which somebody has worked (W912)."""
    manifest = folder / MANIFEST
    if overwrite or not manifest.is_file():
        return
    try:
        known = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        changed = [
            p.name
            for p in folder.iterdir()
            if p.name != MANIFEST and (not p.is_file() or _digest(p) != known.get(p.name))
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        changed = [MANIFEST]
    if changed:
        details = {"path": str(folder), "names": "、".join(sorted(changed)[:5])}
        raise PolicyError([Diagnostic("W912", Source(str(folder), ""), None, details)])
