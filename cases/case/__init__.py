"""A case itself: its row, its states, who may act on it, its page and the acts on it (ATSP 1.3)."""
