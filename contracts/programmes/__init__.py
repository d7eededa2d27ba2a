"""Programmes: the terms of an agreement as data, published as versions that never change (ATSP 1–20, exhibits)."""
