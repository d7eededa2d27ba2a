"""Tests of canned answers."""
