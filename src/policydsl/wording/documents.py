"""A whole document as readable text: title, basics, clauses, scenes, duties, and the annexes.

The text is plain lines, numbered like an official document (一、（一）1. （1）); what the text
leaves open, what is doubtful and what was assumed stand at its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.language.keywords import Language
from policydsl.model import policy as m
from policydsl.model.compiling import compile_document
from policydsl.model.declaring import Shared
from policydsl.wording import quantities as q
from policydsl.wording import sentences as w
from policydsl.wording.annexes import annexes
from policydsl.wording.facts import derived_text, fact_text, facts_in_use, measure_entries
from policydsl.wording.operations import operation_texts
from policydsl.wording.speaking import Speaker


def policy_text(policy: m.Policy, language: Language = "zh") -> str:
    """The document as text, ending with a newline.

    Works for every kind of document: schemes, assessments and work plans with all their
    clauses; a vocabulary with its facts and concepts; an assumption set with what it closes and
    why; a history with what became of the clauses.  For what an amendment changes, see
    :func:`amendment_text`.
    """
    return _Document(policy, language).text()


def amendment_text(document: n.Document, edition: m.Policy, language: Language = "zh") -> str:
    """What an amendment (修订) changes, as text.

    ``document`` is the amendment itself, ``edition`` the edition that it makes (what a library
    compiles an amendment to); from it come the facts.  :func:`policy_text` of the edition is
    the consolidated text.
    """
    shared = Shared()
    shared.facts.update(edition.facts)
    declared = (n.Operation, n.Deadline, n.Fact, n.Measure)
    about = tuple(a for a in document.attributes if a.key not in ("USES", "CONCEPT"))
    body = tuple(x for x in document.body if isinstance(x, declared))
    own = replace(document, attributes=about, body=body)
    # what refers to clauses of the base cannot be compiled here, and is not part of the changes
    found: list[Diagnostic] = []
    policy = compile_document(own, edition.source, shared, found)
    if policy is None:
        operations = tuple(x for x in body if isinstance(x, n.Operation))
        bare = replace(own, attributes=(), body=operations)
        policy = compile_document(bare, edition.source, shared, found)
    if policy is None:
        raise PolicyError([x for x in found if x.severity == "error"])
    return policy_text(policy, language)


@dataclass
class _Numbering:
    """Numbers of headings: 一、 （一） 1. （1） ① in Chinese, 1. 1.1 1.1.1 in English."""

    language: Language
    counts: list[int] = field(default_factory=list)

    def next(self, level: int, number: int | None = None) -> str:
        """The mark of the next heading of a level; ``number`` where the document gives it."""
        del self.counts[level + 1 :]
        while len(self.counts) <= level:
            self.counts.append(0)
        self.counts[level] = self.counts[level] + 1 if number is None else number
        return self.mark(level)

    def mark(self, level: int) -> str:
        """The mark of the current heading."""
        if self.language == "en":
            return ".".join(str(max(1, c)) for c in self.counts[: level + 1]) + ". "
        count = self.counts[level]
        if level <= 1:
            word = q.chinese_number(count)
            return f"{word}、" if level == 0 else f"（{word}）"
        return f"{count}." if level == 2 else f"（{count}）"


class _Document:
    """One document on its way to text."""

    def __init__(self, policy: m.Policy, language: Language):
        self.policy = policy
        self.language = language
        self.words = w.speaker(policy, language)
        self.numbers = _Numbering(language)
        self.lines: list[str] = []

    def text(self) -> str:
        """The whole text."""
        self.lines.append(self._title())
        self._basics()
        for root in self.policy.roots:
            self._root(root)
        operations = operation_texts(self.policy, self.language)
        heads = {"assumption": "head_closings", "history": "head_history"}
        self._numbered(heads.get(self.policy.kind, "head_operations"), operations)
        self._scenes()
        self._status()
        self._numbered(
            "head_blends", (w.blend_text(b, self.policy, self.language) for b in self.policy.blends)
        )
        self._numbered(
            "head_deadlines",
            (w.deadline_text(d, self.policy, self.language) for d in self.policy.deadlines),
        )
        self._numbered(
            "head_duties", (w.duty_text(d, self.policy, self.language) for d in self.policy.duties)
        )
        self._declarations()
        for key, entries in annexes(self.policy, self.words):
            self._annex(key, entries)
        return "\n".join(self.lines) + "\n"

    # -- head

    def _title(self) -> str:
        policy = self.policy
        english = document_english(policy) if self.language == "en" else None
        title = english or w.tidy(policy.title or policy.id, self.language)
        if policy.assumed:
            title += self.words.say("assumed_title", sets=self.words.listed(policy.assumed))
        return title

    def _basics(self) -> None:
        lines = [self.words.sentence(line) for line in basics(self.policy, self.words)]
        if lines:
            self.lines += ["", *lines]

    # -- clauses

    def _root(self, root: m.Clause) -> None:
        if root.kind == "schedule":
            self._clause(root, 0)
            return
        own = self._body_of_root(root)
        if own:
            self.lines += ["", own]
        for child in root.children:
            self._clause(child, 0)

    def _body_of_root(self, root: m.Clause) -> str:
        if not root.rules and not root.targets:
            return ""
        return w.particulars(root, self.words)

    def _clause(self, clause: m.Clause, level: int) -> None:
        number = int(clause.number) if clause.number and clause.number.isdigit() else None
        mark = self.numbers.next(level, number or None)
        if level == 0:
            self.lines.append("")
        if clause.is_item or clause.kind == "task":
            self.lines.append(mark + w.paragraph(clause, self.words))
        else:
            self.lines.append(mark + w.heading(clause, self.words))
            body = w.particulars(clause, self.words)
            if body:
                self.lines.append(body)
        for child in clause.children:
            self._clause(child, level + 1)

    # -- sections

    def _section(self, key: str) -> None:
        self.lines += ["", self.numbers.next(0) + self.words.say(key)]

    def _numbered(self, key: str, entries: Iterable[str]) -> None:
        for i, entry in enumerate(entries):
            if i == 0:
                self._section(key)
            self.lines.append(self.numbers.next(1) + entry)

    def _scenes(self) -> None:
        self._numbered("head_scenes", scene_entries(self.policy, self.words))

    def _status(self) -> None:
        entries = []
        for rule in self.policy.status_rules:
            texts = [self.words.sentence(self.words.rule(rule))]
            if rule.locator is not None:
                locator = w.tidy(rule.locator, self.language)
                texts.append(self.words.sentence(self.words.say("locator", locator=locator)))
            entries.append(w.joined_sentences(self.words, *texts))
        entries += [w.exclusion_text(x, self.policy, self.language) for x in self.policy.exclusions]
        self._numbered("head_status", entries)

    def _declarations(self) -> None:
        policy, words = self.policy, self.words
        if policy.kind == "vocabulary":
            self._numbered("head_measures", measure_entries(policy, words))
            concepts = (
                words.sentence(words.say("open_item", place=name, what=w.tidy(text, self.language)))
                for name, text in policy.concepts.items()
            )
            self._numbered("head_concepts", concepts)
            facts = (fact for fact in policy.facts.values() if fact.name != ASSESSMENT_DATE)
            self._numbered("head_facts", (fact_text(fact, words) for fact in facts))
            return
        derived = [f for f in facts_in_use(policy) if f.derived is not None]
        self._numbered("head_facts", (words.sentence(derived_text(f, words)) for f in derived))

    def _annex(self, key: str, entries: Sequence[str]) -> None:
        if not entries:
            return
        self.lines += ["", self.words.say(key)]
        dot = "." if self.language == "zh" else ". "
        for i, entry in enumerate(entries, start=1):
            self.lines.append(f"{i}{dot}{self.words.sentence(entry)}")


# -- basics ---------------------------------------------------------------------------------


def document_english(policy: m.Policy) -> str | None:
    """The English title of a document (the model keeps it with its only root)."""
    if policy.document is not None:
        for attribute in policy.document.attributes:
            if attribute.key == "ENGLISH" and isinstance(attribute.value, n.TextValue):
                return attribute.value.value
    return next((root.english for root in policy.roots if root.kind == "root"), None)


def basics(policy: m.Policy, words: Speaker) -> Iterator[str]:
    """What the document says of itself, a line each."""
    meta, language = policy.meta, words.language
    document = policy.document
    if document is not None and document.based_on is not None:
        yield words.say("based_on", value=document.based_on.text)
    if document is not None and document.older is not None and document.newer is not None:
        yield words.say("editions", older=document.older.text, newer=document.newer.text)
    if document is not None and document.applies_to:
        yield words.say("applies_to", value=words.listed([x.text for x in document.applies_to]))
    if meta.region is not None:
        yield words.say("region", value=meta.region)
    if meta.issuer:
        yield words.say("issuer", value=words.listed(meta.issuer))
    if meta.legal_basis:
        texts = [w.tidy(text, language) for text in meta.legal_basis]
        yield words.say("legal_basis", value=("；" if language == "zh" else "; ").join(texts))
    if meta.replaces:
        yield words.say("replaces", value=words.listed(meta.replaces))
    if meta.sections is not None:
        yield words.say("sections", value=w.tidy(meta.sections, language))
    for key, period in (
        ("issued", meta.issued),
        ("in_force", meta.in_force),
        ("expires", meta.expires),
    ):
        if period is not None:
            yield words.say(key, value=w.period_text(period, language))
    for text in meta.transition:
        yield words.say("transition", value=w.tidy(text, language))
    root = next((root for root in policy.roots if root.kind == "root"), None)
    if root is not None and root.locator is not None:
        yield words.say("locator", locator=w.tidy(root.locator, language))
    if meta.source is not None:
        yield words.say("source", value=w.tidy(meta.source, language))
    yield from _about_points(policy, words)


def _about_points(policy: m.Policy, words: Speaker) -> Iterator[str]:
    roots = [root for root in policy.roots if root.kind == "root"]
    for root in roots:
        limits = (
            ("full_marks", root.full_marks),
            ("cap", root.cap),
            ("floor_limit", root.floor),
        )
        marks = [words.limit(key, limit) for key, limit in limits if limit is not None]
        if root.rounding is not None:
            marks.append(words.rounding(root.rounding))
        if marks:
            joined = ("；" if words.language == "zh" else "; ").join(marks)
            yield words.say("document_marks", value=joined)
        if root.entity is not None:
            yield words.say("document_entity", value=root.entity)
        if root.applies_when is not None:
            yield words.say("document_applies", condition=words.condition(root.applies_when))
        if root.review:
            yield words.say("document_review", value=words.listed(root.review))
    if policy.kind in ("assessment", "scheme") and policy.items:
        yield words.say(f"method_{policy.kind}")


# -- scenes -----------------------------------------------------------------------------------


def scene_entries(policy: m.Policy, words: Speaker, sources: bool = True) -> list[str]:
    """The scenes; those with the same rules stand in one entry."""
    groups: list[tuple[str, tuple[str, ...], list[m.Scene]]] = []
    for scene in policy.scenes:
        body = w.scene_body(scene, words)
        assumed = tuple(c.assumption for c in scene.closings)
        if groups and groups[-1][:2] == (body, assumed):
            groups[-1][2].append(scene)
        else:
            groups.append((body, assumed, [scene]))
    return [_scene_entry(body, scenes, words, sources) for body, _, scenes in groups]


def _scene_entry(body: str, scenes: Sequence[m.Scene], words: Speaker, sources: bool) -> str:
    names = words.listed([w.clause_name(scene.clause, words.language) for scene in scenes])
    marks: list[str] = []
    for key, units in (
        ("lead", {x for s in scenes for x in s.clause.lead}),
        ("responsible", {x for s in scenes for x in s.clause.responsible}),
    ):
        if units:
            marks.append(words.say(key, names=words.listed(sorted(units))))
    mark = "；" if words.language == "zh" else "; "
    space = "" if words.language == "zh" else " "
    shown = f"{names}{space}{words.bracketed(mark.join(marks))}" if marks else names
    texts = [words.sentence(shown), body]
    sets = dict.fromkeys(c.assumption for scene in scenes for c in scene.closings)
    if sets:
        texts.append(words.sentence(words.say("assumed_by", sets=words.listed(list(sets)))))
    locators = dict.fromkeys(
        w.tidy(part, words.language)
        for scene in scenes
        for part in (scene.clause.locator or "").split("；")
        if part
    )
    if locators and sources:
        texts.append(words.sentence(words.say("locator", locator="；".join(locators))))
    return w.joined_sentences(words, *texts)
