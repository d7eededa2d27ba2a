"""Termination with the reseller agreement, and what is given back for it (ATSP 9.4; D-5)."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction

from contracts.agreements.actions.life import end_for_cause
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.rules.life import Cause, clause_of_end
from contracts.billing.actions.charges import LONGEST, add_charge, option_text
from contracts.billing.actions.invoices import issue_invoices
from contracts.billing.actions.payments import use_credit
from contracts.billing.models.charges import Charge, ChargeKind
from contracts.billing.models.invoices import Invoice
from contracts.billing.paid import owed_on
from contracts.billing.rules.paid import Owed
from contracts.ending.actions.reseller_agreements import standing_of_reseller_agreement
from contracts.ending.models import ResellerAgreementState
from contracts.ending.rules.refund import Basis, Fee, Refund, refunds, unused_of_each
from contracts.parties.people import require_serving
from contracts.prepaid.actions.ledger import balances
from contracts.verbs import Verb
from portal import journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

_FEES = (ChargeKind.CASES, ChargeKind.OPTION, ChargeKind.CONTACT, ChargeKind.EXTENSION)
"""What is prorated. Work is paid for as it is done, and a tax follows its own law."""


def refunds_on(agreement: Agreement, on: dt.date) -> tuple[Refund, Refund]:
    """Both refunds when `on` is the first day without the agreement: by time, and by unused cases (ATSP 9.4, D-5).

    Raises Refusal for a day outside the year.
    """
    return _both(agreement, on, owed_on(agreement))


@transaction.atomic
def terminate_agreement(
    agreement: Agreement, *, on: dt.date, basis: str, reason: str, by: User, at: dt.datetime
) -> Agreement:
    """End the agreement because the provider terminated the reseller agreement for cause, and refund (ATSP 9.4).

    The refund that applies is the administrator's choice, with its reason on record beside both sums (D-5). Its lines
    are charges of the year, below zero, each naming the line of which it gives back a part. What is not owed any more
    of an unpaid invoice is credited and set against it at once. Raises Refusal while the reseller agreement was not
    terminated for cause, for an agreement that is not signed, and without a basis or a reason.
    """
    require_role(by, Role.CONTRACT_ADMINISTRATOR, act="terminate an agreement", clause="ATSP 9.4")
    require_serving(by, agreement.provider_id, "terminate an agreement")
    if not agreement.programme.needs_reseller_agreement:
        raise Refusal(
            "This agreement does not end with a reseller agreement.",
            clause=clause_of_end(Cause.TERMINATED, agreement.programme),
            way_out="Terminate it by notice of a breach that was not cured.",
        )
    locks.lock_all([agreement, *agreement.invoices.all()])
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
            f"The reseller agreement stood until {day_words(cause.since)}.",
            clause=clause,
            way_out=f"Name that day or a later one; {day_words(on)} is before it.",
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
    owed = owed_on(agreement)
    both = _both(agreement, on, owed)
    chosen = next(one for one in both if one.basis == basis)
    ended = end_for_cause(
        agreement,
        on=on,
        reason=f"The reseller agreement was {cause}. {cause.reason}",
        by=by,
        at=at,
    )
    lines = {one.pk: one for one in owed}
    let_off = []
    for line in chosen.lines:
        for kind, what, amount in (
            (ChargeKind.REFUND, "Refund of", line.amount),
            (ChargeKind.CREDIT, "Not owed any more of", line.let_off),
        ):
            if amount:
                credit = add_charge(
                    ended,
                    kind=kind,
                    text=f"{what} {line.text}"[:LONGEST],
                    words=line.words,
                    amount=-amount,
                    clause=clause,
                    incurred_on=on,
                    gives_back=lines[line.key],
                    by=by,
                    at=at,
                )
                let_off += [credit] if kind is ChargeKind.CREDIT else []
    _take_off(ended, let_off, by=by, at=at)
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
        let_off=str(chosen.let_off),
    )
    return ended


def _both(agreement: Agreement, on: dt.date, owed: Mapping[Charge, Owed]) -> tuple[Refund, Refund]:
    return refunds(
        _fees(agreement, owed),
        on=on,
        effective=agreement.effective_on,
        ends=agreement.ends_on,
        currency=agreement.programme.currency,
    )


def _fees(agreement: Agreement, owed: Mapping[Charge, Owed]) -> list[Fee]:
    """The fees of the year in the order in which they were charged: cases, options, contacts, extensions.

    An extension's cases are its own; the others were bought with the tier. A line of which nothing is left is no fee.
    """
    extensions = [one for one in agreement.extensions.order_by("decided_at") if one.is_accepted]
    pools = balances(agreement)
    more = [one.cases for one in extensions]
    first = sum(one.granted for one in pools) - sum(more)
    unused = unused_of_each([first, *more], sum(one.left for one in pools))
    of_extension = {
        one.charge_id: (one.cases, left) for one, left in zip(extensions, unused[1:], strict=True)
    }
    names = {option_text(one): one.words for one in agreement.options.all()}
    fees = []
    for charge, left in owed.items():
        if charge.kind not in _FEES or not left.amount:
            continue
        cases, spare = of_extension.get(charge.pk, (None, 0))
        if charge.kind == ChargeKind.CASES:
            cases, spare = first, unused[0]
        fees.append(
            Fee(
                key=charge.pk,
                text=names.get(charge.text, charge.text),
                since=charge.incurred_on,
                charged=charge.amount,
                paid=left.paid,
                unpaid=left.unpaid,
                cases=cases,
                unused=spare,
            )
        )
    return fees


def _take_off(
    agreement: Agreement, credits: Sequence[Charge], *, by: User, at: dt.datetime
) -> None:
    """Set what is not owed any more against the invoices that asked for it; the rest waits with its line."""
    asked: dict[Invoice, list[Charge]] = {}
    for credit in credits:
        for invoice in Invoice.objects.filter(lines__charge=credit.gives_back):
            asked.setdefault(invoice, []).append(credit)
    for invoice, lines in asked.items():
        (note,) = issue_invoices(agreement, charges=lines, by=by, at=at)
        use_credit(invoice, note, by=by, at=at)
