"""Exhibit A: who may ask for support, their training, the form as a page and a file (ATSP 1.1, 2.1, 5.2.1)."""
