"""Time that the provider's people spent on cases. It is never billed: work orders are (ATSP 7)."""
