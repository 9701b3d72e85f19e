"""Review: what is wrong with a policy, found and proved before it goes out."""
