"""The extension when all Cases are used: asked for by purchase order, charged and granted (ATSP 9.1; D-4, D-47)."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from contracts.agreements.models.agreements import Agreement
from contracts.billing.actions.charges import add_charge
from contracts.billing.models.charges import Authorisation, AuthorisationKind, ChargeKind
from contracts.billing.permissions import require_administrative
from contracts.billing.rules.money import money_text
from contracts.parties.people import require_serving
from contracts.prepaid import notices
from contracts.prepaid.actions.ledger import Balance, balances, priced_offer, require_term
from contracts.prepaid.actions.movements import Pools
from contracts.prepaid.models.extensions import Extension
from contracts.prepaid.models.ledger import EntryKind, Place
from contracts.prepaid.notices import DECIDERS
from contracts.prepaid.rules.extension import Offer, still_paid_for
from contracts.roster.models.entries import RosterRole
from contracts.verbs import Verb
from portal import attachments, journal, locks
from portal.access import require_role
from portal.models import User
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

PURCHASE_ORDER = "purchase_order"
"""The purpose of a file that is the purchase order itself."""


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """A purchase order as it was given: `file` is its name and content, where the paper came along."""

    number: str
    given_by: str
    dated_on: dt.date
    amount: Decimal
    file: tuple[str, bytes] | None = None


def may_ask(agreement: Agreement, user: User, at: dt.datetime) -> bool:
    """Whether a user may ask for the agreement's extension: the Administrative Contact, and those who decide on it."""
    if user.is_provider:
        return user.has_role(*DECIDERS)
    entries = agreement.roster.current(at).filter(standing=RosterRole.ADMINISTRATIVE)
    return entries.filter(contact__user=user, contact__left_at=None).exists()


def offer_of(agreement: Agreement, at: dt.datetime) -> Offer | None:
    """What an extension would cost and bring on the day; None where there is none to offer, or outside the term."""
    return priced_offer(agreement, at) if agreement.is_in_force(at) else None


def refusal_to_extend(
    agreement: Agreement, standing: list[Balance], at: dt.datetime
) -> Refusal | None:
    """Objections to an extension now: unused paid cases, or a programme without one."""
    offer = offer_of(agreement, at)
    if offer is None:
        try:
            require_term(agreement, at)
        except Refusal as refusal:
            return refusal
        return Refusal(
            "The agreement's programme has no extension.", way_out="Ask your account manager."
        )
    if not offer.total:
        return Refusal(
            "The fee for the Cases of page 1 was given back, and an extension is a share of it.",
            clause=offer.clause,
            way_out="Ask your account manager about a new agreement.",
        )
    left = still_paid_for([(one.name, one.left) for one in standing])
    if not left:
        return None
    return Refusal(
        f"The Cases paid for are not all used: {left}.",
        clause=f"{offer.clause}, D-47",
        way_out="An extension can be asked for once all are used. Until then your account manager can transfer cases "
        "between pools.",
    )


@transaction.atomic
def ask_for_extension(
    agreement: Agreement, order: PurchaseOrder, *, by: User, at: dt.datetime
) -> Extension:
    """Ask for the extension to the anniversary on a purchase order; return it. It is priced by the day (D-4).

    Asked again while one awaits its decision, that one is returned. Raises Refusal for anybody but the Administrative
    Contact and those who decide, while cases are left, and for a purchase order below the price.
    """
    if not may_ask(agreement, by, at):
        raise Refusal(
            "You may not ask for an extension.",
            clause="ATSP 1.1, 9.1",
            way_out="Ask your Administrative Contact, who is responsible for the agreement.",
        )
    if by.is_provider:
        require_serving(by, agreement.provider_id, "ask for an extension")
    locks.lock(agreement)
    present = agreement.extensions.awaiting().first()
    if present is not None:
        return present
    refusal = refusal_to_extend(agreement, balances(agreement), at)
    if refusal is not None:
        raise refusal
    offer = offer_of(agreement, at)
    assert offer is not None, "without an offer it is refused"  # noqa: S101
    _require_order(order, offer, agreement.date_at(at))
    authorisation = Authorisation.objects.create(
        agreement=agreement,
        kind=AuthorisationKind.PURCHASE_ORDER,
        number=order.number.strip(),
        given_by=order.given_by.strip(),
        dated_on=order.dated_on,
        amount=order.amount,
        received_at=at,
        received_by=by,
    )
    if order.file is not None:
        name, content = order.file
        attachments.attach(authorisation, PURCHASE_ORDER, name=name, content=content, by=by, at=at)
    extension = Extension.objects.create(
        agreement=agreement,
        authorisation=authorisation,
        months=offer.months,
        per_month=offer.per_month,
        total=offer.total,
        words=offer.words,
        asked_at=at,
        asked_by=by,
    )
    journal.record(
        agreement,
        Verb.AGREEMENT_EXTENSION_ASKED,
        by=by,
        at=at,
        public=True,
        clause=offer.clause,
        text=f"On {authorisation}: {offer.words}",
        extension=extension.pk,
    )
    notices.extension_asked(extension, at=at)
    return extension


@transaction.atomic
def accept_extension(extension: Extension, *, by: User, at: dt.datetime) -> Extension:
    """Accept the extension: charge it, grant its cases at once and return it (D-47).

    Asked again it changes nothing. Raises Refusal unless `by` is an account manager or contract administrator, outside
    the agreement's term, and for one that was declined.
    """
    fresh = _to_decide(extension, by, at)
    if fresh.is_accepted:
        return fresh
    _require_awaited(fresh)
    agreement = fresh.agreement
    require_term(agreement, at)
    clause = case_clause(agreement)
    fresh.charge = add_charge(
        agreement,
        kind=ChargeKind.EXTENSION,
        text=f"Extension of {fresh.months} {'month' if fresh.months == 1 else 'months'}",
        words=fresh.words,
        amount=fresh.total,
        clause=clause,
        by=by,
        at=at,
        authorisation=fresh.authorisation,
    )
    pools = Pools(agreement, by=by, at=at)
    for brought in fresh.brings:
        account = pools.account(brought.pool)
        pools.move(
            account,
            EntryKind.EXTEND,
            (Place.PROVIDER, Place.AVAILABLE),
            reference=agreement.reference,
            clause=clause,
            cases=brought.cases,
            reason=f"{brought.words}, on {fresh.authorisation}",
        )
        pools.enlarged(account, clause=clause)
    pools.keep(*pools.accounts)
    return _decided(fresh, Verb.AGREEMENT_EXTENSION_ACCEPTED, f"{fresh.cases} cases more.", by, at)


@transaction.atomic
def decline_extension(extension: Extension, *, by: User, at: dt.datetime, reason: str) -> Extension:
    """Decline it with a reason, which the reseller reads; return it. Raises Refusal as `accept_extension` does."""
    fresh = _to_decide(extension, by, at)
    _require_awaited(fresh)
    fresh.reason = reason.strip()
    if not fresh.reason:
        raise Refusal(
            "Declining an extension needs a reason.",
            clause=case_clause(fresh.agreement),
            way_out="Say why; the reseller reads it.",
            field="reason",
        )
    return _decided(fresh, Verb.AGREEMENT_EXTENSION_DECLINED, fresh.reason, by, at)


@transaction.atomic
def withdraw_extension(extension: Extension, *, by: User, at: dt.datetime) -> Extension:
    """Withdraw an extension that is not decided yet and return it. Nothing is charged; another may be requested.

    Those who decide are told. Raises Refusal for anybody but the reseller's Administrative Contact, and once it is
    decided.
    """
    require_administrative(by, extension.agreement, act="withdraw an extension")
    fresh = _locked(extension)
    _require_awaited(fresh)
    fresh.reason = f"Withdrawn by {by.name}."
    return _decided(fresh, Verb.AGREEMENT_EXTENSION_WITHDRAWN, fresh.reason, by, at)


def case_clause(agreement: Agreement) -> str:
    """The clause of the agreement's extension; "" where its programme knows none."""
    payment = agreement.programme.payment
    return payment.extension_clause if payment else ""


def _require_order(order: PurchaseOrder, offer: Offer, today: dt.date) -> None:
    """Raise Refusal naming what the purchase order lacks."""
    if not order.number.strip():
        raise Refusal(
            "The purchase order has no number.",
            clause=offer.clause,
            way_out="Type it as the paper has it.",
            field="number",
        )
    if not order.given_by.strip():
        raise Refusal(
            "The purchase order does not say who gave it.",
            clause=offer.clause,
            way_out="Name who signed it.",
            field="given_by",
        )
    if order.dated_on > today:
        raise Refusal(
            f"The purchase order is dated {day_words(order.dated_on)}, after today.",
            clause=offer.clause,
            way_out="Type its date as the paper has it.",
            field="dated_on",
        )
    if order.amount < offer.total:
        raise Refusal(
            f"The purchase order covers {money_text(order.amount, offer.currency)}, less than the "
            f"{money_text(offer.total, offer.currency)} of the extension.",
            clause=offer.clause,
            way_out=f"It is issued for the prorated amount: {offer.words}",
            field="amount",
        )


def _to_decide(extension: Extension, by: User, at: dt.datetime) -> Extension:
    require_role(
        by, *DECIDERS, act="decide on an extension", clause=case_clause(extension.agreement)
    )
    require_serving(by, extension.agreement.provider_id, "decide on an extension")
    return _locked(extension)


def _locked(extension: Extension) -> Extension:
    found = Extension.objects.select_for_update(of=["self"]).select_related(
        "agreement__reseller", "authorisation", "asked_by", "decided_by"
    )
    return found.get(pk=extension.pk)


def _require_awaited(extension: Extension) -> None:
    if extension.is_awaited:
        return
    raise Refusal(
        f"The extension was {extension.outcome} already.",
        clause=case_clause(extension.agreement),
        way_out="The Administrative Contact can ask for another once all cases are used.",
    )


def _decided(extension: Extension, verb: Verb, text: str, by: User, at: dt.datetime) -> Extension:
    extension.decided_at, extension.decided_by = at, by
    extension.save()
    journal.record(
        extension.agreement,
        verb,
        by=by,
        at=at,
        public=True,
        clause=case_clause(extension.agreement),
        text=text,
        extension=extension.pk,
    )
    notices.extension_decided(extension, at=at)
    return extension
