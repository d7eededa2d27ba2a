"""Each state that a list of contracts tells by a pill can appear in it: no list calls everything alike."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from contracts.agreements.models.agreements import AgreementState, EndCause
from contracts.billing.actions.disputes import raise_dispute
from contracts.billing.actions.payments import record_payment, use_credit
from contracts.billing.models.charges import ChargeKind
from contracts.programmes.models import ProgrammeVersion
from contracts.renewal.models import RenewalProposal
from contracts.work_orders.page import STATES
from contracts.work_orders.rules.orders import State
from portal.models import User
from tests.contracts.billing.world import AT as ISSUED
from tests.contracts.billing.world import MoneyWorld
from tests.contracts.factories import load_back_line, make_agreement, published_back_line

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
PILL = r'<span class="pill"[^>]*>.*?<span>([^<]*)</span></span>'


@pytest.fixture(autouse=True)
def _now(set_clock: Callable[..., None]) -> None:
    set_clock(AT, speed=1e-12)


def pills(user: User, url: str, label: str) -> set[str]:
    """The words of the pills in a column of the list, each once."""
    client = Client()
    client.force_login(user)
    page = client.get(url).content.decode()
    cells = re.findall(rf'<td data-label="{label}"[^>]*>(.*?)</td>', page, flags=re.DOTALL)
    return {word for cell in cells for word in re.findall(PILL, cell, re.DOTALL)}


@pytest.mark.clause("ATSP page 1, 2.a")
def test_the_list_of_agreements_shows_each_phase(
    version: ProgrammeVersion, administrator: User
) -> None:
    make_agreement()
    make_agreement(state=AgreementState.DRAFT)
    make_agreement(
        state=AgreementState.SIGNED, effective_on=dt.date(2003, 4, 1), ends_on=dt.date(2004, 3, 31)
    )
    make_agreement(state=AgreementState.ENDED, ended_on=AT.date(), end_cause=EndCause.TERMINATED)
    assert pills(administrator, "/agreements/", "State") == {
        "In force",
        "Draft",
        "Signed, not yet in force",
        "Ended",
    }


@pytest.mark.clause("REN", "ATSP 9.2")
def test_the_list_of_renewals_shows_what_became_of_each_next_year(
    version: ProgrammeVersion, administrator: User
) -> None:
    _, proposed, declined = (make_agreement(tier="level-1") for _ in range(3))
    for agreement in (proposed, declined):
        proposal = RenewalProposal.objects.create(
            agreement=agreement, programme_version=version, opened_at=AT
        )
        if agreement is declined:
            proposal.state, proposal.settled_at, proposal.reason = "declined", AT, "So."
            proposal.save()
    make_agreement(published_back_line(), tier="", ends_on=dt.date(2004, 9, 30))
    found = pills(administrator, "/renewals/", "Next year")
    assert found == {"To come", "Proposed", "Not renewed"}


@pytest.mark.clause("ATSP 3.2")
def test_the_list_of_invoices_shows_each_state(set_clock: Callable[..., None]) -> None:
    world = MoneyWorld()
    due = world.invoice()

    def another(amount: str, kind: str = ChargeKind.WORK) -> Any:
        return world.invoice(world.charge(amount, kind), at=AT)

    another("20.00")
    paid, disputed = another("10.00"), another("30.00")
    record_payment(paid, amount=Decimal(10), dated_on=AT.date(), by=world.keeper, at=AT)
    raise_dispute(disputed, reason="Hm.", by=world.payer, at=AT)
    another("-4.00", ChargeKind.CREDIT)
    used = another("-5.00", ChargeKind.CREDIT)
    use_credit(due, used, amount=Decimal(5), by=world.keeper, at=AT)
    assert due.due_on < AT.date()
    assert ISSUED < AT
    every = {"Open", "Overdue", "Paid", "Disputed", "To use", "Used"}
    assert pills(world.keeper, "/invoices/", "State") == every
    assert pills(world.payer, f"/agreements/{world.agreement.reference}/money/", "State") == every


@pytest.mark.clause("SCL Ex.C")
def test_the_lines_of_delegated_coverage_say_when_they_end(
    set_clock: Callable[..., None], administrator: User
) -> None:
    agreement = load_back_line()
    reader = agreement.reseller.contacts.exclude(user=None)[0].user
    url = f"/agreements/{agreement.reference}/coverage/"
    last = max(agreement.coverages.values_list("ends_on", flat=True))
    first = min(agreement.coverages.values_list("ends_on", flat=True))
    seen = set()
    for day in (first - 200 * DAY, first + DAY, last - DAY):
        set_clock(dt.datetime.combine(day, dt.time(18), dt.UTC), speed=1e-12)
        seen |= pills(reader, url, "Through")
    assert seen == {"Covered", "Ends soon", "Ended"}


@pytest.mark.clause("ATSP 16")
def test_every_state_of_a_work_order_has_its_pill() -> None:
    assert set(STATES) == set(State)
    assert len({state.label for state in State}) == len(State)
