"""What runs a plan in this process: compiled loops, or NumPy."""
