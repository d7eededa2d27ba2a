"""Who of both parties may read and act, by side of an agreement."""
