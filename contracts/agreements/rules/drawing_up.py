"""Drawing up an agreement: what its page 1 says, against the terms of its programme (ATSP page 1, 2; 20.2).

Facts in, refusals out: everything that is wrong at once, each naming its field of the form and its clause.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from contracts.agreements.rules.agreement_file import NoticeLine, PostalAddress, Signatory, SiteLine
from contracts.agreements.rules.contract_year import term_ends
from contracts.programmes.rules.terms import Option, Programme, Tier
from portal.rules.business_time import zone_named
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

RESERVED = ("new",)
"""What an agreement cannot be called: its number stands in its address."""

NOTICES = "ATSP 20.2"
RESELLER_AGREEMENT = "ATSP 5.1"
"""Clauses that no term names; a programme of other clauses has them under none (`cited`)."""

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class OptionChoice:
    """An option chosen on page 1, so many times (D-1)."""

    option: str
    quantity: int
    initials: str = ""


@dataclass(frozen=True, slots=True)
class NewReseller:
    """A reseller who is not in the portal yet."""

    name: str
    address: PostalAddress = field(default_factory=PostalAddress)
    telephone: str = ""
    fax: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A drafted agreement as typed. `reseller` is the key of a known one; else `new_reseller` is made.

    `sites` are further ones beside those that the reseller has. `ends_on` counts only where the programme sets no
    term; `zone` is where the agreement's dates count, the first site's when it is left open.
    """

    contract_number: str
    effective_on: date
    tier: str = ""
    tier_initials: str = ""
    options: tuple[OptionChoice, ...] = ()
    reseller: int | None = None
    new_reseller: NewReseller | None = None
    reseller_agreement_number: str = ""
    reseller_agreement_in_force: bool = True
    ends_on: date | None = None
    zone: str = ""
    sites: tuple[SiteLine, ...] = ()
    provider_notices: NoticeLine | None = None
    reseller_notices: NoticeLine | None = None
    provider_signatory: Signatory | None = None
    reseller_signatory: Signatory | None = None
    site_rows: tuple[int, ...] = field(default=())
    """The row of the form for each site, so that a refusal can point at it."""


def cited(programme: Programme, clause_id: str) -> str:
    """The clause's id where the programme has it; empty in a programme of other clauses."""
    return clause_id if any(clause.id == clause_id for clause in programme.clauses) else ""


def last_day(paper: Paper, programme: Programme) -> date:
    """The last day: one year from the Effective Date (ATSP page 1, 2.a), or as typed where no term says it.

    Left open there, it is the last day of support without cost (SCL 8.2).
    """
    if programme.term is None and paper.ends_on is not None:
        return paper.ends_on
    if programme.term is None and programme.without_cost is not None:
        return programme.without_cost.day
    return term_ends(paper.effective_on)


def paper_refusals(paper: Paper, programme: Programme, *, known_sites: int) -> Iterator[Refusal]:
    """All that is wrong with what is typed, under a programme's terms. `known_sites` the reseller has already."""
    yield from _numbers(paper)
    yield from choice_refusals(paper.tier, paper.options, programme)
    yield from _year(paper, programme)
    if not known_sites and not paper.sites:
        yield Refusal(
            "No site is named.",
            clause=programme.business_day.clause,
            way_out="Name at least one: its region says which cases it draws on, its zone when its clocks run.",
            field="site-0-name",
        )
    for row, site in zip(paper.site_rows or range(len(paper.sites)), paper.sites, strict=True):
        yield from site_refusals(site, programme, prefix=f"site-{row}-")
    if paper.zone:
        yield from zone_refusals(paper.zone, programme, name="zone")


def choice_refusals(
    tier_code: str, options: Sequence[OptionChoice], programme: Programme
) -> Iterator[Refusal]:
    """Violations of page 1: no tier where there are tiers, an option of another column (ATSP page 1)."""
    tiers = {tier.code: tier for tier in programme.tiers}
    tier = tiers.get(tier_code)
    clause = programme.tiers[0].clause if programme.tiers else ""
    if tiers and tier is None:
        yield Refusal(
            f"No level is chosen. {_rule_of_choice(programme)}",
            clause=clause,
            way_out=f"Choose one of: {', '.join(one.name for one in programme.tiers)}.",
            field="tier",
        )
        return
    known = {option.code: option for option in programme.options}
    for choice in options:
        option = known.get(choice.option)
        if option is None:
            yield Refusal(
                f"The programme has no option {choice.option}.", clause=clause, field="tier"
            )
        elif tier is not None and option.tier != tier.code:
            yield _other_column(option, tier, programme)


def _other_column(option: Option, tier: Tier, programme: Programme) -> Refusal:
    theirs = [one.name for one in programme.options if one.tier == tier.code]
    return Refusal(
        f"{option.name} is in another column than {tier.name}. {_rule_of_choice(programme)}",
        clause=option.clause,
        way_out=f"Its column has: {', '.join(theirs) or 'no options'}.",
        field=f"option-{option.code}",
    )


def _rule_of_choice(programme: Programme) -> str:
    """The sentences of the tier's clause that say how to choose, as the paper has them."""
    text = programme.clause(programme.tiers[0].clause).text
    rules = [part for part in text.split("\n\n") if " must " in part]
    return f"“{rules[0]}”" if rules else ""


def _numbers(paper: Paper) -> Iterator[Refusal]:
    if not _NUMBER.fullmatch(paper.contract_number) or paper.contract_number in RESERVED:
        yield Refusal(
            f"{paper.contract_number or 'Nothing'} cannot be a contract number.",
            way_out="Letters, figures, hyphens and dots, such as 271-ATSP-4453.",
            field="contract_number",
        )


def _year(paper: Paper, programme: Programme) -> Iterator[Refusal]:
    if programme.term is not None:
        return
    free = programme.without_cost
    last = paper.ends_on or (free.day if free else None)
    if free is not None and last is not None and last > free.day:
        yield Refusal(
            f"{day_words(last)} is after {day_words(free.day)}, the last day of support without cost.",
            clause=free.clause,
            way_out=f"Write {day_words(free.day)}, or an earlier day.",
            field="ends_on",
        )
    if last is None:
        yield Refusal(
            "The last day is missing, and the programme sets no term.",
            way_out="Write the day as the paper has it.",
            field="ends_on",
        )
    elif last < paper.effective_on:
        yield Refusal(
            f"{day_words(last)} is before the Effective Date, {day_words(paper.effective_on)}.",
            clause=programme.term_clause,
            way_out="Write a later day.",
            field="ends_on",
        )


def site_refusals(site: SiteLine, programme: Programme, *, prefix: str = "") -> Iterator[Refusal]:
    """What is wrong with a site: no name, a region that the programme does not know, a zone that does not exist."""
    if not site.name.strip():
        yield Refusal("The site has no name.", way_out="A city is enough.", field=f"{prefix}name")
    regions = [region.code for region in programme.regions]
    if site.region not in regions:
        yield Refusal(
            f"{site.region or 'No region'} is not a region of the programme.",
            clause=programme.tiers[0].clause if programme.tiers else "",
            way_out=f"Choose one of: {', '.join(regions)}.",
            field=f"{prefix}region",
        )
    yield from zone_refusals(site.zone, programme, name=f"{prefix}zone")


def zone_refusals(zone: str, programme: Programme, *, name: str) -> Iterator[Refusal]:
    """Refuse a time zone that does not exist: the reseller's local time could not be told (ATSP 1.2; D-6)."""
    try:
        zone_named(zone)
    except ValueError:
        yield Refusal(
            f"There is no time zone {zone!r}." if zone else "The time zone is missing.",
            clause=programme.business_day.clause,
            way_out="Write it as region and city: America/Los_Angeles, Europe/London.",
            field=name,
        )
