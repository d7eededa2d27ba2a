"""Rows of the access matrix about working together: watching, relations, sub-cases, time, handing over."""

from tests.access.actors import PROVIDER, Actor
from tests.access.rows import (
    ENGINEERS,
    INTAKE,
    ON_THE_ROSTER,
    TECHNICAL,
    ActRow,
    Row,
    of_the_provider,
    only,
    row,
)

_FOLLOWERS = (
    Actor.ALTERNATE,
    Actor.WAITING,
    Actor.ADMINISTRATIVE,
    Actor.NORDLICHT,
)
_WATCHERS = (Actor.CSE, Actor.ADMINISTRATIVE)

TOGETHER_ROWS: tuple[Row, ...] = (
    row(
        "leave_watch",
        strangers=200,
        reseller=200,
        provider=200,
        about="watch",
        foreign=200,
        of_sign_in=True,
        note="whoever has the signed link, which names nothing but the case's number",
    ),
    row(
        "leave_watch",
        "POST",
        strangers=200,
        reseller=200,
        provider=200,
        about="watch",
        foreign=200,
        of_sign_in=True,
        note="leaving by the link in the mail, signed in or not",
    ),
    of_the_provider("canned_answers", provider=only(INTAKE, 200, 403)),
    of_the_provider("new_canned_answer", provider=only(INTAKE, 200, 403)),
    of_the_provider(
        "new_canned_answer",
        "POST",
        provider=only(INTAKE, 409, 403),
        sends=lambda world, side: {"title": "In work", "body": "Dear {kontakt}"},
        note="with a place that nothing fills; held by test_canned",
    ),
    of_the_provider("canned_answer", provider=only(INTAKE, 200, 403), about="canned answer"),
    of_the_provider(
        "canned_answer",
        "POST",
        provider=only(INTAKE, 409, 403),
        about="canned answer",
        sends=lambda world, side: {"title": "In work", "body": "Dear {kontakt}"},
        note="with a place that nothing fills; held by test_canned",
    ),
    of_the_provider(
        "canned_answer_act",
        "POST",
        provider=only((Actor.CSE, Actor.SUPPORT_MANAGEMENT), 302, 403),
        about="canned answer act",
        note="its owner, and Customer Support Management",
    ),
    of_the_provider(
        "case_answers", provider=only(INTAKE, 404, 403), about="case", note="for no act"
    ),
    of_the_provider(
        "case_answers", "POST", provider=only(INTAKE, 404, 403), about="case", note="for no act"
    ),
    of_the_provider("sub_cases", provider=200),
    of_the_provider("sub_case", provider=200, about="sub-case"),
    of_the_provider(
        "sub_case_act", "POST", provider=only(ENGINEERS, 302, 403), about="sub-case act"
    ),
    of_the_provider("time_spent", provider=200),
    of_the_provider("time_csv", provider=200),
    of_the_provider(
        "take_back_time",
        "POST",
        provider=only((Actor.CSE,), 302, 403),
        about="time",
        note="one's own entry",
    ),
    of_the_provider("pass_on", provider=only(INTAKE, 200, 403)),
    of_the_provider(
        "pass_on",
        "POST",
        provider=only(INTAKE, 409, 403),
        note="here nothing was chosen; held by test_passing_on",
    ),
)

TOGETHER_ACTS: tuple[ActRow, ...] = (
    ActRow(
        "watch",
        "new",
        (*PROVIDER, *_FOLLOWERS),
        note="everybody on the roster but the case's contact, who hears anyway (ATSP 5.2.1, 1.1)",
    ),
    ActRow(
        "unwatch",
        "talked",
        _WATCHERS,
        also=(*PROVIDER, *ON_THE_ROSTER),
        note="who watches it",
    ),
    ActRow(
        "follow",
        "new",
        (*ENGINEERS, *ON_THE_ROSTER),
        {"contact": lambda world: world.people[Actor.ALTERNATE].contact.pk},
    ),
    ActRow(
        "relate",
        "new",
        ENGINEERS,
        {"other": lambda world: world.mti.cases["asked"].pk, "kind": "same_cause"},
    ),
    ActRow(
        "unrelate",
        "talked",
        ENGINEERS,
        {"relation": lambda world: world.mti.things["relation"][0]},
    ),
    ActRow(
        "merge",
        "new",
        (*ENGINEERS, *ON_THE_ROSTER),
        {
            "original": lambda world: world.mti.cases["asked"].pk,
            "agreed_by": lambda world: world.people[Actor.ALTERNATE].contact.pk,
        },
        note="an engineer with the word of a contact in a call (D-27)",
    ),
    ActRow(
        "undo-merge",
        "merged",
        (*ENGINEERS, *TECHNICAL),
        kept_waiting=(Actor.WAITING,),
        note="within a day",
    ),
    ActRow(
        "split",
        "talked",
        (*ENGINEERS, *TECHNICAL),
        {
            "message": lambda world: world.mti.things["message"][0],
            "contact": lambda world: world.people[Actor.ALTERNATE].contact.pk,
            "title": "The door jams",
            "severity": "3",
        },
        kept_waiting=(Actor.WAITING,),
        note="a distinct Problem is a new case, so who waits is told from when (ATSP 1.3, 5.2.1)",
    ),
    ActRow("time", "new", INTAKE, {"minutes": "10", "what": "The trace"}),
)
