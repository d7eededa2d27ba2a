"""Template tags of the escalation pages."""
