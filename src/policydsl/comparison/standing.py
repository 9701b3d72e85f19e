"""The chapter about people: typical persons, what carries over, the population, agreement."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from policydsl.comparison.comparing import Comparison
from policydsl.comparison.crowd import QUANTILES, Favoured, Trait
from policydsl.comparison.differences import percent
from policydsl.comparison.people import Peopled
from policydsl.comparison.report import EMPTY, Cell, Head, Line, Part, Table, cell, number
from policydsl.comparison.schemes import Scheme
from policydsl.comparison.structure import AREA_WORDS
from policydsl.language.keywords import Language
from policydsl.scoring.exact import Score
from policydsl.scoring.ranges import Range, show_points
from policydsl.scoring.results import pick, show_range, status_text

REASONS_SHOWN = 5
MOST_PARTS = 6


def people_part(comparison: Comparison, language: Language) -> Part:
    """The chapter; there must be people."""
    assert comparison.people is not None
    return _Chapter(comparison, comparison.people, language).part()


class _Chapter:
    def __init__(self, comparison: Comparison, people: Peopled, language: Language):
        self.made = comparison
        self.schemes = comparison.schemes
        self.people = people
        self.language = language

    def say(self, zh: str, en: str) -> str:
        return pick(self.language, zh, en)

    def part(self) -> Part:
        tables = []
        if self.people.persons:
            tables += [self.persons(), self.matters()]
            if any(len(p.areas) for p in self.people.persons):
                tables.append(self.travelling())
        if self.people.standings:
            tables += [self.population(), *self.agreement(), *self.favoured()]
        return Part(
            "people", self.say("同样的人", "The same people"), tuple(self.sentences()), (),
            tuple(t for t in tables if t.rows),
        )  # fmt: skip

    def sentences(self) -> list[str]:
        """How far the rankings agree, and who is shut out."""
        found = []
        for (a, b), pairs in self.people.agreements.items():
            tau = pairs.tau(2)
            if tau is not None:
                one, other = self.schemes[a].label, self.schemes[b].label
                found.append(
                    self.say(
                        f"“{one}”与“{other}”的排序一致程度（肯德尔 τ-b）{tau}。",
                        f"Kendall's tau-b of “{one}” and “{other}”: {tau}.",
                    )
                )
        for scheme, standing in zip(self.schemes, self.people.standings, strict=False):
            if standing.ineligible:
                share = percent(Fraction(standing.ineligible, standing.persons))
                found.append(
                    self.say(
                        f"{share} 的人不符合“{scheme.label}”的参评条件；下面的得分不看这个条件。",
                        f"{share} of the persons may not apply under “{scheme.label}”; points "
                        "below leave that aside.",
                    )
                )
        return found

    # -- persons

    def persons(self) -> Table:
        heads = (
            Head(self.say("人", "person")),
            Head(self.say("情况", "facts"), wide=True),
            *(Head(s.label, "number", scheme=s.number) for s in self.schemes),
        )
        rows = []
        for person in self.people.persons:
            name = [Line(person.name, "main")]
            if person.stands_for is not None:
                name.append(Line(self.say(f"代表 {person.stands_for} 人",
                                          f"stands for {person.stands_for}"), "small"))  # fmt: skip
            values = [
                self._score(scheme, score, share)
                for scheme, score, share in zip(
                    self.schemes, person.scores, person.percentiles, strict=True
                )
            ]
            rows.append(
                (tuple(name), cell(self.say(person.about, person.about_en), "small"), *values)
            )
        note = self.say(
            "每格：得分；占总分的百分数；百分位（比多少人高，同分算一半）。得分不看参评条件和状态，"
            "不能用的另行注明。",
            "Points (before status and conditions); share of the total; percentile.",
        )
        return Table(
            "persons", self.say("典型的人在各方案", "Persons under each scheme"), heads,
            tuple(rows), note, 1,
        )  # fmt: skip

    def _score(self, scheme: Scheme, score: Score | None, share: Fraction | None) -> Cell:
        if score is None:
            return cell("—", "gap")
        lines = [Line(show_range(score.points, self.language), "number")]
        if scheme.total and score.points.is_exact:
            lines.append(Line(percent(score.points.value / scheme.total), "small"))
        elif not score.points.is_exact:
            lines.append(Line(self.say("有未载明或酌情之处", "open or at discretion"), "open"))
        if share is not None:
            place = _one(share)
            lines.append(Line(self.say(f"百分位 {place}", f"percentile {place}"), "small"))
        status = status_text(score, self.language)
        if status:
            lines.append(Line(status, "flag"))
        return tuple(lines)

    def matters(self) -> Table:
        """For each person the matters in which the schemes differ most."""
        heads = (
            Head(self.say("人", "person")),
            Head(self.say("事项", "matter")),
            *(Head(s.label, "number", scheme=s.number) for s in self.schemes),
            Head(self.say("相差（百分制）", "apart (of 100)"), "number"),
        )
        titles = {row.key: row.title for row in self.made.rows}
        rows: list[tuple[Cell, ...]] = []
        for person in self.people.persons:
            rated = sorted(
                ((self._spread(values), key) for key, values in person.parts.items()),
                key=lambda x: (-x[0], x[1]),
            )
            for place, (spread, key) in enumerate(r for r in rated[:MOST_PARTS] if r[0]):
                values = person.parts[key]
                rows.append((
                    cell(person.name if place == 0 else "", "main"), cell(titles[key]),
                    *(number("—" if v is None else show_range(v, self.language)) for v in values),
                    number(_one(spread)),
                ))  # fmt: skip
        return Table(
            "matters", self.say("哪些事项造成差别", "Which matters make the difference"), heads,
            tuple(rows),
            self.say("得分是区间的事项不参加比较。", "Ranges are not compared."), 2, False,
        )  # fmt: skip

    def _spread(self, values: Sequence[Range | None]) -> Fraction:
        shares = [
            Fraction(0) if v is None else v.value * 100 / s.total
            for s, v in zip(self.schemes, values, strict=True)
            if s.total and (v is None or v.is_exact)
        ]
        return max(shares) - min(shares) if len(shares) > 1 else Fraction(0)

    def travelling(self) -> Table:
        """What of each person's points is recognised elsewhere."""
        areas = [a for a in AREA_WORDS if any(a in x for p in self.people.persons for x in p.areas)]
        heads = (
            Head(self.say("人", "person")),
            Head(self.say("范围", "area")),
            *(Head(s.label, "number", scheme=s.number) for s in self.schemes),
        )
        rows: list[tuple[Cell, ...]] = []
        for person in self.people.persons:
            for place, area in enumerate(areas):
                values = [
                    number(show_range(x[area], self.language)) if area in x else cell("—", "gap")
                    for x in person.areas
                ]
                rows.append((
                    cell(person.name if place == 0 else "", "main"),
                    cell(self.say(*AREA_WORDS[area])), *values,
                ))  # fmt: skip
        means = [s.areas for s in self.people.standings]
        for place, area in enumerate(a for a in AREA_WORDS if any(a in x for x in means)):
            rows.append(
                (
                    cell(self.say("全体平均", "everybody, mean") if place == 0 else "", "main"),
                    cell(self.say(*AREA_WORDS[area])),
                    *(number(_two(x[area])) if area in x else cell("—", "gap") for x in means),
                )
            )
        note = self.say(
            "换到别处时带得走的，只有那里也认的部分：全省通用的到省内各处都算，全市通用的出了市不算，"
            "仅限本地的离开就没有。",
            "Only what is recognised elsewhere can be taken along.",
        )
        return Table(
            "travelling", self.say("哪些分数带得走", "What carries over"), heads, tuple(rows),
            note, 2, False,
        )  # fmt: skip

    # -- the population

    def population(self) -> Table:
        rows: list[tuple[Cell, ...]] = []
        standings = self.people.standings

        def add(zh: str, en: str, values: Sequence[str]) -> None:
            rows.append((cell(self.say(zh, en), "main"), *map(number, values)))

        add("人数", "persons", [str(s.persons) for s in standings])
        add("总分", "total", [_points(s.maximum) for s in standings])
        add("平均分", "mean", [_ends(s.mean, s.mean_high) for s in standings])
        add("平均占总分", "mean share", [
            "—" if s.mean is None or not s.maximum or s.mean_high is None else
            "～".join(dict.fromkeys(percent(x / s.maximum) for x in (s.mean, s.mean_high)))
            for s in standings
        ])  # fmt: skip
        for place, share in enumerate(QUANTILES):
            add(
                f"{percent(share, 0)} 分位",
                f"quantile {percent(share, 0)}",
                [_points(s.quantiles[place]) for s in standings],
            )
        add("得分未定的人", "points open", [str(s.open) for s in standings])
        add("不符合参评条件", "may not apply", [str(s.ineligible) for s in standings])
        add("失效、冻结等", "with a status", [str(s.with_status) for s in standings])
        return Table(
            "population",
            self.say("同一人口在各方案", "The same population"),
            (Head(""), *(Head(s.label, "number", scheme=s.number) for s in self.schemes)),
            tuple(rows),
        )

    def agreement(self) -> list[Table]:
        if not self.people.agreements:
            return []
        rows = []
        for one in self.schemes:
            values = []
            for other in self.schemes:
                if one.number == other.number:
                    values.append(number("1"))
                    continue
                tau: Decimal | None = self.people.tau(one.number, other.number)
                values.append(number("—" if tau is None else str(tau.quantize(Decimal("0.001")))))
            rows.append((cell(one.label, "main"), *values))
        note = self.say(
            "肯德尔 τ-b：1 是次序完全相同，0 是毫无关系，−1 是完全相反；同分已经扣除。"
            "得分在任一方案未定的人不参加。",
            "Kendall's tau-b, ties taken out; persons whose points are open under either are left "
            "out.",
        )
        heads = (Head(""), *(Head(s.label, "number", scheme=s.number) for s in self.schemes))
        return [Table(
            "agreement", self.say("排序有多一致", "How far rankings agree"), heads, tuple(rows),
            note,
        )]  # fmt: skip

    def favoured(self) -> list[Table]:
        if not self.people.favoured:
            return []
        heads = (
            Head(self.say("在哪里排得最前", "best placed under")),
            Head(self.say("人数", "persons"), "number"),
            Head(self.say("这些人的特点", "who they are"), wide=True),
            Head(self.say("靠哪些事项（百分制）", "by which matters (of 100)"), wide=True),
        )
        rows = [self._favoured(each) for each in self.people.favoured]
        note = self.say(
            "“靠哪些事项”：这些人比全体平均多得的分，在这里减去在别处，折合百分制；各事项加上“封顶等”"
            "就是总的优势。",
            "What they get beyond everybody's mean, here less elsewhere, of 100; all matters and "
            "caps add up to the whole advantage.",
        )
        return [Table(
            "favoured", self.say("谁在哪里更有利", "Who does well where"), heads, tuple(rows), note,
        )]  # fmt: skip

    def _favoured(self, each: Favoured) -> tuple[Cell, ...]:
        label = self.schemes[each.scheme].label
        share = percent(Fraction(each.persons, self.people.standings[0].persons or 1))
        if not each.persons or each.advantage is None:
            return cell(label, "main"), number("0"), EMPTY, EMPTY
        titles = {row.key: row.title for row in self.made.rows}
        lines = [Line(self.say(f"共 {_signed(each.advantage)}",
                               f"{_signed(each.advantage)} in all"), "number")]  # fmt: skip
        lines += [
            Line(f"{titles[key]} {_signed(value)}", "small")
            for key, value in each.reasons[:REASONS_SHOWN]
        ]
        others = sum((v for _, v in each.reasons[REASONS_SHOWN:]), Fraction(0)) + (
            each.rest or Fraction(0)
        )
        if others:
            lines.append(Line(self.say(f"其余事项、封顶等 {_signed(others)}",
                                       f"others, caps {_signed(others)}"), "small"))  # fmt: skip
        return (
            cell(label, "main"),
            (Line(str(each.persons), "number"), Line(share, "small")),
            tuple(Line(self._trait(t)) for t in each.traits),
            tuple(lines),
        )

    def _trait(self, trait: Trait) -> str:
        if trait.value is None:
            return self.say(
                f"{trait.fact} 平均 {_one(trait.there)}（全体 {_one(trait.overall)}）",
                f"{trait.fact}: mean {_one(trait.there)} (everybody {_one(trait.overall)})",
            )
        return self.say(
            f"{trait.fact} 为“{trait.value}”的 {percent(trait.there, 0)}"
            f"（全体 {percent(trait.overall, 0)}）",
            f"{trait.fact} “{trait.value}”: {percent(trait.there, 0)} "
            f"(everybody {percent(trait.overall, 0)})",
        )


def _points(value: Fraction | None) -> str:
    return "—" if value is None else show_points(value)


def _ends(low: Fraction | None, high: Fraction | None) -> str:
    if low is None or high is None:
        return "—"
    return "～".join(dict.fromkeys((_two(low), _two(high))))


def _rounded(value: Fraction, places: int) -> Fraction:
    scale = 10**places
    size = (2 * abs(value).numerator * scale + value.denominator) // (2 * value.denominator)
    return Fraction(size if value >= 0 else -size, scale)


def _one(value: Fraction) -> str:
    return show_points(_rounded(value, 1))


def _two(value: Fraction) -> str:
    return show_points(_rounded(value, 2))


def _signed(value: Fraction) -> str:
    shown = _two(value)
    if value < 0:
        return shown.replace("-", "−", 1)
    return f"+{shown}"
