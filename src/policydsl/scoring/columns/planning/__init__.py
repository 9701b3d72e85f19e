"""From a policy to a plan: the exact evaluator asked about parts, and steps between them."""
