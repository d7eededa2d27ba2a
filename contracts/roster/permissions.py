"""What a person may do under their organization's agreement: their standing on the roster at an instant."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.db.models import Q

from contracts.agreements.models.agreements import Agreement, AgreementQuerySet
from contracts.coverage.lasting import goes_on
from contracts.coverage.models import DelegatedCoverage
from contracts.parties.models.parties import Contact, Organisation
from contracts.roster.models.entries import RosterEntry, RosterQuerySet, RosterRole
from contracts.scope import know_own, reach_of
from portal.acts import Actor
from portal.models import User
from portal.prepared import Rows, given


@dataclass(frozen=True, slots=True)
class Permissions:
    """A person's standing at an instant (ATSP 1.1, 1.20, 5.2.1).

    `agreement` is the one in force, None when there is none; `entries` are the person's lines on its roster,
    those still waiting included. After an end they are the lines on the last roster: its Technical Contacts open
    no case, and see those that are open to their closure. `outlasting`: the agreement has expired, and support goes on
    under it for the End-Users whose delegated coverage still holds (SCL 8.4). Everything is empty for people who are
    no reseller's, or who left.
    """

    at: dt.datetime
    contact: Contact | None = None
    agreement: Agreement | None = None
    entries: tuple[RosterEntry, ...] = ()
    outlasting: bool = False

    @property
    def organisation(self) -> Organisation | None:
        """The reseller they work for."""
        return self.contact.organisation if self.contact else None

    @property
    def technical_entry(self) -> RosterEntry | None:
        """Their line as Technical Contact or alternate."""
        return next((entry for entry in self.entries if entry.is_technical), None)

    @property
    def is_technical(self) -> bool:
        """Whether they are a Technical Contact or alternate, past the waiting time or not."""
        return self.technical_entry is not None

    @property
    def is_administrative(self) -> bool:
        """Whether they are the Administrative Contact."""
        return any(entry.standing == RosterRole.ADMINISTRATIVE for entry in self.entries)

    @property
    def usable_from(self) -> dt.datetime | None:
        """From when they may ask for assistance; None when they are no Technical Contact (ATSP 5.2.1)."""
        entry = self.technical_entry
        return entry.usable_from if entry else None

    @property
    def is_waiting(self) -> bool:
        """Whether they are a Technical Contact who may not ask for assistance yet."""
        return self.usable_from is not None and self.at < self.usable_from

    @property
    def may_ask(self) -> bool:
        """Whether they may ask for assistance now: a Technical Contact past the waiting time, agreement in force."""
        return self.agreement is not None and self.is_technical and not self.is_waiting


@dataclass(frozen=True)
class Participant(Actor):
    """Who acts, as the agreements know them."""

    @cached_property
    def standing(self) -> Permissions:
        """Their standing now, read once."""
        return permissions_of(self.user, self.at)


def permissions_of(user: Any, at: dt.datetime) -> Permissions:
    """A user's standing at an aware instant, as of their contact. Two queries for a person on the roster in force
    (see `standing_of_contact`), none for provider people.
    """
    if not user.is_authenticated or not user.is_active or user.is_provider:
        return Permissions(at)
    contact = next(iter(_CONTACTS.read(user=user.pk)), None)
    if contact is None:
        return Permissions(at)
    contact.user = user
    know_own(user, contact.organisation_id)
    return standing_of_contact(contact, at)


def standing_of_contact(contact: Contact, at: dt.datetime) -> Permissions:
    """A contact's standing at an aware instant, also of one who does not sign in. One query for a person on the roster
    in force, one more for anybody else, and others when no agreement is in force.
    """
    if contact.left_at is not None:
        return Permissions(at)
    entries = _entries_in_force(contact, at)
    named = (entry.agreement for entry in entries)
    agreement = max(named, key=_newest, default=None) or _in_force(contact, at)
    if agreement is None:
        last = last_agreement(contact, at)
        lines = _last_entries(contact, at)
        if last is not None and is_outlasted(last, at):
            return Permissions(at, contact, last, lines, outlasting=True)
        return Permissions(at, contact, None, lines)
    agreement.reseller = contact.organisation
    return Permissions(
        at,
        contact,
        agreement,
        tuple(entry for entry in entries if entry.agreement_id == agreement.pk),
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """A contact's standing, and the agreement that counts for their company: the one in force, else the last one."""

    standing: Permissions
    agreement: Agreement | None


def standings_of(
    contacts: Sequence[Contact], at: dt.datetime, by: User | None = None
) -> dict[int, Counted]:
    """The standings of a few contacts of any resellers at an aware instant, by contact, as `standing_of_contact` has
    each. Two queries for all of them, a third where an agreement has ended whose coverage may go on.

    With `by`, somebody of a provider, only the agreements that they serve count.
    """
    begun: dict[int, list[Agreement]] = defaultdict(list)
    firms = {one.organisation_id for one in contacts}
    near = Agreement.objects.begun(at).filter(reseller__in=firms).select_related("provider")
    if by is not None:
        near = near.filter(reach_of(by).serves("provider"))
    for agreement in near.order_by("effective_on", "pk"):
        begun[agreement.reseller_id].append(agreement)
    lines: dict[int, list[RosterEntry]] = defaultdict(list)
    on_form = RosterEntry.objects.filter(contact__in=[one.pk for one in contacts]).on_the_form(at)
    for entry in on_form.order_by("pk"):
        lines[entry.contact_id].append(entry)
    ended = [last for found in begun.values() if not (last := found[-1]).is_in_force(at)]
    lasting = DelegatedCoverage.objects.holding_on(
        {one.pk: one.date_at(at) for one in ended if goes_on(one)}, at
    )
    return {
        one.pk: _counted(one, begun[one.organisation_id], lines[one.pk], lasting, at)
        for one in contacts
    }


def _counted(
    contact: Contact,
    begun: Sequence[Agreement],
    lines: Sequence[RosterEntry],
    lasting: Collection[int],
    at: dt.datetime,
) -> Counted:
    """The same by what was read; `begun` are the agreements of their company, the newest last."""
    in_force = {one.pk: one for one in begun if one.is_in_force(at)}
    named = [in_force[line.agreement_id] for line in lines if line.agreement_id in in_force]
    agreement = max(named or in_force.values(), key=_newest, default=None)
    last = agreement or next(reversed(begun), None)
    if contact.left_at is not None or last is None:
        return Counted(Permissions(at, None if contact.left_at else contact), last)
    last.reseller = contact.organisation
    entries = tuple(line for line in lines if line.agreement_id == last.pk)
    for line in entries:
        line.agreement = last
    outlasts = agreement is None and last.pk in lasting
    held = last if outlasts else agreement
    return Counted(Permissions(at, contact, held, entries, outlasting=outlasts), last)


def is_outlasted(agreement: Agreement, at: dt.datetime) -> bool:
    """Whether an expired agreement's delegated coverage goes on at an instant (SCL 8.4). One query where it may."""
    return goes_on(agreement) and DelegatedCoverage.objects.hold_on(
        agreement.pk, agreement.date_at(at), at
    )


def _entries_in_force(contact: Contact, at: dt.datetime) -> list[RosterEntry]:
    """The contact's lines under the agreements in force of their reseller, with those agreements. One query."""
    found = _LINES_AROUND.read(contact=contact.pk, at=at, **_around(contact, at))
    in_force = [entry for entry in found if entry.agreement.is_in_force(at)]
    return sorted(in_force, key=attrgetter("pk"))


def _in_force(contact: Contact, at: dt.datetime) -> Agreement | None:
    """The newest agreement in force of a contact's reseller. One query."""
    around = _AGREEMENTS_AROUND.read(**_around(contact, at))
    return max((one for one in around if one.is_in_force(at)), key=_newest, default=None)


def _near(path: str = "") -> Q:
    """Selects the agreements of a reseller whose term may hold an instant, at the end of a path.

    Each agreement counts its days in a zone of its own. The few around the day are read, and asked one by one: the
    condition of `AgreementQuerySet.in_force` takes longer to plan than the rows to read.
    """
    return Q(
        (f"{path}reseller", given("reseller")),
        (f"{path}effective_on__lte", given("after")),
        (f"{path}ends_on__gte", given("before")),
    )


def _around(contact: Contact, at: dt.datetime) -> dict[str, Any]:
    """The values of `_near` for a contact at an instant."""
    day, one = at.astimezone(dt.UTC).date(), dt.timedelta(days=1)
    return {"reseller": contact.organisation_id, "before": day - one, "after": day + one}


_CONTACTS = Rows(
    lambda: (
        Contact.objects.present()
        .filter(user=given("user"))
        .select_related("organisation", "site")
        .order_by()
    )
)
_LINES_AROUND = Rows(
    lambda: (
        RosterEntry.objects.filter(_near("agreement__"), contact=given("contact"))
        .on_the_form(given("at"))
        .select_related("agreement__provider")
        .order_by()
    )
)
_AGREEMENTS_AROUND = Rows(
    lambda: Agreement.objects.filter(_near()).select_related("provider").order_by()
)


def _newest(agreement: Agreement) -> tuple[dt.date, int]:
    """What the newest of some agreements has the greatest of."""
    return agreement.effective_on, agreement.pk


def _lines(contact: Contact, at: dt.datetime) -> RosterQuerySet:
    """The lines of a contact who is there, under any agreement; at most one of each is technical."""
    return RosterEntry.objects.filter(contact=contact).on_the_form(at).order_by("pk")


def _last_entries(contact: Contact, at: dt.datetime) -> tuple[RosterEntry, ...]:
    """The contact's lines on the roster of their reseller's last agreement, when none is in force any more."""
    last = _begun(contact, at).values("pk")[:1]
    return tuple(_lines(contact, at).filter(agreement__in=last))


def last_agreement(contact: Contact, at: dt.datetime) -> Agreement | None:
    """The last agreement that a contact's reseller had before an instant or has at it. One query."""
    found: Agreement | None = _begun(contact, at).first()
    return found


def last_agreement_of(standing: Permissions) -> Agreement | None:
    """The last agreement of a person's reseller, for the words of its paper; None for who is no reseller's."""
    return last_agreement(standing.contact, standing.at) if standing.contact else None


def _begun(contact: Contact, at: dt.datetime) -> AgreementQuerySet:
    """The agreements of a contact's reseller that began, the last one first."""
    begun = Agreement.objects.begun(at).filter(reseller=contact.organisation_id)
    begun = begun.select_related("reseller", "provider")
    return begun.order_by("-effective_on", "-pk")
