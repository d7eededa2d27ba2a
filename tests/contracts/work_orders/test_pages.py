"""The pages of work orders: what each reader sees and may do, what a refusal keeps, the exhibit to sign."""

import datetime as dt
import io
import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from contracts.agreements.models.agreements import AgreementState
from contracts.work_orders import document as exhibit_d
from contracts.work_orders.actions import authorising, working
from contracts.work_orders.actions.authorising import Paper
from contracts.work_orders.forms.orders import ACTS
from contracts.work_orders.models import WorkOrder
from contracts.work_orders.rules.orders import Outcome, State
from portal.deadlines.sweep import sweep
from portal.models import Attachment
from portal.rules.refusal import Refusal
from tests.cases.pages import complaints, queries, words
from tests.contracts.factories import NORDLICHT_FILE, load
from tests.contracts.work_orders.world import (
    AT,
    DAY,
    HOUR,
    MINUTE,
    PDF,
    WorkWorld,
    again,
    make_work_world,
)

pytestmark = pytest.mark.django_db
NOW = AT + 3 * DAY
As = Callable[[str], Client]


@pytest.fixture
def world(db: None, set_clock: Callable[..., None]) -> WorkWorld:
    set_clock(NOW, speed=1e-12)
    return make_work_world()


@pytest.fixture
def as_user(world: WorkWorld) -> As:
    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(world.user(name))
        return client

    return signed_in


def do(browser: Client, order: WorkOrder, act: str, **typed: Any) -> HttpResponse:
    fields = {f"{act}-{name}": value for name, value in typed.items()}
    path = reverse("work_order_act", args=[order.pk, act])
    answer: HttpResponse = browser.post(path, fields)
    return answer


def shown(browser: Client, order: WorkOrder) -> set[str]:
    page = browser.get(order.get_absolute_url()).content.decode()
    return set(re.findall(r'data-act="([\w-]+)"', page))


# --- which acts are shown to whom --------------------------------------------------------------

NOBODY: dict[str, set[str]] = {}
ON_SITE_ACTS = {
    "requested": {
        "engineer": {"estimate", "decline", "sign"},
        "keeper": {"estimate", "decline", "sign"},
        "administrative": {"decline", "sign"},
        "technical": {"decline"},
        "psam": set(),
    },
    "estimated": {
        "engineer": {"estimate", "decline", "sign"},
        "keeper": {"estimate", "authorise", "decline", "sign"},
        "administrative": {"authorise", "decline", "sign"},
        "technical": {"decline"},
        "dispatch": set(),
    },
    "authorised": {
        "engineer": {"start", "stop", "sign"},
        "keeper": {"authorise", "stop", "sign"},
        "administrative": {"authorise", "stop", "sign"},
        "technical": {"stop"},
        "dispatch": {"stop"},
    },
    "under_way": {
        "engineer": {"log", "expense", "finish", "stop", "sign"},
        "keeper": {"authorise", "expense", "stop", "sign"},
        "administrative": {"authorise", "stop", "sign"},
        "technical": {"stop"},
    },
}


@pytest.mark.parametrize("state", ON_SITE_ACTS)
def test_each_reader_is_shown_the_acts_that_are_theirs_now(
    world: WorkWorld, as_user: As, state: str
) -> None:
    order = getattr(world, state)()
    assert order.state == state
    for who, acts in ON_SITE_ACTS[state].items():
        assert shown(as_user(who), order) == acts, who


@pytest.mark.clause("ATSP 16")
def test_who_authorizes_an_estimate_is_told_that_it_is_them(world: WorkWorld, as_user: As) -> None:
    order = world.estimated()
    assert (
        "You authorize the fee"
        in as_user("administrative").get(order.get_absolute_url()).content.decode()
    )
    for who in ("technical", "keeper"):
        page = as_user(who).get(order.get_absolute_url()).content.decode()
        assert "The Administrative Contact authorizes the fee" in page


@pytest.mark.clause("ATSP 7.1")
def test_section_7_asks_the_reseller_and_then_the_engineer(world: WorkWorld, as_user: As) -> None:
    order = world.notified()
    assert shown(as_user("technical"), order) == {"proceed", "decline"}
    assert shown(as_user("administrative"), order) == {"proceed", "decline"}
    assert shown(as_user("engineer"), order) == {"log", "decline"}
    for who, next_words in (
        ("technical", "You answer: proceed at your possible expense"),
        ("administrative", "You answer: proceed at your possible expense"),
        ("engineer", "The reseller answers: proceed at its possible expense"),
    ):
        assert next_words in as_user(who).get(order.get_absolute_url()).content.decode(), who
    assert do(as_user("technical"), order, "proceed").status_code == 302
    assert shown(as_user("engineer"), order) == {"start", "log", "expense", "decide", "stop"}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_that_is_not_ones_own_is_refused_with_its_reason(
    world: WorkWorld, as_user: As, act: str
) -> None:
    order = world.estimated()
    before = WorkOrder.objects.values().get()
    for who in ("technical", "administrative", "engineer", "keeper", "psam", "dispatch"):
        party = ACTS[act].party
        user = world.user(who)
        standing = {"technical": party.technical, "administrative": party.administrative}
        theirs = user.has_role(*party.provider) if user.is_provider else standing[who]
        if theirs:
            continue
        answer = do(as_user(who), order, act)
        assert answer.status_code == 403, who
        assert "is not yours to do on work order" in unescape(words(answer))
    assert WorkOrder.objects.values().get() == before


def test_a_foreign_or_unknown_order_is_not_found(world: WorkWorld, as_user: As) -> None:
    order = world.estimated()
    other = load(NORDLICHT_FILE).reseller.contacts.get(name="Jan Petersen").user
    assert other is not None
    client = Client()
    client.force_login(other)
    for name, args in (
        ("work_order", [order.pk]),
        ("work_order_exhibit", [order.pk]),
        ("agreement_work", [world.agreement.reference]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404
    for act in ACTS:
        assert do(client, order, act).status_code == 404
    assert do(as_user("keeper"), order, "abolish").status_code == 404
    assert as_user("keeper").get(reverse("work_order", args=[999999])).status_code == 404


# --- from asking to settling, through the forms ------------------------------------------------


@pytest.mark.clause("ATSP 17", "ATSP Ex.D")
def test_the_whole_way_through_the_pages(world: WorkWorld, as_user: As) -> None:
    order = world.requested()
    assert do(as_user("engineer"), order, "estimate", days="1", expenses="600").status_code == 302
    paper = SimpleUploadedFile("po.pdf", PDF)
    done = do(
        as_user("administrative"),
        order,
        "authorise",
        kind="purchase_order",
        number="PO-1",
        given_by="Terri Hirsch",
        dated_on="2003-03-05",
        amount="US$3,500.00",
        paper=paper,
    )
    assert done.status_code == 302
    WorkOrder.objects.update(authorised_at=AT + HOUR)
    assert do(as_user("engineer"), order, "start").status_code == 302
    logged = do(
        as_user("engineer"),
        order,
        "log",
        began_at="2003-03-06T09:00",
        ended_at="2003-03-06T17:00",
        days="1",
        text="Replicated it at their site.",
    )
    assert logged.status_code == 302
    cost = do(
        as_user("engineer"),
        order,
        "expense",
        kind="travel",
        incurred_at="2003-03-06T18:30",
        amount="420.10",
        text="Flight",
        receipt=SimpleUploadedFile("flight.pdf", b"%PDF-1.7 receipt"),
    )
    assert cost.status_code == 302
    page = words(as_user("administrative").get(order.get_absolute_url()))
    assert "Replicated it at their site. Carla Stone" in page
    assert "6 Mar 2003 09:00" in page
    assert "6 Mar 2003 18:30" in re.sub(r"<[^>]*>\s*", " ", page).replace("  ", " ")
    assert "flight.pdf" in page
    assert "Billable Authorized" in page
    assert "US$2,920.10" in page
    assert "Take back" not in page
    assert do(as_user("engineer"), order, "finish", text="It is the index.").status_code == 302
    assert do(as_user("keeper"), order, "settle").status_code == 302
    order = again(order)
    assert order.stands is State.SETTLED
    assert sum(charge.amount for charge in order.charges.all()) == Decimal("2920.10")
    page = words(as_user("keeper").get(order.get_absolute_url()))
    assert "settled the order" in page
    assert "1 day × US$2,500.00: US$2,500.00." in page
    assert shown(as_user("keeper"), order) == {"sign"}


@pytest.mark.clause("ATSP 9.5", "ATSP 17", "D-19")
def test_work_past_the_years_end_is_settled_and_invoiced_through_the_pages(
    world: WorkWorld, as_user: As, set_clock: Callable[..., None]
) -> None:
    """The year ends on 2 September 2003; the case goes on, and the engineer works on it on the 12th."""
    order = world.under_way()
    later = AT + 192 * DAY
    sweep(AT + 190 * DAY)
    set_clock(later, speed=1e-12)
    agreement = again(order).agreement
    assert agreement.state == AgreementState.ENDED
    logged = do(
        as_user("engineer"),
        order,
        "log",
        began_at="2003-09-12T09:00",
        ended_at="2003-09-12T17:00",
        days="1",
        text="Moved the index to the new host.",
    )
    assert logged.status_code == 302
    assert do(as_user("engineer"), order, "finish", text="It runs.").status_code == 302
    assert do(as_user("keeper"), order, "settle").status_code == 302
    line = order.charges.get()
    money = reverse("agreement_money", args=[agreement.reference])
    page = as_user("keeper").get(money).content.decode()
    assert f'value="{line.pk}"' in page, "it may be ticked"
    answer = as_user("keeper").post(
        reverse("issue_invoices", args=[agreement.reference]), {"charges": [line.pk]}
    )
    assert answer.status_code == 302
    invoice = words(as_user("administrative").get(answer["Location"]))
    assert "US$2,500.00" in invoice
    assert "12 Sep 2003" in invoice
    assert "Moved the index" in words(as_user("administrative").get(order.get_absolute_url()))


@pytest.mark.clause("ATSP 17")
def test_a_refused_form_keeps_what_was_typed_and_names_clause_and_field(
    world: WorkWorld, as_user: As
) -> None:
    order = world.estimated()
    answer = do(
        as_user("administrative"),
        order,
        "authorise",
        kind="purchase_order",
        number="",
        given_by="Terri Hirsch",
        dated_on="2003-03-05",
        text="A note of ours",
    )
    assert answer.status_code == 409
    page = answer.content.decode()
    assert complaints(answer, "authorise-number") == ["A purchase order needs a number."]
    assert "ATSP 17" in page
    assert "A note of ours" in page
    assert "Choose the file again" in page
    assert re.search(r'id="act-authorise"\s+open', page)


def test_a_file_that_is_none_of_the_papers_is_refused(world: WorkWorld, as_user: As) -> None:
    order = world.requested()
    program = SimpleUploadedFile("signed.pdf", b"MZ\x00\x01")
    answer = do(as_user("administrative"), order, "sign", paper=program)
    assert answer.status_code == 409
    assert "signed.pdf is of a kind that is not known" in words(answer)
    assert (
        do(
            as_user("administrative"), order, "sign", paper=SimpleUploadedFile("s.pdf", PDF)
        ).status_code
        == 302
    )
    kept = Attachment.objects.about(order).get()
    sent = as_user("technical").get(reverse("attachment", args=[kept.pk]))
    assert b"".join(sent.streaming_content) == PDF
    sent.close()


@pytest.mark.parametrize(
    ("act", "typed", "said"),
    [
        (
            "log",
            {"began_at": "nonsense", "ended_at": "", "text": "x"},
            "The time is missing",
        ),
        ("expense", {"kind": "yacht", "amount": "-1", "text": "x"}, "Select a valid choice"),
        ("stop", {"text": ""}, "This field is required"),
        ("take-back", {"line": "work-9999"}, "That line does not belong to this order."),
    ],
)
def test_mistakes_in_the_form_are_named(
    world: WorkWorld, as_user: As, act: str, typed: dict[str, str], said: str
) -> None:
    answer = do(as_user("engineer"), world.under_way(), act, **typed)
    assert answer.status_code == 409
    assert said in unescape(words(answer))


def test_a_line_is_taken_back_from_the_bill(world: WorkWorld, as_user: As) -> None:
    order = world.under_way()
    log, cost = world.log(order), world.expense(order)
    browser = as_user("engineer")
    assert "Take back" in words(browser.get(order.get_absolute_url()))
    assert do(browser, order, "take-back", line=f"work-{log.pk}").status_code == 302
    assert do(browser, order, "take-back", line=f"expense-{cost.pk}").status_code == 302
    page = words(browser.get(order.get_absolute_url()))
    assert "No work logged yet" in page
    assert "took a line back" in page


@pytest.mark.clause("ATSP 7.3.3")
def test_dispatch_records_when_a_notice_to_stop_was_received(world: WorkWorld, as_user: As) -> None:
    order = world.under_way()
    answer = do(
        as_user("dispatch"), order, "stop", received_at="2003-03-05T15:30", text="Rang: stop."
    )
    assert answer.status_code == 302
    assert again(order).stop_received_at == dt.datetime(2003, 3, 5, 23, 30, tzinfo=dt.UTC)


# --- what the pages say ------------------------------------------------------------------------


@pytest.mark.clause("ATSP 7.2", "ATSP 7.3.2")
def test_section_7_says_what_may_be_owed_and_why_not(world: WorkWorld, as_user: As) -> None:
    world.set_rate()
    order = world.notified()
    world.log(order, hours=2)
    order = authorising.instruct(order, by=world.user("technical"), at=AT + DAY + 12 * HOUR)
    world.log(order, day=2, hours=3)
    page = words(as_user("technical").get(order.get_absolute_url()))
    assert "Not billable Done before it was instructed" in page
    assert "Not decided Instructed; billable if the cause proves not to be the Software" in page
    assert "If the cause proves not to be the Software US$750.00" in page
    working.decide(order, outcome=Outcome.SOFTWARE, words="The index.", by=world.engineer, at=NOW)
    page = words(as_user("technical").get(order.get_absolute_url()))
    assert "The cause is a Problem in the Software" in page


def test_a_missing_rate_is_reported_in_place_of_the_bill(world: WorkWorld, as_user: As) -> None:
    order = world.instructed()
    world.log(order)
    page = words(as_user("engineer").get(order.get_absolute_url()))
    assert "No then-current rate for professional services is on record" in page


def test_more_than_is_authorised_is_shown(world: WorkWorld, as_user: As) -> None:
    order = world.under_way(amount=Decimal(2000))
    page = words(as_user("administrative").get(order.get_absolute_url()))
    assert "Above what is authorized" in page
    world.log(order)
    page = words(as_user("administrative").get(order.get_absolute_url()))
    assert "US$500.00 above what is authorized" in page


def test_the_tab_lists_the_orders_and_what_work_costs(world: WorkWorld, as_user: As) -> None:
    address = reverse("agreement_work", args=[world.agreement.reference])
    page = words(as_user("technical").get(address))
    assert "No work orders yet" in page
    assert "US$2,500.00 a day, plus travel and living" in page
    order = world.estimated()
    page = words(as_user("technical").get(address))
    assert f"{order.number} On-site replication support" in page
    assert "Authorization awaited" in page
    assert "US$6,200.00" in page


def test_the_provider_finds_all_open_orders_and_those_of_a_state(
    world: WorkWorld, as_user: As
) -> None:
    address = reverse("work_orders")
    assert "No work order is open" in words(as_user("keeper").get(address))
    order = world.estimated()
    gone = authorising.decline(world.notified(), by=world.user("technical"), at=AT + MINUTE)
    page = words(as_user("keeper").get(address))
    assert order.number in page
    assert gone.number not in page
    page = words(as_user("keeper").get(f"{address}?state=declined"))
    assert gone.number in page
    assert order.number not in page
    assert "None of these" in words(as_user("keeper").get(f"{address}?state=settled"))
    assert as_user("technical").get(address).status_code == 403


# --- Exhibit D ---------------------------------------------------------------------------------


@pytest.mark.clause("ATSP Ex.D", "ATSP 17")
def test_exhibit_d_is_filled_in_and_ready_to_sign(world: WorkWorld, as_user: As) -> None:
    order = world.authorised()
    answer = as_user("administrative").get(reverse("work_order_exhibit", args=[order.pk]))
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for said in (
        "EXHIBIT D",
        "271-ATSP-4453",
        "US$2,500.00 a day, plus travel and living expenses",
        "100245",
        "Description of Problem to be Resolved",
        "Every scan of the media index ends in a core dump.",
        "2.1 Confidential information and ownership",
        "2.2 Legato proprietary software",
        "2.3 Relationship of the parties and project responsibilities",
        "independent contractor",
        "purchase order PO-7731",
        "Mathew Keane",
        "Carla Stone",
        "Authorized signature",
        "MTI",
    ):
        assert said in text, said


def test_hostile_words_are_only_words_in_the_exhibit(world: WorkWorld) -> None:
    order = world.requested(problem='#panic("x") $x$ *a* \\ "q"\nline two')
    assert exhibit_d.pdf_of(order).startswith(b"%PDF")


def test_work_that_no_exhibit_governs_has_none(world: WorkWorld, as_user: As) -> None:
    for order in (world.requested("remote-replication"), world.notified()):
        address = reverse("work_order_exhibit", args=[order.pk])
        assert as_user("keeper").get(address).status_code == 404
        with pytest.raises(Refusal):
            exhibit_d.pdf_of(order)


# --- queries -----------------------------------------------------------------------------------


def test_the_pages_ask_the_same_however_much_there_is(world: WorkWorld, as_user: As) -> None:
    order = world.under_way()
    world.log(order)
    world.expense(order)
    keeper = as_user("keeper")
    tab = reverse("agreement_work", args=[world.agreement.reference])
    addresses = (order.get_absolute_url(), tab, reverse("work_orders"))
    few = []
    for address in addresses:
        keeper.get(address)
        with queries() as seen:
            keeper.get(address)
        few.append(len(seen))
    for n in range(4):
        world.expense(order, text=f"Taxi {n}", receipt=Paper(f"{n}.txt", b"taxi %d" % n))
        world.authorise(order, number=f"PO-{n}")
        world.estimated()
    world.log(order, day=2)
    for address, count in zip(addresses, few, strict=True):
        with queries() as seen:
            keeper.get(address)
        assert len(seen) == count, address
    assert few[0] <= 16
    assert few[1] <= 9
    assert few[2] <= 9
