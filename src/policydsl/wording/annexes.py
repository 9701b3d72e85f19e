"""The lists at the end of a document: what is open, doubtful, assumed, read otherwise, noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from policydsl.language import nodes as n
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.wording import sentences as w
from policydsl.wording.facts import facts_in_use
from policydsl.wording.speaking import Speaker

Entries = list[tuple[str, str]]
"""(place, text) pairs; the place ``""`` is the whole document."""

_PLACE_MARKS = {"zh": "·", "en": " / "}


def annexes(policy: m.Policy, words: Speaker) -> list[tuple[str, list[str]]]:
    """The lists at the end of a document: phrase of the heading, entries."""
    return [
        ("head_open", open_points(policy, words)),
        ("head_doubts", doubts(policy, words)),
        ("head_assumptions", assumptions(policy, words)),
        ("head_readings", readings(policy, words)),
        ("head_notes", notes(policy, words)),
    ]


# -- places --------------------------------------------------------------------------


def place_name(clause: m.Clause, policy: m.Policy, words: Speaker) -> str:
    """Where a clause stands: 公安分局·出租房屋管理."""
    if clause.kind == "root":
        return words.say("whole_document")
    parts = [w.clause_name(clause, words.language)]
    parent = clause.id.rpartition("/")[0]
    while parent:
        above = policy.clauses.get(parent)
        if above is not None:
            parts.append(w.clause_name(above, words.language))
        parent = parent.rpartition("/")[0]
    return _PLACE_MARKS[words.language].join(reversed(parts))


def _gathered(entries: Iterable[tuple[str, str]], words: Speaker) -> list[str]:
    """A line for each text with all the places that have it, in the order of first places."""
    found: dict[str, dict[str, None]] = {}
    for place, what in entries:
        found.setdefault(what, {})[place] = None
    lines: list[str] = []
    for what, places in found.items():
        shown = _side_by_side([place for place in places if place], words)
        lines.append(words.say("open_item", place=shown, what=what) if shown else what)
    return lines


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


class _Collector:
    """Gathers texts of one policy with their places."""

    def __init__(self, policy: m.Policy, words: Speaker):
        self.policy = policy
        self.words = words
        self.entries: Entries = []

    def add(self, place: str, texts: Iterable[str]) -> None:
        """Texts of an author's own, at a place."""
        self.entries += [(place, w.tidy(text, self.words.language)) for text in texts]

    def from_clauses(self, pick: Callable[[m.Clause], Iterable[str]]) -> None:
        """Texts of every clause, of scenes and of blends."""
        for clause in self.policy.clauses.values():
            self.add(place_name(clause, self.policy, self.words), pick(clause))
        for scene in self.policy.scenes:
            self.add(self.name(scene.clause), pick(scene.clause))
        for blend in self.policy.blends:
            self.add(self.name(blend.clause), pick(blend.clause))

    def from_nodes(self, kind: str) -> None:
        """Notes that the model leaves in the tree: of deadlines, duties, blends and 效力."""
        policy = self.policy
        for deadline in policy.deadlines:
            if deadline.node is not None:
                self.add(deadline.name, _note_texts(deadline.node.notes, kind))
        for duty in policy.duties:
            if duty.node is not None:
                self.add(duty.unit, _note_texts(duty.node.notes, kind))
        for blend in policy.blends:
            parts = blend.clause.node.body if isinstance(blend.clause.node, n.Clause) else ()
            for part in parts:
                if isinstance(part, n.BlendPart):
                    self.add(self.name(blend.clause), _note_texts(part.notes, kind))
        for clause in _status_clauses(policy.document):
            for attribute in clause.attributes:
                if attribute.key == kind and isinstance(attribute.value, n.TextValue):
                    self.add(self.status, [attribute.value.value])

    def name(self, clause: m.Clause) -> str:
        """The name of a scene or blend."""
        return w.clause_name(clause, self.words.language)

    @property
    def status(self) -> str:
        """The place of rules on the status of points."""
        return self.words.say("head_status")

    def lines(self) -> list[str]:
        """What was gathered, the same texts once."""
        return _gathered(self.entries, self.words)


def _note_texts(notes: Iterable[n.RuleNote], kind: str) -> Iterator[str]:
    return (note.text for note in notes if note.kind == kind)


def _status_clauses(document: n.Document | None) -> Iterator[n.Clause]:
    for statement in document.body if document is not None else ():
        if isinstance(statement, n.Clause):
            inside = [x for x in statement.body if isinstance(x, n.Clause)]
            yield from (c for c in (statement, *inside) if c.kind == "STATUS_RULES")


# -- open points ------------------------------------------------------------------------


def open_points(policy: m.Policy, words: Speaker) -> list[str]:
    """What the text does not say; places where the same is open stand in one line."""
    by_place: dict[str, list[str]] = {}

    def add(place: str, whats: Iterable[str]) -> None:
        for what in whats:
            by_place.setdefault(place, []).append(what)

    for key in ("issued", "in_force", "expires"):
        period: m.Period | None = getattr(policy.meta, key)
        if period is not None and period.open:
            add(words.say("whole_document"), [words.say(f"open_{key}")])
    for clause in policy.clauses.values():
        add(place_name(clause, policy, words), _open_in(clause, words))
    for scene in policy.scenes:
        add(w.clause_name(scene.clause, words.language), _open_in_scene(scene, words))
    for blend in policy.blends:
        unweighed = [words.value(p.expression) for p in blend.parts if p.weight is None]
        name = w.clause_name(blend.clause, words.language)
        add(name, [words.say("open_weight", value=value) for value in unweighed])
    for deadline in policy.deadlines:
        if deadline.number is None and deadline.date is None:
            add(deadline.name, [words.say("open_period")])
    lines = [(place, words.listed(list(dict.fromkeys(whats)))) for place, whats in by_place.items()]
    return _gathered(lines, words)


def _open_in(clause: m.Clause, words: Speaker) -> Iterator[str]:
    limits = (
        ("full_marks", clause.full_marks),
        ("cap", clause.cap),
        ("floor", clause.floor),
        ("start", clause.start),
    )
    for key, limit in limits:
        if isinstance(limit, r.OpenPoints):
            yield words.say(f"open_{key}")
    for rule in clause.rules:
        for inner in r.nested(rule):
            yield from _open_in_rule(inner, words)
    if clause.conversion is not None and clause.conversion[0] is None:
        yield words.say("open_conversion")


def _open_in_rule(rule: r.Rule, words: Speaker) -> Iterator[str]:
    if any(isinstance(part, e.UnknownTrigger) for part in e.walk(rule.condition)):
        yield words.say("open_trigger")
    match rule.action:
        case r.OpenRule():
            yield words.say("open_standard" if rule.condition is None else "open_amount")
        case r.Flat() | r.PerStep() as action if isinstance(action.points, r.OpenPoints):
            yield words.say("open_amount")
        case r.Matrix() as action:
            if any(isinstance(cell, r.OpenPoints) for row in action.cells for cell in row):
                yield words.say("open_amount")


def _open_in_scene(scene: m.Scene, words: Speaker) -> Iterator[str]:
    if scene.keys_open:
        yield words.say("open_keys")
    declared = w.declared_in(scene)
    if scene.quota is None and scene.quota_set_by is None and n.Quota in declared:
        yield words.say("open_quota")
    if scene.ties == "open" and n.Ties in declared:
        yield words.say("open_ties")


# -- doubts, assumptions, readings, notes ----------------------------------------------------


def doubts(policy: m.Policy, words: Speaker) -> list[str]:
    """Doubts about the text, each with its place."""
    found = _Collector(policy, words)
    found.add("", policy.doubts)
    found.from_clauses(lambda clause: (*clause.doubts, *_of_rules(clause, lambda x: x.doubts)))
    for rule in policy.status_rules:
        found.add(found.status, rule.doubts)
    found.from_nodes("DOUBTFUL")
    return found.lines()


def assumptions(policy: m.Policy, words: Speaker) -> list[str]:
    """Readings that were chosen, and what assumption sets closed, each with its place."""
    found = _Collector(policy, words)
    found.add("", policy.assumptions)
    found.from_clauses(lambda clause: _assumptions_of(clause, words))
    for blend in policy.blends:
        found.add(found.name(blend.clause), [t for p in blend.parts for t in p.assumptions])
    for rule in policy.status_rules:
        found.add(found.status, rule.assumptions)
    for exclusion in policy.exclusions:
        found.add(found.status, exclusion.assumptions)
    for deadline in policy.deadlines:
        found.add(deadline.name, deadline.assumptions)
    for fact in facts_in_use(policy):
        found.add(words.fact_name(fact.name), fact.assumptions)
    found.from_clauses(lambda clause: _unstated(clause, words))
    return found.lines()


def _of_rules(clause: m.Clause, pick: Callable[[r.Rule], Iterable[str]]) -> Iterator[str]:
    """Texts of the rules of a clause and the rules inside them."""
    for rule in clause.rules:
        for inner in r.nested(rule):
            yield from pick(inner)


def _assumptions_of(clause: m.Clause, words: Speaker) -> Iterator[str]:
    yield from clause.assumptions
    yield from _of_rules(clause, lambda rule: rule.assumptions)
    for target in clause.targets:
        yield from target.assumptions
    for closing in clause.closings:
        reason = w.tidy(closing.reason, words.language)
        what = closing.what if words.language == "zh" else closing.what_en
        yield words.say("closing", assumption=closing.assumption, what=what, reason=reason)


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
    entries = [("", _reading(reading, words)) for reading in policy.readings]
    for clause in policy.clauses.values():
        place = place_name(clause, policy, words)
        entries += [(place, _reading(reading, words)) for reading in clause.readings]
    return _gathered(entries, words)


def _reading(reading: m.Reading, words: Speaker) -> str:
    return words.say(
        "reading",
        original=reading.original,
        read_as=w.tidy(reading.read_as, words.language),
        reason=w.tidy(reading.reason, words.language),
    )


def notes(policy: m.Policy, words: Speaker) -> list[str]:
    """What the encoder noted: on the document, on clauses and on single rules."""
    found = _Collector(policy, words)
    found.add("", policy.notes)
    found.from_clauses(lambda clause: (*clause.notes, *_of_rules(clause, _notes_of)))
    found.from_nodes("NOTE")
    return found.lines()


def _notes_of(rule: r.Rule) -> Iterable[str]:
    return () if rule.node is None else _note_texts(rule.node.notes, "NOTE")
