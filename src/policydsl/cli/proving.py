"""The verb ``prove``: what a policy can give, to whom, and whether two policies are the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import click

from policydsl.cli import FINDINGS, OK
from policydsl.cli.options import assume_option, date_option, format_option
from policydsl.cli.output import heading, language_option, print_table, say, settings
from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.keywords import Language
from policydsl.model import loading
from policydsl.model.policy import Policy
from policydsl.review.coverage.accepting import printed_examples
from policydsl.review.coverage.measuring import line_of
from policydsl.review.coverage.places import MINOR
from policydsl.review.coverage.reaching import Reach, reachable
from policydsl.review.examples import NotWritten, example_of, facts_line
from policydsl.review.proving import can_reach, differ, extremes, monotone
from policydsl.review.proving.asking import SECONDS
from policydsl.review.proving.conditions import condition_of
from policydsl.review.proving.frames import DIRECTIONS, VERDICTS
from policydsl.review.proving.results import (
    Bound,
    CanReach,
    Compared,
    Difference,
    Extreme,
    Gap,
    Monotone,
    Pair,
    Person,
    Verdict,
)
from policydsl.review.proving.worlds import world_of
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import pick, show_range
from policydsl.scoring.writing import to_json


@click.command("prove")
@click.argument("policy_name", metavar="POLICY")
@click.option("--max", "most", is_flag=True, help="最多能得几分 · The most that can be had.")
@click.option("--min", "least", is_flag=True, help="最少会得几分 · The least that can be had.")
@click.option(
    "--reach",
    is_flag=True,
    help="哪些档次、分支、封顶永远用不上 · Which tiers, branches and caps are never used.",
)
@click.option(
    "--monotone",
    "moves",
    is_flag=True,
    help="条件变好，得分会不会反而降 · Whether points fall as a fact improves.",
)
@click.option(
    "--equal",
    "other",
    metavar="OTHER",
    help="与另一份策略对每个人是否同分，差得最多的是谁 · Whether another policy is the same.",
)
@click.option(
    "--can",
    "group",
    nargs=2,
    metavar="CONDITION THRESHOLD",
    help="符合条件的人能否达到某个分数 · Whether those who meet a condition can reach a score.",
)
@click.option("--surely", is_flag=True, help="--can 按最低得分算 · For --can: by the low end.")
@click.option(
    "--clause", "clauses", multiple=True, metavar="ID", help="只看这些条款 · Only these clauses."
)
@click.option("--unit", help="单位 · The unit, for --can.")
@assume_option("套用假设集 · An assumption set.")
@date_option()
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 3600),
    default=SECONDS,
    show_default=True,
    help="最多算几秒；算不完的说“未能判定” · Time limit; the rest is undecided.",
)
@format_option("text", "json")
@language_option
@click.option("-v", "--verbose", is_flag=True, help="给出每一个例子 · Show every person.")
def prove_command(
    policy_name: str,
    most: bool,
    least: bool,
    reach: bool,
    moves: bool,
    other: str | None,
    group: tuple[str, str] | None,
    surely: bool,
    clauses: tuple[str, ...],
    unit: str | None,
    assume: tuple[str, ...],
    day: date | None,
    seconds: float,
    format_: str,
    verbose: bool,
) -> int:
    """证明策略的性质：最高最低分、用不上的档次、升降、两版是否同分、某类人能否达标。

    答案只有三种：已证明、不成立（附一个人为例）、未能判定（附原因）。每个例子都经逐例计分核对，
    可以直接粘进策略作示例。不写选项就是 --max --min。

    Prove properties of a policy.  Answers are proved, refuted (with a person who shows it) or
    undecided (with the reason); every person was scored by the exact evaluator.
    """
    policy = loading.load(policy_name, assume)
    for clause in clauses:
        if clause not in policy.clauses:
            near = did_you_mean(clause, policy.clauses)
            raise PolicyError(
                [Diagnostic("R730", policy.source, None, {"clause": clause, "near": near})]
            )
    shown = _Shown(policy, settings().language, format_ == "json", verbose)
    shown.notes |= dict.fromkeys(world_of([policy], day).notes)
    if not (most or least or reach or moves or other or group):
        most = least = True
    if most or least:
        wanted = list(clauses) or None
        shown.extremes(extremes(policy, wanted, day=day, seconds=seconds), most, least)
    if moves:
        found: list[Monotone] = []
        for each in clauses or (None,):
            found.extend(monotone(policy, each, day=day, seconds=seconds))
        shown.moves(found)
    if reach:
        reaches = reachable(policy, day=day, seconds=seconds)
        shown.reaches([x for x in reaches if not clauses or x.place.clause in clauses])
    if other is not None:
        second = loading.load(other, [x for x in assume if _applies(other, x)])
        shown.difference(differ(policy, second, day=day, seconds=seconds))
    if group is not None:
        condition, threshold = condition_of(policy, group[0]), _points(group[1])
        shown.can(
            can_reach(
                policy,
                condition,
                threshold,
                text=group[0],
                surely=surely,
                unit=unit,
                day=day,
                seconds=seconds,
            )
        )
    return shown.finish()


def _applies(policy: str, set_: str) -> bool:
    """Whether an assumption set is for a policy (one that is not is left out for it)."""
    try:
        loading.load(policy, [set_])
    except PolicyError as error:
        if any(d.code.startswith("A") for d in error.diagnostics):
            return False
        raise
    return True


def _points(text: str) -> Fraction:
    try:
        return Fraction(text.strip().removesuffix("分").strip())
    except (ValueError, ZeroDivisionError):
        raise PolicyError([Diagnostic("R732", None, None, {"text": text})]) from None


class _Shown:
    """The answers on the screen, or collected for JSON."""

    def __init__(self, policy: Policy, language: Language, json: bool, verbose: bool):
        self.policy, self.language, self.json, self.verbose = policy, language, json, verbose
        self.record: dict[str, Any] = {"policy": policy.id, "assumed": list(policy.assumed)}
        self.clear = True
        self.notes: dict[Pair, None] = {}

    def finish(self) -> int:
        """The exit code."""
        notes = list(self.notes)
        self.record["notes"] = [{"zh": zh, "en": en} for zh, en in notes]
        if self.json:
            click.echo(to_json(self.record))
            return OK if self.clear else FINDINGS
        for zh, en in notes:
            say(f"前提：{zh}", f"Given: {en}")
        if self.policy.assumed:
            sets = "、".join(self.policy.assumed)
            say(f"（套用了假设集 {sets}）", f"(with the assumption set {sets})")
        return OK if self.clear else FINDINGS

    def _verdict(self, verdict: Verdict, expected: Verdict = "proved") -> str:
        if verdict != expected:
            self.clear = False
        return pick(self.language, *VERDICTS[verdict])

    # -- the most and the least

    def extremes(self, found: Sequence[Extreme], most: bool, least: bool) -> None:
        """The table of what clauses can give."""
        self.record["extremes"] = [x.record() for x in found]
        for extreme in found:
            bounds = [extreme.most] * most + [extreme.least] * least
            self.clear = self.clear and all(b.verdict == "proved" for b in bounds)
        if self.json:
            return
        heads = [pick(self.language, "条款", "clause"), pick(self.language, "写明", "declared")]
        if most:
            heads.append(pick(self.language, "最多", "most"))
        if least:
            heads.append(pick(self.language, "最少", "least"))
        rows = []
        for extreme in found:
            row = [self._name(extreme), _optional(extreme.declared)]
            if most:
                row.append(self._ends(extreme.most, extreme.sure_most))
            if least:
                row.append(self._ends(extreme.sure_least, extreme.least))
            rows.append(row)
        print_table(heads, rows, range(1, len(heads)))
        for extreme in found:
            sides = [("最多", "most", extreme.most)] * most + [
                ("最少", "least", extreme.least)
            ] * least
            for zh, en, bound in sides:
                if extreme.clause is None or self.verbose or bound.why or bound.unbounded:
                    self._bound(extreme, pick(self.language, zh, en), bound)

    def _name(self, extreme: Extreme) -> str:
        if extreme.clause is not None:
            return extreme.clause
        where = " ".join(x for x in (extreme.entity, extreme.unit) if x)
        return pick(self.language, f"总分 {where}".rstrip(), f"total {where}".rstrip())

    def _ends(self, high: Bound, low: Bound) -> str:
        """A number, or two where scores are ranges."""
        one, two = self._value(low), self._value(high)
        return one if one == two else f"{one}～{two}"

    def _value(self, bound: Bound) -> str:
        if bound.value is not None:
            return show_points(bound.value) + ("" if bound.verdict == "proved" else "?")
        if bound.verdict == "undecided":
            return "?"
        return pick(self.language, "无界", "no bound")

    def _bound(self, extreme: Extreme, side: str, bound: Bound) -> None:
        click.echo()
        say(
            f"{self._name(extreme)} {side}：{self._value(bound)}",
            f"{self._name(extreme)}, {side}: {self._value(bound)}",
        )
        self._why(bound.why)
        if bound.further is not None and bound.person is not None and bound.unbounded:
            say("  没有界限，越来越多（少）：", "  there is no bound, it goes on and on:")
            self._person(bound.further, extreme.clause)
        if bound.person is not None:
            self._person(bound.person, extreme.clause)

    # -- along a fact

    def moves(self, found: Sequence[Monotone]) -> None:
        """How clauses move along facts."""
        self.record["monotone"] = [x.record() for x in found]
        self.clear = self.clear and all(x.verdict == "proved" for x in found)
        if self.json:
            return
        heads = [("条款", "clause"), ("事实", "fact"), ("结论", "verdict"), ("走向", "direction")]
        print_table([pick(self.language, *x) for x in heads], [
            [x.clause, x.fact, self._verdict(x.verdict) if x.verdict != "refuted" else
             pick(self.language, "不是单向", "not one way"),
             "" if x.direction is None else pick(self.language, *DIRECTIONS[x.direction])]
            for x in found
        ])  # fmt: skip
        for one in found:
            if one.why is not None:
                click.echo(f"{one.clause} {one.fact}：{pick(self.language, *one.why)}")
            if one.direction != "mixed":
                continue
            for pair, zh, en in ((one.rise, "升", "up"), (one.fall, "降", "down")):
                if pair is not None:
                    before, after = (show_range(p.points(one.clause)) for p in pair)
                    click.echo()
                    say(
                        f"{one.clause}：{one.fact} 由前到后，{zh} {before} → {after} 分",
                        f"{one.clause}: along {one.fact}, {en} {before} → {after}",
                    )
                    for person in pair:
                        click.echo(f"    {facts_line(person.case, self.language)}")

    # -- what is never used

    def reaches(self, found: Sequence[Reach]) -> None:
        """What is out of reach, and what is not known; with ``-v`` everything."""
        self.record["reach"] = [
            {
                "clause": x.place.clause, "kind": x.place.kind, "zh": x.place.text("zh"),
                "en": x.place.text("en"), "line": line_of(self.policy.source, x.place)[1],
                "verdict": x.verdict, "why": None if x.why is None else x.why[0],
                "case": None if x.case is None else facts_line(x.case, self.language),
            }
            for x in found
        ]  # fmt: skip
        shown = [
            x
            for x in found
            if self.verbose or (x.verdict != "proved" and x.place.kind not in MINOR)
        ]
        self.clear = self.clear and all(x.verdict == "proved" for x in shown)
        if self.json:
            return
        count = {v: sum(x.verdict == v for x in found) for v in VERDICTS}
        say(
            f"{len(found)} 处：{count['proved']} 处用得上，{count['refuted']} 处谁也用不上，"
            f"{count['undecided']} 处未能判定。",
            f"{len(found)} places: {count['proved']} can be reached, {count['refuted']} never, "
            f"{count['undecided']} undecided.",
        )
        words = {"proved": ("用得上", "reached"), "refuted": ("谁也用不上", "never"),
                 "undecided": ("未能判定", "undecided")}  # fmt: skip
        rows = []
        for x in shown:
            line = line_of(self.policy.source, x.place)[1]
            case = "" if x.case is None else facts_line(x.case, self.language)
            why = "" if x.why is None else pick(self.language, *x.why)
            rows.append([str(line or ""), x.place.clause, x.place.text(self.language),
                         pick(self.language, *words[x.verdict]), case or why])  # fmt: skip
        hidden = sum(x.verdict != "proved" for x in found) - sum(
            x.verdict != "proved" for x in shown
        )
        if hidden:
            say(
                f"其中 {hidden} 处是封顶、托底或兜底，用不上也无妨（-v 列出）。",
                f"{hidden} of these are limits and fall-backs, needing no use (-v).",
            )
        if rows:
            heads = [("行", "line"), ("条款", "clause"), ("哪一处", "place"), ("结论", "verdict"),
                     ("例子或原因", "case or reason")]  # fmt: skip
            print_table([pick(self.language, *x) for x in heads], rows, [0])

    # -- two policies

    def difference(self, found: Difference) -> None:
        """Whether two policies are the same."""
        self.record["equal"] = found.record()
        self.clear = self.clear and found.verdict == "proved"
        if self.json:
            return
        heading(pick(self.language, f"{found.old} 与 {found.new}", f"{found.old} and {found.new}"))
        if found.verdict == "proved":
            say(
                "对每个人都相同：总分、状态和每一条款的得分。已证明。",
                "They are the same for everybody: totals, status and every clause. Proved.",
            )
        elif found.verdict == "undecided":
            say("未能判定是否处处相同。", "It is undecided whether they are the same.")
        else:
            say("不相同。", "They are not the same.")
        self._why(found.why)
        self.notes |= dict.fromkeys(found.notes)
        for one in found.totals:
            self._compared(one)
        parts = [x for x in found.clauses if x.verdict != "proved"]
        same = len(found.clauses) - len(parts)
        if found.clauses:
            click.echo()
            say(
                f"{len(found.clauses)} 个条款：{same} 个相同，{len(parts)} 个不同或未能判定。",
                f"{len(found.clauses)} clauses: {same} the same, {len(parts)} not.",
            )
        if parts:
            heads = [("条款", "clause"), ("结论", "verdict"), ("最多增加", "most gained"),
                     ("最多减少", "most lost")]  # fmt: skip
            print_table(
                [pick(self.language, *x) for x in heads], [self._row(x) for x in parts], [2, 3]
            )

    def _row(self, one: Compared) -> list[str]:
        verdict = pick(self.language, *VERDICTS[one.verdict])
        if one.only is not None:
            side = {
                "old": ("只在前者", "only in the first"),
                "new": ("只在后者", "only in the second"),
            }
            verdict = pick(self.language, *side[one.only])
        elif one.verdict == "refuted":
            verdict = pick(self.language, "不同", "different")
        return [one.label, verdict, self._gap(one.gain), self._gap(one.loss)]

    def _gap(self, gap: Gap | None) -> str:
        if gap is None:
            return "—"
        if gap.difference is None:
            return pick(self.language, "无界", "no bound")
        return show_points(abs(gap.difference))

    def _compared(self, one: Compared) -> None:
        if one.verdict == "proved":
            return
        label = pick(self.language, f"总分 {one.label}".rstrip(), f"total {one.label}".rstrip())
        click.echo()
        if one.only is not None:
            say(f"{label}：只有一份策略有这张表", f"{label}: only one of them has this table")
            return
        self._why(one.why)
        for gap, zh, en in (
            (one.gain, "增加最多", "gains most"),
            (one.loss, "减少最多", "loses most"),
        ):
            if gap is None:
                if one.verdict == "refuted":
                    nobody = ("增加", "gains") if zh == "增加最多" else ("减少", "loses")
                    say(f"{label}：没有人{nobody[0]}。", f"{label}: nobody {nobody[1]}.")
                continue
            before, after = (pick(self.language, f"{show_range(x, self.language)} 分",
                                  f"{show_range(x, self.language)} points")
                             for x in (gap.before, gap.after) if x is not None)  # fmt: skip
            say(
                f"{label}，{zh}的人（{self._gap(gap)} 分）：{before} → {after}",
                f"{label}, who {en} ({self._gap(gap)}): {before} → {after}",
            )
            self._person(gap.new, None)

    # -- a group

    def can(self, found: CanReach) -> None:
        """Whether a group can reach a score."""
        self.record["can"] = found.record()
        verdict = found.verdict
        self.clear = self.clear and verdict == "proved"
        if self.json:
            return
        points = show_points(found.threshold)
        who = found.condition
        if verdict == "proved":
            say(
                f"能。{who} 的人可以达到 {points} 分：",
                f"Yes. Those with {who} can reach {points}:",
            )
        elif verdict == "refuted" and found.why is not None:
            say(f"不能：没有 {who} 的人。", f"No: there is nobody with {who}.")
        elif verdict == "refuted":
            most = self._value(found.most)
            say(
                f"不能。{who} 的人最多 {most} 分，到不了 {points} 分。已证明。最多的人：",
                f"No. Those with {who} have {most} at most, not {points}. Proved. Who has most:",
            )
        else:
            say("未能判定。", "Undecided.")
        self._why(found.why)
        if found.person is not None:
            self._person(found.person, None)
        self.notes |= dict.fromkeys(found.notes)

    # -- persons

    def _why(self, why: Pair | None) -> None:
        if why is not None:
            say(f"  原因：{why[0]}", f"  because: {why[1]}")

    def _person(self, person: Person, clause: str | None) -> None:
        """A person as an example to be pasted."""
        title = pick(self.language, "例子", "a person")
        try:
            clauses = [] if clause is None else [clause]
            example, _ = example_of(self.policy, person.case, title, clauses)
        except (NotWritten, PolicyError):
            click.echo(f"    {facts_line(person.case, self.language)}")
        else:
            text = printed_examples([example], self.language)
            click.echo("\n".join(f"  {line}" for line in text.splitlines()))
        if person.unlikely is not None:
            say(f"    {person.unlikely[0]}", f"   {person.unlikely[1]}")


def _optional(value: Fraction | None) -> str:
    return "" if value is None else show_points(value)
