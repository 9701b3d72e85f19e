"""What an assumption set closes and what an amendment changes, in sentences.

The operations are parts of the tree; the clauses in them are compiled like those of a policy, so
that the same wording serves.  What cannot be compiled without the base edition is shown as it is
written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic
from policydsl.language.keywords import Language, spell
from policydsl.language.paths import BARE_LABELS, clause_label
from policydsl.language.printing import print_node
from policydsl.language.units import UNITS, Unit, find_unit
from policydsl.model import policy as m
from policydsl.model.compiling import compile_document
from policydsl.model.declaring import Shared
from policydsl.model.kinds import CLAUSE_KINDS, allowed_attributes
from policydsl.wording import quantities as q
from policydsl.wording import sentences as w
from policydsl.wording.guessing import guess_facts, guess_measures
from policydsl.wording.speaking import Speaker

# Attributes behind an operation that speak of the change, not of the clause.
_TRAILING = frozenset(
    {"REASON", "INFERRED", "LOCATOR", "IN_FORCE", "EXPIRES", "TRANSITION", "NOTE"}
)
_TRAILING_PHRASES = {
    "REASON": "op_reason",
    "INFERRED": "op_inferred",
    "LOCATOR": "locator",
    "TRANSITION": "transition",
}
_HISTORY = (n.Succession, n.NotSeen, n.Stub)


def operation_texts(policy: m.Policy, language: Language = "zh") -> list[str]:
    """One text for each operation of a document, in its order; empty for other documents.

    Facts that the policy does not know (those of an edition that it was not given) are guessed
    from their use.
    """
    if policy.document is None:
        return []
    writer = _Writer(policy, language)
    return [
        writer.operation(statement)
        for statement in policy.document.body
        if isinstance(statement, (n.Operation, *_HISTORY))
    ]


class _Writer:
    """Words the operations of one document."""

    def __init__(self, policy: m.Policy, language: Language):
        self.policy = policy
        self.language = language
        self.known = policy.facts
        self.words = w.speaker_for(self.known, {}, language)

    # -- operations

    def operation(self, node: n.Operation | n.Succession | n.NotSeen | n.Stub) -> str:
        """One operation with its reason."""
        sentences = [self.words.sentence(text) for text in self._sentences(node)]
        attributes = (
            [x for x in node.parts if isinstance(x, n.Attribute)]
            if isinstance(node, (n.Modify, n.SetClause))
            else list(node.attributes)
        )
        sentences += [self.words.sentence(text) for text in self._trailing(attributes)]
        return w.joined_sentences(self.words, *sentences)

    def _sentences(self, node: n.Operation | n.Succession | n.NotSeen | n.Stub) -> Iterator[str]:
        say = self.words.say
        match node:
            case n.SetClause() | n.Modify():
                yield from self._changed(node)
            case n.Insert():
                name, content = self._name(node.clause), self._content(node.clause)
                if node.target is None or node.place is None:
                    yield say("op_insert", name=name, content=content)
                else:
                    yield say(
                        "op_insert_at", target=self._target(node.target), name=name,
                        place=say(f"place_{node.place.lower()}"), content=content,
                    )  # fmt: skip
            case n.Repeal():
                yield say("op_repeal", target=self._target(node.target))
            case n.Move():
                yield say(
                    "op_move",
                    target=self._target(node.target),
                    destination=self._target(node.destination),
                    place=say(f"place_{node.place.lower()}"),
                )
            case n.Rename():
                yield say("op_rename", target=self._target(node.target), name=node.name.text)
            case n.Renumber():
                yield say("op_renumber", target=self._target(node.target), number=node.number)
            case n.Split():
                parts = [self._paragraph(clause) for clause in node.into]
                yield say("op_split", target=self._target(node.target), content=self._in_row(parts))
            case n.Merge():
                yield say(
                    "op_merge",
                    targets=self._targets(node.targets),
                    name=self._name(node.into),
                    content=self._content(node.into),
                )

            case n.Succession():
                yield say("op_succeeded", old=self._targets(node.old), new=self._targets(node.new))
            case n.NotSeen():
                yield say("op_not_seen", target=self._target(node.target))
            case n.Stub():
                title = w.tidy(node.title or node.id.text, self.language)
                yield say("op_stub", title=title)
                for attribute in node.attributes:
                    if attribute.key == "NOTE" and isinstance(attribute.value, n.TextValue):
                        yield w.tidy(attribute.value.value, self.language)

    def _targets(self, refs: Sequence[n.ClauseRef]) -> str:
        # between names in quotation marks Chinese sets no 、 (GB/T 15834)
        mark = "" if self.language == "zh" else ", "
        return mark.join(f"“{self._target(ref)}”" for ref in refs)

    def _changed(self, node: n.SetClause | n.Modify) -> Iterator[str]:
        """What becomes of an existing clause."""
        ref = node.target
        if ref is not None:
            target = self._target(ref)
        else:
            target = self.words.say("total" if isinstance(node, n.SetClause) else "full_text")
        for part in node.parts:
            if isinstance(part, n.Attribute) and part.key == "ADOPTS":
                assert isinstance(part.value, n.Name)
                yield self.words.say("op_adopt", target=target, name=part.value.text)
            elif isinstance(part, n.Without):
                what = spell(part.key, self.language).replace("_", " ")
                yield self.words.say("op_without", target=target, what=what)
            elif isinstance(part, n.Replacement):
                old, new = self._number(part.old), self._number(part.new)
                yield self.words.say("op_replace", target=target, old=old, new=new)
        clause = self._stand_in(node)
        if clause is not None:
            key = "op_set" if isinstance(node, n.SetClause) else "op_modify"
            yield self.words.say(key, target=target, content=self._content(clause))

    def _stand_in(self, node: n.SetClause | n.Modify) -> n.Clause | None:
        """The parts that say something new, as a clause of the kind that they change."""
        kind = "ITEM" if node.target is None else node.target.steps[-1].kind
        # limits of a shared part or schedule are read alike in any scored clause
        name = n.Name("_")
        attributes: list[n.Attribute] = []
        body: list[n.Statement] = []
        for part in node.parts:
            match part:
                case n.Attribute():
                    if part.key not in _TRAILING and part.key != "ADOPTS":
                        attributes.append(part)
                case n.NewBody():
                    for statement in part.statements:
                        if isinstance(statement, n.Attribute):
                            attributes.append(statement)
                        else:
                            body.append(statement)
                case n.Household() | n.Ranking() | n.Quota() | n.Ties():
                    body.append(part)
                case n.Replacement() | n.Without():
                    pass  # said in sentences of their own
        if not attributes and all(isinstance(x, n.Fact) for x in body):
            return None
        return n.Clause(kind, None, name, tuple(attributes), tuple(body))

    def _trailing(self, attributes: Sequence[n.Attribute]) -> Iterator[str]:
        for attribute in attributes:
            value = attribute.value
            key = _TRAILING_PHRASES.get(attribute.key)
            if key is not None and isinstance(value, n.TextValue):
                shown = w.tidy(value.value, self.language)
                yield self.words.say(key, reason=shown, locator=shown, value=shown)
            elif attribute.key in ("ISSUED", "IN_FORCE", "EXPIRES") and isinstance(value, n.When):
                unit = None if value.after is None else find_unit(value.after.unit or "日")
                after = None if value.after is None else value.after.value
                period = m.Period(value.date, after, unit, value.event)
                shown = w.period_text(period, self.language)
                yield self.words.say(attribute.key.lower(), value=shown)

    # -- clauses

    def _target(self, ref: n.ClauseRef) -> str:
        labels = []
        for step in ref.steps:
            label = step.label or BARE_LABELS[step.kind]
            if step.kind == "ITEM" and label.isdigit():
                label = f"第{label}项" if self.language == "zh" else f"item {label}"
            labels.append(label)
        return ("·" if self.language == "zh" else " / ").join(labels)

    def _name(self, clause: n.Clause) -> str:
        return clause.name.text if clause.name is not None else clause_label(clause)

    def _content(self, node: n.Clause) -> str:
        """Marks, rules and parts of a clause, without its name."""
        compiled = self._compiled(node)
        if compiled is None:
            return self._as_written(node)
        policy, words = compiled
        mark = "；" if self.language == "zh" else "; "
        sentences: list[str] = []
        match node.kind:
            case "SCENE":
                sentences = [w.scene_body(scene, words) for scene in policy.scenes]
            case "BLEND":
                parts = [w.blend_part(part, words) for b in policy.blends for part in b.parts]
                sentences = [words.sentence(mark.join(parts))]
            case "STATUS_RULES":
                sentences = [words.sentence(words.rule(rule)) for rule in policy.status_rules]
            case _:
                clause = _first(policy)
                sentences = [
                    words.sentence(mark.join(w.marks_of(clause, words))),
                    w.particulars(clause, words),
                    *(w.paragraph(inner, words) for inner in list(clause.walk())[1:]),
                ]
        return w.joined_sentences(words, *sentences) or self._as_written(node)

    def _paragraph(self, node: n.Clause) -> str:
        return f"“{self._name(node)}”{'：' if self.language == 'zh' else ': '}{self._content(node)}"

    def _in_row(self, parts: Sequence[str]) -> str:
        mark = "；" if self.language == "zh" else "; "
        return mark.join(part.rstrip("。.") for part in parts)

    def _as_written(self, node: n.Clause) -> str:
        statements: list[n.Node] = [*node.attributes, *node.body]
        texts = [w.tidy(print_node(x, self.language), self.language) for x in statements]
        return ("；" if self.language == "zh" else "; ").join(texts)

    def _compiled(self, node: n.Clause) -> tuple[m.Policy, Speaker] | None:
        """A clause on its own as a policy, with what words it; ``None`` if it needs its base."""
        allowed = allowed_attributes(CLAUSE_KINDS[node.kind]) - {"CONCEPT", "ID", "WAIVE"}
        bare = node.kind in BARE_LABELS
        node = n.Clause(
            node.kind,
            None if bare else node.number,
            None if bare else node.name or n.Name("_"),
            tuple(a for a in node.attributes if a.key in allowed),
            node.body,
        )
        shared = Shared()
        shared.facts.update(self.known)
        declared = {x.name.text for x in n.walk(node) if isinstance(x, n.Fact)}
        shared.facts.update(guess_facts([node], {**dict.fromkeys(declared, _ANY), **self.known}))
        shared.measures.update(guess_measures([node]))
        shared.measures.update(_measures(self.known.values()))
        stubs, names = _stubs(node)
        document = n.Document("SCHEME", n.Name("_"), body=(node, *stubs))
        found: list[Diagnostic] = []
        policy = compile_document(document, self.policy.source, shared, found)
        if policy is None:
            return None
        return policy, w.speaker_for(policy.facts, names, self.language)

    def _number(self, number: n.Number) -> str:
        digits = q.number_text(number.value, self.language, find_unit(number.unit or ""))
        if number.unit is None:
            return digits
        if number.unit in ("%", "‰"):
            return digits + number.unit
        unit = find_unit(number.unit)
        word = number.unit if unit is None else q.unit_word(unit, number.value, self.language)
        return digits + word if self.language == "zh" else f"{digits} {word}"


_ANY = m.Fact("", "decimal")


def _first(policy: m.Policy) -> m.Clause:
    """The clause of a stand-in document; stubs follow it."""
    root = policy.roots[0]
    return root.children[0] if root.kind == "root" else root


_Tree = dict[tuple[str, str], "_Tree"]


def _stubs(node: n.Clause) -> tuple[list[n.Clause], dict[str, str]]:
    """Empty clauses for the scores that a clause refers to, and their names by id."""
    names: dict[str, str] = {}
    tree: _Tree = {}
    for item in n.walk(node):
        if not isinstance(item, n.ScoreOf):
            continue
        place, path = tree, []
        for step in item.ref.steps:
            label = step.label or BARE_LABELS[step.kind]
            place = place.setdefault((step.kind, label), {})
            path.append(label)
        names["/".join(path)] = path[-1]
    return _clauses_of(tree), names


def _clauses_of(tree: _Tree) -> list[n.Clause]:
    return [
        n.Clause(kind, None, n.Name(label), (), tuple(_clauses_of(inner)))
        for (kind, label), inner in tree.items()
    ]


def _measures(facts: Iterable[m.Fact]) -> dict[str, Unit]:
    """The user's own units that facts are measured in."""
    units = {fact.unit for fact in facts if fact.unit is not None}
    return {unit.symbol: unit for unit in units if unit.symbol not in UNITS}
