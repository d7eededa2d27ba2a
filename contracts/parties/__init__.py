"""The parties: organizations, sites, people, their calendars, and who is told (ATSP page 1, 1.2, 19.3)."""
