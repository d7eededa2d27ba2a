"""Answering how a case went."""

import datetime as dt

from django.db import transaction

from cases.case.in_words import in_words
from cases.case.models import Case
from cases.satisfaction.asking import terms
from cases.satisfaction.models import Answer, Survey
from cases.satisfaction.rules import Rating, takes_answer
from cases.verbs import Verb
from contracts.parties.on_duty import OnDuty
from portal import journal, locks
from portal.models import SubjectKey
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft
from portal.rules.refusal import Refusal

COMMENT_MOST = 4000


def require_open(survey: Survey, at: dt.datetime) -> None:
    """Raise Refusal where a question takes no answer, or no other one, any more."""
    if survey.contact.left_at is not None:
        raise Refusal(
            f"{survey.contact.name} answers for this case no more.",
            way_out="Whoever answers for it now writes on the case.",
        )
    if not takes_answer(survey.asked_at, survey.first_at, terms(), at):
        days = terms().change_for.days
        raise Refusal(
            f"The answer can be changed for {days} days, which are over."
            if survey.first_at
            else "The time for an answer is over.",
            way_out="Write on the case, or reopen it, if something is still wrong.",
        )


def answer(survey: Survey, *, rating: Rating, comment: str, at: dt.datetime) -> Survey:
    """The contact says how the case went, or says it anew; who holds the link of the mail speaks for them.

    The same once more changes nothing. A bad answer is told to the engineer and their management. Raises Refusal once
    the time is over.
    """
    words = comment.strip()[:COMMENT_MOST]
    with transaction.atomic():
        locks.lock_all([survey, SubjectKey(Case._meta.label_lower, survey.case_id)])
        survey.refresh_from_db(fields=["rating", "comment", "first_at", "answered_at"])
        require_open(survey, at)
        if (survey.rating, survey.comment) == (rating, words):
            return survey
        before = survey.rating
        Answer.objects.create(survey=survey, rating=rating, comment=words, at=at)
        survey.rating, survey.comment = rating, words
        survey.first_at, survey.answered_at = survey.first_at or at, at
        survey.save(update_fields=["rating", "comment", "first_at", "answered_at"])
        journal.record(
            SubjectKey(Case._meta.label_lower, survey.case_id),
            Verb.CASE_RATED,
            by=survey.contact.user,
            at=at,
            public=True,
            text=f"{rating.label}. {words}".strip(),
            rating=rating.value,
            contact=survey.contact.name,
        )
        if rating is Rating.BAD and before != Rating.BAD:
            _tell(survey, at)
    return survey


def _tell(survey: Survey, at: dt.datetime) -> None:
    """Tell the engineer, or who acts for them, and Customer Support Management of a bad answer."""
    case = in_words([survey.case_id])[survey.case_id]
    duty = OnDuty((), at)
    people = [
        *duty.acting_for(survey.engineer, case.provider_id),
        *duty.management(case.provider_id),
    ]
    outbox.post_many(
        [
            NoticeDraft(
                case.key,
                f"rated-bad:{at.isoformat()}",
                list({one.pk: one for one in people}.values()),
                "case_rated",
                f"Case {case.number}: {survey.contact.name} was not satisfied",
                case.context(
                    author=survey.contact.name,
                    words=survey.comment,
                    due="Ask what went wrong",
                    by_whom=survey.engineer.name if survey.engineer else "Dispatch",
                ),
                url=case.url,
            )
        ],
        at=at,
    )
