"""Pages of scorecard."""
