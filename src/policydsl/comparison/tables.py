"""A comparison → its report: chapters with sentences, pictures and tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from policydsl.comparison import cells as c
from policydsl.comparison.comparing import Comparison
from policydsl.comparison.differences import KIND_WORDS, percent, undecided
from policydsl.comparison.links import HOW_WORDS, Link
from policydsl.comparison.pictures import pictures_of
from policydsl.comparison.report import (
    Cell,
    Head,
    Line,
    Part,
    Report,
    Role,
    Table,
    cell,
    number,
)
from policydsl.comparison.schemes import KIND_WORDS as DOCUMENTS
from policydsl.comparison.schemes import Scheme, is_open
from policydsl.comparison.standing import people_part
from policydsl.comparison.structure import AREA_WORDS
from policydsl.comparison.structure import Part as SchemePart
from policydsl.comparison.thresholds import COMPARABILITY_WORDS, MeasureRow
from policydsl.comparison.units import UnitRow
from policydsl.language.keywords import Language
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import pick
from policydsl.wording.sentences import clause_name, period_text


def report_of(comparison: Comparison, language: Language = "zh") -> Report:
    """Everything that a comparison says, in one language."""
    return _Reporter(comparison, language).report()


class _Reporter:
    def __init__(self, comparison: Comparison, language: Language):
        self.made = comparison
        self.schemes = comparison.schemes
        self.language = language
        self.duties = all(s.kind != "scheme" for s in self.schemes)

    def say(self, zh: str, en: str) -> str:
        """In the language of the report."""
        return pick(self.language, zh, en)

    def heads(self, wide: bool = False, kind: str = "text") -> list[Head]:
        """A column for each scheme."""
        return [
            Head(s.label, "number" if kind == "number" else "text", wide, s.number)
            for s in self.schemes
        ]

    def report(self) -> Report:
        """All chapters that have something to say."""
        parts = [self.overview(), self.structure()]
        if any(len([x for x in row.cells if x]) > 1 for row in self.made.units):
            parts.append(self.units())
        parts += [self.concepts(), self.thresholds()]
        if self.made.people is not None:
            parts.append(people_part(self.made, self.language))
        if self.made.proposals():
            parts.append(self.proposals())
        pictures = pictures_of(self.made, self.language)
        parts = [
            Part(p.id, p.title, p.sentences, tuple(x for x in pictures if x.id in _PLACES[p.id]),
                 p.tables)
            for p in parts
        ]  # fmt: skip
        labels = self.say(" ｜ ", " | ").join(s.label for s in self.schemes)
        return Report(
            self.say("政策并排比较", "Policies side by side"), labels, tuple(self.lead()),
            tuple(self.assumptions()), tuple(parts), tuple(self.record()),
        )  # fmt: skip

    # -- what matters

    def lead(self) -> list[str]:
        """The sentences that one reads first."""
        rows, found = self.made.rows, self.made.differences
        shared = [r for r in rows if all(r.cells)]
        same = [r for r in rows if not found[r.key] and undecided(r, self.schemes) is None]
        gaps = [r for r in rows if any(not x for x in r.cells)]
        sentences = [
            self.say(
                f"共 {len(rows)} 个事项：各方案都有的 {len(shared)} 个，有缺项的 {len(gaps)} 个，"
                f"完全相同的 {len(same)} 个。",
                f"{len(rows)} matters: {len(shared)} in all of them, {len(gaps)} missing "
                f"somewhere, {len(same)} the same in all.",
            )
        ]
        counts = {
            kind: sum(any(d.kind == kind for d in found[r.key]) for r in rows)
            for kind in KIND_WORDS
            if kind != "gap"
        }
        told = [(kind, n) for kind, n in counts.items() if n]
        if told:
            zh = "，".join(f"{KIND_WORDS[kind][0]} {n}" for kind, n in told)
            en = ", ".join(f"{KIND_WORDS[kind][1]} {n}" for kind, n in told)
            sentences.append(self.say(f"有差别的事项：{zh}。", f"Matters that differ by: {en}."))
        measures = [m for m in self.made.measures if m.documents > 1]
        if measures:
            other = [m for m in measures if m.verdict != "same"]
            names = "、".join(m.title for m in other[:6])
            more = self.say("等", " …") if len(other) > 6 else ""
            sentences.append(
                self.say(
                    f"同一数据在两份以上文件里有门槛的 {len(measures)} 个，"
                    f"门槛不同的 {len(other)} 个" + (f"：{names}{more}。" if other else "。"),
                    f"{len(measures)} measures have a threshold in two documents or more, "
                    f"{len(other)} of them another one" + (f": {names}{more}." if other else "."),
                )
            )
        for scheme in self.schemes:
            tally = self.made.structure.tallies[scheme.number]
            if scheme.kind != "work_plan" and tally.open and 2 * tally.open > tally.items:
                sentences.append(
                    self.say(
                        f"“{scheme.label}”的 {tally.items} 项里有 {tally.open} 项没有写明怎样计分，"
                        f"这些格子只能对照名称。{self._hint(scheme)}",
                        f"{tally.open} of {tally.items} items of “{scheme.label}” do not state "
                        f"their points: there, names alone can be compared.{self._hint(scheme)}",
                    )
                )
        return sentences

    def _hint(self, scheme: Scheme) -> str:
        """Assumption sets that would close what is open."""
        known = scheme.version.library.assumptions_for(scheme.policy.id)
        sets = [name for name in known if name not in scheme.policy.assumed]
        if not sets:
            return ""
        options = " ".join(f"--assume {name}" for name in sets)
        return self.say(
            f"加 {options} 可以按假定的分值比。", f" {options} compares assumed points."
        )

    def assumptions(self) -> list[str]:
        """What has to stand above everything: assumption sets by scheme, synthetic people."""
        found = []
        for label, sets in self.made.assumed.items():
            names = "、".join(sets)
            found.append(
                self.say(
                    f"“{label}”用了假设集 {names}："
                    "标“依假设集”的分值和由它算出的得分不是原文的规定。",
                    f"“{label}” rests on the assumption set {names}: points marked so, and scores "
                    "made of them, are not in the text.",
                )
            )
        if self.made.people is not None:
            about = self.made.people.about.get("population", {})
            if about.get("kind") == "specification":
                count = len(about["assumptions"])
                found.append(
                    self.say(
                        f"人口是按设定 {about['id']} 合成的（{about['households']} 户，种子 "
                        f"{about['seed']}，{count} 项假定），不是任何地方的真实名单。",
                        f"The population is synthetic: {about['id']}, {about['households']} "
                        f"households, seed {about['seed']}, {count} assumptions.",
                    )
                )
            found += [
                f"{label}{self.say('：', ': ')}{told.message(self.language)}"
                for label, told in self.made.people.told
                if told.severity == "warning"
            ]
        if self.made.currencies:
            totals = self.say("、", ", ").join(
                f"{s.label} {show_points(s.total)}" for s in self.schemes if s.total is not None
            )
            found.append(
                self.say(
                    f"各方案总分不同（{totals}），一分的分量不一样："
                    "分值旁边的百分数是占总分的比重。",
                    f"Totals differ ({totals}), so a point is not the same everywhere: the "
                    "percentage beside the points is the share of the total.",
                )
            )
        return found

    def record(self) -> list[tuple[str, str]]:
        """How the comparison was made."""
        found = [
            (s.label, f"{s.title}（{self.say('来源', 'source')}：{s.policy.meta.source or '—'}）")
            for s in self.schemes
        ]
        if self.made.decisions.name:
            number_ = len(self.made.decisions.by_key)
            found.append((
                self.say("起草人的决定", "decisions"),
                self.say(f"{self.made.decisions.name}，{number_} 条",
                         f"{self.made.decisions.name}, {number_}"),
            ))  # fmt: skip
        for note in self.made.notes:
            found.append((note.code, note.message(self.language)))
        return found

    # -- overview and structure

    def overview(self) -> Part:
        """The documents."""
        heads = [Head(self.say("", "")), *self.heads(wide=True)]
        rows: list[tuple[Cell, ...]] = []

        def add(zh: str, en: str, values: Sequence[str]) -> None:
            if any(values):
                rows.append((cell(self.say(zh, en), "main"), *map(cell, values)))

        add("标识", "id", [s.policy.id for s in self.schemes])
        metas = [s.policy.meta for s in self.schemes]
        add("名称", "title", [s.title for s in self.schemes])
        add("种类", "kind", [self.say(*DOCUMENTS[s.kind]) for s in self.schemes])
        add("地区", "region", [x.region or "" for x in metas])
        add(
            "印发",
            "issued",
            ["" if x.issued is None else period_text(x.issued, self.language) for x in metas],
        )
        add(
            "施行",
            "in force",
            ["" if x.in_force is None else period_text(x.in_force, self.language) for x in metas],
        )
        add("总分", "total", [self._total(s) for s in self.schemes])
        tallies = self.made.structure.tallies
        units = [len(s.policy.units) for s in self.schemes]
        if any(units):
            add("单位", "units", [str(n) if n else "" for n in units])
        add("项数", "items", [str(t.items) if t.items else "" for t in tallies])
        add("写明怎样计分", "points stated", [str(t.stated) if t.items else "" for t in tallies])
        add("酌情", "at discretion", [str(t.discretionary) if t.items else "" for t in tallies])
        add("未载明", "not stated", [str(t.open) if t.items else "" for t in tallies])
        tasks = [[e for e in s.elements if e.clause.kind == "task"] for s in self.schemes]
        add("任务", "tasks", [str(len(x)) if x else "" for x in tasks])
        add("假设集", "assumption sets", ["、".join(s.policy.assumed) for s in self.schemes])
        table = Table("overview", self.say("文件", "Documents"), tuple(heads), tuple(rows))
        return Part("overview", self.say("一览", "Overview"), (), (), (table,))

    def _total(self, scheme: Scheme) -> str:
        if scheme.kind == "work_plan":
            return self.say("没有分值", "no points")
        if scheme.total is not None:
            return show_points(scheme.total)
        return self.say("未载明", "not stated")

    def structure(self) -> Part:
        """Groups with raw points and in a scheme of 100; where points count."""
        heads = (
            Head(self.say("方案", "scheme")), Head(self.say("部分", "part")),
            Head(self.say("分值", "points"), "number"),
            Head(self.say("折合百分制", "of 100"), "number"),
            Head(self.say("互认", "recognition")), Head(self.say("项数", "items"), "number"),
            Head(self.say("酌情", "at discretion"), "number"),
            Head(self.say("未载明", "not stated"), "number"), Head(self.say("出处", "source")),
        )  # fmt: skip
        rows: list[tuple[Cell, ...]] = []
        for scheme in self.schemes:
            rows.extend(self._parts(scheme))
        tables = []
        if rows:
            note = self.say(
                "加分在总分之外，扣分从总分里减，都不折合。",
                "Bonuses stand beside the total and deductions are taken off it: neither is "
                "normalised.",
            )
            tables.append(Table(
                "structure", self.say("分值结构", "Point structure"), heads, tuple(rows), note, 2
            ))  # fmt: skip
        if not self.duties:
            tables.append(self._areas())
        return Part("structure", self.say("分值结构", "Structure"), (), (), tuple(tables))

    def _parts(self, scheme: Scheme) -> Iterable[tuple[Cell, ...]]:
        own = self.made.structure.of(scheme.number)
        alike: dict[object, list[SchemePart]] = {}
        for part in own:
            # the tables of units have the same points: they stand in one line
            key = (part.table, part.points) if part.kind == "unit" else part.clause.id
            alike.setdefault(key, []).append(part)
        for parts in alike.values():
            first = parts[0]
            title = self.say("不在组里的各项", "items outside groups")
            if first.title:
                title = clause_name(first.clause, self.language)
            if len(parts) > 1:
                title = self.say(f"各单位（{len(parts)} 个）", f"each of {len(parts)} units")
            elif first.kind == "bonus":
                title += self.say("（加分）", " (bonus)")
            elif first.kind == "deductions":
                title += self.say("（扣分）", " (deductions)")
            if first.table:
                title = f"{first.table}·{title}"
            assumed = tuple(dict.fromkeys(a for p in parts for a in p.assumed))
            normal = "" if first.normal is None else show_points(_rounded(first.normal))
            role: Role = "open" if is_open(first.points) else "number"
            mark = [Line("、".join(assumed), "assumed")] if assumed else []
            yield (
                cell(scheme.label), (Line(title, "main"), *mark),
                cell(c.points_text(first.points, self.language), role),
                number(normal), cell(first.recognition or ""), number(sum(p.items for p in parts)),
                number(sum(p.discretionary for p in parts) or ""),
                number(sum(p.open for p in parts) or ""),
                cell(first.locator if len(parts) == 1 else "", "source"),
            )  # fmt: skip

    def _areas(self) -> Table:
        """Where points count, by scheme."""
        structure = self.made.structure
        rows = []
        for area, words in AREA_WORDS.items():
            sums = [structure.areas[s.number].get(area) for s in self.schemes]
            if all(x is None for x in sums):
                continue
            values = []
            for scheme, points in zip(self.schemes, sums, strict=True):
                if points is None:
                    values.append(cell("—", "gap"))
                    continue
                share = percent(points / scheme.total) if scheme.total else ""
                values.append(number(f"{show_points(points)}（{share}）"))
            rows.append((cell(self.say(*words), "main"), *values))
        note = self.say(
            "一个人换到别处时，只有通用的部分带得走；各方案同名的通用部分算法是否一样，看事项对照。",
            "Who moves takes along only what is recognised there; whether the rules of such parts "
            "agree is shown matter by matter.",
        )
        return Table(
            "areas", self.say("分数在哪里有效", "Where points count"),
            (Head(self.say("范围", "area")), *self.heads(kind="number")), tuple(rows), note,
        )  # fmt: skip

    # -- units

    def units(self) -> Part:
        """Units that belong together, with their points and items."""
        heads = (*self.heads(), Head(self.say("依据", "grounds")))
        rows = [row for row in self.made.units if sum(bool(x) for x in row.cells) > 1]
        single = [row for row in self.made.units if sum(bool(x) for x in row.cells) == 1]
        made = [(*self._units(row), self._grounds(row.links)) for row in rows]
        sentences = []
        for scheme in self.schemes:
            names = [
                scheme.policy.clauses[id_].label
                for row in single
                for id_ in row.cells[scheme.number]
            ]
            if names:
                listed = self.say("、", ", ").join(names)
                sentences.append(
                    self.say(
                        f"只见于“{scheme.label}”的单位 {len(names)} 个：{listed}。",
                        f"{len(names)} units in “{scheme.label}” only: {listed}.",
                    )
                )
        table = Table(
            "units", self.say("单位对应", "Units that belong together"), heads, tuple(made), "", 0
        )
        return Part("units", self.say("单位", "Units"), tuple(sentences), (), (table,))

    def _units(self, row: UnitRow) -> Iterable[Cell]:
        for scheme in self.schemes:
            lines: list[Line] = []
            for id_ in row.cells[scheme.number]:
                clause = scheme.policy.clauses[id_]
                items = [x for x in clause.walk() if x.is_item]
                parts = "+".join(
                    show_points(x.declared_maximum)
                    if isinstance(x.declared_maximum, Fraction)
                    else "?"
                    for x in items
                )
                lines.append(Line(clause.label, "main"))
                judged = sum(x.discretionary for x in items)
                opened = sum(x.open or not x.rules for x in items)
                zh = f"{len(items)} 项（{parts}）" + (f"，酌情 {judged}" if judged else "") + (
                    f"，未载明 {opened}" if opened else "")  # fmt: skip
                en = f"{len(items)} items ({parts})" + (f", {judged} at discretion" if judged else
                     "") + (f", {opened} not stated" if opened else "")  # fmt: skip
                lines.append(Line(self.say(zh, en), "small"))
                lines.append(Line(c.source_text(clause.locator, self.language), "source"))
            yield tuple(lines) or cell("—", "gap")

    def _grounds(self, links: Sequence[Link]) -> Cell:
        lines = []
        for link in links:
            text = self.say(*HOW_WORDS[link.how])
            if link.score is not None:
                text += f" {link.score:.2f}"
            lines.append(Line(text, "flag" if link.proposed else "text"))
            lines += [Line(self.say(*why), "small") for why in link.reasons]
        return tuple(lines)

    # -- the table

    def concepts(self) -> Part:
        """One row for each concept; a short form for a terminal beside the whole one."""
        found = self.made.differences
        heads = (
            Head(self.say("事项", "matter")),
            *self.heads(wide=True),
            Head(self.say("差别", "differences")),
        )
        full, brief = [], []
        for row in self.made.rows:
            title = [Line(row.title, "main")]
            if row.concept is None:
                title.append(Line(self.say("没有归入概念", "no concept"), "small"))
            if row.proposed:
                title.append(Line(self.say("含建议对应", "with proposals"), "flag"))
            values = [c.row_cell(row, s, self.language) for s in self.schemes]
            told = c.differences_cell(row, found[row.key], self.schemes, self.language)
            full.append((tuple(title), *values, told))
            mark = self.say("（建议）", " (proposed)") if row.proposed else ""
            brief.append(
                (
                    cell(row.title + mark),
                    *(number(c.short_points(row, s, self.language)) for s in self.schemes),
                    c.kinds_cell(row, found[row.key], self.schemes, self.language),
                )
            )
        short = Table(
            "points",
            self.say("各事项的分值", "Points by matter"),
            (heads[0], *self.heads(kind="number"), heads[-1]),
            tuple(brief),
        )
        whole = Table(
            "concepts", self.say("事项对照", "Matter by matter"), heads, tuple(full), "", 1, False
        )
        return Part("concepts", self.say("事项对照", "Matters"), (), (), (short, whole))

    def thresholds(self) -> Part:
        """The same measure in each document."""
        heads = (
            Head(self.say("数据", "measure")),
            *self.heads(wide=True),
            Head(self.say("比较", "verdict")),
        )
        shared = [m for m in self.made.measures if m.documents > 1]
        single = [m for m in self.made.measures if m.documents == 1]
        tables = []
        for id_, title, rows in (
            ("thresholds", self.say("门槛对照", "Thresholds"), shared),
            ("single", self.say("只见于一份文件的门槛", "Thresholds of one document only"), single),
        ):
            if rows:
                tables.append(Table(
                    id_, title, heads, tuple(self._measure(m) for m in rows), "", 1,
                    id_ == "thresholds",
                ))  # fmt: skip
        sentences = () if shared else (
            self.say("没有一个数据在两份以上文件里有门槛。",
                     "No measure has a threshold in two documents."),
        )  # fmt: skip
        return Part("thresholds", self.say("门槛", "Thresholds"), sentences, (), tuple(tables))

    def _measure(self, row: MeasureRow) -> tuple[Cell, ...]:
        title = [Line(row.title, "main")]
        names = [name for name in row.facts if name != row.title]
        if names:
            listed = self.say("、", ", ").join(row.facts)
            title.append(Line(self.say(f"各文件的叫法：{listed}", f"called: {listed}"), "small"))
        title += [
            Line(
                f"{self.say(*HOW_WORDS[x.how])}{'' if x.score is None else f' {x.score:.2f}'}",
                "flag" if x.proposed else "small",
            )
            for x in row.links
        ]
        values = []
        for found in row.cells:
            lines: list[Line] = []
            for each, following in zip(found, (*found[1:], None), strict=False):
                name = "" if each.fact == row.title else each.fact
                lines.append(Line(f"{name}{self.say(*each.shown())}", "main"))
                what = self.say(*each.outcome)
                if each.worth in ("priced", "discretion", "open") and each.sign < 0:
                    what = self.say(f"达不到：{what}", f"else: {what}")
                if not row.alike(each):
                    what += self.say("；计量不同", "; measured otherwise")
                lines.append(Line(what, "small"))
                # thresholds of one clause have their place and source once
                if following is None or following.element is not each.element:
                    lines.append(Line(each.element.place, "small"))
                    source = c.source_text(each.element.locator, self.language)
                    lines.append(Line(source, "source"))
            values.append(tuple(lines) or cell("—", "gap"))
        verdict = row.verdict
        role: Role = "flag" if verdict not in ("same", "single") else "text"
        last = [Line(self.say(*COMPARABILITY_WORDS[verdict]), role)]
        if any(not row.alike(t) for x in row.cells for t in x):
            last.append(
                Line(self.say("计量不同的不能直接比", "measured otherwise: not compared"), "small")
            )
        return (tuple(title), *values, tuple(last))

    # -- proposals

    def proposals(self) -> Part:
        """What waits for the drafter's yes or no."""
        heads = (
            Head(self.say("甲", "one")),
            Head(self.say("乙", "other")),
            Head(self.say("相近程度", "score"), "number"),
            Head(self.say("理由", "reasons")),
        )
        rows = []
        for link, keys in self.made.proposals():
            reasons = tuple(Line(self.say(*why), "small") for why in link.reasons)
            how = Line(self.say(*HOW_WORDS[link.how]), "flag")
            rows.append(
                (cell(keys[0]), cell(keys[1]), number(f"{link.score or 0:.2f}"), (how, *reasons))
            )
        sentence = self.say(
            "这些对应是程序按文字和结构猜的。用 --proposals 写进文件，填上是或否，"
            "下次用 --decisions 读入。",
            "These pairs are guesses by text and structure. --proposals writes them to a file for "
            "your yes or no, which --decisions reads.",
        )
        table = Table(
            "proposals", self.say("待定的对应", "Proposed pairs"), heads, tuple(rows), "", 2
        )
        return Part("proposals", self.say("待定的对应", "Proposals"), (sentence,), (), (table,))


_PLACES = {
    "overview": (), "structure": ("bars",), "units": (), "concepts": ("heat",),
    "thresholds": ("dots",), "people": ("slope",), "proposals": (),
}  # fmt: skip


def _rounded(value: Fraction, places: int = 2) -> Fraction:
    scale = 10**places
    return Fraction(
        (2 * value.numerator * scale + value.denominator) // (2 * value.denominator), scale
    )
