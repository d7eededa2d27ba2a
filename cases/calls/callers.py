"""Who may be calling: each contact that was found with their agreement, whether we may help them, and their cases.

In a fixed number of statements, however many were found.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cases.calls import rules
from cases.calls.rules import Facts, Verdict
from cases.case.models import Case
from cases.opening.facts import cover_in_short, no_agreement, opener_of
from cases.opening.rules import Ground, Objection, objections
from contracts.agreements.models.agreements import Agreement
from contracts.callers.finding import find
from contracts.callers.rules import said
from contracts.parties.models.parties import Contact
from contracts.prepaid.actions.ledger import Balance, balances_by_agreement
from contracts.programmes.rules.paper import HOUSE
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.roster.permissions import Counted, Permissions, standings_of
from portal.models import User

MOST = 8
"""So many callers are offered: of more, one types more."""
CASES = 3
"""So many open cases of a caller are shown."""
_READ = 60


@dataclass(frozen=True, slots=True)
class Caller:
    """A contact as they call: their standing, the agreement that counts for them, what to tell them, their open cases.

    `agreement` is the one in force, else the last one; None for a company without any. `cases` are the most urgent
    ones of `count` (at most what is read).
    """

    contact: Contact
    standing: Permissions
    agreement: Agreement | None
    verdict: Verdict
    cases: tuple[Case, ...] = ()
    count: int = 0

    @property
    def role(self) -> str:
        """What they are on the roster, in the words of its paper; "" for nobody on it."""
        entry = self.standing.technical_entry or next(iter(self.standing.entries), None)
        return entry.called if entry else ""


@dataclass(frozen=True, slots=True)
class Callers:
    """Who was found for what was typed, the best first, and whether there are more."""

    text: str
    rows: tuple[Caller, ...] = ()
    more: bool = False


def callers(text: str, user: User, now: dt.datetime) -> Callers:
    """Who is found by what a caller said, as a dispatcher may see them; nobody for an empty text."""
    typed = said(text)
    keys, more = find(typed, user, MOST)
    contacts = _contacts(keys, user)
    return Callers(typed.text, tuple(_callers(contacts, user, now)), more)


def caller_of(contact: Contact, user: User, now: dt.datetime) -> Caller:
    """One contact as they call at an instant."""
    return next(iter(_callers([contact], user, now)))


def _contacts(keys: Sequence[int], user: User) -> list[Contact]:
    rows = Contact.objects.visible_to(user).select_related("organisation", "site", "user")
    found = {one.pk: one for one in rows.filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def _callers(contacts: Sequence[Contact], user: User, now: dt.datetime) -> Iterable[Caller]:
    if not contacts:
        return
    known = standings_of(contacts, now, user)
    agreements = {one.agreement.pk: one.agreement for one in known.values() if one.agreement}
    pools = balances_by_agreement(one for one in agreements.values() if one.tier_terms)
    lines = _lines(agreements, now)
    cases = _open_cases(contacts, user)
    for contact in contacts:
        counted, theirs = known[contact.pk], cases[contact.pk]
        yield Caller(
            contact,
            counted.standing,
            counted.agreement,
            _verdict(contact, counted, pools, lines, now),
            tuple(theirs[:CASES]),
            len(theirs),
        )


def _lines(agreements: Iterable[int], now: dt.datetime) -> dict[int, list[RosterEntry]]:
    """Who is on the rosters of some agreements, by agreement, in the order of the form. One statement."""
    rows = RosterEntry.objects.current(now).filter(agreement__in=list(agreements))
    found: dict[int, list[RosterEntry]] = defaultdict(list)
    for line in rows.select_related("contact__site").in_form_order():
        found[line.agreement_id].append(line)
    return found


def _open_cases(contacts: Sequence[Contact], user: User) -> dict[int, list[Case]]:
    """The open cases of the contacts, the most urgent first. One statement."""
    rows = Case.objects.visible_to(user).open().filter(contact__in=[one.pk for one in contacts])
    found: dict[int, list[Case]] = defaultdict(list)
    for case in rows.for_list().most_urgent_first()[:_READ]:
        found[case.contact_id].append(case)
    return found


def _verdict(
    contact: Contact,
    counted: Counted,
    pools: dict[int, list[Balance]],
    lines: dict[int, list[RosterEntry]],
    now: dt.datetime,
) -> Verdict:
    standing, agreement = counted.standing, counted.agreement
    paper = agreement.programme.paper if agreement else HOUSE
    roster = lines.get(agreement.pk, []) if agreement else []
    facts = Facts(
        name=contact.name,
        company=contact.organisation.name,
        zone=contact.site.zone,
        others=_others(contact, counted, roster, now),
        keeper=next(
            (one.contact.name for one in roster if one.standing == RosterRole.ADMINISTRATIVE), ""
        ),
        usable_from=standing.usable_from,
        last_day=agreement.last_day if agreement else None,
        region=contact.site.region,
        reseller_agreement=agreement.reseller_agreement_number if agreement else "",
    )
    if contact.left_at is not None:
        found: Sequence[Objection] = (rules.has_left(facts, paper),)
    elif standing.agreement is None:
        found = (Objection(Ground.NO_AGREEMENT, no_agreement(contact, agreement)),)
    else:
        balances = pools.get(standing.agreement.pk, [])
        cover = cover_in_short(standing, contact, balances)
        found = objections(opener_of(standing, contact), cover, now, paper=paper)
    return rules.verdict(found, facts, paper)


def _others(
    contact: Contact, counted: Counted, roster: Sequence[RosterEntry], now: dt.datetime
) -> tuple[str, ...]:
    """The names of the Technical Contacts who may open a case now, of a region that has cases; nobody after an end."""
    agreement = counted.agreement
    if agreement is None or not agreement.is_in_force(now):
        return ()
    tier = agreement.tier_terms
    return tuple(
        line.contact.name
        for line in roster
        if line.is_technical
        and line.usable_from <= now
        and line.contact_id != contact.pk
        and (tier is None or tier.pool_of(line.contact.site.region) is not None)
    )
