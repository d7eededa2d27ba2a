"""Who may open a case, and when (ATSP 1.1, 2.1, 5.1, 5.2.1, 5.2.2, 9.1; SCL 8.4).

Facts in, refusals out: all that stands against opening, each with its clause and the way out, so that a page can show
all of it at once and keep what was typed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cases.clocks.rules.wording import moment
from contracts.programmes.rules.paper import HOUSE, Paper
from portal.rules.business_time import zone_named
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

TERM_CLAUSE = "ATSP page 1, 2.a"
EXTENSION_CLAUSE = "ATSP 9.1"


class Ground(StrEnum):
    """Why somebody may not open a case."""

    LEFT = "left"
    NO_AGREEMENT = "no-agreement"
    ADMINISTRATIVE = "administrative"
    NOT_ON_ROSTER = "not-on-roster"
    WAITING = "waiting"
    RESELLER_AGREEMENT = "reseller-agreement"
    NOT_BEGUN = "not-begun"
    TERMINATED = "terminated"
    EXPIRED = "expired"
    END_USER_NOT_DELEGATED = "end-user-not-delegated"
    NO_POOL = "no-pool"
    REASON_MISSING = "reason-missing"
    SPENT = "spent"
    UPDATES_UNPAID = "updates-unpaid"


@dataclass(frozen=True, slots=True)
class Objection:
    """A ground, and the refusal that says it to who wants to open the case."""

    ground: Ground
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Opener:
    """The person who wants to open a case, as the roster (Exhibit A) has them.

    `is_technical_contact` holds for Technical Contacts and alternates alike. `usable_from` is the instant from which a
    new or changed contact may ask for assistance, None when the person is not on the roster; `zone` is the IANA zone of
    their site, in which the instant is told.
    """

    name: str
    is_technical_contact: bool
    is_administrative_contact: bool
    usable_from: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class PoolBalance:
    """The pool of prepaid cases that the opener's region draws on. `taken` counts charged and provisional ones.

    `ways_out` says what can be done once it is used up, where that is known.
    """

    name: str
    cases: int
    taken: int
    ways_out: str = ""

    @property
    def left(self) -> int:
        """Cases left, never below zero (a case may be admitted over quota)."""
        return max(self.cases - self.taken, 0)


@dataclass(frozen=True, slots=True)
class Cover:
    """The agreements that the case would be opened under.

    The term runs from `starts_on` to the day before `anniversary`, in the opener's local dates. `terminated_on` is the
    first day without it. `reseller_agreement_holds`: in force and substantially complied with (ATSP 5.1). No `pool`
    means that none serves the region.
    """

    agreement: str
    starts_on: date
    anniversary: date
    reseller_agreement: str
    reseller_agreement_holds: bool
    region: str
    pool: PoolBalance | None
    counts_cases: bool = True  # not under a programme that sells no tiers
    terminated_on: date | None = None
    outlasting: "Outlasting | None" = None


@dataclass(frozen=True, slots=True)
class Outlasting:
    """The term is over, and support goes on for End-Users whose own support agreement was delegated (SCL 8.4).

    `served` names them with their last days. `found` says what the exhibit has of the report's End-User, None while
    no report was made; `covered` whether it holds.
    """

    clause: str
    over: str
    served: str
    found: str | None = None
    covered: bool = False


@dataclass(frozen=True, slots=True)
class OverQuota:
    """A provider's user admits the case although the quota is spent: who, and why."""

    by: str
    reason: str


def objections(
    opener: Opener,
    cover: Cover,
    at: datetime,
    *,
    updates_paid: bool | None = None,
    over_quota: OverQuota | None = None,
    paper: Paper = HOUSE,
) -> tuple[Objection, ...]:
    """All that stands against this person opening a case at `at`; empty when they may.

    `updates_paid` is what the opener says of the End-User (ATSP 2.1): None while it was not asked. `over_quota` lifts
    the refusal for a spent quota and no other. `at` is aware. `paper` is the agreement's, in whose words they are made.
    """
    today = at.astimezone(zone_named(opener.zone)).date()
    found = [
        _person(opener, at, paper),
        _reseller_agreement(cover, paper),
        _term(cover, today, paper),
        _quota(cover, over_quota, paper),
        _end_user(updates_paid, paper),
    ]
    return tuple(Objection(*one) for one in found if one is not None)


def admission_refusals(
    opener: Opener,
    cover: Cover,
    at: datetime,
    *,
    updates_paid: bool | None = None,
    over_quota: OverQuota | None = None,
    paper: Paper = HOUSE,
) -> tuple[Refusal, ...]:
    """The refusals of all `objections`."""
    found = objections(
        opener, cover, at, updates_paid=updates_paid, over_quota=over_quota, paper=paper
    )
    return tuple(one.refusal for one in found)


def may_open(
    opener: Opener,
    cover: Cover,
    at: datetime,
    *,
    updates_paid: bool | None = None,
    over_quota: OverQuota | None = None,
    paper: Paper = HOUSE,
) -> None:
    """Raise one Refusal with all that `admission_refusals` finds; do nothing when the person may open a case."""
    refusal = Refusal.joined(
        admission_refusals(
            opener, cover, at, updates_paid=updates_paid, over_quota=over_quota, paper=paper
        )
    )
    if refusal is not None:
        raise refusal


_Found = tuple[Ground, Refusal]


def _person(opener: Opener, at: datetime, paper: Paper) -> _Found | None:
    if not opener.is_technical_contact:
        if opener.is_administrative_contact:
            return Ground.ADMINISTRATIVE, Refusal(
                f"{opener.name} is the {paper.administrative}, who cannot open a case.",
                clause=paper.cite("ATSP 5.2.2, 1.1"),
                way_out=f"A {paper.technical} opens it; you may escalate an existing case by telephone. To open cases "
                f"yourself, add yourself to the roster as a {paper.technical}.",
            )
        return Ground.NOT_ON_ROSTER, Refusal(
            f"{opener.name} is not on the roster of {paper.technical}s.",
            clause=paper.cite("ATSP 2.1"),
            way_out=f"Only {paper.technical}s open cases{paper.cited['ATSP 5.2.2']}: ask one of them, or your "
            f"{paper.administrative} to add you to {paper.form}.",
        )
    if opener.usable_from is None or at < opener.usable_from:
        until = (
            f"from {moment(opener.usable_from, opener.zone)}"
            if opener.usable_from is not None
            else f"two Business Days after the change to {paper.form} is submitted"
        )
        return Ground.WAITING, Refusal(
            f"{opener.name} is new on the roster and may ask for assistance {until}.",
            clause=paper.cite("ATSP 5.2.1"),
            way_out=f"What you typed is kept as a draft until then; a {paper.technical} who is past the waiting time "
            "may open the case now.",
        )
    return None


def _reseller_agreement(cover: Cover, paper: Paper) -> _Found | None:
    if cover.reseller_agreement_holds:
        return None
    return Ground.RESELLER_AGREEMENT, Refusal(
        f"The reseller agreement {cover.reseller_agreement} is not in force, or not substantially complied with.",
        clause=paper.cite("ATSP 5.1"),
        way_out=f"Ask your {paper.administrative} to settle it with your account manager; the draft is kept.",
    )


def _term(cover: Cover, today: date, paper: Paper) -> _Found | None:
    if today < cover.starts_on:
        return Ground.NOT_BEGUN, Refusal(
            f"Agreement {cover.agreement} begins on {day_words(cover.starts_on)}.",
            clause=paper.cite(TERM_CLAUSE),
            way_out="The draft is kept; open the case from that day on.",
        )
    if cover.terminated_on is not None and today >= cover.terminated_on:
        return Ground.TERMINATED, Refusal(
            f"Agreement {cover.agreement} was terminated as of {day_words(cover.terminated_on)}.",
            clause=paper.cite("ATSP 9.4"),
            way_out="Ask your account manager; the draft is kept.",
        )
    if today >= cover.anniversary and cover.outlasting is not None:
        objection = end_users_alone(cover.anniversary, cover.outlasting)
        return (Ground.END_USER_NOT_DELEGATED, objection) if objection else None
    if today >= cover.anniversary:
        return Ground.EXPIRED, Refusal(
            f"The term of agreement {cover.agreement} ended on {day_words(cover.anniversary)}.",
            clause=paper.cite(TERM_CLAUSE),
            way_out="Ask your account manager about the renewal; the draft is kept.",
        )
    return None


def end_users_alone(anniversary: date, outlasting: Outlasting | None) -> Refusal | None:
    """The refusal of a report for an End-User who is not served once the term is over (SCL 8.4), if they are not.

    `anniversary` is the first day without the agreement.
    """
    if outlasting is None or outlasting.found is None or outlasting.covered:
        return None
    return Refusal(
        f"From {day_words(anniversary)} {outlasting.over}, and support goes on only for End-Users whose own "
        f"support agreement was delegated. {outlasting.found}",
        clause=outlasting.clause,
        way_out=f"Name one of these: {outlasting.served}. The draft is kept.",
        field="end_user",
    )


def _quota(cover: Cover, over_quota: OverQuota | None, paper: Paper) -> _Found | None:
    if not cover.counts_cases:
        return None
    if cover.pool is None:
        return Ground.NO_POOL, Refusal(
            f"The agreement {cover.agreement} has no cases for the region {cover.region}.",
            clause=paper.cite("ATSP 2.1"),
            way_out=f"Ask your {paper.administrative} which site's contact may open the case; the draft is kept.",
        )
    if cover.pool.left:
        return None
    if over_quota is not None:
        if over_quota.reason.strip():
            return None
        return Ground.REASON_MISSING, Refusal(
            "Admitting a case over quota needs a reason.",
            clause=paper.cite(EXTENSION_CLAUSE),
            way_out="Say why the case is admitted.",
            field="over_quota_reason",
        )
    return Ground.SPENT, Refusal(
        f"All {cover.pool.cases} cases of the pool {cover.pool.name} are spent.",
        clause=paper.cite(EXTENSION_CLAUSE),
        way_out=f"The draft is kept. {cover.pool.ways_out or 'Technical Support can be extended on a purchase order.'} "
        "Or the provider may admit the case.",
    )


def _end_user(updates_paid: bool | None, paper: Paper) -> _Found | None:
    if updates_paid is not False:
        return None
    return Ground.UPDATES_UNPAID, Refusal(
        "Support is for End-Users who have paid for Updates.",
        clause=paper.cite("ATSP 2.1"),
        way_out="Open the case once the End-User has paid for Updates; the draft is kept.",
        field="updates_paid",
    )
