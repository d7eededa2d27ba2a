"""Notices about an agreement's life: that it is in force, that it ended, why, and what people may do now."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.coverage.lasting import served_after
from contracts.parties.people import Staff
from contracts.parties.presence import written_to
from contracts.roster.models.entries import RosterEntry, RosterRole
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft, Recipient
from portal.roles import Role


def in_force(agreements: Sequence[Agreement], *, at: dt.datetime, late: bool = False) -> None:
    """Tell the contract administrators and the Administrative Contact that an agreement is in force."""
    _post(agreements, "in_force", "is in force", {}, at=at, late=late)


def ended(
    agreements: Sequence[Agreement],
    clauses: Mapping[int, str],
    *,
    at: dt.datetime,
    late: bool = False,
) -> None:
    """Tell the contract administrators and the Administrative Contact that an agreement ended, and why."""
    _post(agreements, "ended", "ended", clauses, at=at, late=late)


def _post(
    agreements: Sequence[Agreement],
    step: str,
    said: str,
    clauses: Mapping[int, str],
    *,
    at: dt.datetime,
    late: bool,
) -> None:
    if not agreements:
        return
    administrators = Staff(Role.CONTRACT_ADMINISTRATOR, at=at)
    keepers = administrative_contacts(agreements)
    goes_on = served_after(agreements) if step == "ended" else {}
    outbox.post_many(
        [
            NoticeDraft(
                subject=one,
                step=step,
                to=[*administrators.of(one), *keepers.get(one.pk, [])],
                template=f"agreement_{step}",
                title=f"Agreement {one.contract_number} {said}",
                context=_facts(one, goes_on.get(one.pk, "")),
                url=reverse("agreement", args=[one.reference]),
                clause=clauses.get(one.pk) or one.programme.term_clause,
                late=late,
            )
            for one in agreements
        ],
        at=at,
    )


def _facts(agreement: Agreement, goes_on: str) -> dict[str, str]:
    coverage = agreement.programme.coverage
    clause = coverage.outlasts_clause if coverage else None
    return {
        "goes_on": goes_on,
        "goes_on_cited": f" ({clause})" if clause else "",
        "next_year": "The account manager knows about a new year."
        if agreement.programme.renewal
        else "",
        "contract": agreement.contract_number,
        "reseller": agreement.reseller.name,
        "effective_on": f"{agreement.effective_on:%-d %B %Y}",
        "ends_on": f"{agreement.ends_on:%-d %B %Y}",
        "ended_on": f"{agreement.ended_on:%-d %B %Y}" if agreement.ended_on else "",
        "cause": agreement.end_words,
        "reason": agreement.end_reason,
        "roster_clause": agreement.programme.roster.clause,
        "technical": agreement.programme.paper.technical,
    }


def administrative_contacts(agreements: Sequence[Agreement]) -> dict[int, list[Recipient]]:
    """The Administrative Contacts by agreement, in one statement."""
    entries = RosterEntry.objects.filter(
        agreement__in=[one.pk for one in agreements],
        standing=RosterRole.ADMINISTRATIVE,
        removed_at=None,
        contact__left_at=None,
    ).select_related("contact__user")
    found: dict[int, list[Recipient]] = {}
    for entry in entries:
        recipient = written_to(entry.contact)
        if recipient is not None:
            found.setdefault(entry.agreement_id, []).append(recipient)
    return found
