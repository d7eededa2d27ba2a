"""Exports: rows that somebody asked for as a file, written in the background, and kept for a day."""
