"""Check an agreement file against its programme's terms: page 1, the roster of Exhibit A, who serves it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from contracts.agreements.rules.agreement_file import (
    AgreementFile,
    AssignmentLine,
    ContactLine,
    ContactRole,
    CoverageLine,
    Duty,
    Finding,
    Heading,
    OptionLine,
    PersonLine,
    SiteLine,
    State,
    TrainingLine,
)
from contracts.agreements.rules.contract_year import term_ends
from contracts.programmes.rules.terms import OptionKind, Programme, Tier
from portal.rules.business_time import zone_named

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_KINDS = {
    Duty.PSAM: OptionKind.PSAM,
    Duty.ALTERNATE_PSAM: OptionKind.PSAM,
    Duty.ESS: OptionKind.ESS,
}


def findings(file: AgreementFile, programme: Programme) -> Iterator[Finding]:
    """All that is wrong with an agreement under a programme's terms."""
    heading = file.agreement
    tier = _tier(heading, programme)
    yield from _heading(file, programme)
    yield from _options(file.options, heading, programme)
    yield from site_findings(file.sites, programme)
    regions = {site.name: site.region for site in file.sites}
    yield from contact_findings(file.contacts, regions, tier, programme)
    if heading.renews is None:
        yield from _roster_minimum(file.contacts, programme)
    yield from _renewal(file, programme)
    kinds = {
        option.kind
        for option in programme.options
        if option.code in {line.option for line in file.options}
    }
    yield from assignment_findings(file.assignments, heading.effective_on, kinds, programme)
    yield from person_findings(file.people)
    yield from coverage_findings(file.coverages, programme)


def coverage_findings(lines: Sequence[CoverageLine], programme: Programme) -> Iterator[Finding]:
    """What is wrong with delegated coverage: none under this programme, or a level that it does not know."""
    if lines and programme.coverage is None:
        yield "coverage", "is given, and the programme delegates none", ""
        return
    levels = [level.code for level in programme.coverage.levels] if programme.coverage else []
    clause = programme.coverage.clause if programme.coverage else ""
    for n, line in enumerate(lines, 1):
        if line.level not in levels:
            reason = f"is {line.level!r}; the levels are {', '.join(levels)}"
            yield f"coverage[{n}].level", reason, clause
        if line.line < 1:
            yield f"coverage[{n}].line", "is 0; the lines count from 1", clause


def _tier(heading: Heading, programme: Programme) -> Tier | None:
    return next((tier for tier in programme.tiers if tier.code == heading.tier), None)


def _heading(file: AgreementFile, programme: Programme) -> Iterator[Finding]:
    heading = file.agreement
    tiers = ", ".join(tier.code for tier in programme.tiers)
    clause = programme.tiers[0].clause if programme.tiers else ""
    if heading.tier and _tier(heading, programme) is None:
        reason = f"is {heading.tier!r}; the programme has {tiers or 'no tiers'}"
        yield "agreement.tier", reason, clause
    if programme.tiers and not heading.tier:
        yield "agreement.tier", f"is missing; one must be chosen: {tiers}", clause
    yield from _term(heading, programme)
    if heading.zone is not None:
        yield from _zone("agreement.zone", heading.zone, programme)
    if file.provider.name.casefold() == file.reseller.name.casefold():
        yield "reseller.name", "is the provider's", ""
    if heading.state is not State.DRAFT:
        for side in ("provider", "reseller"):
            if not any(getattr(block, side) for block in file.signatures):
                reason = f"hold none of the {side}'s, and the agreement is {heading.state.value}"
                yield "signature", reason, clause
    for side, party in (("provider", file.provider), ("reseller", file.reseller)):
        if party.notices and party.notices.email:
            yield from _email(f"{side}.notices.email", party.notices.email)


def _renewal(file: AgreementFile, programme: Programme) -> Iterator[Finding]:
    """What is wrong with what a renewed year says of the past one (REN)."""
    heading, line = file.agreement, file.renewal
    if heading.renews is not None and heading.renews >= heading.effective_on:
        yield "agreement.renews", f"is {heading.renews.isoformat()}, not before this year", "REN"
    if line is None:
        return
    statuses = [one.code for one in programme.scorecard.statuses] if programme.scorecard else []
    if line.performance_status not in statuses:
        reason = (
            f"is {line.performance_status!r}; the programme has {', '.join(statuses) or 'none'}"
        )
        yield "renewal.performance_status", reason, "REN"
        return
    terms = programme.renewal
    named = terms.percentage_for(line.performance_status) if terms else None
    if named is not None and named.percent != line.percentage:
        reason = f"is {line.percentage:f}; for {named.status} the programme has {named.percent:f}"
        yield "renewal.percentage", reason, named.clause


def _term(heading: Heading, programme: Programme) -> Iterator[Finding]:
    if programme.term is None:
        if heading.ends_on is None:
            yield "agreement.ends_on", "is missing, and the programme sets no term", ""
        elif heading.ends_on < heading.effective_on:
            yield "agreement.ends_on", "is before the Effective Date", ""
        elif (
            programme.without_cost and heading.ends_on.isoformat() > programme.without_cost.through
        ):
            reason = (
                f"is {heading.ends_on.isoformat()}; support without cost goes through "
                f"{programme.without_cost.through}"
            )
            yield "agreement.ends_on", reason, programme.without_cost.clause
        return
    ends = term_ends(heading.effective_on)
    if heading.ends_on is not None and heading.ends_on != ends:
        reason = (
            f"is {heading.ends_on.isoformat()}; one year from {heading.effective_on.isoformat()} "
            f"ends on {ends.isoformat()}"
        )
        yield "agreement.ends_on", reason, programme.term.clause


def _options(
    lines: Sequence[OptionLine], heading: Heading, programme: Programme
) -> Iterator[Finding]:
    options = {option.code: option for option in programme.options}
    last = heading.ends_on or term_ends(heading.effective_on)
    for n, line in enumerate(lines, 1):
        option = options.get(line.option)
        if option is None:
            known = ", ".join(options) or "none"
            reason = f"is {line.option!r}; the programme has {known}"
            yield f"option[{n}].option", reason, ""
            continue
        if option.tier != heading.tier:
            reason = (
                f"is {line.option!r}, of the column of {option.tier}; the tier is {heading.tier!r}"
            )
            yield f"option[{n}].option", reason, option.clause
        if line.quantity < 1:
            yield f"option[{n}].quantity", "is 0; an option is taken at least once", option.clause
        if line.taken_on and not heading.effective_on <= line.taken_on <= last:
            reason = f"is {line.taken_on.isoformat()}, outside the agreement's year"
            clause = programme.term.option_clause if programme.term else option.clause
            yield f"option[{n}].taken_on", reason, clause


def site_findings(sites: Sequence[SiteLine], programme: Programme) -> Iterator[Finding]:
    """What is wrong with sites: a zone that does not exist, a region that the programme does not know."""
    regions = [region.code for region in programme.regions]
    for n, site in enumerate(sites, 1):
        yield from _zone(f"site[{n}].zone", site.zone, programme)
        if site.region not in regions:
            reason = f"is {site.region!r}; the programme has {', '.join(regions)}"
            clause = programme.tiers[0].clause if programme.tiers else ""
            yield f"site[{n}].region", reason, clause


def contact_findings(
    lines: Sequence[ContactLine],
    regions: dict[str, str],
    tier: Tier | None,
    programme: Programme,
    *,
    occupied: Mapping[tuple[str, int], str] | None = None,
    administrative: str = "",
) -> Iterator[Finding]:
    """What is wrong with contacts.

    `regions` are those of the reseller's sites by the site's name. `occupied` names who holds which slot of
    which pool already, `administrative` the Administrative Contact there is already.
    """
    taken = dict(occupied or {})
    for n, line in enumerate(lines, 1):
        entry = f"contact[{n}]"
        yield from _email(f"{entry}.email", line.email)
        if line.site not in regions:
            reason = f"is {line.site!r}; the reseller has {', '.join(regions) or 'no site'}"
            yield f"{entry}.site", reason, programme.roster.clause
        if not line.standings:
            yield f"{entry}.standings", "is empty; say what the contact is", programme.roster.clause
        if len(set(line.standings)) < len(line.standings):
            yield f"{entry}.standings", "says the same twice", ""
        if ContactRole.TECHNICAL in line.standings and ContactRole.ALTERNATE in line.standings:
            reason = "is both technical and alternate; each takes a slot of its own"
            yield f"{entry}.standings", reason, programme.roster.clause
        if ContactRole.ADMINISTRATIVE in line.standings:
            if administrative:
                reason = f"names a second Administrative Contact beside {administrative}"
                yield f"{entry}.standings", reason, programme.roster.clause
            administrative = entry
        if line.site in regions:
            yield from _slot(n, line, regions[line.site], tier, programme, taken)


def _slot(
    n: int,
    line: ContactLine,
    region: str,
    tier: Tier | None,
    programme: Programme,
    taken: dict[tuple[str, int], str],
) -> Iterator[Finding]:
    """What is wrong with a contact's slot; `taken` gathers the slots of the file."""
    entry = f"contact[{n}].slot"
    if not line.is_technical:
        if line.slot is not None:
            reason = (
                f"is given; only {programme.paper.name('technical')}s and alternates take a slot"
            )
            yield entry, reason, programme.roster.clause
        return
    if tier is None and programme.tiers:
        return  # the tier is wrong, so nothing can be said of its slots
    pool = tier.pool_of(region) if tier else None
    if tier is not None and pool is None:
        yield f"contact[{n}].site", f"is in {region}, which {tier.name} does not serve", tier.clause
        return
    most = pool.contacts if pool else programme.roster.maximum_technical
    clause = tier.clause if tier else programme.roster.maximum_clause or programme.roster.clause
    if line.slot is None:
        reason = f"is missing; a {programme.paper.name('technical')} takes a slot of {programme.paper.name('form')}"
        yield entry, reason, clause
        return
    where = f" of the pool {pool.name}" if pool else ""
    if line.slot < 1 or (most is not None and line.slot > most):
        yield entry, f"is {line.slot}; the slots{where} are 1 to {most}", clause
    key = (pool.code if pool else "", line.slot)
    if key in taken:
        yield entry, f"is {line.slot}{where}, which {taken[key]} has already", clause
    taken.setdefault(key, f"contact[{n}]")


def _roster_minimum(lines: Sequence[ContactLine], programme: Programme) -> Iterator[Finding]:
    roster = programme.roster
    for standing, minimum in (
        (ContactRole.TECHNICAL, roster.minimum_technical),
        (ContactRole.ALTERNATE, roster.minimum_alternate),
        (ContactRole.ADMINISTRATIVE, roster.minimum_administrative),
    ):
        count = sum(standing in line.standings for line in lines)
        if count < minimum:
            reason = f"name {count} {standing.value}; at least {minimum} is needed"
            yield "contact", reason, roster.completeness_clause


def assignment_findings(
    lines: Sequence[AssignmentLine],
    effective_on: date,
    kinds: set[OptionKind],
    programme: Programme,
) -> Iterator[Finding]:
    """What is wrong with assignments; `kinds` are those of the options that were taken."""
    for n, line in enumerate(lines, 1):
        entry = f"assignment[{n}]"
        kind = _KINDS[line.duty]
        if kind not in kinds:
            clause = next((one.clause for one in programme.options if one.kind is kind), "")
            reason = f"is {line.duty.value!r}, and no {kind.value.upper()} option was taken"
            yield f"{entry}.duty", reason, clause
        starts = line.starts_on or effective_on
        if starts < effective_on:
            reason = f"is {starts.isoformat()}, before the Effective Date"
            yield f"{entry}.starts_on", reason, ""
        if line.ends_on is not None and line.ends_on < starts:
            yield f"{entry}.ends_on", "is before the assignment begins", ""


def person_findings(people: Sequence[PersonLine]) -> Iterator[Finding]:
    """What is wrong with the provider's people: no address, no such zone."""
    for n, person in enumerate(people, 1):
        yield from _email(f"person[{n}].email", person.email)
        yield from _zone(f"person[{n}].zone", person.zone, None)
        if not person.roles:
            yield f"person[{n}].roles", "is empty; a provider's person has a role", ""


def training_findings(lines: Iterable[TrainingLine], programme: Programme) -> Iterator[Finding]:
    """What is wrong with training: no date at all."""
    for n, line in enumerate(lines, 1):
        if line.trained_on is None and line.certified_on is None:
            reason = "says neither trained_on nor certified_on"
            yield f"training[{n}]", reason, programme.roster.clause


def _zone(entry: str, zone: str, programme: Programme | None) -> Iterator[Finding]:
    try:
        zone_named(zone)
    except ValueError:
        clause = programme.business_day.clause if programme else ""
        yield entry, f"is {zone!r}, no IANA time zone such as America/Los_Angeles", clause


def _email(entry: str, email: str) -> Iterator[Finding]:
    if not _EMAIL.fullmatch(email):
        yield entry, f"is {email!r}, no e-mail address", ""
