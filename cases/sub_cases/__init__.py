"""Another team's part in a case: its owner, its state, its answer, and the team's queue (ATSP Ex.C)."""
