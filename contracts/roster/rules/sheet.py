"""A completed Exhibit A as a table: what each of its rows would change of the roster (ATSP 5.2.1, Ex.A).

A completed form is the whole list: whoever is on the roster and not in it is taken off. Rows are known by their
e-mail address and by whether they take a slot.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from contracts.agreements.rules.agreement_file import TECHNICAL, ContactRole
from contracts.roster.rules import changes as rules
from contracts.roster.rules.lines import Form, Line, Place
from contracts.roster.rules.sheet_rows import Effect, Plan, Row
from contracts.roster.rules.table import (
    BEYOND,
    CERTIFIED,
    CODE,
    COLUMNS,
    EMAIL,
    FAX,
    NAME,
    NEEDED,
    PAGER,
    PHONE,
    POOL,
    PROVIDERS,
    ROLE,
    SITE,
    SLOT,
    TRAINED,
    OnRecord,
    columns_of,
    title_of,
)
from portal.rules.outside import number_in
from portal.rules.refusal import Refusal

_COLUMN_OF = {
    "name": NAME,
    "email": EMAIL,
    "site": SITE,
    "telephone": PHONE,
    "fax": FAX,
    "pager": PAGER,
    "place": SLOT,
    "standing": ROLE,
}


def plan(
    form: Form,
    table: Sequence[Sequence[str]],
    *,
    on_record: Mapping[int, OnRecord],
    taken: frozenset[str] = frozenset(),
) -> Plan:
    """What a completed form would change, row by row, with all that is wrong in each.

    `taken` are addresses that belong to somebody else in the portal. Raises Refusal when the header is not the form's.
    """
    columns = _header(form, table[0])
    rows = [
        _read(form, number, values)
        for number, cells in enumerate(table[1:], 2)
        if (values := _values(columns, cells))
    ]
    _match(form, rows)
    for row in rows:
        _check(form, row, taken)
    _doubles(form, rows)
    _place(form, rows)
    for row in rows:
        _weigh(form, row)
    values_of = {number: _values(columns, cells) for number, cells in enumerate(table[1:], 2)}
    for row in rows:
        _check_on_record(form, row, values_of[row.number or 0], on_record)
    rows += _left_out(form, rows)
    beyond = sum(
        row.place is not None and row.place.slot is None
        for row in rows
        if row.effect is not Effect.REMOVE
    )
    return Plan(tuple(rows), max(0, beyond - form.beyond))


def _header(form: Form, cells: Sequence[str]) -> dict[str, int]:
    own = columns_of(form)
    known = {_key(column): column for column in COLUMNS}
    known |= {_key(title): column for column, title in own.items()}
    columns: dict[str, int] = {}
    for n, cell in enumerate(cells):
        column = known.get(_key(cell))
        if column is not None and column in columns:
            raise _not_the_form(form, f"The column {column} is there twice.")
        if column is not None:
            columns[column] = n
        elif cell:
            raise _not_the_form(form, f"{cell!r} is no column of {form.paper.form}.")
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        raise _not_the_form(form, f"The first row lacks: {', '.join(missing)}.")
    return columns


def _key(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _not_the_form(form: Form, sentence: str) -> Refusal:
    return Refusal(
        sentence,
        clause=form.terms.clause,
        way_out=f"The first row names the columns: {', '.join(columns_of(form).values())}.",
        field="file",
    )


def _values(columns: Mapping[str, int], cells: Sequence[str]) -> dict[str, str]:
    """The cells of a row by column; empty for a row without a contact, as free slots are."""
    values = {column: cells[n] if n < len(cells) else "" for column, n in columns.items()}
    return values if any(values.get(one) for one in (NAME, EMAIL, PHONE, FAX, PAGER)) else {}


def _read(form: Form, number: int, values: Mapping[str, str]) -> Row:
    details = rules.typed(
        name=values[NAME],
        email=values[EMAIL],
        site=values[SITE],
        telephone=values.get(PHONE, ""),
        fax=values.get(FAX, ""),
        pager=values.get(PAGER, ""),
    )
    row = Row(number, Effect.ADD, details=details, paper=form.paper)
    row.standing = _standing(form, values[ROLE])
    if row.standing is None:
        roles = ", ".join(form.paper.name(each.value) for each in form.roles)
        row.fault(
            ROLE,
            _said(
                form, f"{values[ROLE] or 'An empty cell'} is no role.", f"Write one of: {roles}."
            ),
        )
    elif row.standing in TECHNICAL:
        row.place = _wanted(form, row, values.get(POOL, ""), values.get(SLOT, ""))
    return row


def _standing(form: Form, text: str) -> ContactRole | None:
    key = _key(text.partition("#")[0])
    return next((each for each in form.roles if _key(form.paper.name(each.value)) == key), None)


def _wanted(form: Form, row: Row, pool: str, slot: str) -> Place | None:
    """The place that the row names; None when it leaves the slot open."""
    code = next(
        (one.code for one in form.pools if _key(pool) in (_key(one.name), _key(one.code))), None
    )
    if code is None and not pool:
        try:
            code = form.pool_of(row.details.site).code
        except Refusal:
            return None  # the site is reported as the mistake
    if code is None:
        names = ", ".join(one.name for one in form.pools)
        row.fault(
            POOL,
            _said(
                form, f"There is no pool {pool!r}.", f"Write one of: {names}.", form.pools[0].clause
            ),
        )
        return None
    if not slot:
        return None
    if _key(slot) == BEYOND:
        return Place(code, None)
    number = number_in(slot)
    if number is None:
        row.fault(SLOT, _said(form, f"{slot!r} is no slot.", f"Write its number, or {BEYOND!r}."))
        return None
    return Place(code, number)


def _match(form: Form, rows: Iterable[Row]) -> None:
    """Find the line of each row: the same address, and both or neither with a slot."""
    known = {_identity(line.details.email, line.standing): line for line in form.lines}
    for row in rows:
        if row.standing is not None:
            row.line = known.pop(_identity(row.details.email, row.standing), None)
        if row.line is not None:
            row.effect = Effect.CHANGE


def _identity(email: str, standing: ContactRole) -> tuple[str, str]:
    return email.lower(), "technical" if standing in TECHNICAL else standing.value


def _check(form: Form, row: Row, taken: frozenset[str]) -> None:
    for refusal in rules.check_details(form, row.details):
        row.fault(_COLUMN_OF[refusal.field or "name"], refusal)
    if row.details.email in taken:
        refusal = _said(
            form,
            f"{row.details.email} is the address of somebody else in the portal.",
            "Write an address of their own: a contact stands on one reseller's roster only.",
        )
        row.fault(EMAIL, refusal)
    if row.standing is ContactRole.ADMINISTRATIVE and row.line is None:
        refusal = _said(
            form,
            "The form does not change the Administrative Contact.",
            "Hand the role over on the roster page.",
            form.keeper_clause,
        )
        row.fault(ROLE, refusal)


def _doubles(form: Form, rows: Sequence[Row]) -> None:
    """Rows for the same contact: one with a slot, one for each other role, and all saying the same of them."""
    first: dict[tuple[str, str], Row] = {}
    people: dict[str, Row] = {}
    for row in rows:
        if row.standing is None or not row.details.email:
            continue
        earlier = first.setdefault(_identity(row.details.email, row.standing), row)
        if earlier is not row:
            sentence = f"{row.details.email} stands in row {earlier.number} already."
            row.fault(EMAIL, _said(form, sentence, "Each contact has one line."))
            continue
        other = people.setdefault(row.details.email, row)
        if other.details != row.details:
            sentence = f"Row {other.number} says something else of {row.details.email}."
            row.fault(NAME, _said(form, sentence, "Write the same in both rows."))


def _place(form: Form, rows: Sequence[Row]) -> None:
    """Give each technical row its place among the others of the file: named ones first, then the first free slots."""
    standing = form.without(line.key for line in form.lines)
    technical = [
        row for row in rows if row.standing in TECHNICAL and not row.at_fault(SITE, POOL, SLOT)
    ]
    for row in technical:
        if row.place is None and row.line is not None and row.line.place is not None:
            pool = form.pool_of(row.details.site)
            row.place = row.line.place if row.line.place.pool == pool.code else None
    for row in sorted(technical, key=lambda row: row.place is None):
        try:
            row.place = rules.place_for(standing, row.details.site, row.place)
        except Refusal as refusal:
            row.fault(_COLUMN_OF[refusal.field or "place"], refusal)
            continue
        if row.standing is not None:
            held = Line(-(row.number or 0), 0, row.details, row.standing, row.place)
            standing = replace(standing, lines=(*standing.lines, held))


def _weigh(form: Form, row: Row) -> None:
    """What changes on the row's line, and whether its contact waits again."""
    if row.place is not None and not row.at_fault(SITE, POOL, SLOT):
        row.waits = rules.waits_anew(row.line, row.details, row.place)
    if row.line is None:
        return
    row.changes = {
        rules.LABELS[name]: pair for name, pair in row.line.details.changes_to(row.details).items()
    }
    if row.standing is not None and row.standing is not row.line.standing:
        row.changes["standing"] = (
            form.paper.name(row.line.standing.value),
            form.paper.name(row.standing.value),
        )
    if row.place != row.line.place and row.place is not None:
        row.changes["place"] = (_place_text(form, row.line.place), _place_text(form, row.place))
    if not row.changes:
        row.effect = Effect.UNCHANGED


def _place_text(form: Form, place: Place | None) -> str:
    if place is None:
        return ""
    number = f"slot {place.slot}" if place.slot else "beyond the slots"
    return f"{form.pool_name(place.pool)} {number}".strip()


def _check_on_record(
    form: Form, row: Row, values: Mapping[str, str], on_record: Mapping[int, OnRecord]
) -> None:
    """The provider's columns stay as they are: empty, or what is on record."""
    known = on_record.get(row.line.key, OnRecord()) if row.line else OnRecord()
    there = {
        CODE: known.code,
        TRAINED: known.trained_on.isoformat() if known.trained_on else "",
        CERTIFIED: known.certified_on.isoformat() if known.certified_on else "",
    }
    for column in PROVIDERS:
        value = values.get(column, "")
        if value and value != there[column]:
            title = title_of(form.paper, column)
            sentence = (
                f"{title} is the provider's to fill in, and says {there[column] or 'nothing'}."
            )
            row.fault(
                column,
                _said(form, sentence, "Leave it; training is reported on the contact's line."),
            )


def _left_out(form: Form, rows: Iterable[Row]) -> list[Row]:
    """The lines that the form leaves out: they are taken off, but for the Administrative Contact's."""
    kept = {row.line.key for row in rows if row.line is not None}
    found = []
    for line in form.lines:
        if line.key in kept:
            continue
        row = Row(
            None,
            Effect.REMOVE,
            line.standing,
            line.details,
            line.place,
            line,
            paper=form.paper,
        )
        if line.standing is ContactRole.ADMINISTRATIVE:
            sentence = "The form leaves the Administrative Contact out."
            row.fault(
                ROLE,
                _said(
                    form, sentence, "Put the row back, or hand the role over.", form.keeper_clause
                ),
            )
        found.append(row)
    return found


def _said(form: Form, sentence: str, way_out: str, clause: str = "") -> Refusal:
    return Refusal(sentence, clause=clause or form.terms.clause, way_out=way_out, field="file")
