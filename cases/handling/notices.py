"""Notices of who works on a case, who answers for it, and of other teams' parts (ATSP 4.1, 5.2.2, Ex.C)."""

import datetime as dt
from typing import Any

from cases.case.models import Case
from cases.information.notices import wanted
from cases.notices import TO_PROVIDER, TO_RESELLER, owed, tell, the_contact, the_engineers
from cases.sub_cases.models import SubCase
from contracts.parties.models.parties import Contact
from contracts.parties.people import Staff
from contracts.parties.presence import written_to
from portal.models import User
from portal.notices.outbox import Recipient
from portal.roles import Role


def assigned(case: Case, *, to: User, by: User | None, at: dt.datetime) -> None:
    """Tell an engineer that a case is theirs."""
    tell(
        case,
        f"assigned:{to.pk}:{at.isoformat()}",
        [to],
        "case_assigned",
        f"Case {case.number} is yours: {case.title}",
        at,
        clause="ATSP 4.1" if by else "ATSP 15.1",
        author=by.name if by else "",
        **owed(case, TO_PROVIDER),
    )


def taken_off(case: Case, lost: User, *, by: User, at: dt.datetime) -> None:
    """Tell an engineer that a case which was given to them a moment ago is theirs no more."""
    tell(
        case,
        f"taken-off:{lost.pk}:{at.isoformat()}",
        [lost],
        "case_word",
        f"Case {case.number} is not yours any more",
        at,
        clause="ATSP 4.1",
        words=f"{by.name} took the assignment back.",
    )


def handed_over(case: Case, before: Contact, *, by: User, at: dt.datetime) -> None:
    """Tell who answers for a case now, who did before, and who works on it; not the one who did it."""
    now = case.contact
    asked = wanted(case) if case.waits_for_information else owed(case, TO_RESELLER)
    told: tuple[tuple[str, list[Recipient], str, dict[str, Any]], ...] = (
        ("to", the_contact(case, at), f"Case {case.number} is yours to answer for", asked),
        (
            "from",
            [former] if (former := written_to(before)) is not None else [],
            f"Case {case.number}: {now.name} answers for it now",
            {},
        ),
        (
            "engineers",
            the_engineers(case, at),
            f"Case {case.number}: the contact is {now.name} now",
            {},
        ),
    )
    for who, recipients, title, more in told:
        tell(
            case,
            f"handed-over:{who}:{at.isoformat()}",
            [one for one in recipients if one != by],
            "case_handed_over",
            title,
            at,
            clause="ATSP 5.2.2",
            author=by.name,
            before=before.name,
            yours=who == "to",
            contact_telephone=now.telephone if who == "engineers" else "",
            **more,
        )


def sub_case_opened(case: Case, sub_case: SubCase, *, at: dt.datetime) -> None:
    """Tell the team that it is engaged (ATSP Ex.C)."""
    tell(
        case,
        f"sub-case:{sub_case.pk}",
        [*Staff(Role(sub_case.team), at=at).at(case.provider_id)],
        "case_sub_case",
        f"Case {case.number}: {sub_case.get_team_display()} engaged",
        at,
        clause="ATSP Ex.C",
        body=sub_case.request,
        author=sub_case.opened_by.name,
    )


def sub_case_closed(case: Case, sub_case: SubCase, *, by: User, at: dt.datetime) -> None:
    """Tell the case's engineer what came of another team's part (ATSP Ex.C)."""
    tell(
        case,
        f"sub-case-closed:{sub_case.pk}",
        the_engineers(case, at, but=by),
        "case_word",
        f"Case {case.number}: the sub-case of {sub_case.get_team_display()} is closed",
        at,
        clause="ATSP Ex.C",
        words=sub_case.outcome,
    )
