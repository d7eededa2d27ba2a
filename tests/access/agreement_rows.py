"""Rows of the access matrix about the sides of an agreement; each side adds its own list."""

from tests.access.rows import Row

AGREEMENT_ROWS: tuple[Row, ...] = ()
