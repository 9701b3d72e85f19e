"""A document that was read → the text of a policy, checked, and a report about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from policydsl.importing.assessments import assessment
from policydsl.importing.drafts import ByHand, Draft, Guess, Kind, Sum, named, quoted
from policydsl.importing.gathering import Made
from policydsl.importing.plans import looks_like_a_plan, work_plan
from policydsl.importing.schemes import looks_like_a_scheme, scheme
from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_file
from policydsl.model import policy as m
from policydsl.model.loading import Library, bundled
from policydsl.reading.documents import SourceDocument
from policydsl.review.auditing import Audit, audit
from policydsl.wording.guessing import guess_facts

_KINDS: dict[str, Kind] = {"考核": "考核", "积分": "积分", "要点": "要点",
                           "assessment": "考核", "scheme": "积分", "plan": "要点"}  # fmt: skip


@dataclass(frozen=True)
class Imported:
    """What an import made: the policy and its text, and what there is to say about it.

    ``sums`` hold declared totals against their parts, ``guesses`` what was taken without being
    said, ``by_hand`` the clauses left to a person, ``audit`` every figure with its place.
    ``phrases`` is how many scoring phrases were found, ``understood`` how many became rules.
    """

    kind: Kind
    text: str
    policy: m.Policy
    document: SourceDocument
    sums: tuple[Sum, ...]
    guesses: tuple[Guess, ...]
    by_hand: tuple[ByHand, ...]
    audit: Audit
    phrases: int
    understood: int

    @property
    def share(self) -> Fraction:
        """The share of scoring phrases that became rules; 1 where there are none."""
        return Fraction(self.understood, self.phrases) if self.phrases else Fraction(1)


def import_document(
    document: SourceDocument, kind: str | None = None, id_: str | None = None
) -> Imported:
    """Make a policy of a document.

    ``kind`` is 考核, 积分 or 要点 (found out without it).  Raises :class:`PolicyError`: I811
    nothing to import, I812 what was made has errors.
    """
    chosen = _KINDS.get(kind or "") or detect(document)
    if chosen is None:
        raise _error("I811", document)
    made = {"考核": assessment, "积分": scheme, "要点": work_plan}[chosen](document)
    if not made.drafts:
        raise _error("I811", document)
    head = _head(document, chosen, id_ or identifier(document), made)
    policy, text = _checked(document, head, made)
    return Imported(
        chosen, text, policy, document, tuple(made.sums), tuple(made.guesses), tuple(made.by_hand),
        audit(policy, document), sum(d.phrases for root in made.drafts for d in root.walk()),
        sum(d.understood for root in made.drafts for d in root.walk()),
    )  # fmt: skip


def detect(document: SourceDocument) -> Kind | None:
    """What kind of document it is, by its tables and words."""
    if looks_like_a_scheme(document):
        return "积分"
    if looks_like_a_plan(document):
        return "要点"
    return "考核" if document.tables else None


def identifier(document: SourceDocument) -> str:
    """An id for the policy, from the name of the file."""
    stem = Path(document.source.name).stem
    plain = re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-").lower()
    return plain or "imported"


def title_of(document: SourceDocument) -> str:
    """What the document calls itself."""
    for table in document.tables:
        if table.title and len(document.tables) == 1:
            return table.title.strip("“”")
    lines = [x.strip() for x in document.source.text.splitlines() if x.strip()]
    for line in lines[:40]:
        found = re.search(r"[^\s，。：:,|]{4,60}?(?:办法|细则|要点|通知|方案|规定|标准)", line)
        if found is not None:
            return re.sub(r"^.*[《]", "", found[0])
    return lines[0][:60] if lines else "未命名"


def _head(document: SourceDocument, kind: Kind, id_: str, made: Made) -> list[str]:
    title = title_of(document).replace("”", "’").replace("“", "‘")
    lines = [
        f"{kind} {named(id_)} “{title}” {{",
        f"  来源 {quoted(Path(document.source.name).name)}",
    ]
    lines += [f"  {line}" for line in made.attributes]
    lines.append(f"  说明 {quoted('由导入生成：逐条核对后再用；待手写的条款写作未载明。')}")
    return lines


# -- from drafts to a checked text


def _text(head: Sequence[str], facts: Iterable[str], made: Made) -> str:
    lines = [*head, *(f"  {line}" for line in facts)]
    for draft in made.drafts:
        lines += draft.lines()
    lines += [f"  {line}" for line in made.statements]
    return "\n".join([*lines, "}", ""])


def _checked(document: SourceDocument, head: list[str], made: Made) -> tuple[m.Policy, str]:
    """The policy and its text; clauses that do not compile are left to be written by hand."""
    for _ in range(1 + sum(1 for root in made.drafts for _ in root.walk())):
        facts = _declared(_text(head, (), made), made.facts)
        text = _text(head, facts, made)
        result = parse_text(text, "<import>")
        library = Library(bundled())
        added = library.add_text(text, "<import>")
        found: list[Diagnostic] = [*added.diagnostics]
        policy = None
        if added.file.documents:
            policy, more = library.compile(added.file.documents[0].id.text)
            found += more
        errors = [d for d in found if d.severity == "error"]
        if policy is not None and not errors:
            return _printed(text, library, result.file)
        if not (_drop_total(head, facts, made, text, errors) or _give_up(made, text, errors)):
            raise _error("I812", document, problem=errors[0].message("zh") if errors else "?")
    raise _error("I812", document, problem="?")


def _printed(text: str, library: Library, file: n.File) -> tuple[m.Policy, str]:
    del library, text
    printed = print_file(file)
    again = Library(bundled())
    again.add_text(printed, "<import>")
    policy, _ = again.compile(file.documents[0].id.text)
    assert policy is not None
    return policy, printed


def _declared(text: str, known: dict[str, str]) -> list[str]:
    """Declarations of the facts that the rules read."""
    result = parse_text(text, "<import>")
    if not result.file.documents:
        return [f"事实 {named(name)}：{kind}" for name, kind in known.items()]
    document = result.file.documents[0]
    guessed = guess_facts(document.body, {})
    lines = []
    for name, fact in guessed.items():
        said = known.get(name)
        lines.append(f"事实 {named(name)}：{said if said is not None else _type(fact)}")
    return lines


def _type(fact: m.Fact) -> str:
    match fact.kind:
        case "yes_no":
            return "是否"
        case "percentage":
            return "百分比"
        case "date":
            return "日期"
        case "ordered" | "choice":
            return f"有序 {{ {' < '.join(named(value) for value in fact.values)} }}"
    unit = f"（{fact.unit.symbol}）" if fact.unit is not None else ""
    counted = fact.kind == "count" and (fact.unit is None or fact.unit.dimension == "count")
    return f"{'计数' if counted else '小数'}{unit}"


def _drop_total(
    head: list[str], facts: Sequence[str], made: Made, text: str, errors: Sequence[Diagnostic]
) -> bool:
    """Take out a stated total that its parts do not add up to, and say so in its clause."""
    source = Source("<import>", text)
    for error in errors:
        if error.code != "M208" or error.span is None:
            continue
        owners: list[list[str]] = [head] * (len(head) + len(facts))
        for root in made.drafts:
            owners += _owners(root)
        line = source.place(error.span.start)[0] - 1
        own = owners[line] if line < len(owners) else head
        for index, attribute in enumerate(own):
            if re.fullmatch(r"\s*满分 [\d.]+ 分", attribute):
                said, parts = error.details["declared"], error.details["total"]
                doubt = f"原文写明满分 {said} 分，各部分合计却是 {parts} 分；这里按各部分合计。"
                space = attribute[: len(attribute) - len(attribute.lstrip())]
                own[index] = f"{space}存疑 {quoted(doubt)}"
                return True
    return False


def _owners(draft: Draft) -> list[list[str]]:
    """For each line of a draft, the attributes of the clause that it belongs to."""
    own = 1 + len(draft.attributes) + len(draft.rules) + len(draft.targets)
    inner = [line for child in draft.children for line in _owners(child)]
    return [draft.attributes] * own + inner + [draft.attributes]


def _give_up(made: Made, text: str, errors: Sequence[Diagnostic]) -> bool:
    """Leave the clause of the first error to a person; whether there was one."""
    source = Source("<import>", text)
    for error in errors:
        line = (
            source.line(source.place(error.span.start)[0]).strip() if error.span is not None else ""
        )
        for draft in (d for root in made.drafts for d in root.walk()):
            if line and line in [*draft.rules, *draft.targets]:
                _by_hand(made, draft, line, error)
                return True
        if line and line in made.statements:
            made.statements.remove(line)
            why = error.message("zh"), error.message("en")
            made.by_hand.append(ByHand(line.split()[0], "", line, why))
            return True
    return False


def _by_hand(made: Made, draft: Draft, line: str, error: Diagnostic) -> None:
    made.by_hand.append(
        ByHand(
            draft.label, draft.label, line,
            (f"生成的规则不通：{error.message('zh')}",
             f"the rule made is not valid: {error.message('en')}"),
        )
    )  # fmt: skip
    if line in draft.targets:
        draft.targets[draft.targets.index(line)] = f"目标 {quoted(line.removeprefix('目标 '))}"
        return
    draft.rules.remove(line)
    draft.understood = max(0, draft.understood - 1)
    draft.attributes.append(f"存疑 {quoted('待手写：' + re.sub('[「」“”]', '', line))}")
    if not draft.rules and "未载明" not in draft.rules:
        draft.rules.append("未载明")


def _error(code: str, document: SourceDocument, **details: object) -> PolicyError:
    shown = {"path": document.source.name, **details}
    return PolicyError([Diagnostic(code, document.source, None, shown)])
