"""What ends support: termination, its refund, a notice for a Software, a successor (ATSP 5.1, 9.3, 9.4, 19.3)."""
