"""Shared by every act on a case: the lock, who may act, and the time of the act."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from cases.case.models import Case
from cases.case.rules.vocabulary import Side
from cases.clocks import setting as clocks
from cases.clocks.rules.wording import moment
from contracts.parties.people import require_serving
from contracts.programmes.rules.paper import HOUSE
from contracts.roster.permissions import permissions_of
from portal import locks, telling
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal

ENGINEERS = (Role.CSE, Role.ESS, Role.PSE, Role.ENGINEERING, Role.SUPPORT_MANAGEMENT)
INTAKE = (Role.DISPATCH, *ENGINEERS)


@contextmanager
def changing(case: Case) -> Iterator[Case]:
    """Hold the case's lock in a transaction and yield it as it is now; then write what the act changed of it.

    With it goes the earliest promise, which the queue reads. That is one write, and none when nothing changed. All
    else that changed stands in the act's entries (`record`); UntoldError says what does not.
    """
    with transaction.atomic():
        locks.lock(case)
        joined = Case.objects.select_related("agreement", "contact__site", "contact__user", "owner")
        fresh = joined.get(pk=case.pk).with_organizations()
        as_read = dict(fresh.__dict__)
        telling.hold(fresh)
        yield fresh
        telling.require_told(fresh)
        clocks.note_next_due([fresh])
        changed = [
            field.name
            for field in Case._meta.concrete_fields
            if not field.generated and getattr(fresh, field.attname) != as_read[field.attname]
        ]
        if changed:
            fresh.save(update_fields=changed)


def side_of(by: User) -> Side:
    """The side on which a user acts."""
    return Side.PROVIDER if by.is_provider else Side.RESELLER


def require_engineer(by: User, case: Case, act: str, clause: str = "") -> User:
    """The user, if they are one of the engineers of the case's provider. Raises Refusal otherwise."""
    return _require(ENGINEERS, by, case, act, clause)


def require_intake(by: User, case: Case, act: str, clause: str = "") -> User:
    """The user, if they are an engineer or dispatch of the case's provider. Raises Refusal otherwise."""
    return _require(INTAKE, by, case, act, clause)


def _require(roles: tuple[Role, ...], by: User, case: Case, act: str, clause: str) -> User:
    user = require_role(by, *roles, act=act, clause=clause)
    require_serving(user, case.provider_id, act)
    return user


def require_party(by: User, case: Case, at: dt.datetime, act: str) -> Side:
    """The side of a user who may manage the case: an engineer, or a Technical Contact of its reseller (ATSP 5.2.2).

    Raises Refusal otherwise; a foreign case is refused like any other (pages never show it).
    """
    if by.is_provider:
        require_engineer(by, case, act, "ATSP 4.1")
        return Side.PROVIDER
    standing = permissions_of(by, at)
    paper = case.programme.paper
    if standing.organisation is not None and standing.organisation.pk == case.reseller_id:
        if standing.is_technical:
            return Side.RESELLER
        raise Refusal(
            f"{by.name} is not a {paper.technical}, so may not {act}.",
            clause=paper.cite("ATSP 5.2.2"),
            way_out=f"A {paper.technical} manages the case; the {paper.administrative} may escalate it"
            f"{paper.cited['ATSP 1.1']}.",
        )
    raise Refusal(
        f"You may not {act}.",
        clause=paper.cite("ATSP 5.2.2"),
        way_out=f"Only {paper.technical}s of the case's reseller manage it.",
    )


def require_waited(by: User, at: dt.datetime) -> None:
    """Raise Refusal when a Technical Contact may not ask for assistance yet, naming from when (ATSP 5.2.1)."""
    standing = permissions_of(by, at)
    if standing.contact is None or standing.usable_from is None or standing.usable_from <= at:
        return
    paper = standing.agreement.programme.paper if standing.agreement else HOUSE
    raise Refusal(
        f"{by.name} is new on the roster and may ask for assistance from "
        f"{moment(standing.usable_from, standing.contact.site.zone)}.",
        clause=paper.cite("ATSP 5.2.1"),
        way_out=f"A {paper.technical} who is past the waiting time may do it now.",
    )


def require_text(text: str, *, field: str = "body", what: str = "message") -> str:
    """The text without surrounding space. Raises Refusal naming the field when nothing is left."""
    text = text.strip()
    if not text:
        raise Refusal(f"The {what} is empty.", way_out="Write it, then send again.", field=field)
    return text
