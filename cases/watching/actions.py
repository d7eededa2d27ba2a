"""Watching and leaving (ATSP 4.7, 5.2.2). It owes nothing: what the agreement owes goes to whom it names as before."""

import datetime as dt

from django.db.models import QuerySet

from cases.case.actions import changing, doing
from cases.case.contacts import lines_of_case
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.deeds import Deed
from cases.notices import case_context
from cases.verbs import Verb
from cases.watching.models import Watch
from contracts.parties.models.parties import Contact
from contracts.parties.presence import written_to
from contracts.roster.permissions import permissions_of
from portal.models import User
from portal.notices import outbox
from portal.rules.refusal import Refusal


def may_follow(case: Case, at: dt.datetime) -> "QuerySet[Contact]":
    """Who of the reseller may follow a case: everybody on its roster but who has it, and who follows it already.

    The roster counts, not the waiting time: to read asks for no assistance (ATSP 5.2.1, 1.1).
    """
    lines = lines_of_case(case, at)
    found = Contact.objects.filter(pk__in=lines.values("contact"), left_at=None)
    return found.exclude(pk=case.contact_id).exclude(watches__case=case.pk)


def watch(case: Case, *, by: User, at: dt.datetime) -> Case:
    """Watch a case oneself, from either side. Asked again it changes nothing. Returns the case.

    Raises Refusal to a reseller's person who is not on the roster, and to the case's contact, who hears of it anyway.
    """
    with doing(case, Deed.WATCH, by=by, at=at) as fresh:
        if by.is_provider:
            watch, is_new = Watch.objects.get_or_create(
                case=fresh, user=by, defaults={"added_by": by, "since": at}
            )
            if is_new:
                _begun(fresh, watch, by=by, at=at)
            return fresh
        contact = permissions_of(by, at).contact
        assert contact is not None, "a doer of the reseller's is on the roster"  # noqa: S101
        _let_follow(fresh, contact, by=by, at=at)
    return fresh


def let_follow(case: Case, contact: Contact, *, by: User, at: dt.datetime) -> Case:
    """An engineer or a Technical Contact lets a contact of the reseller's roster follow a case. Returns the case.

    They are told, and how to leave. Raises Refusal for who is not on the roster, and for the case's contact.
    """
    with doing(case, Deed.FOLLOW, by=by, at=at) as fresh:
        _let_follow(fresh, contact, by=by, at=at)
    return fresh


def unwatch(case: Case, *, by: User, at: dt.datetime, whose: Watch | None = None) -> Case:
    """Stop watching a case, oneself or (`whose`) a contact whom the case's people let follow it. Returns the case.

    Raises Refusal when it is not watched.
    """
    with doing(case, Deed.UNWATCH, by=by, at=at) as fresh:
        watches = Watch.objects.filter(case=fresh)
        found = watches.of(by) if whose is None else watches.filter(pk=whose.pk, user=None)
        watch = found.select_related("user", "contact").first()
        if watch is None:
            raise Refusal(
                f"Case {fresh.number} is not watched by {'you' if whose is None else 'them'}.",
                clause="ATSP 4.7",
                way_out="There is nothing to end.",
            )
        _ended(fresh, watch, by=by, at=at)
    return fresh


def leave(watch: Watch, *, at: dt.datetime) -> None:
    """End a watch by its signed link: whoever has the mail may, signed in or not."""
    with changing(watch.case) as fresh:
        still = Watch.objects.select_related("user", "contact__user").filter(pk=watch.pk).first()
        if still is not None:
            by = still.user or (still.contact.user if still.contact else None)
            _ended(fresh, still, by=by, at=at)


def _let_follow(fresh: Case, contact: Contact, *, by: User, at: dt.datetime) -> None:
    if Watch.objects.filter(case=fresh, contact=contact).exists():
        return
    if not may_follow(fresh, at).filter(pk=contact.pk).exists():
        paper = fresh.programme.paper
        is_contact = contact.pk == fresh.contact_id
        raise Refusal(
            f"{contact.name} is the contact of case {fresh.number} and hears of it anyway."
            if is_contact
            else f"{contact.name} is not on the roster of {fresh.reseller.name.rstrip('.')}.",
            clause=paper.cite("ATSP 5.2.1, 1.1"),
            way_out="Choose somebody else."
            if is_contact
            else f"The {paper.administrative} puts them on it first.",
            field="contact",
        )
    watch = Watch.objects.create(case=fresh, contact=contact, added_by=by, since=at)
    _begun(fresh, watch, by=by, at=at)
    recipient = written_to(contact)
    if recipient is not None and recipient != by:
        outbox.post(
            fresh,
            f"follows:{watch.pk}",
            to=[recipient],
            template="case_watched",
            title=f"You follow case {fresh.number}: {fresh.title}",
            at=at,
            context=case_context(
                fresh,
                lines=[f"{by.name} lets you follow the case. You hear what its contact hears."],
                leave=watch.leave_path,
            ),
            url=fresh.get_absolute_url(),
            clause=fresh.programme.paper.cite("ATSP 4.7"),
        )


def _begun(fresh: Case, watch: Watch, *, by: User, at: dt.datetime) -> None:
    fresh.watchers = Watch.objects.filter(case=fresh).count()
    _record(fresh, Verb.CASE_WATCHED, watch, by, at, "watches the case.")


def _ended(fresh: Case, watch: Watch, *, by: User | None, at: dt.datetime) -> None:
    watch.delete()
    fresh.watchers = Watch.objects.filter(case=fresh).count()
    _record(fresh, Verb.CASE_UNWATCHED, watch, by, at, "watches the case no more.")


def _record(
    fresh: Case, verb: Verb, watch: Watch, by: User | None, at: dt.datetime, words: str
) -> None:
    """What a reseller's people follow, both sides may read; whom the provider's people watch is their own."""
    record(
        fresh,
        verb,
        by=by,
        at=at,
        public=watch.contact_id is not None,
        text=f"{watch.name} {words}",
        after={"user": watch.user_id, "contact": watch.contact_id},
    )
