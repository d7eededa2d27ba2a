"""What a page shows of an agreement: its cases, its roster as the form has it, and the people who serve it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from contracts.agreements.models.agreements import (
    Agreement,
    AgreementQuerySet,
    AgreementState,
    local_date,
)
from contracts.agreements.models.options import AgreementOption
from contracts.parties.models.parties import Contact
from contracts.parties.people import Directory
from contracts.prepaid.actions.ledger import Balance, balances
from contracts.programmes.rules.terms import QuotaPool
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.services.models.assignments import Duty, duties_bought
from portal.models import User


class Phase(StrEnum):
    """Where an agreement stands at an instant."""

    DRAFT = "draft"
    TO_COME = "to_come"
    IN_FORCE = "in_force"
    ENDED = "ended"


def phase_of(agreement: Agreement, at: dt.datetime) -> Phase:
    """The phase of an agreement at an instant, also on days before and after its year, whatever its state."""
    if agreement.state == AgreementState.DRAFT:
        return Phase.DRAFT
    if agreement.is_in_force(at):
        return Phase.IN_FORCE
    today = agreement.date_at(at)
    if agreement.state == AgreementState.ENDED or today > agreement.ends_on:
        return Phase.ENDED
    return Phase.TO_COME


def in_phase(agreements: AgreementQuerySet, phase: Phase, at: dt.datetime) -> AgreementQuerySet:
    """Those of the agreements that `phase_of` finds in a phase."""
    if phase is Phase.DRAFT:
        return agreements.filter(state=AgreementState.DRAFT)
    if phase is Phase.IN_FORCE:
        return agreements.in_force(at)
    signed = agreements.exclude(state=AgreementState.DRAFT).exclude(
        pk__in=agreements.in_force(at).values("pk")
    )
    over = Q(state=AgreementState.ENDED) | Q(ends_on__lt=local_date(at))
    return signed.filter(over) if phase is Phase.ENDED else signed.exclude(over)


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A line of the roster, and whether its contact may ask for assistance now."""

    entry: RosterEntry
    may_ask: bool

    @property
    def role(self) -> str:
        """The contact's standing, numbered as on the form: "Technical Contact #3"."""
        number = f" #{self.entry.slot}" if self.entry.slot else ", beyond the slots"
        return f"{self.entry.called}{number}"


@dataclass(frozen=True, slots=True)
class RosterPart:
    """The Technical Contacts of one pool: `slots` prepaid places, the numbers that are free, and the lines."""

    name: str
    slots: int | None
    lines: tuple[RosterLine, ...]
    free: tuple[int, ...]

    @property
    def used(self) -> int:
        """Prepaid places taken."""
        return sum(line.entry.slot is not None for line in self.lines)

    @property
    def words(self) -> str:
        """How full it is, in words: "8 of 10 slots used"."""
        return f"{self.used} of {self.slots} slots used"

    @property
    def free_words(self) -> str:
        """The free slots in words: "9 and 10", "3 to 10"."""
        if not self.free:
            return ""
        first, last = self.free[0], self.free[-1]
        if len(self.free) == 1:
            return str(first)
        if last - first == len(self.free) - 1:
            return f"{first} and {last}" if len(self.free) == 2 else f"{first} to {last}"
        return ", ".join(map(str, self.free[:-1])) + f" and {last}"


@dataclass(frozen=True, slots=True)
class Server:
    """A provider's person who serves the agreement, and whether they are away."""

    user: User
    duty: str
    away: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """An agreement at an instant, ready for a page."""

    agreement: Agreement
    phase: Phase
    days_left: int
    balances: list[Balance]
    options: list[AgreementOption]
    roster: tuple[RosterPart, ...]
    administrative: Contact | None
    management: tuple[Contact, ...]
    servers: tuple[Server, ...]
    vacant: tuple[str, ...]
    stands_in: bool


def overview(agreement: Agreement, at: dt.datetime) -> Overview:
    """An agreement as it stands at an instant: six queries, however many contacts there are."""
    entries = list(
        agreement.roster.current(at).in_form_order().select_related("contact", "contact__site")
    )
    people = {standing: _contacts(entries, standing) for standing in RosterRole}
    directory = Directory([agreement], at)
    options = list(agreement.options.select_related("agreement"))
    return Overview(
        agreement=agreement,
        phase=phase_of(agreement, at),
        days_left=(agreement.anniversary - agreement.date_at(at)).days,
        balances=balances(agreement),
        options=options,
        roster=tuple(
            roster_parts(agreement, [entry for entry in entries if entry.is_technical], at)
        ),
        administrative=next(iter(people[RosterRole.ADMINISTRATIVE]), None),
        management=tuple(people[RosterRole.MANAGEMENT]),
        servers=tuple(_servers(directory, agreement)),
        vacant=tuple(
            duty.label
            for duty in duties_bought(option.kind for option in options)
            if not directory.assigned(agreement, duty)
        ),
        stands_in=_stands_in(directory, agreement),
    )


def _contacts(entries: list[RosterEntry], standing: RosterRole) -> list[Contact]:
    return [entry.contact for entry in entries if entry.standing == standing]


def roster_parts(
    agreement: Agreement, entries: list[RosterEntry], at: dt.datetime
) -> Iterator[RosterPart]:
    """The Technical Contacts of a roster by pool, as Exhibit A has them; one part where the tier has no pools."""
    tier = agreement.tier_terms
    if tier is None:
        yield _part("", agreement.programme.roster.maximum_technical, entries, at)
        return
    for pool in tier.pools:
        yield _pool_part(pool, [entry for entry in entries if entry.pool == pool.code], at)


def _pool_part(pool: QuotaPool, entries: list[RosterEntry], at: dt.datetime) -> RosterPart:
    return _part(pool.name, pool.contacts, entries, at)


def _part(name: str, slots: int | None, entries: list[RosterEntry], at: dt.datetime) -> RosterPart:
    taken = {entry.slot for entry in entries}
    return RosterPart(
        name=name,
        slots=slots,
        lines=tuple(RosterLine(entry, entry.usable_from <= at) for entry in entries),
        free=tuple(slot for slot in range(1, (slots or 0) + 1) if slot not in taken),
    )


def _servers(directory: Directory, agreement: Agreement) -> Iterator[Server]:
    for duty in Duty:
        for user in directory.assigned(agreement, duty):
            yield Server(user, duty.label, directory.is_away(user))


def _stands_in(directory: Directory, agreement: Agreement) -> bool:
    """Whether an alternate PSAM stands in: there are PSAMs, and all of them are away (ATSP 14.2)."""
    assigned = directory.assigned(agreement, Duty.PSAM)
    return bool(assigned) and not set(assigned) & set(directory.psams_of(agreement))
