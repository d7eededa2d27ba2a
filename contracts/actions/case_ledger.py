"""Prepaid cases: taken when a case is opened, settled by its determination (ATSP page 1, 2.3, 9.1; D-3).

The account's row is locked while it is read and written, so two cases never take the last place at once.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from contracts.models import Agreement, CaseAccount, CaseEntry, EntryKind
from contracts.rules.money import extension
from contracts.rules.terms import QuotaPool
from portal import journal
from portal.models import User
from portal.rules.refusal import Refusal

CHARGING_CLAUSE = "ATSP 2.3"
_TAKEN = (EntryKind.RESERVE, EntryKind.ADMIT_OVER)


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a pool of prepaid cases stands. `left` is never below zero; `over` counts cases above what was granted."""

    pool: str
    name: str
    regions: tuple[str, ...]
    granted: int
    reserved: int
    charged: int
    over: int

    @property
    def taken(self) -> int:
        """Cases charged or provisionally taken."""
        return self.reserved + self.charged

    @property
    def left(self) -> int:
        """Cases that may still be opened."""
        return max(self.granted - self.taken, 0)

    @property
    def words(self) -> str:
        """What was used, in words: "37 of 100 used: 30 charged, 7 provisional"."""
        over = f", {self.over} over quota" if self.over else ""
        return (
            f"{self.taken} of {self.granted} used: {self.charged} charged, "
            f"{self.reserved} provisional{over}"
        )

    @property
    def left_words(self) -> str:
        """What is left, in words: "63 of 100 left"."""
        return f"{self.left} of {self.granted} left"


@transaction.atomic
def open_accounts(agreement: Agreement, *, by: User | None, at: dt.datetime) -> list[CaseAccount]:
    """Grant the tier's cases: an account for each of its pools that has none yet. Returns the new accounts."""
    tier = agreement.tier_terms
    if tier is None:
        return []
    present = set(agreement.case_accounts.values_list("pool", flat=True))
    accounts = CaseAccount.objects.bulk_create(
        CaseAccount(agreement=agreement, pool=pool.code, granted=pool.cases)
        for pool in tier.pools
        if pool.code not in present and pool.cases
    )
    CaseEntry.objects.bulk_create(
        CaseEntry(
            account=account,
            reference=agreement.reference,
            kind=EntryKind.GRANT,
            cases=account.granted,
            at=at,
            by=by,
            clause=tier.clause,
            reason=f"{account.granted} cases of {tier.name}",
        )
        for account in accounts
    )
    return accounts


@transaction.atomic
def reserve(
    agreement: Agreement,
    region: str,
    *,
    reference: str,
    by: User | None,
    at: dt.datetime,
    over_quota_reason: str = "",
) -> CaseEntry | None:
    """Take one case provisionally for the case named by `reference`, from the pool of the site's region.

    A provider's user may admit it over quota with a reason. The same reference takes a case only once: asked
    again, the present entry is returned. None under a programme that counts no cases. Raises Refusal outside the
    agreement's term (ATSP page 1, 2.a), for a region without a pool, and when all cases are used (ATSP 9.1).
    """
    tier = agreement.tier_terms
    if tier is None:
        return None
    _require_term(agreement, at)
    pool = tier.pool_of(region)
    if pool is None:
        raise Refusal(
            f"{tier.name} has no cases for the region {region}.",
            clause=tier.clause,
            way_out="A contact of a site in another region may open the case, or ask your account manager.",
        )
    account = CaseAccount.objects.select_for_update().get(agreement=agreement, pool=pool.code)
    present = account.entries.filter(reference=reference, kind__in=_TAKEN).first()
    if present is not None:
        return present
    kind = EntryKind.RESERVE
    if not account.left:
        _require_admission(agreement, pool, by, at, over_quota_reason)
        kind = EntryKind.ADMIT_OVER
        account.over += 1
    account.reserved += 1
    account.save(update_fields=["reserved", "over"])
    over = kind == EntryKind.ADMIT_OVER
    entry = _write(
        account,
        kind,
        reference,
        by=by,
        at=at,
        clause=_extension_clause(agreement) if over else CHARGING_CLAUSE,
        reason=over_quota_reason.strip() if over else "",
    )
    if over:
        journal.record(
            agreement,
            "agreement.case_admitted_over_quota",
            by=by,
            at=at,
            text=over_quota_reason.strip(),
            clause=entry.clause,
            reference=reference,
            pool=pool.code,
        )
    return entry


@transaction.atomic
def settle(
    reference: str, *, charged: bool, clause: str, by: User | None, at: dt.datetime
) -> CaseEntry | None:
    """Settle a case that was taken: charge it, or give it back (ATSP 2.3).

    Asked again with the same answer it changes nothing and returns the present entry. A changed determination
    moves the case over: a charged one is given back; one given back is charged, above the quota if it is spent
    by then, since the case was served. None when no case was ever taken under the reference.
    """
    taken = CaseEntry.objects.filter(reference=reference, kind__in=_TAKEN).first()
    if taken is None:
        return None
    account = CaseAccount.objects.select_for_update().get(pk=taken.account_id)
    last = account.entries.filter(reference=reference).latest("pk")
    wanted = EntryKind.CHARGE if charged else EntryKind.GIVE_BACK
    if last.kind == wanted:
        return last
    if last.kind in _TAKEN:
        account.reserved -= 1
    elif last.kind == EntryKind.CHARGE:
        account.charged -= 1
    if charged:
        account.charged += 1
    above = max(account.taken - account.granted, 0)
    account.over = above if charged else min(account.over, above)
    account.save(update_fields=["reserved", "charged", "over"])
    return _write(account, wanted, reference, by=by, at=at, clause=clause)


def balances(agreement: Agreement) -> list[Balance]:
    """The agreement's pools in the order of its tier, with where they stand (one query)."""
    return balances_by_agreement([agreement])[agreement.pk]


def balances_by_agreement(agreements: Iterable[Agreement]) -> dict[int, list[Balance]]:
    """The pools of several agreements, by the agreement's primary key (one query)."""
    agreements = list(agreements)
    accounts = {
        (account.agreement_id, account.pool): account
        for account in CaseAccount.objects.filter(agreement__in=[one.pk for one in agreements])
    }
    found: dict[int, list[Balance]] = {}
    for agreement in agreements:
        tier = agreement.tier_terms
        found[agreement.pk] = [
            Balance(
                pool=pool.code,
                name=pool.name,
                regions=pool.regions,
                granted=account.granted,
                reserved=account.reserved,
                charged=account.charged,
                over=account.over,
            )
            for pool in (tier.pools if tier else ())
            if (account := accounts.get((agreement.pk, pool.code))) is not None
        ]
    return found


def _require_term(agreement: Agreement, at: dt.datetime) -> None:
    if agreement.is_in_force(at):
        return
    term = agreement.programme.term
    raise Refusal(
        f"Agreement {agreement.contract_number} is not in force on "
        f"{agreement.date_at(at).isoformat()}: its term runs from "
        f"{agreement.effective_on.isoformat()} to {agreement.ends_on.isoformat()}.",
        clause=term.clause if term else "",
        way_out="Ask your account manager about the renewal.",
    )


def _require_admission(
    agreement: Agreement, pool: QuotaPool, by: User | None, at: dt.datetime, reason: str
) -> None:
    """Let a provider's user with a reason pass. Raises Refusal with the extension's arithmetic for anybody else."""
    clause = _extension_clause(agreement)
    if by is None or not by.is_provider:
        raise Refusal(
            f"All {pool.cases} cases of the pool {pool.name} are used.",
            clause=clause,
            way_out=_extension_offer(agreement, at),
        )
    if not reason.strip():
        raise Refusal(
            f"All {pool.cases} cases of the pool {pool.name} are used; to admit one over quota needs a reason.",
            clause=clause,
            way_out=f"Say why the case is admitted. {_extension_offer(agreement, at)}",
            field="over_quota_reason",
        )


def _extension_offer(agreement: Agreement, at: dt.datetime) -> str:
    """What an extension to the anniversary costs, with its arithmetic (ATSP 9.1, D-4)."""
    programme, tier = agreement.programme, agreement.tier_terms
    if programme.payment is None or tier is None:
        return "Ask your account manager."
    offer = extension(
        tier.fee,
        agreement.date_at(at),
        agreement.anniversary,
        shares=programme.payment.extension_months,
        currency=programme.currency,
    )
    return f"Technical Support can be extended on a purchase order: {offer.words}"


def _extension_clause(agreement: Agreement) -> str:
    payment = agreement.programme.payment
    return payment.extension_clause if payment else ""


def _write(
    account: CaseAccount,
    kind: EntryKind,
    reference: str,
    *,
    by: User | None,
    at: dt.datetime,
    clause: str,
    reason: str = "",
) -> CaseEntry:
    return CaseEntry.objects.create(
        account=account, kind=kind, reference=reference, by=by, at=at, clause=clause, reason=reason
    )
