"""Models that turn pictures and words into comparable vectors."""
