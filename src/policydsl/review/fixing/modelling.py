"""Fixes of what a text says where it cannot be meant (M…, V…)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import takewhile

from policydsl.language import nodes as n
from policydsl.language.nodes import Span
from policydsl.review.fixing.edits import Edit, Fix, in_body, in_heading, without
from policydsl.review.fixing.place import Place, replaced, shown
from policydsl.review.fixing.registry import fixer


@fixer(
    "M201", zh="声明这个事实，类型按用法定", en="declare the fact, of the type that its use tells"
)
def declare(place: Place) -> Iterator[Fix]:
    """A fact that nobody declared, of the kind that its use tells."""
    name = place.exactly(n.Name)
    kind = None if name is None else _kind(place, name)
    around = (
        next((c for c in place.around(name) if isinstance(c, n.Clause)), None) if name else None
    )
    if name is None or kind is None or around is None or place.document is None:
        return
    if place.document.kind == "AMENDMENT":
        return
    word, unit = kind
    fact = place.write(n.Fact(n.Name(name.text), n.FactType(word, unit)))
    edit = in_body(place.source, around.span, fact)
    if edit is not None:
        yield Fix((f"声明：{fact}", f"Declare: {fact}"), (edit,))


def _kind(place: Place, name: n.Name) -> tuple[str, str | None] | None:
    """(type, unit) of a fact as it is used: 未开展 X, 每 1 项 X, X 低于 95%."""
    for node in reversed(place.text.nodes):
        match node:
            case n.NotDone(name=used) if used is name:
                return "YES_NO", None
            case n.PerStep(subject=n.Reference(name=used), step=step) if used is name:
                return ("PERCENTAGE", None) if step.unit in ("%", "个百分点", "百分点") else (
                    "COUNT", step.unit)  # fmt: skip
            case n.Compare(left=n.Reference(name=used), right=n.Number(unit=unit)) if used is name:
                return ("PERCENTAGE", None) if unit == "%" else ("INTEGER", unit)
            case n.NumberBound(subject=n.Reference(name=used), number=n.Number(unit=unit)) if (
                used is name
            ):
                return ("PERCENTAGE", None) if unit == "%" else ("INTEGER", unit)
            case _:
                continue
    return None


@fixer("M204", zh="补上“分”", en="add the unit “points”")
def in_points(place: Place) -> Iterator[Fix]:
    """A number of points is written with 分."""
    number = place.exactly(n.Number)
    if number is not None:
        new = place.points(number.value)
        yield Fix((f"写成“{new}”", f"Write “{new}”"), (replaced(number, new),), number.unit is None)


@fixer("M205", zh="删去两处中的一处", en="delete either of the two")
def one_declaration(place: Place) -> Iterator[Fix]:
    """A fact that is declared twice: either of the two stays."""
    name = place.exactly(n.Name)
    facts = [x for x in place.text.nodes if isinstance(x, n.Fact)]
    here = next((x for x in facts if x.name is name), None)
    if here is None:
        return
    yield Fix(("删去这一处", "Delete this one"), (without(place.source, here.span),))
    other = next((x for x in facts for _, s in place.found.related if x.name.span == s), None)
    if other is not None and place.found.related[0][0].name == place.text.source.name:
        line = place.text.source.place(other.span.start)[0]
        title = (f"删去第 {line} 行的那一处", f"Delete the one in line {line}")
        yield Fix(title, (without(place.source, other.span),))


@fixer("M208", zh="满分改为合计，上级随之改", en="the computed total, and those above")
def total_as_computed(place: Place) -> Iterator[Fix]:
    """The declared full marks become what the parts add up to; those above follow."""
    marks = place.exactly(n.Attribute)
    clause = next(iter(place.around(marks)), None) if marks is not None else None
    if clause is None:
        return
    parts = str(place.found.details["parts"]).split(" + ")
    yield from full_marks(place, clause, sum(map(Fraction, parts), Fraction(0)))


def full_marks(
    place: Place, clause: n.Clause | n.Document, new: Fraction, safe: bool = False
) -> Iterator[Fix]:
    """Other full marks of a clause; where those above were the sum, they move along.

    Nothing where a unit among several is concerned: the others would not add up any more.
    """
    own = place.attribute(clause, "FULL_MARKS")
    if own is None or not isinstance(own.value, n.FixedAmount):
        return
    number = own.value.number
    step = new - number.value
    edits = [replaced(number, place.points(new))]
    above: list[Fraction] = []
    inner: n.Clause | n.Document = clause
    for outer in place.around(clause):
        if isinstance(inner, n.Clause) and inner.kind in ("BONUS", "DEDUCTIONS"):
            break
        declared = place.attribute(outer, "FULL_MARKS")
        units = [x for x in outer.body if isinstance(x, n.Clause) and x.kind == "UNIT"]
        fixed = declared is not None and isinstance(declared.value, n.FixedAmount)
        if fixed and inner in units and len(units) > 1:
            return
        if fixed and _adds_up(outer):
            assert declared is not None
            assert isinstance(declared.value, n.FixedAmount)
            total = declared.value.number.value + step
            above.append(total)
            edits.append(replaced(declared.value.number, place.points(total)))
        elif fixed:
            break
        inner = outer
    told = "、".join(shown(x) for x in above)
    more = (f"，上级随之改为 {told} 分", f"; above: {told}") if above else ("", "")
    yield Fix(
        (f"满分改为 {shown(new)} 分{more[0]}", f"Full marks of {shown(new)}{more[1]}"),
        tuple(edits), safe,
    )  # fmt: skip


def _adds_up(clause: n.Clause | n.Document) -> bool:
    """Whether the declared full marks are the sum of those of the parts, as they are written."""
    own = next((a.value for a in clause.attributes if a.key == "FULL_MARKS"), None)
    children = [
        x for x in clause.body
        if isinstance(x, n.Clause) and x.kind not in ("BONUS", "DEDUCTIONS", "SCENE", "TASK",
                                                      "STATUS_RULES", "BLEND")
    ]  # fmt: skip
    units = [c for c in children if c.kind == "UNIT"]
    parts = [_most(c) for c in children if c.kind != "UNIT"] + [_most(c) for c in units[:1]]
    if not isinstance(own, n.FixedAmount) or None in parts or not parts:
        return False
    return own.number.value == sum((x for x in parts if x is not None), Fraction(0))


def _most(clause: n.Clause) -> Fraction | None:
    values = {a.key: a.value for a in clause.attributes}
    most = values.get("FULL_MARKS", values.get("CAP"))
    return most.number.value if isinstance(most, n.FixedAmount) else None


@fixer(
    "M217",
    "M228",
    "M229",
    "M226",
    "M227",
    "M241",
    "V605",
    "V618",
    "V631",
    zh="删去",
    en="delete it",
)
def drop(place: Place) -> Iterator[Fix]:
    """What is said twice, or means nothing there, goes."""
    span = _droppable(place)
    if span is None:
        return
    words = " ".join(place.source[span.start : span.end].split()).strip("，,、 ")
    words = words if len(words) <= 24 else words[:23] + "…"
    edit = Edit(span, "") if place.source[span.start] in "，,（(、" else without(place.source, span)
    yield Fix((f"删去“{words}”", f"Delete “{words}”"), (edit,))


def _droppable(place: Place) -> Span | None:
    """The span with the comma before it, or the brackets around it."""
    code, text = place.found.code, place.source
    if code == "M228":
        fact = place.at(n.Fact)
        return None if fact is None else fact.span
    if code == "M226":
        found = text.find("(", place.span.start, place.span.end)
        wide = text.find("（", place.span.start, place.span.end)
        start = max(found, wide)
        return None if start < 0 else Span(start, place.span.end)
    if code == "V605":
        part = place.exactly(n.Without)
        return None if part is None else part.span
    before = text[: place.span.start].rstrip()
    if before and before[-1] in "，,、" and code in ("M229", "M241", "M217", "M227"):
        return Span(len(before) - 1, place.span.end)
    if code == "M227":
        kind = place.at(n.FactType)
        names = [] if kind is None else [v for v in kind.values if v.span == place.span]
        behind_it = text[place.span.end :]
        skip = len(behind_it) - len(behind_it.lstrip(" \t、<＜"))
        return Span(place.span.start, place.span.end + skip) if names else None
    return place.span if place.span.end > place.span.start else None


@fixer("M218", zh="移到最后", en="move it to the end")
def rest_last(place: Place) -> Iterator[Fix]:
    """其他 goes behind all other tiers."""
    tier = place.exactly(n.Tier)
    table = place.at(n.Tiers)
    if tier is None or table is None:
        return
    order = [t for t in table.tiers if t is not tier] + [tier]
    texts = [place.slice(t) for t in order]
    edits = tuple(
        Edit(slot.span, text) for slot, text in zip(table.tiers, texts, strict=True)
        if place.slice(slot) != text
    )  # fmt: skip
    yield Fix(
        (f"把“{place.word('OTHERWISE')}”移到最后", "Move “otherwise” to the end"), edits, True
    )


@fixer("M219", zh="缺的格写“未载明”，多的删去", en="fill with “not_stated”, or cut")
def even_row(place: Place) -> Iterator[Fix]:
    """A row that lacks cells: what is not stated is said to be so."""
    row = place.exactly(n.MatrixRow)
    if row is None:
        return
    lacking = int(str(place.found.details["wanted"])) - len(row.cells)
    if lacking > 0:
        bar = "｜" if "｜" in place.slice(row) else "|"
        text = f" {bar} {place.word('OPEN')}" * lacking
        end = Span(row.span.end, row.span.end)
        title = (f"缺的 {lacking} 格写“未载明”", f"Fill {lacking} cells with “not_stated”")
        yield Fix(title, (Edit(end, text),))
    else:
        last = row.cells[len(row.cells) + lacking - 1]
        title = (f"删去多的 {-lacking} 格", f"Delete the last {-lacking} cells")
        yield Fix(title, (Edit(Span(last.span.end, row.span.end), ""),))


@fixer("M220", zh="改为已有的取值（六个以内的）", en="one of the values (of six at most)")
def one_of_values(place: Place) -> Iterator[Fix]:
    """A value of the list, where none is near."""
    values = str(place.found.details["values"]).split("、")
    if len(values) <= 6:
        for value in values:
            yield Fix(
                (f"改为“{value}”", f"Change to “{value}”"),
                (Edit(place.span, place.write(n.Name(value))),),
            )  # fmt: skip


@fixer("M221", zh="对调上下界", en="swap the bounds")
def swap_bounds(place: Place) -> Iterator[Fix]:
    """The two numbers of a range change places."""
    numbers = sorted(
        {x.span: x for x in place.text.nodes if isinstance(x, n.Number)
         and place.span.start <= x.span.start and x.span.end <= place.span.end
         and x.span.end > x.span.start}.values(), key=lambda x: x.span.start,
    )  # fmt: skip
    if len(numbers) < 2:
        return
    low, high = numbers[-2], numbers[-1]
    texts = [_figure(place.slice(x)) for x in (low, high)]
    edits = tuple(
        Edit(Span(x.span.start, x.span.start + len(own)), other)
        for x, own, other in ((low, texts[0], texts[1]), (high, texts[1], texts[0]))
    )
    yield Fix((f"改为 {texts[1]} 至 {texts[0]}", f"{texts[1]} to {texts[0]}"), edits)


def _figure(text: str) -> str:
    """The digits of a number, without its unit."""
    digits = "".join(
        takewhile(lambda c: c.isdigit() or c in ".万亿零〇一二两三四五六七八九十百千点", text)
    )
    return digits or text


@fixer(
    "M223",
    "M247",
    zh="写明“起评 0 分”；没有满分的写“满分 未载明”",
    en="state the start, or that it is not stated",
)
def start_stated(place: Place) -> Iterator[Fix]:
    """What an item starts at is written down: 0 (as its awards say), or that it is not known."""
    clause = place.exactly(n.Clause)
    if clause is None:
        return
    if place.found.code == "M223":
        words = place.write(n.Attribute("START", n.FixedAmount(n.Number(Fraction(0), "分"))))
        title = (f"写明“{words}”（从零累加）", f"State “{words}” (points are earned)")
    else:
        words = place.write(n.Attribute("FULL_MARKS", n.OpenAmount()))
        title = (f"写明“{words}”", f"State “{words}”")
    edit = in_heading(place.source, clause.span, words)
    if edit is not None:
        yield Fix(title, (edit,))


@fixer("M232", zh="写出上级", en="name the clause above")
def which_one(place: Place) -> Iterator[Fix]:
    """A reference that fits several clauses: the unit or group is written before it."""
    ref = place.exactly(n.ClauseRef)
    clauses = [x for x in place.text.clauses if isinstance(x, n.Clause)]
    if ref is None:
        return
    last = ref.steps[-1]
    offered = 0
    for clause in clauses:
        label = clause.name.text if clause.name is not None else clause.number
        if clause.kind != last.kind or last.label not in (label, clause.number) or offered == 5:
            continue
        outer = next(iter(place.around(clause)), None)
        if not isinstance(outer, n.Clause):
            continue
        step = n.RefStep(outer.kind, outer.name.text if outer.name else outer.number)
        words = place.write(n.ClauseRef((step, *ref.steps)))
        offered += 1
        yield Fix((f"写成“{words}”", f"Write “{words}”"), (replaced(ref, words),))


@fixer("M235", zh="对调上限和下限", en="swap cap and floor")
def swap_limits(place: Place) -> Iterator[Fix]:
    """A floor above the cap: the two change places."""
    floor = place.exactly(n.Attribute)
    clause = next(iter(place.around(floor)), None) if floor is not None else None
    high = place.attribute(clause, "CAP") or place.attribute(clause, "FULL_MARKS")
    if floor is None or high is None:
        return
    if isinstance(floor.value, n.FixedAmount) and isinstance(high.value, n.FixedAmount):
        one, other = floor.value.number, high.value.number
        edits = (replaced(one, place.slice(other)), replaced(other, place.slice(one)))
        yield Fix(("对调这两个分值", "Swap the two figures"), edits)


@fixer("M237", zh="写“未载明”", en="write “not_stated”")
def nothing_stated(place: Place) -> Iterator[Fix]:
    """Braces without a rule: the text states none."""
    end = place.source.rfind("}", place.span.start, place.span.end)
    words = place.word("OPEN")
    if place.exactly(n.Tiers) is not None:
        words = place.write(n.Tier((n.Pattern("OTHERWISE"),), n.OpenAction()))
    if end >= 0:
        title = (f"写明“{words}”", f"State “{words}”")
        yield Fix(title, (Edit(Span(end, end), f" {words} "),))


@fixer("M239", zh="两个数写成一样（两种）", en="the same figure in both (two ways)")
def same_step(place: Place) -> Iterator[Fix]:
    """不足 1 … and 每 2 … speak of the same step: either figure may be meant."""
    partial = place.exactly(n.PartialStep)
    rule = place.at(n.Rule)
    steps = [] if rule is None else [x for x in n.walk(rule) if isinstance(x, n.PerStep)]
    if partial is None or not steps:
        return
    step = steps[0].step
    one = _figure(place.slice(step))
    other = _figure(place.slice(partial.number))
    inner, outer = partial.number.span, step.span
    yield Fix(
        (f"“不足”后面改为 {one}", f"{one} in the part of a step"),
        (Edit(Span(inner.start, inner.start + len(other)), one),),
    )  # fmt: skip
    yield Fix(
        (f"“每”后面改为 {other}", f"{other} in the step"),
        (Edit(Span(outer.start, outer.start + len(one)), other),),
    )  # fmt: skip
