"""A line of what is owed is taken back: by one of the opposite amount, with its reason, before or after its invoice."""

import datetime as dt
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from contracts.agreements.page.life import timeline_of
from contracts.billing.actions.charges import take_back_charge
from contracts.billing.actions.disputes import raise_dispute, settle_dispute
from contracts.billing.models.charges import Charge, ChargeKind
from contracts.billing.models.disputes import Outcome
from contracts.billing.models.invoices import Invoice
from contracts.billing.page import account
from contracts.ending.actions.terminations import refunds_on
from portal import locks
from portal.models import JournalEntry
from portal.rules.refusal import Refusal
from tests.contracts.billing.test_pages import Browser, words
from tests.contracts.billing.world import AT, DAY, MoneyWorld

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> MoneyWorld:
    return MoneyWorld()


def taken_back(world: MoneyWorld, line: Charge, **changes: Any) -> Charge:
    values = {"reason": "The day was charged twice.", "by": world.keeper, "at": AT + DAY}
    return take_back_charge(line, **(values | changes))


def test_an_uninvoiced_line_is_canceled_and_never_invoiced(world: MoneyWorld) -> None:
    before = account(world.agreement, AT).to_invoice
    line = world.charge("2500.00")

    counter = taken_back(world, line)

    assert (counter.amount, counter.kind, counter.clause) == (Decimal(-2500), "credit", "ATSP 17")
    assert counter.text == "Taken back: Line of 2500.00"
    assert counter.words == "The day was charged twice."
    found = account(world.agreement, AT + DAY)
    assert found.to_invoice == before
    assert not {line, counter} & {row.charge for row in found.waiting}
    with pytest.raises(Refusal, match="is not waiting to be invoiced"):
        world.issue(line)
    entry = JournalEntry.objects.filter(verb="agreement.credited").get()
    assert entry.public
    assert entry.by == world.keeper
    assert entry.text.endswith("The day was charged twice."), "the reseller reads why"


@pytest.mark.clause("ATSP 3.2")
def test_an_invoiced_line_is_given_back_by_a_credit_note(world: MoneyWorld) -> None:
    line = world.charge("2500.00")
    invoice = world.invoice(line)

    counter = taken_back(world, line)

    assert counter in world.agreement.charges.to_bill()
    (note,) = world.issue(counter, at=AT + DAY)
    assert (note.is_credit_note, note.total) == (True, Decimal(-2500))
    assert Invoice.objects.get(pk=invoice.pk).total == 2500, "an issued paper never changes"


def test_a_line_is_taken_back_once_by_the_keeper_with_a_reason(world: MoneyWorld) -> None:
    line = world.charge("2500.00")
    with pytest.raises(Refusal, match="Contract administrator"):
        taken_back(world, line, by=world.reader)
    with pytest.raises(Refusal) as refused:
        taken_back(world, line, reason="  ")
    assert (refused.value.field, refused.value.clause) == ("reason", "ATSP 17")
    counter = taken_back(world, line)
    with pytest.raises(Refusal, match="taken back already: The day was charged twice"):
        taken_back(world, line)
    with pytest.raises(Refusal, match="nothing to take back"):
        taken_back(world, counter)
    with pytest.raises(Refusal, match="nothing to take back"):
        taken_back(world, world.charge("-3.00", ChargeKind.CREDIT))
    assert world.agreement.charges.filter(takes_back__isnull=False).get() == counter


@pytest.mark.clause("ATSP 3.2")
def test_nothing_is_given_back_twice_by_a_dispute_and_a_line(world: MoneyWorld) -> None:
    line, other = world.charge("2500.00"), world.charge("400.00")
    invoice = world.invoice(line, other)
    dispute = raise_dispute(invoice, reason="Not our day.", by=world.payer, at=AT + DAY)
    with pytest.raises(Refusal, match="is disputed") as refused:
        taken_back(world, line)
    assert "upheld" in refused.value.way_out
    settled = {"outcome": Outcome.UPHELD, "body": "You are right.", "by": world.keeper}
    settle_dispute(dispute, credit=Decimal(2000), at=AT + DAY, **settled)  # type: ignore[arg-type]
    assert invoice.given_back() == 2000
    with pytest.raises(Refusal, match=r"only US\$900.00 were not given back"):
        taken_back(world, line)

    taken_back(world, other)

    assert invoice.given_back() == 2400
    again = raise_dispute(invoice, reason="And the rest.", by=world.payer, at=AT + 2 * DAY)
    with pytest.raises(Refusal, match="does not fit") as refused:
        settle_dispute(again, credit=Decimal(501), at=AT + 2 * DAY, **settled)  # type: ignore[arg-type]
    assert "at most US$500.00" in refused.value.way_out


@pytest.mark.django_db(transaction=True)
def test_a_line_that_is_invoiced_at_the_same_moment_is_looked_at_again(
    transactional_db: None,
) -> None:
    world = MoneyWorld()
    line = world.charge("2500.00")
    held, refusals = threading.Event(), []

    def take_back() -> None:
        held.wait(10)
        try:
            taken_back(world, line)
        except Refusal as refusal:
            refusals.append(refusal.sentence)
        finally:
            connection.close()

    thread = threading.Thread(target=take_back)
    thread.start()
    with transaction.atomic():
        locks.lock(world.agreement)
        held.set()
        while not somebody_waits_for_a_lock():
            assert thread.is_alive(), refusals
        world.issue(line)
    thread.join(20)
    assert refusals == ["“Line of 2500.00” was just invoiced by somebody else."]
    assert not world.agreement.charges.filter(takes_back=line).exists()


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        return bool(cursor.fetchone()[0])


def test_the_page_previews_the_effect_and_keeps_the_text(world: MoneyWorld) -> None:
    line = world.charge("2500.00")
    keeper = Browser(world, world.keeper)
    address = f"/agreements/{world.agreement.reference}/money/lines/{line.pk}/take-back/"
    assert f'href="{address}"' in keeper.page("agreement_money")
    assert "It is not invoiced yet, and will not be" in keeper.page("take_back_charge", line.pk)
    empty = keeper.post("take_back_charge", line.pk, reason="")
    assert empty.status_code == 409
    assert "Taking a line back needs a reason." in words(empty)
    world.invoice(line)
    assert "which does not change" in keeper.page("take_back_charge", line.pk)
    assert f'href="{address}"' in keeper.page("invoice", 1)

    done = keeper.post("take_back_charge", line.pk, reason="The day was charged twice.")

    assert done["Location"] == f"/agreements/{world.agreement.reference}/money/"
    assert "Taken back: Line of 2500.00" in keeper.page("agreement_money")
    assert f'href="{address}"' not in keeper.page("invoice", 1)
    again = keeper.post("take_back_charge", line.pk, reason="And again.")
    assert again.status_code == 409
    assert "taken back already" in words(again)
    payer = Browser(world, world.payer)
    assert "Taken back: Line of 2500.00" in payer.page("agreement_money")
    assert "take-back/" not in payer.page("agreement_money")


def test_a_line_of_another_agreement_is_not_found(world: MoneyWorld) -> None:
    from tests.contracts import factories

    other = factories.load(factories.NORDLICHT_FILE).charges.first()
    assert other is not None
    assert Browser(world, world.keeper).get("take_back_charge", other.pk).status_code == 404


@pytest.mark.clause("ATSP 9.4", "D-5")
def test_a_canceled_charge_is_not_refunded_at_the_end(world: MoneyWorld) -> None:
    def refunded() -> list[str]:
        by_time, _ = refunds_on(world.agreement, dt.date(2003, 3, 3))
        return [line.text for line in by_time.lines if line.amount or line.let_off]

    assert refunded() == ["ATSP Level II", "2 × PSAM Level II"]

    taken_back(world, world.agreement.charges.get(kind=ChargeKind.OPTION))

    assert refunded() == ["ATSP Level II"]


@pytest.mark.clause("ATSP 1.1")
def test_the_agreements_life_tells_amounts_to_those_who_read_the_money(world: MoneyWorld) -> None:
    taken_back(world, world.charge("2500.00"))
    entries = world.agreement.roster.filter(standing="technical")
    contact = entries.exclude(contact__user__in=[None, world.payer])[0].contact.user

    def notes(reader: Any) -> str:
        return " ".join(one.note for one in timeline_of(world.agreement, reader, AT + DAY).past)

    for reader in (world.payer, world.keeper, world.reader):
        assert "Line of 2500.00" in notes(reader)
    for reader in (contact, world.engineer):
        assert "Line of 2500.00" not in notes(reader)
