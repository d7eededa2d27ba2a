"""The information of 5.2.3: asked for, given, and the clocks that act without it (ATSP 4.9.1, 4.10.8)."""
