"""Figures in words, as a drafter would say them, and what each figure is."""

from __future__ import annotations

from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.language.keywords import Language
from policydsl.language.paths import chain_of
from policydsl.model.policy import Policy
from policydsl.model.rules import RoundTo
from policydsl.scoring.ranges import round_points, show_points
from policydsl.scoring.results import pick
from policydsl.simulation.sensitivity import Figure
from policydsl.wording.sentences import rule_text


def count_text(number: int, language: Language = "zh") -> str:
    """How many: 9,321; 9.9 万; 1.2 亿 (three digits at most once there are ten thousand)."""
    if language != "zh" or number < 10_000:
        return f"{number:,}"
    for unit, name in ((10**8, "亿"), (10**4, "万")):
        if number >= unit:
            value = Fraction(number, unit)
            whole = len(str(int(value)))
            return f"{points_text(value, max(0, 3 - whole))} {name}"
    raise AssertionError(number)


def count_of(number: int, noun: str, language: Language = "zh") -> str:
    """How many of what: 297 人, 9.62 万人."""
    text = count_text(number, language)
    return f"{text}{noun}" if text[-1] in "万亿" else f"{text} {noun}"


def points_text(value: Fraction, places: int = 2, signed: bool = False) -> str:
    """Points of a sentence: rounded half up to so many places, − in full width."""
    shown = show_points(round_points(abs(value), RoundTo("half_up", Fraction(1, 10**places))))
    if shown == "0" and value:
        shown = f"不到 {show_points(Fraction(1, 10**places))}" if places else "0"
    return ("−" if value < 0 else "+" if signed and value > 0 else "") + shown


def share_text(part: int, whole: int, language: Language = "zh") -> str:
    """A share in percent; what is not 0 is never shown as 0, and what is not all never as 100."""
    if not whole or not part:
        return "0%"
    share = Fraction(100 * part, whole)
    shown = round_points(share, RoundTo("half_up", Fraction(1, 10)))
    if shown == 0:
        return pick(language, "不到 0.1%", "under 0.1%")
    if shown == 100 and part < whole:
        return pick(language, "99.9% 以上", "over 99.9%")
    return f"{show_points(shown)}%"


def of_many(part: int, whole: int, noun: tuple[str, str], language: Language = "zh") -> str:
    """About how many of ten, a hundred or a thousand; nothing where that says nothing."""
    if not 0 < part < whole or whole < 100:
        return ""
    for many in (10, 100, 1000):
        about = round(Fraction(part * many, whole))
        if about >= (1 if many == 10 and part * 20 >= whole else 2) and about < many:
            return pick(
                language, f"每 {many} {noun[0]}里约 {about} {noun[0]}", f"about {about} in {many}"
            )
    return ""


def rule_words(policy: Policy, figure: Figure, language: Language = "zh") -> str:
    """The rule that a number stands in, in official wording; else as the policy spells it."""
    clause = policy.clauses.get(figure.clause)
    if clause is None or policy.document is None or figure.path[0] != "body":
        return figure.rule(language)
    body = chain_of(policy.document, figure.position)[-1].body
    place = sum(isinstance(statement, n.Rule) for statement in body[: int(figure.path[1])])
    if place >= len(clause.rules) or not isinstance(body[int(figure.path[1])], n.Rule):
        return figure.rule(language)
    return " ".join(rule_text(clause.rules[place], policy, language).split())


# -- what each figure is

DEFINITIONS: dict[str, tuple[str, str]] = {
    "mean": ("均值：所有人得分之和除以人数。得分是区间时，下限、上限各算一个。",
             "Mean: the sum of all scores over the persons; of open scores each end has its own."),
    "deviation": ("标准差：与均值之差的平方的平均数的平方根（除以 n）。",
                  "Standard deviation: root of the mean squared distance from the mean (over n)."),
    "gini": ("基尼系数：任意两人得分之差的平均数的一半，除以均值；0 表示人人一样。",
             "Gini: half the mean difference between two persons, over the mean; 0: all alike."),
    "quantile": ("p% 分位：至少有 p% 的人不超过的最低得分，一定是有人得到的分数。",
                 "p% quantile: the least score that at least p% of the persons do not exceed."),
    "median": ("中位数：50% 分位。", "Median: the 50% quantile."),
    "persons": ("人数：按权重合计，权重为 3 的一行算 3 人。",
                "Persons: weights added; a row of weight 3 counts as 3."),
    "gains": ("受益：得分的下限、上限都不降低，至少有一个升高。",
              "Gains: no end of the score falls and one rises."),
    "loses": ("受损：得分的下限、上限都不升高，至少有一个降低。",
              "Loses: no end of the score rises and one falls."),
    "unchanged": ("不变：得分的下限、上限都不动。", "Unchanged: neither end moves."),
    "mixed": ("不定：一端升高、另一端降低，要看怎样酌情。",
              "Mixed: one end rises, the other falls: judgement decides."),
    "mean_change": ("人均变化：得分（下限）之差的平均数，包括不变的人。",
                    "Mean change: mean of the differences (low ends), the unchanged included."),
    "gain": ("受益者人均：得分（下限）升高的总和除以受益人数。",
             "Mean gain: what the low ends gain, over the number of gainers."),
    "loss": ("受损者人均：得分（下限）降低的总和除以受损人数。",
             "Mean loss: what the low ends lose, over the number of losers."),
    "line": ("录取线：确定有位者中最低的得分（下限）。",
             "Line: the least score (low end) among those with a certain place."),
    "quota": ("名额：场景写明的，或 --quota 给定的。", "Places: of the scene, or given by "
              "--quota."),
    "admitted": ("有位：确定录取。", "Admitted: a place for certain."),
    "maybe": ("未定：线上同分待抽签、原文没有写怎么办，或得分未定。",
              "Maybe: tied at the line by lot or unsaid, or a place that hangs on an open score."),
    "tied": ("线上同分：排序的各项都与录取线上的人相同、名额又容不下全部的户数。",
             "Tied: how many hold the keys of the line and do not all fit."),
    "level": ("同为线上分而未录取：总分等于录取线，但因后面的排序项靠后而没有位。",
              "Level: the points of the line, but no certain place because of further keys."),
    "margin": ("相差：录取线减去线下最近的得分，即下一名差多少。",
               "Margin: the line minus the next score below it."),
    "crossings": ("跨线：同一户在两个版本里由有位、未定、无位变为有位、未定、无位。",
                  "Crossings: households that go from in, maybe, out to in, maybe, out."),
    "moved": ("名次变动：两个版本都参加排序而（最好）名次不同的户数。名次并列时同号，后面空号。",
              "Moved: ranked in both, with another (best) rank.  Ties share a rank: 1, 2, 2, 4."),
    "mean_move": ("平均变动：名次变动（不论上下）的平均数。", "Mean move: of moves up or down."),
    "transitions": ("分段转移："
                    "各段人数从原来的分段（行）到现在的分段（列）。各版本用同一套分段，含下不含上。",
                    "From band to band: rows before, columns after; the lower edge belongs in."),
    "contribution": ("作用：把各条改动按所有先后次序逐一加入，"
                     "取其带来变化的平均数（沙普利值），相加等于全部变化；"
                     "改动多于 8 条时为逐条去掉的差。",
                     "Contribution: the mean effect of a change over all orders (Shapley value); "
                     "they add up to the whole.  Of more than 8 changes: each left out once."),
    "sensitivity": ("敏感性：条文里的一个数按末位加减一（0.5 改为 0.4、0.6），其余不动，"
                    "均值、录取线的变化。",
                    "Sensitivity: a number of the text one up and down in its last digit, all "
                    "else as it is."),
    "width": ("区间宽：得分上限减下限。", "Width: high minus low end of the score."),
    "rank_span": ("名次跨度：可能的最差名次减最好名次。", "Span: worst minus best possible rank."),
    "pairs": ("次序未定的两两：任取两个，谁在前要看怎样酌情的，占全部两两的比例。",
              "Undecided pairs: of all pairs, those whose order hangs on what is open."),
    "caps": ("到顶：得分（下限）已达条款的上限或满分的人；再好也不多得。",
             "At the cap: a score (low end) that has reached the most that a clause gives."),
    "nothing": ("得 0 分：这一条一分未得的人。", "Without points: who has 0 in this clause."),
    "resting": ("占各项得分：受假设影响的各项所给、所扣分数的大小，占全部项目的比例。",
                "Share: the sizes of what the items that the assumption shaped give, of all "
                "items."),
    "kept": ("去掉后仍有位：从总分里减去这些项的分以后，"
             "原来有位的人里还有位的户数（组的封顶不重算）。",
             "Still in: of the admitted, those that keep a place without these items' points."),
    "rank": ("名次：同分同名次，后面空号。得分是区间时，有最好和最差两个名次。",
             "Rank: ties share one.  Where scores are open there is a best and a worst."),
    "typical": ("典型人：每一层里与各项事实的中位数（或最多的取值）最接近的一人，"
                "由精确计算逐条说明。",
                "Typical: the one nearest to the medians (or most frequent values) of the "
                "stratum."),
}  # fmt: skip
"""What a figure is; docs/statistics.md has each in full."""

_OF_COLUMN: dict[str, dict[str, str]] = {
    "summary": {"persons": "persons", "mean": "mean", "deviation": "deviation", "gini": "gini",
                "p50": "median"},
    "groups": {"persons": "persons", "mean": "mean", "change": "mean_change", "median": "median",
               "gini": "gini", "admitted": "admitted"},
    "changes": {"gains": "gains", "loses": "loses", "unchanged": "unchanged", "mixed": "mixed",
                "mean": "mean_change", "gain": "gain", "loss": "loss"},
    "lines": {"quota": "quota", "admitted": "admitted", "maybe": "maybe", "line": "line",
              "tied": "tied", "level": "level", "margin": "margin"},
    "crossings": {"from": "crossings"},
    "churn": {"moved": "moved", "mean": "mean_move"},
    "discretion": {"width": "width", "ranks": "rank_span", "pairs": "pairs"},
    "caps": {"certain": "caps", "share": "caps", "nothing": "nothing", "mean": "mean"},
    "assumptions": {"share": "resting", "points": "resting", "kept": "kept",
                    "admitted": "admitted"},
    "contributions": {"mean": "contribution", "line": "contribution"},
    "sensitivity": {"mean": "sensitivity", "line": "sensitivity"},
    "cases": {"rank": "rank", "worst": "rank"},
}  # fmt: skip


def definition(name: str, language: Language) -> str:
    """What a figure is."""
    return pick(language, *DEFINITIONS[name])


def column_definition(table: str, key: str, language: Language) -> str:
    """What a column of a table holds; nothing where its title says it."""
    if table == "summary" and key.startswith("p") and key[1:].isdigit() and key != "p50":
        return definition("quantile", language)
    name = _OF_COLUMN.get(table, {}).get(key)
    return "" if name is None else definition(name, language)
