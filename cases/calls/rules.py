"""What dispatch says to a caller: whether we may help them, and if not why, in words to read aloud (ATSP 5.2.1, 5.2.2).

Every way out that is named is one that exists: a colleague who may call now, the person who keeps the roster.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cases.clocks.rules.wording import moment
from cases.opening.rules import Ground, Objection
from contracts.programmes.rules.paper import HOUSE, Paper
from portal.rules.refusal import Refusal
from portal.ui.words import day

NAMED = 3
"""So many colleagues who may call are named."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the words need: who calls for whom, and who else of theirs may call now.

    `others` are the Technical Contacts past the waiting time, who are no other than the caller; `keeper` is the
    Administrative Contact's name, "" while there is none. `zone` is the IANA zone of the caller's site,
    `last_day` that of their company's last agreement, None for one that never had any.
    """

    name: str
    company: str
    zone: str
    others: tuple[str, ...] = ()
    keeper: str = ""
    usable_from: datetime | None = None
    last_day: date | None = None
    region: str = ""
    reseller_agreement: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a caller is not helped: in short for dispatch, what to `say` to them, and what they `can` do instead."""

    ground: Ground
    why: str
    clause: str
    say: str
    can: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a case may be taken from a caller. No `reasons`: they are authorized."""

    reasons: tuple[Reason, ...] = ()

    @property
    def authorized(self) -> bool:
        """Whether nothing stands against it."""
        return not self.reasons

    @property
    def over_quota(self) -> bool:
        """Whether only the prepaid cases are spent: a reason of the provider's admits the case (ATSP 9.1)."""
        return bool(self.reasons) and all(one.ground is Ground.SPENT for one in self.reasons)

    @property
    def may_report(self) -> bool:
        """Whether dispatch takes the report."""
        return self.authorized or self.over_quota

    @property
    def clause(self) -> str:
        """The clauses by which they are not helped."""
        return ", ".join(dict.fromkeys(one.clause for one in self.reasons if one.clause))


def verdict(objections: Sequence[Objection], facts: Facts, paper: Paper = HOUSE) -> Verdict:
    """What to tell a caller of all that stands against them, in the words of their agreement's `paper`."""
    return Verdict(tuple(_reason(one, facts, paper) for one in objections))


def has_left(facts: Facts, paper: Paper = HOUSE) -> Objection:
    """The objection to somebody who is with the reseller no more."""
    return Objection(
        Ground.LEFT,
        Refusal(
            f"{facts.name} is with {_firm(facts)} no more.", clause=paper.cite("ATSP 2.1, 5.2.1")
        ),
    )


def _reason(objection: Objection, facts: Facts, paper: Paper) -> Reason:
    clause = objection.refusal.clause
    cited = f" ({clause})" if clause else ""
    why, said, can = _words(objection, facts, paper)
    return Reason(objection.ground, why, clause, f"I’m sorry, {said}{cited}.", can)


def _words(objection: Objection, facts: Facts, paper: Paper) -> tuple[str, str, str]:
    """Why in short, what is said after "I'm sorry", and what the caller can do."""
    firm, now = _firm(facts), _may_call(facts)
    sentence = objection.refusal.sentence
    match objection.ground:
        case Ground.WAITING:
            until = (
                f"from {moment(facts.usable_from, facts.zone)}"
                if facts.usable_from is not None
                else f"two Business Days after the change to {paper.form}"
            )
            return (
                f"New on the roster: may ask for help {until}",
                f"you are new on the roster of {firm}, and we may help you {until}",
                now or f"Nobody else of {firm} may call before: please call again then.",
            )
        case Ground.ADMINISTRATIVE:
            return (
                f"{paper.administrative}: opens no case",
                f"as the {paper.administrative} of {firm} you cannot open a case",
                " ".join(
                    [
                        *([now] if now else []),
                        "I can put you through about a case that is open already.",
                        f"To open cases yourself, put yourself on the roster as a {paper.technical}.",
                    ]
                ),
            )
        case Ground.NOT_ON_ROSTER:
            return (
                f"Not on the roster of {paper.technical}s",
                f"you are not on the roster of {firm}, and I may take no case from you",
                f"{now} {_keeper(facts, paper)}".strip(),
            )
        case Ground.LEFT:
            return (
                f"With {firm} no more",
                f"I may take no case from you for {firm}: its roster names you no more",
                f"{now} {_keeper(facts, paper)}".strip(),
            )
        case Ground.NO_POOL:
            return (
                sentence.rstrip("."),
                f"the agreement of {firm} has no prepaid cases for {facts.region}, the region of your site",
                now or f"Your {paper.administrative} can ask your account manager for cases there.",
            )
        case Ground.SPENT:
            return (
                sentence.rstrip("."),
                f"the prepaid cases of {firm} are spent",
                "I can take this case with a reason, which stays on record.",
            )
        case Ground.RESELLER_AGREEMENT:
            return (
                sentence.rstrip("."),
                f"the reseller agreement {facts.reseller_agreement} of {firm} is not in force or not complied with, "
                "and I may open no case",
                f"Your {paper.administrative} can settle it with your account manager.",
            )
        case Ground.NO_AGREEMENT:
            over = f"ended on {day(facts.last_day)}" if facts.last_day else "is not in force"
            return (
                sentence.rstrip("."),
                f"the support agreement of {firm} {over}, and I can open no new case",
                _ended(paper),
            )
        case _:
            return (
                sentence.rstrip("."),
                f"I cannot open a case: {sentence.rstrip('.')}",
                _ended(paper),
            )


def _may_call(facts: Facts) -> str:
    """Who may call now, as a sentence; "" where nobody else may."""
    if not facts.others:
        return ""
    named = list(facts.others[:NAMED])
    last = named.pop()
    names = f"{', '.join(named)} or {last}" if named else last
    return f"{names} may call now."


def _keeper(facts: Facts, paper: Paper) -> str:
    if facts.keeper and facts.keeper != facts.name:
        return f"{facts.keeper}, the {paper.administrative}, can put you on {paper.form}."
    return f"Your company can put you on {paper.form}: its {paper.administrative} does it on the portal."


def _ended(paper: Paper) -> str:
    return (
        "Cases that are open go on to their closure. "
        f"Your {paper.administrative} can ask your account manager about a new agreement."
    )


def _firm(facts: Facts) -> str:
    return facts.company.rstrip(".")
