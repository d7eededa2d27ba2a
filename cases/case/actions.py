"""Shared by every act on a case: the lock, who may act, and the time of the act."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction

from cases.case.models import Case
from cases.case.record import gather, tell_gathered
from cases.case.rules import deeds
from cases.case.rules.deeds import DEEDS, Deed, Terms, Who
from cases.case.rules.vocabulary import Side, State
from cases.clocks import setting as clocks
from cases.clocks.rules.wording import moment
from cases.resolution.proposal import off
from contracts.parties.people import require_serving
from contracts.programmes.rules.paper import HOUSE
from contracts.roster.permissions import Permissions, permissions_of
from portal import locks, telling
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal

ENGINEERS = (Role.CSE, Role.ESS, Role.PSE, Role.ENGINEERING, Role.SUPPORT_MANAGEMENT)
INTAKE = (Role.DISPATCH, *ENGINEERS)
_ROLES = {Who.ENGINEER: ENGINEERS, Who.DISPATCH: (Role.DISPATCH,), Who.STAFF: tuple(Role)}


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
        gather(fresh)
        yield fresh
        telling.require_told(fresh)
        tell_gathered(fresh)
        clocks.note_next_due([fresh])
        changed = [
            field.name
            for field in Case._meta.concrete_fields
            if not field.generated and getattr(fresh, field.attname) != as_read[field.attname]
        ]
        if changed:
            fresh.save(update_fields=changed)


@contextmanager
def doing(case: Case, deed: Deed, *, by: User, at: dt.datetime) -> Iterator[Case]:
    """Hold the case as `changing` does, for a deed of `by` at `at` that is theirs to do and fits (`deeds.DEEDS`).

    A proposal to close does not outlast it when it changes the case's state, or when the reseller goes on by it (D-27).
    Raises Refusal otherwise, before anything is written.
    """
    require_doer(case, deed, by=by, at=at)
    with changing(case) as fresh:
        refusal = deeds.refusal(deed, fresh, side_of(by))
        if refusal is not None:
            raise refusal
        before = fresh.state, fresh.closing_proposed_at
        yield fresh
        moved = fresh.state != before[0]
        goes_on = DEEDS[deed].goes_on and side_of(by) is Side.RESELLER
        if fresh.closing_proposed_at is not None and fresh.closing_proposed_at == before[1]:
            if goes_on:
                off(fresh, by=by, at=at, cause="The contact goes on with the case.")
            elif moved:
                off(fresh, by=by, at=at, cause=f"The case is {State(fresh.state).label}.")


def side_of(by: User) -> Side:
    """The side on which a user acts."""
    return Side.PROVIDER if by.is_provider else Side.RESELLER


def is_doer(deed: Deed, by: User, standing: Callable[[], Permissions]) -> bool:
    """Whether a deed is a person's to do, by their role or by what they are on the roster, on whatever case it fits.

    What they are on the roster is asked of `standing` only where it matters.
    """
    who = DEEDS[deed].who
    if by.is_provider:
        return any(by.has_role(*_ROLES[each]) for each in who if each.side is Side.PROVIDER)
    return (Who.CONTACT in who and standing().is_technical) or (
        Who.ADMINISTRATIVE in who and standing().is_administrative
    )


def require_doer(case: Case, deed: Deed, *, by: User, at: dt.datetime) -> None:
    """Raise Refusal for a deed that is not the person's to do on this case, naming who does it.

    A foreign case is refused like any other (pages never show it), and a contact who is new on the roster is told from
    when they may ask for assistance (ATSP 5.2.1).
    """
    terms = DEEDS[deed]
    if by.is_provider:
        roles = [role for each in terms.who if each.side is Side.PROVIDER for role in _ROLES[each]]
        if not roles:
            raise _others(case, terms)
        require_role(by, *roles, act=terms.words, clause=terms.clause)
        require_serving(by, case.provider_id, terms.words)
        return
    if not terms.of_side(Side.RESELLER):
        raise _others(case, terms)
    standing = permissions_of(by, at)
    paper = case.programme.paper
    if standing.organisation is None or standing.organisation.pk != case.reseller_id:
        raise Refusal(
            f"You may not {terms.words}.",
            clause=paper.cite("ATSP 5.2.2"),
            way_out=f"Only {paper.technical}s of the case's reseller manage it.",
        )
    if not is_doer(deed, by, lambda: standing):
        raise Refusal(
            f"{by.name} is not a {paper.technical}, so may not {terms.words}.",
            clause=paper.cite("ATSP 5.2.2"),
            way_out=f"A {paper.technical} manages the case; the {paper.administrative} may escalate it"
            f"{paper.cited['ATSP 1.1']}.",
        )
    if terms.assists:
        _require_waited(by, standing, at)


def _others(case: Case, terms: Terms) -> Refusal:
    """The refusal of a deed that is the other side's."""
    return Refusal(
        f"You may not {terms.words}: that is the other side's to do.",
        clause=case.programme.paper.cite(terms.clause),
        way_out="Write on the case what you need; the other side sees it at once.",
    )


def _require_waited(by: User, standing: Permissions, at: dt.datetime) -> None:
    if standing.contact is None or standing.usable_from is None or standing.usable_from <= at:
        return
    paper = standing.agreement.programme.paper if standing.agreement else HOUSE
    raise Refusal(
        f"{by.name} is new on the roster and may ask for assistance from "
        f"{moment(standing.usable_from, standing.contact.site.zone)}.",
        clause=paper.cite("ATSP 5.2.1"),
        way_out=f"A {paper.technical} who is past the waiting time may do it now.",
    )


def require_happened(case: Case, at: dt.datetime, logged_at: dt.datetime, *, what: str) -> None:
    """Raise Refusal for something that happened after it is logged, or before the case was reported (D-23)."""
    if case.reported_at <= at <= logged_at:
        return
    raise Refusal(
        f"The time of the {what} is in the future."
        if at > logged_at
        else f"The time of the {what} is before the case was reported.",
        clause="D-23",
        way_out="Give the time at which it took place.",
        field="at",
    )


def require_text(text: str, *, field: str = "body", what: str = "message") -> str:
    """The text without surrounding space. Raises Refusal naming the field when nothing is left."""
    text = text.strip()
    if not text:
        raise Refusal(f"The {what} is empty.", way_out="Write it, then send again.", field=field)
    return text
