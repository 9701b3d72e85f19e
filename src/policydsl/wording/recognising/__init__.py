"""Official sentences read back: the inverse of the controlled wording.

:mod:`policydsl.wording.phrases` spells every phrase once.  This package turns the same table
round: a text becomes typed meanings (:mod:`~policydsl.wording.recognising.meanings`), with places
and exact numbers.  It also knows the further spellings of real documents (未达到的每项扣4分,
最高得10分, 分别加10、20、30、40分).  The audit and the import both read with it.
"""
