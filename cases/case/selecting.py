"""Selecting cases: for queues, lists, searches and counts."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

from django.db import connection, models
from django.db.models import BooleanField, Expression, ExpressionWrapper, F, OuterRef, Q, When
from django.db.models.expressions import RawSQL

from cases.case.rules.vocabulary import Side, State
from cases.search import asking
from cases.search.rules import read
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact, Organisation, Site
from contracts.scope import ScopedQuerySet
from portal.bulk import array
from portal.models import Deadline, User
from portal.nested import nested
from portal.prepared import Rows, among

if TYPE_CHECKING:
    from cases.case.models import Case

WAITING = (State.WAITING_FOR_RESELLER, State.WAITING_FOR_ENGINEERING)
MOST_MS = 200
"""Milliseconds for which hits are looked for by their keys; what takes longer is left to the list's own order."""
HITS = 2000
"""As many cases with the words of a search are looked up by their keys; of more the newest are soon found."""

LESS_THAN_CRITICAL = ExpressionWrapper(Q(severity__gt=1), output_field=BooleanField())
"""False for severity 1, which stands before all others. The index of the queue begins with it."""

LIFE = models.Case(
    *(When(state=state.value, then=place) for place, state in enumerate(State)),
    output_field=models.SmallIntegerField(),
)
"""The place of a case's state in its life. An index of the open cases begins with it."""

_WAITS_FOR_RESELLER = (
    Q(information_asked_at__isnull=False, information_received_at=None)
    | Q(awaits_call_for__isnull=False)
    | Q(proposed_by_side=Side.PROVIDER)
    | Q(state=State.RELIEVED, workaround_agreed_at=None)
    | Q(closing_proposed_at__isnull=False)
    | Q(status_every_proposed_by=Side.PROVIDER)
    | Q(contact__left_at__isnull=False)
)

_AGREEMENTS = Rows(lambda: Agreement.objects.filter(among("pk", "keys")).order_by())
_SITES = Rows(lambda: Site.objects.filter(among("pk", "keys")).order_by())
ORGANISATIONS = Rows(lambda: Organisation.objects.filter(among("pk", "keys")).order_by())
_CONTACTS = Rows(lambda: Contact.objects.filter(among("pk", "keys")).order_by())
USERS = Rows(lambda: User.objects.filter(among("pk", "keys")).order_by())


def give_parties(cases: Sequence["Case"]) -> None:
    """Give cases that have their agreements its provider, and their reseller, contact, account and owner.

    Three statements. Many cases share their parties, so each is read once and not with every case of a join.
    """
    organisations = ORGANISATIONS.in_bulk(
        {case.agreement.provider_id for case in cases} | {case.reseller_id for case in cases}
    )
    contacts = _CONTACTS.in_bulk({case.contact_id for case in cases})
    people = {one.user_id for one in contacts.values()} | {case.owner_id for case in cases}
    users = USERS.in_bulk({key for key in people if key is not None})
    for contact in contacts.values():
        contact.user = users[contact.user_id] if contact.user_id else None
    for case in cases:
        case.agreement.provider = organisations[case.agreement.provider_id]
        case.reseller = organisations[case.reseller_id]
        case.contact = contacts[case.contact_id]
        case.owner = users[case.owner_id] if case.owner_id else None


class CaseQuerySet(ScopedQuerySet):
    """Selects cases."""

    organisation = "reseller"

    def with_parties(self, ids: Iterable[int]) -> dict[int, "Case"]:
        """The cases of those ids with agreement, site and parties (see `give_parties`), in six statements."""
        cases: dict[int, Any] = self.in_bulk(list(ids))
        some = list(cases.values())
        agreements = _AGREEMENTS.in_bulk({case.agreement_id for case in some})
        sites = _SITES.in_bulk({case.site_id for case in some})
        for case in some:
            case.agreement = agreements[case.agreement_id]
            case.site = sites[case.site_id]
        give_parties(some)
        return cases

    def open(self) -> Self:
        """Not closed."""
        return self.exclude(state=State.CLOSED)

    def most_urgent_first(self) -> Self:
        """Severity 1 on top, then in the order in which promises fall due; those without one last (ATSP 4.5, 4.6)."""
        return self.order_by(
            LESS_THAN_CRITICAL, F("next_due_at").asc(nulls_last=True), "severity", "pk"
        )

    def newest_first(self) -> Self:
        """The latest reported first."""
        return self.order_by("-reported_at", "-pk")

    def theirs_first(self) -> Self:
        """As the reseller's people go through them: those that wait for them, the other open ones, the closed ones;
        the first two in the order in which promises fall due, the last by their report, the latest first."""
        turn = models.Case(
            When(state=State.CLOSED, then=2),
            When(_WAITS_FOR_RESELLER | Q(state=State.WAITING_FOR_RESELLER), then=0),
            default=1,
            output_field=models.SmallIntegerField(),
        )
        due = F("next_due_at").asc(nulls_last=True)
        return self.order_by(turn, due, "-reported_at", "-pk")

    def for_list(self) -> Self:
        """With what a row of a list shows, in one statement."""
        return self.select_related("reseller", "contact", "owner", "product")

    def with_organizations(self) -> Self:
        """With its reseller and its agreement's provider, which the case's `with_organizations` makes rows of."""
        parties: Any = [OuterRef("reseller"), OuterRef("agreement__provider")]
        return self.annotate(
            organizations=nested(Organisation.objects.filter(pk__in=parties).order_by())
        )

    def with_information_due(self) -> Self:
        """Annotated with when the information clock that runs on them acts (ATSP 4.9.1, 4.10.8), if one does."""
        clock = Deadline.objects.unfinished().filter(
            subject_type="cases.case", subject_id=OuterRef("pk"), kind="cases.information"
        )
        asked = When(information_asked_at__isnull=False, then=clock.values("due_at")[:1])
        return self.annotate(information_due_at=models.Case(asked, default=None))

    def watched_by(self, user: User | Expression) -> Self:
        """Those that a person watches, on whichever side they are."""
        watches = self.model.watches.rel.related_model._default_manager.of(user)
        return self.filter(pk__in=watches.values("case"))

    def breached(self, at: dt.datetime | Expression) -> Self:
        """Those with a promise of the provider past due at an instant."""
        return self.filter(next_due_at__lt=at)

    def waiting_for_reseller(self) -> Self:
        """Cases that wait for the reseller: information, a call, an answer, a word on the relief or
        the closing, or who goes on when the contact left."""
        return self.filter(_WAITS_FOR_RESELLER)

    def turn_of_reseller(self, *, is_theirs: bool) -> Self:
        """Open cases on which the reseller's people go on; or the provider's, Engineering among them."""
        theirs = Q(state=State.WAITING_FOR_RESELLER) | _WAITS_FOR_RESELLER
        return self.open().filter(theirs if is_theirs else ~theirs)

    def of_team(self, user: User) -> Self:
        """Those that somebody owns who holds a role of the user's, the user among them; none to those without roles."""
        team = (
            User.objects.filter(roles__overlap=list(user.roles))
            if user.roles
            else User.objects.none()
        )
        return self.filter(owner__in=team.values("pk"))

    def of_release(self, number: str) -> Self:
        """Those of a release, and of those whose number goes on after it: 6.1 selects 6.1.3, and not 6.10."""
        return self.filter(Q(release=number) | Q(release__startswith=f"{number.rstrip('.')}."))

    def matching(self, text: str) -> Self:
        """Those of that number, else with the words, as search finds them; internal notes are not looked through.

        Asks for the hits first. Few of them become the condition, so that a list in another order need not read the
        words of every case until it has found a page of them; of many a page is soon found. For a reader's own search,
        with notes and operators, see `cases.search.finding.narrowed_by`.
        """
        query = read(text)
        if query.number is not None:
            return self.filter(pk=query.number)
        if not query.every:
            return self.none() if text.strip() else self
        wanted = asking.words(query).both(asking.facets("a", ["r"]))
        newest = f"search_newest({wanted.sql}, (SELECT max(id) FROM cases_case), %s, %s, {', '.join(['NULL'] * 5)})"  # noqa: S608  # our own words
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT keys, low FROM {newest}",  # noqa: S608  # our own words; what was typed is among the values
                [*wanted.values, HITS + 1, MOST_MS],
            )
            hits, low = cursor.fetchone()
        if len(hits) <= HITS and not low:
            # as one array: two thousand values of their own cost more than the search
            return self.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [array(hits)]))
        return self.alias(fits=asking.fits(wanted)).filter(fits=True)

    def ready_made(self, user: Any, at: Any) -> dict[str, Self]:
        """Those of each ready-made filter of the queue, for the key of a user and an instant."""
        return {
            "all": self,
            "mine": self.filter(owner=user),
            "unassigned": self.filter(owner=None),
            "breached": self.breached(at),
            "waiting": self.filter(state__in=WAITING),
        }


class CaseManager(models.Manager.from_queryset(CaseQuerySet)):  # type: ignore[misc]  # made at run time
    """All cases."""
