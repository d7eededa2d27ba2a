"""Tables of scorecard."""
