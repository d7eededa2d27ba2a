"""Rows of the access matrix about delegated coverage: the world's agreements delegate none, so nothing is there."""

from tests.access.rows import Row, row

COVERAGE_ROWS: tuple[Row, ...] = (
    row(
        "agreement_coverage",
        reseller=404,
        provider=404,
        about="agreement",
        foreign=404,
        note="End-Users whose support is delegated; shown by test_coverage_page where an agreement has them",
    ),
)
