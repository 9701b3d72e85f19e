"""Tree → text, in Chinese or in English; the inverse of parsing.

:func:`print_file` writes a whole file in the one layout that all policy files have, and
:func:`print_node` a part of it for a message or a comparison.  What is printed parses to an
equal tree, whichever language is asked for: keywords and units are translated, names and
texts stay as their author wrote them.

Three things need care beyond spelling each node:

* **Names.**  A name that the lexer would not read as a name (a keyword, 十二, ``a b``) goes
  between 「 and 」.  The lexer's own patterns decide, so that both always agree.
* **Brackets.**  A tree made by a program may lack the brackets that its text needs.  They are
  added, and the text then parses to a tree that has them; :func:`strip_parentheses` makes the
  two comparable.
* **Neighbours.**  Statements need no end mark, and the grammar lets a statement take all that
  could still belong to it: after ``上限 30`` the word 社保月数 of the next line would be the
  unit.  Such a pair is parted by ``；``, and no other pair is (:func:`takes`).

The order of attributes is part of the tree.  A clause's header shows the longest run of short
attributes that the tree begins with; all others follow in the body, before everything else.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from policydsl.language import nodes as n
from policydsl.language.keywords import Language
from policydsl.language.printing.statements import Printer

WIDTH = 100
"""Columns of a line, as far as it can be broken; a Chinese character takes two."""


def print_file(file: n.File, language: Language = "zh") -> str:
    """The text of a file.

    Raises :class:`ValueError` for what the language cannot write: a name that is empty, longer
    than 120 characters or holds 」; a negative number (that is ``Negative``) or one without a
    finite decimal; a text of several lines in another place than 原文.
    """
    return Printer(language, WIDTH).file(file)


def print_node(node: n.Node, language: Language = "zh") -> str:
    """The text of one node without the comments around it.

    On one line where the node allows that: what has no block of its own (tiers, tables,
    clauses with several statements) is never broken.
    """
    return Printer(language, None).node(node)


def strip_parentheses(node: n.Node) -> n.Node:
    """The same tree without ``Parenthesised`` nodes.

    Brackets say nothing that the shape of the tree does not say, so two trees that differ
    only in them have one meaning.
    """
    if isinstance(node, n.Parenthesised):
        return strip_parentheses(node.inner)

    def stripped(value: Any) -> Any:
        if isinstance(value, n.Node):
            return strip_parentheses(value)
        if isinstance(value, tuple):
            return tuple(stripped(one) for one in value)
        return value

    return replace(node, **{f.name: stripped(getattr(node, f.name)) for f in fields(node)})
