"""What an act refuses when it is empty is marked as a required field is, wherever the form asks for it."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.ending.actions.reseller_agreements import record_reseller_agreement
from portal.models import User
from tests.contracts.factories import load_back_line
from tests.contracts.renewal.test_actions import manager, proposal, told  # noqa: F401
from tests.contracts.renewal.test_pages import AT

pytestmark = pytest.mark.django_db

EMPTY: dict[str, tuple[tuple[str, ...], dict[str, str], set[str]]] = {
    "a contact": (("roster_add", ""), {"standing": "technical"}, {"name", "email", "site"}),
    "a hand-over": (("roster_hand_over", ""), {}, {"to"}),
    "a notice for a Software": (
        ("renewal_act", "software-notice"),
        {},
        {"software", "ground", "notice"},
    ),
    "the reseller agreement": (("renewal_act", "reseller-agreement"), {}, {"standing", "reason"}),
    "a successor": (("renewal_act", "successor"), {}, {"name", "reason"}),
    "a renewal": (
        ("renewal_act", "sign"),
        {},
        {"provider_name", "provider_signed_on", "reseller_name", "reseller_signed_on"},
    ),
}


def marked(page: str) -> set[str]:
    """The fields whose labels wear the mark."""
    return {
        name
        for name, field in re.findall(r'(?s)id="div_id_([\w-]+)"(.*?)(?=id="div_id_|</form>)', page)
        if "asteriskField" in field
    }


def complained(page: str) -> set[str]:
    """The fields at which the answer says something."""
    return set(re.findall(r'id="error_\d+_id_([\w-]+)"', page))


@pytest.fixture
def browser(client: Client, administrator: User, set_clock: Any) -> Client:
    set_clock(AT, speed=1e-12)
    client.force_login(administrator)
    return client


@pytest.mark.parametrize(("name", "typed", "needed"), EMPTY.values(), ids=EMPTY)
def test_what_an_act_refuses_empty_is_marked_and_answered_with_its_clause(
    mti: Agreement,
    proposal: Any,  # noqa: F811
    browser: Client,
    name: tuple[str, str],
    typed: dict[str, str],
    needed: set[str],
) -> None:
    address = reverse(name[0], args=[each for each in (mti.reference, name[1]) if each])
    assert needed <= marked(browser.get(address).content.decode())
    answer = browser.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert complained(page) <= marked(page)
    assert complained(page), "the answer names a field"
    assert 'class="clause"' in page


def test_the_end_of_an_agreement_marks_what_it_asks_for(
    mti: Agreement, browser: Client, administrator: User
) -> None:
    record_reseller_agreement(
        mti, standing="terminated", since=AT.date(), reason="Fraud.", by=administrator, at=AT
    )
    address = reverse("renewal_act", args=[mti.reference, "terminate"])
    assert marked(browser.get(address).content.decode()) == {"basis", "reason"}


@pytest.mark.clause("SCL 10.1", "SCL 19.3")
def test_breach_and_coverage_mark_what_they_ask_for(client: Client, set_clock: Any) -> None:
    set_clock(AT, speed=1e-12)
    agreement = load_back_line()
    client.force_login(User.objects.get(name="Gwen Holt"))
    for name, code, needed in (
        ("renewal_act", "breach", {"by_side", "notice", "delivery"}),
        (
            "coverage_act",
            "enter",
            {"site_id", "site_name", "description", "level", "ends_on", "paper"},
        ),
    ):
        address = reverse(name, args=[agreement.reference, code])
        assert marked(client.get(address).content.decode()) == needed
        page = client.post(address, {}).content.decode()
        assert complained(page)
        assert complained(page) <= needed
