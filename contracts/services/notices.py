"""Notices about the services of an agreement: who serves it, gaps, calls and minutes (ATSP 14, 15)."""

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.parties.people import Directory, Staff
from contracts.parties.presence import Presence, written_to
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.services.models.assignments import Assignment, Duty
from contracts.services.models.calls import ConferenceCall
from contracts.services.vacancies import Uncovered
from portal.deadlines import Due
from portal.models import User
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft, Recipient
from portal.roles import Role


def day(agreement: Agreement, at: dt.datetime) -> str:
    """An instant as people of the agreement read it: "Mon 10 Mar 2003 00:00 PST"."""
    local = at.astimezone(zoneinfo.ZoneInfo(agreement.zone))
    return f"{local:%a %-d %b %Y %H:%M %Z}"


def page_of(agreement: Agreement) -> str:
    """The page of the agreement's services."""
    return reverse("services", args=[agreement.reference])


def recipients_of(contacts: Sequence[Contact]) -> list[Recipient]:
    """Contacts as recipients, by account or else by address; nobody who cannot be written to (D-29)."""
    return [one for contact in contacts if (one := written_to(contact)) is not None]


def assigned(assignment: Assignment, *, at: dt.datetime) -> None:
    """Tell the person and the reseller's Administrative Contact who serves the agreement, and from when."""
    agreement = assignment.agreement
    administrative = RosterEntry.objects.current(at).filter(
        agreement=agreement, standing=RosterRole.ADMINISTRATIVE
    )
    contacts = [entry.contact for entry in administrative.select_related("contact__user")]
    duty = Duty(assignment.duty)
    outbox.post(
        agreement,
        f"assigned:{assignment.pk}",
        to=[assignment.user, *recipients_of(contacts)],
        template="service_assigned",
        title=f"{assignment.user.name} is {duty.label} of {agreement.reseller.name}",
        context={
            "person": assignment.user.name,
            "email": assignment.user.email,
            "duty": duty.label,
            "reseller": agreement.reseller.name,
            "starts_on": f"{assignment.starts_on:%-d %b %Y}",
            "ends_on": f"{assignment.ends_on:%-d %b %Y}" if assignment.ends_on else "",
        },
        url=page_of(agreement),
        clause="ATSP 15.1" if duty is Duty.ESS else "ATSP 14.1",
        at=at,
    )


def gaps_ahead(gaps: Sequence[Uncovered], *, at: dt.datetime) -> None:
    """Tell management, the contract administrators and the people away that nobody will be there (ATSP 14.2)."""
    if not gaps:
        return
    management, presence = (
        Staff(Role.SUPPORT_MANAGEMENT, Role.CONTRACT_ADMINISTRATOR, at=at),
        Presence(at),
    )
    outbox.post_many(
        [_gap(gap, [*management.of(gap.agreement), *presence.those_of(gap.away)]) for gap in gaps],
        at=at,
    )


def _gap(gap: Uncovered, to: list[User]) -> NoticeDraft:
    agreement = gap.agreement
    return NoticeDraft(
        subject=agreement,
        step=f"gap-ahead:{gap.start.isoformat()}",
        to=list(dict.fromkeys(to)),
        template="service_gap",
        title=f"{agreement.reseller.name}: nobody serves as PSAM from {day(agreement, gap.start)}",
        context={
            "reseller": agreement.reseller.name,
            "why": gap.why,
            "due": "Assign an alternate, or change the absence",
            "by_whom": "Customer Support Management",
            "due_at": gap.start,
            "until_at": gap.end,
            "action": "See who serves the agreement",
        },
        url=page_of(agreement),
        clause="ATSP 14.2",
    )


def gap_began(agreement: Agreement, row: Due, to: list[User]) -> NoticeDraft:
    """The alarm that a gap has begun: nobody is there to turn to."""
    return NoticeDraft(
        subject=agreement,
        step=f"gap:{row.pk}",
        to=to,
        template="service_gap",
        title=f"{agreement.reseller.name} has nobody serving as PSAM",
        context={
            "reseller": agreement.reseller.name,
            "why": "",
            "due": "Assign somebody who stands in",
            "by_whom": "Customer Support Management",
            "due_at": row.due_at,
            "until_at": row.data.get("end"),
            "action": "See who serves the agreement",
        },
        url=page_of(agreement),
        clause=row.clause,
        late=row.late,
    )


def near(agreement: Agreement, row: Due, what: str, whose: Sequence[User]) -> NoticeDraft:
    """The reminder that a call or its minutes are due soon: to those in the PSAM's place (D-29)."""
    number = row.data.get("number")
    return NoticeDraft(
        subject=agreement,
        step=f"near:{row.pk}",
        to=whose,
        template="service_near",
        title=f"{agreement.reseller.name}: {what} {number} is due soon",
        context={
            "reseller": agreement.reseller.name,
            "what": what,
            "number": number,
            "words": row.words,
            "due": f"The {what}",
            "by_whom": ", ".join(user.name for user in whose),
            "due_at": row.due_at,
        },
        url=reverse("call", args=[agreement.reference, number]),
        clause=row.clause,
    )


def late(
    agreement: Agreement, row: Due, what: str, directory: Directory, management: list[User]
) -> NoticeDraft:
    """The notice that a call or its minutes are late: to those in the PSAM's place, and to their management."""
    number = row.data.get("number")
    whose = directory.psams_of(agreement)
    return NoticeDraft(
        subject=agreement,
        step=f"late:{row.pk}",
        to=list(dict.fromkeys([*whose, *management])),
        template="service_late",
        title=f"{agreement.reseller.name}: {what} {number} is late",
        context={
            "reseller": agreement.reseller.name,
            "what": what,
            "number": number,
            "words": row.words,
            "due": f"The {what}",
            "by_whom": ", ".join(user.name for user in whose) or "nobody is in the PSAM's place",
            "due_at": row.due_at,
        },
        url=reverse("call", args=[agreement.reference, number]),
        clause=row.clause,
        late=row.late,
    )


def minutes_published(call: ConferenceCall, *, at: dt.datetime) -> None:
    """Mail the minutes to those who took part, and to the agreement's PSAM (ATSP 14.1.1)."""
    agreement = call.agreement
    present = list(call.participants.select_related("user").order_by("pk"))
    actions: list[dict[str, Any]] = [
        {"text": action.text, "owner": action.owner, "until": _short(action.due_on)}
        for action in call.actions.filter(done_at=None)
    ]
    outbox.post(
        agreement,
        f"minutes:{call.pk}",
        to=[*recipients_of(present), *Directory([agreement], at).psams_of(agreement)],
        template="call_minutes",
        title=f"Minutes of the conference call of {_local(agreement, call.held_at or at)}",
        context={
            "reseller": agreement.reseller.name,
            "held_at": call.held_at,
            "present": [contact.name for contact in present],
            "others": call.others,
            "minutes": call.minutes,
            "actions": actions,
            "author": call.minutes_by.name if call.minutes_by else "",
        },
        url=call.get_absolute_url(),
        clause="ATSP 14.1.1",
        at=at,
    )


def _local(agreement: Agreement, at: dt.datetime) -> str:
    return f"{at.astimezone(zoneinfo.ZoneInfo(agreement.zone)):%-d %b %Y}"


def _short(on: dt.date | None) -> str:
    return f"{on:%-d %b %Y}" if on else ""
