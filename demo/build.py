"""Building the demonstration: people, products, knowledge, and the months of cases up to the present moment."""

import datetime as dt
import zoneinfo
from random import Random

from django.db.models import F

from cases.case.models import Case
from cases.knowledge.models import Article
from cases.products.models import Product, Release
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.programmes.rules.terms import Act
from contracts.roster.models.entries import RosterEntry
from demo import money, people, prepaid
from demo.answers import keep_answers
from demo.history import History
from demo.life import draw_up_agreements
from demo.problems import (
    AWAITING_CALL,
    KNOWLEDGE,
    PROBLEMS,
    PRODUCTS,
    RUNNING,
    Problem,
)
from demo.products import keep_products
from demo.renewal import propose_a_year
from demo.roster import keep_roster
from demo.scenarios import DAY, HOUR, MINUTE, Course, business_instant
from demo.services import add_services
from demo.work import order_work
from portal.models import Notice, NoticeState, User

SEED = 20020903
CASES = 58
FIRST_DAY = dt.date(2002, 9, 16)


def build(now: dt.datetime) -> str:
    """Build the whole demonstration up to the domain instant `now`; return a sentence on what there is.

    Expects the programme, the holidays and the agreements to be loaded. Does nothing when cases are there already.
    """
    if Case.objects.exists():
        return f"The demonstration's data is there: {Case.objects.count()} cases."
    users = people.make_provider()
    agreements = list(Agreement.objects.all())
    people.assign_people(agreements, users, now)
    people.let_contacts_sign_in()
    _train_contacts(now)
    publish_products_and_knowledge()
    history = History(until=now)
    for course in [*_past(users, now), *_present(users, now)]:
        course.plan(history)
    prepaid.plan(history, users, now)
    keeper = users["joan.petersen@legato.example"]
    money.set_fees(keeper, min((one.starts_at for one in agreements), default=now))
    money.plan(history, agreements, keeper, now)
    acts = history.run()
    draw_up_agreements(users["joan.petersen@legato.example"], now)
    order_work(users, now)
    add_services(users, now)
    propose_a_year(users["anne.delacroix@legato.example"], now)
    keep_roster(now)
    keep_products(keeper, now)
    keep_answers(users, now)
    mail_of_the_past_was_sent(now)
    return f"{Case.objects.count()} cases after {acts} acts, up to {now:%Y-%m-%d %H:%M} UTC."


def publish_products_and_knowledge() -> None:
    """Make the products with their Releases, and the articles with the times their Fixes were published."""
    for name, releases in PRODUCTS.items():
        product, _ = Product.objects.get_or_create(name=name)
        for number, day in releases.items():
            Release.objects.get_or_create(
                product=product,
                number=number,
                defaults={"published_on": dt.date.fromisoformat(day)},
            )
    for entry in KNOWLEDGE:
        day = entry.fix_published_on
        published = _morning(dt.date.fromisoformat(day)) if day else None
        Article.objects.get_or_create(
            number=entry.number,
            defaults={
                "title": entry.title,
                "product": Product.objects.get(name=entry.product),
                "symptom": entry.symptom,
                "cause": entry.cause,
                "fix": entry.fix,
                "fix_published_at": published,
                "published_at": published or _morning(dt.date(2003, 2, 20)),
            },
        )


def _train_contacts(now: dt.datetime) -> None:
    """Most contacts are trained, as the roster asks (ATSP 5.2.1); the filed form names no dates."""
    for number, entry in enumerate(RosterEntry.objects.current(now).order_by("pk")):
        if number % 5 != 4 and entry.is_technical and entry.trained_on is None:
            entry.trained_on = dt.date(2002, 6, 3) + dt.timedelta(days=9 * number)
            entry.save(update_fields=["trained_on"])


def _past(users: dict[str, User], now: dt.datetime) -> list[Course]:
    """Cases of the months behind, most of them closed by now."""
    random = Random(SEED)
    contacts = reporting_contacts(now)
    engineers = [
        users[f"{name}@legato.example"]
        for name in ("maya.okafor", "tom.lindqvist", "priya.raman", "owen.hughes")
    ]
    span = (now.date() - FIRST_DAY).days - 1
    courses = []
    for number in range(CASES):
        day = FIRST_DAY + dt.timedelta(days=round(number * span / CASES) + random.randrange(2))
        while day.weekday() > 4:
            day += DAY
        contact = random.choices(
            contacts, [3 if "MTI" in c.organisation.name else 1 for c in contacts]
        )[0]
        zone = zoneinfo.ZoneInfo(contact.site.zone)
        problem = PROBLEMS[number % len(PROBLEMS)]
        courses.append(
            course_of_the_past(
                random,
                problem,
                contact,
                random.choice(engineers),
                users["sam.adeyemi@legato.example"],
                business_instant(random, day, zone),
                number,
            )
        )
    return courses


def course_of_the_past(
    random: Random,
    problem: Problem,
    contact: Contact,
    engineer: User,
    dispatch: User,
    at: dt.datetime,
    number: int,
) -> Course:
    """The course of one past case, by its number."""
    severity = (2, 3, 3, 4, 2, 3, 1, 3, 4, 3)[number % 10]
    relief = random.randrange(20, 90) * HOUR
    course = Course(
        problem=problem,
        contact=contact,
        engineer=engineer,
        dispatch=dispatch,
        at=at,
        severity=severity,
        response=random.choice([12, 18, 25, 38, 55]) * MINUTE,
        relief=relief,
        closure=relief + random.choice([1, 2, 3, 5, 8]) * DAY + 2 * HOUR,
        replicated=number % 5 == 2,
    )
    if severity == 1:
        course.response = 17 * MINUTE
        course.relief = (5 + number % 9) * HOUR
        course.closure = course.relief + 3 * DAY
        course.call_after = 6 * MINUTE if number % 20 == 6 else None
        course.updates = tuple((n + 1) * HOUR - 9 * MINUTE for n in range(1, 5 + number % 9))
    elif severity == 2:
        course.updates = (22 * HOUR, 46 * HOUR)
    if number % 11 == 4:
        course.response = 3 * HOUR  # a first response that came late
    if number % 6 == 1 and severity != 4:
        course.waits_for = "the server log of that night, the output of nsrinfo"
        course.information_after = 20 * HOUR if number % 12 == 1 else None
    if course.waits_for and course.information_after is None and severity >= 3:
        course.relief = course.closure = (
            None  # the information never comes: the clock closes the case
        )
    course.determination = {
        "How": "question",
        "Wish": "enhancement",
    }.get(problem.title.split(" ")[0], "new-defect" if number % 4 == 3 else "known-defect")
    course.closure_reason = {"question": "solution", "enhancement": "enhancement-request"}.get(
        course.determination, "fix" if problem.article else "workaround"
    )
    if course.closure is not None and number % 3 == 1:
        course.proposal = course.closure - 20 * HOUR
    if number == CASES - 4:
        course.reopened_after = (course.closure or 9 * DAY) + 26 * HOUR
    return course


def _present(users: dict[str, User], now: dt.datetime) -> list[Course]:
    """Make what is open now: a running severity 1, one awaiting its call, and a living queue."""
    maya, tom = users["maya.okafor@legato.example"], users["tom.lindqvist@legato.example"]
    priya, owen = users["priya.raman@legato.example"], users["owen.hughes@legato.example"]
    dispatch = users["sam.adeyemi@legato.example"]
    contacts = reporting_contacts(now)
    mti = [contact for contact in contacts if "MTI" in contact.organisation.name]
    other = [contact for contact in contacts if "MTI" not in contact.organisation.name]

    def course(
        problem: Problem, who: Contact, engineer: User, ago: dt.timedelta, severity: int
    ) -> Course:
        return Course(problem, who, engineer, dispatch, now - ago, severity)

    running = course(RUNNING, mti[0], maya, 3 * HOUR + 9 * MINUTE, 1)
    running.call_after = 4 * MINUTE
    running.response = 21 * MINUTE
    running.updates = (61 * MINUTE, 118 * MINUTE, 178 * MINUTE)
    running.psam = users["dana.whitfield@legato.example"]
    running.duties = (
        (104 * MINUTE, Act.READ_NOTES, ""),
        (109 * MINUTE, Act.STATUS_FROM_CSE, "Maya has the lock in sight; the lab shows the same."),
        (
            139 * MINUTE,
            Act.CALL_RESELLER_MANAGEMENT,
            "Reached Terri Hirsch after her flight; she wants to hear from us before noon.",
        ),
    )
    awaiting = course(AWAITING_CALL, mti[1], tom, 11 * MINUTE, 1)
    awaiting.call_after = HOUR  # after the present: still awaited
    awaiting.response = HOUR
    asked = course(PROBLEMS[4], mti[2], priya, 19 * HOUR, 2)
    asked.response = 2 * HOUR + 12 * MINUTE
    asked.waits_for = "the index of /data/projects, the recover log with tracing"
    relieved = course(PROBLEMS[2], mti[3], tom, 2 * DAY + 3 * HOUR, 2)
    relieved.updates = (20 * HOUR,)
    relieved.relief = 44 * HOUR
    late = course(PROBLEMS[8], other[0], owen, 7 * HOUR, 2)
    late.response = DAY  # nobody has answered yet
    fresh = course(PROBLEMS[10], mti[4], priya, 26 * MINUTE, 3)
    fresh.response = DAY
    quiet = course(PROBLEMS[7], mti[0], owen, 5 * DAY, 4)
    slow = course(PROBLEMS[3], other[1 % len(other)], owen, 6 * DAY + 2 * HOUR, 3)
    return [running, awaiting, asked, relieved, late, fresh, quiet, slow]


def reporting_contacts(now: dt.datetime) -> list[Contact]:
    """Technical Contacts who sign in and are past their waiting time."""
    entries = (
        RosterEntry.objects.current(now)
        .filter(usable_from__lte=now)
        .exclude(contact__user=None)
        .select_related("contact__organisation", "contact__site", "contact__user")
        .order_by("pk")
    )
    return [entry.contact for entry in entries if entry.is_technical]


def mail_of_the_past_was_sent(now: dt.datetime) -> None:
    """Months of mail are on record as sent at their time; what is of the last minutes goes out for real."""
    recent = now - 5 * MINUTE
    Notice.objects.filter(state=NoticeState.WAITING, created_at__lt=recent).update(
        state=NoticeState.SENT, sent_at=F("created_at")
    )
    Notice.objects.filter(channel="inbox", created_at__lt=now - 2 * DAY).update(
        read_at=F("created_at") + HOUR
    )


def _morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(16, 0), dt.UTC)
