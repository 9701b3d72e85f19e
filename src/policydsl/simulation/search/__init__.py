"""The inverse question: which numbers of a policy to change so that targets are met.

:func:`~policydsl.simulation.search.searching.search_drafts` looks; docs/search.md is the guide.
"""
