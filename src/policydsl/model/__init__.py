"""The typed policy, made from the tree: names resolved, units checked, sums computed."""

from policydsl.model.loading import Library, bundled, load, loads
from policydsl.model.policy import Clause, Fact, Policy

__all__ = ["Clause", "Fact", "Library", "Policy", "bundled", "load", "loads"]
