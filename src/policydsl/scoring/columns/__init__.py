"""Whole populations scored exactly: plans, the engines that run them, and what is asked of them."""
