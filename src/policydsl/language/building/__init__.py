"""Lark's tree → the nodes of :mod:`policydsl.language.nodes`.

One method for each rule of the grammar, named after it.  Comments, which the grammar does
not see, are given to the statement that they stand before or behind; those inside a
statement go before it, those before a closing brace to the block, so that none is lost.
"""

from __future__ import annotations

from policydsl.language.building.documents import Builder

__all__ = ["Builder"]
