"""Bulletins: patches, alerts, and who read them (ATSP 14.1.2)."""
