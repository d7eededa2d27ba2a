"""Work orders: work charged by the day, and under section 7 (ATSP 7.1, 16, 17, 18, Ex.D)."""
