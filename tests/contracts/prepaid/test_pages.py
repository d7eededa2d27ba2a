"""The Cases side of an agreement and its extension, as pages."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.prepaid.actions.extension import PurchaseOrder, ask_for_extension, offer_of
from contracts.prepaid.actions.ledger import balances, settle
from contracts.prepaid.models.extensions import Extension
from portal.models import User
from portal.roles import Role
from tests.contracts import factories
from tests.contracts.factories import reserve
from tests.contracts.prepaid.history import DAY, a_manager, live_through

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture(autouse=True)
def _now(set_clock: Callable[..., None]) -> None:
    set_clock(AT, speed=1e-12)


@pytest.fixture
def manager(db: None) -> User:
    return a_manager()


@pytest.fixture
def terri(mti: Agreement) -> User:
    user = mti.reseller.contacts.get(name="Terri Hirsch").user
    assert user is not None
    return user


@pytest.fixture
def spent(mti: Agreement) -> Agreement:
    factories.spend(mti, "us")
    factories.spend(mti, "emea")
    return mti


def page(client: Client, user: User, name: str, *args: Any, query: str = "") -> str:
    """The page's text on one line."""
    client.force_login(user)
    response = client.get(f"{reverse(name, args=args)}{query}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def cases_page(client: Client, user: User, agreement: Agreement, query: str = "") -> str:
    return page(client, user, "agreement_cases", agreement.reference, query=query)


def asked(agreement: Agreement, by: User) -> Extension:
    offer = offer_of(agreement, AT)
    assert offer is not None
    order = PurchaseOrder("PO-77", "Terri Hirsch", agreement.date_at(AT), offer.total)
    return ask_for_extension(agreement, order, by=by, at=AT)


# --- the page ----------------------------------------------------------------------------------------


@pytest.mark.clause("ATSP page 1", "ATSP 2.3")
def test_the_cases_side_shows_pools_the_year_and_the_ledger(
    client: Client, mti: Agreement, manager: User, terri: User
) -> None:
    live_through(mti, manager, AT)
    us, emea = balances(mti)
    shown = cases_page(client, terri, mti)
    for said in (
        f'<span class="pool-number">{us.left}</span> of 112 left',
        emea.words,
        "used in 90 days",
        "Cases left, 3 Sep 2002 to 2 Sep 2003",
        "The figures as a table",
        "2 Oct 2002",
        "EMEA to US",
        "The support team of EMEA moved",
        "Ada Manager",
        "50&nbsp;%, 75&nbsp;%, 90&nbsp;% and 100&nbsp;%",
    ):
        assert said in shown, said
    assert 'href="/cases/101/"' not in shown, "the first is on another page"
    assert 'href="/cases/101/"' in cases_page(client, terri, mti, "?page=99")
    assert "Transfer cases between pools" not in shown


def test_the_ledger_narrows_to_a_pool(client: Client, mti: Agreement, manager: User) -> None:
    for number, region in ((501, "US"), (502, "EMEA")):
        reserve(mti, region, reference=str(number), by=None, at=AT)
    shown = cases_page(client, manager, mti, "?pool=emea")
    assert "/cases/502/" in shown
    assert "/cases/501/" not in shown
    wrong = cases_page(client, manager, mti, "?pool=mars")
    assert "Pool “mars” does not exist." in wrong
    assert "/cases/501/" not in wrong


def test_the_table_shows_the_same_figures_as_the_chart(
    client: Client, nordlicht: Agreement, manager: User
) -> None:
    for number in range(3):
        at = nordlicht.starts_at + (20 + number) * DAY
        reserve(nordlicht, "EMEA", reference=f"60{number}", by=None, at=at)
    settle("600", charged=False, clause="ATSP 2.3", by=None, at=nordlicht.starts_at + 40 * DAY)
    shown = cases_page(client, manager, nordlicht)
    assert '11 Sep 2002</th> <td class="number">37</td>' in shown
    assert '11 Oct 2002</th> <td class="number">38</td>' in shown
    assert "Too few cases to say: 0 cases used in 90 days" in shown


def test_an_agreement_that_counts_no_cases_has_no_cases_tab(
    client: Client, manager: User, mti: Agreement
) -> None:
    bare = factories.make_agreement(tier="")
    client.force_login(manager)
    for name in ("agreement_cases", "case_ledger_csv", "agreement_extension"):
        assert client.get(reverse(name, args=[bare.reference])).status_code == 404
    answer = client.get(reverse("agreement", args=[bare.reference]))
    assert reverse("agreement_cases", args=[bare.reference]) not in answer.content.decode()


def test_the_page_costs_the_same_for_few_and_many_cases(
    client: Client, mti: Agreement, manager: User
) -> None:
    def cost() -> int:
        address = reverse("agreement_cases", args=[mti.reference])
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    cases_page(client, manager, mti)  # signed in, and the programme read

    reserve(mti, "US", reference="501", by=manager, at=AT)
    few = cost()
    live_through(mti, manager, AT, each=1)
    assert cost() == few <= 12


def test_the_ledger_as_csv_is_whole_and_no_formula(
    client: Client, mti: Agreement, manager: User
) -> None:
    factories.spend(mti, "us", left=1)
    reserve(mti, "US", reference="501", by=manager, at=AT)
    reserve(mti, "US", reference="502", by=manager, at=AT, over_quota_reason="=HYPERLINK(1)")
    client.force_login(manager)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(reverse("case_ledger_csv", args=[mti.reference]))
    assert len(queries) <= 8
    assert answer["Content-Disposition"] == 'attachment; filename="cases-271-ATSP-4453.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert len(rows) == 2 + 99 * 2 + 2
    assert (rows[0]["Entry"], rows[0]["Cases"], rows[0]["From"]) == (
        "Granted",
        "100",
        "the provider",
    )
    last = rows[-1]
    assert (last["Entry"], last["Case"], last["Clause"]) == (
        "Admitted over quota",
        "502",
        "ATSP 9.1",
    )
    assert last["Reason"] == "'=HYPERLINK(1)"


# --- transfers -----------------------------------------------------------------------------------------


def transfer(client: Client, agreement: Agreement, **changes: str) -> Any:
    told = {"source": "emea", "target": "us", "cases": "10", "reason": "A new team."} | changes
    return client.post(
        reverse("transfer_cases", args=[agreement.reference]),
        {f"transfer-{name}": value for name, value in told.items()},
    )


@pytest.mark.clause("ATSP page 1")
def test_an_account_manager_transfers_cases(client: Client, mti: Agreement, manager: User) -> None:
    client.force_login(manager)
    answer = transfer(client, mti)
    assert answer.status_code == 302
    assert [balance.left for balance in balances(mti)] == [110, 90]
    assert "10 cases were transferred." in cases_page(client, manager, mti)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cases": "101"}, "The pool EMEA has 100 cases left, not 101."),
        ({"target": "emea"}, "pools are the same"),
        ({"cases": ""}, "This field is required."),
        ({"cases": "-1"}, "You wrote -1; the least is 1."),
        ({"source": "mars"}, "Select a valid choice"),
    ],
)
def test_a_refused_transfer_comes_back_with_what_was_typed(
    client: Client, mti: Agreement, manager: User, changes: dict[str, str], said: str
) -> None:
    client.force_login(manager)
    answer = transfer(client, mti, **changes)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert said in text
    assert "A new team." in text
    assert "What you typed is kept." in text
    assert [balance.left for balance in balances(mti)] == [100, 100]


def test_nobody_else_is_offered_or_allowed_a_transfer(
    client: Client, mti: Agreement, terri: User
) -> None:
    dispatcher = User.objects.create_user("d@legato.example", name="D", roles=[Role.DISPATCH])
    for user in (terri, dispatcher):
        assert "Transfer cases" not in cases_page(client, user, mti)
        assert transfer(client, mti).status_code == 403


# --- the extension ----------------------------------------------------------------------------------


def ask(client: Client, agreement: Agreement, **changes: Any) -> Any:
    order: dict[str, Any] = {
        "number": "PO-4711",
        "dated_on": "2003-03-05",
        "amount": "40000.02",
        "given_by": "Terri Hirsch",
    }
    return client.post(reverse("agreement_extension", args=[agreement.reference]), order | changes)


@pytest.mark.clause("ATSP 9.1", "D-4", "D-47")
def test_the_administrative_contact_asks_and_the_account_manager_accepts(
    client: Client, spent: Agreement, terri: User, manager: User
) -> None:
    assert "Extend to the anniversary" in cases_page(client, terri, spent)
    offered = page(client, terri, "agreement_extension", spent.reference)
    for said in ("US$40,000.02", "6 months to 3 Sep 2003", "100 cases", "100 × 6 / 12 = 50"):
        assert said in offered, said
    paper = SimpleUploadedFile("po.pdf", PDF, "application/pdf")
    assert ask(client, spent, file=paper).status_code == 302
    waits = page(client, terri, "agreement_extension", spent.reference)
    for said in ("Awaits the provider", "PO-4711", "po.pdf", "you are told at once"):
        assert said in waits, said
    assert "Accept and charge" not in waits
    assert "awaits the provider's decision" in cases_page(client, terri, spent).replace(
        "&#x27;", "'"
    )

    decides = page(client, manager, "agreement_extension", spent.reference)
    assert "Accept and charge" in decides
    extension = spent.extensions.get()
    answer = client.post(
        reverse("decide_extension", args=[spent.reference, extension.pk]), {"accept": "1"}
    )
    assert answer.status_code == 302
    assert [balance.left for balance in balances(spent)] == [50, 50]
    done = page(client, terri, "agreement_extension", spent.reference)
    assert "Accepted" in done
    assert "Granted by an extension" in cases_page(client, terri, spent)


@pytest.mark.clause("ATSP 9.1")
def test_an_undecided_extension_can_be_withdrawn(
    client: Client, spent: Agreement, terri: User, manager: User
) -> None:
    client.force_login(terri)
    ask(client, spent)
    assert "Withdraw the request" in page(client, terri, "agreement_extension", spent.reference)
    assert "Withdraw the request" not in page(
        client, manager, "agreement_extension", spent.reference
    )
    address = reverse("withdraw_extension", args=[spent.reference, spent.extensions.get().pk])
    client.force_login(terri)
    assert client.post(address).status_code == 302
    done = page(client, terri, "agreement_extension", spent.reference)
    assert "Withdrawn by Terri Hirsch." in done
    assert "Ask for the extension" in done, "another may be asked for"
    client.force_login(terri)
    again = client.post(address)
    assert again.status_code == 409
    assert "The extension was withdrawn already." in again.content.decode()


@pytest.mark.clause("ATSP 9.1")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "40000.01"}, "less than the US$40,000.02"),
        ({"number": ""}, "This field is required."),
        ({"dated_on": "2003-03-06"}, "after today"),
        ({"file": SimpleUploadedFile("po.pdf", b"MZ\x90")}, "is of a kind that is not known"),
        ({"file": SimpleUploadedFile("po.pdf", b"")}, "The submitted file is empty"),
    ],
)
def test_a_refused_purchase_order_comes_back_with_what_was_typed(
    client: Client, spent: Agreement, terri: User, changes: dict[str, Any], said: str
) -> None:
    client.force_login(terri)
    for value in changes.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    answer = ask(client, spent, **changes)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert said in text
    assert "Terri Hirsch" in text
    assert "What you typed is kept." in text
    assert not spent.extensions.exists()


@pytest.mark.clause("D-47")
def test_while_cases_are_left_the_page_says_so_and_has_no_form(
    client: Client, mti: Agreement, terri: User
) -> None:
    factories.spend(mti, "us")
    assert "The pool US is used up." in cases_page(client, terri, mti)
    shown = page(client, terri, "agreement_extension", mti.reference)
    assert "The Cases paid for are not all used: EMEA still has 100." in shown
    assert "Ask for the extension" not in shown
    assert ask(client, mti).status_code == 409


@pytest.mark.clause("ATSP 1.1")
def test_a_technical_contact_reads_it_and_is_told_who_asks(
    client: Client, spent: Agreement
) -> None:
    mathew = spent.reseller.contacts.get(name="Mathew Keane").user
    assert mathew is not None
    shown = page(client, mathew, "agreement_extension", spent.reference)
    assert "The Administrative Contact asks for the extension" in shown
    assert ask(client, spent).status_code == 403


def test_a_declined_extension_needs_its_reason(
    client: Client, spent: Agreement, terri: User, manager: User
) -> None:
    address = reverse("decide_extension", args=[spent.reference, asked(spent, terri).pk])
    client.force_login(manager)
    refused = client.post(address, {"reason": " "})
    assert refused.status_code == 409
    assert "needs a reason" in refused.content.decode()
    assert client.post(address, {"reason": "Another firm's order."}).status_code == 302
    shown = page(client, terri, "agreement_extension", spent.reference)
    assert "Another firm&#x27;s order." in shown
    assert "Ask for the extension" in shown, "another may be asked for"
    again = client.post(address, {"accept": "1"})
    assert again.status_code == 403, "a reseller does not decide"


def test_an_extension_of_another_agreement_is_not_found(
    client: Client, spent: Agreement, nordlicht: Agreement, terri: User, manager: User
) -> None:
    extension = asked(spent, terri)
    client.force_login(manager)
    address = reverse("decide_extension", args=[nordlicht.reference, extension.pk])
    assert client.post(address, {"accept": "1"}).status_code == 404
    assert client.get(address, follow=True).status_code == 200, "the page of its own agreement"


def test_after_the_year_there_is_nothing_to_extend(
    client: Client, spent: Agreement, terri: User, set_clock: Callable[..., None]
) -> None:
    set_clock(dt.datetime(2003, 9, 3, 18, 0, tzinfo=dt.UTC), speed=1e-12)
    shown = page(client, terri, "agreement_extension", spent.reference)
    assert "is not in force" in shown
    assert ask(client, spent).status_code == 403
