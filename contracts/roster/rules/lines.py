"""Exhibit A as values: contacts, lines, pools and their slots, and the whole form (ATSP page 1, 5.2.1, Ex.A)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace

from contracts.agreements.rules.agreement_file import TECHNICAL, ContactRole
from contracts.programmes.rules.paper import HOUSE, Paper
from contracts.programmes.rules.terms import Roster, Tier
from portal.rules.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Details:
    """What Exhibit A says of a contact. `site` is the name of one of the reseller's sites."""

    name: str
    email: str
    site: str
    telephone: str = ""
    fax: str = ""
    pager: str = ""

    def changes_to(self, other: "Details") -> dict[str, tuple[str, str]]:
        """What differs in another: each field with its value here and there."""
        pairs = {
            each.name: (getattr(self, each.name), getattr(other, each.name))
            for each in fields(self)
        }
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a technical line: the pool by code and the slot by number; None is beyond the slots."""

    pool: str
    slot: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the roster as it stands; `place` is None for lines that take no slot."""

    key: int
    contact: int
    details: Details
    standing: ContactRole
    place: Place | None = None

    @property
    def is_technical(self) -> bool:
        """Whether it is a Technical Contact's or an alternate's."""
        return self.standing in TECHNICAL


@dataclass(frozen=True, slots=True)
class Pool:
    """The prepaid places for the contacts of some regions; `regions` is None where the programme has no pools."""

    code: str
    name: str
    slots: int
    regions: tuple[str, ...] | None
    clause: str


@dataclass(frozen=True, slots=True)
class Form:
    """Exhibit A as it stands: the programme's terms, the regions of the reseller's sites by name, and the lines.

    `paper` is the programme's: what it calls the form and the contacts.
    """

    terms: Roster
    tier: Tier | None
    regions: Mapping[str, str]
    lines: tuple[Line, ...] = ()
    paper: Paper = HOUSE

    @property
    def roles(self) -> tuple[ContactRole, ...]:
        """The roles that the paper knows; a contact cannot have another."""
        return tuple(role for role in ContactRole if self.paper.knows(role.value))

    @property
    def has_other_heirs(self) -> bool:
        """Whether somebody without a slot may be put on it, to whom the Administrative Contact's role can go."""
        return ContactRole.MANAGEMENT in self.roles

    @property
    def pools(self) -> tuple[Pool, ...]:
        """The pools of the tier; one without a name where the programme has no tiers."""
        if self.tier is None:
            most = self.terms.maximum_technical or 0
            clause = self.terms.maximum_clause or self.terms.clause
            return (Pool("", "", most, None, clause),)
        return tuple(
            Pool(pool.code, pool.name, pool.contacts, pool.regions, self.tier.clause)
            for pool in self.tier.pools
        )

    @property
    def takes_more_than_slots(self) -> bool:
        """Whether contacts can be added beyond the slots of the tier (ATSP 2.1)."""
        return self.tier is not None and self.terms.additions_clause is not None

    @property
    def additions_clause(self) -> str:
        """The clause of contacts beyond the slots."""
        return self.terms.additions_clause or self.terms.clause

    @property
    def keeper_clause(self) -> str:
        """The clause that makes the Administrative Contact responsible."""
        return self.terms.keeper_clause or self.terms.clause

    @property
    def technical(self) -> tuple[Line, ...]:
        """The lines of Technical Contacts and alternates."""
        return tuple(line for line in self.lines if line.is_technical)

    @property
    def administrative(self) -> Line | None:
        """The line of the Administrative Contact."""
        return next((one for one in self.lines if one.standing is ContactRole.ADMINISTRATIVE), None)

    @property
    def beyond(self) -> int:
        """How many contacts stand beyond the slots."""
        return sum(line.place is not None and line.place.slot is None for line in self.lines)

    def without(self, keys: Iterable[int]) -> "Form":
        """The form as if these lines were not on it."""
        gone = set(keys)
        kept = tuple(line for line in self.lines if line.key not in gone)
        return replace(self, lines=kept)

    def pool(self, code: str) -> Pool:
        """The pool of that code. Raises Refusal when the tier has none such."""
        found = next((pool for pool in self.pools if pool.code == code), None)
        if found is None:
            names = ", ".join(pool.name for pool in self.pools)
            raise Refusal(
                f"There is no pool {code!r}.",
                clause=self.pools[0].clause,
                way_out=f"Choose one of: {names}.",
                field="place",
            )
        return found

    def pool_of(self, site: str) -> Pool:
        """The pool in which the contacts of a site stand. Raises Refusal for a site that is none, or not served."""
        unknown = self.unknown_site(site)
        if unknown is not None:
            raise unknown
        region = self.regions[site]
        for pool in self.pools:
            if pool.regions is None or region in pool.regions:
                return pool
        tier = self.tier.name if self.tier else "the terms"
        raise Refusal(
            f"{site} is in {region}, whose contacts have no place under {tier}.",
            clause=self.pools[0].clause,
            way_out="Choose a site of another region.",
            field="site",
        )

    def pool_name(self, code: str) -> str:
        """The pool's name; its code where the tier has none such."""
        return next((pool.name for pool in self.pools if pool.code == code), code)

    def unknown_site(self, site: str) -> Refusal | None:
        """The refusal of a site that is none of the reseller's."""
        if site in self.regions:
            return None
        known = ", ".join(sorted(self.regions)) or "none yet"
        return Refusal(
            f"{site} is not one of the reseller's sites." if site else "The site is missing.",
            clause=self.terms.clause,
            way_out=f"The sites: {known}. The contract administrator enters a new one.",
            field="site",
        )

    def free(self, pool: Pool) -> tuple[int, ...]:
        """The numbers of the pool's slots that nobody holds."""
        taken = {
            line.place.slot for line in self.lines if line.place and line.place.pool == pool.code
        }
        return tuple(slot for slot in range(1, pool.slots + 1) if slot not in taken)

    def holder(self, place: Place) -> Line | None:
        """Who holds a slot."""
        if place.slot is None:
            return None
        return next((line for line in self.lines if line.place == place), None)
