"""What an editor asks of a text, answered from its analysis; no protocol but its plain types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

from lsprotocol import types as lsp

from policydsl.editors.service.analysis import Analysis, Workspace
from policydsl.editors.service.occurrences import Occurrence, Symbol
from policydsl.editors.service.positions import offset_of, range_of
from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.language.expecting import expected, tokens_before
from policydsl.language.functions import FUNCTIONS
from policydsl.language.keywords import Language, keyword_table, words
from policydsl.language.nodes import Span
from policydsl.language.paths import clause_label
from policydsl.language.printing import print_file, print_node
from policydsl.language.units import UNITS
from policydsl.model.policy import Clause, Policy
from policydsl.scoring.ranges import show_points
from policydsl.wording.facts import fact_text
from policydsl.wording.sentences import clause_text, speaker

_SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "note": lsp.DiagnosticSeverity.Information,
}


def written_name(text: str) -> str:
    """A name as the language writes it, with 「」 where it needs them.  ``ValueError``: is none."""
    return print_node(n.Name(text))


# -- diagnostics


def diagnostics(
    found: Iterable[Diagnostic], source: Source, location: Callable[[Source, Span], lsp.Location]
) -> list[lsp.Diagnostic]:
    """Findings of a text as an editor shows them: both languages, what to do last."""
    result = []
    for each in found:
        lines = [*_message(each, "zh"), *_message(each, "en")]
        where = each.span or Span(0, 0)
        result.append(
            lsp.Diagnostic(
                range_of(source, where), "\n".join(lines), _SEVERITIES[each.severity],
                code=each.code, source="policydsl",
                related_information=[
                    lsp.DiagnosticRelatedInformation(location(other, span), "另见 see also")
                    for other, span in each.related
                ] or None,
            )
        )  # fmt: skip
    return result


def _message(found: Diagnostic, language: Language) -> Iterator[str]:
    yield found.message(language)
    remedy = found.remedy(language)
    if remedy:
        yield f"→ {remedy}"


def uri_of(path: str) -> str:
    """A path as a URI; what is no path stays as it is."""
    return Path(path).absolute().as_uri()


# -- reading


def hover(analysis: Analysis, offset: int) -> tuple[str, Span] | None:
    """Markdown about the name, clause or keyword at an offset, and what it is about."""
    here = analysis.at(offset)
    document = analysis.document_at(offset)
    policy = None if document is None else analysis.policies.get(document.id.text)
    if here is not None:
        text = _about(analysis, here.symbol, policy)
        if text:
            return text, here.span
    word, span = _word_at(analysis.source, offset)
    keyword = words().get(word)
    if keyword is not None:
        zh, en, *others = keyword_table()[keyword]
        also = f"（也写作 also {'、'.join(others)}）" if others else ""
        return f"**{zh}** · `{en}`{also}", span
    clause = analysis.clause_at(offset)
    if clause is not None and policy is not None:
        compiled = next((c for c in policy.clauses.values() if c.node is clause), None)
        if compiled is not None:
            return _clause(compiled, policy), clause.span
    return None


def _about(analysis: Analysis, symbol: Symbol, policy: Policy | None) -> str:
    match symbol.kind:
        case "fact":
            fact = None if policy is None else policy.facts.get(symbol.name)
            if policy is None or fact is None:
                return f"**{symbol.name}** · 事实 fact（{symbol.home}）"
            lines = [f"**{symbol.name}** {fact_text(fact, speaker(policy))}"]
            if fact.concept:
                lines.append(f"概念 {fact.concept}：{policy.concepts.get(fact.concept, '')}")
            return "\n\n".join([*lines, f"声明于 declared in `{symbol.home}`"])
        case "concept":
            text = "" if policy is None else policy.concepts.get(symbol.name, "")
            return f"**{symbol.name}** · 概念 concept\n\n{text}"
        case "document":
            entry = analysis.library.find(symbol.name)
            if entry is None:
                return ""
            kind = keyword_table()[entry.document.kind][0]
            return f"**{entry.document.title or symbol.name}** · {kind} `{symbol.name}`"
        case "clause" | "unit":
            compiled, whole = _compiled(analysis, symbol, policy)
            if compiled is not None and whole is not None:
                return _clause(compiled, whole)
            name = symbol.name.rpartition("/")[2]
            return f"**{name}**\n\n{symbol.home}：有错误，改正以后显示规则 · has errors"
        case "value":
            return f"**{symbol.name}** · 取值 value"


def _compiled(
    analysis: Analysis, symbol: Symbol, policy: Policy | None
) -> tuple[Clause | None, Policy | None]:
    if symbol.kind == "unit":
        if policy is None:
            return None, None
        named = (c for c in policy.clauses.values() if c.kind == "unit" and c.label == symbol.name)
        return next(named, None), policy
    other = policy
    if policy is None or symbol.home != policy.id:
        other = analysis.library.compile(symbol.home)[0]
    return (None, None) if other is None else (other.clauses.get(symbol.name), other)


def _clause(clause: Clause, policy: Policy) -> str:
    lines = [clause_text(clause, policy)]
    most = clause.declared_maximum
    if isinstance(most, Fraction):
        lines.append(f"满分 maximum：{show_points(most)} 分")
    for title, names in (
        ("审核 review", clause.review),
        ("牵头 lead", clause.lead),
        ("责任 responsible", clause.responsible),
    ):
        if names:
            lines.append(f"{title}：{'、'.join(names)}")
    if clause.locator:
        lines.append(f"出处 source：{clause.locator}")
    if clause.summary:
        lines.append(f"摘要 summary：{clause.summary}")
    return "\n\n".join(lines)


def _word_at(source: Source, offset: int) -> tuple[str, Span]:
    line, column = source.place(offset)
    start = source.line_starts[line - 1]
    for found in re.finditer(r"[A-Za-z_]+|[^\W\d_]+", source.line(line)):
        if found.start() <= column - 1 <= found.end():
            return found[0], Span(start + found.start(), start + found.end())
    return "", Span(offset, offset)


def outline(analysis: Analysis) -> list[lsp.DocumentSymbol]:
    """Documents, their clauses, facts and examples, as a tree."""
    return [_document_symbol(analysis.source, one) for one in analysis.documents]


def _document_symbol(source: Source, document: n.Document) -> lsp.DocumentSymbol:
    name = document.title or document.id.text
    return _symbol(source, document, name, lsp.SymbolKind.File, document.id.span, document.body)


def _symbol(
    source: Source,
    node: n.Node,
    name: str,
    kind: lsp.SymbolKind,
    heading: Span,
    body: Iterable[n.Statement],
) -> lsp.DocumentSymbol:
    if heading.end <= heading.start:
        heading = Span(node.span.start, node.span.start)
    return lsp.DocumentSymbol(
        name or "—", kind, range_of(source, node.span), range_of(source, heading),
        children=[child for statement in body for child in _inner(source, statement)],
    )  # fmt: skip


def _inner(source: Source, node: n.Statement) -> Iterator[lsp.DocumentSymbol]:
    match node:
        case n.Clause(kind=kind, name=name):
            keyword = keyword_table()[kind][0]
            label = clause_label(node)
            shown = label if name is None or name.text == label else f"{label} {name.text}"
            shape = lsp.SymbolKind.Method if kind in ("INDICATOR", "ITEM") else lsp.SymbolKind.Class
            heading = node.span if name is None else name.span
            if name is None:
                heading = Span(node.span.start, node.span.start)
            yield _symbol(source, node, f"{keyword} {shown}", shape, heading, node.body)
        case n.Fact(name=name):
            yield _symbol(source, node, name.text, lsp.SymbolKind.Variable, name.span, ())
        case n.Example(title=title):
            start = node.span.start
            yield _symbol(source, node, title, lsp.SymbolKind.Event, Span(start, start), ())
        case _:
            return


# -- going there


def rename(
    workspace: Workspace, analysis: Analysis, offset: int, new: str
) -> dict[str, list[tuple[Source, Span, str]]] | str:
    """Edits by path that give a symbol a new name everywhere, or a sentence why not."""
    here = analysis.at(offset)
    if here is None:
        return "这里没有可以改名的名称 · There is no name here"
    symbol = here.symbol
    if workspace.definition(analysis, symbol) is None and symbol.kind != "unit":
        return f"“{symbol.name}”没有声明 · is not declared"
    found = list(workspace.everywhere(symbol))
    declared = next((a for a, each in found if each.definition), None)
    if declared is None and symbol.kind != "unit":
        return f"“{symbol.name}”在收录的文件里声明，不能改 · is declared in a bundled file"
    try:
        written = written_name(new.strip().removeprefix("「").removesuffix("」"))
    except ValueError:
        return f"“{new}”不能作名称 · is no name"
    taken = {each.symbol.name.rpartition("/")[2] for a, _ in found for each in a.names
             if each.definition and each.symbol.kind == symbol.kind}  # fmt: skip
    if new in taken:
        return f"已经有“{new}”· There is a “{new}” already"
    edits: dict[str, list[tuple[Source, Span, str]]] = {}
    for other, each in found:
        span = name_span(other.source, each)
        if span is not None:
            edits.setdefault(other.source.name, []).append((other.source, span, written))
    return edits


def name_span(source: Source, occurrence: Occurrence) -> Span | None:
    """Where the name itself stands in an occurrence; ``None`` where it is called by its number."""
    text = source.text[occurrence.span.start : occurrence.span.end]
    name = occurrence.symbol.name.rpartition("/")[2]
    for written in (f"「{name}」", name):
        if text.endswith(written):
            return Span(occurrence.span.end - len(written), occurrence.span.end)
    return None


# -- writing


def formatted(analysis: Analysis) -> str | None:
    """The text laid out anew; ``None`` where it has errors."""
    return print_file(analysis.result.file) if analysis.result.ok else None


def completions(
    analysis: Analysis, offset: int, text: str
) -> list[tuple[str, lsp.CompletionItemKind, str]]:
    """(text, kind, what it is) of what may stand behind a text.

    The names come from an analysis and the document at an offset in it.
    """
    tokens = tokens_before(text, len(text))
    fitting = expected(tokens)
    table = keyword_table()
    english = _is_english(text)
    found = [
        (table[kind][1 if english else 0], lsp.CompletionItemKind.Keyword, table[kind][1])
        for kind in sorted(fitting & table.keys())
    ]
    if "NAME" in fitting:
        before = [token.type for token in tokens[-3:]]
        found += _names(analysis, before, offset)
    return found


def _is_english(text: str) -> bool:
    first = re.search(r"^\s*(?:#[^\n]*\n\s*)*(\w+)", text)
    return first is not None and first[1].isascii()


_REFERRING = frozenset({"INDICATOR", "ITEM", "GROUP", "COMMON", "SCHEDULE", "SCENE", "TASK"})


_Offer = tuple[str, lsp.CompletionItemKind, str]


def _names(analysis: Analysis, before: list[str], offset: int) -> Iterator[_Offer]:
    document = analysis.document_at(offset)
    policy = None if document is None else analysis.policies.get(document.id.text)
    last = before[-1] if before else ""
    if last in ("USES", "BASED_ON", "REPLACES", "APPLIES_TO", "ADOPTS"):
        yield from _documents(analysis, ["vocabulary"] if last == "USES" else None)
    elif last in ("RESPONSIBLE", "LEAD", "UNIT", "DUTY") or before[-2:-1] == ["RESPONSIBLE"]:
        units = {x.symbol.name for x in analysis.names if x.symbol.kind == "unit"}
        for name in sorted(units):
            yield written_name(name), lsp.CompletionItemKind.Interface, "单位 unit"
    elif last == "CONCEPT":
        for name, text in ({} if policy is None else policy.concepts).items():
            yield written_name(name), lsp.CompletionItemKind.Property, text
    elif last in _REFERRING:
        for each in analysis.names:
            if each.symbol.kind == "clause" and each.definition:
                name = each.symbol.name.rpartition("/")[2]
                yield written_name(name), lsp.CompletionItemKind.Class, each.symbol.name
    else:
        yield from _facts(analysis, document) if policy is None else _typed_facts(policy)
        for function in FUNCTIONS.values():
            yield function.chinese[0], lsp.CompletionItemKind.Function, function.english
        if last == "NUMBER":
            for unit in UNITS.values():
                yield unit.symbol, lsp.CompletionItemKind.Unit, unit.english


def _documents(analysis: Analysis, kinds: list[str] | None) -> Iterator[_Offer]:
    for id_ in analysis.library.ids(kinds):
        entry = analysis.library.find(id_)
        title = "" if entry is None else entry.document.title or ""
        yield written_name(id_), lsp.CompletionItemKind.File, title


def _typed_facts(policy: Policy) -> Iterator[_Offer]:
    for fact in policy.facts.values():
        unit = "" if fact.unit is None else f"（{fact.unit.symbol}）"
        yield written_name(fact.name), lsp.CompletionItemKind.Variable, f"{fact.kind}{unit}"
        for value in fact.values:
            yield written_name(value), lsp.CompletionItemKind.EnumMember, fact.name


def _facts(analysis: Analysis, document: n.Document | None) -> Iterator[_Offer]:
    """The facts of a document that does not compile yet."""
    for each in analysis.names:
        if each.symbol.kind in ("fact", "value") and each.definition:
            yield written_name(each.symbol.name), lsp.CompletionItemKind.Variable, each.symbol.kind
    for name in analysis.shared_facts(document):
        yield written_name(name), lsp.CompletionItemKind.Variable, "fact"


def word_range(source: Source, position: lsp.Position) -> Span:
    """The word that is begun before a position."""
    offset = offset_of(source, position)
    begun = re.search(r"[\w·]*$", source.text[:offset])
    return Span(offset - (len(begun[0]) if begun else 0), offset)
