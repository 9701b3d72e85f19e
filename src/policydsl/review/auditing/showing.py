"""An audit for readers: rows of a table, the summary line, a page."""

from __future__ import annotations

from collections.abc import Sequence

from policydsl.language.keywords import Language
from policydsl.pages import page as pg
from policydsl.review.auditing.results import COMPLAINTS, VERDICTS, Audit, Entry
from policydsl.scoring.results import pick

HEADS = (
    ("位置", "place"), ("原文", "text"), ("部分", "section"), ("条款", "clause"),
    ("代码", "code"), ("结论", "verdict"), ("说明", "note"),
)  # fmt: skip


def rows(audit: Audit, entries: Sequence[Entry], language: Language) -> list[list[str]]:
    """A row for each entry, in the columns of :data:`HEADS`."""
    return [_row(audit, entry, language) for entry in entries]


def _row(audit: Audit, entry: Entry, language: Language) -> list[str]:
    place = audit.place(entry)
    names = list(dict.fromkeys(audit.name_of(item.clause) for item in entry.code))
    words = list(dict.fromkeys(item.words for item in entry.code))
    return [
        f"{place[0]}:{place[1]}" if place else "—",
        entry.text.words if entry.text is not None else "",
        audit.section_of(entry),
        "；".join(name for name in names if name),
        "；".join(words),
        pick(language, *VERDICTS[entry.verdict]),
        entry.why,
    ]


def summary(audit: Audit, language: Language) -> str:
    """One line: how many figures, and how many of each verdict."""
    counts = audit.counts
    parts = [
        f"{pick(language, *VERDICTS[key])} {counts[key]}" for key in VERDICTS if counts.get(key)
    ]
    figures = sum(entry.text is not None for entry in audit.entries)
    bad = len(audit.complaints) + len(audit.lost) + len(audit.stale)
    zh = (
        f"原文数字和计分用语 {figures} 处，其中计分句 {len(audit.scoring)} 处："
        f"{'，'.join(parts)}。" + ("全部对得上。" if not bad else f"{bad} 处要核对。")
    )
    en = (
        f"{figures} figures and scoring phrases, {len(audit.scoring)} in scoring sentences: "
        f"{', '.join(parts)}. " + ("All accounted for." if not bad else f"{bad} to be looked at.")
    )
    return zh if language == "zh" else en


def reading_rows(audit: Audit, language: Language) -> list[list[str]]:
    """A row for each declared reading: place, as it stands, as it is read, why, clause."""
    result = []
    for reading in audit.readings:
        place = audit.source.place(reading.places[0]) if reading.places else None
        shown = f"{place[0]}:{place[1]}" if place else pick(language, "原文没有", "not in the text")
        name = audit.name_of(reading.clause)
        result.append([shown, reading.original, reading.read_as, reading.reason, name])
    return result


READING_HEADS = (
    ("位置", "place"), ("原样", "as it stands"), ("读作", "read as"), ("理由", "why"),
    ("条款", "clause"),
)  # fmt: skip


def audit_page(audit: Audit, language: Language = "zh") -> pg.Page:
    """The audit as a page: what does not fit first, then everything."""
    complaints = [e for e in audit.entries if e.verdict in COMPLAINTS]
    columns = tuple(pg.Column(head) for head in HEADS)

    def table(entries: Sequence[Entry], title: tuple[str, str]) -> pg.Table:
        zh, en = rows(audit, entries, "zh"), rows(audit, entries, "en")
        cells: list[tuple[pg.Cell, ...]] = [
            tuple(a if a == b else (a, b) for a, b in zip(x, y, strict=True))
            for x, y in zip(zh, en, strict=True)
        ]
        return pg.Table(columns, tuple(cells), title)

    sections: list[pg.Section] = []
    if complaints:
        block = table(complaints, ("要核对的", "To be looked at"))
        sections.append(pg.Section(("对不上的", "What does not fit"), (block,)))
    if audit.readings:
        readings = pg.Table(
            tuple(pg.Column(head) for head in READING_HEADS),
            tuple(tuple(row) for row in reading_rows(audit, "zh")),
        )
        sections.append(pg.Section(("校读", "Declared readings"), (readings,)))
    everything = table(list(audit.entries), ("全部", "All"))
    sections.append(pg.Section(("逐处对照", "Figure by figure"), (everything,)))
    title = audit.policy.title or audit.policy.id
    cards = (
        pg.Card(("计分句中的数字和用语", "Figures in scoring sentences"), str(len(audit.scoring))),
        pg.Card(("对得上", "Accounted for"), str(len(audit.entries) - len(complaints)),
                tone="gain"),
        pg.Card(("要核对", "To be looked at"), str(len(complaints)),
                tone="loss" if complaints else "plain"),
    )  # fmt: skip
    return pg.Page(
        (f"原文与代码对照：{title}", f"Text against code: {title}"),
        tuple(sections),
        lead=((summary(audit, "zh"), summary(audit, "en")),),
        cards=cards,
        record=((("原文", "Text"), audit.source.name), (("策略", "Policy"), audit.policy.id)),
        language=language,
    )
