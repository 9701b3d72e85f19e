"""Scores of a population: kept as integers, shown as the tables that the exact evaluator gives.

:func:`.batch.score_batch` runs the :mod:`.plans` on an encoded batch.  What it gives becomes the
columns of a result (:mod:`.columns`, :mod:`.formats`), made by whole arrays, or the evaluator's own
:class:`~policydsl.scoring.exact.Score` objects (:mod:`.objects`).
"""
