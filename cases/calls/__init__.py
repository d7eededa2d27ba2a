"""The telephone: who is calling, whether we may help them, the calls that were refused (ATSP 4.4, 5.2.1, 5.2.2)."""
