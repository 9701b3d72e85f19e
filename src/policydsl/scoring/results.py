"""Scores and rankings → tables: what each column holds, in Chinese or in English.

One :class:`ResultTable` serves the screen, CSV, Excel, Parquet and DataFrames; JSON has a
richer form of its own (:func:`score_records`, :func:`ranking_record`).  Points stay exact: they
are fractions here, and decimals or texts wherever they go.

Columns of a score table: who (id, name, household, unit, entity: those that the cases have),
得分 (empty where it is not a single number), 得分下限, 得分上限, 假设 (the sets and readings it
rests on), then each group, status, eligibility, blends, targets, and the reasons.  A part that
is a range for some case has its two ends in two more columns behind its own.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from policydsl.language.keywords import Language
from policydsl.language.keywords import pick as pick
from policydsl.model import expressions as e
from policydsl.model.policy import Clause, Policy, RankingKey
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Reason, Score
from policydsl.scoring.ranges import Range, show_points
from policydsl.scoring.ranking import OUTCOMES, Placement, RankingResult
from policydsl.scoring.tables import CaseTable


class Unbounded:
    """The high end of a range that nothing bounds; the low end where ``low`` is set."""

    def __init__(self, low: bool = False):
        self.low = low


Kind = Literal["text", "points", "integer"]
Cell = str | Fraction | int | bool | Unbounded | None
"""``None`` is an empty cell; a fraction is a number of points."""


@dataclass(frozen=True, slots=True)
class Column:
    """``key`` is stable for machines; ``kind`` says what its cells are."""

    key: str
    title: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class ResultTable:
    """``notice`` says on what the figures rest, line by line; it belongs above the table."""

    title: str
    notice: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def column(self, key: str) -> tuple[Cell, ...]:
        """The cells of a column.  ``KeyError`` if unknown."""
        for position, column in enumerate(self.columns):
            if column.key == key:
                return tuple(row[position] for row in self.rows)
        raise KeyError(key)


# -- words

STATUS_WORDS: Mapping[str, tuple[str, str]] = {
    "suspended": ("暂时失效", "suspended"),
    "void": ("永久失效", "void"),
    "zeroed": ("清零", "zeroed"),
    "frozen": ("冻结", "frozen"),
}
REASON_WORDS: Mapping[str, tuple[str, str]] = {
    "missing": ("缺材料", "missing"),
    "discretionary": ("酌情待评", "discretionary"),
    "judgement": ("已评定", "judged"),
    "open": ("未载明", "not stated"),
    "assumption": ("假设", "assumption"),
    "veto": ("一票否决", "veto"),
    "no_points": ("不得分", "no points"),
    "status": ("状态", "status"),
    "not_eligible": ("不符合条件", "not eligible"),
    "not_in_force": ("不在施行期", "not in force"),
    "no_table": ("无对应表", "no table"),
}
TIE_WORDS: Mapping[str, tuple[str, str]] = {
    "admit_all": ("一并录取", "all in"),
    "admit_none": ("不录取", "none in"),
    "lottery": ("抽签", "by lot"),
    "open": ("未载明", "not stated"),
}


def show_range(value: Range | None, language: Language = "zh") -> str:
    """Points as a reader sees them: 92.25, 70～100, or 100 以上 where nothing bounds them."""
    if value is None:
        return "—"
    if value.is_exact:
        return show_points(value.value)
    if value.low is None and value.high is None:
        return pick(language, "无界", "unbounded")
    if value.high is None:
        assert value.low is not None
        low = show_points(value.low)
        return pick(language, f"{low} 以上（无上界）", f"{low} or more (no bound)")
    if value.low is None:
        high = show_points(value.high)
        return pick(language, f"{high} 以下（无下界）", f"{high} or less (no bound)")
    return f"{show_points(value.low)}～{show_points(value.high)}"


def notice(policy: Policy, language: Language) -> tuple[str, ...]:
    """What has to be said above figures that rest on assumption sets; empty without any."""
    if not policy.assumed:
        return ()
    names = "、".join(policy.assumed)
    return (
        pick(
            language,
            f"注意：以下结果依据假设集 {names}，不是“{policy.title or policy.id}”原文的规定。",
            f"Note: these results rest on the assumption set {names}, which is not part of the "
            f"text of “{policy.title or policy.id}”.",
        ),
    )


def status_text(score: Score, language: Language = "zh") -> str:
    """Statuses, veto and eligibility of a score in words; empty when there is none."""
    held = [status for status in STATUS_WORDS if status in score.statuses]
    words = [pick(language, *STATUS_WORDS[status]) for status in held]
    if score.vetoed == "yes":
        words.append(pick(language, "一票否决", "vetoed"))
    elif score.vetoed == "maybe":
        words.append(pick(language, "可能被一票否决", "perhaps vetoed"))
    if score.eligible is False:
        words.append(pick(language, "不符合适用条件", "not eligible"))
    elif score.eligible is None:
        words.append(pick(language, "适用条件未能核对", "eligibility not checked"))
    text = pick(language, "、", ", ").join(words)
    decided = score.statuses or score.vetoed == "yes" or score.eligible is False
    if text and decided and score.points != score.total:
        points = show_range(score.points, language)
        unit = pick(language, " 分", " points") if score.points.is_exact else ""
        text += pick(language, f"（原 {points}{unit}）", f" ({points}{unit} before)")
    return text


def in_order(policy: Policy, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons by clause, as the document has them, then by kind and wording.

    What concerns the whole document comes first, what became of the points last.  So the order
    depends on the reasons alone and not on how a score was worked out.
    """
    places = {id_: place for place, id_ in enumerate(policy.clauses, start=1)}
    kinds = {kind: place for place, kind in enumerate(REASON_WORDS)}
    last = len(places) + 1

    def key(reason: Reason) -> tuple[int, int, str, str]:
        place = places.get(reason.clause, 0) if reason.clause else 0
        if reason.kind in ("veto", "status"):
            place = last
        fact = f"{reason.fact or ''}\0{reason.assumption or ''}"
        return place, kinds[reason.kind], reason.zh, fact

    return tuple(sorted(reasons, key=key))


def assumption_text(score: Score, policy: Policy, language: Language = "zh") -> str:
    """The assumption sets with the number of clauses they touch, and readings in full."""
    sets: dict[str, set[str]] = {}
    readings: dict[str, None] = {}
    for reason in in_order(policy, score.reasons):
        if reason.kind != "assumption":
            continue
        if reason.assumption is not None:
            sets.setdefault(reason.assumption, set()).add(reason.clause)
        else:
            readings.setdefault(reason.zh if language == "zh" else reason.en)
    parts = []
    for name in policy.assumed:
        count = len(sets.get(name, ()))
        if count:
            parts.append(pick(language, f"{name}（{count} 处）", f"{name} ({count} clauses)"))
    return pick(language, "；", "; ").join([*parts, *readings])


def reason_text(policy: Policy, reasons: Iterable[Reason], language: Language = "zh") -> str:
    """Reasons other than assumptions, joined."""
    texts = dict.fromkeys(
        reason_sentence(policy, reason, language)
        for reason in in_order(policy, reasons)
        if reason.kind != "assumption"
    )
    return pick(language, "；", "; ").join(texts)


def reason_sentence(policy: Policy, reason: Reason, language: Language = "zh") -> str:
    """A reason with the clause that it concerns, by its full name."""
    text = reason.zh if language == "zh" else reason.en
    clause = policy.clauses.get(reason.clause)
    if clause is None or not clause.id:
        return text
    name = clause_name(policy, clause.id)
    between = pick(language, "：", ": ")
    for label in (clause.label, clause.name or clause.label):
        # the evaluator calls a numbered item by its number alone
        for colon in ("：", ": "):
            if text.startswith(f"{label}{colon}"):
                return f"{name}{between}{text.removeprefix(f'{label}{colon}')}"
    return text if name in text else f"{name}{between}{text}"


def reason_counts(reasons: Iterable[Reason], language: Language = "zh") -> str:
    """How many reasons of each kind there are, for a narrow column."""
    counts: dict[str, int] = {}
    for reason in reasons:
        if reason.kind != "assumption":
            counts[reason.kind] = counts.get(reason.kind, 0) + 1
    return pick(language, "，", ", ").join(
        f"{pick(language, *words)} {counts[kind]}"
        for kind, words in REASON_WORDS.items()
        if kind in counts
    )


def reason_lines(
    policy: Policy, table: CaseTable, scores: Sequence[Score], language: Language = "zh"
) -> list[str]:
    """One line for each case that has reasons other than assumptions."""
    lines = []
    for case, score in zip(table.cases, scores, strict=True):
        text = reason_text(policy, score.reasons, language)
        if text:
            unit = case.unit or ""
            # a reason in the unit's own table begins with the unit
            beside = "" if unit and text.startswith(unit) else unit
            who = [case.id, table.labels.get(case.id) or beside]
            lines.append(f"{' '.join(w for w in who if w)}{pick(language, '：', ': ')}{text}")
    return lines


def assumption_lines(
    policy: Policy, scores: Sequence[Score], language: Language = "zh"
) -> list[str]:
    """Each assumption that some score rests on, with the number of scores that do."""
    cases: dict[tuple[str, str], set[str]] = {}
    clauses: dict[tuple[str, str], dict[str, None]] = {}
    for score in scores:
        for reason in in_order(policy, score.reasons):
            if reason.kind == "assumption":
                key = (reason.assumption or "", assumed_because(reason, language))
                cases.setdefault(key, set()).add(score.case)
                clauses.setdefault(key, {}).setdefault(clause_name(policy, reason.clause))
    lines = []
    for (name, why), ids in cases.items():
        where = pick(language, "、", ", ").join(c for c in clauses[name, why] if c)
        count = pick(language, f"（{len(ids)} 例）", f" ({len(ids)} cases)")
        lines.append("｜".join(part for part in (name, where, f"{why}{count}") if part))
    return lines


def assumed_because(reason: Reason, language: Language = "zh") -> str:
    """Why something was assumed, without the set and the clause, which stand beside it."""
    text = reason.zh if language == "zh" else reason.en
    if reason.assumption is None:
        return text
    # “假设集 yueqing-demo：年龄（规则）附件1 是空表 …”
    _, _, why = reason.zh.partition("）")
    return why or text


def clause_name(policy: Policy, id_: str) -> str:
    """A clause as a reader knows it: its name, or the path of a numbered item with its name."""
    clause = policy.clauses.get(id_)
    if clause is None or not clause.id:
        return id_
    return f"{clause.id} {clause.name or ''}".rstrip() if clause.label.isdigit() else clause.label


# -- the parts of a policy that have a column


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a policy that has a column in a result."""

    key: str
    title: str
    ids: frozenset[str]
    """Clauses that share the column: of all unit tables only a case's own one is scored."""


def _label(clause: Clause, language: Language) -> str:
    if language == "en" and clause.english:
        return clause.english
    return clause.name or clause.label


def group_parts(policy: Policy, language: Language = "zh") -> list[Part]:
    """The top-level parts of all schedules; the tables of units share one column."""
    parts: dict[str, tuple[str, set[str]]] = {}
    for root in policy.roots:
        for clause in root.children:
            if clause.kind == "task":
                continue
            if clause.kind == "unit":
                key, title = "unit_table", pick(language, "本单位部分", "own table")
            else:
                # groups of the same name in two schedules are one column: a case has one of them
                key, title = clause.label, _label(clause, language)
            parts.setdefault(key, (title, set()))[1].add(clause.id)
    return [Part(key, title, frozenset(ids)) for key, (title, ids) in parts.items()]


def item_parts(policy: Policy, scores: Sequence[Score], language: Language = "zh") -> list[Part]:
    """Every item that was scored for some case, in document order."""
    return item_parts_of(policy, {id_ for score in scores for id_ in score.parts}, language)


def item_parts_of(policy: Policy, used: Container[str], language: Language = "zh") -> list[Part]:
    """The items among the clauses used, in document order."""
    parts = []
    for clause in policy.items:
        if clause.id not in used:
            continue
        title = clause.id
        if clause.name and clause.name != clause.label:
            title = f"{clause.id} {clause.name}"
        if language == "en" and clause.english:
            title = f"{clause.id} {clause.english}"
        parts.append(Part(clause.id, title, frozenset({clause.id})))
    return parts


def part_value(score: Score, part: Part) -> Range | None:
    """The points of a part for a case; ``None`` where it does not belong to the case."""
    return next((score.parts[id_] for id_ in part.ids if id_ in score.parts), None)


# -- score tables


def score_table(
    policy: Policy,
    table: CaseTable,
    scores: Sequence[Score],
    items: bool = False,
    language: Language = "zh",
) -> ResultTable:
    """One row for each case, in the order of the cases."""
    made = _Columns(language)
    add = made.add
    _who(table, add)
    for key, zh, en, values in _ends("score", "得分", "score", [s.total for s in scores], True):
        add(key, zh, en, values, "points")
    add(
        "assumptions", "假设", "assumptions", [assumption_text(s, policy, language) for s in scores]
    )
    parts = group_parts(policy, language)
    if items:
        parts = [*parts, *item_parts(policy, scores, language)]
    for part in parts:
        ranges = [part_value(score, part) for score in scores]
        for key, zh, en, values in _ends(part.key, part.title, part.title, ranges, False):
            add(key, zh, en, values, "points")
    add("status", "状态", "status", [status_text(score, language) for score in scores])
    for blend in policy.blends:
        ranges = [score.blends.get(blend.id) for score in scores]
        name = _label(blend.clause, language)
        for key, zh, en, values in _ends(blend.id, name, name, ranges, False):
            add(key, zh, en, values, "points")
    if any(score.targets for score in scores):
        _targets(scores, language, add)
    add("reasons", "原因", "reasons", [reason_text(policy, s.reasons, language) for s in scores])
    title = pick(language, f"{policy.title or policy.id}：得分", f"Scores under {policy.id}")
    return made.table(title, notice(policy, language))


class _Columns:
    """A table on the way, column by column; no two columns have the same title."""

    def __init__(self, language: Language):
        self.language = language
        self.columns: list[Column] = []
        self.cells: list[Sequence[Cell]] = []

    def add(self, key: str, zh: str, en: str, values: Sequence[Cell], kind: Kind = "text") -> None:
        title = pick(self.language, zh, en)
        if any(column.title == title for column in self.columns):
            title = f"{title}（{key}）"
        self.columns.append(Column(key, title, kind))
        self.cells.append(values)

    def table(self, title: str, notes: tuple[str, ...]) -> ResultTable:
        rows = tuple(zip(*self.cells, strict=True))
        return ResultTable(title, notes, tuple(self.columns), rows)


_Add = Callable[..., None]


def _who(table: CaseTable, add: _Add) -> None:
    cases = table.cases
    add("id", "编号", "id", [case.id for case in cases])
    if table.labels:
        add("name", "姓名", "name", [table.labels.get(case.id) for case in cases])
    for key, zh in (("household", "户号"), ("unit", "单位"), ("entity", "对象")):
        values = [getattr(case, key) for case in cases]
        if any(value is not None for value in values):
            add(key, zh, key, values)


def _ends(
    key: str, zh: str, en: str, ranges: Sequence[Range | None], always: bool
) -> list[tuple[str, str, str, list[Cell]]]:
    """A column of single numbers, and two of ends where some case has a range."""
    single: list[Cell] = [r.value if r is not None and r.is_exact else None for r in ranges]
    result = [(key, zh, en, single)]
    if always or any(r is not None and not r.is_exact for r in ranges):
        low = [_end(r, low=True) for r in ranges]
        high = [_end(r, low=False) for r in ranges]
        space = " " if not always else ""
        result.append((f"{key}_low", f"{zh}{space}下限", f"{en} low", low))
        result.append((f"{key}_high", f"{zh}{space}上限", f"{en} high", high))
    return result


def _end(value: Range | None, low: bool) -> Cell:
    if value is None:
        return None
    end = value.low if low else value.high
    return Unbounded(low) if end is None else end


def _targets(scores: Sequence[Score], language: Language, add: _Add) -> None:
    for key, zh, en, wanted in (
        ("targets_met", "达到的目标数", "targets met", True),
        ("targets_not_met", "未达到的目标数", "targets not met", False),
        ("targets_open", "未核对的目标数", "targets not checked", None),
    ):
        values: list[Cell] = [sum(t.met is wanted for t in score.targets) for score in scores]
        add(key, zh, en, values, "integer")
    lists: list[Cell] = []
    for score in scores:
        missed = []
        for target in score.targets:
            if target.met is False:
                gap = ""
                if target.gap is not None:
                    shown = show_points(target.gap)
                    gap = pick(language, f"（差 {shown}）", f" (gap {shown})")
                missed.append(f"{target.text}{gap}")
        lists.append(pick(language, "；", "; ").join(missed))
    add("targets_missed", "未达到的目标", "missed targets", lists)


# -- rankings


def ranking_table(
    policy: Policy, table: CaseTable, result: RankingResult, language: Language = "zh"
) -> ResultTable:
    """One row for each household or case, in the order of the ranks."""
    scene = policy.scene(result.scene)
    made = _Columns(language)
    add = made.add
    places = result.placements
    cases = {case.id: case for case in table.cases}
    add("rank", "名次", "rank", [_rank(p) for p in places])
    ordered = CaseTable(table.name, tuple(cases[p.case] for p in places), table.labels)
    _who(ordered, add)
    add("outcome", "结果", "outcome", [pick(language, *OUTCOMES[p.outcome]) for p in places])
    if scene.household == "higher_of":
        add("scored_by", "计分人", "scored by", [_scored_by(p, language) for p in places])
    for key, zh, en, values in _ends("score", "得分", "score", [p.points for p in places], False):
        add(key, zh, en, values, "points")
    for position, ranking_key in enumerate(scene.keys):
        if position == 0 and ranking_key.text in ("总分", "total_score"):
            continue  # the column before
        name = key_name(policy, ranking_key, language)
        zh, en = f"排序{position + 1} {name}", f"key {position + 1} {name}"
        texts = [_key(p, position) for p in places]
        numbers = [_points(text) for text in texts]
        if None in numbers:
            add(f"key_{position + 1}", zh, en, texts)
        else:
            add(f"key_{position + 1}", zh, en, numbers, "points")
    assumed = [assumption_text(p.score, policy, language) for p in places]
    add("assumptions", "假设", "assumptions", assumed)
    add("tied_with", "同分户数", "tied", [p.tied_with or None for p in places], "integer")
    add("status", "状态", "status", [status_text(p.score, language) for p in places])
    add("reasons", "原因", "reasons", [reason_text(policy, p.reasons, language) for p in places])
    title = pick(
        language,
        f"{policy.title or policy.id}：{result.scene}排序",
        f"Ranking for {result.scene} under {policy.id}",
    )
    return made.table(title, (*notice(policy, language), *ranking_notes(result, language)))


def _points(text: str) -> Fraction | None:
    """The number that a key's text is; ``None`` for dates, choices and ranges."""
    try:
        return Fraction(text)
    except ValueError:
        return None


def _rank(placement: Placement) -> int | str | None:
    if placement.rank is not None or placement.best is None:
        return placement.rank
    return f"{placement.best}～{placement.worst}"


def _scored_by(placement: Placement, language: Language) -> str:
    if placement.chosen == placement.case:
        return pick(language, "本人", "applicant")
    return pick(language, "配偶", "spouse")


def key_name(policy: Policy, key: RankingKey, language: Language = "zh") -> str:
    """What a ranking key compares, in a few words."""
    match key.expression:
        case e.ScoreRef(clause=None, role="spouse"):
            return pick(language, "配偶总分", "spouse's total")
        case e.ScoreRef(clause=None):
            return pick(language, "总分", "total")
        case e.ScoreRef(clause=str(id_), role="self") if id_ in policy.clauses:
            return _label(policy.clauses[id_], language)
        case e.FactRef(fact=name, role="self"):
            fact = policy.facts[name]
            return fact.english if language == "en" and fact.english else name
    return key.text


def _key(placement: Placement, position: int) -> str:
    return placement.keys[position] if position < len(placement.keys) else ""


def ranking_notes(result: RankingResult, language: Language) -> tuple[str, ...]:
    """Places, the line, ties at it, and what the scene leaves open."""
    lines = []
    admitted = sum(p.outcome == "admitted" for p in result.placements)
    possible = sum(p.outcome == "possible" for p in result.placements)
    ties = pick(language, *TIE_WORDS[result.ties])
    if result.quota is None:
        lines.append(
            pick(
                language,
                f"{result.scene}：名额未定，只排名次（用 --quota 给出名额）。",
                f"{result.scene}: the number of places is not known (give it with --quota).",
            )
        )
    else:
        zh = f"{result.scene}：名额 {result.quota}，录取 {admitted}"
        en = f"{result.scene}: {result.quota} places, {admitted} admitted"
        if possible:
            zh, en = f"{zh}，{possible} 户得分未定", f"{en}, {possible} open"
        if result.line is not None:
            line = show_points(result.line)
            zh, en = f"{zh}，录取线 {line} 分", f"{en}, line at {line} points"
        if result.tied_at_line:
            zh = f"{zh}；线上同分 {result.tied_at_line} 户，同分办法：{ties}"
            en = f"{en}; {result.tied_at_line} tied at the line, ties: {ties}"
        lines.append(pick(language, f"{zh}。", f"{en}."))
    for reason in result.reasons:
        lines.append(reason.zh if language == "zh" else reason.en)
    return tuple(lines)


# -- JSON


def range_record(value: Range | None) -> dict[str, str | None] | None:
    """The two ends as exact decimal texts (a/b where no finite decimal exists).

    ``None`` within: no bound on that side.
    """
    if value is None:
        return None
    return {
        "low": None if value.low is None else show_points(value.low),
        "high": None if value.high is None else show_points(value.high),
    }


def policy_record(policy: Policy) -> dict[str, Any]:
    """What a result says of the policy behind it."""
    return {"id": policy.id, "title": policy.title, "assumed": list(policy.assumed)}


def reason_record(reason: Reason) -> dict[str, Any]:
    """A reason with its kind, clause and both wordings."""
    return {
        "kind": reason.kind, "clause": reason.clause, "zh": reason.zh, "en": reason.en,
        "fact": reason.fact, "assumption": reason.assumption,
    }  # fmt: skip


def score_record(
    policy: Policy, table: CaseTable, case: Case, score: Score, items: bool = False
) -> dict[str, Any]:
    """One score as JSON-ready values; points are texts, so that nothing is rounded on the way."""
    reasons = in_order(policy, score.reasons)
    record: dict[str, Any] = {
        "id": case.id,
        "name": table.labels.get(case.id),
        "household": case.household,
        "unit": case.unit,
        "entity": case.entity,
        "score": range_record(score.total),
        "points": range_record(score.points),
        "groups": {
            part.key: range_record(value)
            for part in group_parts(policy)
            if (value := part_value(score, part)) is not None
        },
    }
    if items:
        record["items"] = {
            clause.id: range_record(score.parts[clause.id])
            for clause in policy.items
            if clause.id in score.parts
        }
    record |= {
        "statuses": list(score.statuses),
        "vetoed": score.vetoed,
        "eligible": score.eligible,
        "blends": {name: range_record(value) for name, value in score.blends.items()},
        "targets": [
            {
                "clause": t.clause, "text": t.text, "met": t.met, "measure": t.measure,
                "actual": None if t.actual is None else show_points(t.actual),
                "threshold": None if t.threshold is None else show_points(t.threshold),
                "gap": None if t.gap is None else show_points(t.gap),
            }
            for t in score.targets
        ],
        "reasons": [reason_record(reason) for reason in reasons],
        "assumptions": list(
            dict.fromkeys(reason.zh for reason in reasons if reason.kind == "assumption")
        ),
    }  # fmt: skip
    return record


def score_records(
    policy: Policy, table: CaseTable, scores: Sequence[Score], items: bool = False
) -> dict[str, Any]:
    """A whole result: the notice first, then the policy and each case."""
    return {
        "notice": {"zh": list(notice(policy, "zh")), "en": list(notice(policy, "en"))},
        "policy": policy_record(policy),
        "cases": [
            score_record(policy, table, case, score, items)
            for case, score in zip(table.cases, scores, strict=True)
        ],
    }


def ranking_record(policy: Policy, table: CaseTable, result: RankingResult) -> dict[str, Any]:
    """A ranking: scene, places, line, and each household in the order of the ranks."""
    keys = [key.text for key in policy.scene(result.scene).keys]
    households = {case.id: case.household for case in table.cases}
    return {
        "notice": {"zh": list(notice(policy, "zh")), "en": list(notice(policy, "en"))},
        "policy": policy_record(policy),
        "scene": result.scene,
        "quota": result.quota,
        "ties": result.ties,
        "line": None if result.line is None else show_points(result.line),
        "tied_at_line": result.tied_at_line,
        "reasons": [reason_record(reason) for reason in result.reasons],
        "keys": keys,
        "placements": [
            {
                "id": p.case, "name": table.labels.get(p.case), "household": households[p.case],
                "scored_by": "applicant" if p.chosen == p.case else "spouse",
                "best_rank": p.best, "worst_rank": p.worst, "outcome": p.outcome,
                "score": range_record(p.points), "keys": list(p.keys),
                "tied_with": p.tied_with, "statuses": list(p.score.statuses),
                "eligible": p.score.eligible,
                "reasons": [reason_record(reason) for reason in p.reasons],
            }
            for p in result.placements
        ],
    }  # fmt: skip
