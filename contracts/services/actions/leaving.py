"""A provider's person leaves, or comes back: whoever takes over their posts is told at once (D-29)."""

import datetime as dt

from django.db import transaction

from contracts.services.actions.vacancies import refresh_cover
from contracts.services.permissions import ASSIGNERS
from contracts.services.standing_in import Change, tell
from contracts.services.vacancies import served_by
from contracts.verbs import Verb
from portal import journal, locks
from portal.access import require_role
from portal.models import User, key_of
from portal.rules.refusal import Refusal

CLAUSE = "D-29"


@transaction.atomic
def leave(user: User, *, by: User | None, at: dt.datetime) -> User:
    """A person works for the provider no longer: they cannot sign in, and no duty or notice goes to them.

    Their open cases and running duties pass at once, and who has them now is told. `by` is None for a command.
    Returns the user. Raises Refusal for somebody who is none of the provider's people, or has left already.
    """
    return _set_active(user, active=False, by=by, at=at)


@transaction.atomic
def come_back(user: User, *, by: User | None, at: dt.datetime) -> User:
    """A person who had left works for the provider again, and hears what they owe. Returns the user. Raises Refusal."""
    return _set_active(user, active=True, by=by, at=at)


def _set_active(user: User, *, active: bool, by: User | None, at: dt.datetime) -> User:
    if by is not None:
        require_role(by, *ASSIGNERS, act="say who works for the provider", clause=CLAUSE)
    agreements = served_by(user)
    locks.lock_all([key_of(user), *(key_of(one) for one in agreements)])
    fresh = User.objects.get(pk=user.pk)
    if not fresh.is_provider:
        raise Refusal(
            f"{fresh.name} is not one of the provider's people.",
            clause=CLAUSE,
            way_out="A contact of a reseller leaves by a change of its roster.",
        )
    if fresh.is_active == active:
        raise Refusal(
            f"{fresh.name} {'works here' if active else 'has left'} already.",
            clause=CLAUSE,
            way_out="Nothing is left to do.",
        )
    fresh.is_active = active
    fresh.save(update_fields=["is_active"])
    said = f"{fresh.name} {'is back' if active else 'has left'}"
    verb = Verb.PERSON_CAME_BACK if active else Verb.PERSON_LEFT
    journal.record(fresh, verb, by=by, at=at, clause=CLAUSE, text=said)
    refresh_cover(agreements, by=by, at=at)
    key = f"{'back' if active else 'left'}:{at.isoformat()}"
    tell([Change(fresh, not active, key, said)], at=at)
    return fresh
