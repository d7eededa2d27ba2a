"""Opening a case: in the browser, by telephone, by the API; drafts and who may (ATSP 2.1, 4.4, 5.2.2, 5.2.3)."""
