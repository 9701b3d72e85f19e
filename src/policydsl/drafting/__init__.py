"""Documents out: from a policy, a comparison and a simulation to Word, HTML and PDF.

:mod:`~policydsl.drafting.paper` is the model of a document.  What makes one (``scoretable``,
``drafttext``, ``changes``, ``explaining``, ``letters``, ``working``, ``schedule``) are functions
from policies to that model; ``docxwriter`` and ``htmlwriter`` write it.  ``package`` puts all
of it into a folder, ``feedback`` reads what comes back.
"""
