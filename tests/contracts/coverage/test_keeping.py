"""Keeping delegated coverage on its page: by a paper of both parties, and from then on (SCL 19.3, Ex.C)."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.case.coverage import coverage_of_case
from contracts.agreements.models.agreements import Agreement
from contracts.coverage.models import DelegatedCoverage
from contracts.parties.models.parties import Contact
from portal.models import JournalEntry, User
from tests.atsp import local
from tests.cases.case.test_back_line import opened
from tests.contracts.factories import load_back_line

pytestmark = pytest.mark.django_db

NOW = local("2003-03-05 10:00")  # when the cases of `opened` are reported
LATER = local("2003-03-06 10:00")
ACME = {
    "site_id": "20001",
    "site_name": "ACME STORAGE",
    "description": "StandbyServer for NetWare per Server License",
    "level": "updates",
    "ends_on": "2005-12-31",
    "paper": "Amendment 1 of 6 March 2003",
}


@pytest.fixture(autouse=True)
def at_now(settings: Any) -> None:
    settings.PORTAL_CLOCK = f"{LATER.isoformat()}@{dt.datetime.now(dt.UTC).isoformat()}*1e-12"


@pytest.fixture
def agreement() -> Agreement:
    return load_back_line()


@pytest.fixture
def liaison(agreement: Agreement) -> Contact:
    return Contact.objects.select_related("organisation", "site", "user").get(name="Priya Nair")


def send(who: str, agreement: Agreement, act: str, **told: Any) -> Any:
    client = Client()
    client.force_login(User.objects.get(name=who))
    return client.post(reverse("coverage_act", args=[agreement.reference, act]), told)


@pytest.mark.clause("SCL 19.3", "SCL Ex.C")
def test_a_line_is_entered_by_the_paper_of_both_parties(
    agreement: Agreement, liaison: Contact
) -> None:
    before = opened(liaison, end_user="Acme Storage")
    assert "no site of the exhibit" in before.limitations[0]["words"]

    silent = send("Gwen Holt", agreement, "enter", **ACME | {"paper": " "})
    assert silent.status_code == 409
    assert "written instrument of both parties" in silent.content.decode()
    assert "ACME STORAGE" in silent.content.decode(), "what was typed is kept"
    assert send("Gwen Holt", agreement, "enter", **ACME).status_code == 302

    line = DelegatedCoverage.objects.get(site_id="20001")
    assert (line.line, line.entered_by_paper) == (11, "Amendment 1 of 6 March 2003")
    entry = JournalEntry.objects.about(agreement).get(verb="coverage.entered")
    assert (entry.clause, entry.by_name, entry.public) == ("SCL 19.3", "Gwen Holt", True)
    client = Client()
    client.force_login(User.objects.get(name="Gwen Holt"))
    page = client.get(
        reverse("agreement_coverage", args=[agreement.reference]), {"end_user": "Acme Storage"}
    )
    assert "ACME STORAGE is covered" in page.content.decode()
    found = coverage_of_case(before)
    assert found is not None
    assert found.verdict.is_flagged, "a case keeps what the exhibit said on its day"


@pytest.mark.clause("SCL 19.3", "D-43")
def test_a_line_is_struck_from_now_on(agreement: Agreement, liaison: Contact) -> None:
    before = opened(liaison, end_user="State of Alaska DGGS")
    line = DelegatedCoverage.objects.get(site_id="50996")
    told = {"line": line.pk, "paper": "Amendment 2"}
    assert send("Gwen Holt", agreement, "strike", **told).status_code == 302
    assert send("Gwen Holt", agreement, "strike", **told).status_code == 409, "it is struck"
    found = coverage_of_case(before)
    assert found is not None
    assert not found.verdict.is_flagged
    assert not [
        one
        for one in DelegatedCoverage.objects.covered(agreement.pk, LATER)
        if one.site_id == "50996"
    ]
    assert JournalEntry.objects.about(agreement).get(verb="coverage.struck").clause == "SCL 19.3"


@pytest.mark.clause("SCL 19.3")
def test_equal_lines_are_told_apart_where_one_is_struck(agreement: Agreement) -> None:
    client = Client()
    client.force_login(User.objects.get(name="Gwen Holt"))
    shown = client.get(reverse("coverage_act", args=[agreement.reference, "strike"]))
    offered = [label for _, label in shown.context["act"].fields["line"].choices]
    assert len(set(offered)) == len(offered) == 10
    assert any("through 31 Jul 2006" in label for label in offered)


@pytest.mark.clause("SCL Ex.C")
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("site_name", "", "name is missing"),
        ("site_id", "", "The site id is missing"),
        ("description", "", "The description is missing"),
        ("level", "", "Choose the coverage level"),
        ("ends_on", "2002-12-01", "is before the Effective Date"),
        ("ends_on", "", "Write the contract end date"),
    ],
)
def test_a_line_that_is_not_right_is_refused_at_its_field(
    agreement: Agreement, field: str, value: str, said: str
) -> None:
    answer = send("Gwen Holt", agreement, "enter", **ACME | {field: value})
    assert answer.status_code == 409
    assert said in answer.content.decode()
    assert DelegatedCoverage.objects.count() == 10


@pytest.mark.clause("SCL 19.3")
@pytest.mark.parametrize("who", ["Lena Frost", "Priya Nair", "Helen Marsh"])
def test_others_change_nothing(agreement: Agreement, who: str) -> None:
    assert send(who, agreement, "enter", **ACME).status_code == 403
    client = Client()
    client.force_login(User.objects.get(name=who))
    page = client.get(reverse("agreement_coverage", args=[agreement.reference])).content.decode()
    assert "Enter a line" not in page
    stranger = User.objects.create_user(
        "nina@legato.example", name="Nina", roles=["contract_administrator"]
    )
    client.force_login(stranger)
    address = reverse("coverage_act", args=[agreement.reference, "enter"])
    assert client.post(address, ACME).status_code == 404
