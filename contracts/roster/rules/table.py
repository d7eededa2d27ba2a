"""Exhibit A as a table: the form's columns, and the rows of a roster as it stands (ATSP Ex.A)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from contracts.agreements.rules.agreement_file import ContactRole
from contracts.roster.rules.lines import Form, Line, Place

ROLE, POOL, SLOT, NAME, PHONE = "Role", "Pool", "Slot", "Name", "Phone Number"
FAX, EMAIL, PAGER, SITE = "FAX #", "E-mail Address", "Pager/Cell #", "Site"
CODE, TRAINED, CERTIFIED = "Legato Contact Code", "Trained on", "Certified on"
COLUMNS = (ROLE, POOL, SLOT, NAME, PHONE, FAX, EMAIL, PAGER, SITE, CODE, TRAINED, CERTIFIED)
"""The form's columns; the last three are the provider's to fill in ("Legato use only")."""
NEEDED = (ROLE, NAME, EMAIL, SITE)
PROVIDERS = (CODE, TRAINED, CERTIFIED)
BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the provider has on record of a line."""

    code: str = ""
    trained_on: date | None = None
    certified_on: date | None = None


def table_of(form: Form, on_record: Mapping[int, OnRecord]) -> list[list[str]]:
    """The form as it stands, with its header; free slots are rows without a name, as on the paper."""
    technical = {line.place: line for line in form.technical if line.place and line.place.slot}
    rows = [list(COLUMNS)]
    others = [line for line in form.lines if not line.is_technical]
    rows += [
        _cells(form, line, on_record)
        for line in others
        if line.standing is ContactRole.ADMINISTRATIVE
    ]
    for pool in form.pools:
        for slot in range(1, pool.slots + 1):
            held = technical.get(Place(pool.code, slot))
            rows.append(
                _cells(form, held, on_record)
                if held
                else [
                    form.paper.technical,
                    pool.name,
                    str(slot),
                    *[""] * (len(COLUMNS) - 3),
                ]
            )
        rows += [
            _cells(form, line, on_record)
            for line in form.technical
            if line.place == Place(pool.code, None)
        ]
    rows += [
        _cells(form, line, on_record) for line in others if line.standing is ContactRole.MANAGEMENT
    ]
    return rows


def _cells(form: Form, line: Line, on_record: Mapping[int, OnRecord]) -> list[str]:
    known = on_record.get(line.key, OnRecord())
    place, details = line.place, line.details
    return [
        form.paper.name(line.standing.value),
        form.pool_name(place.pool) if place else "",
        (str(place.slot) if place.slot else BEYOND) if place else "",
        details.name,
        details.telephone,
        details.fax,
        details.email,
        details.pager,
        details.site,
        known.code,
        known.trained_on.isoformat() if known.trained_on else "",
        known.certified_on.isoformat() if known.certified_on else "",
    ]
