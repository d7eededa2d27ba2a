"""The next contract year: proposed, signed or declined, and begun (REN; ATSP 9.2)."""
