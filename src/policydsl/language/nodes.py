"""The syntax tree: what a policy file says, before any name is resolved.

Every node is a frozen dataclass.  ``span`` (offsets into the source text) and the
spelling of numbers are left out of comparisons, so two trees are equal when the two
texts say the same, wherever and however they were written.  Words that the documents
use with different flavour but one meaning (低于, 不足, 不满) stay apart in the tree as
the name of their keyword, so that a text prints as it was written.

Trees are also made by programs (drafts, imports, random tests): every span has a
default, and :func:`policydsl.language.printing.print_file` writes any tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of character offsets in the original text."""

    start: int = 0
    end: int = 0


NOWHERE = Span()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node:
    """Base of all nodes."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)

    # Once for all nodes: a hundred classes with methods of their own cost every start of the
    # program twice the time.

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, x) == getattr(other, x) for x in _compared(type(self)))

    def __hash__(self) -> int:
        kind = type(self)
        return hash((kind.__name__, *(getattr(self, name) for name in _compared(kind))))

    def __repr__(self) -> str:
        shown = (f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
        return f"{self.__class__.__qualname__}({', '.join(shown)})"


_COMPARED: dict[type[Node], tuple[str, ...]] = {}


def _compared(kind: type[Node]) -> tuple[str, ...]:
    """The fields that tell two nodes of a kind apart."""
    if kind not in _COMPARED:
        _COMPARED[kind] = tuple(f.name for f in fields(kind) if f.compare)
    return _COMPARED[kind]


# -- names and values ---------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Name(Node):
    """A name as written, without its 「」."""

    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Number(Node):
    """A number with an optional unit word.

    ``value`` is exact.  ``unit`` is the canonical Chinese symbol of a unit known to the
    language, else the word as written; ``None`` when there is no unit.  ``written`` and
    ``unit_written`` keep the Chinese spelling (1.2万, 十二; 个月) for the Chinese printer.
    """

    value: Fraction
    unit: str | None = None
    written: str | None = field(default=None, compare=False)
    unit_written: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DateValue(Node):
    """A calendar date."""

    value: date


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TextValue(Node):
    """A text in quotation marks."""

    value: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Truth(Node):
    """是 or 否."""

    value: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reference(Node):
    """A fact, or a value of an enumeration; which of them, the model decides."""

    name: Name


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SpouseFact(Node):
    """配偶 的 X."""

    name: Name


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SpouseTotal(Node):
    """配偶 的 总分."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TotalScore(Node):
    """总分."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ScoreOf(Node):
    """得分（组 X）."""

    ref: ClauseRef


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Call(Node):
    """A built-in function; ``function`` is its name as written (either language)."""

    function: Name
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Arithmetic(Node):
    """``operator`` is one of ``+ - * /``."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Negative(Node):
    """A minus sign before a value."""

    operand: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Parenthesised(Node):
    """Kept, so that a text prints with the brackets that its author wrote."""

    inner: Expression


# -- conditions ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Compare(Node):
    """``left word right``; ``word`` is a keyword name such as ``BELOW`` or ``LESS_EQ``."""

    left: Expression
    word: str
    right: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NumberBound(Node):
    """``subject 18 岁 以上`` (``word`` is ``OR_MORE`` or ``OR_LESS``)."""

    subject: Expression
    number: Number
    word: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Between(Node):
    """``subject 18 至 40 岁``, both ends included."""

    subject: Expression
    low: Number
    high: Number


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FromBelow(Node):
    """``subject 18 岁 以上 不足 40 岁``; ``word`` is ``BELOW``, ``SHORT_OF`` or ``UNDER``."""

    subject: Expression
    low: Number
    word: str
    high: Number


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OneOf(Node):
    """``subject 为 a、b``; ``negated`` for 不为."""

    subject: Expression
    values: tuple[Expression, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NotDone(Node):
    """``未开展 X``: the yes-or-no fact X is no; ``word`` keeps the verb."""

    word: str
    name: Name


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Provided(Node):
    """``已提供 X`` / ``未提供 X``: whether a value was handed in at all."""

    name: Name
    negated: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TriggerOpen(Node):
    """``情形未载明``: the text names no trigger."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Both(Node):
    """且: both sides hold."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Either(Node):
    """或: at least one side holds."""

    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Negated(Node):
    """非."""

    operand: Expression


Expression = (
    Number
    | DateValue
    | TextValue
    | Truth
    | Reference
    | SpouseFact
    | SpouseTotal
    | TotalScore
    | ScoreOf
    | Call
    | Arithmetic
    | Negative
    | Parenthesised
    | Compare
    | NumberBound
    | Between
    | FromBelow
    | OneOf
    | NotDone
    | Provided
    | TriggerOpen
    | Both
    | Either
    | Negated
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RefStep(Node):
    """One step of a path to a clause; ``label`` is a name, or the item number as text."""

    kind: str
    label: str | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ClauseRef(Node):
    """A path to a clause; outer steps may be left out where it stays unique."""

    steps: tuple[RefStep, ...]


# -- amounts and rules --------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FixedAmount(Node):
    """A stated amount (``10 分``)."""

    number: Number


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ComputedAmount(Node):
    """``（expression） 分``."""

    expression: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OpenAmount(Node):
    """未载明: the text does not say; with bounds where the text or structure gives them."""

    low: Number | None = None
    high: Number | None = None


Amount = FixedAmount | ComputedAmount | OpenAmount


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rounding(Node):
    """``word`` is ``ROUND_HALF_UP``, ``ROUND_DOWN`` or ``ROUND_UP``.

    ``to`` is ``2 位`` (decimal places, unit 位) or ``0.5 分`` (a multiple); ``None``: whole points.
    """

    word: str
    to: Number | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UpTo(Node):
    """最高 30 分 (points), or 最多 3 次 (caps the count)."""

    number: Number


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AtLeastPoints(Node):
    """最低 N 分."""

    number: Number


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FromNth(Node):
    """从 第 3 次 起."""

    number: Number


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BeyondPart(Node):
    """只计 超过 2 次 部分."""

    number: Number


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PartialStep(Node):
    """不足 1 个月 不计 / 按比例计 / 按满计; ``mode`` is the keyword name."""

    number: Number
    mode: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Halved(Node):
    """减半."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scaled(Node):
    """按 50% 计."""

    number: Number


Modifier = UpTo | AtLeastPoints | FromNth | BeyondPart | PartialStep | Halved | Scaled | Rounding


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RuleNote(Node):
    """``kind`` is ``ASSUMPTION``, ``LOCATOR``, ``DOUBTFUL`` or ``NOTE``."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Flat(Node):
    """``sign`` is ``AWARD``, ``DEDUCT`` or ``GIVE`` (here and below)."""

    sign: str
    amount: Amount


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PerStep(Node):
    """每 [1 个月] [社保月数] 加 0.5 分.

    Without ``subject`` the condition's comparison gives it: how far the fact lies from
    the threshold.  With ``discretion`` (a keyword name) there is no sign and no amount.
    """

    step: Number
    subject: Expression | None
    sign: str | None
    amount: Amount | None
    discretion: str | None = None
    step_implicit: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Discretionary(Node):
    """``word`` is ``DISCRETION_DEDUCT`` or ``DISCRETION_AWARD``."""

    word: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OpenAction(Node):
    """未载明 as a rule: the text states none."""

    low: Number | None = None
    high: Number | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Veto(Node):
    """一票否决."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NoPoints(Node):
    """不得分: the item gives nothing."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StatusAction(Node):
    """``word`` is ``SUSPENDED``, ``VOID``, ``ZEROED`` or ``FROZEN``."""

    word: str
    duration: Number | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Pattern(Node):
    """One label of a tier.

    ``kind`` and its operands:
    ``OTHERWISE`` none · ``EXACTLY`` low · ``OR_MORE`` low · ``OR_LESS`` high ·
    ``TO`` low, high · ``FROM_BELOW`` low, word, high (18 岁 以上 不足 40 岁) ·
    ``BEYOND`` word, low (不足 18 岁) · ``BEYOND_BOTH`` word, low, word2, high.
    """

    kind: str
    low: Expression | None = None
    high: Expression | None = None
    word: str | None = None
    word2: str | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tier(Node):
    """``patterns：amount`` or ``patterns：action``."""

    patterns: tuple[Pattern, ...]
    outcome: FixedAmount | ComputedAmount | Action
    modifiers: tuple[Modifier, ...] = ()
    notes: tuple[RuleNote, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tiers(Node):
    """按 X 取分 { … }: the first tier whose label holds."""

    subject: Expression
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MatrixRow(Node):
    """One row of a two-way table, a cell for each column."""

    patterns: tuple[Pattern, ...]
    cells: tuple[Amount, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Matrix(Node):
    """A two-way table: 按 学历 与 年限 取分 { 列 ｜ … }."""

    row_subject: Expression
    column_subject: Expression
    columns: tuple[tuple[Pattern, ...], ...]
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Combined(Node):
    """取高 / 累计 / 取低 over rules; ``word`` is ``BEST``, ``SUM`` or ``LEAST``."""

    word: str
    rules: tuple[Rule, ...]


Action = (
    Flat
    | PerStep
    | Discretionary
    | OpenAction
    | Veto
    | NoPoints
    | StatusAction
    | Tiers
    | Matrix
    | Combined
)


# -- statements ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Layout:
    """What the reader sees around a statement and the meaning does not need."""

    before: tuple[str, ...] = ()
    trailing: str | None = None
    blank_line: bool = False


NO_LAYOUT = Layout()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Statement(Node):
    """Base of what stands in a body; carries its comments and blank line."""

    layout: Layout = field(default=NO_LAYOUT, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rule(Statement):
    """``[condition：] action [，modifiers] [notes]``."""

    condition: Expression | None
    action: Action
    modifiers: tuple[Modifier, ...] = ()
    notes: tuple[RuleNote, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class When(Node):
    """A date, a delay after publication, an event in words; all ``None``: 未载明."""

    date: date | None = None
    after: Number | None = None
    event: str | None = None


AttributeValue = (
    Amount
    | Rounding
    | Name
    | TextValue
    | Expression
    | When
    | Number
    | tuple[Name, ...]
    | tuple[TextValue, ...]
    | str
    | None
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Attribute(Statement):
    """What a clause or document says of itself.

    ``key`` is the keyword name (``CAP``, ``LOCATOR`` …).  ``value`` by key:
    amounts for FULL_MARKS, CAP, FLOOR, START (``"full"`` for 起评 满分); :class:`Rounding`
    for ROUNDING; tuple of names for REVIEW, RESPONSIBLE, LEAD, ISSUER, REPLACES, USES; a
    name for RECOGNITION, CONCEPT, ID, REGION, ENTITY, WAIVE, ADOPTS; text for the rest; an
    expression for APPLIES_WHEN; :class:`When` for ISSUED, IN_FORCE, EXPIRES; a number or
    ``None`` (open) for CONVERSION.  ``extra`` holds further texts: READING (read as, reason),
    WAIVE (reason), CONCEPT and CONVERSION (an optional explanation).
    """

    key: str
    value: AttributeValue
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Clause(Statement):
    """A part of the document with an own heading: group, item, schedule, unit, task …"""

    kind: str
    number: str | None
    name: Name | None
    attributes: tuple[Attribute, ...] = ()
    body: tuple[Statement, ...] = ()
    tail: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FactType(Node):
    """``word`` is INTEGER, DECIMAL, PERCENTAGE, YES_NO, DATE_TYPE, COUNT, CHOICE or ORDERED."""

    word: str
    unit: str | None = None
    values: tuple[Name, ...] = ()
    unit_written: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FactOption(Node):
    """What qualifies a fact.

    ``key``: RANGE (low, high), DEFAULT, TREATED_AS, REQUIRED, NO_EVIDENCE, PRECISION,
    TYPICAL, CONCEPT, ENTITY, NOTE, ENGLISH, LOCATOR, ASSUMPTION.
    """

    key: str
    value: Expression | Name | str | None = None
    high: Number | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fact(Statement):
    """事实: a declaration of a fact."""

    name: Name
    type: FactType
    derived: Expression | None = None
    options: tuple[FactOption, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Measure(Statement):
    """计量 学时 = 45 分钟: a unit of measure of the user's own."""

    name: str
    equals: Number | None = None
    english: str | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Household(Statement):
    """``word``: HIGHER_OF or TOTAL_OF; ``scope``: COUPLE or MEMBER."""

    word: str
    scope: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RankingKey(Node):
    """One key of a ranking with its order (``HIGH_FIRST`` …)."""

    expression: Expression
    order: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ranking(Statement):
    """排序; ``open_ended`` for 其后 未载明."""

    keys: tuple[RankingKey, ...]
    open_ended: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Quota(Statement):
    """A number of places, ``set_by`` someone, or open (both ``None``)."""

    number: Number | None = None
    set_by: Name | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ties(Statement):
    """``word``: ADMIT_ALL, ADMIT_NONE, LOTTERY or OPEN."""

    word: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Plausible(Statement):
    """常情 when：condition: what holds of everybody one is likely to meet."""

    condition: Expression
    when: Expression | None = None
    notes: tuple[RuleNote, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Exclusion(Statement):
    """不计 A 于 B: A is taken off B before B is scored."""

    excluded: Name
    from_fact: Name
    notes: tuple[RuleNote, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Deadline(Statement):
    """期限 审核 不超过 10 个工作日 “…”; both values ``None``: open."""

    name: Name
    word: str | None
    number: Number | None = None
    date: date | None = None
    text: str | None = None
    notes: tuple[RuleNote, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DutyPart(Node):
    """``word``: REVIEW or HOSTS; an item is a name, or a text where no clause bears it."""

    word: str
    items: tuple[Name | TextValue, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Duty(Statement):
    """职责: what a unit reviews and hosts."""

    unit: Name
    text: str | None = None
    parts: tuple[DutyPart, ...] = ()
    notes: tuple[RuleNote, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Target(Statement):
    """A target with a condition to check, or in words only (a :class:`TextValue`)."""

    condition: Expression
    notes: tuple[RuleNote, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BlendPart(Statement):
    """``总分 占 70%``; weight ``None``: open."""

    expression: Expression
    weight: Number | None
    notes: tuple[RuleNote, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Given(Statement):
    """A fact of an example."""

    name: Name
    value: Expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GivenUnit(Statement):
    """单位 X: whose table applies."""

    name: Name


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GivenMember(Statement):
    """配偶 { … } (``role`` is ``None``) or 成员 子女 { … }."""

    role: Name | None
    entries: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Judged(Statement):
    """评定 项 2 扣 5 分: the assessor's judgement on a discretionary clause."""

    ref: ClauseRef
    sign: str
    number: Number


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Expect(Statement):
    """得 [clause] 52 分; ``high`` for a range, ``unbounded`` for 以上.

    Deductions are negative points: here alone a number may have a negative value.
    """

    ref: ClauseRef | None
    low: Number
    high: Number | None = None
    unbounded: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExpectStatus(Statement):
    """状态 X: the status that an example expects."""

    word: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Example(Statement):
    """示例: a case with the result that the drafter expects."""

    title: str
    entries: tuple[Statement, ...]


# -- operations of amendments and assumption sets -----------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Replacement(Node):
    """将 0.5 分 改为 0.6 分."""

    old: Number
    new: Number


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NewBody(Node):
    """A new body for a clause, attributes first."""

    statements: tuple[Statement, ...]
    tail: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Without(Node):
    """去除 上限: the clause no longer has the attribute ``key``."""

    key: str


OperationPart = Without | Attribute | Household | Ranking | Quota | Ties | Replacement | NewBody


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Modify(Statement):
    """修改: a clause gets a new body, new attributes or new figures.

    ``target`` ``None``: the document itself (全文).
    """

    target: ClauseRef | None
    parts: tuple[OperationPart, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SetClause(Statement):
    """设: closes an open point; ``target`` ``None`` is the total."""

    target: ClauseRef | None
    parts: tuple[OperationPart, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Insert(Statement):
    """``place``: BEFORE, AFTER or INSIDE ``target``; no target: at the end of the document."""

    clause: Clause
    target: ClauseRef | None = None
    place: str | None = None
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Repeal(Statement):
    """废止: the clause falls away."""

    target: ClauseRef
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Move(Statement):
    """移动: the clause goes ``place`` ``destination``."""

    target: ClauseRef
    destination: ClauseRef
    place: str
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rename(Statement):
    """更名: the clause gets another name."""

    target: ClauseRef
    name: Name
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Renumber(Statement):
    """改号: the clause gets another number."""

    target: ClauseRef
    number: str
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Split(Statement):
    """拆分: one clause becomes several."""

    target: ClauseRef
    into: tuple[Clause, ...]
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Merge(Statement):
    """合并: several clauses become one."""

    targets: tuple[ClauseRef, ...]
    into: Clause
    attributes: tuple[Attribute, ...] = ()


# -- history


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Succession(Statement):
    """承继 A、B 至 C: the clauses ``old`` of the older edition became ``new`` in the newer."""

    old: tuple[ClauseRef, ...]
    new: tuple[ClauseRef, ...]
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NotSeen(Statement):
    """未见 X: the newer text at hand does not show what became of the clause."""

    target: ClauseRef
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Stub(Statement):
    """存目: an edition of which only the title is known."""

    id: Name
    title: str | None = None
    attributes: tuple[Attribute, ...] = ()


Operation = Modify | SetClause | Insert | Repeal | Move | Rename | Renumber | Split | Merge


# -- files --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Document(Statement):
    """A document.

    ``kind``: SCHEME, ASSESSMENT, WORK_PLAN, ASSUMPTION, VOCABULARY, AMENDMENT or HISTORY.
    ``older`` and ``newer`` are the two editions of a history.
    """

    kind: str
    id: Name
    title: str | None = None
    based_on: Name | None = None
    applies_to: tuple[Name, ...] = ()
    older: Name | None = None
    newer: Name | None = None
    attributes: tuple[Attribute, ...] = ()
    body: tuple[Statement, ...] = ()
    tail: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class File(Node):
    """All documents of one file."""

    documents: tuple[Document, ...]
    tail: tuple[str, ...] = field(default=(), compare=False, repr=False)


def walk(node: object) -> Iterator[Node]:
    """Every node under and including ``node``, in reading order."""
    stack: list[object] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, Node):
            yield item
            stack.extend([getattr(item, name) for name in _parts_of(type(item))])
        elif isinstance(item, tuple):
            stack.extend(reversed(item))


def _parts_of(kind: type[Node]) -> tuple[str, ...]:
    """Names of the fields, the last first."""
    names = _PARTS.get(kind)
    if names is None:
        names = _PARTS[kind] = tuple(f.name for f in reversed(fields(kind)))
    return names


_PARTS: dict[type[Node], tuple[str, ...]] = {}
