"""Remedies that can be carried out: findings → changes of the text.

``edits`` is what a change of a text is, ``place`` what a fixer looks at, ``registry`` which fixer
goes with which code (and why a code has none); ``spelling``, ``modelling``, ``points``, ``tiers``
and ``wording`` hold the fixers; ``mending`` carries fixes out and looks again.
"""
