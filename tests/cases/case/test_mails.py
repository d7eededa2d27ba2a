"""The mails of cases: each template named in code renders, and says what is due, by whom, by when, with one link."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

import cases
from cases.case.rules.vocabulary import Channel
from cases.conversation.actions import add_information
from cases.handling.actions import assign, hand_over, open_sub_case
from cases.information.actions import request_information
from cases.resolution.actions.closing import close, give_relief
from cases.resolution.actions.proposing import propose_closing, withdraw_closing
from cases.severity.actions import (
    answer_severity,
    confirm_call,
    downgrade,
    propose_severity,
    refuse_caller,
)
from cases.severity.rules import DowngradeGround
from cases.sub_cases.models import Team
from cases.watching.actions import watch
from portal.models import Notice
from portal.notices.rendering import Rendered, render
from tests.cases.world import DAY, HOUR, MINUTE, NOW, SECOND, World, swept

LINK = re.compile(r"https?://[^\s\"<>]+")
LEAVING = "/watching/"
"""Who follows a case leaves by one click, without signing in: that stands beside the one link to the case."""


def everything(world: World) -> None:
    """Let everything happen of which cases tell anybody anything."""
    case = world.open(severity=1)
    refuse_caller(case, by=world.dispatch, at=NOW, caller="Tom Lee", reason="Not on the roster.")
    confirm_call(case, by=world.dispatch, at=NOW + MINUTE)
    assign(case, to=world.engineer, by=world.dispatch, at=NOW + 2 * MINUTE)
    watch(case, by=world.dispatch, at=NOW + 2 * MINUTE)
    request_information(case, by=world.engineer, at=NOW + 3 * MINUTE, missing=["the trace"])
    open_sub_case(
        case, by=world.engineer, at=NOW + 4 * MINUTE, team=Team.PSE, request="Look with us."
    )
    swept(NOW + 2 * HOUR)
    add_information(case, by=world.user("technical"), at=NOW + 2 * HOUR, body="Here.")
    propose_severity(
        case, by=world.user("technical"), at=NOW + 3 * HOUR, to=3, reason="It is better."
    )
    answer_severity(case, by=world.engineer, at=NOW + 4 * HOUR, agree=False)
    downgrade(
        case,
        by=world.engineer,
        at=NOW + 5 * HOUR,
        to=4,
        ground=DowngradeGround.IMPACT_LESSENED,
        reason="A way round is found.",
    )
    hand_over(case, to=world.alternate, by=world.user("technical"), at=NOW + 5 * HOUR)
    give_relief(case, by=world.engineer, at=NOW + 6 * HOUR, body="Run <nsrck> & wait.")
    propose_closing(
        case, by=world.engineer, at=NOW + 7 * HOUR, reason="solution", body="Does it <hold>?"
    )
    withdraw_closing(case, by=world.engineer, at=NOW + 8 * HOUR, reason="One more test.")
    propose_closing(case, by=world.engineer, at=NOW + 9 * HOUR, reason="solution", body="Now?")
    swept(NOW + 5 * DAY)
    close(case, by=world.engineer, at=NOW + 5 * DAY, reason="solution", agreed_by="Tess Ward")
    swept(NOW + 6 * DAY)
    world.open(severity=3, channel=Channel.TELEPHONE)
    world.open()
    for days in (3, 7, 8, 9):  # the updates that nobody makes, and a morning after them
        swept(NOW + days * DAY)


def mails() -> list[tuple[Notice, Rendered]]:
    notices = Notice.objects.filter(channel="email", subject_type="cases.case")
    return [(notice, render(notice)) for notice in notices.select_related("recipient")]


def named_in_code() -> set[str]:
    """The templates that the notices of cases name."""
    room = Path(cases.__file__).parent
    source = "".join(file.read_text() for file in sorted(room.rglob("notices.py")))
    named = r'^\s+(?:template=)?"((?:case|promise|information|missed)_\w+)",$'
    return set(re.findall(named, source, re.M))


def test_every_template_named_in_code_is_there_in_its_three_parts_and_used_here(
    world: World,
) -> None:
    everything(world)
    used = set(Notice.objects.values_list("template", flat=True))
    assert named_in_code() <= used, named_in_code() - used
    assert len(named_in_code()) == 16
    for name in named_in_code():
        for part in (".subject.txt", ".txt", ".html"):
            assert (Path(settings.BASE_DIR) / "templates/emails" / f"{name}{part}").is_file()


def test_every_mail_names_its_case_has_one_link_a_clause_and_no_empty_words(world: World) -> None:
    everything(world)
    sent = [(notice, mail) for notice, mail in mails() if notice.template != "alarm"]
    assert len(sent) > 12
    for notice, mail in sent:
        number = str(notice.subject_id)
        if notice.template.startswith("escalation") or notice.template == "case_satisfaction":
            continue
        links = {link for link in LINK.findall(mail.text) if LEAVING not in link}
        what = (notice.template, mail.text)
        assert number in mail.subject, what
        assert number in mail.text, what
        assert number in mail.html, what
        assert [link.endswith(f"/cases/{number}/") for link in links] == [True], what
        assert notice.clause, what
        assert notice.clause in mail.text, what
        assert "None" not in mail.text, what
        assert "\n" not in mail.subject, what
        assert not re.search(r"\n{4,}", mail.text), what
        assert not re.search(r"[ \t]+\n(?!-- )", mail.text.replace("-- \n", "")), what


@pytest.mark.clause("ATSP 4.6")
def test_a_mail_says_what_is_due_by_whom_and_by_when_in_the_readers_zone(world: World) -> None:
    world.open(NOW, contact=world.london, answer_in_writing=False)
    [(_, mail)] = mails()
    for text in (mail.text, mail.html):
        assert "The engineer calls you back" in text
        assert "a technical support engineer" in text
        assert "Thu 6 Mar 2003, 09:00 GMT" in text
        assert "ATSP 4.4, ATSP 4.6" in text


@pytest.mark.clause("ATSP 4.5", "D-9")
def test_the_acknowledgement_of_a_severity_1_by_web_says_the_number_and_the_case_to_quote(
    world: World,
) -> None:
    case = world.open(severity=1)
    [(_, mail)] = mails()
    assert mail.subject == f"Case {case.number}: severity 1 awaits your call"
    assert f"Call +1 650 555 0142 and quote case {case.number}" in mail.text
    assert "runs as severity 2" in mail.text


@pytest.mark.clause("ATSP 4.9.1")
def test_the_warning_says_what_is_missing_by_when_and_what_follows(world: World) -> None:
    request_information(world.open(), by=world.engineer, at=NOW, missing=["the trace", "the log"])
    swept(NOW + 20 * HOUR)
    [mail] = [mail for notice, mail in mails() if notice.template == "information_warning"]
    for text in (mail.text, mail.html):
        assert "the trace" in text
        assert "the log" in text
        assert "Thu 6 Mar 2003, 10:00 PST" in text
        assert "Otherwise the case becomes severity 3." in text


def test_what_people_write_is_escaped_in_html_and_left_alone_in_plain_text(world: World) -> None:
    world.reply(world.open(title="A <b>bold</b> & brave title"), NOW, body="Run <nsrck> & wait.")
    [mail] = [mail for notice, mail in mails() if notice.template == "case_message"]
    assert "Run <nsrck> & wait." in mail.text
    assert "Run &lt;nsrck&gt; &amp; wait." in mail.html
    assert "A &lt;b&gt;bold&lt;/b&gt; &amp; brave title" in mail.html


def test_the_time_of_a_mail_does_not_depend_on_who_renders_it(
    world: World, set_clock: Callable[..., None]
) -> None:
    world.open(NOW - SECOND)
    with timezone.override(dt.UTC):
        [(_, first)] = mails()
    set_clock(NOW + DAY)
    with timezone.override("Asia/Tokyo"):
        [(_, second)] = mails()
    assert first == second
