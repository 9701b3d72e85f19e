"""Proofs about policies: what can be reached, by whom, and what two policies have in common.

Every question has three answers, which are always told apart: *proved*, *refuted* with a person
who shows it, *undecided* with the reason.  See docs/architecture.md (Proofs) for the method.
"""

from policydsl.review.proving.asking import can_reach, differ, extremes
from policydsl.review.proving.moving import monotone

__all__ = ["can_reach", "differ", "extremes", "monotone"]
