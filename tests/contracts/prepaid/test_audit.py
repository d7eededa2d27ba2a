"""The ledger adds up after any history; the audit finds what does not; real connections race for the last places."""

import datetime as dt
import importlib
import random
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections

from contracts import migrations
from contracts.agreements.models.agreements import Agreement
from contracts.prepaid.actions.extension import PurchaseOrder, accept_extension, ask_for_extension
from contracts.prepaid.actions.ledger import balances, settle
from contracts.prepaid.actions.transfer import transfer_cases
from contracts.prepaid.audit import audit, legs
from contracts.prepaid.models.extensions import Extension
from contracts.prepaid.models.ledger import CaseAccount, CaseEntry
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.contracts import factories
from tests.contracts.factories import reserve

AT = dt.datetime(2003, 5, 10, 18, 0, tzinfo=dt.UTC)
ORDER = PurchaseOrder("PO-1", "Terri Hirsch", AT.date(), Decimal("100000.00"))


def a_manager() -> User:
    return User.objects.create_user("m@legato.example", name="M", roles=[Role.ACCOUNT_MANAGER])


def open_one(agreement: Agreement, number: int, region: str, by: User, reason: str = "") -> None:
    reserve(agreement, region, reference=f"{number}", by=by, at=AT, over_quota_reason=reason)


@pytest.mark.django_db
@pytest.mark.clause("ATSP 2.3", "ATSP 9.1", "D-47")
@pytest.mark.parametrize("seed", range(8))
def test_accounts_are_the_sums_of_their_entries_after_any_history(
    mti: Agreement, seed: int
) -> None:
    """Opening, settling either way, admitting, transferring and extending, in any order, near the end of the pools."""
    chance, by, numbers = random.Random(seed), a_manager(), count()
    factories.spend(mti, "us", left=6)
    factories.spend(mti, "emea", left=6)

    def opens() -> None:
        reason = "admitted" if chance.random() < 0.3 else ""
        open_one(mti, next(numbers), chance.choice(["US", "EMEA"]), by, reason)

    def settles() -> None:
        charged = chance.random() < 0.6
        settle(f"{chance.randrange(60)}", charged=charged, clause="ATSP 2.3", by=by, at=AT)

    def transfers() -> None:
        source, target = chance.sample(["us", "emea"], 2)
        cases = chance.randint(1, 4)
        transfer_cases(mti, source=source, target=target, cases=cases, reason="need", by=by, at=AT)

    def extends() -> None:
        if Extension.objects.count() < 2:
            accept_extension(ask_for_extension(mti, ORDER, by=by, at=AT), by=by, at=AT)

    acts: list[Callable[[], None]] = [*[opens] * 6, *[settles] * 5, transfers, extends]
    refused = 0
    for _ in range(160):
        try:
            chance.choice(acts)()
        except Refusal:
            refused += 1
    assert refused, "the pools came to their end"
    assert audit().findings == ()
    for account in CaseAccount.objects.all():
        assert account.left >= 0
        assert account.over == max(account.taken - account.granted, 0)


@pytest.mark.django_db
def test_debits_equal_credits_in_every_entry_and_over_all(mti: Agreement) -> None:
    by = a_manager()
    open_one(mti, 1, "US", by)
    transfer_cases(mti, source="us", target="emea", cases=5, reason="need", by=by, at=AT)
    for entry in CaseEntry.objects.all():
        assert sum(cases for _, _, cases in legs(entry)) == 0
        by_account: dict[int, int] = {}
        for account, _, cases in legs(entry):
            by_account[account] = by_account.get(account, 0) + cases
        assert set(by_account.values()) == {0}, "within each pool too"


@pytest.mark.django_db
def test_the_command_says_that_all_adds_up_or_what_does_not(
    mti: Agreement, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("audit_cases")
    assert "2 pools, 2 entries: all add up." in capsys.readouterr().out
    mti.case_accounts.filter(pool="us").update(charged=3)
    with pytest.raises(CommandError, match="1 do not add up"):
        call_command("audit_cases")
    assert "271-ATSP-4453, us: charged is 3, and the entries add up to 0" in capsys.readouterr().err


@pytest.mark.django_db
def test_the_audit_follows_each_case_on_its_path(mti: Agreement) -> None:
    account = mti.case_accounts.get(pool="us")

    def write(reference: str, kind: str, takes_from: str, puts_to: str) -> None:
        CaseEntry.objects.create(
            account=account,
            to_account=account,
            reference=reference,
            kind=kind,
            takes_from=takes_from,
            puts_to=puts_to,
            at=AT,
            clause="ATSP 2.3",
        )

    write("1", "charge", "provisional", "charged")
    write("2", "reserve", "available", "provisional")
    write("2", "give_back", "charged", "available")
    found = [str(finding) for finding in audit().findings]
    assert any("case 1 was not taken" in words for words in found)
    assert any("provisional fell below zero" in words for words in found)
    assert any("case 2 lay in provisional" in words for words in found)


# --- at the same instant ---------------------------------------------------------------------------


@pytest.fixture
def _closing_connections() -> Iterator[None]:
    yield
    connections.close_all()


def race(acts: list[Callable[[], object]]) -> list[str]:
    """Do all acts at one instant, each on its own connection; say how each went."""
    start, outcomes = threading.Barrier(len(acts)), ["" for _ in acts]

    def run(number: int) -> None:
        start.wait()
        try:
            acts[number]()
            outcomes[number] = "done"
        except Refusal:
            outcomes[number] = "refused"
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    return outcomes


@pytest.mark.trap(26)
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_closing_connections")
def test_a_transfer_and_a_case_never_take_the_same_last_case() -> None:
    agreement, by = factories.load(factories.MTI_FILE), a_manager()
    for turn in range(4):
        us = agreement.case_accounts.get(pool="us")
        factories.spend(agreement, "us", left=min(us.left, 1))

        def transfer() -> None:
            transfer_cases(
                agreement, source="us", target="emea", cases=1, reason="need", by=by, at=AT
            )

        def back() -> None:
            transfer_cases(
                agreement, source="emea", target="us", cases=1, reason="need", by=by, at=AT
            )

        def take(number: int = turn) -> None:
            reserve(agreement, "US", reference=f"{number}", by=None, at=AT)

        outcomes = race([transfer, take])
        assert sorted(outcomes) == ["done", "refused"]
        assert agreement.case_accounts.get(pool="us").left == 0
        back()
    assert race([transfer, back, transfer, back]).count("done") >= 2, "no deadlock either way round"
    assert audit().findings == ()


@pytest.mark.trap(26)
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_closing_connections")
def test_an_extension_accepted_twice_at_once_is_charged_and_granted_once() -> None:
    agreement, by = factories.load(factories.NORDLICHT_FILE), a_manager()
    factories.spend(agreement, "all")
    outcomes = race([lambda: ask_for_extension(agreement, ORDER, by=by, at=AT)] * 3)
    assert outcomes == ["done"] * 3
    asked = Extension.objects.get()
    assert race([lambda: accept_extension(asked, by=by, at=AT)] * 3) == ["done"] * 3
    (balance,) = balances(agreement)
    assert balance.granted == 40 + asked.cases
    assert agreement.charges.filter(kind="extension").count() == 1
    assert audit().findings == ()


# --- rows from before ------------------------------------------------------------------------------


def test_old_entries_get_their_places_by_their_order() -> None:
    (file,) = Path(migrations.__path__[0]).glob("*_case_ledger.py")
    migration = importlib.import_module(f"contracts.migrations.{file.stem}")
    entries = [
        (1, "271", "grant", 2),
        (2, "1", "reserve", 1),
        (3, "2", "reserve", 1),
        (4, "3", "admit_over", 1),
        (5, "1", "charge", 1),
        (6, "2", "give_back", 1),
        (7, "3", "give_back", 1),
        (8, "2", "charge", 1),
        (9, "1", "give_back", 1),
        (10, "3", "charge", 1),
        (11, "1", "charge", 1),
    ]
    assert [way[1:] for way in migration.ways(entries)] == [
        ("provider", "available"),
        ("available", "provisional"),
        ("available", "provisional"),
        ("over", "provisional"),
        ("provisional", "charged"),
        ("provisional", "over"),
        ("provisional", "available"),
        ("available", "charged"),
        ("charged", "available"),
        ("available", "charged"),
        ("over", "charged"),
    ]
