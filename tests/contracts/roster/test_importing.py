"""Handing in a completed Exhibit A: looked at row by row, done whole or not at all (ATSP 5.2.1)."""

import datetime as dt
import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import ContactRole
from contracts.billing.models.charges import Charge, FeeCode, StandardFee
from contracts.parties.models.parties import Contact
from contracts.roster.actions import changes as roster
from contracts.roster.models.entries import RosterEntry
from contracts.roster.rules import files
from contracts.roster.rules.table import COLUMNS
from portal.models import JournalEntry, User
from tests.contracts.roster.test_changes import AT, FEE, USABLE, line

pytestmark = pytest.mark.django_db
Post = Callable[..., HttpResponse]


@pytest.fixture(autouse=True)
def _now(set_clock: Callable[..., None]) -> None:
    set_clock(AT, speed=1e-12)


@pytest.fixture
def terri(mti: Agreement) -> User:
    user = mti.reseller.contacts.get(name="Terri Hirsch").user
    assert user is not None
    return user


@pytest.fixture
def client_of(client: Client, terri: User) -> Client:
    client.force_login(terri)
    return client


@pytest.fixture
def send(client_of: Client, mti: Agreement) -> Post:
    """Post to the page of completed forms."""

    def send(**form: Any) -> HttpResponse:
        return client_of.post(reverse("roster_import", args=[mti.reference]), form)

    return send


@pytest.fixture
def table(client_of: Client, mti: Agreement) -> list[list[str]]:
    """The form as the page exports it."""
    answer = client_of.get(reverse("roster_file", args=[mti.reference, "csv"]))
    assert answer["Content-Disposition"] == 'attachment; filename="exhibit-a-271-ATSP-4453.csv"'
    return files.read_table("form", answer.content)


def upload(table: list[list[str]], name: str = "form.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, files.as_csv(table))


def hidden(answer: HttpResponse) -> dict[str, str]:
    """What the page sends back when it is confirmed."""
    page = answer.content.decode()
    found = re.findall(
        r'<input type="hidden" name="(table|name|fingerprint|fee)" value="([^"]*)"', page
    )
    return {name: html.unescape(value) for name, value in found}


def words(answer: HttpResponse) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def row(table: list[list[str]], name: str) -> list[str]:
    return next(row for row in table if row[3] == name)


def lines(agreement: Agreement) -> set[tuple[str, str, int | None]]:
    present = agreement.roster.filter(removed_at=None)
    return set(present.values_list("contact__name", "standing", "slot"))


@pytest.mark.clause("ATSP Ex.A")
def test_the_export_has_the_forms_columns_and_changes_nothing(
    table: list[list[str]], send: Post, client_of: Client, mti: Agreement
) -> None:
    assert tuple(table[0]) == COLUMNS
    assert row(table, "Larry Herring")[:3] == ["Technical Contact", "US", "8"]
    assert "Nothing changes" in words(send(file=upload(table)))
    book = client_of.get(reverse("roster_file", args=[mti.reference, "xlsx"]))
    assert files.read_table("form", book.content) == table
    assert client_of.get(reverse("roster_file", args=[mti.reference, "pdf"])).status_code == 404


@pytest.mark.clause("ATSP 5.2.1")
def test_a_form_is_shown_first_and_then_done_whole(
    table: list[list[str]], send: Post, mti: Agreement
) -> None:
    row(table, "Mathew Keane")[4] = "714-693-9999"
    row(table, "Mathew Keane")[2], row(table, "Jackie Salyer")[2] = "3", "1"
    herring = row(table, "Larry Herring")
    herring[3:7] = ["Ines Vega", "", "", "ines.vega@mti.example"]
    before = lines(mti)
    shown = send(file=upload(table))
    assert shown.status_code == 200
    assert "Phone number: 714-693-2238 714-693-9999" in words(shown)
    assert lines(mti) == before, "looking does nothing"
    assert send(confirm="yes", **hidden(shown)).status_code == 302
    assert lines(mti) == (
        before
        - {("Mathew Keane", "technical", 1), ("Jackie Salyer", "technical", 3)}
        - {("Larry Herring", "technical", 8)}
    ) | {
        ("Mathew Keane", "technical", 3),
        ("Jackie Salyer", "technical", 1),
        ("Ines Vega", "technical", 8),
    }
    assert line(mti, "Ines Vega").usable_from.date() == USABLE.date()
    assert line(mti, "Mathew Keane").usable_from < USABLE
    assert Contact.objects.get(name="Larry Herring").left_at is not None
    verbs = JournalEntry.objects.about(mti).filter(at__gte=AT).values_list("verb", flat=True)
    assert sorted(verbs) == [
        "roster.changed",
        "roster.changed",
        "roster.imported",
        "roster.removed",
        "roster.submitted",
    ]


def test_a_form_with_a_mistake_is_not_done_at_all(
    table: list[list[str]], send: Post, mti: Agreement
) -> None:
    row(table, "Mathew Keane")[4] = "714-693-9999"
    row(table, "Larry Herring")[6] = "m.sommer"
    shown = send(file=upload(table))
    assert "Not yet possible" in words(shown)
    assert "E-mail Address: 'm.sommer' is not an e-mail address" in words(shown)
    forced = send(confirm="yes", table=json.dumps(table), fingerprint="x")
    assert forced.status_code == 409
    assert "1 thing is wrong in the form" in words(forced)
    assert Contact.objects.get(name="Mathew Keane").telephone == "714-693-2238"


def test_a_roster_that_changed_meanwhile_is_looked_at_again(
    table: list[list[str]], send: Post, mti: Agreement, terri: User
) -> None:
    row(table, "Mathew Keane")[4] = "714-693-9999"
    shown = send(file=upload(table))
    roster.remove_contact(mti, line(mti, "Steve Saffell"), by=terri, at=AT)
    again = send(confirm="yes", **hidden(shown))
    assert again.status_code == 409
    assert "The roster has changed since" in words(again)
    assert "Steve Saffell" in words(again), "what the form would do now: add him again"
    assert send(confirm="yes", **hidden(again)).status_code == 302


@pytest.mark.clause("ATSP 2.1")
def test_contacts_beyond_the_slots_cost_the_fee_as_it_was_shown(
    table: list[list[str]], send: Post, mti: Agreement
) -> None:
    extra = [
        "Technical Contact",
        "US",
        "beyond",
        "Ines Vega",
        "",
        "",
        "ines@mti.example",
        "",
        "Anaheim",
    ]
    unset = send(file=upload([*table, extra]))
    assert unset.status_code == 409
    assert "No fee is set" in words(unset)
    StandardFee.objects.create(
        code=FeeCode.ADDITIONAL_CONTACT, amount=FEE, starts_on=dt.date(2003, 1, 1), set_at=AT
    )
    shown = send(file=upload([*table, extra]))
    assert "we take on the fee of US$1,500.00" in words(shown)
    refused = send(confirm="yes", **hidden(shown))
    assert "costs US$1,500.00" in words(refused)
    assert not Charge.objects.filter(kind="contact").exists()
    assert send(confirm="yes", accept="on", **hidden(shown)).status_code == 302
    assert Charge.objects.get(kind="contact").amount == FEE


def test_contacts_of_other_resellers_are_faults_without_their_names(
    table: list[list[str]], send: Post, nordlicht: Agreement
) -> None:
    row(table, "Larry Herring")[3:7] = ["M Sommer", "", "", "m.sommer@nordlicht.example"]
    shown = words(send(file=upload(table)))
    assert "is the address of somebody else in the portal" in shown
    assert "Nordlicht" not in shown


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (SimpleUploadedFile("form.xlsx", b"\x89PNG\r\n\x1a\n...."), "form.xlsx is a PNG picture"),
        (SimpleUploadedFile("form.csv", b"a,b\n1,2\n"), "'a' is no column of Exhibit A"),
        (SimpleUploadedFile("huge.csv", b"x" * (files.MOST_BYTES + 1)), "the most is 2 MB"),
        (None, "No file is chosen"),
    ],
)
def test_a_file_that_is_no_form_says_why(send: Post, file: Any, says: str) -> None:
    if file is not None:
        file.seek(0)
    answer = send(**({"file": file} if file else {}))
    assert answer.status_code == 409
    assert says in words(answer)


@pytest.mark.parametrize("sent", ["{", '"x"', "[1]", '[["a"]]', "[[null, {}]]"])
def test_rows_that_come_back_broken_are_refused(send: Post, sent: str) -> None:
    assert send(confirm="yes", table=sent, fingerprint="").status_code == 409


def test_an_address_beyond_the_forms_is_the_contacts_own(
    table: list[list[str]], send: Post, mti: Agreement, terri: User
) -> None:
    """The Administrative Contact takes a slot by the form, and keeps the first role."""
    free = next(row for row in table if row[1:3] == ["US", "9"])
    mine = row(table, "Terri Hirsch")
    free[3:9] = mine[3:9]
    assert send(confirm="yes", **hidden(send(file=upload(table)))).status_code == 302
    assert RosterEntry.objects.filter(contact__user=terri, removed_at=None).count() == 2
    assert line(mti, "Terri Hirsch", ContactRole.TECHNICAL.value).slot == 9
