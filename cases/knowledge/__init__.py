"""Articles and when their Fix was published (Ex.B)."""
