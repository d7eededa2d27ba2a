"""The mould: the demonstration, and more cases beside it, so that every state and clock is there to be copied."""

import datetime as dt
import zoneinfo
from itertools import cycle
from random import Random

from contracts.parties.models.parties import Contact
from demo.build import course_of_the_past, mail_of_the_past_was_sent, reporting_contacts
from demo.history import History
from demo.problems import PROBLEMS
from demo.scenarios import DAY, HOUR, MINUTE, Course, business_instant
from portal.models import User

LARGE, SMALL = "MTI Technology Corporation", "Nordlicht Systemhaus GmbH"
PAST, OPEN = 26, 40
_ENGINEERS = ("maya.okafor", "tom.lindqvist", "priya.raman", "owen.hughes")


def add_cases(seed: int, now: dt.datetime) -> None:
    """Let the two resellers of the demonstration report more: some long ago, more in the last days, up to `now`."""
    random = Random(seed)
    users = {name: User.objects.get(email=f"{name}@legato.example") for name in _ENGINEERS}
    dispatch = User.objects.get(email="sam.adeyemi@legato.example")
    contacts = reporting_contacts(now)
    large = [contact for contact in contacts if contact.organisation.name == LARGE]
    small = [contact for contact in contacts if contact.organisation.name == SMALL]
    history = History(until=now)
    engineers = cycle(users.values())
    for number in range(PAST):
        contact = random.choice(small if number % 8 else large)
        at = _instant(random, contact, now.date() - dt.timedelta(days=9 + number * 5))
        problem = PROBLEMS[number * 5 % len(PROBLEMS)]
        course_of_the_past(
            random, problem, contact, next(engineers), dispatch, at, number + 1
        ).plan(history)
    for number in range(OPEN):
        contact = random.choice(small if number % 3 == 0 else large)
        _open_course(random, number, contact, next(engineers), dispatch, now).plan(history)
    history.run()
    mail_of_the_past_was_sent(now)


def _open_course(
    random: Random,
    number: int,
    contact: Contact,
    engineer: User,
    dispatch: User,
    now: dt.datetime,
) -> Course:
    """A case that is worked on: answered or not, waited for, relieved, by its number."""
    severity = (3, 2, 3, 4, 3, 2, 3, 4, 3, 3)[number % 10]
    unanswered = number % 6 == 0
    days = random.randrange(0, 2 if unanswered else {2: 4, 3: 12, 4: 25}[severity])
    at = _instant(random, contact, now.date() - dt.timedelta(days=days))
    if at > now - 20 * MINUTE:
        at = now - random.randrange(20, 150) * MINUTE
    course = Course(
        problem=PROBLEMS[number * 7 % len(PROBLEMS)],
        contact=contact,
        engineer=engineer,
        dispatch=dispatch,
        at=at,
        severity=severity,
        response=random.choice([9, 21, 34, 47]) * MINUTE if not unanswered else 30 * DAY,
    )
    every = {2: 20 * HOUR, 3: 5 * DAY, 4: 25 * DAY}[severity]
    course.updates = () if unanswered else tuple(every * (step + 1) for step in range(6))
    if number % 5 == 2 and not unanswered:
        course.waits_for = "the server log of that night, the output of the media check"
    if number % 7 == 3:
        course.relief = 3 * HOUR
    return course


def _instant(random: Random, contact: Contact, day: dt.date) -> dt.datetime:
    while day.weekday() > 4:
        day -= DAY
    return business_instant(random, day, zoneinfo.ZoneInfo(contact.site.zone))
