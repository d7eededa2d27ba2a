"""Both sides agree how often the contact is updated on a case (ATSP 4.7; BL 2.4)."""

import datetime as dt

import pytest
from django.urls import reverse

from cases.clocks.actions import agree_frequency
from cases.clocks.proposing import answer_frequency, propose_frequency
from portal.rules.refusal import Refusal
from tests.atsp import local
from tests.cases.opening.test_telephone_page import AsUser
from tests.cases.world import HOUR, MINUTE, NOW, World, again, journalled, status_of, told

pytestmark = pytest.mark.django_db

HOW = "Tess Ward agreed on the telephone."


@pytest.mark.clause("ATSP 4.7")
def test_the_next_update_is_due_by_what_was_agreed_and_each_after_it(world: World) -> None:
    case = world.reply(world.open(), NOW)
    assert status_of(case).clause == "ATSP 4.6"
    case = agree_frequency(case, every="2 hours", how=HOW, by=world.engineer, at=NOW + MINUTE)
    assert (status_of(case).due_at, status_of(case).clause) == (
        NOW + MINUTE + 2 * HOUR,
        "ATSP 4.7",
    )
    case = world.reply(case, NOW + HOUR)
    assert status_of(case).due_at == NOW + 3 * HOUR
    [entry] = journalled(case, "case.frequency_agreed")
    assert (entry.clause, entry.public) == ("ATSP 4.7", True)
    assert HOW in entry.text
    assert "tess.ward@meridian.example" in told(case, "case_message")


@pytest.mark.clause("ATSP 4.7", "ATSP 4.6")
def test_the_objective_holds_again_once_both_sides_want_it(world: World) -> None:
    case = agree_frequency(world.open(), every="1 week", how=HOW, by=world.engineer, at=NOW)
    assert status_of(case).due_at == NOW + dt.timedelta(days=7)
    case = agree_frequency(case, every="", how=HOW, by=world.engineer, at=NOW + HOUR)
    assert (status_of(case).due_at, status_of(case).clause) == (
        local("2003-03-06 11:00"),
        "ATSP 4.6",
    )


@pytest.mark.clause("ATSP 4.7", "D-28")
@pytest.mark.parametrize("who", ["engineer", "technical"])
def test_what_both_agreed_by_telephone_ends_a_proposal_that_waits(world: World, who: str) -> None:
    case = propose_frequency(world.open(), by=world.user(who), at=NOW, every="2 business days")
    case = agree_frequency(case, every="1 day", how=HOW, by=world.engineer, at=NOW + MINUTE)
    assert (case.proposed_status_every, case.status_every_proposed_by) == ("", "")
    for other in (world.engineer, world.user("technical")):
        with pytest.raises(Refusal):
            answer_frequency(case, by=other, at=NOW + HOUR, agree=True)
    assert again(case).status_every == "1 day"


@pytest.mark.clause("ATSP 4.7")
@pytest.mark.parametrize(
    ("every", "how", "said", "field"),
    [
        ("2 hours", " ", "way in which the contact agreed", None),
        ("3 fortnights", HOW, "cannot be agreed", "every"),
        ("", HOW, "already", "every"),
    ],
)
def test_it_takes_the_contacts_agreement_and_a_change(
    world: World, every: str, how: str, said: str, field: str | None
) -> None:
    case = world.open()
    with pytest.raises(Refusal, match=said) as refused:
        agree_frequency(case, every=every, how=how, by=world.engineer, at=NOW)
    if field:
        assert refused.value.field == field
    assert again(case).status_every == ""


@pytest.mark.clause("ATSP 4.7")
def test_an_engineer_records_it_on_the_case_page_and_nobody_else(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    address = reverse("case_act", args=[case.pk, "frequency"])
    typed = {"frequency-every": "4 hours", "frequency-how": HOW}
    assert as_user("technical").post(address, typed).status_code == 403
    assert as_user("engineer").post(address, typed).status_code == 302
    assert again(case).status_every == "4 hours"
