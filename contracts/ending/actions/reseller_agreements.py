"""The reseller agreement, a condition of support: how it stands, since when and why (ATSP 5.1)."""

import datetime as dt

from django.db import transaction

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.ending.models import ResellerAgreementChange, ResellerAgreementState
from contracts.parties.people import require_serving
from contracts.verbs import Verb
from portal import journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

CLAUSE = "ATSP 5.1"


@transaction.atomic
def record_reseller_agreement(
    agreement: Agreement,
    *,
    standing: str,
    since: dt.date,
    reason: str,
    by: User,
    at: dt.datetime,
) -> ResellerAgreementChange:
    """Record how the reseller agreement stands from a day on (ATSP 5.1); every year of the contract not ended knows it.

    The history stays: a change is a new row. Raises Refusal without a reason, for a day to come and when nothing
    changes.
    """
    require_role(
        by,
        Role.CONTRACT_ADMINISTRATOR,
        act="record how the reseller agreement stands",
        clause=CLAUSE,
    )
    require_serving(by, agreement.provider_id, "record how the reseller agreement stands")
    if not agreement.programme.needs_reseller_agreement:
        raise Refusal(
            "This programme knows no reseller agreement.",
            clause=agreement.programme.term_clause,
            way_out="Nothing is to be recorded: support does not depend on one.",
        )
    locks.lock(agreement)
    if standing not in ResellerAgreementState.values:
        raise Refusal(
            "Say whether the reseller agreement is in force.",
            clause=CLAUSE,
            way_out=f"Choose: {'; '.join(ResellerAgreementState.labels)}.",
            field="standing",
        )
    if not reason.strip():
        raise Refusal(
            "Recording the state of the reseller agreement needs a reason.",
            clause=CLAUSE,
            way_out="Name the letter, or what was found.",
            field="reason",
        )
    if since > agreement.date_at(at):
        raise Refusal(
            f"{day_words(since)} is still to come.",
            clause=CLAUSE,
            way_out="Record it on its day.",
            field="since",
        )
    last = standing_of_reseller_agreement(agreement)
    if last is not None and last.standing == standing:
        raise Refusal(
            f"It is {last.get_standing_display()} already, since {day_words(last.since)}.",
            clause=CLAUSE,
            way_out="Record only what changes.",
            field="standing",
        )
    change = ResellerAgreementChange.objects.create(
        agreement=agreement,
        standing=standing,
        since=since,
        reason=reason.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    holds = standing == ResellerAgreementState.IN_FORCE
    years = Agreement.objects.filter(contract_number=agreement.contract_number)
    years.exclude(state=AgreementState.ENDED).update(reseller_agreement_in_force=holds)
    journal.record(
        agreement,
        Verb.AGREEMENT_RESELLER_AGREEMENT,
        by=by,
        at=at,
        clause=CLAUSE,
        public=True,
        text=f"{agreement.reseller_agreement_number or 'The reseller agreement'}: {change}. {change.reason}",
        before={"standing": last.standing if last else ""},
        after={"standing": standing, "since": since},
    )
    return change


def standing_of_reseller_agreement(agreement: Agreement) -> ResellerAgreementChange | None:
    """What was recorded last under any year of the contract; None while nothing was (one query)."""
    changes = ResellerAgreementChange.objects.filter(
        agreement__contract_number=agreement.contract_number
    )
    return changes.order_by("recorded_at", "pk").last()
