"""The pages of money: what they show, what they refuse, how many questions they ask the database."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags
from pypdf import PdfReader

from contracts.billing.actions.charges import add_charge
from contracts.billing.actions.disputes import raise_dispute, settle_dispute
from contracts.billing.actions.invoices import issue_invoices
from contracts.billing.actions.payments import record_payment
from contracts.billing.models.charges import Charge, ChargeKind
from contracts.billing.models.disputes import Outcome
from contracts.billing.models.invoices import Invoice
from portal.csv_files import safe, text
from portal.models import User
from portal.roles import Role
from tests.cases.pages import complaints
from tests.contracts import factories
from tests.contracts.billing.world import AT, DAY, MoneyWorld

pytestmark = pytest.mark.django_db
NOW = AT + 40 * DAY


@pytest.fixture(autouse=True)
def _now(set_clock: Callable[..., None]) -> None:
    set_clock(NOW, speed=1e-12)


@pytest.fixture
def world(db: None) -> MoneyWorld:
    return MoneyWorld()


class Browser:
    """Somebody at a page of the agreement."""

    def __init__(self, world: MoneyWorld, user: User) -> None:
        self.world, self.client = world, Client()
        self.client.force_login(user)

    def get(self, name: str, *args: Any, query: str = "") -> Any:
        return self.client.get(self._address(name, args) + query)

    def post(self, name: str, *args: Any, **form: Any) -> Any:
        return self.client.post(self._address(name, args), form)

    def page(self, name: str, *args: Any, query: str = "") -> str:
        answer = self.get(name, *args, query=query)
        assert answer.status_code == 200
        return words(answer)

    def _address(self, name: str, args: tuple[Any, ...]) -> str:
        return reverse(name, args=[self.world.agreement.reference, *args])


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def keeper(world: MoneyWorld) -> Browser:
    return Browser(world, world.keeper)


@pytest.fixture
def payer(world: MoneyWorld) -> Browser:
    return Browser(world, world.payer)


class TestTheAccount:
    def test_it_says_what_waits_and_what_is_owed(
        self, world: MoneyWorld, keeper: Browser, payer: Browser
    ) -> None:
        page = keeper.page("agreement_money")
        assert "US$125,000.00" in page
        assert "Invoice the ticked lines" in page
        world.invoice(world.agreement.charges.get(kind="cases"))
        page = payer.page("agreement_money")
        assert "INV-00001" in page
        assert "Overdue" in page, "since 5 October"
        assert "US$80,000.00" in page
        assert "Invoice the ticked lines" not in page, "that is the provider's"

    @pytest.mark.clause("ATSP 3.2")
    def test_an_invoice_and_the_credit_note_that_gives_it_back_lead_to_each_other(
        self, world: MoneyWorld, keeper: Browser, payer: Browser
    ) -> None:
        invoice = world.invoice()
        assert "Take back" in keeper.page("invoice", 1)
        dispute = raise_dispute(invoice, reason="Not ours.", by=world.payer, at=AT + DAY)
        settle_dispute(
            dispute,
            outcome=Outcome.UPHELD,
            body="You are right.",
            credit=invoice.total,
            by=world.keeper,
            at=AT + 2 * DAY,
        )
        note = Invoice.objects.get(kind="credit_note")
        for browser in (keeper, payer):
            page = browser.get("invoice", invoice.number).content.decode()
            assert f'<a href="{note.get_absolute_url()}">{note.label}</a>' in page
            page = browser.get("invoice", note.number).content.decode()
            assert f'<a href="{invoice.get_absolute_url()}">{invoice.label}</a>' in page
        assert "Take back" not in keeper.page("invoice", invoice.number), "nothing is left"
        line = invoice.lines.first()
        assert line is not None
        refused = keeper.post("take_back_charge", line.charge_id, reason="Again.")
        assert refused.status_code == 409
        assert "is given back whole" in words(refused)

    @pytest.mark.parametrize(
        ("typed", "status"),
        [
            ("1,250.50", 302),
            ("US$1,250.50", 302),
            ("$ 1250.50", 302),
            ("1,50", 409),
            ("1.250,50", 409),
        ],
    )
    def test_an_amount_is_read_as_pages_print_it(
        self, world: MoneyWorld, keeper: Browser, typed: str, status: int
    ) -> None:
        invoice = world.invoice()
        told = {"amount": typed, "dated_on": NOW.date().isoformat(), "reference": "Wire 1"}
        assert keeper.post("invoice_act", 1, "pay", **told).status_code == status
        invoice.refresh_from_db()
        left = invoice.total - Decimal("1250.50") * (status == 302)
        assert invoice.balance == left

    @pytest.mark.clause("ATSP 1.1")
    def test_a_technical_contact_reads_neither_it_nor_its_tabs(self, world: MoneyWorld) -> None:
        entry = world.agreement.roster.filter(standing="technical").exclude(
            contact__user__in=[None, world.payer]
        )
        user = entry.first().contact.user
        browser = Browser(world, user)
        assert "/money/" not in words(browser.client.get("/agreement/"))
        world.invoice()
        for name, args in (
            ("agreement_money", ()),
            ("agreement_options", ()),
            ("money_csv", ()),
            ("invoice", (1,)),
            ("invoice_pdf", (1,)),
        ):
            answer = browser.get(name, *args)
            assert answer.status_code == 403, name
            assert "Administrative Contact" in words(answer)
        assert not Invoice.objects.visible_to(user).exists()
        assert Invoice.objects.visible_to(world.payer).exists()

    @pytest.mark.parametrize("role", list(Role))
    def test_few_of_the_providers_people_read_it(self, world: MoneyWorld, role: Role) -> None:
        user = User.objects.create_user("p@legato.example", name="P", roles=[role])
        world.invoice()
        reads = role in (Role.CONTRACT_ADMINISTRATOR, Role.ACCOUNT_MANAGER)
        assert Browser(world, user).get("agreement_money").status_code == (200 if reads else 403)
        assert Invoice.objects.visible_to(user).exists() == reads

    def test_an_empty_account_says_so(self, world: MoneyWorld, keeper: Browser) -> None:
        other = factories.make_agreement()
        page = words(keeper.client.get(reverse("agreement_money", args=[other.reference])))
        assert "No invoice yet" in page
        assert "Everything is invoiced" in page

    def test_ticked_lines_are_invoiced_and_lead_to_the_invoice(
        self, world: MoneyWorld, keeper: Browser
    ) -> None:
        line = world.agreement.charges.get(kind="cases")
        answer = keeper.post("issue_invoices", charges=[line.pk], purchase_order="PO-1")
        assert answer["Location"] == f"/agreements/{world.agreement.reference}/invoices/1/"
        assert Invoice.objects.get().purchase_orders == "PO-1"

    def test_a_refused_invoice_keeps_what_was_typed(
        self, world: MoneyWorld, keeper: Browser
    ) -> None:
        line = world.agreement.charges.get(kind="cases")
        world.invoice(line)
        answer = keeper.post("issue_invoices", charges=[line.pk], purchase_order="PO-55")
        assert answer.status_code == 409
        assert "already billed" in words(answer)
        assert 'value="PO-55"' in words(answer)
        nothing = keeper.post("issue_invoices", purchase_order="PO-55")
        assert "No line is chosen" in words(nothing)

    def test_a_tax_is_added_or_refused(self, world: MoneyWorld, keeper: Browser) -> None:
        assert keeper.post("charge_tax", text="Sales tax", amount="5.00").status_code == 302
        assert Charge.objects.get(kind="tax").amount == 5
        refused = keeper.post("charge_tax", text="Sales tax", amount="five")
        assert refused.status_code == 409
        assert "Write an amount in figures" in words(refused)
        assert 'value="Sales tax"' in words(refused)

    def test_the_csv_adds_up_and_holds_no_formula(self, world: MoneyWorld, payer: Browser) -> None:
        world.charge("12.00", text='=HYPERLINK("http://evil.example")')
        invoice = world.invoice()
        record_payment(invoice, amount=Decimal(12), dated_on=AT.date(), by=world.keeper, at=NOW)
        world.charge("-3.00", ChargeKind.CREDIT)
        content = payer.get("money_csv").getvalue().decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(content)))
        assert sum(Decimal(row["amount"]) for row in rows) == 125_000 - 3
        assert [row["what"] for row in rows] == [
            "line",
            "line",
            "line",
            "not invoiced",
            "payment received",
        ]
        assert rows[2]["text"].startswith("'=HYPERLINK")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", " =1"])
def test_no_text_becomes_a_formula(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


def test_numbers_and_other_texts_stay_as_they_are() -> None:
    assert text(["a", "b", "c"], [[Decimal("-1.50"), dt.date(2003, 1, 2), None]]) == (
        "a,b,c\r\n-1.50,2003-01-02,\r\n"
    )
    assert safe("PSAM = 2") == "PSAM = 2"


class TestTheInvoice:
    @pytest.fixture
    def invoice(self, world: MoneyWorld) -> Invoice:
        return world.invoice()

    def test_it_shows_lines_due_date_and_history(self, invoice: Invoice, payer: Browser) -> None:
        page = payer.page("invoice", 1)
        assert "2 × PSAM Level II from 3 Sep 2002" in page
        assert "30 days from the invoice date" in page
        assert "issued it" in page
        assert "Something is wrong?" in page
        assert "Record a payment" not in page

    def test_a_payment_is_recorded_refused_and_taken_back(
        self, world: MoneyWorld, invoice: Invoice, keeper: Browser
    ) -> None:
        too_much = keeper.post(
            "invoice_act", 1, "pay", amount="125000.01", dated_on="2002-10-01", reference="Wire"
        )
        assert too_much.status_code == 409
        assert "is more than the US$125,000.00" in words(too_much)
        assert 'value="125000.01"' in words(too_much)
        ancient = keeper.post("invoice_act", 1, "pay", amount="5.00", dated_on="1999-10-01")
        assert ancient.status_code == 409
        (sentence,) = complaints(ancient, "dated_on")
        assert sentence.startswith("1 Oct 1999 is before Invoice INV-00001")
        assert 'value="1999-10-01"' in words(ancient)
        paid = keeper.post("invoice_act", 1, "pay", amount="125000.00", dated_on="2002-10-01")
        assert paid.status_code == 302
        assert "Paid" in keeper.page("invoice", 1)
        key = invoice.payments.get().pk
        back = keeper.post("invoice_act", 1, "take-back", payment=key, reason="Bounced")
        assert back.status_code == 302
        assert "Taken back" in keeper.page("invoice", 1)
        assert keeper.post("invoice_act", 1, "take-back", payment="x").status_code == 404
        assert keeper.post("invoice_act", 1, "abolish").status_code == 404

    def test_a_credit_note_is_used(
        self, world: MoneyWorld, invoice: Invoice, keeper: Browser
    ) -> None:
        note = world.invoice(world.charge("-500.00", ChargeKind.CREDIT))
        assert "CRN-00002" in keeper.page("invoice", 1)
        assert keeper.post("invoice_act", 1, "credit", credit_note=note.pk).status_code == 302
        assert "US$124,500.00" in keeper.page("invoice", 1)
        assert "for INV-00001" in keeper.page("invoice", note.number)

    @pytest.mark.clause("ATSP 3.2")
    def test_a_dispute_from_its_first_word_to_the_credit(
        self, world: MoneyWorld, invoice: Invoice, keeper: Browser, payer: Browser
    ) -> None:
        assert payer.post("invoice_act", 1, "dispute", reason=" ").status_code == 409
        assert payer.post("invoice_act", 1, "dispute", reason="One PSAM.").status_code == 302
        page = keeper.page("invoice", 1)
        assert "One PSAM." in page
        assert "Settle the dispute" in page
        assert keeper.post("invoice_act", 1, "answer", body="Two.").status_code == 302
        assert payer.post("invoice_act", 1, "answer", body="<b>One</b>.").status_code == 302
        assert "&lt;b&gt;One&lt;/b&gt;" in keeper.page("invoice", 1)
        wrong = keeper.post("invoice_act", 1, "settle", outcome="upheld", body="Yes", credit="")
        assert wrong.status_code == 409
        (sentence,) = complaints(wrong, "credit")
        assert "does not fit" in sentence
        line = world.agreement.charges.get(kind=ChargeKind.OPTION)
        assert f'<option value="{line.pk}">{line.text}</option>' in page
        done = keeper.post(
            "invoice_act",
            1,
            "settle",
            outcome="upheld",
            body="Yes",
            credit="22500.00",
            line=line.pk,
        )
        assert done.status_code == 302
        assert line.given_back_by.get().amount == -22500
        page = payer.page("invoice", 1)
        assert "Upheld" in page
        assert "US$102,500.00" in page

    def test_withdrawing(self, world: MoneyWorld, invoice: Invoice, payer: Browser) -> None:
        nothing = payer.post("invoice_act", 1, "withdraw", body="Never mind")
        assert nothing.status_code == 409
        payer.post("invoice_act", 1, "dispute", reason="Hm.")
        assert payer.post("invoice_act", 1, "withdraw", body="Found it").status_code == 302

    @pytest.mark.clause("ATSP 3.2")
    def test_the_pdf_says_what_the_page_says(self, invoice: Invoice, payer: Browser) -> None:
        answer = payer.get("invoice_pdf", 1)
        assert answer["Content-Type"] == "application/pdf"
        assert 'filename="INV-00001.pdf"' in answer["Content-Disposition"]
        read = PdfReader(io.BytesIO(answer.content))
        said = " ".join("".join(page.extract_text() for page in read.pages).split())
        for part in (
            "Invoice INV-00001",
            "MTI Technology Corporation",
            "Legato Systems, Inc.",
            "5 October 2002",
            "ATSP Level II",
            "US$80,000.00",
            "US$125,000.00",
            "without offset",
        ):
            assert part in said, part
        assert answer.content == payer.get("invoice_pdf", 1).content, "the same bytes"


class TestTheOptions:
    @pytest.mark.clause("ATSP page 1", "D-2")
    def test_the_sum_is_shown_before_anything_is_saved(
        self, world: MoneyWorld, keeper: Browser, payer: Browser
    ) -> None:
        query = "?option=psam-2&quantity=2&taken_on=2003-01-15"
        for browser in (keeper, payer):
            page = browser.page("agreement_options", query=query)
            assert "US$28,479.45" in page
            assert "231 of 365 days" in page
        assert world.agreement.options.count() == 1
        assert "Take the option" not in payer.page("agreement_options", query=query)
        done = keeper.post(
            "agreement_options",
            option="psam-2",
            quantity="2",
            taken_on="2003-01-15",
            asked_by="Ada",
        )
        assert done.status_code == 302
        assert "15 Jan 2003" in keeper.page("agreement_options")
        assert "US$28,479.45" in keeper.page("agreement_money")

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("option=psam-1&quantity=1&taken_on=2003-01-15", "same column at the ATSP level"),
            ("option=psam-2&quantity=1&taken_on=2004-01-15", "outside the contract year"),
            ("option=ess-2&quantity=2&taken_on=2003-01-15", "at most 1"),
            ("option=psam-2&quantity=x&taken_on=2003-01-15", "Enter a whole number"),
            (
                "option=psam-2&quantity=1&taken_on=tomorrow",
                "This is no day: write it as 17 Feb 2003.",
            ),
            ("option=psam-2&quantity=2&taken_on=2002-09-03", "already"),
        ],
    )
    def test_impossible_values_are_refused_before_saving(
        self, world: MoneyWorld, keeper: Browser, query: str, said: str
    ) -> None:
        answer = keeper.get("agreement_options", query=f"?{query}")
        assert answer.status_code == 409
        assert said in words(answer)

    def test_without_anybody_who_asked_it_is_refused_and_kept(
        self, world: MoneyWorld, keeper: Browser
    ) -> None:
        answer = keeper.post(
            "agreement_options",
            option="psam-2",
            quantity="1",
            taken_on="2003-01-15",
            asked_by="",
            purchase_order="PO-9",
        )
        assert answer.status_code == 409
        assert 'value="PO-9"' in words(answer)
        assert "can exercise an option" in words(answer)


class TestTheFees:
    def address(self, world: MoneyWorld) -> str:
        version = world.agreement.programme_version
        return reverse("programme_fees", args=[version.code, version.number])

    @pytest.mark.clause("ATSP 2.1", "ATSP 3.1")
    def test_the_schedule_is_that_of_the_version_with_the_fees_of_the_day(
        self, world: MoneyWorld, keeper: Browser, payer: Browser
    ) -> None:
        page = words(payer.client.get(self.address(world)))
        for price in ("US$24,000.00", "US$80,000.00", "US$22,500.00", "US$2,500.00"):
            assert price in page
        assert "No fee is in force" in page
        form = {"code": "additional_contact", "amount": "500", "starts_on": "2002-10-15"}
        assert keeper.client.post(self.address(world), form).status_code == 302
        page = words(payer.client.get(self.address(world)))
        assert "US$500.00" in page
        assert "Current" in page
        assert "Set the fee" not in page

    def test_a_fee_for_the_past_is_refused_and_kept(
        self, world: MoneyWorld, keeper: Browser
    ) -> None:
        form = {"code": "additional_contact", "amount": "512", "starts_on": "2002-01-15"}
        answer = keeper.client.post(self.address(world), form)
        assert answer.status_code == 409
        assert "would change a past price" in words(answer)
        assert 'value="512"' in words(answer)


class TestAllInvoices:
    def test_filters_and_search_find_them(self, world: MoneyWorld, keeper: Browser) -> None:
        invoice = world.invoice()
        paid = world.invoice(world.charge("10.00"), at=NOW - DAY)
        record_payment(paid, amount=Decimal(10), dated_on=NOW.date(), by=world.keeper, at=NOW)
        world.invoice(world.charge("-4.00", ChargeKind.CREDIT))
        raise_dispute(invoice, reason="Hm.", by=world.payer, at=NOW)
        world.charge("1.00")

        def found(query: str) -> set[str]:
            shown = keeper.client.get(f"/invoices/{query}").context
            labels = {row.invoice.label for row in shown["rows"]}
            assert shown["page"].paginator.count == len(labels)
            return labels

        assert found("") == {"INV-00001", "INV-00002", "CRN-00003"}
        assert found("?state=open") == {"INV-00001"}
        assert found("?state=overdue") == {"INV-00001"}
        assert found("?state=disputed") == {"INV-00001"}
        assert found("?state=paid") == {"INV-00002"}
        assert found("?state=credit") == {"CRN-00003"}
        assert found("?q=inv-00002") == {"INV-00002"}
        assert found("?q=271-ATSP") == {"INV-00001", "INV-00002", "CRN-00003"}
        assert found("?q=nothing-like-it") == set()
        assert found(f"?reseller={world.agreement.reseller_id}&state=paid") == {"INV-00002"}
        assert found("?reseller=99999999999999999999") == set()
        assert found("?page=7") == {"INV-00001", "INV-00002", "CRN-00003"}
        assert found("?state=odd") == set()
        assert "State “odd” does not exist." in words(keeper.client.get("/invoices/?state=odd"))
        assert keeper.client.get("/invoices.csv?state=odd").status_code == 403
        waiting = words(keeper.client.get("/invoices/?state=to-invoice"))
        assert f"/agreements/{world.agreement.reference}/money/#waiting" in waiting
        rows = keeper.client.get("/invoices.csv?state=open").getvalue().decode("utf-8-sig")
        assert [row["document"] for row in csv.DictReader(io.StringIO(rows))] == ["INV-00001"]

    def test_a_row_says_what_it_is_when_it_is_due_and_what_is_open(
        self, world: MoneyWorld, keeper: Browser
    ) -> None:
        invoice = world.invoice(world.charge("1250.50"), at=NOW)
        record_payment(invoice, amount=Decimal(250), dated_on=NOW.date(), by=world.keeper, at=NOW)
        note = world.invoice(world.charge("-4.00", ChargeKind.CREDIT), at=NOW)

        def row(address: str, document: Invoice) -> list[str]:
            page = keeper.client.get(address).content.decode()
            _, _, after = page.partition(f'id="invoice-{document.pk}"')
            cells = after.partition("</tr>")[0].split("<td")[1:]
            assert f'href="{document.get_absolute_url()}"' in cells[0]
            return [" ".join(strip_tags(f"<td{cell}").split()) for cell in cells]

        money = ["US$1,250.50", "US$1,000.50"]
        given = ["−US$4.00", "US$4.00"]
        days = ["15 Oct 2002", "14 Nov 2002"]
        reseller = "MTI Technology Corporation 271-ATSP-4453"
        account = f"/agreements/{world.agreement.reference}/money/"
        assert row("/invoices/", invoice) == ["INV-00001", "Open", reseller, *days, *money]
        assert row("/invoices/", note) == [
            "CRN-00002",
            "To use",
            reseller,
            "15 Oct 2002",
            "—",
            *given,
        ]
        assert row(account, invoice) == ["INV-00001", "Open", *days, *money]
        assert row(account, note) == ["CRN-00002 credit note", "To use", "15 Oct 2002", "—", *given]

    @pytest.mark.clause("ATSP 3.2")
    def test_an_overdue_invoice_that_is_disputed_is_listed_as_both(
        self, world: MoneyWorld, keeper: Browser
    ) -> None:
        late, other = world.invoice(), world.invoice(world.charge("7.00"), at=NOW)
        for invoice in (late, other):
            raise_dispute(invoice, reason="Hm.", by=world.payer, at=NOW)
        account = f"/agreements/{world.agreement.reference}/money/"
        for address in ("/invoices/", account):
            page = keeper.client.get(address).content.decode()
            states = {
                one: strip_tags(page.partition(f'id="invoice-{one.pk}"')[2].split("<td")[2])
                for one in (late, other)
            }
            assert "Disputed" in states[late]
            assert "Overdue" in states[late]
            assert "Overdue" not in states[other]

    @pytest.mark.parametrize(
        ("address", "most"), [("/invoices/", 8), ("account", 10), ("invoice", 15)]
    )
    def test_a_page_asks_no_more_of_the_database_with_many_rows(
        self, world: MoneyWorld, keeper: Browser, address: str, most: int
    ) -> None:
        reference = world.agreement.reference
        path = {
            "account": f"/agreements/{reference}/money/",
            "invoice": f"/agreements/{reference}/invoices/1/",
        }.get(address, address)

        def write(count: int) -> None:
            lines = [world.charge(f"{n + 1}.00") for n in range(count)]
            for line in lines[: count // 2]:
                invoice = world.invoice(line)
                record_payment(
                    invoice, amount=line.amount, dated_on=AT.date(), by=world.keeper, at=NOW
                )
            other = factories.make_agreement()
            charge = add_charge(
                other,
                kind=ChargeKind.WORK,
                text="W",
                words="W.",
                amount=Decimal(1),
                clause="ATSP 17",
                by=None,
                at=NOW,
            )
            issue_invoices(other, charges=[charge], by=None, at=NOW)

        def statements() -> int:
            keeper.client.get(path)
            with CaptureQueriesContext(connection) as counted:
                assert keeper.client.get(path).status_code == 200
            return len(counted)

        big = [world.charge(f"{n + 1}.00") for n in range(2)]
        world.issue(*big)
        write(2)
        few = statements()
        write(12)
        write(8)
        assert statements() == few
        assert few <= most
