"""Mentioning people on a case: who is offered and told, and how they read."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from cases.conversation.actions import add_information, note, reply
from cases.mentions.models import Mention
from cases.watching.actions import watch
from portal.models import Channel, Notice, NoticeSettings
from portal.notices.inbox import inbox_of, narrowed
from tests.cases.pages import queries
from tests.cases.world import HOUR, MINUTE, NOW, World, again

AsUser = Callable[..., Client]


def mentioned(case: Any, channel: Channel = Channel.EMAIL) -> list[str]:
    """The addresses of who was told of a mention, in order."""
    rows = Notice.objects.about(case).filter(template="case_mention", channel=channel)
    return list(rows.order_by("pk").values_list("address", flat=True))


def offered(client: Client, case: Any, typed: str, act: str) -> list[str]:
    answer = client.get(f"/cases/{case.pk}/people/", {"q": typed, "act": act})
    return [each["text"] for each in answer.json()["options"]]


def test_who_is_mentioned_in_a_note_is_told_with_a_link_to_it(world: World) -> None:
    case = note(world.open(), by=world.engineer, at=NOW, body="@colleague, have you seen this?")
    message = case.messages.get(kind="note")
    assert message.body == "@Colin Reyes, have you seen this?"
    told = Notice.objects.get(template="case_mention", channel=Channel.EMAIL)
    assert told.recipient == world.colleague
    assert told.title == f"Case {case.number}: Carla Stone mentions you in a note"
    assert told.url == f"/cases/{case.pk}/?at=m{message.pk}#m{message.pk}"
    found = narrowed(inbox_of(world.colleague, done=False), "mentions", world.colleague)
    assert found.count() == 1


def test_a_note_mentions_nobody_of_the_reseller(world: World) -> None:
    text = "@Tess Ward, @tess.ward@meridian.example, @Alma Reed, @ada@meridian.example"
    case = note(world.open(), by=world.engineer, at=NOW, body=text)
    assert case.messages.get(kind="note").body == text
    assert not Mention.objects.exists()
    assert mentioned(case) == []


def test_a_reply_mentions_people_of_both_sides_who_may_read_it(world: World) -> None:
    case = world.reply(
        world.open(), NOW, body="@Alma Reed, @Colin Reyes, @Fritz Kolb, @Sid Vance, @Carla Stone."
    )
    assert set(mentioned(case)) == {"alma.reed@meridian.example", "colleague@legato.example"}
    people = set(Mention.objects.values_list("written", flat=True))
    assert people == {"Alma Reed", "Colin Reyes", "Carla Stone"}, "oneself is marked, not told"


def test_who_is_told_anyway_gets_no_second_mail(world: World) -> None:
    case = world.reply(world.open(), NOW, body="@Tess Ward: set the timeout.")
    assert mentioned(case) == []
    assert mentioned(case, Channel.INBOX) == [world.technical.email]


def test_a_watcher_who_is_mentioned_is_told_once(world: World) -> None:
    case = watch(world.open(), by=world.colleague, at=NOW)
    note(case, by=world.engineer, at=NOW + MINUTE, body="@Colin Reyes")
    rows = Notice.objects.about(case).filter(recipient=world.colleague, channel=Channel.EMAIL)
    assert [row.template for row in rows] == ["case_mention"]


def test_a_contact_mentions_who_wrote_to_them_and_nobody_else_of_the_provider(
    world: World,
) -> None:
    case = world.reply(world.open(), NOW)
    note(case, by=world.colleague, at=NOW, body="Ours.")
    add_information(
        again(case),
        by=world.user("technical"),
        at=NOW + MINUTE,
        body="@Carla Stone, @Colin Reyes, @Alma Reed",
    )
    people = set(Mention.objects.values_list("written", flat=True))
    assert people == {"Carla Stone", "Alma Reed"}
    assert mentioned(case) == ["alma.reed@meridian.example"], "the engineer is told anyway"


def test_a_mention_may_be_switched_off(world: World) -> None:
    NoticeSettings.objects.create(
        user=world.colleague, kinds={"mention": {"mail": "none", "inbox": False}}, changed_at=NOW
    )
    case = note(world.open(), by=world.engineer, at=NOW, body="@Colin Reyes")
    assert not Notice.objects.about(case).filter(template="case_mention").exists()


def test_a_renamed_person_reads_by_the_name_they_have_now(world: World, as_user: AsUser) -> None:
    case = note(
        world.open(), by=world.engineer, at=NOW, body="**@Colin Reyes**, `@Colin Reyes` <b>@x</b>"
    )
    world.colleague.name = "Colin <Reyes> & Stone"
    world.colleague.save()
    page = as_user("engineer").get(f"/cases/{case.pk}/").content.decode()
    assert '<span class="mention">@Colin &lt;Reyes&gt; &amp; Stone</span>' in page
    assert "<code>@Colin Reyes</code>" in page
    mine = as_user("colleague").get(f"/cases/{case.pk}/").content.decode()
    assert '<span class="mention mention-mine">@' in mine
    message = case.messages.get(kind="note")
    whole = as_user("engineer").get(f"/cases/{case.pk}/messages/{message.pk}/").content.decode()
    assert '<span class="mention">@Colin &lt;Reyes&gt; &amp; Stone</span>' in whole


def test_the_composer_offers_only_who_may_read_what_is_written(
    world: World, as_user: AsUser
) -> None:
    case = world.reply(world.open(), NOW)
    engineer, contact = as_user("engineer"), as_user("technical")
    assert offered(engineer, case, "col", "note") == ["Colin Reyes"]
    assert offered(engineer, case, "reed", "reply") == ["Alma Reed"], "by a later word as well"
    assert offered(engineer, case, "reed", "note") == []
    assert offered(engineer, case, "fritz", "reply") == []
    assert offered(contact, case, "c", "add") == ["Carla Stone"]
    assert offered(contact, case, "c", "note") == []
    assert len(offered(engineer, case, "", "reply")) == 6
    assert as_user("foreign").get(f"/cases/{case.pk}/people/").status_code == 404


def test_of_two_people_by_one_name_the_address_is_inserted(world: World, as_user: AsUser) -> None:
    world.colleague.name = "Alma Reed"
    world.colleague.save()
    case = world.open()
    answer = as_user("engineer").get(f"/cases/{case.pk}/people/", {"q": "alma", "act": "reply"})
    assert {each["value"] for each in answer.json()["options"]} == {
        "colleague@legato.example",
        "alma.reed@meridian.example",
    }


def test_mentions_cost_a_page_no_statement(world: World, as_user: AsUser) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    browser = as_user("engineer")
    browser.get(f"/cases/{case.pk}/")
    with queries() as before:
        browser.get(f"/cases/{case.pk}/")
    for n in range(5):
        reply(case, by=world.engineer, at=NOW + n * MINUTE, body=f"@Colin Reyes, {n}")
    with queries() as after:
        page = browser.get(f"/cases/{case.pk}/")
    assert page.content.decode().count('class="mention"') == 5
    assert len(after) == len(before)
