"""Requests for Feature Enhancement: submitted, voted for, disposed (ATSP 1.5, 10.1, 14.1.4)."""
