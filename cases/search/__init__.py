"""Search: what is found, in which order, and what of it a reader may know."""
