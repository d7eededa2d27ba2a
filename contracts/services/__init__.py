"""Who serves a reseller and how: PSAM, alternate, ESS, absences, conference calls, the profile (ATSP 14, 15)."""
