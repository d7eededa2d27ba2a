"""Opening a case (ATSP 1.3, 2.1, 4.4, 4.5, 5.2.2, 5.2.3; D-9)."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.text import capfirst

from cases.case.actions import INTAKE
from cases.case.models import Case
from cases.case.record import record
from cases.case.reported import Replication
from cases.case.rules.vocabulary import Channel
from cases.clocks import setting as clocks
from cases.conversation.models import TYPED_HERE, Message, MessageKind
from cases.events import CaseOpened, DraftOpened
from cases.information.actions import ask_what_the_report_lacks
from cases.opening import drafts, notices
from cases.opening import rules as admission
from cases.opening.arrival import Arrival, arrival
from cases.opening.facts import cover_of, no_agreement, opener_of
from cases.opening.limitations import limitations_of
from cases.opening.report import Report
from cases.products.rules import answered
from cases.resolution import rules as charging
from cases.severity import rules as severity
from cases.severity.rules import SeverityChange
from cases.verbs import Verb
from contracts.parties import people
from contracts.parties.models.parties import Contact
from contracts.prepaid.actions import ledger as case_ledger
from contracts.prepaid.actions.movements import Pools
from contracts.programmes.rules.terms import Programme
from contracts.roster.permissions import Permissions, last_agreement, standing_of_contact
from contracts.services.models.assignments import Assignment
from portal import subscriptions, telling
from portal.access import require_role
from portal.draft_rows import Hand
from portal.files.attaching import attach_all
from portal.models import Upload, User
from portal.prepared import NewRows
from portal.rules.refusal import Refusal

REPORTING_CLAUSE = "ATSP 5.2.3"
_OPTIONAL = {"hardware", "other_software", "replication_evidence"}
_BY_TELEPHONE = {"title", "description"}
_CASES, _MESSAGES = NewRows(Case), NewRows(Message)


@transaction.atomic
def open_case(
    report: Report,
    *,
    by: User,
    contact: Contact,
    channel: Channel,
    at: dt.datetime,
    over_quota_reason: str = "",
    standing: Permissions | None = None,
    logged_at: dt.datetime | None = None,
    files: Sequence[Upload] = (),
) -> Case:
    """Open a case for a Technical Contact, reported at `at`; by the contact, or by the provider who took the report.

    `standing` is the contact's at that time, where it has been read already. A telephone report is of the call,
    whenever it is logged (D-23); its clocks count from the call. What a report by telephone or mail leaves blank is
    asked for at once, and so is what its product needs, whichever way it came (D-20).

    Takes one case from the pool of the contact's region, starts both objectives, gives an incoming case to the ESS
    within the Business Day (ATSP 15.1), and acknowledges it. Severity 1 by another way than the telephone is taken as
    severity 2 and awaits the call (D-9).

    Raises Refusal when the contact may not open a case, the pool is spent (ATSP 9.1), or the report lacks what 5.2.3
    asks for; nothing is then written.
    """
    return _open(
        report,
        standing or standing_of_contact(contact, at),
        by=by,
        contact=contact,
        channel=channel,
        at=at,
        logged_at=logged_at,
        over_quota_reason=over_quota_reason,
        files=files,
    )


def open_from_draft(
    report: Report,
    *,
    key: str,
    by: User,
    contact: Contact,
    standing: Permissions,
    files: Sequence[Upload] = (),
    hand: Hand | None = None,
) -> Case:
    """Open the case of a form with its draft's key, for the contact who sent it; sent again, it leads to the same one.

    A form is hardly ever sent again. So its case is opened first; where the draft turns out to have one already, or
    the report is refused (perhaps since the first took the last prepaid case), all is undone and that one looked up.
    `standing` is the contact's at the time of the report, `hand` what the page says of itself. Raises Refusal as
    `open_case` does, and AlreadyOpenedError when a case was opened from the draft with another text.
    """
    at = standing.at
    try:
        with transaction.atomic():
            case = _open(
                report,
                standing,
                by=by,
                contact=contact,
                channel=Channel.WEB,
                at=at,
                files=files,
            )
            drafts.became(by, key, case, hand)
            subscriptions.publish(DraftOpened(case, by, key))
            return case
    except (Refusal, drafts.AlreadyOpenedError):
        opened = drafts.case_of(by, key)
        if opened is None:
            raise
        if not _tells(opened, report):
            raise drafts.AlreadyOpenedError(opened) from None
        return opened


def _tells(case: Case, report: Report) -> bool:
    """Whether the case says all that the report does."""
    texts = {name: text for name, text in report.fields().items() if isinstance(text, str)}
    return all(getattr(case, name) == text for name, text in texts.items())


def _open(
    report: Report,
    standing: Permissions,
    *,
    by: User,
    contact: Contact,
    channel: Channel,
    at: dt.datetime,
    logged_at: dt.datetime | None = None,
    over_quota_reason: str = "",
    files: Sequence[Upload] = (),
) -> Case:
    """The one way by which a case is opened, within the caller's transaction (see `open_case`)."""
    _may_report(by, contact, channel)
    logged_at = logged_at or at
    _require_called(at, logged_at)
    agreement = standing.agreement
    if agreement is None:
        raise no_agreement(contact, last_agreement(contact, at))
    _complete(report, channel, agreement.programme)
    pools = Pools(agreement, by=by, at=at) if agreement.tier_terms else None
    _admit(standing, contact, report, pools, by, at, over_quota_reason)
    if contact.user_id != by.pk:
        people.require_serving(by, agreement.provider_id, "report a case under this agreement")
    programme = agreement.programme
    assigned = severity.on_report(programme, report.severity, channel)
    known = arrival(contact.site, agreement, report.product, at)
    case = Case(
        agreement=agreement,
        provider_id=agreement.provider_id,
        programme_version_id=agreement.programme_version_id,
        reseller=contact.organisation,
        contact=contact,
        site=contact.site,
        region=contact.site.region,
        opened_by=by,
        channel=channel,
        reported_at=at,
        severity_since=at,
        requested_severity=report.severity,
        limitations=limitations_of(report, agreement, contact, known, at),
        product_answers=answered(known.asked, report.product_answers),
        **{key: value for key, value in report.fields().items() if key != "severity"},
    )
    case.standing = assigned.standing
    case.charge = charging.on_opening(programme)
    case.calendar = known.calendar
    case.owner = _ess_on_arrival(known, at)
    if missing := case.not_told:
        case.information_asked_at, case.information_missing = logged_at, missing
    telling.hold_new(case)
    promises = clocks.objectives_of_report(case)
    _CASES.write(case)
    if pools is not None:
        case_ledger.take(
            pools, case.region, reference=case.number, over_quota_reason=over_quota_reason
        )
    _write_opening(case, assigned, by=by, at=at, logged_at=logged_at, files=files)
    started = clocks.start(case, promises, at=at)
    if case.waits_for_information:
        ask_what_the_report_lacks(case, at=logged_at)
    notices.opened(case, started[0], at=logged_at)
    subscriptions.publish(CaseOpened(case, by, at))
    return case


def refusals_for(
    contact: Contact,
    at: dt.datetime,
    standing: Permissions | None = None,
    pools: Sequence[case_ledger.Balance] | None = None,
) -> tuple[Refusal, ...]:
    """All that stands against the contact opening a case now, for the page to show before anything is typed.

    `standing` is the contact's at that instant, `pools` those of its agreement, where the caller has read them already.
    """
    standing = standing or standing_of_contact(contact, at)
    if standing.agreement is None:
        return (no_agreement(contact, last_agreement(contact, at)),)
    agreement = standing.agreement
    if pools is None:
        pools = case_ledger.balances(agreement) if agreement.tier_terms else ()
    return admission.admission_refusals(
        opener_of(standing, contact),
        cover_of(standing, contact, at, pools),
        at,
        paper=agreement.programme.paper,
    )


def _may_report(by: User, contact: Contact, channel: Channel) -> None:
    if contact.user_id == by.pk:
        return
    require_role(by, *INTAKE, act="report a case for somebody else", clause="ATSP 5.2.2")
    if channel is not Channel.TELEPHONE and channel is not Channel.EMAIL:
        raise Refusal(
            "A case reported for somebody else came by telephone or e-mail.",
            clause="ATSP 4.4",
            way_out="Choose how the report came.",
            field="channel",
        )


def _require_called(at: dt.datetime, logged_at: dt.datetime) -> None:
    """Raise Refusal for a call that is still to come (D-23)."""
    if at > logged_at:
        raise Refusal(
            "The time of the call is in the future.",
            clause="D-23",
            way_out="Give the time at which they called; empty means now.",
            field="called_at",
        )


def _complete(report: Report, channel: Channel, programme: Programme) -> None:
    """Raise Refusal naming the first field of 5.2.3 that is missing, or of what the programme asks instead.

    A telephone report names the Problem; what else 5.2.3 wants is asked for on the case, and its clock counts from the
    call (ATSP 4.9.1).
    """
    fields, reporting = report.fields(), programme.reporting
    asked = set(reporting.asked) if reporting else fields.keys() - _OPTIONAL
    taken_down = channel in (Channel.TELEPHONE, Channel.EMAIL)
    wanted = _BY_TELEPHONE if taken_down else asked
    for name, value in fields.items():
        if isinstance(value, str) and name in wanted and not value.strip():
            raise Refusal(
                f"{capfirst(name.replace('_', ' '))} is missing.",
                clause=reporting.clause if reporting else REPORTING_CLAUSE,
                way_out="Fill it in; everything else you typed is kept.",
                field=name,
            )
    if report.replication == Replication.UNSUCCESSFUL and not report.replication_evidence.strip():
        raise Refusal(
            "Where replication was unsuccessful, evidence of the steps taken is needed.",
            clause=programme.paper.cite("ATSP 1.15, 5.2.3"),
            way_out="Say what was tried, on which platform, operating system, hardware and software.",
            field="replication_evidence",
        )


def _admit(
    standing: Permissions,
    contact: Contact,
    report: Report,
    pools: Pools | None,
    by: User,
    at: dt.datetime,
    over_quota_reason: str,
) -> None:
    assert standing.agreement is not None, "asked only with an agreement"  # noqa: S101
    over = None
    if over_quota_reason.strip() and by.is_provider:
        over = admission.OverQuota(by=by.name, reason=over_quota_reason)
    admission.may_open(
        opener_of(standing, contact),
        cover_of(standing, contact, at, case_ledger.balances_in(pools) if pools else (), report),
        at,
        updates_paid=None if standing.agreement.programme.reporting else report.updates_paid,
        over_quota=over,
        paper=standing.agreement.programme.paper,
    )


def _ess_on_arrival(known: Arrival, at: dt.datetime) -> User | None:
    """The reseller's ESS when the case arrives within the Business Day (ATSP 15.1, D-31); otherwise the queue."""
    if known.ess is None or not known.calendar.covers(at):
        return None
    there = Assignment.objects.there(at).select_related("user").filter(pk=known.ess).first()
    return there.user if there else None


def _write_opening(
    case: Case,
    assigned: SeverityChange,
    *,
    by: User,
    at: dt.datetime,
    logged_at: dt.datetime,
    files: Sequence[Upload],
) -> None:
    message = Message(
        case=case,
        kind=MessageKind.REPORT,
        channel=case.channel,
        by=case.contact.user if by.is_provider else by,
        contact=case.contact,
        written_by=by if by.is_provider else None,
        author=case.contact.name,
        from_provider=False,
        at=at,
        body=case.description,
        file_count=len(files),
        formatted=case.channel in TYPED_HERE,
    )
    _MESSAGES.write(message)
    attach_all(message, files, by=by, at=at)
    record(
        case,
        Verb.CASE_OPENED,
        by=by,
        at=at,
        logged_at=logged_at,
        public=True,
        clause=assigned.clause,
        text=assigned.words,
        after={
            "severity": case.severity,
            "requested": case.requested_severity,
            "channel": case.channel,
            "region": case.region,
            "contact": case.contact_id,
        },
    )
    if case.owner is not None:
        record(
            case,
            Verb.CASE_ASSIGNED,
            by=None,
            at=at,
            public=True,
            clause="ATSP 15.1",
            text=f"Arrived within the Business Day: {case.owner.name}, the reseller's ESS, has it.",
            after={"owner": case.owner_id},
        )
