"""Files, documents, clauses and amendments (grammar/50, 60 and 70)."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from policydsl.language import nodes as n
from policydsl.language.building.declarations import ATTRIBUTES, DeclarationBuilder
from policydsl.language.building.words import Branch, is_token, span_of


class Builder(DeclarationBuilder):
    """Turns one file's tree into nodes; ``found`` collects what is wrong with its words."""

    # -- files and documents

    def file(self, tree: Branch) -> n.File:
        """The file that the tree of rule ``start`` describes."""
        documents = tuple(
            self._document(child) for child in self._branches(tree) if child.data == "document"
        )
        tail = self._claim_all(0, len(self.source.text))
        return n.File(documents, tail, span=n.Span(0, len(self.source.text)))

    def _document(self, tree: Branch) -> n.Document:
        kind = self._word(tree.children[0])
        children = tree.children[1:]
        title = next((self._text(c) for c in children if is_token(c, "STRING")), None)
        based_on: n.Name | None = None
        applies_to: tuple[n.Name, ...] = ()
        older: n.Name | None = None
        newer: n.Name | None = None
        for child in self._branches(tree):
            if child.data == "based_on":
                based_on = self._name(child.children[1])
            elif child.data == "applies_to":
                applies_to = self._names(child.children[1])
            elif child.data == "from_to":
                older, newer = self._name(child.children[1]), self._name(child.children[3])
        attributes, body = self._body(self._child(tree, "body"))
        return self._statement(
            tree,
            n.Document,
            kind,
            self._name(children[0]),
            title,
            based_on,
            applies_to,
            older,
            newer,
            attributes,
            body,
            tail=True,
        )

    def _body(
        self, tree: Branch, header: tuple[n.Attribute, ...] = ()
    ) -> tuple[tuple[n.Attribute, ...], tuple[n.Statement, ...]]:
        attributes = list(header)
        body: list[n.Statement] = []
        for child in self._branches(tree):
            if child.data == "separator":
                continue
            statement = self.statement(child)
            if isinstance(statement, n.Attribute):
                attributes.append(statement)
            else:
                body.append(statement)
        return tuple(attributes), tuple(body)

    def statement(self, tree: Branch) -> n.Statement:
        """The statement that a tree describes."""
        name = str(tree.data)
        if name in ATTRIBUTES:
            return self._attribute(tree)
        method = cast(Callable[[Branch], n.Statement], getattr(self, f"_{name}"))
        return method(tree)

    # -- clauses and attributes

    def _clause(self, tree: Branch) -> n.Clause:
        label = self._child_in(tree, ("label_name", "label_number", "label_both"))
        number, name = None, None
        for part in label.children:
            if is_token(part, "NUMBER"):
                number = str(part)
            else:
                name = self._name(part)
        return self._finish_clause(tree, number, name)

    def _bare_clause(self, tree: Branch) -> n.Clause:
        return self._finish_clause(tree, None, None)

    def _finish_clause(self, tree: Branch, number: str | None, name: n.Name | None) -> n.Clause:
        header = tuple(
            self._attribute(child) for child in self._branches(tree) if child.data in ATTRIBUTES
        )
        attributes, body = self._body(self._child(tree, "body"), header)
        kind = self._word(tree.children[0])
        return self._statement(tree, n.Clause, kind, number, name, attributes, body, tail=True)

    # -- operations

    def _modify(self, tree: Branch) -> n.Modify:
        return self._statement(tree, n.Modify, self._ref(tree.children[1]), self._parts(tree, 2))

    def _modify_whole(self, tree: Branch) -> n.Modify:
        return self._statement(tree, n.Modify, None, self._parts(tree, 2))

    def _succession(self, tree: Branch) -> n.Succession:
        old, new = (self._refs(c) for c in self._branches(tree) if c.data == "clause_refs")
        return self._statement(tree, n.Succession, old, new, self._attributes(tree))

    def _refs(self, tree: Branch) -> tuple[n.ClauseRef, ...]:
        return tuple(self._ref(c) for c in self._branches(tree))

    def _not_seen(self, tree: Branch) -> n.NotSeen:
        return self._statement(tree, n.NotSeen, self._ref(tree.children[1]), self._attributes(tree))

    def _stub(self, tree: Branch) -> n.Stub:
        texts = [self._text(c) for c in tree.children if is_token(c, "STRING")]
        return self._statement(
            tree,
            n.Stub,
            self._name(tree.children[1]),
            texts[0] if texts else None,
            self._attributes(tree),
        )

    def _set_clause(self, tree: Branch) -> n.SetClause:
        return self._statement(tree, n.SetClause, self._ref(tree.children[1]), self._parts(tree, 2))

    def _set_total(self, tree: Branch) -> n.SetClause:
        return self._statement(tree, n.SetClause, None, self._parts(tree, 2))

    def _parts(self, tree: Branch, start: int) -> tuple[n.OperationPart, ...]:
        parts: list[n.OperationPart] = []
        for child in tree.children[start:]:
            branch = cast(Branch, child)
            if branch.data == "replacement":
                old, new = self._number(branch.children[1]), self._number(branch.children[3])
                parts.append(n.Replacement(old, new, span=span_of(branch)))
            elif branch.data == "without":
                parts.append(n.Without(self._word(branch.children[1]), span=span_of(branch)))
            elif branch.data == "new_body":
                attributes, body = self._body(self._child(branch, "body"))
                span = span_of(branch)
                tail = self._claim_all(span.start, span.end)
                parts.append(n.NewBody((*attributes, *body), tail, span=span))
            else:
                parts.append(cast(n.OperationPart, self.statement(branch)))
        return tuple(parts)

    def _insert_at(self, tree: Branch) -> n.Insert:
        clause = cast(n.Clause, self.statement(cast(Branch, tree.children[4])))
        return self._statement(
            tree,
            n.Insert,
            clause,
            self._ref(tree.children[1]),
            self._word(tree.children[2]),
            self._attributes(tree),
        )

    def _insert_last(self, tree: Branch) -> n.Insert:
        clause = cast(n.Clause, self.statement(cast(Branch, tree.children[1])))
        return self._statement(tree, n.Insert, clause, None, None, self._attributes(tree))

    def _repeal(self, tree: Branch) -> n.Repeal:
        return self._statement(tree, n.Repeal, self._ref(tree.children[1]), self._attributes(tree))

    def _move(self, tree: Branch) -> n.Move:
        return self._statement(
            tree,
            n.Move,
            self._ref(tree.children[1]),
            self._ref(tree.children[3]),
            self._word(tree.children[4]),
            self._attributes(tree),
        )

    def _rename(self, tree: Branch) -> n.Rename:
        return self._statement(
            tree,
            n.Rename,
            self._ref(tree.children[1]),
            self._name(tree.children[3]),
            self._attributes(tree),
        )

    def _renumber(self, tree: Branch) -> n.Renumber:
        return self._statement(
            tree,
            n.Renumber,
            self._ref(tree.children[1]),
            str(tree.children[3]),
            self._attributes(tree),
        )

    def _split(self, tree: Branch) -> n.Split:
        clauses = tuple(
            cast(n.Clause, self.statement(child))
            for child in self._branches(tree)
            if child.data in ("clause", "bare_clause")
        )
        return self._statement(
            tree, n.Split, self._ref(tree.children[1]), clauses, self._attributes(tree)
        )

    def _merge(self, tree: Branch) -> n.Merge:
        targets = tuple(self._ref(c) for c in self._branches(tree) if c.data == "clause_ref")
        clause = next(c for c in self._branches(tree) if c.data in ("clause", "bare_clause"))
        return self._statement(
            tree, n.Merge, targets, cast(n.Clause, self.statement(clause)), self._attributes(tree)
        )

    def _attributes(self, tree: Branch) -> tuple[n.Attribute, ...]:
        return tuple(self._attribute(c) for c in self._branches(tree) if c.data in ATTRIBUTES)
