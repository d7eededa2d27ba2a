"""Notices of severities: proposed, answered, changed; and of callers refused (ATSP 4.3, 4.5, 5.2.2)."""

import datetime as dt
from collections.abc import Sequence

from cases.case.contacts import keepers_of_roster
from cases.case.models import Case
from cases.case.rules.vocabulary import Side
from cases.clocks import setting as clocks
from cases.notices import TO_RESELLER, both_sides, draft, owed_of, tell, the_contact, the_engineers
from cases.severity.rules import SeverityChange
from contracts.parties.people import Responsible
from portal.models import User
from portal.notices import outbox


def severity_proposed(case: Case, change: SeverityChange, *, by: User, at: dt.datetime) -> None:
    """Tell the other side that a severity waits for its answer (ATSP 4.3)."""
    proposal = change.standing.proposal
    to_reseller = proposal is not None and proposal.side is Side.PROVIDER
    recipients = the_contact(case, at) if to_reseller else the_engineers(case, at)
    tell(
        case,
        f"severity-proposed:{at.isoformat()}",
        recipients,
        "case_severity",
        f"Case {case.number}: severity {proposal.to} proposed"
        if proposal
        else f"Case {case.number}: severity {change.standing.awaits_call} awaits the contact's call",
        at,
        clause=change.clause,
        words=change.words,
        action="Answer in the portal" if proposal else "Open the case",
    )


def severity_answered(case: Case, change: SeverityChange, *, by: User, at: dt.datetime) -> None:
    """Tell the side that proposed a severity how the other one answered (ATSP 4.3)."""
    recipients = the_contact(case, at) if by.is_provider else the_engineers(case, at)
    tell(
        case,
        f"severity-answered:{at.isoformat()}",
        recipients,
        "case_severity",
        _answered(case, change),
        at,
        clause=change.clause,
        words=change.words,
    )


def _answered(case: Case, change: SeverityChange) -> str:
    """What came of a proposal, in a line; what was declined or withdrawn changed nothing."""
    if change.before != change.standing.level:
        return f"Case {case.number} is severity {case.severity}"
    if change.standing.awaits_call is not None:
        return f"Case {case.number}: severity {change.standing.awaits_call} awaits the call"
    return f"Case {case.number} stays severity {case.severity}"


def severity_changed(
    changes: Sequence[tuple[Case, SeverityChange]], *, by: User | None, at: dt.datetime
) -> None:
    """Tell each contact, and the engineer unless they did it, that the severity in force changed, and why."""
    promises, responsible = clocks.next_promises(case for case, _ in changes), Responsible(at)
    drafts = []
    for case, change in changes:
        drafts.append(
            draft(
                case,
                f"severity:{at.isoformat()}",
                both_sides(case, responsible, by=by, at=at),
                "case_severity",
                f"Case {case.number} is now severity {case.severity}",
                clause=change.clause,
                words=change.words,
                **owed_of(case, promises.get(case.pk), TO_RESELLER),
            )
        )
    outbox.post_many(drafts, at=at)


def caller_refused(case: Case, caller: str, reason: str, *, by: User, at: dt.datetime) -> None:
    """Tell the engineer and the Administrative Contact of a caller who may not report the case (ATSP 5.2.2)."""
    recipients = [*the_engineers(case, at), *keepers_of_roster(case, at)]
    tell(
        case,
        f"caller-refused:{at.isoformat()}",
        [one for one in recipients if one != by],
        "case_caller_refused",
        f"Case {case.number}: a caller was refused",
        at,
        clause="ATSP 5.2.2",
        author=by.name,
        caller=caller,
        reason=reason,
        called_at=at,
        technical=case.programme.paper.technical,
        awaits_call_for=case.awaits_call_for,
    )
