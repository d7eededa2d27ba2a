"""Requests for Feature Enhancement: submitted, linked to cases, voted for, disposed (ATSP 1.5, 10.1, 14.1.4)."""

import datetime as dt

from django.db import transaction

from cases.case.actions import ENGINEERS
from cases.case.models import Case
from cases.enhancements import notices
from cases.enhancements.models import Enhancement, EnhancementVote
from cases.enhancements.rules import CLAUSE, Disposition, disposed
from cases.products.models import Product
from cases.verbs import Verb
from contracts.parties.models.parties import Organisation
from contracts.roster.permissions import permissions_of
from contracts.scope import places_of
from portal import journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal

WRITERS = (*ENGINEERS, Role.PSAM)
"""The provider's people who write a reseller's wish down as a request."""

REVIEWERS = (Role.PSAM, Role.SUPPORT_MANAGEMENT, Role.CPE_MANAGEMENT, Role.ENGINEERING)
"""Who disposes of requests: the PSAM is the liaison to product management (ATSP 14.1.4)."""

RFE = "ATSP 1.5"


@transaction.atomic
def submit_enhancement(
    *,
    product: Product,
    title: str,
    request: str,
    case: Case | None = None,
    by: User,
    at: dt.datetime,
) -> Enhancement:
    """Submit a request: by a Technical Contact for their company, or by an engineer or PSAM, from a case or not.

    Its company votes for it at once. The people who review it are told. Returns it. Raises Refusal.
    """
    reseller = _whose(by, case, at)
    title, request = title.strip(), request.strip()
    for field, text in (("title", title), ("request", request)):
        if not text:
            raise Refusal(
                f"The {field} is empty.",
                clause=RFE,
                way_out="Say what the Software cannot do yet, and what for.",
                field=field,
            )
    enhancement = Enhancement.objects.create(
        product=product,
        title=title,
        summary=request,
        request=request,
        reseller=reseller,
        submitted_by=by,
        submitted_at=at,
    )
    if reseller is not None:
        EnhancementVote.objects.create(enhancement=enhancement, reseller=reseller, by=by, at=at)
    _record(enhancement, Verb.ENHANCEMENT_SUBMITTED, title, by=by, at=at)
    if case is not None:
        _link(enhancement, case, by=by, at=at)
    notices.enhancement_submitted(enhancement, at=at)
    return enhancement


@transaction.atomic
def link_case(enhancement: Enhancement, case: Case, *, by: User, at: dt.datetime) -> Enhancement:
    """Link a case to a request that it asks for (ATSP 4.10.7); twice changes nothing. Returns the request."""
    _whose(by, case, at)
    locks.lock_all([enhancement, case])
    fresh = Enhancement.objects.get(pk=enhancement.pk)
    if not fresh.cases.filter(pk=case.pk).exists():
        _link(fresh, case, by=by, at=at)
    return fresh


@transaction.atomic
def vote(enhancement: Enhancement, *, by: User, at: dt.datetime) -> Enhancement:
    """The company of a contact wants the request: one vote each, however many of its people ask. Returns it."""
    reseller = _voter(by, at)
    locks.lock(enhancement)
    fresh = Enhancement.objects.get(pk=enhancement.pk)
    if fresh.standing in (Disposition.DELIVERED, Disposition.DECLINED):
        raise Refusal(
            f"{fresh.number} is {fresh.standing.label}: there is nothing left to vote for.",
            clause=CLAUSE,
            way_out="Submit a new request and say what is different.",
        )
    _, new = EnhancementVote.objects.get_or_create(
        enhancement=fresh, reseller=reseller, defaults={"by": by, "at": at}
    )
    if new:
        _record(fresh, Verb.ENHANCEMENT_VOTED, reseller.name, by=by, at=at)
    return fresh


@transaction.atomic
def withdraw_vote(enhancement: Enhancement, *, by: User, at: dt.datetime) -> Enhancement:
    """The company of a contact takes its vote back; without one nothing changes. Returns the request."""
    reseller = _voter(by, at)
    locks.lock(enhancement)
    taken, _ = EnhancementVote.objects.filter(enhancement=enhancement, reseller=reseller).delete()
    if taken:
        _record(enhancement, Verb.ENHANCEMENT_VOTE_WITHDRAWN, reseller.name, by=by, at=at)
    return enhancement


@transaction.atomic
def dispose(
    enhancement: Enhancement,
    *,
    to: Disposition,
    disposition: str,
    title: str,
    summary: str,
    release: str = "",
    by: User,
    at: dt.datetime,
) -> Enhancement:
    """Decide about a request; from its review on all resellers read its title, summary and disposition. Returns it.

    Whoever voted is told. Raises Refusal for a step that is none, or words that are missing.
    """
    require_role(by, *REVIEWERS, act="dispose of a request for enhancement", clause=CLAUSE)
    _require_house(by)
    locks.lock(enhancement)
    fresh = Enhancement.objects.get(pk=enhancement.pk)
    before = fresh.standing
    fresh.state = disposed(before, to, disposition=disposition, release=release)
    if not title.strip() or not summary.strip():
        raise Refusal(
            "All resellers read the title and the summary, so neither may be empty.",
            clause=CLAUSE,
            way_out="Write what is asked for, without naming who asked.",
            field="summary" if title.strip() else "title",
        )
    fresh.title, fresh.summary = title.strip(), summary.strip()
    fresh.disposition, fresh.disposed_at = disposition.strip(), at
    fresh.release = release.strip()
    fresh.save()
    journal.record(
        fresh,
        Verb.ENHANCEMENT_DISPOSED,
        by=by,
        at=at,
        public=True,
        clause=CLAUSE,
        text=fresh.disposition,
        before={"state": before.value},
        after={"state": to.value},
    )
    notices.enhancement_disposed(fresh, by=by, at=at)
    return fresh


def may_vote(by: User, at: dt.datetime) -> bool:
    """Whether a person speaks for a company that may vote."""
    standing = permissions_of(by, at)
    return standing.agreement is not None and (standing.is_technical or standing.is_administrative)


def _voter(by: User, at: dt.datetime) -> Organisation:
    """The company for which a person votes: a Technical or the Administrative Contact under an agreement in force."""
    standing = permissions_of(by, at)
    if standing.organisation is None or not may_vote(by, at):
        raise Refusal(
            "You may not vote for a request for enhancement.",
            clause="ATSP 14.1.4",
            way_out="Technical Contacts and the Administrative Contact speak for their company.",
        )
    return standing.organisation


def _whose(by: User, case: Case | None, at: dt.datetime) -> Organisation | None:
    """The company that asks: a Technical Contact's own, the case's, or the provider. Raises Refusal."""
    if by.is_provider:
        require_role(by, *WRITERS, act="write a request for enhancement", clause=RFE)
        _require_house(by)
        return case.reseller if case is not None else None
    standing = permissions_of(by, at)
    own = standing.organisation
    if own is None or not standing.is_technical or (case and case.reseller_id != own.pk):
        raise Refusal(
            "You may not submit a request for enhancement.",
            clause="ATSP 5.2.2",
            way_out="A Technical Contact submits it for the company.",
        )
    return own


def _require_house(by: User) -> None:
    if places_of(by).exists():
        raise Refusal(
            "The products are another provider's.",
            clause=RFE,
            way_out="The people of that provider keep their requests.",
        )


def _link(enhancement: Enhancement, case: Case, *, by: User, at: dt.datetime) -> None:
    enhancement.cases.add(case)
    _record(enhancement, Verb.ENHANCEMENT_LINKED, f"Case {case.number}", by=by, at=at)
    own = enhancement.reseller_id == case.reseller_id
    journal.record(
        case,
        Verb.CASE_ENHANCEMENT_LINKED,
        by=by,
        at=at,
        public=own or enhancement.standing is not Disposition.SUBMITTED,
        clause="ATSP 4.10.7",
        text=str(enhancement),
        enhancement=enhancement.pk,
    )


def _record(enhancement: Enhancement, verb: Verb, text: str, *, by: User, at: dt.datetime) -> None:
    journal.record(enhancement, verb, by=by, at=at, clause=RFE, text=text)
