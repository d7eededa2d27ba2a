"""Finding who is calling, by whatever of them is said on the telephone (ATSP 4.4)."""
