"""What a change of rules does, in words: 每月 0.5 分 → 0.6 分, 满分所需 60 个月 → 50 个月.

Everything is read off the typed rules: :func:`.rules.rule_effects` for the rules of a clause,
:func:`.limits.limit_effects` for what the clause says of its points.
"""
