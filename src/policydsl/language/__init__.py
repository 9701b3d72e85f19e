"""Text ↔ tree: the grammar's reader and writer, and its diagnostics."""
