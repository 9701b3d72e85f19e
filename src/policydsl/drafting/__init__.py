"""Documents out of policies: the controlled official wording, and what is built from it."""
