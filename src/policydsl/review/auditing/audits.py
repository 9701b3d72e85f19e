"""Holds a document against its policy: which figure is whose, and what is left over."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from policydsl.language import nodes as n
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.reading.documents import Guess, Section, SourceDocument
from policydsl.reading.sections import located
from policydsl.review.auditing.coded import code_items
from policydsl.review.auditing.items import (
    CodeItem,
    TextItem,
    agree,
    comparable,
    mark_items,
    text_items,
)
from policydsl.review.auditing.results import Audit, Entry, Read
from policydsl.wording.facts import expressions_of
from policydsl.wording.recognising.folding import fold
from policydsl.wording.recognising.passages import Passage, Reading, plain
from policydsl.wording.recognising.scanning import scan
from policydsl.wording.sentences import clause_name


def audit(policy: m.Policy, document: SourceDocument | str | os.PathLike[str]) -> Audit:
    """Hold a document against a policy.

    ``document`` is one that was read, a path of a file, or a text itself (a string with a line
    break, or one that names no file).  Clauses are looked up by their locators (出处); where a
    document has none of those places (one that was generated from the policy), by name.
    """
    return _Auditor(policy, _read(document)).audit()


def _read(document: SourceDocument | str | os.PathLike[str]) -> SourceDocument:
    from policydsl.reading.files import read_file
    from policydsl.reading.plain import read_text

    if isinstance(document, SourceDocument):
        return document
    if isinstance(document, str) and ("\n" in document or not _is_file(document)):
        return read_text(document)
    return read_file(Path(document))


def _is_file(name: str) -> bool:
    try:
        return len(name) < 4096 and Path(name).exists()
    except (OSError, ValueError):
        return False


class _Auditor:
    def __init__(self, policy: m.Policy, document: SourceDocument):
        self.policy = policy
        self.document = document
        self.sections = list(document.sections) or [
            Section((), document.source.name, document.passage)
        ]
        self.cites: dict[str, list[Section]] = {}
        self.lost: list[tuple[str, str]] = []
        self.by = "locator"
        self.codes = code_items(policy)
        self._resolve()

    # -- which clause cites which section

    def _resolve(self) -> None:
        located_ = {
            c.id: self._by_locator(c.locator) for c in self.policy.clauses.values() if c.locator
        }
        named = {c.id: self._by_name(c) for c in self.policy.clauses.values()}
        found = sum(bool(x) for x in located_.values())
        by_name = sum(bool(named[c.id]) for c in self.policy.clauses.values() if _scored(c))
        self.by = "name" if by_name > found else "locator"
        for clause in self.policy.clauses.values():
            own = named[clause.id] if self.by == "name" else located_.get(clause.id, [])
            above = self.cites.get(clause.id.rpartition("/")[0], [])
            if (
                self.by == "locator"
                and clause.locator
                and not own
                and self._numbered(clause.locator)
            ):
                self.lost.append((clause.id, clause.locator))
            self.cites[clause.id] = own or above
        if self.by == "locator":
            for duty in self.policy.duties:
                self.cites[f"\n{duty.unit}"] = self._by_locator(duty.locator)

    @staticmethod
    def _numbered(locator: str) -> bool:
        """Whether a locator names a numbered place (others, like 征求意见函, name a whole text)."""
        return bool(
            re.search(
                r"第\d+[项段]|[一二三四五六七八九十]+[（.、]|第[一二三四五六七八九十]+部分", locator
            )
        )

    def _by_locator(self, locator: str | None) -> list[Section]:
        return located(locator, self.sections) if locator else []

    def _by_name(self, clause: m.Clause) -> list[Section]:
        name = _plain(clause_name(clause))
        parent = self.policy.clauses.get(clause.id.rpartition("/")[0])
        above = _plain(clause_name(parent)) if parent is not None else ""
        found: list[Section] = []
        for section in self.sections:
            if section.holder is not None:
                holder = _plain(section.holder.name)
                if section.row is None:
                    if holder == name and not _scored(clause):
                        found.append(section)
                elif _scored(clause) and holder in (above, ""):
                    row_name = section.row.name
                    if row_name is not None and row_name.text:
                        # 未列明的三个项目·名称未载明: the groups around it stand before its name
                        same = _plain(row_name.text).rpartition("·")[2] == name
                    else:
                        same = section.path[2] == clause.number or _plain(
                            section.passage.text
                        ).startswith(name)
                    if same:
                        found.append(section)
            elif (
                section.path
                and _plain(section.heading).startswith(name)
                and (not _scored(clause) or not above or self._inside(section, above))
            ):
                found.append(section)
        return found

    def _inside(self, section: Section, above: str) -> bool:
        holder = next((s for s in self.sections if s.path == section.path[:-1]), None)
        return holder is None or _plain(holder.heading).startswith(above) or not section.path[:-1]

    # -- the text's items

    def _text_items(self) -> list[TextItem]:
        """The items of every section, each place once, with the declared readings in place."""
        result: list[TextItem] = []
        taken: set[int] = {p for s in self.sections if s.mark is not None for p in s.mark.places}
        for section in sorted(self.sections, key=lambda s: len(s.passage)):
            # what stands in a section inside this one belongs there
            own = [i for i, place in enumerate(section.passage.places) if place not in taken]
            taken.update(section.passage.places)
            result += mark_items(section)
            if section.holder is not None and section.row is None:
                continue
            for passage in _runs(section.passage, own):
                read = replace(section, passage=self._with_readings(section, passage))
                result += text_items(read)
        rest = [p for p in range(len(self.document.passage.places))
                if self.document.passage.places[p] not in taken]  # fmt: skip
        for passage in _runs(self.document.passage, rest):
            outside = Section((), "", passage)
            read = replace(outside, passage=self._read_everywhere(passage))
            result += [replace(i, section=None) for i in text_items(read)]
        heads = {place for s in self.sections if s.row is not None and s.row.marks is not None
                 for place in s.row.marks.place.places}  # fmt: skip
        for section in self.sections:
            holder = section.holder
            if holder is not None:
                heads.update(holder.place.places)
                marks = [holder.total] if holder.total is not None else []
                for mark in (*marks, *holder.repeats):
                    heads.update(mark.place.places)
        kept = [i for i in result if i.section is not None or i.span.start not in heads]
        return sorted(kept, key=lambda i: (i.span.start, i.span.end))

    def _readings_of(self, clauses: Sequence[str]) -> Iterator[tuple[str, m.Reading]]:
        for reading in self.policy.readings:
            yield "", reading
        for id_ in clauses:
            clause = self.policy.clauses.get(id_)
            for reading in clause.readings if clause is not None else ():
                yield id_, reading

    def _with_readings(self, section: Section, passage: Passage) -> Passage:
        cited = [
            id_
            for id_, sections in self.cites.items()
            if any(_covers(s, section) for s in sections)
        ]
        declared = [(r_.original, r_.read_as, r_.reason) for _, r_ in self._readings_of(cited)
                    if not _is_marks(r_.original)]  # fmt: skip
        return passage.read(declared)

    def _read_everywhere(self, passage: Passage) -> Passage:
        return passage.read((x.original, x.read_as, x.reason) for x in self.policy.readings)

    def _all_readings(self) -> tuple[Read, ...]:
        text = self.document.passage
        result = []
        for id_, reading in self._readings_of(list(self.policy.clauses)):
            original = plain(reading.original)
            places = tuple(
                text.places[found.start()] for found in re.finditer(re.escape(original), text.text)
            )
            cited = self.cites.get(id_, [])
            inside = {p for s in cited for p in s.passage.places}
            inside |= {
                p
                for s in cited
                if s.row is not None and s.row.marks
                for p in s.row.marks.place.places
            }
            near = tuple(p for p in places if p in inside)
            result.append(
                Read(reading.original, reading.read_as, reading.reason, id_, near or places)
            )
        return tuple(result)

    # -- who is whose

    def audit(self) -> Audit:
        """Pair the items and judge what is left over."""
        texts = self._text_items()
        codes = self.codes
        of_text: dict[int, list[CodeItem]] = {i: [] for i in range(len(texts))}
        left: list[CodeItem] = []
        for code in codes:
            near = list(self._near(code, texts))
            fitting = [i for i in near if agree(texts[i], code)]
            if not fitting:
                left.append(code)
                continue
            of_text[self._best(fitting, texts, code, of_text)].append(code)
        entries: list[Entry] = []
        unmatched: list[int] = []
        for index, item in enumerate(texts):
            if of_text[index]:
                entries.append(self._matched(item, of_text[index]))
            else:
                unmatched.append(index)
        entries += self._leftovers([texts[i] for i in unmatched], left, texts, of_text)
        order = {id(item): index for index, item in enumerate(texts)}
        entries.sort(key=lambda x: (order[id(x.text)] if x.text is not None else len(texts),
                                    x.code[0].span.start if x.code else 0))  # fmt: skip
        return Audit(self.policy, self.document, tuple(entries), self._all_readings(),
                     tuple(self.lost), self.by)  # fmt: skip

    def _places(self, code: CodeItem) -> list[Section]:
        if code.locator and self.by == "locator":
            own = located(code.locator, self.sections)
            if own:
                return own
        return self.cites.get(code.clause, [])

    def _near(self, code: CodeItem, texts: Sequence[TextItem]) -> Iterator[int]:
        """The text's items in the sections that the clause of an item cites."""
        sections = self._places(code)
        everywhere = not sections or not code.clause
        for index, item in enumerate(texts):
            if item.section is None:
                if everywhere or code.group == "limit":
                    yield index
            elif any(_covers(s, item.section) for s in sections) or (everywhere and not sections):
                yield index

    @staticmethod
    def _best(
        fitting: Sequence[int],
        texts: Sequence[TextItem],
        code: CodeItem,
        taken: dict[int, list[CodeItem]],
    ) -> int:
        """The item that is nearest in words, of exactly this form, and not yet taken."""

        def rank(index: int) -> tuple[bool, float, int, int]:
            item = texts[index]
            alike = _alike(item.subject, code.subject) if item.subject and code.subject else 0.0
            used = len(taken[index])
            return (item.form == code.form, alike, -min(used, 1), -index)

        return max(fitting, key=rank)

    def _matched(self, item: TextItem, codes: Sequence[CodeItem]) -> Entry:
        if item.reading is not None:
            return Entry("read", item, tuple(codes), _as_read(item.reading))
        guess = self._guess(item)
        if guess is not None:
            declared = self._declared(guess, codes)
            if declared is None:
                return Entry(
                    "undeclared",
                    item,
                    tuple(codes),
                    f"{guess.original} → {guess.read_as}：{guess.reason[0]}",
                )
            return Entry("read", item, tuple(codes), _as_read(declared))
        return Entry("same", item, tuple(codes))

    def _guess(self, item: TextItem) -> Guess | None:
        section = item.section
        if section is None or item.group != "limit":
            return None
        guesses = list(section.row.guesses) if section.row is not None else []
        if section.holder is not None and (section.row is None or section.row.number == 1):
            guesses += section.holder.guesses
        at = item.span.start
        return next((g for g in guesses if at in g.place.places), None)

    def _declared(self, guess: Guess, codes: Sequence[CodeItem]) -> m.Reading | None:
        """The reading of the policy that says what the sums say."""
        wanted = re.sub(r"\s", "", guess.original)
        ids = {c.clause for c in codes} | {c.clause.rpartition("/")[0] for c in codes}
        for _, reading in self._readings_of(sorted(ids)):
            if re.sub(r"\s", "", reading.original) == wanted:
                numbers = set(re.findall(r"\d+", guess.read_as))
                if numbers <= set(re.findall(r"\d+", reading.read_as)):
                    return reading
        return None

    # -- what is left over

    def _leftovers(
        self,
        texts: Sequence[TextItem],
        codes: Sequence[CodeItem],
        all_texts: Sequence[TextItem],
        of_text: dict[int, list[CodeItem]],
    ) -> Iterator[Entry]:
        del of_text
        free = list(texts)
        rest: list[CodeItem] = []
        for code in codes:
            near = set(self._near(code, all_texts))
            own = [t for t in free if any(all_texts[i] is t for i in near)]
            rivals = [
                t for t in own if comparable(t, code) and (t.group != "date" or t.role == "date")
            ]
            # 2023年 names a year, not the day of the policy
            rivals = [t for t in rivals if t.group != "date" or (t.value or 0) % 100]
            rivals = [t for t in rivals if self._could_mean(t, code)]
            if not rivals or (code.sums and code.group == "limit"):
                rest.append(code)
                continue
            other = max(
                rivals, key=lambda t: (t.form == code.form, _alike(t.subject, code.subject))
            )
            free = [t for t in free if t is not other]
            yield Entry("different", other, (code,))
        for code in rest:
            if code.sums:
                yield Entry("sum", None, (code,), "由各部分的满分合计得出")
            elif code.assumed and not self._contradicted(code, all_texts):
                yield Entry("assumed", None, (code,), "；".join(code.assumed))
            elif self.by == "name" and not self.cites.get(code.clause):
                yield Entry("elsewhere", None, (code,), "这份文件没有相应的部分")
            elif self._implied(code, all_texts):
                yield Entry("same", None, (code,), "每项、每次等，数是一")
            else:
                yield Entry("missing_in_text", None, (code,))
        for item in free:
            again = self._restated(item)
            yield (
                Entry("same", item, (again,), "同一规则在别处已对上")
                if again
                else self._alone(item)
            )

    @staticmethod
    def _could_mean(item: TextItem, code: CodeItem) -> bool:
        """Whether a figure without a partner may be the one that the policy has otherwise."""
        if item.scoring or item.group == "date" or item.role == "count":
            return True
        if item.role == "frequency":
            return item.dimension == code.dimension
        return _alike(item.subject or item.words, code.subject) > 0.3

    def _contradicted(self, code: CodeItem, texts: Sequence[TextItem]) -> bool:
        """Whether the text does state figures of this kind: an assumption cannot change them."""
        return any(comparable(texts[i], code) and texts[i].scoring for i in self._near(code, texts))

    def _calculated(self, item: TextItem) -> bool:
        """Whether the clauses of a place calculate with figures of this kind.

        Then a figure that stands in their notes only is one that was left out of the rules.
        """
        if item.group == "verdict":
            return False
        if item.group not in ("threshold", "share", "limit"):
            return True
        return item.section is not None and bool(item.dimension) and any(
            c.group == item.group and c.dimension == item.dimension
            and any(_covers(s, item.section) for s in self._places(c))
            for c in self.codes
        )  # fmt: skip

    def _restated(self, item: TextItem) -> CodeItem | None:
        """An item of the policy that says the same and was found at another place of the text."""
        if item.section is None or item.group == "date":
            return None
        return next(
            (c for c in self.codes if agree(item, c) and item.scoring
             and any(_covers(s, item.section) for s in self._places(c))), None,
        )  # fmt: skip

    def _implied(self, code: CodeItem, texts: Sequence[TextItem]) -> bool:
        """A step of one that the text does not spell."""
        if code.group != "step" or code.value is None or code.value != 1:
            return False
        return any(texts[i].form.startswith("step") for i in self._near(code, texts))

    def _alone(self, item: TextItem) -> Entry:
        if item.group == "date":
            if item.reading is not None:
                return Entry("read", item, (), _as_read(item.reading))
            return Entry("beside", item, (), _BESIDE.get(item.role, ""))
        if item.value == 0:
            return Entry("beside", item, (), "零分")
        clauses = [
            id_
            for id_, sections in self.cites.items()
            if item.section is not None and any(_covers(s, item.section) for s in sections)
        ]
        if item.section is None and not item.scoring:
            return Entry("beside", item, (), "不在任何条款引用的部分")
        if item.reading is not None and item.value is None:
            return Entry("read", item, (), f"“{item.reading.original}”读作“{item.reading.read_as}”")
        worded = self._worded(item, clauses)
        if worded and not self._calculated(item):
            return Entry("worded", item, (), worded)
        if item.group == "step":
            return (
                Entry("same", item, (), "逐项写出")
                if self._written_out(item, clauses)
                else Entry("missing_in_code", item)
            )
        if not clauses:
            return Entry("uncited", item) if item.scoring else Entry("beside", item)
        if not item.scoring and item.role == "number" and item.dimension == "":
            return Entry("beside", item)
        if item.role == "frequency":
            return Entry("beside", item, (), "周期，不是数值")
        return Entry("missing_in_code", item)

    def _written_out(self, item: TextItem, clauses: Sequence[str]) -> bool:
        """Whether 每项 of the text is written as a rule for each of the things (or one for all)."""
        return item.dimension == "count" and item.value == 1 and any(
            isinstance(rule.action, (r.Flat, r.Discretionary, r.Combined, r.Tiers))
            for id_ in clauses if id_ in self.policy.clauses
            for rule in self.policy.clauses[id_].rules
        )  # fmt: skip

    def _worded(self, item: TextItem, clauses: Sequence[str]) -> str:
        """The words of the policy that state a figure without calculating with it."""
        for id_ in [*clauses, ""]:
            for text in self._texts(id_):
                for figure in scan(fold(text).replace(" ", "")).figures:
                    same_unit = figure.quantity.dimension == item.dimension or not item.dimension
                    if figure.value == item.value and (same_unit or figure.role == item.role):
                        return text
                verdict = _VERDICT.search(item.words) if item.group == "verdict" else None
                if verdict is not None and verdict[0] in fold(text):
                    return text
                if item.role == "frequency" and item.words in fold(text):
                    return text
                if item.words and len(item.words) > 1 and item.words in fold(text).replace(" ", ""):
                    return text
        return ""

    def _texts(self, id_: str) -> Iterator[str]:
        if not id_:
            yield from _texts_beside_clauses(self.policy)
            return
        for duty in self.policy.duties:
            if id_ == f"\n{duty.unit}":
                yield from (duty.text or "", *duty.reviews, *duty.hosts)
        clause = self.policy.clauses.get(id_)
        if clause is not None:
            yield from _texts_of_clause(self.policy, clause)


def _texts_beside_clauses(policy: m.Policy) -> Iterator[str]:
    """What a policy says in words outside its clauses, and in scenes, blends and roots."""
    yield from (*policy.notes, *policy.doubts, *policy.assumptions)
    yield from policy.meta.transition
    yield from policy.meta.legal_basis
    yield from _texts_of_readings(policy.readings)
    for deadline in policy.deadlines:
        yield deadline.text or ""
        yield from _notes_of(deadline.node)
    for duty in policy.duties:
        yield from (duty.text or "", *duty.reviews, *duty.hosts)
    for blend in policy.blends:
        yield from (blend.clause.summary or "", *blend.clause.doubts, *blend.clause.notes)
    for scene in policy.scenes:
        yield from (scene.clause.summary or "", *scene.clause.doubts)
    for root in policy.roots:
        yield from (root.summary or "", *root.notes, *root.doubts)


def _texts_of_clause(policy: m.Policy, clause: m.Clause) -> Iterator[str]:
    """What a clause says in words, with the notes of its rules, targets and facts."""
    rules = [inner for rule in clause.rules for inner in r.nested(rule)]
    yield from (clause.summary or "", *clause.notes, *clause.doubts, *clause.assumptions)
    for target in clause.targets:
        yield target.text or ""
    yield from _texts_of_readings(clause.readings)
    for rule in rules:
        yield from (*rule.assumptions, *rule.doubts)
        yield from _notes_of(rule.node)
    for target in clause.targets:
        yield from _notes_of(target.node)
    read = e.facts_of((
        *(rule.condition for rule in rules),
        *(expression for rule in rules for expression in expressions_of(rule.action)),
        *(target.condition for target in clause.targets),
    ))  # fmt: skip
    for name, _ in sorted(read):
        fact = policy.facts.get(name)
        if fact is not None:
            yield from (fact.note or "", *fact.assumptions)


def _texts_of_readings(readings: Iterable[m.Reading]) -> Iterator[str]:
    for reading in readings:
        yield from (reading.original, reading.read_as, reading.reason)


def _notes_of(node: n.Rule | n.Tier | n.Target | n.Deadline | None) -> Iterator[str]:
    if node is not None:
        yield from (note.text for note in node.notes)


def _as_read(reading: Reading | m.Reading) -> str:
    return f"“{reading.original}”读作“{reading.read_as}”：{reading.reason}"


def _scored(clause: m.Clause) -> bool:
    """Whether a clause is a row of a table: an item, an indicator or a task."""
    return clause.is_item or clause.kind == "task"


_VERDICT = re.compile("一票否决|不得分|失效|清零|归零|冻结")
_BESIDE = {"date": "日期", "document": "文号", "reference": "编号", "page": "页码", "name": "名称"}


def _covers(one: Section, other: Section) -> bool:
    """Whether a section is another or holds it."""
    if one.path == other.path and (one.holder is None) == (other.holder is None):
        return True
    if one.holder is not None or other.holder is not None:
        return False
    return len(one.path) < len(other.path) and other.path[: len(one.path)] == one.path


def _runs(passage: Passage, positions: Sequence[int]) -> Iterator[Passage]:
    """The connected stretches of a passage that these positions make."""
    start = 0
    for index in range(1, len(positions) + 1):
        if index == len(positions) or positions[index] != positions[index - 1] + 1:
            if index > start:
                yield passage.part(positions[start], positions[index - 1] + 1)
            start = index


def _is_marks(original: str) -> bool:
    """Whether a reading is about figures of a table that run together (185, 2013)."""
    return bool(re.fullmatch(r"[一-鿿]{0,10}\d{3,4}", original))


def _plain(text: str) -> str:
    return re.sub(r"[\s“”\"「」、]", "", fold(text))


def _alike(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
