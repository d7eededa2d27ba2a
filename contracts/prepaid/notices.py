"""Notices about prepaid cases, to the Administrative Contact, the account managers and the PSAM (ATSP 1.1, 9.1)."""

import datetime as dt
from typing import Any

from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.billing.rules.money import money_text
from contracts.parties import people
from contracts.parties.presence import written_to
from contracts.prepaid.models.extensions import Extension
from contracts.prepaid.models.ledger import CaseAccount, CaseEntry
from contracts.roster.models.entries import RosterRole
from contracts.verbs import Verb
from portal import journal
from portal.alarms import raise_alarm
from portal.models import User
from portal.notices import outbox
from portal.notices.outbox import Recipient
from portal.roles import Role
from portal.ui.words import day as day_words

DECIDERS = (Role.ACCOUNT_MANAGER, Role.CONTRACT_ADMINISTRATOR)
"""Who transfers cases between pools, and accepts an extension."""


def share_passed(
    agreement: Agreement, account: CaseAccount, share: int, *, at: dt.datetime
) -> None:
    """Tell that a share of a pool is used, once for each share of what was granted; it is on record either way."""
    terms, name = agreement.programme.case_warnings, pool_name(agreement, account.pool)
    clause = terms.clause if terms else ""
    title = f"{share} % of the cases of the pool {name} are used"
    if share >= 100:
        title = f"All cases of the pool {name} are used"
    journal.record(
        agreement,
        Verb.AGREEMENT_CASES_SHARE_USED,
        by=None,
        at=at,
        public=True,
        clause=clause,
        text=f"{title}: {account.taken} of {account.granted}.",
        pool=account.pool,
        share=share,
    )
    told = [*_administrative(agreement, at), *_provider(agreement, at)]
    if not told:
        raise_alarm(
            agreement,
            f"cases-used:{account.pool}:{account.granted}:{share}",
            f"{title} ({agreement.reseller.name}), and there is nobody to tell: no Administrative Contact, no account "
            "manager, no PSAM.",
            at=at,
            url=_page(agreement),
        )
    _post(
        agreement,
        f"cases-used:{account.pool}:{account.granted}:{share}",
        told,
        "cases_used",
        f"{agreement.reseller.name}: {title}",
        at,
        clause,
        pool=name,
        share=share,
        used=account.taken,
        granted=account.granted,
        left=account.left,
        charged=account.charged,
        provisional=account.reserved,
    )


def transferred(entry: CaseEntry, *, by: User, at: dt.datetime) -> None:
    """Tell the Administrative Contact that cases were moved from a pool to another, and why."""
    agreement, giving, taking = entry.account.agreement, entry.account, entry.to_account
    cases = f"{entry.cases} case{'' if entry.cases == 1 else 's'}"
    source, target = pool_name(agreement, giving.pool), pool_name(agreement, taking.pool)
    _post(
        agreement,
        f"transfer:{entry.pk}",
        _administrative(agreement, at),
        "cases_transferred",
        f"{cases} moved from the pool {source} to {target}",
        at,
        entry.clause,
        author=by.name,
        cases=cases,
        source=source,
        target=target,
        reason=entry.reason,
        left=[
            {"pool": source, "cases": giving.left},
            {"pool": target, "cases": taking.left},
        ],
    )


def extension_asked(extension: Extension, *, at: dt.datetime) -> None:
    """Tell those who decide that an extension was requested."""
    agreement = extension.agreement
    _post(
        agreement,
        f"extension:{extension.pk}:asked",
        [*people.Staff(*DECIDERS, at=at).of(agreement)],
        "extension_asked",
        f"{agreement.reseller.name} asks for an extension of {_months(extension)}",
        at,
        _clause(agreement),
        words=extension.words,
        authorisation=str(extension.authorisation),
        cases=extension.cases,
        due="Accept or decline it",
        by_whom="an account manager or the contract administrator",
        action="Open the extension",
        url=_page(agreement, "agreement_extension"),
    )


def extension_decided(extension: Extension, *, at: dt.datetime) -> None:
    """Tell the Administrative Contact, and who asked, what was decided; those who decide, when it was withdrawn."""
    agreement, said = extension.agreement, extension.outcome
    told: list[Recipient] = list(_administrative(agreement, at))
    if extension.asked_by not in told:
        told.append(extension.asked_by)
    if said == "withdrawn":
        told += people.Staff(*DECIDERS, at=at).of(agreement)
    _post(
        agreement,
        f"extension:{extension.pk}:decided",
        told,
        "extension_decided",
        f"{agreement.reseller.name}: the extension of {_months(extension)} is {said}",
        at,
        _clause(agreement),
        accepted=extension.is_accepted,
        outcome=said,
        reason=extension.reason,
        cases=extension.cases,
        total=money_text(extension.total, agreement.programme.currency),
        words=extension.words,
        ends_on=day_words(agreement.ends_on),
    )


def pool_name(agreement: Agreement, code: str) -> str:
    """How a pool of the agreement's tier is called."""
    tier = agreement.tier_terms
    return next((pool.name for pool in tier.pools if pool.code == code), code) if tier else code


def _post(
    agreement: Agreement,
    step: str,
    to: list[Recipient],
    template: str,
    title: str,
    at: dt.datetime,
    clause: str,
    url: str = "",
    **context: Any,
) -> None:
    outbox.post(
        agreement,
        step,
        to=to,
        template=template,
        title=title,
        at=at,
        clause=clause,
        url=url or _page(agreement),
        context={
            "reseller": agreement.reseller.name,
            "contract": agreement.contract_number,
            "reference": agreement.reference,
            **context,
        },
    )


def _page(agreement: Agreement, name: str = "agreement_cases") -> str:
    return reverse(name, args=[agreement.reference])


def _months(extension: Extension) -> str:
    return f"{extension.months} month{'' if extension.months == 1 else 's'}"


def _clause(agreement: Agreement) -> str:
    payment = agreement.programme.payment
    return payment.extension_clause if payment else ""


def _administrative(agreement: Agreement, at: dt.datetime) -> list[Recipient]:
    entries = (
        agreement.roster.current(at)
        .filter(standing=RosterRole.ADMINISTRATIVE, contact__left_at=None)
        .select_related("contact__user")
    )
    return [one for entry in entries if (one := written_to(entry.contact)) is not None]


def _provider(agreement: Agreement, at: dt.datetime) -> list[Recipient]:
    """The account managers and the PSAM, each once."""
    told: dict[int, Recipient] = {
        user.pk: user for user in people.Staff(Role.ACCOUNT_MANAGER, at=at).of(agreement)
    }
    told |= {user.pk: user for user in people.psams_of(agreement, at)}
    return list(told.values())
