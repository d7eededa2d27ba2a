"""Every list page stays short and asks as often among many rows as among few."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from cases.bulletins.models import Bulletin
from cases.case.models import Case
from cases.enhancements.models import Enhancement
from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.charges import Charge
from contracts.billing.models.invoices import Invoice, InvoiceLine
from contracts.parties.models.parties import Organisation
from contracts.prepaid.models.ledger import CaseAccount
from contracts.services.models.assignments import Absence
from contracts.work_orders.models import WorkOrder
from portal.models import Notice, User
from portal.roles import Role
from tests.cases.pages import queries, words
from tests.cases.world import DAY, HOUR, NOW, World

AsUser = Callable[..., Client]
MANY = 300
MOST_BYTES = 120_000
LISTS = {
    "engineer": (
        "/queue/",
        "/queue/?q=printer",
        "/cases/",
        "/cases/?q=printer",
        "/bulletins/",
        "/enhancements/",
        "/absences/",
        "/inbox/",
        "/escalations/",
        "/agreements/",
    ),
    "administrator": (
        "/agreements/",
        "/agreements/?state=in_force",
        "/agreements/?state=ended",
        "/agreements/?q=Dealer+1",
        "/invoices/",
        "/invoices/?state=to-invoice",
        "/invoices/?reseller=Dealer+7",
        "/renewals/",
        "/work-orders/",
        "/scorecards/",
        "/programmes/",
        "/agreements/new/",
        "/absences/",
        "/agreements/{reference}/money/",
        "/agreements/{reference}/cases/",
    ),
    "technical": ("/home/", "/cases/", "/bulletins/", "/enhancements/", "/inbox/"),
}
MOST_STATEMENTS = 14


def pages(as_user: AsUser, reference: str) -> Iterator[tuple[str, Client, str]]:
    """Each list, with whoever reads it."""
    for who, addresses in LISTS.items():
        client = as_user(who)
        for address in addresses:
            yield who, client, address.format(reference=reference)


def test_no_list_grows_with_its_rows(world: World, as_user: AsUser) -> None:
    few: dict[tuple[str, str], int] = {}
    grow(world, 3, "Few")
    for who, client, address in pages(as_user, world.agreement.reference):
        client.get(address)
        with queries() as seen:
            assert client.get(address).status_code == 200, address
        few[who, address] = len(seen)
    grow(world, MANY, "Dealer")
    for who, client, address in pages(as_user, world.agreement.reference):
        with queries() as seen:
            page = client.get(address)
        size = len(page.content)
        assert page.status_code == 200, (address, words(page))
        assert size <= MOST_BYTES, f"{who} {address}: {size} bytes"
        grown = "\n".join(seen)
        assert len(seen) <= max(few[who, address] + 1, MOST_STATEMENTS), f"{address}:\n{grown}"
        assert len(seen) <= 16, f"{address}:\n{grown}"


WRONG = {
    "engineer": (
        ("/queue/?severity=high", "Severity “high” does not exist. Choose one of: 1, 2, 3, 4."),
        ("/bulletins/?kind=x", "Kind “x” does not exist. Choose one of: patch, bulletin, alert."),
        ("/bulletins/?product=x", "Product “x” does not exist."),
        ("/enhancements/?state=x", "State “x” does not exist."),
        ("/enhancements/?case=x", "“x” is no case number."),
    ),
    "administrator": (
        ("/agreements/?state=x", "State “x” does not exist. Choose one of: draft, to_come"),
        ("/invoices/?state=x", "State “x” does not exist. Choose one of: open, overdue"),
        ("/work-orders/?state=x", "State “x” does not exist."),
        (
            "/agreements/{reference}/cases/?pool=x",
            "Pool “x” does not exist. Choose one of: us, emea",
        ),
    ),
}


FILTERED = {
    "engineer": (
        "/cases/",
        "/queue/",
        "/bulletins/",
        "/enhancements/",
    ),
    "account_manager": ("/scorecards/{reference}/M2/", "/scorecards/"),
    "administrator": (
        "/agreements/",
        "/agreements/{reference}/cases/",
        "/invoices/",
        "/invoices/?state=to-invoice",
        "/work-orders/",
        "/renewals/",
        "/account/sign-ins/",
    ),
}


@pytest.mark.parametrize("who", FILTERED)
def test_a_misspelt_filter_is_said_and_never_lists_everything(
    world: World, as_user: AsUser, who: str
) -> None:
    grow(world, 2, "Few")
    client = as_user(who)
    for address in FILTERED[who]:
        path = address.format(reference=world.agreement.reference)
        page = client.get(path + ("&" if "?" in path else "?") + "severty=1")
        assert page.status_code == 200, path
        assert "There is no filter “severty”." in words(page), path
        assert list(page.context["page"]) == [], path


def test_no_file_is_made_of_a_misspelt_filter(world: World, as_user: AsUser) -> None:
    file = as_user("administrator").get("/invoices.csv?stat=open")
    assert file.status_code == 403
    assert "There is no filter “stat”." in words(file)


@pytest.mark.parametrize("who", WRONG)
def test_a_filter_of_nonsense_is_said_and_never_lists_everything(
    world: World, as_user: AsUser, who: str
) -> None:
    grow(world, 2, "Few")
    client = as_user(who)
    for address, said in WRONG[who]:
        page = client.get(address.format(reference=world.agreement.reference))
        assert page.status_code == 200, address
        assert said in words(page), address
        assert list(page.context["page"]) == [], address


def grow(world: World, count: int, name: str) -> None:
    """That many resellers more, each with an agreement, cases, an invoice, a charge and a work order; and more news."""
    template = world.open()
    model = world.agreement
    resellers = Organisation.objects.bulk_create(
        Organisation(name=f"{name} {n}", kind="reseller") for n in range(count)
    )
    agreements = Agreement.objects.bulk_create(
        Agreement(
            reseller=reseller,
            provider=model.provider,
            programme_version=model.programme_version,
            tier=model.tier,
            contract_number=f"{name}-{n}",
            reference=f"{name}-{n}",
            effective_on=model.effective_on,
            ends_on=model.ends_on,
            zone=model.zone,
            state="in_force",
        )
        for n, reseller in enumerate(resellers)
    )
    accounts = list(CaseAccount.objects.filter(agreement=model))
    CaseAccount.objects.bulk_create(
        CaseAccount(agreement=one, pool=account.pool, granted=account.granted)
        for one in agreements
        for account in accounts
    )
    Case.objects.bulk_create(
        copy_of(template, agreement, n) for agreement in agreements for n in range(2)
    )
    charge = {
        "kind": "option",
        "text": "Option",
        "words": "One.",
        "amount": 10,
        "currency": "USD",
        "clause": "ATSP 2.1",
        "incurred_on": model.effective_on,
        "at": NOW,
    }
    billed = Charge.objects.bulk_create(Charge(agreement=one, **charge) for one in agreements)
    Charge.objects.bulk_create(Charge(agreement=one, **charge) for one in agreements)
    Charge.objects.bulk_create(Charge(agreement=model, **charge) for _ in range(count))
    first = Invoice.objects.count() + 1
    invoices = Invoice.objects.bulk_create(
        Invoice(
            agreement=one,
            provider=one.provider,
            number=first + n,
            kind="invoice",
            terms="net",
            issued_on=NOW.date(),
            due_on=NOW.date() + dt.timedelta(days=30),
            clause="ATSP 3.2",
            currency="USD",
            total=10,
            provider_name="Legato",
            reseller_name=one.reseller.name,
            issued_at=NOW,
        )
        for n, one in enumerate(agreements)
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(invoice=invoice, charge=line, position=1)
        for invoice, line in zip(invoices, billed, strict=True)
    )
    WorkOrder.objects.bulk_create(
        WorkOrder(
            agreement=one,
            basis="day",
            rate=model.programme.work_rates[0].code,
            case_number=template.pk,
            case_title="Printer",
            contact=world.technical,
            problem="It stops.",
            state="requested",
            asked_at=NOW,
            asked_by=world.engineer,
        )
        for one in agreements
    )
    news(world, count, name)


def copy_of(template: Case, agreement: Agreement, n: int) -> Case:
    """A case like another, of another agreement."""
    copied = Case.objects.get(pk=template.pk)
    copied.pk = None
    copied._state.adding = True
    copied.agreement, copied.reseller = agreement, agreement.reseller
    copied.title = f"Printer {n} stops"
    copied.reported_at = NOW - n * HOUR
    copied.next_due_at = NOW + n * HOUR
    return copied


def news(world: World, count: int, name: str) -> None:
    """Bulletins, requests, notices, and people who are away."""
    Bulletin.objects.bulk_create(
        Bulletin(
            kind="patch",
            title=f"Patch {n}",
            body="Get it.",
            drafted_at=NOW,
            drafted_by=world.engineer,
            published_at=NOW,
            published_by=world.engineer,
        )
        for n in range(count)
    )
    Enhancement.objects.bulk_create(
        Enhancement(
            product=world.product,
            title=f"Wish {n}",
            summary="A wish.",
            request="Please.",
            reseller=world.agreement.reseller,
            submitted_by=world.engineer,
            submitted_at=NOW,
        )
        for n in range(count)
    )
    for user in (world.engineer, world.user("technical")):
        Notice.objects.bulk_create(
            Notice(
                subject_type="portal.user",
                subject_id=user.pk,
                step=f"{name}:{n}",
                recipient=user,
                recipient_key=f"user:{user.pk}",
                channel="inbox",
                template="case",
                title=f"Notice {n}",
                created_at=NOW,
                next_try_at=NOW,
                state="sent",
                sent_at=NOW,
            )
            for n in range(count)
        )
    people = User.objects.bulk_create(
        User(
            email=f"{name}.{n}@legato.example".lower(),
            name=f"{name} Person {n}",
            roles=[Role.PSAM.value],
            zone="UTC",
        )
        for n in range(count)
    )
    Absence.objects.bulk_create(
        Absence(user=user, starts_at=NOW, ends_at=NOW + DAY) for user in people
    )


@pytest.fixture(autouse=True)
def _at_now(at_now: None) -> None:
    """The pages are read at NOW."""
