"""Accounts and entries of prepaid cases."""

from typing import Any

from contracts.prepaid.models.ledger import CaseAccount, CaseEntry
from portal.models import User
from portal.roles import Role
from tests.contracts.factories import LOADED_AT, make_agreement

WAYS = {
    "reserve": ("available", "provisional"),
    "admit_over": ("over", "provisional"),
    "grant": ("provider", "available"),
    "transfer": ("available", "available"),
}


def an_account(**fields: Any) -> CaseAccount:
    values = {"agreement": make_agreement(), "pool": "all", "granted": 2}
    return CaseAccount.objects.create(**(values | fields))


def an_entry(account: CaseAccount, **fields: Any) -> CaseEntry:
    values = {"reference": "C-1", "kind": "reserve", "at": LOADED_AT, "clause": "ATSP 2.3"}
    values |= {"to_account": account, **fields}
    takes_from, puts_to = WAYS[values["kind"]]
    values = {"takes_from": takes_from, "puts_to": puts_to, **values}
    return CaseEntry.objects.create(account=account, **values)


def _somebody() -> User:
    return User.objects.create_user("over@legato.example", name="P", roles=[Role.PSAM])


def case_account_once_a_pool() -> None:
    account = an_account()
    an_account(agreement=account.agreement)


def case_account_never_negative() -> None:
    an_account(charged=1, reserved=-1)


def case_account_never_overdrawn() -> None:
    an_account(reserved=2, charged=1)


def case_account_over_only_when_used_up() -> None:
    an_account(charged=1, over=1)


def case_account_warned_of_a_share() -> None:
    an_account(warned=101)


def case_taken_once() -> None:
    account = an_account()
    an_entry(account)
    an_entry(account, kind="admit_over", by=_somebody(), reason="Promised in the review")


def case_over_quota_by_whom_and_why() -> None:
    an_entry(an_account(), kind="admit_over", by=_somebody())


def case_entry_counts_something() -> None:
    an_entry(an_account(), kind="grant", cases=0)


def case_entry_moves_one_case() -> None:
    an_entry(an_account(), cases=2)


def case_entry_goes_the_way_of_its_kind() -> None:
    an_entry(an_account(), puts_to="charged")


def case_transfer_is_between_two_pools() -> None:
    an_entry(an_account(), kind="transfer", by=_somebody(), reason="They asked")


def case_transfer_within_the_agreement() -> None:
    other = an_account()
    an_entry(an_account(), kind="transfer", by=_somebody(), reason="They asked", to_account=other)


TRIGGERS = {"case_transfer_within_the_agreement"}
VIOLATIONS = [
    case_account_once_a_pool,
    case_account_never_negative,
    case_account_never_overdrawn,
    case_account_over_only_when_used_up,
    case_account_warned_of_a_share,
    case_taken_once,
    case_over_quota_by_whom_and_why,
    case_entry_counts_something,
    case_entry_moves_one_case,
    case_entry_goes_the_way_of_its_kind,
    case_transfer_is_between_two_pools,
    case_transfer_within_the_agreement,
]
