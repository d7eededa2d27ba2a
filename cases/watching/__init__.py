"""Watching a case: who is told of what happens on it, besides those whom the agreement names (ATSP 4.7)."""
