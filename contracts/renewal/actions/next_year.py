"""What goes over into a renewed contract year on its first day: the roster, and who serves the reseller (REN).

Cases do not: an open one goes on under the year in which it was opened, and its charge is that year's.
"""

import datetime as dt
from collections.abc import Iterator

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.programmes.rules.terms import Tier
from contracts.renewal.actions.planning import OPENS, plan_renewal
from contracts.roster.models.entries import RosterEntry
from contracts.services.models.assignments import Assignment
from contracts.verbs import Verb
from portal import deadlines, journal
from portal.models import User

_HAS_BEGUN = (AgreementState.IN_FORCE, AgreementState.ENDED)


def carry_over(agreement: Agreement, *, by: User | None, at: dt.datetime) -> list[RosterEntry]:
    """Copy the lines of the year before that stand as this one begins, and the assignments that hold then.

    The lines keep their submission, their waiting time and their training: nobody waits anew (ATSP 5.2.1). A slot that
    the tier does not have becomes a place beyond the slots. What is on this year's roster already is left alone.
    Returns the new lines.
    """
    earlier = agreement.renews
    if earlier is None:
        return []
    moment = max(at, agreement.starts_at)
    present = set(agreement.roster.filter(removed_at=None).values_list("contact_id", "standing"))
    standing = earlier.roster.current(moment).in_form_order().select_related("contact__site")
    lines = RosterEntry.objects.bulk_create(
        _line(entry, agreement, agreement.tier_terms)
        for entry in standing
        if (entry.contact_id, entry.standing) not in present
    )
    assignments = Assignment.objects.bulk_create(_assignments(earlier, agreement))
    journal.record(
        agreement,
        Verb.AGREEMENT_CARRIED_OVER,
        by=by,
        at=at,
        clause=_clause(agreement),
        public=True,
        text=f"{len(lines)} lines of the roster and {len(assignments)} assignments of {earlier.reference}",
        roster=[line.pk for line in lines],
    )
    return lines


def renew_as_loaded(agreement: Agreement, *, by: User | None, at: dt.datetime) -> None:
    """Give a loaded year what it has from the one that it renews, and plan its own renewal (REN)."""
    if agreement.renews is not None:
        cause = f"{agreement.reference} renews it."
        deadlines.cancel(agreement.renews, at=at, cause=cause, kinds=[OPENS])
        if agreement.state in _HAS_BEGUN:
            carry_over(agreement, by=by, at=at)
    plan_renewal(agreement, at=at)


def _line(entry: RosterEntry, agreement: Agreement, tier: Tier | None) -> RosterEntry:
    """A line of the new year's roster like the one before."""
    pool = tier.pool_of(entry.contact.site.region) if tier and entry.is_technical else None
    slot = entry.slot
    if pool is not None and slot is not None and slot > pool.contacts:
        slot = None
    return RosterEntry(
        agreement=agreement,
        contact=entry.contact,
        standing=entry.standing,
        pool=pool.code if pool else "",
        slot=slot,
        submitted_at=entry.submitted_at,
        usable_from=entry.usable_from,
        trained_on=entry.trained_on,
        certified_on=entry.certified_on,
        evidence=entry.evidence,
    )


def _assignments(earlier: Agreement, agreement: Agreement) -> Iterator[Assignment]:
    """Who serves the new year: those who served the last day before it, in the duties whose option was taken again."""
    kinds = set(agreement.options.values_list("kind", flat=True))
    present = set(agreement.assignments.values_list("user_id", "duty"))
    for one in earlier.assignments.on(earlier.ends_on):
        kind = "ess" if one.duty == "ess" else "psam"
        if kind in kinds and (one.user_id, one.duty) not in present:
            ends_on = one.ends_on if one.ends_on and one.ends_on >= agreement.effective_on else None
            yield Assignment(
                agreement=agreement,
                user_id=one.user_id,
                duty=one.duty,
                starts_on=agreement.effective_on,
                ends_on=ends_on,
            )


def _clause(agreement: Agreement) -> str:
    renewal = agreement.programme.renewal
    return renewal.clause if renewal else ""
