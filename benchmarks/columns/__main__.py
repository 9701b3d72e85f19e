"""``python -m benchmarks.columns``."""

from benchmarks.columns.run import main

main()
