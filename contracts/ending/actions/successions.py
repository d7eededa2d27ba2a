"""A party has a successor in interest: it is named otherwise from a day on; history keeps the old name (ATSP 19.3)."""

import datetime as dt

from django.db import transaction

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.ending.models import Succession, name_on
from contracts.parties.models.parties import Organisation
from contracts.parties.models.provider_people import serves
from contracts.verbs import Verb
from portal import journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal

CLAUSE = "ATSP 19.3"


@transaction.atomic
def record_succession(
    provider: Organisation,
    *,
    name: str,
    since: dt.date,
    reason: str,
    incorporated_in: str = "",
    by: User,
    at: dt.datetime,
) -> Succession:
    """Name the provider otherwise from a day on: its successor in interest (ATSP 19.3; REN).

    Nothing that was signed, printed or journaled before changes; what is made from that day on carries both names. A
    reseller has no successor: it may not assign the agreement. Raises Refusal for one, without a name or a reason, for
    the name it has, and for a day that is not after the last succession.
    """
    require_role(by, Role.CONTRACT_ADMINISTRATOR, act="record a successor", clause=CLAUSE)
    if not serves(by, provider.pk):
        raise Refusal(
            "You may not record a successor of another provider.",
            clause=CLAUSE,
            way_out="The people of that provider do it.",
        )
    locks.lock(provider)
    if provider.kind != "provider":
        raise Refusal(
            "A reseller may not assign the agreement.",
            clause=CLAUSE,
            way_out="Draw up an agreement with the other company.",
        )
    for field, value, what in (("name", name, "name"), ("reason", reason, "reason")):
        if not value.strip():
            raise Refusal(
                f"The {what} is missing.",
                clause=CLAUSE,
                way_out="Write it as the paper of the succession has it.",
                field=field,
            )
    known = list(provider.successions.all())
    last = known[-1] if known else None
    present = last.name if last else provider.name
    if name.strip().casefold() == present.casefold():
        raise Refusal(
            f"{present} is its name already.",
            clause=CLAUSE,
            way_out="Name the company that succeeds it.",
            field="name",
        )
    if last is not None and since <= last.since:
        raise Refusal(
            f"It has been {last.name} since {last.since.isoformat()}.",
            clause=CLAUSE,
            way_out="Name a later day: history stays as it is.",
            field="since",
        )
    succession = Succession.objects.create(
        organisation=provider,
        name=name.strip(),
        predecessor=present,
        incorporated_in=incorporated_in.strip(),
        since=since,
        reason=reason.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    running = Agreement.objects.filter(provider=provider).exclude(
        state__in=[AgreementState.DRAFT, AgreementState.ENDED]
    )
    journal.record_many(
        journal.entry(
            one,
            Verb.AGREEMENT_SUCCEEDED,
            by=by,
            at=at,
            clause=CLAUSE,
            public=True,
            text=f"{succession}, from {since.isoformat()}. {succession.reason}",
            before={"provider": name_on_before(provider, since)},
            after={"provider": str(succession)},
        )
        for one in running
    )
    return succession


def name_on_before(provider: Organisation, since: dt.date) -> str:
    """How the party was named on the day before."""
    return name_on(provider, since - dt.timedelta(days=1))
