"""Who has a case open right now, who is writing an answer, and whether anything happened to it since."""
