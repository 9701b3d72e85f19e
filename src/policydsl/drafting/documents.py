"""A whole document as readable text: title, basics, clauses, scenes, duties, and the annexes.

The text is plain lines in the order of an official document (一、（一）1. （1）); what the text leaves
open, what is doubtful and what was assumed stand at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from policydsl.drafting import quantities as q
from policydsl.drafting import wording as w
from policydsl.drafting.operations import operation_texts
from policydsl.drafting.speaking import Speaker
from policydsl.language import nodes as n
from policydsl.language.keywords import Language
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.model.typing import ASSESSMENT_DATE


def policy_text(policy: m.Policy, language: Language = "zh") -> str:
    """The document as text, ending with a newline.

    Works for every kind of document: schemes, assessments and work plans with all their
    clauses; a vocabulary with its facts and concepts; an assumption set with what it closes and
    why; an amendment with what it changes.
    """
    return _Document(policy, language).text()


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
        self._scenes()
        self._status()
        self._numbered("head_blends", (w.blend_text(b, self.policy, self.language)
                                       for b in self.policy.blends))  # fmt: skip
        self._numbered("head_deadlines", (w.deadline_text(d, self.policy, self.language)
                                          for d in self.policy.deadlines))  # fmt: skip
        self._numbered("head_duties", (w.duty_text(d, self.policy, self.language)
                                       for d in self.policy.duties))  # fmt: skip
        self._declarations()
        operations = operation_texts(self.policy, self.language)
        heads = {"assumption": "head_closings", "amendment": "head_operations"}
        self._numbered(heads.get(self.policy.kind, "head_operations"), operations)
        for key, entries in annexes(self.policy, self.words):
            self._annex(key, entries)
        return "\n".join(self.lines) + "\n"

    # -- head

    def _title(self) -> str:
        policy = self.policy
        english = document_english(policy) if self.language == "en" else None
        title = english or policy.title or policy.id
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
                words.sentence(f"{name}{'：' if self.language == 'zh' else ': '}{w.tidy(text, self.language)}")
                for name, text in policy.concepts.items()
            )  # fmt: skip
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
    for key, period in (
        ("issued", meta.issued), ("in_force", meta.in_force), ("expires", meta.expires),
    ):  # fmt: skip
        if period is not None:
            yield words.say(key, value=w.period_text(period, language))
    for text in meta.transition:
        yield words.say("transition", value=w.tidy(text, language))
    if meta.source is not None:
        yield words.say("source", value=w.tidy(meta.source, language))
    yield from _about_points(policy, words)


def _about_points(policy: m.Policy, words: Speaker) -> Iterator[str]:
    roots = [root for root in policy.roots if root.kind == "root"]
    for root in roots:
        limits = (
            ("full_marks", root.full_marks), ("cap", root.cap), ("floor_limit", root.floor),
        )  # fmt: skip
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


def scene_entries(policy: m.Policy, words: Speaker) -> list[str]:
    """The scenes; those with the same rules stand in one entry."""
    groups: list[tuple[str, list[m.Scene]]] = []
    for scene in policy.scenes:
        body = w.scene_body(scene, words)
        assumed = tuple(c.assumption for c in scene.closings)
        last = groups[-1] if groups else None
        same = last is not None and last[0] == body
        if same and last is not None and tuple(c.assumption for c in last[1][0].closings) == assumed:
            last[1].append(scene)
        else:
            groups.append((body, [scene]))
    return [_scene_entry(body, scenes, words) for body, scenes in groups]


def _scene_entry(body: str, scenes: Sequence[m.Scene], words: Speaker) -> str:
    names = words.listed([w.clause_name(scene.clause, words.language) for scene in scenes])
    marks: list[str] = []
    for key, units in (
        ("lead", {x for s in scenes for x in s.clause.lead}),
        ("responsible", {x for s in scenes for x in s.clause.responsible}),
    ):
        if units:
            marks.append(words.say(key, names=words.listed(sorted(units))))
    mark = "；" if words.language == "zh" else "; "
    texts = [words.sentence(names + (words.bracketed(mark.join(marks)) if marks else "")), body]
    sets = dict.fromkeys(c.assumption for scene in scenes for c in scene.closings)
    if sets:
        texts.append(words.sentence(words.say("assumed_by", sets=words.listed(list(sets)))))
    locators = dict.fromkeys(
        w.tidy(part, words.language)
        for scene in scenes
        for part in (scene.clause.locator or "").split("；")
        if part
    )
    if locators:
        shown = words.say("locator", locator="；".join(locators))
        texts.append(words.sentence(shown))
    return w.joined_sentences(words, *texts)


# -- facts --------------------------------------------------------------------------------------


def facts_in_use(policy: m.Policy) -> list[m.Fact]:
    """The facts that the rules, conditions, keys and blends of a policy read, in their order.

    A fact that another one is derived from counts as read.
    """
    wanted: dict[str, None] = {}

    def read(part: object) -> None:
        for name in sorted(name for name, _ in e.facts_of(part)):
            if name in wanted or name not in policy.facts:
                continue
            wanted[name] = None
            read(policy.facts[name].derived)

    for rule in all_rules(policy):
        read(rule.condition)
        read(_expressions(rule.action))
    for clause in policy.clauses.values():
        read(clause.applies_when)
        read(tuple(t.condition for t in clause.targets if t.condition is not None))
    for scene in policy.scenes:
        read(scene.applies_when)
        read(tuple(key.expression for key in scene.keys))
    for blend in policy.blends:
        read(tuple(part.expression for part in blend.parts))
    return [fact for name, fact in policy.facts.items() if name in wanted]


def all_rules(policy: m.Policy) -> Iterator[r.Rule]:
    """Every rule of a policy and every rule inside it."""
    for clause in policy.clauses.values():
        for rule in clause.rules:
            yield from r.nested(rule)
    for rule in policy.status_rules:
        yield from r.nested(rule)


def _expressions(action: r.Action) -> tuple[e.Expr, ...]:
    match action:
        case r.Flat() if isinstance(action.points, r.ComputedPoints):
            return (action.points.expression,)
        case r.PerStep():
            points = action.points
            computed = (points.expression,) if isinstance(points, r.ComputedPoints) else ()
            return (action.subject, *computed)
        case r.Tiers():
            return (action.subject,)
        case r.Matrix():
            return (action.row_subject, action.column_subject)
    return ()


def derived_text(fact: m.Fact, words: Speaker) -> str:
    """应报信息篇数：15篇（街道名称为…的），其他情形为10篇."""
    assert fact.derived is not None
    node = fact.node.derived if fact.node is not None else None
    unit = q.PERCENT if fact.kind == "percentage" else fact.unit
    truth = isinstance(fact.derived, (e.Compared, e.All, e.AnyOf, e.Not, e.IsProvided))
    value = words.condition(fact.derived, node) if truth else words.value(fact.derived, node, unit)
    return words.say("fact_derived", name=words.fact_name(fact.name), value=value)


def fact_text(fact: m.Fact, words: Speaker) -> str:
    """A declared fact as a sentence: its kind, range, default, and what it means."""
    details = [words.say(f"kind_{fact.kind}")]
    unit = q.PERCENT if fact.kind == "percentage" else fact.unit
    scale = unit.scale if unit is not None else Fraction(1)

    def shown(value: Fraction) -> str:
        return q.quantity_text(value * scale, unit, words.language)

    if fact.values:
        values = words.listed(fact.values)
        key = "fact_ordered" if fact.kind == "ordered" else "fact_values"
        details.append(words.say(key, values=values))
    if fact.low is not None and fact.high is not None:
        details.append(words.say("fact_range", low=shown(fact.low), high=shown(fact.high)))
    elif fact.low is not None:
        details.append(words.say("fact_from", low=shown(fact.low)))
    elif fact.high is not None:
        details.append(words.say("fact_up_to", high=shown(fact.high)))
    if fact.places is not None and fact.places > 0:
        places = q.places_text(fact.places, words.language)
        details.append(words.say("fact_places", places=places))
    details += _absence(fact, words, shown)
    mark = "；" if words.language == "zh" else "; "
    name = words.fact_name(fact.name)
    if words.language == "en" and name != fact.name:
        name = f"{fact.name}, {name}"
    texts = [words.sentence(words.say("fact_entry", name=name, details=mark.join(details)))]
    if fact.derived is not None:
        texts.append(words.sentence(derived_text(fact, words)))
    if fact.note is not None:
        texts.append(words.sentence(w.tidy(fact.note, words.language)))
    return w.joined_sentences(words, *texts)


def _absence(fact: m.Fact, words: Speaker, shown: Callable[[Fraction], str]) -> list[str]:
    def constant(value: e.Constant) -> str:
        number = isinstance(value, Fraction) and not isinstance(value, bool)
        return shown(value) if number and isinstance(value, Fraction) else words.constant(value)

    result: list[str] = []
    if fact.default is not None:
        result.append(words.say("fact_default", value=constant(fact.default)))
    if fact.missing == "value" and fact.missing_value is not None:
        result.append(words.say("fact_missing_as", value=constant(fact.missing_value)))
    elif fact.missing == "required":
        result.append(words.say("fact_required"))
    return result


def measure_entries(policy: m.Policy, words: Speaker) -> list[str]:
    """The units of measure that a vocabulary declares."""
    if policy.document is None:
        return []
    entries: list[str] = []
    for statement in policy.document.body:
        if not isinstance(statement, n.Measure):
            continue
        name = statement.name
        if words.language == "en" and statement.english:
            name = f"{statement.name} ({statement.english})"
        if statement.equals is None:
            entries.append(words.sentence(words.say("measure", name=name)))
            continue
        number = q.number_text(statement.equals.value, words.language)
        quantity = f"{number}{statement.equals.unit or ''}"
        entries.append(words.sentence(words.say("measure_equals", name=name, quantity=quantity)))
    return entries


_PLACE_MARKS = {"zh": "·", "en": " / "}


# -- annexes ---------------------------------------------------------------------------------------


def annexes(policy: m.Policy, words: Speaker) -> list[tuple[str, list[str]]]:
    """The lists at the end of a document: phrase of the heading, entries."""
    return [
        ("head_open", open_points(policy, words)),
        ("head_doubts", doubts(policy, words)),
        ("head_assumptions", assumptions(policy, words)),
        ("head_readings", readings(policy, words)),
        ("head_notes", notes(policy, words)),
    ]


def place_name(clause: m.Clause, policy: m.Policy, words: Speaker) -> str:
    """Where a clause stands: 公安分局·出租房屋管理."""
    parts = [w.clause_name(clause, words.language)]
    parent = clause.id.rpartition("/")[0]
    while parent:
        above = policy.clauses.get(parent)
        if above is not None:
            parts.append(w.clause_name(above, words.language))
        parent = parent.rpartition("/")[0]
    if clause.kind == "root":
        return words.say("whole_document")
    return _PLACE_MARKS[words.language].join(reversed(parts))


def _gathered(entries: Iterable[tuple[str, str]], words: Speaker) -> list[tuple[str, str]]:
    """(what, places): entries of the same wording once, with all their places."""
    found: dict[str, dict[str, None]] = {}
    for place, what in entries:
        found.setdefault(what, {})[place] = None
    return [(what, _side_by_side([p for p in places if p], words)) for what, places in found.items()]


def _side_by_side(places: Sequence[str], words: Speaker) -> str:
    """Places in a row; those of one parent together: 省级共性指标（年龄、文化程度）."""
    mark = _PLACE_MARKS[words.language]
    groups: dict[str, list[str]] = {}
    for place in places:
        above, _, own = place.rpartition(mark)
        groups.setdefault(above, []).append(own)
    shown: list[str] = []
    for above, names in groups.items():
        if not above:
            shown += names
        elif len(names) == 1:
            shown.append(f"{above}{mark}{names[0]}")
        else:
            space = "" if words.language == "zh" else " "
            shown.append(f"{above}{space}{words.bracketed(words.listed(names))}")
    return words.listed(shown)


def open_points(policy: m.Policy, words: Speaker) -> list[str]:
    """What the text does not say, gathered by kind."""
    entries: list[tuple[str, str]] = []
    whole = words.say("whole_document")
    for key in ("issued", "in_force", "expires"):
        period: m.Period | None = getattr(policy.meta, key)
        if period is not None and period.open:
            entries.append((whole, words.say(f"open_{key}")))
    for clause in policy.clauses.values():
        entries += [(place_name(clause, policy, words), what) for what in _open_in(clause, words)]
    for scene in policy.scenes:
        entries += [(w.clause_name(scene.clause, words.language), what) for what in _open_in_scene(scene, words)]
    for blend in policy.blends:
        entries += [
            (w.clause_name(blend.clause, words.language), words.say("open_weight", value=words.value(part.expression)))
            for part in blend.parts
            if part.weight is None
        ]
    for deadline in policy.deadlines:
        if deadline.number is None and deadline.date is None:
            entries.append((deadline.name, words.say("open_period")))
    # all that is open in one place in one line, then places of the same wording together
    by_place: dict[str, list[str]] = {}
    for place, what in entries:
        by_place.setdefault(place, []).append(what)
    lines = ((place, words.listed(list(dict.fromkeys(x)))) for place, x in by_place.items())
    return [
        words.say("open_item", place=places, what=what)
        for what, places in _gathered(lines, words)
    ]


def _open_in(clause: m.Clause, words: Speaker) -> list[str]:
    limits = (
        ("full_marks", clause.full_marks), ("cap", clause.cap), ("floor", clause.floor),
        ("start", clause.start),
    )  # fmt: skip
    result = [
        words.say(f"open_{key}") for key, limit in limits if isinstance(limit, r.OpenPoints)
    ]
    for rule in clause.rules:
        for inner in r.nested(rule):
            result += _open_in_rule(inner, words)
    if clause.conversion is not None and clause.conversion[0] is None:
        result.append(words.say("open_conversion"))
    return result


def _open_in_rule(rule: r.Rule, words: Speaker) -> list[str]:
    result: list[str] = []
    if any(isinstance(part, e.UnknownTrigger) for part in e.walk(rule.condition)):
        result.append(words.say("open_trigger"))
    action = rule.action
    match action:
        case r.OpenRule():
            result.append(words.say("open_standard" if rule.condition is None else "open_amount"))
        case r.Flat() | r.PerStep() if isinstance(action.points, r.OpenPoints):
            result.append(words.say("open_amount"))
        case r.Matrix() if any(isinstance(x, r.OpenPoints) for row in action.cells for x in row):
            result.append(words.say("open_amount"))
    return result


def _open_in_scene(scene: m.Scene, words: Speaker) -> list[str]:
    result: list[str] = []
    if scene.keys_open:
        result.append(words.say("open_keys"))
    declared = {type(x).__name__ for x in scene.clause.node.body} if isinstance(
        scene.clause.node, n.Clause) else set()  # fmt: skip
    if scene.quota is None and scene.quota_set_by is None and "Quota" in declared:
        result.append(words.say("open_quota"))
    if scene.ties == "open" and "Ties" in declared:
        result.append(words.say("open_ties"))
    return result


def _places_of_text(
    policy: m.Policy, words: Speaker, pick: Callable[[m.Clause], Iterable[str]]
) -> list[tuple[str, str]]:
    clauses = [*policy.clauses.values(), *(s.clause for s in policy.scenes),
               *(b.clause for b in policy.blends)]  # fmt: skip
    return [
        (place_name(clause, policy, words), w.tidy(text, words.language))
        for clause in clauses
        for text in pick(clause)
    ]


def _at_places(entries: Iterable[tuple[str, str]], words: Speaker) -> list[str]:
    return [
        words.say("open_item", place=places, what=what) if places else what
        for what, places in _gathered(entries, words)
    ]


def _node_notes(policy: m.Policy, kind: str, words: Speaker) -> list[tuple[str, str]]:
    """Notes that the model leaves in the tree: of deadlines, duties, and of 效力."""
    entries: list[tuple[str, str]] = []
    statements: list[tuple[str, Sequence[n.RuleNote]]] = [
        (d.name, d.node.notes) for d in policy.deadlines if d.node is not None
    ]
    statements += [(d.unit, d.node.notes) for d in policy.duties if d.node is not None]
    for name, found in statements:
        entries += [(name, w.tidy(x.text, words.language)) for x in found if x.kind == kind]
    for clause in _status_clauses(policy.document):
        for attribute in clause.attributes:
            if attribute.key == kind and isinstance(attribute.value, n.TextValue):
                text = w.tidy(attribute.value.value, words.language)
                entries.append((words.say("head_status"), text))
    return entries


def _status_clauses(document: n.Document | None) -> Iterator[n.Clause]:
    for statement in document.body if document is not None else ():
        if isinstance(statement, n.Clause):
            inside = [x for x in statement.body if isinstance(x, n.Clause)]
            yield from (c for c in (statement, *inside) if c.kind == "STATUS_RULES")


def doubts(policy: m.Policy, words: Speaker) -> list[str]:
    """Doubts about the text, each with its place."""
    entries = [("", w.tidy(text, words.language)) for text in policy.doubts]
    entries += _places_of_text(
        policy, words,
        lambda c: (*c.doubts, *(t for rule in c.rules for x in r.nested(rule) for t in x.doubts)),
    )  # fmt: skip
    entries += [
        (words.say("head_status"), w.tidy(text, words.language))
        for rule in policy.status_rules
        for text in rule.doubts
    ]
    for blend in policy.blends:
        if isinstance(blend.clause.node, n.Clause):
            entries += [
                (w.clause_name(blend.clause, words.language), w.tidy(note.text, words.language))
                for part in blend.clause.node.body
                if isinstance(part, n.BlendPart)
                for note in part.notes
                if note.kind == "DOUBTFUL"
            ]
    entries += _node_notes(policy, "DOUBTFUL", words)
    return _at_places(entries, words)


def assumptions(policy: m.Policy, words: Speaker) -> list[str]:
    """Readings that were chosen, and what assumption sets closed, each with its place."""
    entries = [("", w.tidy(text, words.language)) for text in policy.assumptions]
    entries += _places_of_text(policy, words, lambda c: _assumptions_of(c, words))
    for scene in policy.scenes:
        entries += [(w.clause_name(scene.clause, words.language), _closing(c, words)) for c in scene.clause.closings]
    for blend in policy.blends:
        entries += [(w.clause_name(blend.clause, words.language), w.tidy(t, words.language)) for p in blend.parts
                    for t in p.assumptions]  # fmt: skip
        entries += [(w.clause_name(blend.clause, words.language), _closing(c, words)) for c in blend.closings]
    for rule in policy.status_rules:
        entries += [(words.say("head_status"), w.tidy(t, words.language)) for t in rule.assumptions]
    for exclusion in policy.exclusions:
        entries += [(words.say("head_status"), w.tidy(t, words.language))
                    for t in exclusion.assumptions]  # fmt: skip
    for deadline in policy.deadlines:
        entries += [(deadline.name, w.tidy(t, words.language)) for t in deadline.assumptions]
    for fact in facts_in_use(policy):
        entries += [(words.fact_name(fact.name), w.tidy(t, words.language))
                    for t in fact.assumptions]  # fmt: skip
    for clause in policy.clauses.values():
        entries += [(place_name(clause, policy, words), text) for text in _unstated(clause, words)]
    return _at_places(dict.fromkeys(entries), words)


def _assumptions_of(clause: m.Clause, words: Speaker) -> Iterator[str]:
    yield from clause.assumptions
    for rule in clause.rules:
        for inner in r.nested(rule):
            yield from inner.assumptions
    for target in clause.targets:
        yield from target.assumptions
    if clause.kind not in ("scene", "blend"):
        for closing in clause.closings:
            yield _closing(closing, words)


def _closing(closing: m.Closing, words: Speaker) -> str:
    reason = w.tidy(closing.reason, words.language)
    return words.say("closing", assumption=closing.assumption, what=closing.what, reason=reason)


def _unstated(clause: m.Clause, words: Speaker) -> Iterator[str]:
    """Rules whose text is silent on a begun step: whole steps are then assumed."""
    for rule in clause.rules:
        for inner in r.nested(rule):
            action = inner.action
            if not isinstance(action, r.PerStep) or action.partial_stated:
                continue
            if not words.whole_anyway(action):
                yield words.say("part_step_assumed", rule=words.rule(inner))


def readings(policy: m.Policy, words: Speaker) -> list[str]:
    """Garbled places of the source with the reading taken and why."""
    entries: list[tuple[str, str]] = [
        ("", _reading(reading, words)) for reading in policy.readings
    ]
    for clause in policy.clauses.values():
        entries += [
            (place_name(clause, policy, words), _reading(reading, words))
            for reading in clause.readings
        ]
    return _at_places(entries, words)


def _reading(reading: m.Reading, words: Speaker) -> str:
    return words.say(
        "reading",
        original=reading.original,
        read_as=reading.read_as,
        reason=w.tidy(reading.reason, words.language),
    )


def notes(policy: m.Policy, words: Speaker) -> list[str]:
    """What the encoder noted: on the document, on clauses and on single rules."""
    entries = [("", w.tidy(text, words.language)) for text in policy.notes]
    entries += _places_of_text(policy, words, _notes_of)
    entries += _node_notes(policy, "NOTE", words)
    return _at_places(entries, words)


def _notes_of(clause: m.Clause) -> Iterator[str]:
    yield from clause.notes
    for rule in clause.rules:
        for inner in r.nested(rule):
            if inner.node is not None:
                yield from (note.text for note in inner.node.notes if note.kind == "NOTE")


def closings_of(policy: m.Policy) -> Mapping[str, tuple[m.Closing, ...]]:
    """What assumption sets closed, by clause id (scenes and blends included)."""
    found = {c.id: c.closings for c in policy.clauses.values() if c.closings}
    found |= {scene.id: scene.closings for scene in policy.scenes if scene.closings}
    found |= {blend.id: blend.closings for blend in policy.blends if blend.closings}
    return found
