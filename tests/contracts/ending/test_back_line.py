"""How the back-line agreement ends: its own clauses, breach and cure, and nothing of a reseller agreement (SCL 10)."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from portal.models import User
from tests.contracts.factories import load_back_line

pytestmark = pytest.mark.django_db

AT = dt.datetime(2003, 3, 5, 18, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_now(settings: Any) -> None:
    settings.PORTAL_CLOCK = f"{AT.isoformat()}@{dt.datetime.now(dt.UTC).isoformat()}*1e-12"


@pytest.fixture
def agreement() -> Agreement:
    return load_back_line()


@pytest.fixture
def gwen(agreement: Agreement) -> User:
    """A contract administrator of the provider."""
    return User.objects.get(name="Gwen Holt")


def page(user: User, agreement: Agreement) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("renewal", args=[agreement.reference]))
    return " ".join(answer.content.decode().split())


@pytest.mark.clause("SCL 10.1", "SCL 8.4")
def test_its_side_of_the_end_says_nothing_of_what_its_paper_does_not_know(
    agreement: Agreement, gwen: User
) -> None:
    shown = page(gwen, agreement)
    assert "' written notice" not in shown
    assert "written notice of ." not in shown
    assert "Software whose support ends" not in shown
    assert "Reseller agreement" not in shown
