"""Terminals as words to a reader: what could have stood here."""

from __future__ import annotations

from collections.abc import Sequence

from policydsl.language import keywords
from policydsl.language.tables import END

_SHOWN = {
    "COLON": ("：", ":"), "COMMA": ("，", ","), "LIST_COMMA": ("、", "、"), "BAR": ("｜", "|"),
    "SEMICOLON": ("；", ";"), "FULL_STOP": ("。", "。"), "OPEN_BRACE": ("{", "{"),
    "CLOSE_BRACE": ("}", "}"), "OPEN_PAREN": ("（", "("), "CLOSE_PAREN": ("）", ")"),
    "NAME": ("名称", "a name"), "QNAME": ("「名称」", "「name」"), "NUMBER": ("数字", "a number"),
    "STRING": ("“文字”", "“text”"), "TEXT_BLOCK": ('"""文字"""', '"""text"""'),
    "DATE": ("日期", "a date"), "PERCENT": ("%", "%"), "PER_MILLE": ("‰", "‰"),
    END: ("文件结束", "the end of the file"), "PLUS": ("+", "+"), "MINUS": ("-", "-"),
    "TIMES": ("×", "*"), "DIVIDE": ("÷", "/"), "LESS": ("<", "<"), "LESS_EQ": ("<=", "<="),
    "GREATER": (">", ">"), "GREATER_EQ": (">=", ">="), "EQUALS": ("=", "="),
    "NOT_EQUALS": ("!=", "!="),
}  # fmt: skip


# Kinds of words that are named together when all of them are possible: a list of thirty
# words helps nobody.
_GROUPS: tuple[tuple[frozenset[str], tuple[str, str]], ...] = (
    (
        frozenset({"PLUS", "MINUS", "TIMES", "DIVIDE"}),
        ("+ - × ÷", "+ - * /"),
    ),
    (frozenset({"PLUS", "MINUS"}), ("+ -", "+ -")),
    (
        frozenset(
            {"BELOW", "SHORT_OF", "UNDER", "ABOVE", "EXCEEDS", "REACHES", "NOT_BELOW", "NOT_FEWER",
             "NOT_ABOVE", "NOT_EXCEEDING", "EARLIER", "LATER", "LESS", "LESS_EQ", "GREATER",
             "GREATER_EQ", "EQUALS", "NOT_EQUALS"}
        ),
        ("比较（如 不低于、超过、低于）", "a comparison (such as not_below, exceeds, below)"),
    ),
    (frozenset({"IS", "IS_NOT"}), ("为、不为", "is, is_not")),
    (
        frozenset({"AWARD", "DEDUCT", "GIVE", "EACH", "BY", "BEST", "OPEN", "VETO"}),
        ("计分规则（如 加、扣、每、按、取高）", "a scoring rule (such as add, deduct, each, by)"),
    ),
    (
        frozenset({"FULL_MARKS", "CAP", "LOCATOR", "SUMMARY", "REVIEW", "CONCEPT"}),
        ("属性（如 满分、上限、出处、摘要）", "an attribute (such as full_marks, cap, locator)"),
    ),
    (
        frozenset({"GROUP", "INDICATOR", "ITEM", "UNIT", "SCENE", "STATUS_RULES"}),
        ("条款（如 组、指标、项、单位）", "a clause (such as group, indicator, item, unit)"),
    ),
    (
        frozenset({"MODIFY", "INSERT", "REPEAL", "MOVE", "RENAME"}),
        ("修订操作（如 修改、新增）", "an operation (such as modify, insert)"),
    ),
)  # fmt: skip
# What a group stands for besides the words that tell it.
_ALSO: dict[str, frozenset[str]] = {
    "AWARD": frozenset(
        {"DISCRETION_DEDUCT", "DISCRETION_AWARD", "NO_POINTS", "SUM", "LEAST", "SUSPENDED", "VOID",
         "ZEROED", "FROZEN", "IF"}
    ),
    "CAP": frozenset(
        {"FLOOR", "START", "ROUNDING", "RESPONSIBLE", "LEAD", "RECOGNITION", "FULL_TEXT", "NOTE",
         "ID", "ENGLISH", "READING", "WAIVE", "REASON", "DOUBTFUL", "APPLIES_WHEN", "CONVERSION",
         "ADOPTS", "ASSUMPTION", "REGION", "ISSUER", "REPLACES", "LEGAL_BASIS", "SOURCE", "USES",
         "ENTITY", "ISSUED", "IN_FORCE", "EXPIRES", "TRANSITION", "SECTIONS",
         "INFERRED"}
    ),
    "GROUP": frozenset(
        {"SCHEDULE", "COMMON", "BONUS", "DEDUCTIONS", "TASK", "BLEND", "FACT", "MEASURE",
         "DEADLINE", "DUTY", "TARGET", "EXAMPLE", "NOT_COUNTED", "HOUSEHOLD", "RANKING", "QUOTA",
         "TIES", "PLAUSIBLE"}
    ),
    "MODIFY": frozenset(
        {"SET", "AT", "RENUMBER", "SPLIT", "MERGE", "SUCCEEDED", "NOT_SEEN", "STUB"}
    ),
}  # fmt: skip
# Words that can begin a condition: named only where no more is known of what is meant.
_OPENERS = frozenset(
    {"NOT", "PROVIDED", "NOT_PROVIDED", "TRIGGER_OPEN", "NOT_CARRIED_OUT", "NOT_IMPLEMENTED",
     "NOT_COMPLETED", "NOT_REACHED", "NOT_MET", "NOT_ESTABLISHED", "NOT_GROWN", "NOT_RECTIFIED",
     "SCORE_OF", "SPOUSE", "TOTAL", "QNAME", "SEMICOLON", "FULL_STOP"}
)  # fmt: skip


def shown(terminal: str) -> tuple[str, str]:
    """How a terminal is named to a reader, in Chinese and English."""
    if terminal in _SHOWN:
        return _SHOWN[terminal]
    table = keywords.keyword_table()
    if terminal in table:
        return table[terminal][0], table[terminal][1]
    return terminal, terminal


def listed(terminals: Sequence[str], limit: int = 8) -> tuple[str, str]:
    """Terminals as a list to read, Chinese and English; usual words first."""
    left = list(dict.fromkeys(terminals))
    parts: list[tuple[str, str]] = []
    for members, name in _GROUPS:
        if not members <= set(left):
            continue
        parts.append(name)
        also: frozenset[str] = frozenset().union(*(_ALSO.get(m, ()) for m in members))
        left = [t for t in left if t not in members and t not in also]
    if parts or len(left) > limit:
        left = [t for t in left if t not in _OPENERS]
    if len(parts) > 2:  # at the start of a statement nearly everything is possible
        left = [
            t for t in left if t in ("NAME", "CLOSE_BRACE", "CLOSE_PAREN", END) or t not in _SHOWN
        ]
    order = {name: index for index, name in enumerate([*_SHOWN, *keywords.keyword_table()])}
    left.sort(key=lambda t: (t == END, order.get(t, len(order))))
    names = [*(_quoted(t) for t in left[:limit]), *parts]
    dots = " …" if len(left) > limit else ""
    return "、".join(n[0] for n in names) + dots, ", ".join(n[1] for n in names) + dots


def _quoted(terminal: str) -> tuple[str, str]:
    """A mark would be lost among the marks of a list."""
    zh, en = shown(terminal)
    return (f"“{zh}”", f"“{en}”") if len(zh) == 1 and not zh.isalnum() else (zh, en)
