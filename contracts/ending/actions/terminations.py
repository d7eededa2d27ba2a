"""Termination with the reseller agreement, and what is given back for it (ATSP 9.4; D-5)."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from contracts.agreements.actions.life import end_agreement
from contracts.agreements.models.agreements import Agreement, AgreementState, EndCause
from contracts.billing.actions.charges import add_charge, option_text
from contracts.billing.models.charges import ChargeKind
from contracts.ending.actions.reseller_agreements import standing_of_reseller_agreement
from contracts.ending.models import ResellerAgreementState
from contracts.ending.rules.refund import Basis, Paid, Refund, refunds
from contracts.parties.people import require_serving
from contracts.prepaid.actions.ledger import balances
from contracts.verbs import Verb
from portal import journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal


def refunds_on(agreement: Agreement, on: dt.date) -> tuple[Refund, Refund]:
    """Both refunds when `on` is the first day without the agreement: by time, and by unused cases (ATSP 9.4, D-5).

    Raises Refusal for a day outside the year.
    """
    left = balances(agreement)
    return refunds(
        _paid(agreement),
        on=on,
        effective=agreement.effective_on,
        ends=agreement.ends_on,
        unused=sum(one.left for one in left),
        granted=sum(one.granted for one in left),
        currency=agreement.programme.currency,
    )


@transaction.atomic
def terminate_agreement(
    agreement: Agreement, *, on: dt.date, basis: str, reason: str, by: User, at: dt.datetime
) -> Agreement:
    """End the agreement because the provider terminated the reseller agreement for cause, and refund (ATSP 9.4).

    The refund that applies is the administrator's choice, with its reason on record beside both sums (D-5). Its lines
    are charges of the year, below zero. Raises Refusal while the reseller agreement was not terminated for cause, for
    an agreement that is not signed, and without a basis or a reason.
    """
    require_role(by, Role.CONTRACT_ADMINISTRATOR, act="terminate an agreement", clause="ATSP 9.4")
    require_serving(by, agreement.provider_id, "terminate an agreement")
    locks.lock(agreement)
    agreement.refresh_from_db(fields=["state"])
    clause = agreement.programme.ending.clause if agreement.programme.ending else "ATSP 9.4"
    if agreement.state not in (AgreementState.SIGNED, AgreementState.IN_FORCE):
        raise Refusal(
            f"{agreement.reference} is {agreement.get_state_display()}: there is nothing to terminate.",
            clause=clause,
            way_out="Look at how it ended.",
        )
    cause = standing_of_reseller_agreement(agreement)
    if cause is None or cause.standing != ResellerAgreementState.TERMINATED:
        raise Refusal(
            "The reseller agreement was not terminated for cause.",
            clause=clause,
            way_out="Record its termination first, with its day and its reason (ATSP 5.1).",
        )
    if on < cause.since:
        raise Refusal(
            f"The reseller agreement stood until {cause.since.isoformat()}.",
            clause=clause,
            way_out=f"Name that day or a later one; {on.isoformat()} is before it.",
            field="on",
        )
    if basis not in list(Basis):
        raise Refusal(
            "Say which refund applies.",
            clause=f"{clause}, D-5",
            way_out="Choose the remaining time or the unused cases; both sums are shown.",
            field="basis",
        )
    if not reason.strip():
        raise Refusal(
            "Say why this refund applies.",
            clause=f"{clause}, D-5",
            way_out="Say it in a sentence.",
            field="reason",
        )
    both = refunds_on(agreement, on)
    chosen = next(one for one in both if one.basis == basis)
    ended = end_agreement(
        agreement,
        cause=EndCause.TERMINATED,
        on=on,
        reason=f"The reseller agreement was {cause}. {cause.reason}",
        by=by,
        at=at,
    )
    for line in chosen.lines:
        if line.amount:
            add_charge(
                ended,
                kind=ChargeKind.REFUND,
                text=f"Refund of {line.text}",
                words=line.words,
                amount=-line.amount,
                clause=clause,
                incurred_on=on,
                by=by,
                at=at,
            )
    journal.record(
        ended,
        Verb.AGREEMENT_REFUNDED,
        by=by,
        at=at,
        clause=f"{clause}, D-5",
        public=True,
        text=reason.strip(),
        basis=chosen.basis.value,
        by_time=str(both[0].total),
        by_cases=str(both[1].total),
    )
    return ended


def _paid(agreement: Agreement) -> list[Paid]:
    """The fees of the year: the tier's cases, then each option, as far as they were charged and not taken back."""
    tier = agreement.tier_terms
    charged = list(agreement.charges.open())

    def amount(kind: ChargeKind, text: str = "") -> Decimal:
        lines = (one for one in charged if one.kind == kind and text in ("", one.text))
        return sum((one.amount for one in lines), Decimal(0))

    paid = []
    if tier is not None:
        paid.append(Paid(tier.name, tier.fee, amount(ChargeKind.CASES), for_cases=True))
    for option in agreement.options.all():
        annual = option.quantity * option.terms.fee
        fee = amount(ChargeKind.OPTION, option_text(option))
        paid.append(Paid(option.words, annual, fee, for_cases=False))
    return paid
