"""The Technical Contacts who speak for a case, and who keeps their roster (ATSP 5.2.1, 5.2.2)."""

import datetime as dt

from cases.case.models import Case
from cases.clocks.rules.wording import moment
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.roster.models.entries import RosterEntry, RosterQuerySet
from contracts.roster.notices import keepers_of
from portal.notices.outbox import Recipient
from portal.rules.refusal import Refusal


def technical_lines(case: Case, at: dt.datetime) -> RosterQuerySet:
    """The lines of the Technical Contacts and alternates of a case's reseller at an instant, the waiting ones too.

    They are those of the roster in force for the support that the case is under; after an end, of the last one.
    """
    lines: RosterQuerySet = RosterEntry.objects.current(at).technical()
    return lines.filter(agreement__in=_with_the_roster(case, at))


def lines_of_case(case: Case, at: dt.datetime) -> RosterQuerySet:
    """All lines of the roster that counts for a case at an instant, the waiting ones too (see `technical_lines`)."""
    lines: RosterQuerySet = RosterEntry.objects.current(at)
    return lines.filter(agreement__in=_with_the_roster(case, at))


def refusal_of_caller(case: Case, caller: Contact, at: dt.datetime) -> Refusal | None:
    """What stands against taking somebody's call on a case at an instant (ATSP 5.2.1, 5.2.2); None when nothing."""
    line = technical_lines(case, at).filter(contact=caller).first()
    paper = case.programme.paper
    if line is None:
        return Refusal(
            f"{caller.name} is not a {paper.technical} of {case.reseller.name.rstrip('.')}.",
            clause=paper.cite("ATSP 5.2.2"),
            way_out=f"Record the call as refused, and ask for a {paper.technical} on the roster.",
            field="caller",
        )
    if line.usable_from > at:
        return Refusal(
            f"{caller.name} is new on the roster and may ask for assistance from "
            f"{moment(line.usable_from, caller.site.zone)}.",
            clause=paper.cite("ATSP 5.2.1"),
            way_out=f"Record the call as refused; a {paper.technical} who is past the waiting time may call now.",
            field="caller",
        )
    return None


def keepers_of_roster(case: Case, at: dt.datetime) -> list[Recipient]:
    """The Administrative Contact of a case's reseller; while none can be written to, the notice address."""
    agreement = next(iter(_with_the_roster(case, at)), case.agreement)
    return keepers_of([agreement])[agreement.pk]


def _with_the_roster(case: Case, at: dt.datetime) -> list[Agreement]:
    """The agreements whose roster counts for a case at an instant, the newest first."""
    found = list(
        Agreement.objects.begun(at)
        .filter(
            reseller=case.reseller_id,
            provider=case.agreement.provider_id,
            support=case.agreement.support,
        )
        .order_by("-effective_on", "-pk")
    )
    return [one for one in found if one.is_in_force(at)] or found[:1]
