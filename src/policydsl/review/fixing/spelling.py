"""Fixes of a text that cannot be read (P…), and names that are nearly right (all codes)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator

from policydsl.language import nodes as n
from policydsl.language.diagnostics import near_words
from policydsl.language.functions import FUNCTIONS
from policydsl.language.nodes import Span
from policydsl.language.units import UNITS
from policydsl.model.kinds import DOCUMENT_KINDS
from policydsl.review.fixing.edits import Edit, Fix, without
from policydsl.review.fixing.place import Place
from policydsl.review.fixing.registry import fixer

NEAR = 3
"""So many near names are offered."""


def _changed(place: Place, new: str, safe: bool = True) -> Fix:
    title = (f"改为“{new}”", f"Change to “{new}”")
    return Fix(title, (Edit(place.span, new),), safe)


@fixer("P103", zh="补上右花括号（按缩进）", en="close the block, as the indentation says")
def close_block(place: Place) -> Iterator[Fix]:
    """The block that nothing closes: indentation tells where it ends."""
    text = place.source
    start = text.rfind("\n", 0, place.span.start) + 1
    indent = text[start : start + len(text[start:]) - len(text[start:].lstrip(" \t"))]
    end = len(text.rstrip())
    lines = list(re.compile(r"^([ \t]*)(?=\S)", re.MULTILINE).finditer(text, place.span.end))
    if any(line[1] for line in lines):
        ends = (x.start() for x in lines if len(x[1]) <= len(indent) and x.start() > place.span.end)
        end = len(text[: next(ends, len(text))].rstrip())
    title = ("在这一部分末尾补上“}”", "Close the block with “}”")
    yield Fix(title, (Edit(Span(end, end), f"\n{indent}}}"),), True)


@fixer("P104", "P113", "P126", "P106", zh="删去多余的", en="delete what is too much")
def cut(place: Place) -> Iterator[Fix]:
    """What is one too many goes."""
    written = place.source[place.span.start : place.span.end]
    shown = written if written.isprintable() and written.strip() else "…"
    if written:
        surplus = place.found.code == "P104"
        edit = without(place.source, place.span) if surplus else Edit(place.span, "")
        safe = place.found.code != "P106"
        yield Fix((f"删去“{shown}”", f"Delete “{shown}”"), (edit,), safe)


@fixer("P105", zh="补上右引号", en="close the quotation")
def close_text(place: Place) -> Iterator[Fix]:
    """A quotation mark that nothing answers: its pair at the end of what it seems to open."""
    written = place.source[place.span.start : place.span.end]
    closing = {"“": "”", '"': '"', "＂": "＂", "「": "」"}.get(written[:1])
    near = place.source[max(0, place.span.start - 2) : place.span.end + 2]
    if closing is None or '"""' in near or "\n" in written:
        return
    end = place.span.start + len(written.rstrip())
    title = (f"在末尾补上“{closing}”", f"Close it with {closing}")
    yield Fix(title, (Edit(Span(end, end), closing),))


@fixer("P109", zh="改为那个月的最后一天", en="the last day of that month")
def last_of_month(place: Place) -> Iterator[Fix]:
    """2023年2月30日 → 2023年2月28日."""
    written = place.source[place.span.start : place.span.end]
    found = re.fullmatch(r"(\d{4}\D)(\d{1,2})(\D)(\d{1,2})(\D?)", written)
    if found is None or not 1 <= int(found[2]) <= 12 or not 1 <= int(found[1][:4]) <= 9999:
        return
    last = monthrange(int(found[1][:4]), int(found[2]))[1]
    if int(found[4]) > last:
        yield _changed(place, f"{found[1]}{found[2]}{found[3]}{last}{found[5]}", False)


@fixer("P110", zh="补上缺的标点或字", en="insert what was left out")
def put_in(place: Place) -> Iterator[Fix]:
    """The mark or word that was left out."""
    missing = str(place.found.details["missing"])
    lead = "" if missing in "：，、）" else " "
    title = (f"补上“{missing}”", f"Insert “{missing}”")
    yield Fix(title, (Edit(place.span, f"{lead}{missing}"),), True)


@fixer("P112", zh="在关键字两边加空格", en="part the words")
def part(place: Place) -> Iterator[Fix]:
    """Words that were run together."""
    yield _changed(place, str(place.found.details["proposal"]))


@fixer("P115", "P127", "P128", zh="加「」", en="write it in 「」")
def quote(place: Place) -> Iterator[Fix]:
    """A keyword or number that is meant as a name."""
    yield _changed(place, f"「{place.found.details['found']}」")


@fixer("P116", zh="里面的引号改用‘ ’", en="single marks inside")
def inner_quotes(place: Place) -> Iterator[Fix]:
    """“甲“乙”丙” → “甲‘乙’丙”."""
    written = place.source[place.span.start : place.span.end]
    inner = written[1:-1]
    if '"' in written:
        return  # which of them open and which close, nobody can tell
    new = written[0] + inner.replace("“", "‘").replace("”", "’") + written[-1]
    yield Fix(
        ("里面的引号改用‘ ’", "Write the inner marks as ‘ ’"), (Edit(place.span, new),), True
    )  # fmt: skip


@fixer("P117", zh="改为最近的关键字", en="the nearest keyword")
def meant(place: Place) -> Iterator[Fix]:
    """The keyword that was misspelt."""
    yield _changed(place, str(place.found.details["near"]))


@fixer("P118", zh="改用“ ”「 」和通用的括号", en="the usual marks")
def other_brackets(place: Place) -> Iterator[Fix]:
    """Brackets and quotation marks of another kind."""
    written = place.source[place.span.start : place.span.end]
    instead = place.found.details["instead"]
    zh = instead[0] if isinstance(instead, tuple) else str(instead)
    if len(written) > 1:
        pair = "「」" if "「" in zh else "“”"
        yield _changed(place, f"{pair[0]}{written[1:-1]}{pair[1]}")
    else:
        mark = zh.strip("“”")
        if len(mark) == 1:
            yield _changed(place, mark)


_PARTS = {"百分之": "%", "千分之": "‰"}
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}


@fixer("P120", zh="写成 5%、5‰", en="as 5%, 5‰")
def as_percentage(place: Place) -> Iterator[Fix]:
    """百分之五 → 5%."""
    written = str(place.found.details["found"])
    number = _number(written[3:])
    mark = _PARTS.get(written[:3])
    if number is not None and mark is not None:
        yield _changed(place, f"{number}{mark}")


def _number(text: str) -> int | None:
    """一 to 九十九, 百, or digits."""
    if text.isdigit():
        return int(text)
    if text == "百":
        return 100
    tens, ten, ones = text.partition("十")
    if not text or any(c not in _DIGITS for c in tens + ones) or len(tens) > 1 or len(ones) > 1:
        return None
    if not ten:
        return _DIGITS[tens]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


@fixer("P121", zh="换成应有的标点", en="the mark that belongs there")
def other_mark(place: Place) -> Iterator[Fix]:
    """One mark in the place of another."""
    yield _changed(place, str(place.found.details["wanted"]))


@fixer("P122", zh="对调两个词", en="swap the two words")
def swap_words(place: Place) -> Iterator[Fix]:
    """Two words in the wrong order."""
    details = place.found.details
    yield _changed(place, f"{details['second']} {details['first']}")


# -- names


@fixer(
    "M201",
    "M203",
    "M211",
    "M215",
    "M216",
    "M220",
    "M234",
    "M245",
    "V601",
    "V611",
    "V621",
    "V622",
    "V629",
    "R661",
    "P101",
    "V633",
    first=True,
    zh="改为相近的名称（至多三个）",
    en="a near name (three at most)",
)
def near_names(place: Place) -> Iterator[Fix]:
    """Names like the one that nobody knows."""
    span = place.span
    written = place.source[span.start : span.end]
    head, bare = "", written.strip("「」“”")
    known = _known(place)
    ref = place.exactly(n.ClauseRef)
    if ref is not None and ref.steps[-1].label is not None:
        bare = ref.steps[-1].label
        head = written[: written.rfind(bare)].rstrip("「")
    if place.found.code == "R661":
        text = _unmatched(place)
        if text is None:
            return
        span, bare, head = text.span, text.value, ""
    if place.found.code == "M234":
        bare = str(place.found.details["name"])
        at = written.rfind(bare)
        head, tail = written[:at], written[at + len(bare) :]
    elif place.found.code == "M203":
        bare = str(place.found.details["unit"])
        at = written.rfind(bare)
        if at < 0:
            return
        head, tail = written[:at], written[at + len(bare) :]
    else:
        tail = ""
    for near in near_words(bare, known, NEAR):
        name = near if place.found.code == "M203" else place.write(n.Name(near))
        title = (f"改为“{near}”", f"Change to “{near}”")
        yield Fix(title, (Edit(span, f"{head}{name}{tail}"),))


def _unmatched(place: Place) -> n.TextValue | None:
    """The text of a duty that is no indicator."""
    duty = place.at(n.Duty)
    items = () if duty is None else (x for part in duty.parts for x in part.items)
    return next((x for x in items if isinstance(x, n.TextValue)), None)


def _known(place: Place) -> set[str]:
    code = place.found.code
    if code == "M203":
        return {u.symbol for u in UNITS.values()} | {u.english for u in UNITS.values()}
    if code == "M211":
        names = {f.chinese[0] for f in FUNCTIONS.values()}
        return names | {f.english for f in FUNCTIONS.values()}
    if code == "M220":
        return set(str(place.found.details["values"]).split("、"))
    if code in ("M215", "M245", "V611", "V621", "V633"):
        kinds = ["vocabulary"] if code == "M245" or place.at(n.Attribute) else []
        ids = [] if place.library is None else place.library.ids(kinds or DOCUMENT_KINDS.values())
        return set(ids)
    if code == "M234":
        return _concepts(place)
    names = {x.name.text for x in place.text.nodes if isinstance(x, n.Fact)}
    if code == "M201" and place.document is not None and place.library is not None:
        names |= set(place.library.shared(place.document, place.text.source, []).facts)
        return names
    if code in ("M216", "R661"):
        return {
            x.name.text for x in place.text.nodes
            if isinstance(x, n.Clause) and x.name is not None
            and (code == "M216" or x.kind == "INDICATOR")
        }  # fmt: skip
    if code in ("V601", "V622", "V629") and place.library is not None:
        return _base_names(place)
    return set()


def _concepts(place: Place) -> set[str]:
    if place.document is None or place.library is None:
        return set()
    return set(place.library.shared(place.document, place.text.source, []).concepts)


def _base_names(place: Place) -> set[str]:
    document, library = place.document, place.library
    names: set[str] = set()
    if document is None or library is None:
        return names
    for link in (document.based_on, document.older, document.newer):
        entry = None if link is None else library.find(link.text)
        if entry is not None:
            names |= {
                x.name.text for x in n.walk(entry.document)
                if isinstance(x, n.Clause) and x.name is not None
            }  # fmt: skip
    return names
