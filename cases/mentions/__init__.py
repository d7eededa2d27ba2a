"""People whom a text on a case mentions: found, told, and shown by the name that they have now."""
