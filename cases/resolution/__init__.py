"""Findings, relief, closure and reopening; whether a case is charged (ATSP 1.3, 2.3, 4.10, Ex.B)."""
