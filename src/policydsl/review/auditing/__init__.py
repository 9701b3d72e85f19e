"""Text against code: every figure and scoring phrase of a document held against its policy."""

from policydsl.review.auditing.audits import audit
from policydsl.review.auditing.results import Audit, Entry

__all__ = ["Audit", "Entry", "audit"]
