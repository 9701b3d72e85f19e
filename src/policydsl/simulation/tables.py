"""The figures of a simulation as tables, for the screen, CSV, Parquet and DataFrames.

Numbers of points are exact; means, shares and the like are rounded here (half up), and exact in
the record (:func:`policydsl.simulation.records.as_record`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from policydsl.language.keywords import Language
from policydsl.model.policy import Policy
from policydsl.model.rules import RoundTo
from policydsl.scoring.columns.placing import OUTCOME_CODES, Ties
from policydsl.scoring.columns.plan import UNBOUNDED
from policydsl.scoring.ranges import round_points, show_points
from policydsl.scoring.ranking import OUTCOMES
from policydsl.scoring.results import TIE_WORDS, Cell, Column, Kind, ResultTable, pick
from policydsl.simulation import statistics as st
from policydsl.simulation.runs import TIES, Simulation

PLACES = 4
"""Decimal places of means and the like."""
FEW_CASES = 200
"""So many cases at most are told one by one."""
PLACE_WORDS = {"in": ("有位", "in"), "maybe": ("未定", "maybe"), "out": ("无位", "out")}
CHANGE_WORDS = {
    "unchanged": ("不变", "unchanged"),
    "gains": ("受益", "gains"),
    "loses": ("受损", "loses"),
    "mixed": ("不定", "mixed"),
}
ALL = ("全部", "all")
Row = list[Cell]
Head = tuple[str, str, str, Kind]
"""Key, Chinese and English title, kind."""


def rounded(value: Fraction | None, places: int = PLACES) -> Fraction | None:
    """A figure as it is shown."""
    unit = Fraction(1, 10**places)
    return None if value is None else round_points(value, RoundTo("half_up", unit))


def ratio(part: int, whole: int) -> Fraction | None:
    """A share, in percent."""
    return rounded(Fraction(100 * part, whole), 2) if whole else None


def clause_title(policy: Policy, id_: str) -> str:
    """What a clause is called."""
    clause = policy.clauses.get(id_)
    return id_ if clause is None else clause.name or clause.label or id_


def names_of(simulation: Simulation) -> list[str]:
    """What each case is called: its unit where it is the only one of it, else its id."""
    people = simulation.people
    rows = people.cases.tolist()
    ids = [people.id(row) for row in rows]
    population = people.rows[0].population
    units, domain = population.units, population.schema.units
    if units is None or domain is None:
        return ids
    words = [str(domain.value(int(units[row]))) if units[row] else "" for row in rows]
    seen = Counter(words)
    return [
        id_ if not word else word if seen[word] == 1 else f"{word} {id_}"
        for word, id_ in zip(words, ids, strict=True)
    ]


class _Tables:
    def __init__(self, simulation: Simulation, language: Language):
        self.sim = simulation
        self.language = language

    def say(self, pair: tuple[str, str]) -> str:
        return pick(self.language, *pair)

    def table(
        self, title: tuple[str, str], heads: Sequence[Head], rows: Sequence[Row]
    ) -> ResultTable:
        columns = tuple(
            Column(key, pick(self.language, zh, en), kind) for key, zh, en, kind in heads
        )
        return ResultTable(self.say(title), (), columns, tuple(map(tuple, rows)))

    @property
    def pairs(self) -> Iterator[tuple[int, int, str]]:
        """The base against each draft, then draft against draft."""
        labels = self.sim.labels
        for base in self.sim.numbers:
            for draft in self.sim.numbers[base + 1 :]:
                yield base, draft, f"{labels[base]} → {labels[draft]}"

    def end_names(self, exact: bool) -> list[str]:
        return [""] if exact else [self.say(("下限", "low")), self.say(("上限", "high"))]

    # -- distribution

    def summary(self) -> ResultTable:
        heads: list[Head] = [
            ("version", "版本", "version", "text"), ("end", "端", "end", "text"),
            ("persons", "人数", "persons", "integer"), ("mean", "均值", "mean", "points"),
            ("deviation", "标准差", "deviation", "points"), ("gini", "基尼系数", "Gini", "points"),
        ]  # fmt: skip
        for share in st.SHARES:
            percent = show_points(100 * share)
            heads.append((f"p{percent}", f"{percent}% 分位", f"{percent}%", "points"))
        rows: list[Row] = []
        for version in self.sim.numbers:
            ends = self.sim.summary(version)
            exact = self.sim.ends[version].exact
            for name, each in zip(self.end_names(exact), ends, strict=False):
                spread = None if each.deviation is None else Fraction(each.deviation)
                rows.append([
                    self.sim.labels[version], name, each.count, rounded(each.mean),
                    rounded(spread), rounded(each.gini, 6), *each.quantiles.values(),
                ])  # fmt: skip
        return self.table(("分布", "Distribution"), heads, rows)

    def histogram(self) -> ResultTable:
        heads: list[Head] = [("points", "得分", "points", "points")]
        columns: list[dict[int, int]] = []
        for version in self.sim.numbers:
            ends = self.sim.ends[version]
            for name, one in zip(self.end_names(ends.exact), (ends.low, ends.high), strict=False):
                label = f"{self.sim.labels[version]} {name}".strip()
                heads.append((f"persons_{len(columns)}", label, label, "integer"))
                columns.append(dict(zip(one.values.tolist(), one.counts.tolist(), strict=True)))
        values = sorted({value for column in columns for value in column})
        rows: list[Row] = [
            [st.in_points(value, self.sim.scale), *(column.get(value, 0) for column in columns)]
            for value in values
        ]
        return self.table(("得分的人数", "Persons by points"), heads, rows)

    def standing(self) -> ResultTable:
        heads: list[Head] = [
            ("version", "版本", "version", "text"),
            ("persons", "人数", "persons", "integer"),
            ("status", "有效力状态", "with a status", "integer"),
            ("vetoed", "一票否决", "vetoed", "integer"),
            ("excluded", "不符合条件", "not eligible", "integer"),
            ("open", "得分是区间", "with a range", "integer"),
        ]
        rows: list[Row] = []
        for version in self.sim.numbers:
            found = self.sim.standing(version)
            rows.append([self.sim.labels[version], found.persons, found.status, found.vetoed,
                         found.excluded, found.open])  # fmt: skip
        return self.table(("人的情况", "Standing"), heads, rows)

    def groups(self) -> ResultTable | None:
        by = self.sim.by
        if by is None:
            return None
        heads: list[Head] = [
            ("group", by.name, by.name, "text"), ("version", "版本", "version", "text"),
            ("end", "端", "end", "text"), ("persons", "人数", "persons", "integer"),
            ("mean", "均值", "mean", "points"), ("change", "均值变化", "change of mean", "points"),
            ("median", "中位数", "median", "points"), ("gini", "基尼系数", "Gini", "points"),
            ("admitted", "有位", "admitted", "integer"),
        ]  # fmt: skip
        admitted = [self.sim.admitted_by(version) for version in self.sim.numbers]
        rows: list[Row] = []
        for place, group in enumerate(self.sim.groups):
            base = st.summarised(group.ends[0].low, self.sim.scale)
            for version, ends in enumerate(group.ends):
                both = (ends.low, ends.high)
                for name, one in zip(self.end_names(ends.exact), both, strict=False):
                    each = st.summarised(one, self.sim.scale)
                    change = None
                    if each.mean is not None and base.mean is not None and both[0] is one:
                        change = each.mean - base.mean
                    rows.append([
                        group.label, self.sim.labels[version], name, group.persons,
                        rounded(each.mean), rounded(change), each.quantiles[Fraction(1, 2)],
                        rounded(each.gini, 6), admitted[version][place],
                    ])  # fmt: skip
        return self.table((f"按{by.name}", f"By {by.name}"), heads, rows)

    # -- changes

    def changes(self) -> ResultTable:
        heads: list[Head] = [
            ("change", "对比", "comparison", "text"),
            ("group", "组", "group", "text"),
            ("persons", "人数", "persons", "integer"),
            *((kind, *CHANGE_WORDS[kind], "integer") for kind in st.CHANGE_KINDS),
            ("mean", "人均变化", "mean change", "points"),
            ("gain", "受益者人均", "mean gain", "points"),
            ("loss", "受损者人均", "mean loss", "points"),
        ]
        rows: list[Row] = []
        for base, draft, label in self.pairs:
            found = [(self.say(ALL), self.sim.change(draft, base))]
            found += self.sim.change_by(draft, base)
            rows += [[label, group, *self._change(each)] for group, each in found]
        return self.table(("得失", "Gainers and losers"), heads, rows)

    def _change(self, change: st.Change) -> Row:
        scale = self.sim.scale
        open_ = len(change.low.values) and abs(change.low.values).max() >= UNBOUNDED
        mean = None if open_ else change.low.mean()
        gains, losses = change.counts["gains"], change.counts["loses"]
        return [
            change.size,
            *(change.counts[kind] for kind in st.CHANGE_KINDS),
            None if mean is None else rounded(mean / scale),
            None if open_ or not gains else rounded(Fraction(change.gained, gains * scale)),
            None if open_ or not losses else rounded(Fraction(change.lost, losses * scale)),
        ]

    def differences(self) -> ResultTable:
        heads: list[Head] = [
            ("change", "对比", "comparison", "text"),
            ("end", "端", "end", "text"),
            ("points", "变化", "change", "points"),
            ("persons", "人数", "persons", "integer"),
        ]
        rows: list[Row] = []
        for base, draft, label in self.pairs:
            found = self.sim.change(draft, base)
            ends = (found.low, found.high)
            for name, one in zip(self.end_names(found.low == found.high), ends, strict=False):
                for value, count in zip(one.values.tolist(), one.counts.tolist(), strict=True):
                    rows.append([label, name, st.in_points(value, self.sim.scale), count])
        return self.table(("变化的人数", "Persons by change"), heads, rows)

    def transitions(self) -> ResultTable:
        heads: list[Head] = [
            ("change", "对比", "comparison", "text"),
            ("from", "原分段", "from", "text"),
            ("to", "新分段", "to", "text"),
            ("persons", "人数", "persons", "integer"),
        ]
        texts = [show_points(Fraction(edge, self.sim.scale)) for edge in self.sim.edges]
        labels = st.labelled(texts)
        rows: list[Row] = []
        for base, draft, label in self.pairs:
            table = self.sim.transitions(draft, base)
            for i, j in zip(*table.nonzero(), strict=True):
                rows.append([label, labels[int(i)], labels[int(j)], int(table[i, j])])
        return self.table(("分段转移", "From band to band"), heads, rows)

    # -- places

    def lines(self) -> ResultTable:
        heads: list[Head] = [
            ("version", "版本", "version", "text"), ("scene", "场景", "scene", "text"),
            ("ties", "同分", "ties", "text"), ("quota", "名额", "places", "integer"),
            ("ranked", "参加排序", "ranked", "integer"),
            ("admitted", "有位", "admitted", "integer"),
            ("maybe", "未定", "maybe", "integer"), ("out", "无位", "out", "integer"),
            ("line", "录取线", "line", "points"), ("tied", "线上同分", "tied", "integer"),
            ("level", "同为线上分而未录取", "same points, not in", "integer"),
            ("below", "线下最近", "next below", "points"),
            ("margin", "相差", "margin", "points"), ("above", "线上最近", "next above", "points"),
        ]  # fmt: skip
        rows: list[Row] = []
        for version in self.sim.numbers:
            rows.append(self._line(version, None))
            if rows[-1][3] is not None:
                rows += [
                    self._line(version, ties) for ties in TIES if ties != self.sim.ties_of(version)
                ]
        return self.table(("录取线", "The line"), heads, rows)

    def _line(self, version: int, ties: Ties | None) -> Row:
        found = self.sim.line(version, ties)
        word = self.say(TIE_WORDS[ties or self.sim.ties_of(version)])
        if ties is not None:
            word = pick(self.language, f"若{word}", f"if {word}")
        has = found.quota is not None
        return [
            self.sim.labels[version], self.sim.scored[version].scene.name, word, found.quota,
            found.ranked, found.placed("in") if has else None,
            found.placed("maybe") if has else None,
            found.outcomes["not_admitted"] if has else None, found.line, found.tied, found.level,
            found.below, found.margin, found.above,
        ]  # fmt: skip

    def outcomes(self) -> ResultTable:
        heads: list[Head] = [
            ("version", "版本", "version", "text"),
            ("outcome", "结果", "outcome", "text"),
            ("households", "户数", "households", "integer"),
        ]
        rows: list[Row] = []
        for version in self.sim.numbers:
            found = self.sim.line(version)
            rows += [
                [self.sim.labels[version], self.say(OUTCOMES[outcome]), found.outcomes[outcome]]
                for outcome in OUTCOME_CODES
                if found.outcomes[outcome]
            ]
        return self.table(("排序结果", "Outcomes"), heads, rows)

    def crossings(self) -> ResultTable:
        heads: list[Head] = [
            ("change", "对比", "comparison", "text"),
            ("group", "组", "group", "text"),
            ("from", "原来", "before", "text"),
            ("to", "现在", "after", "text"),
            ("households", "户数", "households", "integer"),
        ]
        rows: list[Row] = []
        for base, draft, label in self.pairs:
            found = [(self.say(ALL), self.sim.crossing(draft, base))]
            found += self.sim.crossing_by(draft, base)
            for group, table in found:
                for i, before in enumerate(st.PLACES):
                    for j, after in enumerate(st.PLACES):
                        if table[i, j]:
                            words = self.say(PLACE_WORDS[before]), self.say(PLACE_WORDS[after])
                            rows.append([label, group, *words, int(table[i, j])])
        return self.table(("跨线", "Who crosses the line"), heads, rows)

    def churn(self) -> ResultTable:
        heads: list[Head] = [
            ("change", "对比", "comparison", "text"),
            ("both", "两边都排", "in both", "integer"),
            ("left", "不再参加", "no longer ranked", "integer"),
            ("joined", "新参加", "newly ranked", "integer"),
            ("moved", "名次变动", "moved", "integer"),
            ("share", "占比 %", "share %", "points"),
            ("mean", "平均变动", "mean move", "points"),
            ("up", "最多上升", "furthest up", "integer"),
            ("down", "最多下降", "furthest down", "integer"),
        ]
        rows: list[Row] = []
        for base, draft, label in self.pairs:
            found = self.sim.churn(draft, base)
            down, up = found.largest
            rows.append([
                label, found.both, found.only_before, found.only_after, found.moved,
                ratio(found.moved, found.both), rounded(found.mean_move, 2), up, down,
            ])  # fmt: skip
        return self.table(("名次变动", "Rank churn"), heads, rows)

    # -- caps, what is open

    def caps(self) -> ResultTable:
        heads: list[Head] = [
            ("version", "版本", "version", "text"),
            ("clause", "条款", "clause", "text"),
            ("title", "名称", "title", "text"),
            ("cap", "上限", "cap", "points"),
            ("persons", "人数", "persons", "integer"),
            ("certain", "到顶", "at the cap", "integer"),
            ("possible", "可能到顶", "perhaps at the cap", "integer"),
            ("share", "到顶 %", "at the cap %", "points"),
            ("nothing", "得 0 分", "without points", "integer"),
            ("mean", "均值", "mean", "points"),
        ]
        rows: list[Row] = []
        for version in self.sim.numbers:
            policy = self.sim.versions[version].policy
            for each in self.sim.caps(version):
                rows.append([
                    self.sim.labels[version], each.clause, clause_title(policy, each.clause),
                    each.cap, each.scored, each.certain, each.possible,
                    ratio(each.certain, each.scored), each.nothing, rounded(each.mean[0]),
                ])  # fmt: skip
        return self.table(("到顶的人", "At the caps"), heads, rows)

    def cases(self) -> ResultTable | None:
        """Case by case, where there are few: departments, a household in a test."""
        sim = self.sim
        if len(sim.people) > FEW_CASES:
            return None
        heads: list[Head] = [
            ("version", "版本", "version", "text"),
            ("case", "谁", "who", "text"),
            ("low", "得分下限", "low", "points"),
            ("high", "得分上限", "high", "points"),
            ("rank", "最好名次", "best rank", "integer"),
            ("worst", "最差名次", "worst rank", "integer"),
            ("outcome", "结果", "outcome", "text"),
        ]
        names = names_of(sim)
        rows: list[Row] = []
        for version in sim.numbers:
            total, (best, worst) = sim.total(version), sim.ranks[version]
            outcomes = sim.outcomes(version)
            places = [(best[i] == 0, best[i], worst[i], names[i]) for i in range(len(names))]
            for i in sorted(range(len(names)), key=places.__getitem__):
                ranked = bool(best[i])
                rows.append([
                    sim.labels[version], names[i],
                    st.in_points(int(total.low[i]), sim.scale),
                    st.in_points(int(total.high[i]), sim.scale),
                    int(best[i]) if ranked else None, int(worst[i]) if ranked else None,
                    self.say(OUTCOMES[OUTCOME_CODES[int(outcomes[i])]]),
                ])  # fmt: skip
        return self.table(("逐个的得分和名次", "Case by case"), heads, rows)

    def discretion(self) -> ResultTable:
        heads: list[Head] = [
            ("version", "版本", "version", "text"),
            ("persons", "人数", "persons", "integer"),
            ("open", "得分是区间", "with a range", "integer"),
            ("width", "区间平均宽", "mean width", "points"),
            ("widest", "最宽", "widest", "points"),
            ("ranks", "名次平均跨度", "mean span of ranks", "points"),
            ("pairs", "次序未定的两两 %", "undecided pairs %", "points"),
            ("possible", "录取未定", "places undecided", "integer"),
        ]
        rows: list[Row] = []
        for version in self.sim.numbers:
            found = self.sim.discretion(version)
            rows.append([
                self.sim.labels[version], found.persons, found.open, rounded(found.width.mean),
                found.width.quantiles[Fraction(1)], rounded(found.ranks.mean, 2),
                ratio(*found.pairs), found.possible,
            ])  # fmt: skip
        return self.table(("酌情与未载明", "What is open"), heads, rows)

    def assumptions(self) -> ResultTable:
        heads: list[Head] = [
            ("version", "版本", "version", "text"),
            ("assumption", "假设", "assumption", "text"),
            ("clauses", "条款数", "clauses", "integer"),
            ("points", "人均分", "points per person", "points"),
            ("share", "占各项得分 %", "of all points %", "points"),
            ("admitted", "有位", "admitted", "integer"),
            ("kept", "去掉后仍有位", "still admitted without", "integer"),
        ]
        rows: list[Row] = []
        for version in self.sim.numbers:
            for each in self.sim.resting(version):
                share = None if each.share is None else rounded(100 * each.share, 2)
                rows.append([
                    self.sim.labels[version], each.assumption, len(each.clauses),
                    rounded(each.points), share, each.admitted, each.kept,
                ])  # fmt: skip
        return self.table(("依据的假设", "Resting on assumptions"), heads, rows)

    def all(self) -> dict[str, ResultTable]:
        makers = {
            "summary": self.summary, "standing": self.standing, "histogram": self.histogram,
            "groups": self.groups, "changes": self.changes, "differences": self.differences,
            "transitions": self.transitions, "lines": self.lines, "outcomes": self.outcomes,
            "crossings": self.crossings, "churn": self.churn, "caps": self.caps,
            "discretion": self.discretion, "assumptions": self.assumptions,
            "cases": self.cases,
        }  # fmt: skip
        found: dict[str, ResultTable] = {}
        for name, make in makers.items():
            table = make()
            if table is not None:
                found[name] = table
        return found


def tables_of(simulation: Simulation, language: Language = "zh") -> dict[str, ResultTable]:
    """All tables of a simulation, by name."""
    return _Tables(simulation, language).all()
