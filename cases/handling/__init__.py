"""Who answers for a case on either side, and which other teams work on it (ATSP 5.2.2, 15.1, Ex.C)."""
