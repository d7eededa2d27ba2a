"""Work on a case beyond the calls: work orders asked for from it (ATSP 7.1, 16)."""
