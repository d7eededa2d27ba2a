"""The back-line agreement at work: a few cases that the Liaisons report to the provider's own people (SCL Ex.B)."""

import datetime as dt

from cases.case.models import Case
from cases.products.models import Product, Release
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from demo.build import mail_of_the_past_was_sent
from demo.history import History
from demo.problems import Problem
from demo.products import give_to
from demo.scenarios import DAY, HOUR, MINUTE, Course
from portal.models import User

REFERENCE = "SCL-2002-12-13"
PRODUCT, RELEASES = "StandbyServer", {"5.0": "2001-11-05", "5.1": "2002-08-12"}


def _problem(title: str, description: str, steps: str, answer: str) -> Problem:
    return Problem(
        title=title,
        product=PRODUCT,
        release="5.1",
        platform="NetWare",
        operating_system="NetWare 6.0 SP2",
        description=description,
        impact="The standby machine would not take over.",
        steps=steps,
        answer=answer,
    )


MIRROR = _problem(
    "Mirror does not come back after a failover",
    "After a planned failover the mirror of SYS stays at 0 % on both machines.",
    "Fail over with the command line, then bring the first machine up again.",
    "Remove the stale mirror group with the tool on the disk, then start the mirror from the active machine.",
)
DEAD = _problem(
    "Both machines think that they are the standby",
    "Since a power cut neither machine mounts the shared volumes; each waits for the other.",
    "Cut the power of both, then start them within a minute of each other.",
    "Start the machine with the newer volume log alone with the switch -primary, then the other one.",
)
SLOW = _problem(
    "Mirroring halves the throughput of the dedicated link",
    "Since the upgrade to 5.1 a full mirror takes eleven hours instead of five.",
    "Mirror a volume of 60 GB over the dedicated link with 5.0 and with 5.1.",
    "",
)
LICENCE = _problem(
    "The second license is refused after the server's name changed",
    "The console asks for a license again, though both are installed.",
    "Change the server's name, then restart the standby machine.",
    "",
)


def build_back_line(now: dt.datetime) -> str:
    """Let the Liaisons report a few cases before the domain instant `now`, unless some are there; return a sentence."""
    agreement = Agreement.objects.get(contract_number=REFERENCE)
    if Case.objects.filter(agreement=agreement).exists():
        return "The back-line cases are there."
    product, _ = Product.objects.get_or_create(name=PRODUCT)
    give_to(agreement.provider, product)
    for number, day in RELEASES.items():
        Release.objects.get_or_create(
            product=product,
            number=number,
            defaults={"published_on": dt.date.fromisoformat(day)},
        )
    owen, priya = (_liaison(name) for name in ("Owen Tate", "Priya Nair"))
    lena, gwen = (User.objects.get(name=name) for name in ("Lena Frost", "Gwen Holt"))

    def course(
        problem: Problem, who: Contact, end_user: str, ago: dt.timedelta, severity: int
    ) -> Course:
        return Course(
            problem,
            who,
            lena,
            gwen,
            now - ago,
            severity,
            determination="",
            end_user=end_user,
        )

    mended = course(MIRROR, owen, "CITIZENS BANK", 50 * DAY, 3)
    mended.relief, mended.closure = 26 * HOUR, 3 * DAY
    critical = course(DEAD, priya, "ENRON CORP.", 27 * DAY, 1)
    critical.response, critical.updates = 12 * MINUTE, (3 * HOUR,)
    critical.relief, critical.closure = 5 * HOUR, 2 * DAY
    critical.closure_reason = "workaround"
    running = course(SLOW, owen, "STATE OF ALASKA DGGS", 23 * HOUR, 2)
    running.response, running.updates = 34 * MINUTE, (21 * HOUR,)
    waiting = course(LICENCE, priya, "Harbor Grain Cooperative", 40 * MINUTE, 3)
    waiting.response = DAY  # nobody has answered yet
    history = History(until=now)
    for each in (mended, critical, running, waiting):
        each.plan(history)
    acts = history.run()
    mail_of_the_past_was_sent(now)
    return f"4 back-line cases after {acts} acts."


def _liaison(name: str) -> Contact:
    return Contact.objects.select_related("organisation", "site", "user").get(name=name)
