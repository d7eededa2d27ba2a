"""Severity: requested, confirmed by call, changed as both sides agree (ATSP 4.3, 4.5, 4.9)."""
