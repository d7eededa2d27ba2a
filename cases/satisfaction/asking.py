"""When a case is closed its contact is asked how it went, a day later, unless it goes on or they were asked lately.

The deadline is the question's own: a closed case has none.
"""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings as django_settings

from cases.case.in_words import in_words
from cases.case.models import Case
from cases.events import CaseReopened, CasesClosed
from cases.satisfaction import links, rules
from cases.satisfaction.models import Survey
from cases.satisfaction.rules import Facts, Rating, Terms
from contracts.parties.presence import written_to
from portal import deadlines, subscriptions
from portal.bulk import update
from portal.deadlines import DeadlineKind, Due, Setting, register
from portal.models import SubjectKey
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft

ASK = "cases.satisfaction"
SURVEY = Survey._meta.label_lower


def terms() -> Terms:
    """The terms of asking, as the settings have them."""
    return Terms(
        wait=dt.timedelta(hours=django_settings.SATISFACTION_WAIT_HOURS),
        rest=dt.timedelta(days=django_settings.SATISFACTION_REST_DAYS),
        open_for=dt.timedelta(days=django_settings.SATISFACTION_OPEN_DAYS),
        change_for=dt.timedelta(days=django_settings.SATISFACTION_CHANGE_DAYS),
    )


def register_asking() -> None:
    """Listen to cases that close and reopen, and make the deadline known."""
    register(DeadlineKind(ASK, "How did the case go?", False, ask))
    subscriptions.subscribe(CasesClosed, closed)
    subscriptions.subscribe(CaseReopened, reopened)


def closed(event: CasesClosed) -> None:
    """Set when the contacts of cases just closed are asked. Not of a duplicate, whose original goes on; nor of what a
    clock closed, for want of a word from them: who did not answer is not asked more. Nobody is asked twice of a case.
    """
    if event.by is None:
        return
    fit = {case.pk: case for case in event.cases if case.duplicate_of_id is None}
    if not fit:
        return
    Survey.objects.bulk_create(
        [
            Survey(
                case=case,
                reseller_id=case.reseller_id,
                provider_id=case.provider_id,
                product_id=case.product_id,
                contact_id=case.contact_id,
                engineer_id=case.owner_id,
                closed_at=event.at,
            )
            for case in fit.values()
        ],
        ignore_conflicts=True,
    )
    waiting = Survey.objects.filter(case__in=fit, asked_at=None).order_by("pk")
    again = [one for one in waiting if one.closed_at != event.at]
    for one in again:
        case = fit[one.case_id]
        one.closed_at, one.not_asked = event.at, ""
        one.contact_id, one.engineer_id = case.contact_id, case.owner_id
    update(again, ["closed_at", "not_asked", "contact_id", "engineer_id"])
    due = max(case.closed_at or event.at for case in fit.values()) + terms().wait
    deadlines.set_deadlines(
        [Setting(SubjectKey(SURVEY, one.pk), ASK, due, clause="") for one in waiting], at=event.at
    )


def reopened(event: CaseReopened) -> None:
    """Ask nothing of a case that goes on."""
    for pk in Survey.objects.filter(case=event.case).values_list("pk", flat=True):
        deadlines.cancel(
            SubjectKey(SURVEY, pk), at=event.at, kinds=[ASK], cause="the case was reopened"
        )


def ask(rows: Sequence[Due], now: dt.datetime) -> None:
    """Ask the contacts whose questions are due, each at most once in the rest that the terms give them."""
    found = Survey.objects.filter(pk__in=[row.subject_id for row in rows])
    surveys = found.select_related("contact__user").in_bulk()
    said = in_words({one.case_id for one in surveys.values()})
    standing = Case.objects.filter(pk__in=said).values_list("pk", "closed_at")
    closed_at = dict(standing)
    contacts = {one.contact_id for one in surveys.values()}
    lately = Survey.objects.filter(contact__in=contacts, asked_at__gt=now - terms().rest)
    asked_last = dict(lately.order_by("asked_at").values_list("contact", "asked_at"))
    drafts = []
    for row in rows:
        survey = surveys[row.subject_id]
        recipient = written_to(survey.contact)
        facts = Facts(
            still_closed=closed_at[survey.case_id] is not None,
            reachable=recipient is not None,
            asked_last=asked_last.get(survey.contact_id),
        )
        survey.not_asked = rules.why_not(facts, terms(), now)
        if survey.not_asked or recipient is None or survey.asked_at is not None:
            continue
        survey.asked_at = asked_last[survey.contact_id] = now
        case, path = said[survey.case_id], links.path_of(survey.pk)
        drafts.append(
            NoticeDraft(
                case.key,
                f"satisfaction:{survey.pk}",
                [recipient],
                "case_satisfaction",
                f"Case {case.number}: how did we handle it?",
                case.context(
                    answers=[
                        {
                            "label": one.label,
                            "link": f"{django_settings.BASE_URL}{path}?answer={one.value}",
                        }
                        for one in Rating
                    ],
                    until=now + terms().open_for,
                    action="Answer on the page",
                ),
                url=path,
                late=row.late,
            )
        )
    update(list(surveys.values()), ["asked_at", "not_asked"])
    outbox.post_many(drafts, at=now)
