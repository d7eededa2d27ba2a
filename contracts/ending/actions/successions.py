"""A party has a successor in interest: it is named otherwise from a day on; history keeps the old name.

Who may transfer the agreement, to whom, and with whose consent or notice, is a term (ATSP 19.3; SCL 19.1).
"""

import datetime as dt

from django.db import transaction

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.signing import Side
from contracts.ending.models import Succession, name_on
from contracts.ending.rules.transfer import BY_THE_PROVIDER, require_transfer, transfer_of
from contracts.parties.models.provider_people import serves
from contracts.programmes.rules.choices import TransferNeeds
from contracts.programmes.rules.renewal_terms import Transfer
from contracts.verbs import Verb
from portal import journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words


@transaction.atomic
def record_succession(
    agreement: Agreement,
    *,
    name: str,
    since: dt.date,
    reason: str,
    side: str = Side.PROVIDER,
    to: str = "",
    other_party_on: dt.date | None = None,
    incorporated_in: str = "",
    by: User,
    at: dt.datetime,
) -> Succession:
    """Name a party otherwise from a day on: its successor in interest (ATSP 19.3; SCL 19.1; REN).

    Nothing that was signed, printed or journaled before changes; what is made from that day on carries both names. A
    provider's holds in all its agreements, a customer's in those with this provider. `to` is the kind of successor and
    `other_party_on` the day on which the other party consented or was notified, as the terms ask. Raises Refusal for a
    party that may not transfer the agreement, without a name or a reason, for the name it has, and for a day that is
    not after the last succession.
    """
    clause = next((one.clause for one in agreement.programme.transfers), BY_THE_PROVIDER.clause)
    require_role(by, Role.CONTRACT_ADMINISTRATOR, act="record a successor", clause=clause)
    if not serves(by, agreement.provider_id):
        raise Refusal(
            "You may not record a successor of another provider.",
            clause=clause,
            way_out="The people of that provider do it.",
        )
    terms = transfer_of(agreement.programme, side)
    clause = terms.clause
    party, under = agreement.provider, None
    if side == Side.RESELLER:
        party, under = agreement.reseller, agreement.provider
    locks.lock(party)
    for field, value, what in (("name", name, "name"), ("reason", reason, "reason")):
        if not value.strip():
            raise Refusal(
                f"The {what} is missing.",
                clause=clause,
                way_out="Write it as the paper of the succession has it.",
                field=field,
            )
    require_transfer(terms, to=to, since=since, other_party_on=other_party_on)
    known = list(party.successions.filter(under=under))
    last = known[-1] if known else None
    present = last.name if last else party.name
    if name.strip().casefold() == present.casefold():
        raise Refusal(
            f"{present} is its name already.",
            clause=clause,
            way_out="Name the company that succeeds it.",
            field="name",
        )
    if last is not None and since <= last.since:
        raise Refusal(
            f"It has been {last.name} since {day_words(last.since)}.",
            clause=clause,
            way_out="Name a later day: history stays as it is.",
            field="since",
        )
    succession = Succession.objects.create(
        organisation=party,
        under=under,
        to=to,
        other_party_on=other_party_on,
        name=name.strip(),
        predecessor=present,
        incorporated_in=incorporated_in.strip(),
        since=since,
        reason=reason.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    concerned = Agreement.objects.filter(provider=agreement.provider)
    if under is not None:
        concerned = concerned.filter(reseller=party)
    running = concerned.exclude(state__in=[AgreementState.DRAFT, AgreementState.ENDED])
    before = name_on(party, since - dt.timedelta(days=1), under.pk if under else None)
    journal.record_many(
        journal.entry(
            one,
            Verb.AGREEMENT_SUCCEEDED,
            by=by,
            at=at,
            clause=clause,
            public=True,
            text=_told(succession, terms),
            before={side: before},
            after={side: str(succession)},
        )
        for one in running
    )
    return succession


def _told(succession: Succession, terms: Transfer) -> str:
    said = f"{succession}, from {day_words(succession.since)}. {succession.reason}"
    day = succession.other_party_on
    if day is None or terms.needs is TransferNeeds.NOTHING:
        return said
    what = "consented" if terms.needs is TransferNeeds.CONSENT else "was notified"
    return f"{said} The other party {what} on {day_words(day)}."
