"""Who watches a case is told once of what happens on it, and owed nothing by that."""

import pytest
from django.test import Client

from cases.case.models import Case
from cases.conversation.actions import add_information, note, reply
from cases.resolution.actions.proposing import propose_closing
from cases.severity import actions as severity
from cases.severity.rules import DowngradeGround
from cases.verbs import Verb
from cases.watching.actions import let_follow, unwatch, watch
from cases.watching.models import Watch
from portal.models import Notice
from portal.rules.refusal import Refusal
from tests.cases.world import DAY, HOUR, MINUTE, NOW, World, again, journalled, swept, told

pytestmark = pytest.mark.django_db


@pytest.mark.clause("ATSP 4.7")
def test_who_watches_is_told_once_of_an_act_and_the_contact_as_before(world: World) -> None:
    case = world.open()
    watch(case, by=world.manager, at=NOW)
    assert again(case).watchers == 1
    reply(again(case), by=world.engineer, at=NOW + MINUTE, body="We look into it.")
    assert told(case, "case_watched") == [world.manager.email]
    assert told(case, "case_message") == [world.technical.email]
    notice = Notice.objects.get(template="case_watched", channel="inbox")
    assert notice.context["body"] == "We look into it."
    assert notice.context["lines"][0] == "Carla Stone replied"


def test_who_writes_is_not_told_of_their_own(world: World) -> None:
    case = world.open()
    watch(case, by=world.engineer, at=NOW)
    reply(again(case), by=world.engineer, at=NOW + MINUTE, body="We look into it.")
    assert told(case, "case_watched") == []


def test_who_is_told_by_the_agreement_is_not_told_twice(world: World) -> None:
    case = world.reply(world.open(), NOW)
    watch(case, by=world.engineer, at=NOW)
    add_information(again(case), by=world.technical.user, at=NOW + HOUR, body="More of it.")
    assert told(case, "case_activity") == [world.engineer.email]
    assert told(case, "case_watched") == []


@pytest.mark.clause("ATSP 5.2.1", "ATSP 1.1")
def test_who_still_waits_follows_and_asks_for_nothing(world: World) -> None:
    case = world.open()
    for contact in (world.waiting, world.administrative):
        watch(again(case), by=contact.user, at=NOW)
    assert {one.name for one in case.watches.all()} == {"Nils Berg", "Ada Lindt"}
    with pytest.raises(Refusal, match="may not"):
        watch(again(case), by=world.foreign.user, at=NOW)
    with pytest.raises(Refusal, match="hears of it anyway"):
        watch(again(case), by=world.technical.user, at=NOW)


def test_a_follower_gets_what_the_contact_gets_and_no_internal_note(world: World) -> None:
    case = world.reply(world.open(), NOW)
    let_follow(case, world.alternate, by=world.technical.user, at=NOW)
    assert told(case, "case_watched") == [world.alternate.email]
    note(again(case), by=world.engineer, at=NOW + MINUTE, body="They never patch.")
    assert told(case, "case_watched") == [world.alternate.email]
    world.reply(again(case), NOW + HOUR)
    assert told(case, "case_watched") == [world.alternate.email] * 2
    watches = journalled(case, Verb.CASE_WATCHED)
    assert [entry.public for entry in watches] == [True]


def test_who_may_see_the_case_no_more_hears_nothing(world: World) -> None:
    case = world.open()
    watch(case, by=world.manager, at=NOW)
    watch(again(case), by=world.alternate.user, at=NOW)
    world.manager.roles = []
    world.manager.save()
    world.alternate.left_at = NOW
    world.alternate.save()
    world.reply(again(case), NOW + MINUTE)
    assert told(case, "case_watched") == []


def test_a_severity_and_what_a_clock_did_are_told(world: World) -> None:
    case = world.reply(world.open(), NOW)
    watch(case, by=world.manager, at=NOW)
    severity.downgrade(
        again(case),
        by=world.engineer,
        at=NOW + MINUTE,
        to=3,
        ground=DowngradeGround.NOT_COOPERATING,
        reason="Silence.",
    )
    propose_closing(
        again(case), by=world.engineer, at=NOW + HOUR, reason="other-vendor", body="May we?"
    )
    for day in range(1, 10):
        swept(NOW + day * DAY)
    lines = Notice.objects.filter(template="case_watched", channel="inbox").order_by("pk")
    told_of = [notice.context["lines"][0] for notice in lines]
    assert told_of[0].startswith("Carla Stone lowered the severity")
    assert told_of[-1].startswith("The portal closed the case")


def test_a_follower_leaves_by_the_link_in_the_mail_without_signing_in(world: World) -> None:
    case = world.open()
    let_follow(case, world.silent, by=world.engineer, at=NOW)
    watch_of = Watch.objects.get()
    client = Client(enforce_csrf_checks=True)
    assert client.get(watch_of.leave_path).status_code == 200
    assert Watch.objects.count() == 1, "a scanner of mail opens every link"
    page = client.post(watch_of.leave_path, {"List-Unsubscribe": "One-Click"})
    assert "no more" in page.content.decode()
    assert not Watch.objects.exists()
    assert again(case).watchers == 0
    assert client.post(watch_of.leave_path).status_code == 404
    assert client.get("/watching/17:forged/").status_code == 404


def test_the_mail_of_a_watch_can_be_ended_by_the_mail_program(world: World) -> None:
    from portal.notices.message import message_of
    from portal.notices.rendering import render

    case = world.open()
    watch(case, by=world.manager, at=NOW)
    world.reply(again(case), NOW + MINUTE)
    notice = Notice.objects.get(template="case_watched", channel="email")
    mail = message_of(notice, render(notice), sender="a@legato.example", at=NOW).decode()
    path = Watch.objects.get().leave_path
    assert "List-Unsubscribe: <http" in mail
    assert f"{path}>\r\n" in mail
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail


def test_the_page_lets_one_watch_and_shows_who_does(world: World, client: Client) -> None:
    case = world.open()
    client.force_login(world.manager)
    assert "Watch the case" in client.get(case.get_absolute_url()).content.decode()
    client.post(f"{case.get_absolute_url()}watch/")
    page = client.get(case.get_absolute_url()).content.decode()
    assert "Stop watching" in page
    assert "Mona Grant" in page
    assert list(Case.objects.watched_by(world.manager)) == [case]
    client.force_login(world.technical.user)
    assert "Mona Grant" not in client.get(case.get_absolute_url()).content.decode()
    unwatch(case, by=world.manager, at=NOW)
    with pytest.raises(Refusal, match="not watched"):
        unwatch(again(case), by=world.manager, at=NOW)
