"""What a policy means: exact scores, ranges, reasons and ranks."""
