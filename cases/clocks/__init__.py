"""A case's clocks: objectives as deadlines, what a miss does, what a reader sees of them (ATSP 4.6, 4.7)."""
