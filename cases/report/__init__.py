"""The report of a case after it came: corrected, and what limits its support decided (ATSP 4.8, 5.2.3)."""
