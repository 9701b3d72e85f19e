"""Populations, and what a draft does to them."""
