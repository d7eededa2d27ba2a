"""Prepaid cases: accounts by region, the ledger, transfers, the extension (ATSP page 1, 2.3, 9.1)."""
