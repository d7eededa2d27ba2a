"""Handing in a completed Exhibit A as a table: looked at row by row, then done whole or not at all (ATSP 5.2.1)."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import ContactRole
from contracts.parties.models.parties import Contact
from contracts.roster.actions.changes import addition_now, charge_additions
from contracts.roster.actions.frame import Keeping, keeping, require_keeper
from contracts.roster.actions.people import apply_details, contact_for
from contracts.roster.models.entries import RosterEntry
from contracts.roster.reading import form_now, line_of, line_words
from contracts.roster.rules import sheet
from contracts.roster.rules.changes import Addition
from contracts.roster.rules.lines import Form, Line
from contracts.roster.rules.sheet_rows import Effect, Plan, Row
from contracts.roster.rules.table import OnRecord, table_of
from contracts.verbs import Verb
from portal.models import User
from portal.rules.refusal import Refusal

Table = Sequence[Sequence[str]]


def roster_table(agreement: Agreement) -> list[list[str]]:
    """The roster as the form's table, its header first."""
    return table_of(form_now(agreement), _on_record(agreement))


def look_at_form(
    agreement: Agreement, table: Table, *, by: User, at: dt.datetime
) -> tuple[Plan, Addition | None]:
    """What a completed form would do, and what it costs; nothing is changed.

    Raises Refusal for those who may not, and for a table that is not the form, or needs a fee that is not set.
    """
    require_keeper(agreement, by, at)
    form = form_now(agreement)
    plan = _plan(agreement, form, table)
    owed = addition_now(agreement, form, at, more=plan.additions) if plan.additions else None
    return plan, owed


def hand_in_form(
    agreement: Agreement,
    table: Table,
    *,
    fingerprint: str,
    by: User,
    at: dt.datetime,
    accepted: Decimal | None = None,
) -> Plan:
    """Do what a completed form says, as it was shown (`Plan.fingerprint`): all of it, or nothing and Refusal."""
    with keeping(agreement, by=by, at=at) as change:
        form = change.form
        plan = _plan(agreement, form, table)
        clause = agreement.programme.roster.clause
        if plan.faults:
            raise Refusal(
                f"{plan.faults} thing{'s are' if plan.faults > 1 else ' is'} wrong in the form.",
                clause=clause,
                way_out="Correct the marked rows and send the form again.",
                field="file",
            )
        if plan.fingerprint != fingerprint:
            raise Refusal(
                "The roster has changed since you opened this page.",
                clause=clause,
                way_out="Look at what the form would do now, then confirm it.",
                field="file",
            )
        if not plan.does_something:
            return plan
        if plan.additions:
            names = [row.details.name for row in plan.rows if row.place and row.place.slot is None]
            charge_additions(change, plan.additions, ", ".join(names), accepted)
        _do(change, form, plan)
        counts = ", ".join(
            f"{plan.count(effect)} {words}"
            for effect, words in (
                (Effect.ADD, "added"),
                (Effect.CHANGE, "changed"),
                (Effect.REMOVE, "removed"),
            )
            if plan.count(effect)
        )
        change.note(Verb.ROSTER_IMPORTED, f"A completed form: {counts}", told=True)
    return plan


def _do(change: Keeping, form: Form, plan: Plan) -> None:
    """First every line that goes or moves ends, so that slots are free; then details; then the new lines."""
    moving: dict[int, RosterEntry] = {}
    for row in plan.rows:
        if row.line is None or row.effect is Effect.UNCHANGED:
            continue
        if row.effect is Effect.REMOVE or _moves(row, row.line):
            entry = change.entry(row.line.key)
            moving[entry.pk] = entry
            change.end(entry)
    for row in plan.rows:
        if row.standing is None or row.effect is Effect.UNCHANGED:
            continue
        if row.line is None:
            _add(change, contact_for(change, row.details), row, row.standing)
        elif row.effect is Effect.REMOVE:
            change.note(
                Verb.ROSTER_REMOVED,
                f"{row.details.name}, {row.role}",
                before=line_words(form, row.line),
                contact=row.line.contact,
            )
        else:
            _change(change, row, row.line, row.standing, moving.get(row.line.key))


def _moves(row: Row, line: Line) -> bool:
    return row.waits or row.place != line.place or row.standing is not line.standing


def _add(change: Keeping, contact: Contact, row: Row, standing: ContactRole) -> None:
    entry = change.submit(contact, standing, row.place)
    change.note(
        Verb.ROSTER_SUBMITTED,
        f"{contact.name} as {entry.called}",
        after=line_words(change.form, line_of(entry)),
        contact=contact.pk,
        entry=entry.pk,
        submitted_at=change.at,
        usable_from=entry.usable_from,
    )


def _change(
    change: Keeping, row: Row, line: Line, standing: ContactRole, moved: RosterEntry | None
) -> None:
    entry = moved or change.entry(line.key)
    apply_details(change, entry.contact, row.details)
    if moved is not None:
        entry = change.submit(moved.contact, standing, row.place, before=moved, waits=row.waits)
    change.note(
        Verb.ROSTER_CHANGED,
        f"{row.details.name}: {', '.join(row.changes)}",
        before={name: before for name, (before, _) in row.changes.items()},
        after={name: after for name, (_, after) in row.changes.items()},
        contact=line.contact,
        entry=entry.pk,
        usable_from=entry.usable_from if row.waits else None,
    )


def _plan(agreement: Agreement, form: Form, table: Table) -> Plan:
    addresses = {cell.lower() for row in table for cell in row if "@" in cell}
    return sheet.plan(
        form,
        table,
        on_record=_on_record(agreement),
        taken=_taken(agreement, addresses),
    )


def _taken(agreement: Agreement, addresses: set[str]) -> frozenset[str]:
    """Those of the addresses that belong to people who are not of the reseller."""
    users = User.objects.filter(email__in=addresses).exclude(
        contact__organisation=agreement.reseller_id
    )
    return frozenset(users.values_list("email", flat=True))


def _on_record(agreement: Agreement) -> dict[int, OnRecord]:
    lines = agreement.roster.filter(removed_at=None, contact__left_at=None)
    return {
        pk: OnRecord(code, trained_on, certified_on)
        for pk, code, trained_on, certified_on in lines.values_list(
            "pk", "contact__code", "trained_on", "certified_on"
        )
    }
