"""What the page asks for, answered: one method for each question, plain data in and out.

The desk keeps no draft: every question brings the text that it is about.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import RLock
from time import monotonic, perf_counter, sleep
from typing import Any

from policydsl import __version__
from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.keywords import Language
from policydsl.language.parsing import parse_text
from policydsl.model.kinds import DOCUMENT_KINDS
from policydsl.model.loading import bundled
from policydsl.model.policy import Policy
from policydsl.review.running import review
from policydsl.simulation.records import meaning_of
from policydsl.studio import documents as d
from policydsl.studio import telling as t
from policydsl.studio.asking import Reader
from policydsl.studio.drafts import Draft, Drafts
from policydsl.studio.jobs import Job, Jobs, Overtaken
from policydsl.studio.keeping import Kept
from policydsl.studio.making import comparison_page, make_package, zipped
from policydsl.studio.people import Places, Populations, groupings, told_persons
from policydsl.studio.returning import returned
from policydsl.studio.saving import amendment_text
from policydsl.studio.workspace import BUNDLED, Paper, Workspace

Data = dict[str, Any]

SHOWN = ("SCHEME", "ASSESSMENT", "WORK_PLAN", "AMENDMENT")
WAIT = 2.5
"""So many seconds a trial waits for its effect; a longer one goes on as a job."""


class Desk:
    """Everything that a server knows: the folder, the populations, the jobs, the files made."""

    def __init__(self, folder: Path, population: str | None = None, n: int | None = None):
        self.workspace = Workspace(folder)
        self.drafts = Drafts(self.workspace)
        self._documents = Kept(8)
        self._reviews = Kept(8)
        self.reviewing = RLock()
        self.populations = Populations(self.workspace)
        self.jobs = Jobs()
        self.lock = RLock()
        self.default = (population, n)
        self.made: dict[str, Path] = {}
        self._scratch = Path(tempfile.mkdtemp(prefix="policydsl-studio-"))

    def close(self) -> None:
        """Stop all work and remove what was only made to be looked at."""
        self.jobs.stop()
        shutil.rmtree(self._scratch, ignore_errors=True)

    # -- what there is

    def desk(self) -> Data:
        """The policies, the populations and the jobs."""
        with self.lock:
            library = self.workspace.library()
            papers = self.workspace.papers()
            told = [self._listed(paper, doc) for paper in papers for doc in _shown(paper)]
            own = {doc.id.text for paper in papers for doc in _shown(paper)}
            for id_ in bundled().ids(("scheme", "assessment", "work_plan", "amendment")):
                if id_ not in own:
                    paper, _ = self.workspace.paper(id_)
                    document = next(x for x in _shown(paper) if x.id.text == id_)
                    told.append(self._listed(paper, document))
            for each in told:
                each["assumptions"] = library.assumptions_for(each["id"])
            broken = [
                {"file": p.name, "stamp": p.stamp, "findings": t.findings(p.result.diagnostics)}
                for p in papers if not p.result.file.documents and p.result.diagnostics
            ]  # fmt: skip
        return {
            "folder": str(self.workspace.root), "version": __version__, "policies": told,
            "broken": broken, "populations": self.populations.told(),
            "population": self.default[0], "n": self.default[1],
            "jobs": [job.told() for job in self.jobs.all()],
        }  # fmt: skip

    def _listed(self, paper: Paper, document: n.Document) -> Data:
        id_ = document.id.text
        title = document.title or id_
        scenes = [
            {"name": c.name.text, "title": t.both(c.name.text), "quota": _quota(c)}
            for c in n.walk(document) if isinstance(c, n.Clause) and c.kind == "SCENE" and c.name
        ]  # fmt: skip
        return {
            "ref": ref_of(paper, id_), "id": id_, "title": t.both(title, _english(document)),
            "kind": DOCUMENT_KINDS[document.kind], "district": _region(document),
            "file": paper.name.removeprefix(BUNDLED), "own": paper.own,
            "base": None if document.based_on is None else document.based_on.text,
            "errors": sum(x.severity == "error" for x in paper.result.diagnostics),
            "scenes": scenes,
        }  # fmt: skip

    def policy(self, ref: str, assume: Sequence[str] | None) -> Data:
        """A policy as it stands in its file."""
        with self.lock:
            draft = self.drafts.opened(ref, None, assume)
            told = self._told(draft)
            paper = draft.paper
            document = draft.document
            told |= {
                "ref": ref_of(paper, draft.opened),
                "id": draft.opened,
                "file": paper.name.removeprefix(BUNDLED),
                "own": paper.own,
            }
            policy = draft.policy or (draft.before.policy if draft.before else None)
            told |= self._choices(policy)
            told["assumptions"] = self._sets(draft)
            told["before_name"], told["after_name"] = _names(draft)
            if document is not None:
                told["title"] = t.both(document.title or draft.opened, _english(document))
        return told

    def _told(self, draft: Draft) -> Data:
        """A draft without what it does."""
        policy = draft.policy
        document = draft.document
        numbers = None
        if policy is not None:
            numbers = d.numbers_of(draft.numbers, policy)
        return {
            "text": draft.text, "stamp": draft.paper.stamp,
            "kind": None if document is None else DOCUMENT_KINDS[document.kind],
            "draft_id": None if document is None else document.id.text,
            "assume": list(draft.sets), "findings": d.check_findings(draft), "numbers": numbers,
            "document": None if policy is None else d.document_of(policy, draft),
        }  # fmt: skip

    def _choices(self, policy: Policy | None) -> Data:
        if policy is None:
            return {"scenes": [], "groupings": [], "populations": []}
        fitting = self.populations.suiting(policy)
        return {
            "scenes": [
                {"name": s.name, "title": t.both(s.name, s.clause.english), "quota": s.quota,
                 "ties": s.ties} for s in policy.scenes
            ],
            "populations": fitting,
            "groupings": groupings(self.populations.spec(fitting[0]), policy) if fitting else [],
        }  # fmt: skip

    def _sets(self, draft: Draft) -> list[Data]:
        told = []
        for id_ in draft.library.assumptions_for(draft.opened):
            entry = draft.library.find(id_)
            title = id_ if entry is None else entry.document.title or id_
            english = None if entry is None else _english(entry.document)
            told.append({"name": id_, "title": t.both(title, english)})
        return told

    # -- trials

    def try_(self, data: Mapping[str, Any]) -> Data:
        """A draft: what is wrong with it, what it says, what it does."""
        begun = perf_counter()
        read = Reader(data)
        ref, text, assume = read.text("ref"), read.text_or_none("text"), read.texts("assume")
        changes = read.changes()
        places = Places(read.text_or_none("scene"), read.whole("quota"), read.text_or_none("by"))
        lane = read.text_or_none("client") or ref
        turn = lane, self.jobs.asked(lane, read.ticket())
        with self.lock:
            draft = self.drafts.opened(ref, text, assume)
            moved: list[str] = []
            if changes:
                made = draft.changed(changes)
                moved = list(changes)
                draft = self.drafts.opened(ref, made.text, assume)
            back = [*changes, *(read.texts("back") or ())]
            if back:
                draft = returned(
                    self.drafts.opened(ref, None, assume), draft, back,
                    lambda text: self.drafts.opened(ref, text, assume),
                )  # fmt: skip
            told = self._told(draft)
            whole = told.pop("document")
            before, after = draft.before, draft.version
            hashes = ["" if v is None else meaning_of(v.policy) for v in (before, after)]
            old: list[Data] = []
            if before is not None:
                known = before.policy
                old = self._documents.made(hashes[0], lambda: d.document_of(known))
            persons = None
            if before is not None:
                people = self.populations.persons(before.policy, hashes[0])
                persons = told_persons(
                    people, before.policy, None if after is None else after.policy
                )
        answer: Data = {
            "ticket": data.get("ticket"), **told, "changed": moved,
            "keys": None if whole is None else [entry["key"] for entry in whole],
            "document": None if whole is None else d.changed_entries(old, whole),
            "typical": persons, "effect": None, "preparing": None, "effect_findings": [],
            "changed_on_disk": "stamp" in data and data["stamp"] != draft.paper.stamp,
        }  # fmt: skip
        if before is not None and after is not None and data.get("population") is not None:
            answer |= self._effect(
                data["population"],
                places,
                (before.policy, hashes[0]),
                (after.policy, hashes[1]),
                draft,
                turn,
            )
        answer["milliseconds"] = round((perf_counter() - begun) * 1000)
        return answer

    def _effect(
        self, population: Any, places: Places, before: tuple[Policy, str],
        after: tuple[Policy, str], draft: Draft, turn: tuple[str, int],
    ) -> Data:  # fmt: skip
        """The effect, if it is there within ``WAIT`` seconds; else the job that works on it.

        ``turn`` is the lane of the question and its place there: only one that a newer question
        of its lane has overtaken goes without both.
        """
        try:
            asked = self.populations.asked(population, before[0])
            assert asked is not None
            key = self.populations.effect_key(asked, places, before[1], after[1])
            end = monotonic() + WAIT
            while (found := self.populations.known_effect(key)) is None:
                job = self.jobs.start(
                    "effect", key, ("测算草案的影响", "what the draft does"),
                    lambda job: self.populations.effect(key, asked, places, before, after, job)
                    and None,
                    *turn,
                )  # fmt: skip
                while job.state == "running" and monotonic() < end:
                    sleep(0.005)
                if job.state == "running":
                    return {"preparing": job.id}
                if job.state == "failed":
                    raise PolicyError(job.problems)
                # else it is known now, or was stopped for somebody else: it is begun again
        except Overtaken:
            return {"superseded": True}
        except t.Refused:
            raise
        except PolicyError as error:
            return {"effect_findings": t.findings(error.diagnostics)}
        names = _names(draft)
        sets = [s for v in (draft.before, draft.version) if v is not None for s in v.policy.assumed]
        assumed = [f"假设集 {name}" for name in dict.fromkeys(sets)]
        found = {**found, "before_name": names[0], "after_name": names[1]}
        found["assumptions"] = [*assumed, *found["assumptions"]]
        return {"effect": found, "exact": found["exact"]}

    def review(self, data: Mapping[str, Any]) -> Data:
        """The review of a draft."""
        read = Reader(data)
        with self.lock:
            draft = self.drafts.opened(
                read.text("ref"), read.text_or_none("text"), read.texts("assume")
            )
        if draft.policy is None or draft.version is None:
            return {"findings": [], "ticket": data.get("ticket")}
        policy = draft.policy
        with self.reviewing:  # one after the other: they are heavy, and often of the same text
            told = self._reviews.made(
                meaning_of(policy) + draft.text,
                lambda: d.review_findings(review(policy, library=draft.library).complaints),
            )
        known = {(f["code"], f["line"], f["file"]) for f in d.check_findings(draft)}
        fresh = [f for f in told if (f["code"], f["line"], f["file"]) not in known]
        return {"findings": fresh, "ticket": data.get("ticket")}

    def prepare(self, data: Mapping[str, Any]) -> Data:
        """Make a population before it is needed."""
        read = Reader(data)
        with self.lock:
            draft = self.drafts.opened(
                read.text("ref"), read.text_or_none("text"), read.texts("assume")
            )
        versions = [v.policy for v in (draft.before, draft.version) if v is not None]
        if not versions:
            raise PolicyError([x for x in draft.findings if x.severity == "error"])
        asked = self.populations.asked(data.get("population"), versions[0])
        if asked is None:
            raise t.refused(400, "J916", field="population", problem=("没有", "missing"))
        job = self.jobs.start(
            "population", asked, ("准备人口", "preparing the population"),
            lambda job: self.populations.people(asked, versions, job) and None, "",
        )  # fmt: skip
        return {"job": job.id}

    # -- saving

    def save(self, data: Mapping[str, Any]) -> Data:
        """Write the draft, as a 修订 or as the text that it is."""
        read = Reader(data)
        ref, file, way = read.text("ref"), read.text("file"), read.text_or_none("as") or "amendment"
        if way not in ("amendment", "text"):
            wanted = ("只能是 amendment 或 text", "amendment or text is wanted")
            raise t.refused(400, "J916", field="as", problem=wanted)
        with self.lock:
            draft = self.drafts.opened(ref, read.text_or_none("text"), read.texts("assume"))
            changes = read.changes()
            if changes:
                made = draft.changed(changes)
                draft = self.drafts.opened(ref, made.text, read.texts("assume"))
            if data.get("stamp") not in (None, draft.paper.stamp):
                raise self.workspace.conflict("J913", draft.paper.name, draft.paper)
            text, named = draft.text, tuple[str, ...]()
            id_ = draft.opened if draft.document is None else draft.document.id.text
            if way == "amendment":
                id_ = read.text("id")
                text, named = amendment_text(
                    draft, id_, read.text_or_none("title") or "", read.reasons(),
                    self.workspace.library(),
                )  # fmt: skip
            self.workspace.policy_path(file)
            self._alone(file, text)
            errors = 0
            if way == "text":  # a 修订 that is written is read again, and has none
                errors = sum(x.severity == "error" for x in draft.findings)
            if errors and data.get("anyway") is not True:
                raise t.Refused(
                    409, Diagnostic("J937", None, None, {"count": errors}), more={"errors": errors}
                )
            if data.get("dry"):
                return {"text": text, "named": list(named), "file": file, "errors": errors}
            stamp = self.workspace.save(file, text, read.text_or_none("replace"))
        return {"ref": f"{file}#{id_}", "file": file, "stamp": stamp, "text": text,
                "named": list(named), "errors": errors}  # fmt: skip

    def _alone(self, file: str, text: str) -> None:
        """Refuse ids that another file of the folder has (J928): one of the two would be lost."""
        documents = parse_text(text, file).file.documents
        ids = {document.id.text for document in documents}
        for paper in self.workspace.papers():
            for document in paper.result.file.documents if paper.name != file else ():
                if document.id.text in ids:
                    where = (f"{paper.name} 里已经有", f"{paper.name} has it already")
                    raise t.refused(409, "J928", id=document.id.text, problem=where)

    # -- comparison and package

    def compare(self, data: Mapping[str, Any]) -> Data:
        """A comparison's own page, made in the background."""
        read = Reader(data)
        refs = read.texts("refs") or []
        text = read.text_or_none("text")
        language: Language = "en" if data.get("lang") == "en" else "zh"
        assume = read.texts("assume")
        if len(refs) < 1 or len(refs) > 8:
            raise t.refused(
                400, "J916", field="refs", problem=("要二到八份", "two to eight are wanted")
            )
        with self.lock:
            drafts = [self.drafts.opened(refs[0], text, assume)]
            drafts += [self.drafts.opened(ref) for ref in refs[1:]]
        policies: list[Policy] = []
        for each in drafts:
            if each.policy is None:
                raise PolicyError([x for x in each.findings if x.severity == "error"])
            policies.append(each.policy)
        key = (tuple(meaning_of(p) for p in policies), language)

        def work(job: Job) -> Data:
            job.advance(("并排比较", "comparing"))
            page = comparison_page(policies, language)
            job.advance(("写网页", "writing the page"))
            path = self._scratch / f"{job.id}.html"
            path.write_text(page, encoding="utf-8")
            return {"href": self._href(path, f"{job.id}.html")}

        return {"job": self.jobs.start("compare", key, ("并排比较", "comparison"), work, "").id}

    def package(self, data: Mapping[str, Any]) -> Data:
        """The documents of a consultation, in a folder beside the policies."""
        read = Reader(data)
        with self.lock:
            draft = self.drafts.opened(read.text("ref"), None, read.texts("assume"))
        if draft.policy is None or draft.version is None:
            raise PolicyError([x for x in draft.findings if x.severity == "error"])
        details = read.mapping("details")
        folder = self.workspace.path(f"{draft.version.policy.id}-征求意见材料")
        population = self.populations.asked(data.get("population"), draft.policy)
        places = Places(read.text_or_none("scene"), read.whole("quota"), read.text_or_none("by"))

        def work(job: Job) -> Data:
            names = make_package(
                self.workspace, self.populations, draft, folder, details, population, places, job
            )
            files = [
                {"name": name, "size": (folder / name).stat().st_size,
                 "href": self._href(folder / name, f"{job.id}/{name}")} for name in names
            ]  # fmt: skip
            archive = zipped(folder, names, self._scratch / f"{job.id}.zip")
            href = self._href(archive, f"{job.id}/{folder.name}.zip")
            return {"folder": folder.name, "files": files, "zip": href}

        what = ("写征求意见材料", "writing the package")
        return {"job": self.jobs.start("package", str(folder), what, work).id}

    def _href(self, path: Path, name: str) -> str:
        from urllib.parse import quote

        self.made[name] = path
        return f"/api/file?path={quote(name)}"

    def file(self, name: str) -> Path:
        """A file that a job made."""
        path = self.made.get(name)
        if path is None or not path.is_file():
            raise t.refused(404, "J921", path=name[:100])
        return path


def ref_of(paper: Paper, id_: str) -> str:
    """What the page calls a document."""
    return f"{paper.name}#{id_}" if paper.own else id_


def _shown(paper: Paper) -> list[n.Document]:
    return [x for x in paper.result.file.documents if x.kind in SHOWN]


def _names(draft: Draft) -> tuple[Data, Data]:
    """What the two sides are called."""
    document = draft.document
    if document is not None and document.kind == "AMENDMENT" and document.based_on is not None:
        base = document.based_on.text
        return t.both(f"原文件 {base}", f"base {base}"), t.both("修订以后", "as amended")
    return t.both("文件现在的样子", "the file as it stands"), t.both("草案", "the draft")


def _attribute(document: n.Document, key: str) -> str | None:
    for attribute in document.attributes:
        if attribute.key == key and isinstance(attribute.value, n.TextValue):
            return attribute.value.value
        if attribute.key == key and isinstance(attribute.value, n.Name):
            return attribute.value.text
    return None


def _english(document: n.Document) -> str | None:
    return _attribute(document, "ENGLISH")


def _region(document: n.Document) -> str | None:
    return _attribute(document, "REGION")


def _quota(clause: n.Clause) -> int | None:
    for statement in clause.body:
        if isinstance(statement, n.Quota) and isinstance(statement.number, n.Number):
            return int(statement.number.value)
    return None
