"""Agreements: loaded or drawn up, signed, in force, ended; their page and their papers (ATSP page 1, 2)."""
