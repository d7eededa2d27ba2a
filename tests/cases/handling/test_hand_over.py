"""A case is handed over to another contact: who may, who hears of it, and what stays as it was."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.case.models import Case
from cases.case.rules.vocabulary import State
from cases.conversation.actions import reply
from cases.handling.actions import hand_over, may_answer_for, take
from cases.information.actions import request_information
from cases.resolution.actions.closing import close
from cases.severity.actions import confirm_severity
from contracts.parties.models.parties import Contact
from portal.models import Deadline, JournalEntry, Notice, User
from portal.notices import rendering
from portal.rules.refusal import Refusal
from tests.cases.pages import words
from tests.cases.world import DAY, HOUR, MINUTE, NOW, World, again, status_of, told

AsUser = Callable[..., Client]


def leaves(contact: Contact) -> None:
    """The contact leaves: no act of the roster here, for what it tells is tested with it."""
    contact.left_at = NOW
    contact.save()


def mail_to(case: Case, user: User) -> Any:
    notices = Notice.objects.filter(template="case_handed_over", channel="email")
    return rendering.render(notices.get(recipient=user, subject_id=case.pk))


@pytest.mark.clause("ATSP 5.2.2")
def test_another_contact_answers_for_the_case_and_all_concerned_hear_of_it(world: World) -> None:
    case = take(world.open(NOW - 3 * HOUR), by=world.engineer, at=NOW - 2 * HOUR)

    case = hand_over(case, to=world.alternate, by=world.user("technical"), at=NOW)

    assert again(case).contact == world.alternate
    assert told(case, "case_handed_over") == [
        "alma.reed@meridian.example",
        "engineer@legato.example",
    ]
    theirs = mail_to(case, world.user("alternate"))
    assert "is yours to answer for" in theirs.subject
    assert "Tess Ward handed it over to you" in theirs.text
    assert "The engineer answers you in writing" in theirs.text, "what they may expect next"
    assert "the contact is Alma Reed now" in mail_to(case, world.engineer).subject
    entry = JournalEntry.objects.about(case).get(verb="case.handed_over")
    assert entry.public
    assert entry.text == "Alma Reed answers for the case instead of Tess Ward."
    assert (entry.before, entry.after) == (
        {"contact": world.technical.pk},
        {"contact": world.alternate.pk},
    )
    reply(case, by=world.engineer, at=NOW + HOUR, body="We look at the trace.")
    assert told(case, "case_message") == ["alma.reed@meridian.example"]


@pytest.mark.clause("ATSP 5.2.2", "ATSP 1.1")
def test_the_administrative_contact_hands_over_the_cases_of_one_who_left(world: World) -> None:
    case = world.open(NOW - HOUR)
    leaves(case.contact)

    hand_over(case, to=world.alternate, by=world.user("administrative"), at=NOW)

    assert told(case, "case_handed_over") == [
        "alma.reed@meridian.example",
        "dispatch@legato.example",
    ]


@pytest.mark.clause("ATSP 4.9.1")
def test_the_new_contact_learns_what_was_asked_for(world: World) -> None:
    case = world.open(NOW - 3 * HOUR)
    request_information(case, by=world.engineer, at=NOW - HOUR, missing=["the trace"])

    hand_over(case, to=world.alternate, by=world.dispatch, at=NOW)

    assert "Send the trace" in mail_to(case, world.user("alternate")).text


@pytest.mark.clause("D-6", "ATSP 1.2")
def test_the_clocks_stay_in_the_business_day_of_the_site_that_reported(world: World) -> None:
    case, twin = world.open(NOW - HOUR), world.open(NOW - HOUR)
    due = list(Deadline.objects.about(case).order_by("pk").values("kind", "due_at", "words"))

    hand_over(case, to=world.london, by=world.user("technical"), at=NOW)

    assert due == list(
        Deadline.objects.about(case).order_by("pk").values("kind", "due_at", "words")
    )
    assert (again(case).site, again(case).region) == (world.technical.site, "US")
    for one in (case, twin):
        world.reply(one, NOW + MINUTE)
        confirm_severity(one, by=world.engineer, at=NOW + MINUTE)
    assert status_of(case).due_at == status_of(twin).due_at
    assert status_of(case).words == status_of(twin).words


@pytest.mark.clause("D-6")
def test_a_contact_who_moves_to_another_site_moves_no_clock(world: World) -> None:
    case, twin = world.open(NOW - HOUR), world.open(NOW - HOUR, contact=world.alternate)
    contact = world.technical
    contact.site = world.london.site
    contact.save()

    for one in (case, twin):
        world.reply(one, NOW)

    assert status_of(case).due_at == status_of(twin).due_at


@pytest.mark.clause("ATSP 5.2.1")
def test_a_waiting_contact_may_take_over_and_is_notified(world: World) -> None:
    case = world.open(NOW - HOUR)

    hand_over(case, to=world.waiting, by=world.user("technical"), at=NOW)

    assert "nils.berg@meridian.example" in told(case, "case_handed_over")


def test_when_the_new_contact_has_no_address_dispatch_is_alarmed(world: World) -> None:
    case = world.open(NOW - HOUR)

    hand_over(case, to=world.silent, by=world.engineer, at=NOW)

    alarm = JournalEntry.objects.about(case).get(verb="alarm.raised")
    assert "Sid Vance" in alarm.text
    assert "Call them" in alarm.text


@pytest.mark.clause("ATSP 5.2.2")
@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("foreign", "Fritz Kolb is not a Technical Contact of Meridian Data."),
        ("administrative", "Ada Lindt is not a Technical Contact of Meridian Data."),
        ("technical", "Tess Ward has the case already."),
    ],
)
def test_only_another_technical_contact_of_the_reseller_may_have_it(
    world: World, to: str, why: str
) -> None:
    case = world.open(NOW - HOUR)

    with pytest.raises(Refusal) as refused:
        hand_over(case, to=getattr(world, to), by=world.engineer, at=NOW)

    assert refused.value.sentence == why
    assert (refused.value.clause, refused.value.field) == ("ATSP 5.2.2", "to")
    assert again(case).contact == world.technical
    assert not told(case, "case_handed_over")


def test_a_contact_who_left_cannot_be_chosen(world: World) -> None:
    case = world.open(NOW - HOUR)
    leaves(world.alternate)

    assert world.alternate not in may_answer_for(case, NOW)
    with pytest.raises(Refusal, match="not a Technical Contact"):
        hand_over(case, to=world.alternate, by=world.engineer, at=NOW)


@pytest.mark.clause("ATSP 4.10")
def test_a_closed_case_is_not_handed_over(world: World) -> None:
    case = close(
        world.open(NOW - HOUR),
        by=world.engineer,
        at=NOW,
        reason="other-vendor",
        agreed_by="Tess Ward",
    )
    assert case.state == State.CLOSED

    with pytest.raises(Refusal, match="is closed"):
        hand_over(case, to=world.alternate, by=world.engineer, at=NOW + DAY)


@pytest.mark.clause("ATSP 5.2.2")
@pytest.mark.parametrize("who", ["foreign", "account_manager"])
def test_nobody_else_may_hand_it_over(world: World, who: str) -> None:
    case = world.open(NOW - HOUR)

    with pytest.raises(Refusal) as refused:
        hand_over(case, to=world.alternate, by=world.user(who), at=NOW)

    assert refused.value.way_out
    assert again(case).contact == world.technical


# on the pages


def test_both_sides_see_that_the_contact_left_until_the_hand_over(
    world: World, as_user: AsUser
) -> None:
    case = world.open(NOW - HOUR)
    page = f"/cases/{case.pk}/"
    waits = "Say who goes on with the case: Tess Ward left the roster"
    assert waits not in words(as_user("engineer").get(page))
    leaves(case.contact)

    for who in ("engineer", "dispatch", "alternate", "administrative"):
        shown = as_user(who).get(page)
        assert waits in words(shown), who
        assert f'href="{page}?act=hand-over"' in shown.content.decode(), who
    reader = as_user("account_manager").get(page)
    assert waits in words(reader)
    assert "?act=hand-over" not in reader.content.decode()
    keeper = as_user("administrative")
    home = keeper.get("/home/")
    assert waits in words(home)
    assert f'href="{page}?act=hand-over"' in home.content.decode()

    answer = keeper.post(f"{page}hand-over/", {"hand-over-to": world.alternate.pk}, follow=True)

    assert "handed over; those concerned are notified" in words(answer)
    assert waits not in words(answer)
    assert waits not in words(keeper.get("/home/"))


def test_the_form_offers_the_others_on_the_roster_and_refuses_anybody_else(
    world: World, as_user: AsUser
) -> None:
    case = world.open(NOW - HOUR)
    browser = as_user("technical")

    def offered(name: str) -> list[str]:
        found = browser.get("/lookups/case-contacts/", {"q": name, "within": case.pk}).json()
        return [one["text"] for one in found["options"]]

    for name in ("Alma Reed", "Lionel Frost", "Nils Berg", "Sid Vance"):
        assert offered(name) == [name]
    for other in ("Tess Ward", "Ada Lindt", "Fritz Kolb"):
        assert offered(other) == []

    answer = browser.post(f"/cases/{case.pk}/hand-over/", {"hand-over-to": world.foreign.pk})

    assert answer.status_code == 409
    assert f"No contact matches “{world.foreign.pk}”." in words(answer)
    assert again(case).contact == world.technical


@pytest.mark.clause("D-6")
def test_the_page_names_the_business_day_once_the_contact_is_elsewhere(
    world: World, as_user: AsUser
) -> None:
    case = world.open(NOW - HOUR)
    page = f"/cases/{case.pk}/"
    assert "Clocks in the Business Day of" not in words(as_user("london").get(page))

    hand_over(case, to=world.london, by=world.engineer, at=NOW)

    assert "Clocks in the Business Day of Anaheim, America/Los_Angeles" in words(
        as_user("london").get(page)
    )
