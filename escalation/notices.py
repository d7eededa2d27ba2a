"""Notices of an escalation: those of Exhibit C, missed duties, and messages passed on.

Each tells what happened, what is due, by whom, by when, under which clause, with one link. A step of a timeline tells
each recipient once, for ever, by its name among the case's notices.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.urls import get_script_prefix, reverse

from cases.case.models import Case
from cases.clocks.rules.wording import frequency
from cases.notices import TO_PROVIDER, case_context, owed
from contracts.programmes.rules.terms import Act, Role
from escalation.clocks import terms_of
from escalation.models import Step, Timeline
from escalation.people import ROLE_NAMES, Bearers, in_words, reachable
from escalation.rules.wording import after_t
from portal.deadlines import Due
from portal.models import User
from portal.notices.outbox import NoticeDraft, Recipient

OpenDuties = Mapping[int, Sequence[Mapping[str, Any]]]
"""The duties still open on each timeline, the first due in front: title, role, due_at."""

LISTED = 6
PASSED_ON = {
    Act.UPDATE_PSAM: Role.PSAM,
    Act.INFORM_SALES: Role.SALES,
    Act.INFORM_DIRECTOR: Role.DIRECTOR_PREMIUM_SUPPORT,
}
"""Acts by which the portal itself passes the words on, and to whom."""


@cache
def _page_without_number(_prefix: str) -> str:
    return reverse("escalation", args=[0]).removesuffix("0/")


def page_of(case: Case) -> str:
    """The address of the case's escalation page, which the provider's people see."""
    return f"{_page_without_number(get_script_prefix())}{case.pk}/"


def step_name(timeline: Timeline, code: str) -> str:
    """The name of a step among the case's notices."""
    return f"escalation:{timeline.key(code)}"


def mark_reached(
    step: Step, deadline: Due, people: Bearers, duties: OpenDuties
) -> list[NoticeDraft]:
    """The messages for a due notice of Exhibit C; empty when there is nobody to tell."""
    timeline, case = step.timeline, step.timeline.case
    audience = [Role(role) for role in step.audience]
    internal = people.audience(
        [role for role in audience if role is not Role.TECHNICAL_CONTACT], case
    )
    contact = reachable(case) if Role.TECHNICAL_CONTACT in audience else []
    drafts = []
    if internal:
        since = after_t(step.mark)
        title = f"Case {case.number}, {case.reseller.name}: {_headline(step)}"
        drafts.append(
            NoticeDraft(
                subject=case,
                step=step_name(timeline, step.code),
                to=internal,
                template="escalation_hotshot" if step.hotshot else "escalation_notice",
                title=f"HOTSHOT: {title}" if step.hotshot else title,
                context=_standing(
                    step,
                    since=since,
                    audience=in_words(audience),
                    at_t=not step.mark,
                    **_duties_of(audience, duties.get(timeline.pk, ())),
                ),
                url=page_of(case),
                clause=step.clause,
                late=deadline.late,
            )
        )
    if contact:
        drafts.append(_to_contact(step, deadline, contact))
    return drafts


def near(step: Step, people: Bearers) -> NoticeDraft:
    """The reminder that a duty is due soon, to those who bear it (D-29)."""
    to = people.of(Role(step.role), step.timeline.case)
    return _of_duty(step, "near", "due", to, people)


def missed(step: Step, deadline: Due, people: Bearers) -> NoticeDraft:
    """The notice that a duty was missed, to those who bear it and to Customer Support Management."""
    to = people.audience([Role(step.role), Role.SUPPORT_MANAGEMENT], step.timeline.case)
    return _of_duty(step, "missed", "missed", to, people, late=deadline.late)


def _of_duty(
    step: Step,
    what: str,
    stands: str,
    to: Sequence[Recipient],
    people: Bearers,
    *,
    late: bool = False,
) -> NoticeDraft:
    """A notice of a duty, which is due or missed at its mark."""
    case = step.timeline.case
    return NoticeDraft(
        subject=case,
        step=f"escalation-{what}:{step.timeline.key(step.code)}",
        to=to,
        template=f"escalation_{what}",
        title=f"Case {case.number}, {case.reseller.name}: {stands} at {after_t(step.mark)}: {step.title}",
        context=_standing(
            step,
            since=after_t(step.mark),
            due=step.title,
            due_at=step.due_at,
            by_whom=_bearers_in_words(Role(step.role), people, case),
        ),
        url=page_of(case),
        clause=step.clause,
        late=late,
    )


def passed_on(
    timeline: Timeline, act: Act, step_code: str, to: Sequence[Recipient], *, by: User, note: str
) -> NoticeDraft:
    """The notice that carries what somebody logged on to those whom they had to inform (Exhibit C)."""
    case = timeline.case
    return NoticeDraft(
        subject=case,
        step=step_code,
        to=to,
        template="escalation_word",
        title=f"Case {case.number}, {case.reseller.name}: {by.name} informs you",
        context=case_context(
            case,
            started_at=timeline.started_at,
            author=by.name,
            body=note,
            audience=ROLE_NAMES[PASSED_ON[act]],
        ),
        url=page_of(case),
        clause="ATSP Ex.C",
    )


def severity_1(case: Case, to: Sequence[User], *, at: dt.datetime) -> NoticeDraft:
    """The notice that a case is severity 1 and no timeline of Exhibit C watches over it (ATSP 4.5)."""
    return NoticeDraft(
        subject=case,
        step=f"severity-1:{at.isoformat()}",
        to=to,
        template="severity_1",
        title=f"Case {case.number}, {case.reseller.name}: severity {case.severity}",
        context=case_context(
            case,
            started_at=case.severity_since,
            owner=case.owner.name if case.owner else "",
            impact=case.business_impact[:1000],
            region=case.region,
            contact_telephone=case.contact.telephone,
            **owed(case, TO_PROVIDER),
        ),
        url=case.get_absolute_url(),
        clause=case.programme.paper.cite("ATSP 4.5"),
    )


def nobody(timeline: Timeline, code: str, text: str) -> NoticeDraft:
    """The alarm that a step finds nobody. Whom it goes to is for the caller to fill in, once for many."""
    return NoticeDraft(
        subject=timeline.case,
        step=f"alarm:escalation-{timeline.key(code)}",
        to=(),
        template="alarm",
        title=text[:250],
        context={"text": text},
        url=page_of(timeline.case),
        clause="ATSP Ex.C",
    )


def _to_contact(step: Step, deadline: Due, contact: Sequence[Recipient]) -> NoticeDraft:
    case, t = step.timeline.case, step.timeline.started_at
    terms = terms_of(step.timeline)
    every = frequency(terms.commitment.every)
    updates = [duty.at.length for duty in terms.duties if duty.act is terms.commitment.act]
    return NoticeDraft(
        subject=case,
        step=step_name(step.timeline, step.code),
        to=contact,
        template="escalation_commitment",
        title=f"Case {case.number} is severity {case.severity}: you will hear from us {every}",
        context=case_context(
            case,
            started_at=t,
            every=every,
            due="An engineer calls you back",
            by_whom=case.owner.name if case.owner else "the next Customer Support Engineer",
            due_at=t + min(updates, default=terms.commitment.every.length),
            first_update_at=t + terms.commitment.every.length,
            action="Open the case",
        ),
        url=case.get_absolute_url(),
        clause=step.clause,
        late=deadline.late,
    )


def _headline(step: Step) -> str:
    return step.title[:1].lower() + step.title[1:]


def _standing(step: Step, **more: Any) -> dict[str, Any]:
    """How the case stands, for the provider's people."""
    case = step.timeline.case
    return case_context(
        case,
        started_at=step.timeline.started_at,
        mark_at=step.due_at,
        headline=step.title,
        owner=case.owner.name if case.owner else "",
        impact=case.business_impact[:1000],
        region=case.region,
        communicated_at=case.last_communication_at,
        **more,
    )


def _bearers_in_words(role: Role, people: Bearers, case: Case) -> str:
    names = ", ".join(person.name for person in people.of(role, case))
    if people.is_vacant(role, case):
        return f"{ROLE_NAMES[role]}: nobody at present; dispatch stands in: {names or 'nobody'}"
    return f"{ROLE_NAMES[role]}: {names}"


def _duties_of(audience: Sequence[Role], duties: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the audience itself has still to do: the first duty as what is due, the others below it."""
    wanted = {role.value for role in audience}
    mine = [duty for duty in duties if duty["role"] in wanted][:LISTED]
    if not mine:
        return {}
    first, *others = mine
    return {
        "due": first["title"],
        "due_at": first["due_at"],
        "by_whom": ROLE_NAMES[Role(first["role"])],
        "others": [{"title": duty["title"], "due_at": duty["due_at"]} for duty in others],
    }
