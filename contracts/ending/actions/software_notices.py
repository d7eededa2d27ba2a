"""Notice that Technical Support for a Software ends, and what it does on its day (ATSP 9.3)."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.ending.models import NoticeGround, SoftwareNotice
from contracts.ending.rules.software_notice import earliest_end, require_notice
from contracts.parties.people import require_serving
from contracts.renewal import notices
from contracts.verbs import Verb
from portal import deadlines, journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.business_time import from_wall_clock
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

ENDS = "software.support_ends"
GIVERS = (Role.CONTRACT_ADMINISTRATOR,)


@transaction.atomic
def give_software_notice(
    agreement: Agreement,
    *,
    software: str,
    ground: str,
    text: str,
    given_on: dt.date,
    ends_on: dt.date,
    by: User,
    at: dt.datetime,
) -> SoftwareNotice:
    """Record written notice that support for a Software ends, and send it to the reseller (ATSP 9.3, 20.2).

    `ends_on` is the first day without support, a date in the agreement's zone. Raises Refusal for notice that is
    shorter than the programme asks, that names no Software or no ground, and under an agreement that is not signed.
    """
    require_role(by, *GIVERS, act="give notice that support ends", clause="ATSP 9.3")
    require_serving(by, agreement.provider_id, "give notice that support ends")
    locks.lock(agreement)
    clause = _clause(agreement)
    for field, value, what in (("software", software, "a Software"), ("text", text, "the text")):
        if not value.strip():
            raise Refusal(
                f"Written notice names {what}.",
                clause=clause,
                way_out="Write it as the notice has it.",
                field=field,
            )
    if ground not in NoticeGround.values:
        raise Refusal(
            "Support for a Software ends on one of two grounds only.",
            clause=clause,
            way_out=f"Choose: {'; or '.join(NoticeGround.labels)}.",
            field="ground",
        )
    if agreement.state not in (AgreementState.SIGNED, AgreementState.IN_FORCE):
        raise Refusal(
            f"{agreement.reference} is {agreement.get_state_display()}: there is no support to end.",
            clause=clause,
            way_out="Give notice under the year that is in force.",
        )
    require_notice(agreement.programme, given_on, ends_on, agreement.date_at(at))
    standing = SoftwareNotice.objects.of_contract(agreement).standing()
    if standing.filter(software__iexact=software.strip()).exists():
        raise Refusal(
            f"Notice for {software.strip()} was given already.",
            clause=clause,
            way_out="Withdraw that one first.",
            field="software",
        )
    notice = SoftwareNotice.objects.create(
        agreement=agreement,
        software=software.strip(),
        ground=ground,
        given_on=given_on,
        ends_on=ends_on,
        text=text.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    deadlines.set_deadline(
        agreement,
        ENDS,
        step=str(notice.pk),
        due_at=from_wall_clock(dt.datetime.combine(ends_on, dt.time()), agreement.zone),
        clause=clause,
        words=f"Notice of {earliest_end(agreement.programme, given_on)[1]}",
        data={"notice": notice.pk},
        at=at,
    )
    journal.record(
        agreement,
        Verb.SOFTWARE_NOTICE_GIVEN,
        by=by,
        at=at,
        clause=clause,
        public=True,
        text=f"{notice}. {notice.get_ground_display()}.",
        given_on=given_on,
        ends_on=ends_on,
    )
    notices.software_ends(notice, clause, at=at)
    return notice


@transaction.atomic
def withdraw_software_notice(
    notice: SoftwareNotice, *, by: User, at: dt.datetime
) -> SoftwareNotice:
    """Take a notice back before its day: support goes on (ATSP 9.3). Raises Refusal once support has ended."""
    require_role(by, *GIVERS, act="withdraw a notice that support ends", clause="ATSP 9.3")
    require_serving(by, notice.agreement.provider_id, "withdraw a notice that support ends")
    agreement = notice.agreement
    locks.lock(agreement)
    notice = SoftwareNotice.objects.select_related("agreement").get(pk=notice.pk)
    if notice.withdrawn_at is not None:
        return notice
    if agreement.date_at(at) >= notice.ends_on:
        raise Refusal(
            f"Support for {notice.software} has ended on {day_words(notice.ends_on)}.",
            clause=_clause(agreement),
            way_out="Agree in writing to take it up again (20.1).",
        )
    notice.withdrawn_at, notice.withdrawn_by = at, by
    notice.save(update_fields=["withdrawn_at", "withdrawn_by"])
    deadlines.cancel(
        agreement, at=at, cause="The notice was withdrawn.", kinds=[ENDS], steps=[str(notice.pk)]
    )
    journal.record(
        agreement,
        Verb.SOFTWARE_NOTICE_WITHDRAWN,
        by=by,
        at=at,
        clause=_clause(agreement),
        public=True,
        text=f"{notice.software}: support goes on",
    )
    return notice


def ended_many(found: Sequence[SoftwareNotice], *, at: dt.datetime, late: bool) -> None:
    """Record and announce that support for Software has ended; the caller holds the agreements' locks."""
    journal.record_many(
        journal.entry(
            one.agreement,
            Verb.SOFTWARE_SUPPORT_ENDED,
            by=None,
            at=at,
            clause=_clause(one.agreement),
            public=True,
            text=str(one),
        )
        for one in found
    )
    notices.software_ended([(one, _clause(one.agreement)) for one in found], at=at, late=late)


def _clause(agreement: Agreement) -> str:
    term = agreement.programme.term
    return term.software_notice_clause if term else ""
