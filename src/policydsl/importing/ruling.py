"""What a text says in scoring phrases → rules of the language, with every guess told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from policydsl.importing.conditions import VERBS
from policydsl.importing.drafts import Guess, Pair, named, number, quoted
from policydsl.importing.naming import Names, measure
from policydsl.importing.writing import Ruled, Writer, heads_of
from policydsl.wording.recognising.folding import fold, pieces, split_outside
from policydsl.wording.recognising.meanings import Meaning, Threshold
from policydsl.wording.recognising.numerals import find_unit
from policydsl.wording.recognising.passages import Passage
from policydsl.wording.recognising.scanning import Found, scan
from policydsl.wording.recognising.sentences import read_rules

_WHOLE = "原文没有写不足一步的如何计"
_NOT_YET: Pair = (
    "读得懂，但导入还不会写成规则",
    "read, but this import does not write it yet",
)
_ACHIEVED = ("未达到", "未达标", "未完成", "未到达")


@dataclass
class Reader:
    """Makes rules of the texts of one document; ``names`` are shared by all its clauses."""

    names: Names

    def rules(self, passage: Passage, clause: str, about: str) -> Ruled:
        """Rules for the text of a clause; ``about`` is its short name."""
        official = self._official(passage.text, clause)
        if official is not None:
            return official
        return _Running(self.names, passage, clause, about).ruled()

    def _official(self, text: str, clause: str) -> Ruled | None:
        """A text in the controlled wording, read word for word."""
        body = re.sub(r"(?:工作目标|目标)：.*$|出处：.*$", "", text, flags=re.DOTALL).strip()
        # the lines of a two-way table end like a sentence, without its mark
        body = re.sub(r"([|｜][^\n|｜。]*)\n(?=[^|｜\n]+(?:\n|$))", r"\1。\n", body)
        meanings: list[Meaning] = []
        for sentence in pieces(fold(body), "。"):
            read = read_rules(sentence.strip()) if sentence.strip() else []
            if read is None or any(not _plain(m) for m in read):
                # a sentence that only describes says nothing of points
                if scan(fold(sentence)).rules:
                    return None
                continue
            meanings += read
        if not meanings:
            return None
        ruled = Ruled(phrases=len(meanings))
        for meaning in meanings:
            line = Writer(self.names, clause, ruled).rule(meaning)
            if line is None:
                # read, but not to be said by this import: to a person, never to a guess
                ruled.unread.append((Found(meaning, 0, len(text)), _NOT_YET))
            else:
                ruled.rules.append(line)
                ruled.understood += 1
        for start, end in split_outside(fold(body), "。"):
            prose = fold(body)[start:end]
            if prose.strip() and read_rules(prose) is None:
                said = _Running(self.names, Passage.of(prose), clause, clause).ruled()
                ruled.targets += said.targets
                ruled.facts.update(said.facts)
        goal = re.search(r"(?:工作目标|目标)：(.+?)(?:。|$)", text)
        for target in goal[1].split("；") if goal is not None else ():
            words = Writer(self.names, clause, ruled).condition(target)
            measured = re.search(r"\d", target)
            ruled.targets.append(f"目标 {words}" if measured else f"目标 {quoted(target)}")
        return ruled


def _plain(meaning: Meaning) -> bool:
    """Whether the condition is one and no part of running prose."""
    for part in meaning.walk():
        words = re.sub("，(并且|或者)", "", part.condition)
        about = part.step.subject if part.step is not None else ""
        if (
            "，" in words
            or "。" in words
            or "，" in about
            or len(about) > 30
            or re.match(r"(?:各?项?工作)?未\w\w的?$", about)
        ):
            return False
        if part.condition in VERBS or re.search("；|：", words):
            return False
    return True


# -- running text


class _Running:
    """Rules of a text that was written by hand, one clause at a time."""

    def __init__(self, names: Names, passage: Passage, clause: str, about: str):
        self.names = names
        self.passage = passage
        self.clause = clause
        self.about = about
        self.scan = scan(passage.text)
        self.out = Ruled(phrases=len(self.scan.rules))
        self.used: set[tuple[int, int]] = set()
        self.writer = Writer(names, clause, self.out)
        self.last_amounts: tuple[Fraction, ...] = ()

    def ruled(self) -> Ruled:
        for found in self.scan.rules:
            lines = self._rules(found)
            if lines:
                self.out.rules += lines
                self.out.understood += 1
            else:
                self.out.unread.append(
                    (found, ("认不出这种写法", "this wording was not recognised"))
                )
        for threshold in self.scan.thresholds:
            if threshold.span not in self.used:
                self._target(threshold)
        self._in_words()
        return self.out

    def _in_words(self) -> None:
        """Figures without a word of comparison stay as the words in which they stand."""
        known = {t.span for t in self.scan.thresholds} | self.used
        for figure in self.scan.figures:
            rule = any(f.start <= figure.start and figure.end <= f.end for f in self.scan.rules)
            if figure.role not in ("count", "number", "share", "deadline") or rule:
                continue
            if (figure.start, figure.end) in known:
                continue
            begin = max(self.scan.text.rfind(mark, 0, figure.start) for mark in "，。；\n") + 1
            end = min(
                [p for mark in "，。；\n" if (p := self.scan.text.find(mark, figure.end)) >= 0]
                or [len(self.scan.text)]
            )
            line = f"目标 {quoted(self.scan.text[begin:end])}"
            if line not in self.out.targets:
                self.out.targets.append(line)

    def guess(self, found: Found, taken: str, zh: str, en: str) -> str:
        span = self.passage.span(found.start, found.end)
        self.out.guesses.append(Guess(self.clause, taken, (zh, en), span))
        return f" 假设 {quoted(zh)}"

    def fact(self, words: str, kind: str) -> str:
        name = self.names.fact(words, self.clause, kind)
        self.out.facts.setdefault(name, kind)
        return name

    def _target(self, threshold: Threshold) -> None:
        name = self._measured(threshold)
        sign = {">=": "达到", "<=": "不超过", ">": "超过", "<": "低于"}[threshold.operator]
        self.out.targets.append(f"目标 {named(name)} {sign} {_amount(threshold)}")

    def _measured(self, threshold: Threshold) -> str:
        self.used.add(threshold.span)
        if threshold.dimension == "percent":
            kind = "百分比"
        elif threshold.unit:
            kind = f"{'计数' if threshold.dimension == 'count' else '小数'}（{threshold.unit}）"
        else:
            kind = "小数"
        return self.fact(measure(threshold, self.scan.text), kind)

    # -- by the form of the phrase

    def _rules(self, found: Found) -> list[str]:
        meaning = found.meaning
        tail = self.writer.modifiers(meaning.modifiers)
        if meaning.kind == "respectively":
            return self._respectively(found)
        if meaning.kind == "step" and meaning.step is not None:
            return self._steps(found, tail)
        act = self.writer.action(meaning)
        if act is None:
            return []
        return self._simple(found, act + tail)

    def _simple(self, found: Found, act: str) -> list[str]:
        words = found.meaning.condition
        verb = next(
            (v for v in (*VERBS, "未到达", "未到位") if words.endswith(v) or words.startswith(v)),
            None,
        )
        if found.meaning.sign > 0 and found.meaning.kind == "discretion":
            return [f"{named(self.fact(self.about, '是否，缺省 否'))}：{act}"]
        if verb is not None and words in (*VERBS, "未到达"):
            if verb in _ACHIEVED and found.thresholds and found.meaning.kind == "flat":
                return [self._failed(found, act)]
            said = "未达到" if verb == "未到达" else verb
            if verb == "未增长":
                grown = re.search(r"([^，。；]{2,12})增长", self.scan.text)
                name = self.fact(grown[1] if grown is not None else self.about, "是否")
                return [f"{said} {named(name)}：{act}"]
            if verb in _ACHIEVED and found.meaning.kind == "flat":
                counted = self._count_before(found)
                if counted is not None:
                    return [f"{counted}：{act}"]
            return [f"{said} {named(self.fact(self.about, '是否'))}：{act}"]
        if verb is not None:
            said = "未达到" if verb == "未到达" else verb
            thing = words.removeprefix(verb) if words.startswith(verb) else words.removesuffix(verb)
            if said in VERBS and len(thing) <= 24:
                return [f"{said} {named(self.fact(thing or self.about, '是否'))}：{act}"]
        if not words:
            return [act] if found.meaning.kind not in ("veto", "no_points", "status") else []
        if len(words) > 40:
            return []
        name = self.fact(re.sub(r"^发生(.+)$", r"\1发生", words), "是否，缺省 否")
        return [f"{named(name)}：{act}"]

    def _count_before(self, found: Found) -> str | None:
        """培养各类人员1万人，未达到的…: a quantity without a word of comparison."""
        figures = [
            f
            for f in self.scan.figures
            if f.role == "count" and f.end <= found.start and f.quantity.unit is not None
        ]
        if not figures:
            return None
        figure = figures[-1]
        before = self.scan.text[: figure.start]
        subject = re.split(r"[，。；：]", before)[-1]
        word = figure.quantity.unit.symbol if figure.quantity.unit else ""
        name = self.fact(f"{subject[-10:]}{word}数", f"计数（{word}）")
        self.used.add((figure.start, figure.end))
        shown = figure.text.removesuffix(word)
        return f"{named(name)} 不足 {shown} {word}"

    def _failed(self, found: Found, act: str) -> str:
        parts = [self._short_of(t) for t in found.thresholds]
        note = ""
        if len(parts) > 1:
            note = self.guess(
                found,
                " 或 ".join(parts),
                "几个要求有一个没有达到即扣，只扣一次",
                "one requirement missed is enough, and deducts once",
            )
        return f"{' 或 '.join(parts)}：{act}{note}"

    def _short_of(self, threshold: Threshold) -> str:
        word = "低于" if threshold.dimension == "percent" else "不足"
        if threshold.operator in ("<=", "<"):
            word = "超过"
        return f"{named(self._measured(threshold))} {word} {_amount(threshold)}"

    def _steps(self, found: Found, tail: str) -> list[str]:
        meaning = found.meaning
        step = meaning.step
        assert step is not None
        act = "酌情扣分" if meaning.sign < 0 else "酌情加分"
        if meaning.amount is not None:
            stated = self.writer.amount(meaning, False)
            if stated is None:
                return []
            act = stated
        unit = find_unit(step.unit)
        size = number(step.size / (unit.scale if unit is not None else 1))
        each = f"每 {size} {step.unit} {act}{tail}"
        if step.way and step.dimension == "percentage_point":
            return self._points_off(found, each, size, step.unit)
        if step.way:
            return self._counts_off(found, each)
        what = step.subject or self.about
        return [self._counted(found, what, size, act, tail)]

    def _points_off(self, found: Found, each: str, size: str, unit: str) -> list[str]:
        note = self.guess(
            found, f"不足 {size} {unit} 不计", _WHOLE, "what a begun step counts is not said"
        )
        tail = f"，不足 {size} {unit} 不计{note}"
        rates = [t for t in found.thresholds if t.dimension == "percent"]
        step = found.meaning.step
        if rates and step is not None and step.way == "below":
            if len(rates) > 1:
                self.guess(found, "几个率各自计", "几个率各自计还是合并计，原文没有写",
                           "whether the rates count one by one is not said")  # fmt: skip
            return [f"{self._short_of(t)}：{each}{tail}" for t in rates]
        last_year = re.search(
            r"([^，。；、]{2,16}率)(?:比|较|低于|不高于)?上", self.scan.text[: found.start]
        )
        if last_year is not None:
            name = last_year[1][-12:]
            now, then = self.fact(name, "百分比"), self.fact(f"上年{name}", "百分比")
            word = "超过" if step is not None and step.way == "above" else "低于"
            return [f"{named(now)} {word} {named(then)}：{each}{tail}"]
        return []

    def _counts_off(self, found: Found, each: str) -> list[str]:
        step = found.meaning.step
        assert step is not None
        known = [t for t in found.thresholds if t.dimension == step.dimension]
        if not known:
            earlier = [t for t in self.scan.thresholds
                       if t.dimension == step.dimension and t.span[1] <= found.start]  # fmt: skip
            known = earlier[:1]
            if len(earlier) > 1:
                self.guess(found, _amount(earlier[0]), "前面有几个数，取第一个",
                           "several figures stand before it; the first was taken")  # fmt: skip
        if known:
            return [f"{self._short_of(known[0])}：{each}"]
        words = found.meaning.condition or self.about
        name = self.fact(f"少{words}", f"计数（{step.unit}）")
        return [each.replace(f"{step.unit} ", f"{step.unit} {named(name)} ", 1)]

    def _counted(self, found: Found, what: str, size: str, act: str, tail: str) -> str:
        step = found.meaning.step
        assert step is not None
        negative = re.match(
            r"(?:工作)?(未落实|未达到|未开展|未达标|未到达|未建立|未完成|不达标|未按规定办理)", what
        )
        if negative is not None and len(what) <= 8:
            words = f"{negative[1]}{self.about[:12]}事项数"
        elif step.unit in ("项", "次", "起", "家", "篇"):
            words = f"{what[:18]}{step.unit}数"
        else:
            words = f"{what[:18]}数"
        if found.meaning.condition and not what.startswith(found.meaning.condition):
            words = f"{found.meaning.condition}{words}"
        name = self.fact(
            words, f"计数（{step.unit}）" if step.dimension == "count" else f"小数（{step.unit}）"
        )
        return f"每 {size} {step.unit} {named(name)} {act}{tail}"

    def _respectively(self, found: Found) -> list[str]:
        meaning = found.meaning
        amounts = meaning.amounts or self.last_amounts
        self.last_amounts = meaning.amounts or self.last_amounts
        if not amounts:
            return []
        tail = self.writer.modifiers(meaning.modifiers)
        verb = "扣" if meaning.sign < 0 else "加"
        inside = "；".join(
            f"{named(self.fact(name, '是否，缺省 否'))}：{verb} {number(value)} 分{tail}"
            for name, value in zip(heads_of(meaning.condition, len(amounts)), amounts, strict=True)
        )
        note = self.guess(
            found,
            "取高",
            "几级同时有的只取最高一级，不累计；原文没有写",
            "of several only the highest counts; the text does not say",
        )
        return [f"取高 {{ {inside} }}{note}"]


def _amount(threshold: Threshold) -> str:
    unit = find_unit(threshold.unit) if threshold.unit else None
    value = threshold.value / (unit.scale if unit is not None else 1)
    if threshold.unit in ("%", "‰"):
        return f"{number(value)}{threshold.unit}"
    return f"{number(value)} {threshold.unit}".strip()
