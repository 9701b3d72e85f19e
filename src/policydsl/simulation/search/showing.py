"""What a search found, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policydsl.language.keywords import Language
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import Cell, Column, Kind, ResultTable, pick
from policydsl.simulation.search.moves import Move
from policydsl.simulation.search.searching import Draft, Found, Looked
from policydsl.simulation.search.targets import TITLES, Measures, Target, shown_share
from policydsl.simulation.search.targets import Kind as TargetKind
from policydsl.simulation.tables import rounded

Head = tuple[str, str, str, Kind]


def tables_of(
    found: Found, moves: Sequence[Move], ids: Sequence[str], language: Language
) -> dict[str, ResultTable]:
    """The tables: targets, proposals and their changes; else trade-offs; what was looked at."""
    made = _Tables(found, moves, ids, language)
    tables = {
        "targets": made.targets(), "proposals": made.proposals(), "changes": made.changes(),
    }  # fmt: skip
    if not found.drafts and not found.base_meets:
        tables |= {"tradeoffs": made.tradeoffs(), "obstacles": made.obstacles()}
    return tables | {"looked": made.looked(), "moves": made.movable()}


def measured_pairs(
    found: Found, draft: Draft, language: Language = "zh"
) -> Iterator[tuple[str, str, str]]:
    """Each measured figure: what it is, of the base, of the draft."""
    for title, of in _figures(found, language):
        yield title, of(found.base), of(draft.measures)


class _Figure:
    """A figure of measures as it is shown."""

    def __init__(self, target: Target | None, kind: str = ""):
        self.target, self.kind = target, kind

    def __call__(self, measures: Measures) -> str:
        if self.target is not None:
            return self.target.shown(self.target.value(measures))
        value = getattr(measures, self.kind)
        if self.kind in ("losers", "gainers"):
            return shown_share(value)
        value = rounded(value, 4)
        return "—" if value is None else show_points(value)


def _figures(found: Found, language: Language) -> list[tuple[str, _Figure]]:
    """Mean, line, losers, gainers, and the shares that targets are about."""
    kinds: tuple[TargetKind, ...] = ("mean", "line", "losers", "gainers")
    figures = [
        (pick(language, *TITLES[kind]), _Figure(None, kind))
        for kind in kinds
        if kind != "line" or found.base.line is not None
    ]
    shares = {target.group: target for target in found.targets if target.group is not None}
    return [*figures, *((t.title(language), _Figure(t)) for t in shares.values())]


class _Tables:
    def __init__(self, found: Found, moves: Sequence[Move], ids: Sequence[str], language: Language):
        self.found, self.moves, self.ids, self.language = found, moves, ids, language

    def table(
        self, title: tuple[str, str], heads: Sequence[Head], rows: Sequence[Sequence[Cell]]
    ) -> ResultTable:
        columns = tuple(Column(key, pick(self.language, zh, en), kind)
                        for key, zh, en, kind in heads)  # fmt: skip
        return ResultTable(
            pick(self.language, *title), (), columns, tuple(tuple(row) for row in rows)
        )

    def changed(self, draft: Draft) -> str:
        """The changes in a line."""
        changes = [
            f"{self.moves[place].name} → {show_points(value)}"
            for place, value in sorted(draft.chosen.items())
        ]
        return "；".join(changes) or pick(self.language, "不改", "no change")

    def figure_heads(self) -> list[Head]:
        """A column for each figure."""
        return [
            (f"figure_{number}", title, title, "text")
            for number, (title, _) in enumerate(_figures(self.found, self.language))
        ]

    def figure_cells(self, measures: Measures) -> list[Cell]:
        """The figures."""
        return [of(measures) for _, of in _figures(self.found, self.language)]

    def targets(self) -> ResultTable:
        """Each target, and whether the base meets it."""
        yes, no = pick(self.language, "是", "yes"), pick(self.language, "否", "no")
        rows = [
            [t.text(self.language), t.shown(t.value(self.found.base)),
             yes if t.met(self.found.base) else no]
            for t in self.found.targets
        ]  # fmt: skip
        heads: list[Head] = [
            ("target", "目标", "target", "text"), ("base", "现在", "now", "text"),
            ("met", "已满足", "met", "text"),
        ]  # fmt: skip
        return self.table(("目标", "Targets"), heads, rows)

    def proposals(self) -> ResultTable:
        """The drafts, the best first, below the base."""
        heads: list[Head] = [
            ("draft", "方案", "draft", "text"), ("count", "改动数", "changes", "integer"),
            ("changes", "改动", "what changes", "text"), *self.figure_heads(),
        ]  # fmt: skip
        base = pick(self.language, "现在", "now")
        rows: list[list[Cell]] = [[base, 0, "", *self.figure_cells(self.found.base)]]
        for id_, draft in zip(self.ids, self.found.drafts, strict=True):
            cells = self.figure_cells(draft.measures)
            rows.append([id_, len(draft.chosen), self.changed(draft), *cells])
        return self.table(("方案", "Drafts"), heads, rows)

    def changes(self) -> ResultTable:
        """Every changed number of every draft."""
        heads: list[Head] = [
            ("draft", "方案", "draft", "text"), ("clause", "条款", "clause", "text"),
            ("rule", "规则", "rule", "text"), ("before", "原为", "before", "points"),
            ("after", "改为", "after", "points"), ("unit", "单位", "unit", "text"),
        ]  # fmt: skip
        rows: list[list[Cell]] = []
        for id_, draft in zip(self.ids, self.found.drafts, strict=True):
            for place, value in sorted(draft.chosen.items()):
                figure = self.moves[place].figure
                rule = figure.rule(self.language)
                rows.append([id_, figure.clause, rule, figure.value, value, figure.unit])
        return self.table(("改动", "Changes"), heads, rows)

    def tradeoffs(self) -> ResultTable:
        """The drafts that come nearest, one row for each way of weighing the targets."""
        heads: list[Head] = [
            ("changes", "改动", "what changes", "text"), *self.figure_heads(),
            ("unmet", "未满足的目标", "targets missed", "text"),
        ]  # fmt: skip
        rows = []
        for draft in self.found.tradeoffs:
            unmet = [t for t in self.found.targets if not t.met(draft.measures)]
            missed = "；".join(self._missed(t, draft.measures) for t in unmet)
            rows.append([self.changed(draft), *self.figure_cells(draft.measures), missed])
        return self.table(("取舍：各目标不能同时满足时，最接近的改法",
                           "Trade-offs: the nearest drafts"), heads, rows)  # fmt: skip

    def _missed(self, target: Target, measures: Measures) -> str:
        miss = target.miss(measures)
        short = pick(self.language, "差", "off by")
        return f"{target.text(self.language)}（{short} {target.shown(miss)}）"

    def obstacles(self) -> ResultTable:
        """Which target is in the way."""
        heads: list[Head] = [
            ("target", "目标", "target", "text"),
            ("met", "满足它的改法", "drafts that meet it", "integer"),
            ("others", "不计它时满足其余目标的改法", "drafts that meet all others", "integer"),
            ("measured", "测过的改法（含不改）", "drafts measured", "integer"),
        ]  # fmt: skip
        rows: list[list[Cell]] = [
            [each.target.text(self.language), each.met, each.others_met, self.found.measured]
            for each in self.found.obstacles
        ]
        return self.table(("哪个目标挡住了", "Which target is in the way"), heads, rows)

    def looked(self) -> ResultTable:
        """How much of all possible drafts was looked at."""
        heads: list[Head] = [
            ("changes", "改动数", "changes", "integer"),
            ("drafts", "可能的改法", "possible drafts", "integer"),
            ("looked", "试过", "looked at", "integer"), ("met", "满足", "met", "integer"),
            ("coverage", "范围", "coverage", "text"),
        ]  # fmt: skip
        rows: list[list[Cell]] = [
            [each.changes, each.drafts, each.looked, each.met, pick(self.language, *coverage(each))]
            for each in self.found.looked
        ]
        return self.table(("试过的范围", "What was looked at"), heads, rows)

    def movable(self) -> ResultTable:
        """The numbers that may move, and to what."""
        heads: list[Head] = [
            ("name", "数字", "number", "text"), ("rule", "规则", "rule", "text"),
            ("value", "现为", "now", "points"), ("low", "最低", "lowest", "points"),
            ("high", "最高", "highest", "points"), ("count", "取值个数", "values", "integer"),
        ]  # fmt: skip
        rows: list[list[Cell]] = [
            [
                m.name,
                m.figure.rule(self.language),
                m.figure.value,
                m.values[0],
                m.values[-1],
                len(m.values),
            ]
            for m in self.moves
        ]
        return self.table(("可以改的数字", "Numbers that may move"), heads, rows)


def coverage(looked: Looked) -> tuple[str, str]:
    """Whether all drafts of a size were looked at, and which not."""
    if looked.complete:
        return "全部", "all"
    if looked.looked == looked.listed:
        return "抽取的都试过", "all that were drawn by lot"
    if looked.listed < looked.drafts:
        return "抽取的，从最整的起", "of those drawn by lot, from the roundest on"
    return "从最整的起，到此为止", "from the roundest on, up to here"
