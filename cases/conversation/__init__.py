"""The conversation on a case: replies, calls, notes (ATSP 4.6, 4.7)."""
