"""Tokens that do not parse → tokens that do, with a finding for each repair.

The LALR automaton is run on states alone (:mod:`.automaton`).  Where a token does not fit, small
repairs are tried near it (:mod:`.repairs`); the one after which the text parses furthest is what
the author most likely meant, and its finding says so.  Where none helps, the unfinished statement
is dropped and reading goes on at the next line or closing brace (:mod:`.recovery`).

Braces are looked at as a whole first (:mod:`.braces`), since one that is missing shifts the meaning
of all that follows.
"""
