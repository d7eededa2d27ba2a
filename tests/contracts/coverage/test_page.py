"""The side of an agreement that shows delegated coverage."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.coverage.models import DelegatedCoverage
from portal.models import User
from tests.atsp import local
from tests.contracts.factories import load_back_line

pytestmark = pytest.mark.django_db
TODAY = local("2004-07-15 10:00")


@pytest.fixture(autouse=True)
def at_today(settings: Any) -> None:
    settings.PORTAL_CLOCK = f"{TODAY.isoformat()}@{dt.datetime.now(dt.UTC).isoformat()}*1e-12"


@pytest.fixture
def agreement() -> Agreement:
    return load_back_line()


def page(who: str, agreement: Agreement, **asked: str) -> str:
    client = Client()
    client.force_login(User.objects.get(name=who))
    answer = client.get(reverse("agreement_coverage", args=[agreement.reference]), asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.clause("SCL Ex.C", "SCL 12.2")
@pytest.mark.parametrize("who", ["Priya Nair", "Helen Marsh", "Lena Frost"])
def test_both_parties_see_each_site_with_its_level_and_last_day(
    agreement: Agreement, who: str
) -> None:
    shown = page(who, agreement)
    assert "CITIZENS BANK" in shown
    assert "2 × StandbyServer for NetWare per Server License" in shown
    assert "24X7 EXTENDED COVERAGE" in shown
    assert "5 sites, 2 lines ended" in shown
    assert shown.count("Ends soon") == 1, "Enron's, on 27 August"


@pytest.mark.clause("SCL Ex.C", "D-43")
@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"end_user": "dell computer corp"}, "ended on 30 Jun 2004"),
        ({"end_user": "19316", "product": "StandbyServer"}, "ENRON CORP. is covered"),
        ({"end_user": "Acme & Sons"}, "“Acme &amp; Sons” is no site of the exhibit."),
    ],
)
def test_an_end_user_is_looked_up(agreement: Agreement, asked: dict[str, str], says: str) -> None:
    assert says in page("Owen Tate", agreement, **asked)


def test_an_exhibit_without_lines_says_so(agreement: Agreement) -> None:
    DelegatedCoverage.objects.all().delete()
    assert "The exhibit of this agreement has no line" in page("Owen Tate", agreement)


def test_it_is_a_side_of_the_agreements_that_delegate_alone(
    agreement: Agreement, mti: Agreement, administrator: User
) -> None:
    client = Client()
    client.force_login(administrator)
    assert client.get(reverse("agreement_coverage", args=[mti.reference])).status_code == 404
    overview = client.get(reverse("agreement", args=[mti.reference])).content.decode()
    assert "/coverage/" not in overview
    client.force_login(User.objects.get(name="Owen Tate"))
    overview = client.get(reverse("agreement", args=[agreement.reference])).content.decode()
    assert "/coverage/" in overview


def test_it_costs_the_same_for_many_lines(
    agreement: Agreement, django_assert_max_num_queries: Any
) -> None:
    line = DelegatedCoverage.objects.get(line=1)
    DelegatedCoverage.objects.bulk_create(
        DelegatedCoverage(
            agreement=agreement,
            line=n,
            site_id=f"S{n}",
            site_name=f"Site {n}",
            description=line.description,
            level=line.level,
            ends_on=line.ends_on,
        )
        for n in range(11, 61)
    )
    client = Client()
    client.force_login(User.objects.get(name="Lena Frost"))
    with django_assert_max_num_queries(7):
        client.get(reverse("agreement_coverage", args=[agreement.reference]))
