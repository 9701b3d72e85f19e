"""Measurements of scoring in columns: see ``python -m benchmarks.columns --help``."""
