"""Notices of another team's part in a case: to the team or whose it is, and back to the case's engineer (ATSP Ex.C)."""

import datetime as dt

from cases.case.models import Case
from cases.notices import draft, tell, the_engineers
from cases.sub_cases.models import SubCase
from contracts.parties.people import Responsible, Staff
from portal.deadlines import Due
from portal.models import User
from portal.notices.outbox import NoticeDraft, Recipient
from portal.roles import Role


def to_team(case: Case, sub_case: SubCase, at: dt.datetime) -> list[User]:
    """Whose the sub-case is; the team while it is nobody's."""
    if sub_case.owner is not None:
        return [sub_case.owner]
    return [*Staff(Role(sub_case.team), at=at).at(case.provider_id)]


def answered(case: Case, sub_case: SubCase, *, by: User, at: dt.datetime) -> None:
    """Tell the case's engineer, and who asked, what the team answered."""
    asked: list[Recipient] = [*the_engineers(case, at), sub_case.opened_by]
    _word(case, sub_case, "answered", [*dict.fromkeys(asked)], "answered", sub_case.answer, by, at)


def asked_again(case: Case, sub_case: SubCase, *, by: User, words: str, at: dt.datetime) -> None:
    """Tell the team that the answer does not do."""
    people: list[Recipient] = [*to_team(case, sub_case, at)]
    _word(case, sub_case, "asked-again", people, "is asked again", words, by, at)


def wrote(case: Case, sub_case: SubCase, *, by: User, words: str, at: dt.datetime) -> None:
    """Tell the other end of the talk: the team where the case's engineer wrote, else the case's engineer."""
    team = to_team(case, sub_case, at)
    people: list[Recipient] = [*the_engineers(case, at)] if by in team else [*team]
    _word(case, sub_case, "wrote", people, "has a note", words, by, at)


def wanted(
    case: Case, sub_case: SubCase, row: Due, responsible: Responsible, *, at: dt.datetime
) -> NoticeDraft:
    """What tells that a sub-case's answer is wanted soon, or was wanted by now."""
    is_due = row.step.endswith(":due")
    people: list[Recipient] = [*to_team(case, sub_case, at)]
    if is_due:
        people += responsible.of(case.owner, case.provider_id)
    said = "is wanted now" if is_due else "is wanted soon"
    return draft(
        case,
        f"sub-case-wanted:{row.pk}",
        [*dict.fromkeys(people)],
        "case_word",
        f"Case {case.number}: the answer of {sub_case.get_team_display()} {said}",
        clause="ATSP Ex.C",
        words=sub_case.request,
        due="Answer the sub-case",
        by_whom=sub_case.owner.name if sub_case.owner else sub_case.get_team_display(),
        due_at=sub_case.due_at,
    )


def _word(
    case: Case,
    sub_case: SubCase,
    step: str,
    people: list[Recipient],
    said: str,
    words: str,
    by: User,
    at: dt.datetime,
) -> None:
    tell(
        case,
        f"sub-case-{step}:{sub_case.pk}:{at.isoformat()}",
        [one for one in people if one != by],
        "case_word",
        f"Case {case.number}: the sub-case of {sub_case.get_team_display()} {said}",
        at,
        clause="ATSP Ex.C",
        words=f"{by.name}: {words}",
    )
