"""The duty of a complete Exhibit A: one Technical Contact and one alternate in three Business Days (ATSP 5.2.1).

It runs from the Effective Date, whenever the signature is recorded, and that day does not count (D-31). It begins
anew, with the same time, whenever a change leaves the roster short of the minimum. The change that completes the roster
meets it.
"""

import datetime as dt

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.rules.agreement_file import ContactRole
from contracts.agreements.rules.life import begins_at
from contracts.programmes.rules.spans import calendar_for, due
from contracts.roster.reading import form_now
from contracts.roster.rules import changes as rules
from contracts.roster.rules.lines import Form
from contracts.verbs import Verb
from portal import deadlines, journal
from portal.deadlines import Setting
from portal.models import Deadline, Holiday
from portal.rules.business_time import BusinessCalendar

DUE = "contracts.exhibit_a"
REMINDER = "contracts.exhibit_a_reminder"
OWED_WITH_THE_ROSTER = (DUE, REMINDER)
"""The deadlines that an agreement's end calls off."""
_RUNNING = (AgreementState.SIGNED, AgreementState.IN_FORCE)


def begin_as_filed(agreement: Agreement, *, at: dt.datetime) -> None:
    """Begin the duty of a loaded agreement: from its Effective Date, and met when the filed form was in."""
    if not _owes(agreement):
        return
    _begin(agreement, at=at)


def begin(agreement: Agreement, *, at: dt.datetime) -> None:
    """Begin the duty of an agreement that was just signed; once is enough.

    A signature recorded long after the Effective Date finds it overdue, unless the form was in by then (ATSP 5.2.1).
    """
    if not _owes(agreement) or Deadline.objects.about(agreement).filter(kind=DUE).exists():
        return
    _begin(agreement, at=at)


def _owes(agreement: Agreement) -> bool:
    """Whether the form is owed: not for a renewed year to come, whose roster goes over on its first day (REN)."""
    waits = agreement.renews_id is not None and agreement.state == AgreementState.SIGNED
    return agreement.state in _RUNNING and not waits


def _begin(agreement: Agreement, *, at: dt.datetime) -> None:
    _set(agreement, _day_after(agreement), at=at)
    if not rules.missing(form_now(agreement)):
        _meet(agreement, at=_completed_at(agreement))


def settle(agreement: Agreement, form: Form, *, at: dt.datetime) -> None:
    """Meet the duty when the roster is complete; set it again when the roster falls below the minimum (ATSP 5.2.1).

    For an act that holds the agreement's lock.
    """
    if not _owes(agreement):
        return
    short = rules.missing(form)
    owed = Deadline.objects.about(agreement).filter(kind=DUE).unfinished().exists()
    if short and not owed:
        _set(agreement, max(_day_after(agreement), at), at=at)
        _note(agreement, Verb.ROSTER_FORM_INCOMPLETE, f"{' and '.join(short)} missing", at=at)
    elif owed and not short:
        _meet(agreement, at=at)
        _note(agreement, Verb.ROSTER_FORM_COMPLETE, f"{form.paper.form} is complete", at=at)


def calendar_of(agreement: Agreement) -> BusinessCalendar:
    """The business calendar of the agreement's dates: its zone, with the holidays of the reseller's region there."""
    sites = sorted(
        agreement.reseller.sites.all(), key=lambda site: (site.zone != agreement.zone, site.pk)
    )
    region = sites[0].region if sites else ""
    holidays = Holiday.objects.filter(region=region).values_list("date", "name")
    return calendar_for(agreement.programme.business_day, agreement.zone, dict(holidays))


def _day_after(agreement: Agreement) -> dt.datetime:
    """Where days counted from the Effective Date begin: with the day after it, in the agreement's zone (D-31)."""
    return begins_at(agreement.effective_on + dt.timedelta(days=1), agreement.zone)


def _set(agreement: Agreement, start: dt.datetime, *, at: dt.datetime) -> None:
    terms, calendar = agreement.programme.roster, calendar_of(agreement)
    clause = terms.completeness_clause
    whole = due(terms.due_within, start, calendar)
    words = whole.words
    if start == _day_after(agreement):
        day = f"{agreement.effective_on:%a} {agreement.effective_on.day} {agreement.effective_on:%b %Y}"
        words = f"{words} The Effective Date, {day}, does not count (D-31)."
    settings = [Setting(agreement, DUE, whole.at, clause, words=words, data={"start_at": start})]
    for span in rules.reminders(terms.due_within):
        reminder = due(span, start, calendar)
        if reminder.at > at:
            settings.append(
                Setting(
                    agreement,
                    REMINDER,
                    reminder.at,
                    clause,
                    step=str(span),
                    words=reminder.words,
                    data={"due_at": whole.at},
                )
            )
    deadlines.set_deadlines(settings, at=at)


def _meet(agreement: Agreement, *, at: dt.datetime) -> None:
    deadlines.meet(agreement, DUE, at=at)
    deadlines.cancel(
        agreement, at=at, cause=f"{agreement.programme.paper.form} is complete", kinds=[REMINDER]
    )


def _note(agreement: Agreement, verb: Verb, text: str, *, at: dt.datetime) -> None:
    clause = agreement.programme.roster.completeness_clause
    journal.record(agreement, verb, by=None, at=at, text=text, clause=clause, public=True)


def _completed_at(agreement: Agreement) -> dt.datetime:
    """When the last of the lines that make the form complete was handed in."""
    terms = agreement.programme.roster
    handed_in: dict[str, list[dt.datetime]] = {role.value: [] for role in ContactRole}
    lines = agreement.roster.filter(removed_at=None).order_by("submitted_at")
    for standing, submitted_at in lines.values_list("standing", "submitted_at"):
        handed_in[standing].append(submitted_at)
    needed = [
        *handed_in[ContactRole.TECHNICAL.value][: terms.minimum_technical],
        *handed_in[ContactRole.ALTERNATE.value][: terms.minimum_alternate],
        *handed_in[ContactRole.ADMINISTRATIVE.value][: terms.minimum_administrative],
    ]
    return max(needed)
