"""What each side waits for from the other on a case, and what it costs the reseller not to do it."""

from dataclasses import dataclass, field

from cases.case.models import Case
from cases.case.rules.vocabulary import Side, State
from cases.case.selecting import CaseQuerySet
from contracts.programmes.rules.terms import InformationOutcome
from portal.models import Deadline

_SAID = (
    "title",
    "severity",
    "awaits_call_for",
    "proposed_severity",
    "proposed_by_side",
    "proposal_reason",
    "state",
    "workaround_agreed_at",
    "closing_proposed_at",
    "closing_proposed_for",
    "closing_due_at",
    "duplicate_of",
    "proposed_status_every",
    "status_every_proposed_by",
    "answer_in_writing",
    "programme_version_id",
    "information_asked_at",
    "information_received_at",
    "information_missing",
    "contact__name",
    "contact__left_at",
)


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that somebody has to do: `act` is the code of the act on the case page that does it, "" for a call.

    `kind` is "call", "information", "severity", "closing" or "relief"; the provider's "calling", "proposed" or "check";
    for both sides "frequency" or "left".
    """

    kind: str
    case: Case
    icon: str
    clause: str
    act: str = ""
    action: str = ""
    deadline: Deadline | None = None
    missing: list[str] = field(default_factory=list)
    consequence: str = ""

    @property
    def url(self) -> str:
        """Where it is done."""
        page = self.case.get_absolute_url()
        return f"{page}?act={self.act}" if self.act else page


def waiting(cases: CaseQuerySet) -> CaseQuerySet:
    """Those of the cases that wait for the reseller, the most severe first, with what is said of it and no more."""
    said = cases.waiting_for_reseller().select_related("contact").only(*_SAID)
    return said.order_by("severity", "pk")


def waits_of(case: Case, information: Deadline | None) -> list[Wait]:
    """What the reseller has to do on an open case; `information` is its unfinished information clock, if any."""
    if not case.is_open:
        return []
    waits = _left(case)
    if case.awaits_call_for is not None:
        waits.append(Wait("call", case, "phone-call", "ATSP 4.5, D-9"))
    if case.waits_for_information:
        waits.append(
            Wait(
                "information",
                case,
                "paperclip",
                information.clause if information else "ATSP 5.2.3",
                act="add",
                action="Send it",
                deadline=information,
                missing=list(case.information_missing),
                consequence=_consequence(information),
            )
        )
    if case.proposed_by_side == Side.PROVIDER:
        waits.append(Wait("severity", case, "flag", "ATSP 4.3", act="answer", action="Answer"))
    waits += _frequency(case, Side.PROVIDER)
    if case.closing_proposed_at is not None:
        waits.append(
            Wait(
                "closing",
                case,
                "circle-check",
                "ATSP 4.10, D-27",
                act="answer-closing",
                action="Answer",
            )
        )
    elif case.state == State.RELIEVED and case.workaround_agreed_at is None:
        waits.append(Wait("relief", case, "lifebuoy", "ATSP 4.10", act="agree", action="Answer"))
    return waits


def provider_waits_of(case: Case) -> list[Wait]:
    """What the reseller waits for from the provider besides its promises: a call confirmed, an answer, a check."""
    if not case.is_open:
        return []
    waits = _left(case)
    if case.awaits_call_for is not None:
        waits.append(
            Wait(
                "calling",
                case,
                "phone-incoming",
                "ATSP 4.5, D-9",
                "confirm-call",
                "Confirm the call",
            )
        )
    if case.proposed_by_side == Side.RESELLER:
        waits.append(Wait("proposed", case, "flag", "ATSP 4.3", act="answer", action="Answer"))
    waits += _frequency(case, Side.RESELLER)
    if case.information_received_at is not None:
        missing = list(case.information_missing)
        waits.append(
            Wait(
                "check",
                case,
                "file-search",
                "ATSP 5.2.3",
                "accept",
                "It is complete",
                missing=missing,
            )
        )
    return waits


def _frequency(case: Case, side: Side) -> list[Wait]:
    """The frequency of updates that a side proposed waits for the other one (ATSP 4.7)."""
    if case.status_every_proposed_by != side:
        return []
    return [
        Wait(
            "frequency",
            case,
            "calendar-time",
            "ATSP 4.7",
            act="answer-frequency",
            action="Answer",
        )
    ]


def _left(case: Case) -> list[Wait]:
    """Somebody has to answer for the case when its contact left."""
    if case.contact.left_at is None:
        return []
    return [Wait("left", case, "user-off", "ATSP 5.2.2", act="hand-over", action="Hand it over")]


def most_urgent_first(waits: list[Wait]) -> list[Wait]:
    """A call first, then what runs out soonest, then what only waits for a word."""

    def urgency(wait: Wait) -> tuple[bool, bool, float]:
        due = wait.deadline.due_at.timestamp() if wait.deadline else 0.0
        return (wait.kind != "call", wait.deadline is None, due)

    return sorted(waits, key=urgency)


def _consequence(information: Deadline | None) -> str:
    """What happens without the information: "this case becomes severity 2"."""
    if information is None:
        return ""
    if information.data.get("outcome") == InformationOutcome.CLOSE.value:
        return "this case closes"
    return f"this case becomes severity {information.data.get('to_severity')}"
