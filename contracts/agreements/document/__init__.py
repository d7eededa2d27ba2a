"""The papers of an agreement; each is a module, imported by itself: signing issues page 1."""
