"""One sentence of the controlled wording → its meaning.

The writers of :mod:`policydsl.wording.chinese` run backwards: a sentence is a condition with 的, a
consequence, and what qualifies it behind commas.  :func:`read_rule` gives ``None`` for anything
that is not wholly such a sentence; what lies in running text is found by
:mod:`~policydsl.wording.recognising.scanning`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from policydsl.language.units import Unit
from policydsl.wording.recognising.folding import fold, pieces
from policydsl.wording.recognising.meanings import (
    Amount,
    Kind,
    Meaning,
    Modifier,
    Partial,
    Step,
    only_deducts,
)
from policydsl.wording.recognising.numerals import NUMBER, number_of, quantity, unit_pattern
from policydsl.wording.recognising.turning import POINTS, distances, fields
from policydsl.wording.recognising.words import bare_lead, stem

Measures = Mapping[str, Unit]
NO_MEASURES: Measures = MappingProxyType({})

MOST_LETTERS = 1_500
MOST_DEPTH = 8
MOST_TRIES = 400
"""What is longer, deeper or can be parted in more ways is no sentence that anybody wrote."""

_SIGNS = {"award": 1, "give": 1, "deduct": -1}
_STATUSES = ("suspended", "void", "zeroed", "frozen")
_LISTS: Mapping[str, Kind] = MappingProxyType({
    "best": "best", "least": "least", "sum": "sum",
    "best_deduct": "best", "least_deduct": "least",
})  # fmt: skip
_MARKERS = ("（{n}）", "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "{n}）")


def read_rule(text: str, measures: Measures = NO_MEASURES) -> Meaning | None:
    """The meaning of a sentence about one rule; ``None`` if it is none.

    ``measures`` are units that the policy declares itself, by their words.
    """
    return _Reader(measures).rule(_blanks_filled(fold(text)).strip().rstrip("。"))


def _blanks_filled(text: str) -> str:
    """〔待定〕, which a draft shows for what its policy leaves open, as the wording says it."""
    return re.sub(r"〔([^〔〕]*)待定〕", r"（\1原文未载明）", text)


def read_rules(text: str, measures: Measures = NO_MEASURES) -> list[Meaning] | None:
    """The meanings of a paragraph of rules (``；`` parts short ones), ``None`` if one is unread."""
    reader = _Reader(measures)
    found: list[Meaning] = []
    for sentence in pieces(_blanks_filled(fold(text)).strip(), "。"):
        if not sentence.strip():
            continue
        whole = reader.rule(sentence.strip())
        if whole is not None:
            found.append(whole)
            continue
        parts = [reader.rule(part.strip()) for part in pieces(sentence, "；")]
        if any(part is None for part in parts):
            return None
        found += [part for part in parts if part is not None]
    return found


# -- consequences ---------------------------------------------------------------------------


def begun_counts(words: str) -> Partial:
    """What a begun step counts: 不计, 按比例计, or 按1个百分点计 (as much as a whole one)."""
    known: Mapping[str, Partial] = {"不计": "whole", "按比例计": "pro_rata"}
    return known.get(words, "full")


def read_act(text: str, loose: bool = True) -> Meaning | None:
    """A consequence alone: 扣5分, 酌情扣分, 一票否决, 积分暂时失效6个月."""
    for key, sign in _SIGNS.items():
        found = fields(key, text, loose, n=POINTS)
        if found is not None:
            value = _number(found["n"])
            if value is not None:
                return Meaning("flat", sign, Amount.fixed(value), phrase=key)
        if fields(f"{key}_nothing", text, loose) is not None:
            return Meaning("flat", sign, Amount.fixed(Fraction(0)), phrase=f"{key}_nothing")
        if fields(f"{key}_open", text, loose) is not None:
            return Meaning("flat", sign, Amount(None, None, False), phrase=f"{key}_open")
        between = fields(f"{key}_between", text, loose, low=POINTS, high=POINTS)
        if between is not None:
            return Meaning("flat", sign, _between(between), phrase=f"{key}_between")
        computed = fields(f"{key}_computed", text, loose, value=".+")
        if computed is not None:
            amount = Amount(None, None, True, computed["value"])
            return Meaning("flat", sign, amount, phrase=f"{key}_computed")
    for key, sign in (("discretion_award", 1), ("discretion_deduct", -1)):
        if fields(key, text, loose) is not None:
            return Meaning("discretion", sign, phrase=key)
    for key in ("open_rule", "open_outcome"):
        if fields(key, text, loose) is not None:
            return Meaning("open", 0, Amount(None, None, False), phrase=key)
        between = fields(f"{key}_between", text, loose, low=POINTS, high=POINTS)
        if between is not None:
            return Meaning("open", 0, _between(between), phrase=f"{key}_between")
    if fields("veto", text, loose) is not None:
        return Meaning("veto", phrase="veto")
    if fields("no_points", text, loose) is not None:
        return Meaning("no_points", phrase="no_points")
    return _status(text, loose)


def _status(text: str, loose: bool) -> Meaning | None:
    for key in _STATUSES:
        if fields(key, text, loose) is not None:
            return Meaning("status", status=key, phrase=key)
    found = re.fullmatch(rf"(.+?)({NUMBER})(个?\D{{0,4}})", text)
    if found is None:
        return None
    inner = next((key for key in _STATUSES if fields(key, found[1], loose) is not None), None)
    if inner is None:
        return None
    return Meaning(
        "status",
        status=inner,
        duration=quantity(found[2], found[3]).value,
        phrase=inner,
        lasting=f"{found[2]} {found[3]}",
    )


def _between(found: Mapping[str, str]) -> Amount:
    return Amount(_number(found["low"]), _number(found["high"]), False)


def _number(text: str) -> Fraction | None:
    minus = text.startswith("-")
    try:
        value = number_of(text.removeprefix("-"))
    except (ValueError, ZeroDivisionError):
        return None
    return -value if minus else value


_PLACES = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}


def read_modifier(text: str, loose: bool = True) -> Modifier | None:
    """What qualifies an amount: 最高得10分, 减半计算, 四舍五入保留两位小数."""
    for kind in ("cap", "floor"):
        for side in ("award", "deduct", "either"):
            found = fields(f"{kind}_{side}", text, loose, n=POINTS)
            if found is not None and (value := _number(found["n"])) is not None:
                return Modifier(kind, value)
    if fields("halved", text, loose) is not None:
        return Modifier("scale", Fraction(1, 2))
    found = fields("scaled", text, loose, percent=rf"(?:{NUMBER})%")
    if found is not None:
        return Modifier("scale", number_of(found["percent"][:-1]) / 100)
    for mode in ("half_up", "down", "up"):
        if fields(f"round_{mode}_whole", text, loose) is not None:
            return Modifier(f"round_{mode}", Fraction(1))
        found = fields(f"round_{mode}_places", text, loose)
        if found is not None and (places := _number(found["places"])) is not None:
            return Modifier(f"round_{mode}", Fraction(1, 10 ** int(places)))
        found = fields(f"round_{mode}_multiple", text, loose, n=POINTS)
        if found is not None and (value := _number(found["n"])) is not None:
            return Modifier(f"round_{mode}", value)
    return None


# -- whole rules --------------------------------------------------------------------------------


class _Reader:
    """Reads sentences of one policy."""

    def __init__(self, measures: Measures):
        self.measures = measures
        self._tries = 0
        self.unit = unit_pattern(measures)
        self.quantity = rf"(?:{NUMBER})(?:{self.unit}|[^\d，。；：（）、每加扣得酌]{{0,6}}?)"

    def rule(self, text: str, depth: int = 0) -> Meaning | None:
        """A rule with or without a condition."""
        if depth == 0:
            self._tries = 0
        if not text or len(text) > MOST_LETTERS or depth > MOST_DEPTH:
            return None
        plain = self._body(text, depth)
        if plain is not None:
            return plain
        for position in _ends_of_leads(text):
            rest = text[position + 1 :]
            body = self._body(rest.removeprefix("，"), depth)
            if body is None:
                continue
            lead = text[:position]
            if len(pieces(lead, "；。")) > 1:
                return None
            if body.kind == "step" and body.step is not None and self._needs_subject(body.step):
                above, _, subject = _last_lead(lead)
                step = replace(body.step, subject=stem(subject))
                return replace(body, condition=bare_lead(above), step=step)
            if body.condition:
                return None
            return replace(body, condition=bare_lead(lead))
        return None

    @staticmethod
    def _needs_subject(step: Step) -> bool:
        return not step.subject and not step.way

    def _body(self, text: str, depth: int) -> Meaning | None:
        self._tries += 1
        if self._tries > MOST_TRIES:
            return None
        return (
            self._listed(text, depth)
            or self._respectively(text)
            or self._tiers(text, depth)
            or self._matrix(text, depth)
            or self._qualified(text)
        )

    # -- one consequence with what qualifies it

    def _qualified(self, text: str) -> Meaning | None:
        parts = pieces(text, "，")
        modifiers: list[Modifier] = []
        most: Fraction | None = None
        while len(parts) > 1:
            modifier = read_modifier(parts[-1], loose=False)
            counted = None if modifier else fields("at_most", parts[-1], quantity=self.quantity)
            if modifier is not None:
                modifiers.insert(0, modifier)
            elif (
                counted is not None and (amount := self._quantity(counted["quantity"])) is not None
            ):
                most = amount
            else:
                break
            parts.pop()
        core = "，".join(parts)
        act = read_act(core, loose=False)
        if act is not None and most is None:
            return replace(act, modifiers=tuple(modifiers))
        step = self._step(core)
        if step is None or step.step is None:
            return None
        return replace(step, step=replace(step.step, most=most), modifiers=tuple(modifiers))

    def _quantity(self, text: str) -> Fraction | None:
        found = re.fullmatch(rf"({NUMBER})(.*)", text)
        if found is None:
            return None
        try:
            return quantity(found[1], found[2] or None, self.measures).value
        except ValueError:
            return None

    # -- counting

    def _step(self, text: str) -> Meaning | None:
        text, partial = self._partial(text)
        number, unit = rf"(?P<number>{NUMBER})", rf"(?P<unit>{self.unit}|)"
        act = r"(?P<act>[加得扣酌].*)"
        ways = "|".join(re.escape(word) for word, _ in distances())
        own = rf"(?P<unit>{self.unit}|[^\d，。；：（）、]{{1,6}}?|)"
        forms = (
            rf"(?:(?P<bounds>[^，]*)，)?每(?P<way>{ways}){number}{own}{act}",
            rf"(?:(?P<bounds>[^，]*)，)?每(?:{number})?(?P<unit>{self.unit}){act}",
            rf"每(?:{number})?(?P<unit>{self.unit})(?P<subject>[^，：]+?){act}",
            rf"每(?P<verb>[^\d，：]+?){number}(?P<unit>{self.unit}){act}",
            rf"(?P<bounds>[^，]+(?:的部分|起))，每{number}{own}{act}",
            rf"(?P<subject>[^，：]+?)每(?P<full>满?){number}{own}{act}",
        )
        for form in forms:
            for found in _matches(form, text):
                step = self._stepped(found, partial)
                if step is not None:
                    return step
        del unit
        return None

    def _stepped(self, found: Mapping[str, str | None], partial: Partial) -> Meaning | None:
        act = read_act(found.get("act") or "", loose=False)
        if act is None or act.kind not in ("flat", "discretion"):
            return None
        try:
            size = quantity(found.get("number") or "1", found.get("unit") or None, self.measures)
        except ValueError:
            return None
        bounds = self._bounds(found.get("bounds") or "")
        if bounds is None:
            return None
        subject, beyond, skip = bounds
        subject = found.get("subject") or subject
        verb = found.get("verb")
        if verb is not None:
            word = size.unit.symbol if size.unit is not None else found.get("unit") or ""
            subject = verb + (word if len(word) > 1 else "")
        if skip and found.get("way") is None and not subject:
            return None
        step = Step(
            size.value,
            stem(subject),
            dict(distances()).get(found.get("way") or "", ""),
            partial or ("whole" if found.get("full") else ""),
            beyond,
            skip,
            unit=found.get("unit") or "",
            dimension=size.dimension,
        )
        return Meaning("step", act.sign, act.amount, step=step, phrase=act.phrase)

    def _bounds(self, text: str) -> tuple[str, Fraction, Fraction] | None:
        """(what is counted, beyond which quantity, how many steps are skipped)."""
        if not text:
            return "", Fraction(0), Fraction(0)
        skip, beyond = Fraction(0), Fraction(0)
        later = re.fullmatch(rf"(.*)从第({NUMBER})(.*)起", text)
        if later is not None:
            number = _number(later[2].rstrip("万亿"))  # 第3万元 is the third 万元
            if number is None:
                return None
            skip, text = number - 1, later[1]
        part = re.fullmatch(rf"(.*)超过({self.quantity})的部分", text)
        if part is not None:
            amount = self._quantity(part[2])
            if amount is None:
                return None
            beyond, text = amount, part[1]
        if later is None and part is None:
            return None
        return text, beyond, skip

    def _partial(self, text: str) -> tuple[str, Partial]:
        found = re.fullmatch(r"(.*)（(不足.*的(不计|按比例计|按.*计))）", text)
        if found is None:
            return text, ""
        return found[1], begun_counts(found[3])

    # -- lists, tiers, tables

    def _headed(self, text: str) -> tuple[str, tuple[Modifier, ...], str] | None:
        """``head，modifiers：body``."""
        parts = pieces(text, "：")
        if len(parts) < 2:
            return None
        head, *tail = pieces(parts[0], "，")
        modifiers = [read_modifier(part, loose=False) for part in tail]
        if any(m is None for m in modifiers):
            return None
        body = text[len(parts[0]) + 1 :]
        return head, tuple(m for m in modifiers if m is not None), body

    def _listed(self, text: str, depth: int) -> Meaning | None:
        headed = self._headed(text)
        if headed is None:
            return None
        head, modifiers, body = headed
        phrase = next((key for key in _LISTS if fields(key, head, False) is not None), None)
        if phrase is None:
            return None
        members = _numbered(body, depth) or pieces(body, "；")
        parts = [self.rule(member, depth + 1) for member in members]
        if any(part is None for part in parts):
            return None
        found = Meaning(_LISTS[phrase], parts=tuple(p for p in parts if p is not None),
                        modifiers=modifiers, phrase=phrase)  # fmt: skip
        # the “highest” of deductions can be the largest of them or the best result
        return None if phrase in ("best", "least") and only_deducts(found) else found

    def _respectively(self, text: str) -> Meaning | None:
        if len(pieces(text, "；")) > 1:
            return None
        found = re.fullmatch(
            rf"(.+?)的?分别([加得])((?:{POINTS}分?、)+{POINTS}分)((?:，[^，]+)*)", text
        )
        if found is None:
            return None
        amounts = [_number(x.rstrip("分")) for x in found[3].split("、")]
        tail = pieces(found[4], "，")[1:] if found[4] else []
        if "以最高一项计" not in tail or any(x is None for x in amounts):
            return None
        place = tail.index("以最高一项计")
        inner = [read_modifier(x, loose=False) for x in tail[:place]]
        outer = [read_modifier(x, loose=False) for x in tail[place + 1 :]]
        if any(x is None for x in [*inner, *outer]):
            return None
        above, _, who = _last_lead(found[1])
        only = Meaning(
            "respectively", 1, None, bare_lead(who),
            amounts=tuple(x for x in amounts if x is not None),
            modifiers=tuple(x for x in inner if x is not None), phrase="respectively",
        )  # fmt: skip
        return Meaning("best", 0, None, bare_lead(above), parts=(only,), phrase="joined_best",
                       modifiers=tuple(x for x in outer if x is not None))  # fmt: skip

    def _tiers(self, text: str, depth: int) -> Meaning | None:
        headed = self._headed(text)
        if headed is None or "\n" in text:
            return None
        head, modifiers, body = headed
        found = fields("tiers", head, False, subject=".+")
        if found is None or fields("matrix", head, False, rows=".+", columns=".+") is not None:
            return None
        tiers = self._tier_texts(body, depth)
        if tiers is None:
            return None
        return Meaning("tiers", subject=found["subject"], parts=tuple(tiers), modifiers=modifiers,
                       phrase="tiers")  # fmt: skip

    def _tier_texts(self, body: str, depth: int) -> list[Meaning] | None:
        options: list[Sequence[str]] = []
        if len(pieces(body, "；")) > 1:
            options.append(pieces(body, "；"))
        else:
            parts = pieces(body, "，")
            options += [parts, [body]] if len(parts) > 1 else [parts]
        for option in options:
            read = [self._tier(part, depth) for part in option]
            if all(part is not None for part in read):
                return [part for part in read if part is not None]
        return None

    def _tier(self, text: str, depth: int) -> Meaning | None:
        self._tries += 1
        if self._tries > MOST_TRIES:
            return None
        if read_modifier(text, loose=False) is not None:
            return None
        for position in range(1, len(text)):
            if (
                text[position] in "加得扣不酌计分本"
                and "，" not in text[position:].rpartition("）")[2]
            ):
                act = read_act(text[position:], loose=False)
                label = text[:position]
                if act is not None and "，" not in label:
                    return replace(act, condition=bare_lead(label))
        whole = self.rule(text, depth + 1)
        return whole if whole is not None and whole.condition else None

    def _matrix(self, text: str, depth: int) -> Meaning | None:
        headed = self._headed(text)
        if headed is None:
            return None
        head, modifiers, body = headed
        found = fields("matrix", head, False, rows=".+", columns=".+")
        if found is None:
            return None
        table = _table(body) if "｜" in body or "|" in body else _table_in_line(body)
        if table is None:
            return None
        rows, columns, cells = table
        return Meaning(
            "matrix", heads=(found["rows"], found["columns"]), labels=(rows, columns), cells=cells,
            modifiers=modifiers, phrase="matrix",
        )  # fmt: skip


def _matches(form: str, text: str) -> list[Mapping[str, str | None]]:
    """The ways in which an expression fits: the first, and those with a later act."""
    found = re.fullmatch(form, text)
    result: list[Mapping[str, str | None]] = []
    if found is not None:
        result.append(found.groupdict())
    # an act begins with a word that may stand in a name too (得, 加): try each place
    for position in [m.start() for m in re.finditer("[加得扣酌]", text)]:
        act = text[position:]
        if read_act(act, loose=False) is None:
            continue
        again = re.fullmatch(form.replace(r"(?P<act>[加得扣酌].*)", ""), text[:position])
        if again is not None:
            result.append({**again.groupdict(), "act": act})
    return result


def _ends_of_leads(text: str) -> list[int]:
    """The places of 的 outside brackets."""
    depth, found = 0, []
    for position, character in enumerate(text):
        depth += (character in "（“《") - (character in "）”》")
        if character == "的" and depth <= 0:
            found.append(position)
    return found


def _last_lead(text: str) -> tuple[str, str, str]:
    """甲的，乙 → (甲, 的，, 乙); without one the first is empty."""
    parts = pieces(text, "，")
    for index in range(len(parts) - 1, 0, -1):
        if parts[index - 1].endswith("的"):
            return "，".join(parts[:index]), "", "，".join(parts[index:])
    return "", "", text


def _numbered(body: str, depth: int) -> list[str] | None:
    """The members of a list with numbers; ``None`` if it has none."""

    def marker(index: int) -> list[str]:
        options = [f"（{index}）", f"{index}）"]
        if index <= len(_MARKERS[1]):
            options.insert(1, _MARKERS[1][index - 1])
        return options if depth else options[:1]

    start = next((mark for mark in marker(1) if body.startswith(mark)), None)
    if start is None:
        return None
    style = marker(1).index(start)
    members: list[str] = []
    rest, index = body[len(start) :], 2
    while True:
        options = marker(index)
        mark = "；" + (options[style] if style < len(options) else options[-1])
        member, found, rest_after = rest.partition(mark)
        members.append(member)
        if not found:
            return members
        rest, index = rest_after, index + 1


def _cell(text: str) -> Amount:
    text = text.strip()
    found = fields("cell", text, False, n=POINTS)
    if found is not None and (value := _number(found["n"])) is not None:
        return Amount.fixed(value)
    if fields("cell_open", text, False) is not None:
        return Amount(None, None, False)
    between = fields("cell_between", text, False, low=POINTS, high=POINTS)
    if between is not None:
        return _between(between)
    return Amount(None, None, True, text)


Table = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[Amount, ...], ...]]


def _table(body: str) -> Table | None:
    lines = [re.split(r"[｜|]", line) for line in body.strip().splitlines() if line.strip()]
    if len(lines) < 2 or any(len(line) != len(lines[0]) for line in lines):
        return None
    columns = tuple(bare_lead(x) for x in lines[0][1:])
    rows = tuple(bare_lead(line[0]) for line in lines[1:])
    return rows, columns, tuple(tuple(map(_cell, line[1:])) for line in lines[1:])


def _table_in_line(body: str) -> Table | None:
    rows: list[str] = []
    columns: tuple[str, ...] = ()
    cells: list[tuple[Amount, ...]] = []
    for line in pieces(body, "；"):
        row, *outcomes = pieces(line, "，")
        found = [re.fullmatch(r"(.+?)的?(?:得(.+)|分值(.+))", x) for x in outcomes]
        if any(x is None for x in found):
            return None
        read = [x for x in found if x is not None]
        rows.append(bare_lead(row))
        columns = tuple(bare_lead(x[1]) for x in read)
        cells.append(tuple(_cell(x[2] or x[3]) for x in read))
    return tuple(rows), columns, tuple(cells)
