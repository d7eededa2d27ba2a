"""What people want to be told: at once, in a digest, after quiet hours, or not at all; never below what is owed."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from cases.handling.actions import assign
from portal.models import Deadline, Notice, NoticeState, User
from portal.notices import wishing
from portal.notices.delivery import deliver
from portal.notices.kinds import kind_of
from portal.notices.wishing import Wanted
from portal.rules.delivering import Mail, Wish
from tests.atsp import local
from tests.cases.pages import words
from tests.cases.world import DAY, HOUR, MINUTE, NOW, World, swept
from tests.smtp_peer import SmtpPeer

AsUser = Callable[..., Client]
DIGEST, NONE = Wish(Mail.DIGEST), Wish(Mail.NONE)
EIGHT = local("2003-03-06 08:00")


@pytest.fixture
def mail_server(settings: Any) -> Iterator[SmtpPeer]:
    """A real SMTP server on loopback."""
    with SmtpPeer() as peer:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = (
            "127.0.0.1",
            peer.port,
            5,
        )
        yield peer


def wants(user: User, **wanted: Any) -> None:
    wishing.change(Wanted(**wanted), by=user, at=NOW)


def states(user: User, template: str) -> list[str]:
    rows = Notice.objects.filter(recipient=user, template=template, channel="email")
    return list(rows.order_by("pk").values_list("state", flat=True))


def mails_to(peer: SmtpPeer, user: User) -> list[Any]:
    deliver()
    return [mail for mail in peer.mails if mail.to == user.email]


def test_what_nobody_wants_by_mail_is_not_written_and_what_is_owed_always_is(world: World) -> None:
    user = world.user("technical")
    wants(user, kinds={"case-opened": Wish(Mail.NONE, inbox=False), "case-message": NONE})
    world.reply(world.open(), NOW)
    assert not Notice.objects.filter(recipient=user, template="case_opened").exists()
    assert states(user, "case_message") == ["waiting"], "ATSP 4.7 owes it, whatever was said"


def test_a_digest_is_one_mail_by_case_of_what_is_not_read_by_then(
    world: World, mail_server: SmtpPeer
) -> None:
    user = world.user("technical")
    wants(user, kinds={"case-opened": DIGEST})
    first, second, read = world.open(), world.open(title="The robot jams"), world.open()
    Notice.objects.filter(recipient=user, subject_id=read.pk).update(read_at=NOW)
    assert states(user, "case_opened") == ["held"] * 3
    swept(EIGHT - MINUTE)
    assert mails_to(mail_server, user) == []
    swept(EIGHT)
    [mail] = mails_to(mail_server, user)
    assert mail.subject == "Your digest: 2 notices"
    for kind in ("plain", "html"):
        body = mail.body(kind)
        assert f"Case {first.number}: Index corrupt" in body
        assert f"Case {second.number}: The robot jams" in body
        assert f"Case {read.number}" not in body, "what is read already is left out"
    assert states(user, "case_opened") == ["digested"] * 3
    swept(EIGHT + DAY)
    assert len(mails_to(mail_server, user)) == 1, "nothing comes when there is nothing to say"
    assert Deadline.objects.pending().get(kind=wishing.DIGEST).due_at == EIGHT + 2 * DAY


def test_a_digest_swept_again_by_another_worker_is_written_once(world: World) -> None:
    user = world.user("technical")
    wants(user, kinds={"case-opened": DIGEST})
    world.open()
    row = Deadline.objects.pending().get(kind=wishing.DIGEST)
    swept(EIGHT)
    Deadline.objects.filter(kind=wishing.DIGEST, state="pending").delete()
    Deadline.objects.filter(pk=row.pk).update(state="pending", settled_at=None)
    Notice.objects.filter(template="case_opened", state="digested").update(state="held")
    swept(EIGHT)
    assert states(user, "notice_digest") == ["waiting"]


def test_a_digest_says_nothing_of_what_its_reader_lost_meanwhile(
    world: World, mail_server: SmtpPeer
) -> None:
    user = world.user("technical")
    wants(user, kinds={"case-opened": DIGEST})
    world.open()
    swept(EIGHT)
    world.technical.left_at = EIGHT
    world.technical.save()
    assert mails_to(mail_server, user) == []
    assert states(user, "notice_digest") == [NoticeState.DROPPED]


def test_quiet_hours_hold_what_can_wait_until_they_end(world: World, mail_server: SmtpPeer) -> None:
    night = {"quiet_from": dt.time(22), "quiet_until": dt.time(7)}
    wants(world.engineer, **night)
    case = world.open()
    late = local("2003-03-05 23:00")
    assign(case, to=world.engineer, by=world.dispatch, at=late)
    assert states(world.engineer, "case_assigned") == ["held"]
    swept(local("2003-03-06 07:00"))
    assert states(world.engineer, "case_assigned") == ["waiting"]
    assert (
        len([one for one in mails_to(mail_server, world.engineer) if "is yours" in one.subject])
        == 1
    )


def test_the_engineer_of_a_severity_1_has_no_quiet_hours(world: World) -> None:
    wants(world.engineer, quiet_from=dt.time(22), quiet_until=dt.time(7))
    severe = world.open()
    severe.severity, severe.owner = 1, world.engineer
    severe.save()
    assign(world.open(), to=world.engineer, by=world.dispatch, at=local("2003-03-05 23:00"))
    assert states(world.engineer, "case_assigned") == ["waiting"]


def test_who_ends_their_quiet_hours_or_digest_gets_what_waited(world: World) -> None:
    user = world.user("technical")
    wants(user, kinds={"case-opened": DIGEST})
    world.open()
    wants(user)
    assert states(user, "case_opened") == ["waiting"]
    assert not Deadline.objects.pending().filter(kind__in=wishing.ALL).exists()


def test_a_summary_says_what_waits_and_is_due_and_nothing_comes_for_nothing(
    world: World, mail_server: SmtpPeer
) -> None:
    quiet = world.user("london")
    for user in (world.user("technical"), world.engineer, world.dispatch, quiet):
        wants(user, summary_at=dt.time(11))
    case = world.open()
    owned = world.open(title="The robot jams")
    assign(owned, to=world.engineer, by=world.dispatch, at=NOW)
    swept(NOW + HOUR)
    bodies = {
        name: [
            m.body("plain")
            for m in mails_to(mail_server, world.user(name))
            if "Your day" in m.subject
        ]
        for name in ("technical", "engineer", "dispatch", "london")
    }
    assert "Since yesterday" in bodies["technical"][0]
    assert f"Case {case.number}, " in bodies["technical"][0], "promised today"
    assert "You owe today" in bodies["engineer"][0]
    assert f"Case {owned.number}, The robot jams: First response" in bodies["engineer"][0]
    assert "Nobody has these cases" in bodies["dispatch"][0]
    assert f"Case {case.number}, Meridian Data" in bodies["dispatch"][0]
    assert bodies["london"] == []


def test_a_mail_that_can_be_ended_says_how_in_its_headers_and_one_post_ends_it(
    world: World, mail_server: SmtpPeer, client: Client
) -> None:
    user = world.user("technical")
    world.reply(world.open(), NOW)
    opened, message = sorted(mails_to(mail_server, user), key=lambda mail: "wrote" in mail.subject)
    assert message.message["List-Unsubscribe"] is None, "ATSP 4.7 owes it"
    assert opened.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = opened.message["List-Unsubscribe"].strip("<>")
    assert link in re.sub(r"\s", "", opened.body("plain"))
    path = link.removeprefix(django_settings.BASE_URL)
    page = client.get(path)
    assert "A case was opened" in words(page)
    world.open()
    assert states(user, "case_opened") == ["sent", "waiting"], "looking at the page ends nothing"
    strict = Client(enforce_csrf_checks=True)
    strict.post(path, {"List-Unsubscribe": "One-Click"})
    world.open()
    assert states(user, "case_opened") == ["sent", "waiting"]
    assert client.post(path[:-5] + "x/").status_code == 404


def test_the_page_says_what_is_owed_and_by_which_clause_and_keeps_the_rest(
    world: World, as_user: AsUser
) -> None:
    browser = as_user("technical")
    page = words(browser.get("/account/notices/"))
    assert "The other side wrote" in page
    assert re.search(r"The other side wrote .{0,120}Always, at once.{0,40}4\.7", page), page[:900]
    assert "You are its engineer now" not in page, "a contact gets none of these"
    typed = {
        "zone": "Europe/London",
        "digest_every": "hour",
        "digest_at": "08:00",
        "mail_case-opened": "digest",
        "mail_case-message": "none",
        "summary_at": "07:30",
    }
    kinds = {
        f"mail_{k}": "now"
        for k in re.findall(r'name="mail_([\w-]+)"', str(browser.get("/account/notices/").content))
    }
    half = browser.post("/account/notices/", {**kinds, **typed, "quiet_from": "22:00"})
    assert "Quiet hours need a beginning and an end." in words(half)
    assert browser.post("/account/notices/", {**kinds, **typed}).status_code == 302
    user = User.objects.get(pk=world.user("technical").pk)
    row = wishing.settings_of(user)
    assert user.zone == "Europe/London"
    assert row.kinds["case-opened"] == {"mail": "digest", "inbox": False}
    assert "case-message" not in row.kinds
    due = Deadline.objects.pending().filter(kind__in=wishing.ALL).values_list("kind", "due_at")
    assert dict(due) == {
        wishing.DIGEST: NOW + HOUR,
        wishing.SUMMARY: dt.datetime(2003, 3, 6, 7, 30, tzinfo=dt.UTC),
    }


def test_every_mail_is_of_a_kind() -> None:
    folder = Path(django_settings.BASE_DIR) / "templates" / "emails"
    mails = {path.name.removesuffix(".subject.txt") for path in folder.glob("*.subject.txt")}
    own = {wishing.DIGEST_MAIL, wishing.SUMMARY_MAIL}
    assert {mail for mail in mails if kind_of(mail) is None} == own
