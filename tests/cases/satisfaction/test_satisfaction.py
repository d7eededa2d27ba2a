"""One question after closing: whom it is put to, how it is answered, who hears of it and who reads it."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, transaction
from django.test import Client

from cases.case.models import Case
from cases.handling.actions import assign
from cases.resolution.actions.closing import close, reopen
from cases.satisfaction import links
from cases.satisfaction.actions import answer
from cases.satisfaction.models import Answer, Survey
from cases.satisfaction.rules import Rate, Rating
from portal.models import Deadline, Notice
from portal.notices.delivery import deliver
from portal.rules.refusal import Refusal
from tests.cases.pages import queries, words
from tests.cases.world import DAY, HOUR, NOW, World, again, journalled, swept, told
from tests.smtp_peer import SmtpPeer

AsUser = Callable[..., Client]
ASKED_AT = NOW + DAY


def closed(world: World, at: dt.datetime = NOW, **how: Any) -> Case:
    """A case that its engineer closed with its contact's agreement."""
    case = world.open(at, **how)
    assign(case, to=world.engineer, by=world.dispatch, at=at)
    name = case.contact.name
    return close(again(case), by=world.engineer, at=at, reason="documentation-bug", agreed_by=name)


def asked(world: World, **how: Any) -> Survey:
    """The question of a case closed at NOW, sent a day later."""
    case = closed(world, **how)
    swept(ASKED_AT)
    return Survey.objects.get(case=case)


def test_the_contact_is_asked_once_a_day_after_the_case_is_closed(world: World) -> None:
    case = closed(world)
    swept(ASKED_AT - HOUR)
    assert told(case, "case_satisfaction") == []
    swept(ASKED_AT)
    assert told(case, "case_satisfaction") == [world.technical.email]
    reopen(again(case), by=world.user("technical"), at=ASKED_AT, reason="It is back.")
    close(
        again(case),
        by=world.engineer,
        at=ASKED_AT + HOUR,
        reason="documentation-bug",
        agreed_by="Tess Ward",
    )
    swept(ASKED_AT + 60 * DAY)
    assert len(told(case, "case_satisfaction")) == 1, "a case is asked about once, ever"
    assert not Deadline.objects.about(case).pending().exists(), "a closed case has no deadline"


def test_a_case_reopened_in_the_waiting_time_is_asked_about_after_its_last_closing(
    world: World,
) -> None:
    case = closed(world)
    reopen(again(case), by=world.user("technical"), at=NOW + HOUR, reason="It is back.")
    swept(NOW + 2 * DAY)
    assert told(case, "case_satisfaction") == []
    close(
        again(case),
        by=world.engineer,
        at=NOW + 3 * DAY,
        reason="documentation-bug",
        agreed_by="Tess Ward",
    )
    swept(NOW + 4 * DAY)
    assert len(told(case, "case_satisfaction")) == 1


def test_nobody_is_asked_twice_within_a_fortnight(world: World) -> None:
    first, second = closed(world), closed(world)
    third = closed(world, at=NOW + 15 * DAY)
    other = closed(world, contact=world.london)
    swept(ASKED_AT)
    swept(NOW + 16 * DAY)
    assert [len(told(one, "case_satisfaction")) for one in (first, second, third, other)] == [
        1,
        0,
        1,
        1,
    ]
    assert Survey.objects.get(case=second).not_asked == "asked-lately"


@pytest.mark.parametrize("what", ["duplicate", "left"])
def test_nobody_is_asked_of_a_duplicate_nor_after_they_left(world: World, what: str) -> None:
    case = closed(world)
    if what == "left":
        world.technical.left_at = NOW + HOUR
        world.technical.save()
    else:
        other = world.open()
        other.duplicate_of = case
        other.save()
        close(
            again(other),
            by=world.engineer,
            at=NOW,
            reason="documentation-bug",
            agreed_by="Tess Ward",
        )
        case = other
    swept(ASKED_AT)
    assert told(case, "case_satisfaction") == []


@pytest.fixture
def mail_server(settings: Any) -> Iterator[SmtpPeer]:
    """A real SMTP server on loopback."""
    with SmtpPeer() as peer:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", peer.port
        settings.EMAIL_TIMEOUT = 5
        yield peer


def test_the_mail_is_answered_without_signing_in_and_following_its_links_answers_nothing(
    world: World, mail_server: SmtpPeer, set_clock: Callable[..., None]
) -> None:
    survey = asked(world)
    set_clock(ASKED_AT + HOUR, speed=1e-12)
    deliver()
    [mail] = [one for one in mail_server.mails if "how did we handle" in one.subject]
    found = re.findall(r"(Good|Fair|Bad): (\S+)", mail.body("plain"))
    assert [label for label, _ in found] == ["Good", "Fair", "Bad"]
    browser = Client()
    for _, link in found:  # a scanner follows every link
        page = browser.get(link.removeprefix(django_settings.BASE_URL))
        assert page.status_code == 200
    assert not Answer.objects.exists()
    assert re.search(r'value="bad"\s+checked', page.content.decode())
    path = found[2][1].removeprefix(django_settings.BASE_URL).partition("?")[0]
    assert "Choose one of the three" in words(browser.post(path, {"comment": "Slow."}))
    browser.post(path, {"rating": "bad", "comment": "It took a week."})
    browser.post(path, {"rating": "bad", "comment": "It took a week."})
    assert "You said: Bad" in words(browser.get(f"{path}?thanks=1"))
    survey.refresh_from_db()
    assert (survey.rating, survey.comment) == ("bad", "It took a week.")
    assert Answer.objects.count() == 1, "the same form sent twice is one answer"
    assert told(survey.case, "case_rated") == [world.engineer.email, world.manager.email]
    assert browser.get(path.replace("/satisfaction/", "/satisfaction/x")).status_code == 404


def test_an_answer_is_changed_for_a_week_and_both_are_kept(world: World) -> None:
    survey = asked(world)
    answer(survey, rating=Rating.BAD, comment="Slow.", at=ASKED_AT)
    answer(survey, rating=Rating.GOOD, comment="They called.", at=ASKED_AT + 7 * DAY)
    assert [one.rating for one in survey.answers.all()] == ["bad", "good"]
    assert len(journalled(survey.case, "case.rated")) == 2
    with pytest.raises(Refusal, match="7 days"):
        answer(survey, rating=Rating.BAD, comment="", at=ASKED_AT + 8 * DAY)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Answer.objects.update(rating="good")


def test_a_question_is_answered_for_a_month_and_not_by_who_left(world: World) -> None:
    survey = asked(world)
    with pytest.raises(Refusal, match="is over"):
        answer(survey, rating=Rating.GOOD, comment="", at=ASKED_AT + 31 * DAY)
    world.technical.left_at = ASKED_AT
    world.technical.save()
    left = links.read(links.path_of(survey.pk).split("/")[-2])
    assert left is not None
    with pytest.raises(Refusal, match="answers for this case no more"):
        answer(left, rating=Rating.GOOD, comment="", at=ASKED_AT)


def test_the_page_tells_each_reader_what_is_theirs_to_read(world: World, as_user: AsUser) -> None:
    mine, foreign = asked(world), asked(world, contact=world.foreign)
    for survey, words_said in ((mine, "They called."), (foreign, "Nordwind is happy.")):
        Survey.objects.filter(pk=survey.pk).update(
            asked_at=NOW, first_at=NOW, answered_at=NOW, rating="good", comment=words_said
        )
    page = words(as_user("manager").get("/satisfaction/?by=reseller"))
    assert "Meridian Data" in page
    assert "Nordwind is happy." in page
    assert "100 %, of few answers" in page
    page = words(as_user("technical").get("/satisfaction/"))
    assert "They called." in page
    assert "Nordwind" not in page
    assert "They called." in words(as_user("engineer").get("/satisfaction/?by=engineer"))
    assert "They called." not in words(as_user("colleague").get("/satisfaction/"))


def test_the_page_is_constant_in_queries(world: World, as_user: AsUser) -> None:
    browser = as_user("manager")
    asked(world)
    browser.get("/satisfaction/")
    with queries() as few:
        browser.get("/satisfaction/")
    for _ in range(6):
        closed(world)
    Survey.objects.update(
        asked_at=NOW, first_at=NOW, answered_at=NOW, rating="bad", comment="Slow.", not_asked=""
    )
    with queries() as many:
        page = browser.get("/satisfaction/")
    assert "0 %, of few answers" in words(page)
    assert len(many) <= len(few) + 1 <= 12  # the page of answers is read where there are some


@pytest.mark.parametrize(
    ("rate", "percent", "answered", "small"),
    [
        (Rate(0, 0, 0), None, None, True),
        (Rate(1, 0, 0, 4), 100, 25, True),
        (Rate(1, 1, 0, 2), 50, 100, True),
        (Rate(2, 0, 1, 3), 67, 100, True),
        (Rate(9, 0, 1, 20), 90, 50, False),
    ],
)
def test_a_rate_has_its_number_and_says_when_it_is_small(
    rate: Rate, percent: int | None, answered: int | None, small: bool
) -> None:
    assert (rate.percent, rate.answered, rate.is_small) == (percent, answered, small)


def test_a_bad_answer_is_told_once(world: World) -> None:
    survey = asked(world)
    answer(survey, rating=Rating.BAD, comment="", at=ASKED_AT)
    answer(survey, rating=Rating.BAD, comment="And slow.", at=ASKED_AT + HOUR)
    rows = Notice.objects.about(survey.case).filter(template="case_rated", channel="inbox")
    assert rows.count() == 2  # the engineer and their manager, once each
