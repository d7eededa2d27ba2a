"""The facts by which the rules decide who may open a case: the person, and the agreement that would cover it."""

import datetime as dt
from collections.abc import Sequence

from cases.opening import rules as admission
from cases.opening.limitations import outlasting_of
from cases.opening.report import Report
from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.life import Cause, clause_of_end, words_of_end
from contracts.parties.models.parties import Contact
from contracts.prepaid.actions import ledger as case_ledger
from contracts.programmes.rules.paper import HOUSE
from contracts.roster.permissions import Permissions
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words


def opener_of(standing: Permissions, contact: Contact) -> admission.Opener:
    """The person, as the roster has them at the instant of their standing."""
    return admission.Opener(
        name=contact.name,
        is_technical_contact=standing.is_technical,
        is_administrative_contact=standing.is_administrative,
        usable_from=standing.usable_from,
        zone=contact.site.zone,
    )


def cover_of(
    standing: Permissions,
    contact: Contact,
    at: dt.datetime,
    balances: Sequence[case_ledger.Balance],
    report: Report | None = None,
) -> admission.Cover:
    """What their agreement would cover at an instant; asked only with an agreement.

    It reads what extends a pool that is spent, and for whom support goes on after the agreement expired.
    """
    agreement = _agreement_of(standing)
    balance, ways_out = _balance(standing, contact, balances), ""
    if balance is not None and not balance.left and agreement.is_in_force(at):
        ways_out = case_ledger.ways_out(agreement, balances, at)
    outlasting = outlasting_of(standing, contact, report)
    return _cover(agreement, contact, balance, ways_out, outlasting)


def cover_in_short(
    standing: Permissions, contact: Contact, balances: Sequence[case_ledger.Balance]
) -> admission.Cover:
    """The same by what was read already, for a list of people: it neither prices an extension nor names who is served
    after the agreement expired.
    """
    agreement = _agreement_of(standing)
    coverage = agreement.programme.coverage
    outlasting = None
    if standing.outlasting and coverage is not None and coverage.outlasts_clause is not None:
        outlasting = admission.Outlasting(coverage.outlasts_clause, agreement.programme.over, "")
    return _cover(agreement, contact, _balance(standing, contact, balances), "", outlasting)


def no_agreement(contact: Contact, last: Agreement | None) -> Refusal:
    """The refusal while no agreement is in force: the end of the last one, with its cause and clause."""
    paper = last.programme.paper if last is not None else HOUSE
    ended, clause = "", paper.cite("ATSP 2.1, 9.1")
    if last is not None:
        cause = Cause(last.end_cause) if last.end_cause else Cause.EXPIRED
        words = words_of_end(cause, last.programme)
        without = last.last_day + dt.timedelta(days=1)
        ended = f": {last.contract_number} ended, {day_words(without)} is the first day without it ({words})"
        clause = ", ".join(
            filter(None, [paper.cite("ATSP 2.1"), clause_of_end(cause, last.programme)])
        )
    return Refusal(
        f"{contact.organisation} has no support agreement in force{ended}.",
        clause=clause,
        way_out=f"The draft is kept. Ask your {paper.administrative}, or your account manager about a renewal.",
    )


def _agreement_of(standing: Permissions) -> Agreement:
    assert standing.agreement is not None, "asked only with an agreement"  # noqa: S101
    return standing.agreement


def _balance(
    standing: Permissions, contact: Contact, balances: Sequence[case_ledger.Balance]
) -> case_ledger.Balance | None:
    tier = _agreement_of(standing).tier_terms
    pool = tier.pool_of(contact.site.region) if tier else None
    return next((b for b in balances if pool is not None and b.pool == pool.code), None)


def _cover(
    agreement: Agreement,
    contact: Contact,
    balance: case_ledger.Balance | None,
    ways_out: str,
    outlasting: admission.Outlasting | None,
) -> admission.Cover:
    return admission.Cover(
        agreement=agreement.reference,
        starts_on=agreement.effective_on,
        anniversary=agreement.anniversary,
        reseller_agreement=agreement.reseller_agreement_number,
        reseller_agreement_holds=agreement.reseller_agreement_in_force,
        region=contact.site.region,
        counts_cases=agreement.tier_terms is not None,
        outlasting=outlasting,
        pool=admission.PoolBalance(
            name=balance.name, cases=balance.granted, taken=balance.taken, ways_out=ways_out
        )
        if balance
        else None,
    )
