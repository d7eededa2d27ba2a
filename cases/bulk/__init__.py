"""One act on many cases at once, with what came of each, and taking it back."""
