"""Prepaid cases: taken when a case is opened, settled by its determination (ATSP page 1, 2.3, 9.1; D-3).

The accounts' rows are locked while they are read and written, so two cases never take the last place at once.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from contracts.agreements.models.agreements import Agreement
from contracts.billing.paid import price_of_cases
from contracts.prepaid.actions.movements import Pools
from contracts.prepaid.models.ledger import OF_A_CASE, CaseAccount, CaseEntry, EntryKind
from contracts.prepaid.rules.extension import Offer, extension_offer, still_paid_for
from contracts.prepaid.rules.ledger import Place, Pool, source_of_a_case, way_back
from contracts.verbs import Verb
from portal import journal
from portal.models import User
from portal.prepared import Rows, given
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

CHARGING_CLAUSE = "ATSP 2.3"
_TAKEN = (EntryKind.RESERVE, EntryKind.ADMIT_OVER)


@dataclass(frozen=True, slots=True)
class Balance:
    """The balance of a pool of prepaid cases. `left` is never below zero; `over` counts cases above the grant."""

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
    def is_spent(self) -> bool:
        """Whether all its cases are charged, with none left and none provisional (ATSP page 1, 2.a; D-47)."""
        return Pool(self.granted, self.reserved, self.charged, self.over).is_spent

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
            to_account=account,
            reference=agreement.reference,
            kind=EntryKind.GRANT,
            takes_from=Place.PROVIDER,
            puts_to=Place.AVAILABLE,
            cases=account.granted,
            at=at,
            by=by,
            clause=tier.clause,
            reason=f"{account.granted} cases of {tier.name}",
        )
        for account in accounts
    )
    return accounts


def take(pools: Pools, region: str, *, reference: str, over_quota_reason: str = "") -> CaseEntry:
    """Take one case provisionally for the case named by `reference`, from the pool of the site's region.

    `pools` are those of an agreement whose programme counts cases, locked in the caller's transaction. A provider's
    user may admit it over quota with a reason. Raises Refusal outside the agreement's term (ATSP page 1, 2.a), for a
    region without a pool, and when all cases are used (ATSP 9.1); IntegrityError (case_taken_once) for a reference
    that has taken one.
    """
    agreement, tier = pools.agreement, pools.agreement.tier_terms
    if tier is None:
        raise LookupError(f"no cases are counted under {agreement.reference}")
    require_term(agreement, pools.at)
    pool = tier.pool_of(region)
    if pool is None:
        raise Refusal(
            f"{tier.name} has no cases for the region {region}.",
            clause=tier.clause,
            way_out="A contact of a site in another region may open the case, or ask your account manager.",
        )
    account = pools.account(pool.code)
    source = source_of_a_case(account.holding)
    over = source is Place.OVER
    if over:
        _require_admission(pools, account, over_quota_reason)
    entry = pools.move(
        account,
        EntryKind.ADMIT_OVER if over else EntryKind.RESERVE,
        (source, Place.PROVISIONAL),
        reference=reference,
        clause=_extension_clause(agreement) if over else CHARGING_CLAUSE,
        reason=over_quota_reason.strip() if over else "",
    )
    pools.keep(account)
    if over:
        journal.record(
            agreement,
            Verb.AGREEMENT_CASE_ADMITTED_OVER_QUOTA,
            by=pools.by,
            at=pools.at,
            public=True,
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
    taken = (
        CaseEntry.objects.filter(reference=reference, kind__in=_TAKEN)
        .select_related("account__agreement__reseller")
        .first()
    )
    if taken is None:
        return None
    pools = Pools(taken.account.agreement, by=by, at=at)
    account = pools.of(taken.account_id)
    last = account.entries.filter(reference=reference).latest("pk")
    wanted = EntryKind.CHARGE if charged else EntryKind.GIVE_BACK
    if last.kind == wanted:
        return last
    if charged:
        given_back = last.kind == EntryKind.GIVE_BACK
        source = source_of_a_case(account.holding) if given_back else Place.PROVISIONAL
        way = (source, Place.CHARGED)
    else:
        way = (Place(last.puts_to), way_back(account.holding))
    entry = pools.move(account, wanted, way, reference=reference, clause=clause)
    pools.keep(account)
    return entry


@transaction.atomic
def take_again(
    reference: str, *, clause: str, by: User | None, at: dt.datetime
) -> CaseEntry | None:
    """Take a case provisionally again that was given back by what is taken back itself; once only.

    Above the quota if it is spent by then, since the case was taken before. None when nothing was given back.
    """
    last = (
        CaseEntry.objects.filter(reference=reference, kind__in=OF_A_CASE)
        .select_related("account__agreement__reseller")
        .order_by("pk")
        .last()
    )
    if last is None or last.kind != EntryKind.GIVE_BACK:
        return None
    pools = Pools(last.account.agreement, by=by, at=at)
    account = pools.of(last.account_id)
    way = (source_of_a_case(account.holding), Place.PROVISIONAL)
    entry = pools.move(account, EntryKind.RETAKE, way, reference=reference, clause=clause)
    pools.keep(account)
    return entry


_ACCOUNTS = Rows(lambda: CaseAccount.objects.filter(agreement=given("agreement")).order_by())


def balances(agreement: Agreement) -> list[Balance]:
    """The agreement's pools in the order of its tier, with where they stand (one query)."""
    accounts = _ACCOUNTS.read(agreement=agreement.pk)
    return _balances(agreement, {account.pool: account for account in accounts})


def balances_by_agreement(agreements: Iterable[Agreement]) -> dict[int, list[Balance]]:
    """The pools of several agreements, by the agreement's primary key (one query)."""
    agreements = list(agreements)
    accounts: dict[int, dict[str, CaseAccount]] = {one.pk: {} for one in agreements}
    for account in CaseAccount.objects.filter(agreement__in=list(accounts)).order_by():
        accounts[account.agreement_id][account.pool] = account
    return {one.pk: _balances(one, accounts[one.pk]) for one in agreements}


def _balances(agreement: Agreement, accounts: dict[str, CaseAccount]) -> list[Balance]:
    tier = agreement.tier_terms
    return [
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
        if (account := accounts.get(pool.code)) is not None
    ]


def require_term(agreement: Agreement, at: dt.datetime) -> None:
    """Raise Refusal unless the agreement is in force (ATSP page 1, 2.a)."""
    if agreement.is_in_force(at):
        return
    term = agreement.programme.term
    raise Refusal(
        f"Agreement {agreement.contract_number} is not in force on "
        f"{day_words(agreement.date_at(at))}: its term runs from "
        f"{day_words(agreement.effective_on)} to {day_words(agreement.ends_on)}.",
        clause=term.clause if term else "",
        way_out="Ask your account manager about the renewal.",
    )


def _require_admission(pools: Pools, account: CaseAccount, reason: str) -> None:
    """Let a provider's user with a reason pass. Raises Refusal with the ways out of 9.1 for anybody else."""
    clause = _extension_clause(pools.agreement)
    name = next(b.name for b in balances_in(pools) if b.pool == account.pool)
    used = f"All {account.granted} cases of the pool {name} are used"
    if pools.by is None or not pools.by.is_provider:
        raise Refusal(
            f"{used}.",
            clause=clause,
            way_out=ways_out(pools.agreement, balances_in(pools), pools.at),
        )
    if not reason.strip():
        raise Refusal(
            f"{used}; admitting one over quota needs a reason.",
            clause=clause,
            way_out=f"Say why the case is admitted. {ways_out(pools.agreement, balances_in(pools), pools.at)}",
            field="over_quota_reason",
        )


def balances_in(pools: Pools) -> list[Balance]:
    """The balances of locked pools, as they are at that moment (no query)."""
    return _balances(pools.agreement, {account.pool: account for account in pools.accounts})


def ways_out(agreement: Agreement, standing: Iterable[Balance], at: dt.datetime) -> str:
    """The ways out once a pool is used up: a transfer, or the extension with its price (ATSP 9.1; D-4, D-47)."""
    offer = priced_offer(agreement, at)
    if offer is None:
        return "Ask your account manager."
    elsewhere = still_paid_for([(one.name, one.left) for one in standing])
    if elsewhere:
        return (
            f"{elsewhere}: your account manager can transfer some. Once all are used, Technical Support can be "
            f"extended on a purchase order: {offer.words}"
        )
    return f"Technical Support can be extended on a purchase order: {offer.words}"


def priced_offer(agreement: Agreement, at: dt.datetime) -> Offer | None:
    """The extension at the price of the agreement's day: a share of what its Cases were bought at (ATSP 9.1, D-4).

    None where its programme knows none. Raises ValueError outside the year.
    """
    tier = agreement.tier_terms
    if tier is None:
        return None
    return extension_offer(
        agreement.programme,
        tier,
        agreement.date_at(at),
        agreement.anniversary,
        bought_at=price_of_cases(agreement),
    )


def _extension_clause(agreement: Agreement) -> str:
    payment = agreement.programme.payment
    return payment.extension_clause if payment else ""
