"""History: amendments applied, editions compared, and the graph of what became of what."""
