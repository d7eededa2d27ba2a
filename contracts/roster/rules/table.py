"""Exhibit A as a table: the form's columns, and the rows of a roster as it stands (ATSP Ex.A)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from contracts.agreements.rules.agreement_file import ContactRole
from contracts.programmes.rules.paper import Paper
from contracts.roster.rules.lines import Form, Line, Place

ROLE, POOL, SLOT, NAME, PHONE = "Role", "Pool", "Slot", "Name", "Phone Number"
FAX, EMAIL, PAGER, SITE = "FAX #", "E-mail Address", "Pager/Cell #", "Site"
CODE, TRAINED, CERTIFIED = "Legato Contact Code", "Trained on", "Certified on"
COLUMNS = (ROLE, POOL, SLOT, NAME, PHONE, FAX, EMAIL, PAGER, SITE, CODE, TRAINED, CERTIFIED)
"""The form's columns by the house's names; the last three are the provider's to fill in ("Legato use only")."""
NEEDED = (ROLE, NAME, EMAIL, SITE)
PROVIDERS = (CODE, TRAINED, CERTIFIED)
BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the provider has on record of a line."""

    code: str = ""
    trained_on: date | None = None
    certified_on: date | None = None


def title_of(paper: Paper, column: str) -> str:
    """What a paper's own form calls a column."""
    own = {CODE: paper.contact_code, FAX: paper.fax, PAGER: paper.pager}
    return own.get(column, column)


def columns_of(form: Form) -> dict[str, str]:
    """The form's columns in their order, each with its title on the paper; no pool where all contacts are in one."""
    kept = (column for column in COLUMNS if column != POOL or form.tier is not None)
    return {column: title_of(form.paper, column) for column in kept}


def table_of(form: Form, on_record: Mapping[int, OnRecord]) -> list[list[str]]:
    """The form as it stands, with its header; free slots are rows without a name, as on the paper."""
    technical = {line.place: line for line in form.technical if line.place and line.place.slot}
    columns = columns_of(form)
    rows = [list(columns.values())]
    others = [line for line in form.lines if not line.is_technical]
    rows += [
        _cells(form, line, on_record)
        for line in others
        if line.standing is ContactRole.ADMINISTRATIVE
    ]
    for pool in form.pools:
        for slot in range(1, pool.slots + 1):
            held = technical.get(Place(pool.code, slot))
            rows.append(_cells(form, held, on_record) if held else _free(form, pool.name, slot))
        rows += [
            _cells(form, line, on_record)
            for line in form.technical
            if line.place == Place(pool.code, None)
        ]
    rows += [
        _cells(form, line, on_record) for line in others if line.standing is ContactRole.MANAGEMENT
    ]
    return rows


def _free(form: Form, pool: str, slot: int) -> list[str]:
    told = {ROLE: form.paper.technical, POOL: pool, SLOT: str(slot)}
    return [told.get(column, "") for column in columns_of(form)]


def _cells(form: Form, line: Line, on_record: Mapping[int, OnRecord]) -> list[str]:
    known = on_record.get(line.key, OnRecord())
    place, details = line.place, line.details
    told = {
        ROLE: form.paper.name(line.standing.value),
        POOL: form.pool_name(place.pool) if place else "",
        SLOT: (str(place.slot) if place.slot else BEYOND) if place else "",
        NAME: details.name,
        PHONE: details.telephone,
        FAX: details.fax,
        EMAIL: details.email,
        PAGER: details.pager,
        SITE: details.site,
        CODE: known.code,
        TRAINED: known.trained_on.isoformat() if known.trained_on else "",
        CERTIFIED: known.certified_on.isoformat() if known.certified_on else "",
    }
    return [told[column] for column in columns_of(form)]
