"""Keeping canned answers: written, changed, retired and used again. The journal tells who did it and when."""

import datetime as dt

from django.db import transaction

from cases.canned.models import CannedAnswer
from cases.canned.rules import require_known
from cases.case.actions import INTAKE
from cases.verbs import Verb
from contracts.scope import reach_of
from portal import journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal

MOST = 200
"""So many that are in use each person may have."""


@transaction.atomic
def keep(
    answer: CannedAnswer | None,
    *,
    title: str,
    body: str,
    shared: bool,
    by: User,
    at: dt.datetime,
) -> CannedAnswer:
    """Keep a new answer, or change one. Returns it.

    Raises Refusal for a place that no case fills, for a title that one has already, and for somebody else's answer.
    """
    require_writer(by)
    require_known(body)
    locks.lock(by)
    new = CannedAnswer(owner=by, organisation_id=reach_of(by).place)
    fresh = new if answer is None else _held(answer, by)
    before = _told(fresh) if answer is not None else None
    fresh.title, fresh.body, fresh.shared = " ".join(title.split()), body.strip(), shared
    _require_free(fresh)
    fresh.changed_at, fresh.changed_by = at, by
    fresh.save()
    verb = Verb.ANSWER_KEPT if answer is None else Verb.ANSWER_CHANGED
    journal.record(fresh, verb, by=by, at=at, text=fresh.title, before=before, after=_told(fresh))
    return fresh


@transaction.atomic
def retire(answer: CannedAnswer, *, by: User, at: dt.datetime) -> CannedAnswer:
    """Offer an answer no more; it is kept, and may be used again. Returns it. Raises Refusal for somebody else's."""
    fresh = _held(answer, by)
    if fresh.retired_at is None:
        fresh.retired_at = at
        fresh.save(update_fields=["retired_at"])
        journal.record(fresh, Verb.ANSWER_RETIRED, by=by, at=at, text=fresh.title)
    return fresh


@transaction.atomic
def use_again(answer: CannedAnswer, *, by: User, at: dt.datetime) -> CannedAnswer:
    """Offer a retired answer again. Returns it. Raises Refusal where its title is taken, and for somebody else's."""
    fresh = _held(answer, by)
    if fresh.retired_at is not None:
        _require_free(fresh)
        fresh.retired_at = None
        fresh.save(update_fields=["retired_at"])
        journal.record(fresh, Verb.ANSWER_USED_AGAIN, by=by, at=at, text=fresh.title)
    return fresh


def require_writer(by: User) -> None:
    """Raise Refusal to who writes on no case."""
    require_role(by, *INTAKE, act="keep canned answers")


def may_change(answer: CannedAnswer, by: User) -> bool:
    """Whether somebody may change or retire an answer: its owner, and of shared ones Customer Support Management."""
    return answer.owner_id == by.pk or (answer.shared and by.has_role(Role.SUPPORT_MANAGEMENT))


def _held(answer: CannedAnswer, by: User) -> CannedAnswer:
    require_writer(by)
    locks.lock(answer)
    fresh = CannedAnswer.objects.visible_to(by).select_related("owner").get(pk=answer.pk)
    if not may_change(fresh, by):
        raise Refusal(
            f"“{fresh.title}” is {fresh.owner.name}'s to change.",
            way_out="Keep one of your own, or ask them or Customer Support Management.",
        )
    return fresh


def _require_free(fresh: CannedAnswer) -> None:
    mine = CannedAnswer.objects.in_use().filter(owner=fresh.owner_id).exclude(pk=fresh.pk)
    if mine.filter(title=fresh.title).exists():
        raise Refusal(
            f"There is an answer “{fresh.title}” already.",
            way_out="Choose another title, or change that one.",
            field="title",
        )
    if mine.count() >= MOST:
        raise Refusal(
            f"{MOST} answers are in use.", way_out="Retire one that is not used any more."
        )


def _told(answer: CannedAnswer) -> dict[str, object]:
    return {"title": answer.title, "body": answer.body, "shared": answer.shared}
