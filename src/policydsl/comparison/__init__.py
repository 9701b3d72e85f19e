"""Schemes side by side: what meets, how it differs, and what the same people get."""
