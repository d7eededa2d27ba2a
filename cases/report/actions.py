"""Correcting a report, and deciding on what limits the support that it gets (ATSP 4.8, 5.2.3)."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.text import capfirst

from cases import notices
from cases.case.actions import doing, require_text, side_of
from cases.case.models import Case
from cases.case.record import record
from cases.case.reported import ASKED_OF_A_REPORT, Replication
from cases.case.rules.deeds import Deed
from cases.case.rules.vocabulary import Side
from cases.clocks import setting as clocks
from cases.conversation.actions import resume_unless_awaited
from cases.opening.arrival import arrival
from cases.opening.limitations import limitations_of
from cases.opening.report import Report
from cases.verbs import Verb
from portal.models import User
from portal.rules.refusal import Refusal

REPORTING_CLAUSE = "ATSP 5.2.3"
LIMITATION_CLAUSE = "ATSP 4.8"
CORRECTABLE = tuple(
    name
    for name in Report.__dataclass_fields__
    if name not in ("severity", "answer_in_writing", "product_answers")
)
"""What of a report can be corrected: not the severity, on which both sides agree (ATSP 4.3), nor how the contact wanted
to be answered when reporting (D-30)."""

SHORT = 60
"""How long an answer is, in characters, that the conversation shows in full when it is corrected."""

ASKED_BY_PRODUCT = "product_answers"
_LIMITED_BY = {
    "product",
    "release",
    "platform",
    "operating_system",
    "modified_software",
    "end_user",
}


def correct_report(case: Case, *, by: User, at: dt.datetime, told: Mapping[str, Any]) -> Case:
    """Put right what a report has wrong or left blank, by its contact or an engineer (ATSP 5.2.3). Returns the case.

    `told` are the right values by field; under `product_answers` what the product asks, in the case's order, with the
    answers. The journal keeps both; search, page and limitations go by the new ones. What
    the contact fills in of what was left blank is information received, so its clock stops (ATSP 4.9.1). What an
    engineer fills in is not asked for any more; the clock stops once nothing is (D-20). A case that waited for it is
    worked on again. Raises Refusal when nothing changes, for an answer taken away, and for a failed replication without
    evidence.
    """
    with doing(case, Deed.CORRECT, by=by, at=at) as fresh:
        names = (*CORRECTABLE, ASKED_BY_PRODUCT)
        before = {name: getattr(fresh, name) for name in names}
        after: dict[str, Any] = {
            name: value.strip() if isinstance(value, str) else value for name, value in told.items()
        }
        changed = [name for name in names if name in after and after[name] != before[name]]
        _require_right(fresh, before | after, changed)
        answers = _answers_changed(before[ASKED_BY_PRODUCT], after.get(ASKED_BY_PRODUCT))
        filled = [
            *(ASKED_OF_A_REPORT.get(name) for name in changed if not before[name]),
            *(asked for asked, was, _ in answers if not was),
        ]
        for name in changed:
            setattr(fresh, name, after[name])
        if _LIMITED_BY.intersection(changed):
            fresh.limitations = _limitations(fresh)
        received = fresh.waits_for_information and _receives(fresh, filled, side_of(by))
        if received:
            fresh.information_received_at = at
        words = "; ".join(
            [
                *(
                    _put_right(name, before[name], after[name])
                    for name in changed
                    if name != ASKED_BY_PRODUCT
                ),
                *(_put_right(*each) for each in answers),
            ]
        )
        words = f"Corrected: {words}."
        record(
            fresh,
            Verb.CASE_REPORT_CORRECTED,
            by=by,
            at=at,
            public=True,
            clause=REPORTING_CLAUSE,
            text=words,
            before={name: _plain(before[name]) for name in changed},
            after={name: _plain(after[name]) for name in changed},
        )
        if received:
            clocks.stop_information(fresh, at=at)
            resume_unless_awaited(fresh, by=by, at=at)
        notices.word(
            fresh,
            "report-corrected",
            title=f"Case {fresh.number}: the report is corrected",
            words=f"{by.name} put the report right. {words}",
            by=by,
            at=at,
            clause=REPORTING_CLAUSE,
        )
    return fresh


def _answers_changed(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]] | None
) -> list[tuple[str, str, str]]:
    """What of the product's questions is answered otherwise: the question, what was answered, and what is."""
    return [
        (was["asked"], was["answer"], now["answer"])
        for was, now in zip(before, after or before, strict=True)
        if was["answer"] != now["answer"]
    ]


def _receives(case: Case, filled: Collection[str | None], side: Side) -> bool:
    """Whether the blanks that were `filled` answer what is asked for. What an engineer filled in leaves the list."""
    if side is Side.RESELLER:
        return any(filled)
    left = [item for item in case.information_missing if item not in filled]
    if left:
        case.information_missing = left
    return not left


def decide_limitation(
    case: Case, *, by: User, at: dt.datetime, number: int, supported: bool, reason: str
) -> Case:
    """An engineer decides on one flagged limitation: supported all the same, or not, with the reason (ATSP 4.8).

    `number` is its place in the case's limitations, from 0. The contact is told; nothing is refused by it. A later
    decision takes the place of an earlier one. Returns the case. Raises Refusal without a reason, or for no limitation.
    """
    reason = require_text(reason, field="reason", what="reason")
    with doing(case, Deed.LIMITATION, by=by, at=at) as fresh:
        if not 0 <= number < len(fresh.limitations):
            raise Refusal(
                "There is no such limitation on this case.",
                clause=fresh.programme.paper.cite(LIMITATION_CLAUSE),
                way_out="Choose one of those that the case has.",
                field="number",
            )
        before = fresh.limitations[number]
        decision = "supported all the same" if supported else "not supported"
        after = {
            **before,
            "decision": decision,
            "reason": reason,
            "by": by.name,
            "at": at.isoformat(),
        }
        fresh.limitations = [
            after if place == number else one for place, one in enumerate(fresh.limitations)
        ]
        words = f"{before['words']} {capfirst(decision)}: {reason}"
        record(
            fresh,
            Verb.CASE_LIMITATION_DECIDED,
            by=by,
            at=at,
            public=True,
            clause=before["clause"],
            text=words,
            before={"decision": before.get("decision", "")},
            after={"decision": decision},
        )
        notices.word(
            fresh,
            f"limitation:{number}",
            title=f"Case {fresh.number}: {decision}",
            words=words,
            by=by,
            at=at,
            clause=before["clause"],
        )
    return fresh


def _require_right(case: Case, values: Mapping[str, Any], changed: list[str]) -> None:
    if not changed:
        raise Refusal(
            "Nothing of the report is changed.",
            clause=case.programme.paper.cite(REPORTING_CLAUSE),
            way_out="Change what is wrong or blank, then send it.",
        )
    reporting = case.programme.reporting
    asked = set(reporting.asked) if reporting else {"title", "description", *ASKED_OF_A_REPORT}
    for name in changed:
        if name in asked and isinstance(values[name], str) and not values[name]:
            raise Refusal(
                f"{capfirst(name.replace('_', ' '))} was told, and would be blank.",
                clause=case.programme.paper.cite(REPORTING_CLAUSE),
                way_out="Write what is right in its place.",
                field=name,
            )
    for question, was, now in _answers_changed(case.product_answers, values[ASKED_BY_PRODUCT]):
        if was and not now:
            raise Refusal(
                f"{capfirst(question)}: this was told, and would be blank.",
                clause=case.programme.paper.cite(REPORTING_CLAUSE),
                way_out="Write what is right in its place.",
            )
    evidence = values["replication_evidence"].strip()
    if values["replication"] == Replication.UNSUCCESSFUL and not evidence:
        raise Refusal(
            "Where replication was unsuccessful, evidence of the steps taken is needed.",
            clause=case.programme.paper.cite("ATSP 1.15, 5.2.3"),
            way_out="Say what was tried, on which platform, operating system, hardware and software.",
            field="replication_evidence",
        )


def _limitations(case: Case) -> list[dict[str, str]]:
    """What limits the corrected report, as of its reporting; what was decided on one that stays is kept."""
    report = Report(severity=case.severity, **{name: getattr(case, name) for name in CORRECTABLE})
    known = arrival(case.site, case.agreement, case.product, case.reported_at)
    decided = {(one["clause"], one["words"]): one for one in case.limitations}
    found = limitations_of(report, case.agreement, case.contact, known, case.reported_at)
    return [decided.get((one["clause"], one["words"]), one) for one in found]


def _put_right(name: str, before: Any, after: Any) -> str:
    """What was corrected: a short answer with what it was and is ("release 6.1.2 → 5.1.0"), a long one by its name."""
    label = name.replace("_", " ")
    was, now = _told(before), _told(after)
    if max(len(was), len(now)) > SHORT or "\n" in was + now:
        return label
    return f"{label} {was} → {now}"


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(_plain(value)).strip() or "blank"


def _plain(value: Any) -> Any:
    """A value as the journal keeps it: a product by its name."""
    return str(value) if isinstance(value, models.Model) else value
