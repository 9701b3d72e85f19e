"""What the examples (示例) of a policy exercise, and examples that exercise the rest."""
