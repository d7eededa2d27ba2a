"""Sides: what each side of an agreement shows, read for a page in a fixed number of statements."""
