"""Delegated coverage."""

import datetime as dt
from typing import Any

from contracts.agreements.models.agreements import Agreement
from contracts.coverage.models import DelegatedCoverage
from tests.contracts.factories import LOADED_AT, make_agreement


def _line(agreement: Agreement | None = None, **fields: Any) -> DelegatedCoverage:
    values: dict[str, Any] = {
        "line": 1,
        "site_id": "11407",
        "site_name": "CITIZENS BANK",
        "description": "StandbyServer",
        "level": "updates",
        "ends_on": dt.date(2006, 7, 31),
    }
    return DelegatedCoverage.objects.create(
        agreement=agreement or make_agreement(), **(values | fields)
    )


def coverage_line_once() -> None:
    agreement = make_agreement()
    _line(agreement)
    _line(agreement)


def coverage_lines_count_from_one() -> None:
    _line(line=0)


def coverage_names_a_site() -> None:
    _line(site_name="")


def coverage_changes_by_a_paper() -> None:
    _line(struck_at=LOADED_AT)


VIOLATIONS = (
    coverage_line_once,
    coverage_lines_count_from_one,
    coverage_names_a_site,
    coverage_changes_by_a_paper,
)
