"""What a printed statement could take from the one behind it, and what needs brackets.

Statements need no end mark, and the grammar lets each take all that could still belong to it;
:func:`takes` knows with which words of a follower that happens.
"""

from __future__ import annotations

from collections.abc import Sequence

from policydsl.language import nodes as n
from policydsl.language.printing.terminals import firsts

# -- the levels of expressions --------------------------------------------------

# An operand that binds less tightly than its place asks for needs brackets.
EITHER, BOTH, NEGATION, COMPARISON, SUM, TERM, FACTOR = range(7)


def level(node: n.Expression) -> int:
    """How tightly an expression binds."""
    match node:
        case n.Either():
            return EITHER
        case n.Both():
            return BOTH
        case n.Negated() | n.NotDone() | n.Provided() | n.TriggerOpen():
            return NEGATION
        case n.Compare() | n.NumberBound() | n.Between() | n.FromBelow() | n.OneOf():
            return COMPARISON
        case n.Arithmetic():
            return SUM if node.operator in "+-" else TERM
        case _:
            return FACTOR


# -- what a statement could take from its successor -----------------------------

NOTHING: frozenset[str] = frozenset()


# One case for each node: parted, nobody would see at once that none is missing.
def takes(node: n.Statement | n.Tier | n.MatrixRow) -> frozenset[str]:  # noqa: C901
    """The terminals that, following ``node``, the parser would read as part of it.

    This mirrors where the grammar prefers to shift.  Commas, list commas and braces are left
    out: nothing that may follow begins with one.
    """
    notes = firsts("rule_note")
    match node:
        case n.Attribute():
            return _attribute_takes(node)
        case n.Rule():
            return notes | (NOTHING if node.notes else _outcome_takes(node))
        case n.Tier():
            return NOTHING if node.notes else _outcome_takes(node)
        case n.MatrixRow():
            return amount_takes(node.cells[-1])
        case n.Fact():
            return _fact_takes(node)
        case n.Measure():
            if node.english is not None:
                return NOTHING
            return number_takes(node.equals) | {"ENGLISH"}
        case n.Quota():
            return number_takes(node.number)
        case n.Exclusion():
            return notes
        case n.Plausible():
            return notes | (NOTHING if node.notes else _condition_takes(node.condition))
        case n.Deadline():
            if node.notes or node.text is not None:
                return notes
            return notes | number_takes(node.number) | {"STRING"}
        case n.Duty():
            if node.notes:
                return notes
            text = NOTHING if node.parts or node.text is not None else frozenset({"STRING"})
            return notes | text | {"REVIEW"}
        case n.Target():
            return notes | (NOTHING if node.notes else _condition_takes(node.condition))
        case n.BlendPart():
            return notes | (NOTHING if node.notes else number_takes(node.weight))
        case n.Modify() | n.SetClause():
            last, parts = node.parts[-1], firsts("operation_part")
            if isinstance(last, n.Replacement):
                return parts | number_takes(last.new)
            return parts | (takes(last) if isinstance(last, n.Statement) else NOTHING)
        case n.Stub() if node.title is None and not node.attributes:
            return firsts("attribute") | {"STRING"}
        case n.Repeal() | n.NotSeen() | n.Succession() if not node.attributes:
            ref = node.new[-1] if isinstance(node, n.Succession) else node.target
            # a part that may stand without a name takes a following word for its name
            bare = ref.steps[-1].label is None and ref.steps[-1].kind != "STATUS_RULES"
            label = {"NAME", "QNAME", "NUMBER"} if bare else set()
            return firsts("attribute") | firsts("ref_step") | label
        case (
            n.Insert()
            | n.Repeal()
            | n.Move()
            | n.Rename()
            | n.Renumber()
            | n.Split()
            | n.Merge()
            | n.Succession()
            | n.NotSeen()
            | n.Stub()
        ):
            last_takes = takes(node.attributes[-1]) if node.attributes else NOTHING
            return firsts("attribute") | last_takes
        case _:
            # blocks, and statements that end with a keyword
            return NOTHING


def number_takes(number: n.Number | None) -> frozenset[str]:
    """The words that a number would take for its unit."""
    return firsts("unit_word") if number is not None and number.unit is None else NOTHING


def amount_takes(amount: n.Amount | n.OpenAction) -> frozenset[str]:
    """What an amount of points could take."""
    match amount:
        case n.FixedAmount():
            return number_takes(amount.number)
        case n.OpenAmount() | n.OpenAction() if amount.low is None or amount.high is None:
            return frozenset({"OPEN_PAREN"})
        case _:
            return NOTHING


def _operand_takes(node: n.Expression, least: int = SUM) -> frozenset[str]:
    """What the last word of a sum could take."""
    if level(node) < least:
        return NOTHING  # it ends with a bracket
    match node:
        case n.Number():
            return number_takes(node)
        case n.Reference():
            return frozenset({"OPEN_PAREN"})
        case n.Negative():
            return _operand_takes(node.operand, FACTOR)
        case n.Arithmetic():
            return _operand_takes(node.right, TERM if node.operator in "+-" else FACTOR)
        case _:
            return NOTHING


def _condition_takes(node: n.Expression, least: int = EITHER) -> frozenset[str]:
    """What a condition could take: one more operand, or a number that bounds its last one."""
    if level(node) < least or level(node) >= SUM:
        return _operand_takes(node) | {"MINUS", "NUMBER"}
    match node:
        case n.Either():
            return _condition_takes(node.right, BOTH)
        case n.Both():
            return _condition_takes(node.right, NEGATION)
        case n.Negated():
            return _condition_takes(node.operand, NEGATION)
        case n.Compare():
            return _operand_takes(node.right) | {"MINUS"}
        case n.OneOf():
            return _operand_takes(node.values[-1]) | {"MINUS"}
        case n.Between() | n.FromBelow():
            return number_takes(node.high)
        case _:
            return NOTHING


def _outcome_takes(node: n.Rule | n.Tier) -> frozenset[str]:
    """What a rule or tier without notes could take, besides notes."""
    if node.modifiers:
        match node.modifiers[-1]:
            case n.UpTo() | n.AtLeastPoints() as bound:
                return number_takes(bound.number)
            case n.Rounding() as rounding:
                return number_takes(rounding.to)
            case _:
                return NOTHING
    outcome = node.action if isinstance(node, n.Rule) else node.outcome
    match outcome:
        case n.FixedAmount() | n.ComputedAmount() | n.OpenAction():
            return amount_takes(outcome)
        case n.Flat():
            return amount_takes(outcome.amount)
        case n.PerStep() if outcome.amount is not None:
            return amount_takes(outcome.amount)
        case n.StatusAction():
            duration = outcome.duration
            return frozenset({"NUMBER"}) if duration is None else number_takes(duration)
        case _:
            return NOTHING


def _attribute_takes(node: n.Attribute) -> frozenset[str]:
    text = {"STRING"} if node.key in ("CONCEPT", "CONVERSION") and not node.extra else NOTHING
    match node.value:
        case n.FixedAmount() | n.OpenAmount() as amount:
            return amount_takes(amount)
        case n.Rounding(to=number) | n.When(after=number):
            return number_takes(number)
        case n.Number() as number if node.key == "CONVERSION":
            return (NOTHING if node.extra else number_takes(number)) | text
        case _ if node.key == "APPLIES_WHEN" and isinstance(node.value, n.Expression):
            return _condition_takes(node.value)
        case _:
            return NOTHING | text


def _fact_takes(node: n.Fact) -> frozenset[str]:
    if node.options:
        last = node.options[-1]
        if last.key == "RANGE":
            between = last.value is not None and last.high is not None
            return number_takes(last.high) if between else NOTHING
        if last.key == "PRECISION" or isinstance(last.value, n.Number | n.Negative):
            value = last.value.operand if isinstance(last.value, n.Negative) else last.value
            return number_takes(value) if isinstance(value, n.Number) else NOTHING
        return NOTHING
    if node.derived is not None:
        return _condition_takes(node.derived)
    scalar = node.type.word not in ("CHOICE", "ORDERED")
    return frozenset({"OPEN_PAREN"}) if scalar and node.type.unit is None else NOTHING


def patterns_take(patterns: Sequence[n.Pattern]) -> frozenset[str]:
    """What the columns of a table could take from its first row."""
    last = patterns[-1]
    if last.kind == "OR_MORE":
        return firsts("below_word")
    end = last.high if last.kind in ("TO", "FROM_BELOW", "BEYOND_BOTH") else last.low
    open_number = number_takes(end) if isinstance(end, n.Number) else NOTHING
    if last.kind == "OR_LESS":
        return NOTHING
    return open_number | firsts("compare_word") if last.kind == "BEYOND" else open_number
