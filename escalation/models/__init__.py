"""Tables of escalation."""
