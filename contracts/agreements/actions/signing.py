"""Signing an agreement: who signs, on which day, and what begins with it (ATSP page 1, 2)."""

import datetime as dt
from collections.abc import Mapping

from django.db import IntegrityError, transaction

from contracts.agreements.actions.life import (
    await_its_days,
    fresh,
    take_force,
)
from contracts.agreements.actions.papers import issue_page_1
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.signing import PAGE_1, Side, Signature
from contracts.agreements.permissions import require_administrator_or_portal
from contracts.agreements.rules.agreement_file import Signatory
from contracts.billing.actions.charges import charge_year
from contracts.ending.models import name_on
from contracts.parties.models.changes import party_on
from contracts.prepaid.actions.ledger import open_accounts
from contracts.renewal.actions.planning import plan_renewal
from contracts.roster.actions import duty
from contracts.verbs import Verb
from portal import journal, locks
from portal.models import User
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

_OVERLAP = "agreement_years_do_not_overlap"


@transaction.atomic
def sign_agreement(
    agreement: Agreement, *, by: User | None, at: dt.datetime, signed_on: dt.date | None = None
) -> Agreement:
    """Sign a draft: its year is charged, its cases are granted, and it comes in force on its Effective Date.

    Its signatories are the draft's; `signed_on` is the day of those who have none yet. On and after the Effective
    Date it is in force at once. Asked again it changes nothing. Raises Refusal for a side without a signatory, a
    signatory without a day, a day to come, and a year that overlaps another one of the same parties (ATSP page 1, 2).
    """
    require_administrator_or_portal(by, agreement, "sign an agreement")
    locks.lock(agreement)
    agreement = fresh(agreement)
    if agreement.state != AgreementState.DRAFT:
        return agreement
    clause = _paper_clause(agreement)
    _put_days(agreement, signed_on, at, clause)
    require_free_year(agreement)
    agreement.state = AgreementState.SIGNED
    _take_names(agreement)
    try:
        with transaction.atomic():
            agreement.save()
    except IntegrityError as error:  # somebody signed the other one at this very moment
        if _OVERLAP not in str(error):
            raise
        require_free_year(agreement)
        raise
    journal.record(
        agreement,
        Verb.AGREEMENT_SIGNED,
        by=by,
        at=at,
        clause=clause,
        public=True,
        text=", ".join(str(signature) for signature in agreement.signatures.all()),
        effective_on=agreement.effective_on,
        ends_on=agreement.ends_on,
    )
    charge_year(agreement, by=by, at=at)
    open_accounts(agreement, by=by, at=at)
    await_its_days(agreement, at=at)
    duty.begin(agreement, at=at)
    plan_renewal(agreement, at=at)
    issue_page_1(agreement, by=by, at=at)
    if at >= agreement.starts_at:
        agreement = take_force(agreement, by=by, at=at)
    return agreement


@transaction.atomic
def record_signatures(
    agreement: Agreement,
    signatories: Mapping[Side, Signatory | None],
    *,
    by: User,
    at: dt.datetime,
) -> Agreement:
    """Put down who signed a draft and when, and sign it (`sign_agreement`): whole, or not at all."""
    require_administrator_or_portal(by, agreement, "sign an agreement")
    locks.lock(agreement)
    if fresh(agreement).state == AgreementState.DRAFT:
        for side, signatory in signatories.items():
            name_signatory(agreement, side, signatory)
    return sign_agreement(agreement, by=by, at=at)


def require_free_year(agreement: Agreement) -> None:
    """Raise Refusal when the agreement's year overlaps a signed one of the same parties and kind of support."""
    other = agreement.overlapping().order_by("effective_on").first()
    if other is None:
        return
    raise Refusal(
        f"The year from {day_words(agreement.effective_on)} to {day_words(agreement.ends_on)} overlaps "
        f"contract {other.contract_number}, {day_words(other.effective_on)} to {day_words(other.last_day)}.",
        clause=agreement.programme.term_clause,
        way_out=f"Let it begin on {day_words(other.last_day + dt.timedelta(days=1))} or later, "
        "or end the other one first.",
        field="effective_on",
    )


def name_signatory(agreement: Agreement, side: Side, signatory: Signatory | None) -> None:
    """Put down who signs a draft's page 1 for a side, in the caller's transaction; None takes them off."""
    agreement.signatures.filter(side=side, place=PAGE_1).delete()
    if signatory is not None and signatory.name:
        Signature.objects.create(
            agreement=agreement,
            side=side,
            place=PAGE_1,
            name=signatory.name,
            title=signatory.title,
            signed_on=signatory.signed_on,
        )


def _put_days(
    agreement: Agreement, signed_on: dt.date | None, at: dt.datetime, clause: str
) -> None:
    """Give the signatories their day. Raises Refusal when a side has none, or one of them no day that has come."""
    signatures = list(agreement.signatures.all())
    for side in Side:
        if not any(one.side == side and one.name for one in signatures):
            raise Refusal(
                f"Nobody is named to sign for the {side.label}.",
                clause=clause,
                way_out="Name the authorized representative of each side first.",
                field=f"{side.value}_signatory",
            )
    for one in signatures:
        one.signed_on = one.signed_on or signed_on
        if one.signed_on is None:
            raise Refusal(
                f"The day on which {one.name} signed is missing.",
                clause=clause,
                way_out="Write the day that stands beside the signature.",
                field=f"{one.side}_signed_on",
            )
        if one.signed_on > agreement.date_at(at):
            raise Refusal(
                f"{one.name} cannot have signed on {day_words(one.signed_on)}: that day is in the future.",
                clause=clause,
                way_out="Write the day that stands beside the signature.",
                field=f"{one.side}_signed_on",
            )
        one.save(update_fields=["signed_on"])


def _take_names(agreement: Agreement) -> None:
    """Put down the parties as they were on the day of the last signature, where the paper named none (ATSP 19.3)."""
    day = max(one.signed_on for one in agreement.signatures.all() if one.signed_on)
    provider, reseller = agreement.provider, agreement.reseller
    if not agreement.provider_name_as_signed:
        agreement.provider_name_as_signed = name_on(provider, day)
    if not agreement.reseller_name_as_signed:
        agreement.reseller_name_as_signed = name_on(reseller, day, provider.pk)
    if not agreement.reseller_address_as_signed:
        agreement.reseller_address_as_signed = "\n".join(party_on(reseller, day).address_lines)


def _paper_clause(agreement: Agreement) -> str:
    """The clause of what is signed: the tier's page, else the term."""
    tier = agreement.tier_terms
    return tier.clause if tier else agreement.programme.term_clause
