"""Satisfaction: one question after a case is closed, its answer, and what the answers come to."""
