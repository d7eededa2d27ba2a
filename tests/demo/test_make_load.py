"""A made load is a database like any other: its ledgers add up, its pages answer, its deadlines are swept."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from cases.case.models import Case
from cases.conversation.models import Message
from cases.knowledge.models import Article
from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.invoices import Invoice
from contracts.parties.models.parties import Contact, Organisation
from demo.accounts import PASSWORD
from escalation.models import Timeline
from portal import clock
from portal.deadlines.sweep import sweep
from portal.models import Deadline, DeadlineState, JournalEntry, Notice, User

pytestmark = pytest.mark.load
CASES, RESELLERS, ARTICLES = 300, 50, 40
FIRST = "272-ATSP-00001"
EVERYBODY = ("inbox", "bulletins", "enhancements", "cases")
PROVIDERS = (*EVERYBODY, "queue", "agreements", "escalations", "work_orders", "absences")
PAGES = {
    "maya.okafor@legato.example": (*PROVIDERS, "telephone_report"),
    "sam.adeyemi@legato.example": (*PROVIDERS, "telephone_report"),
    "dana.whitfield@legato.example": (*PROVIDERS, "my_resellers", "portfolio"),
    "ruth.calloway@legato.example": (*PROVIDERS, "escalation_wall", "portfolio"),
    "anne.delacroix@legato.example": (*PROVIDERS, "portfolio", "renewals", "invoices"),
    "joan.petersen@legato.example": (*PROVIDERS, "portfolio", "renewals", "invoices", "programmes"),
}
SIDES = ("agreement", "agreement_cases", "agreement_roster", "services", "renewal")
MONEY = ("scorecard", "agreement_money")
MONEY_READERS = ("anne.delacroix@legato.example", "joan.petersen@legato.example")


@pytest.fixture(scope="module", autouse=True)
def _load(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Make a small load, and take it back at the end of the file."""
    present = "2003-03-05T17:20:00+00:00@2026-01-01T00:00:00+00:00*0.000001"
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        override_settings(PORTAL_CLOCK=present, PASSWORD_HASHERS=quick),
        transaction.atomic(),
    ):
        call_command(
            "make_load",
            cases=CASES,
            resellers=RESELLERS,
            articles=ARTICLES,
            seed=1,
            workers=1,
            verbosity=0,
        )
        yield
        transaction.set_rollback(True)


@pytest.fixture
def copied() -> Agreement:
    return Agreement.objects.get(reference=FIRST)


def signed_in(email: str) -> Client:
    client = Client()
    assert client.login(email=email, password=PASSWORD)
    return client


@pytest.mark.django_db
def test_the_load_has_the_requested_size() -> None:
    copies = Case.objects.exclude(reseller__name__in=["MTI Technology Corporation"])
    assert Case.objects.filter(agreement__reference__startswith="272-").count() == CASES
    assert copies.values("reseller").distinct().count() > RESELLERS / 2
    assert Organisation.objects.count() == RESELLERS + 6
    assert Article.objects.filter(number__startswith="KB-3").count() == ARTICLES


@pytest.mark.django_db
def test_prepaid_cases_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit_cases")
    assert "all add up" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_case_copies_its_mould_and_nothing_of_another_reseller(copied: Agreement) -> None:
    case = Case.objects.filter(agreement=copied).select_related("contact").latest("reported_at")
    own = set(Contact.objects.filter(organisation=copied.reseller).values_list("user", flat=True))
    assert case.contact.user_id in own
    assert JournalEntry.objects.about(case).filter(verb="case.opened", by__in=own).exists()
    assert Message.objects.get(case=case, kind="report").body == case.description
    told = Notice.objects.about(case).exclude(recipient__roles__len__gt=0)
    assert told.exists()
    assert set(told.values_list("recipient", flat=True)) <= own
    assert all(f"/{case.pk}/" in one.url for one in told)


@pytest.mark.django_db
def test_the_present_is_behind_all_that_happened_and_before_all_that_is_pending() -> None:
    now = clock.now()
    assert not JournalEntry.objects.filter(at__gt=now).exists()
    assert not Deadline.objects.pending().filter(fires_at__lte=now).exists()
    shares = Case.objects.open().count() / Case.objects.count()
    assert 0.02 < shares < 0.3


@pytest.mark.django_db
@pytest.mark.parametrize("email", PAGES)
def test_pages_of_a_role_answer(email: str, copied: Agreement) -> None:
    client = signed_in(email)
    for name in PAGES[email]:
        assert client.get(reverse(name)).status_code == 200, name
    for name in (*SIDES, *(MONEY if email in MONEY_READERS else ())):
        url = reverse(name, args=[copied.reference])
        assert client.get(url).status_code == 200, name
    for case in Case.objects.filter(agreement=copied).order_by("state", "-pk")[:3]:
        assert client.get(case.get_absolute_url()).status_code == 200
    assert client.get(reverse("queue"), {"q": "drive"}).status_code == 200


@pytest.mark.django_db
def test_a_contact_of_a_copy_signs_in_and_sees_their_own_cases(copied: Agreement) -> None:
    case = Case.objects.filter(agreement=copied).open().select_related("contact__user")[0]
    assert case.contact.user is not None
    client = signed_in(case.contact.user.email)
    for url in (reverse("contact_home"), reverse("cases"), case.get_absolute_url()):
        assert client.get(url).status_code == 200
    foreign = Case.objects.exclude(reseller=copied.reseller)[0]
    assert client.get(foreign.get_absolute_url()).status_code == 404
    invoice = Invoice.objects.filter(agreement=copied)[0]
    keeper = User.objects.get(email="joan.petersen@legato.example")
    client.force_login(keeper)
    url = reverse("invoice", args=[copied.reference, invoice.number])
    assert client.get(url).status_code == 200


@pytest.mark.django_db
def test_two_days_of_deadlines_are_swept_without_one_being_put_off() -> None:
    running = Timeline.objects.filter(ended_at=None).count()
    now = clock.now()
    for hours in range(4, 49, 4):
        sweep(now + dt.timedelta(hours=hours))
    assert not Deadline.objects.filter(state=DeadlineState.PARKED).exists()
    assert not Deadline.objects.filter(attempts__gt=0).exists()
    assert Deadline.objects.filter(settled_at__gt=now).count() > CASES / 10
    assert Timeline.objects.filter(ended_at=None).count() == running


@pytest.mark.django_db
def test_a_load_is_made_in_an_empty_database_only() -> None:
    with pytest.raises(CommandError, match="empty"):
        call_command("make_load")
