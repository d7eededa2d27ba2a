"""What cases and articles mean: vectors that a worker writes, and which are near each other (ADR 72)."""
