"""Cases that have to do with each other: related, merged into one, split out of one (ATSP 1.3, 4.10)."""
