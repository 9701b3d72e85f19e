"""The report of a simulation: what a drafter reads, as one page, with its pictures as files."""
