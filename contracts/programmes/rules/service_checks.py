"""What must hold between the terms of service: severities, information, closing, people, escalation."""

from collections.abc import Callable, Mapping, Sequence

from contracts.programmes.rules.choices import InformationOutcome, Role
from contracts.programmes.rules.escalation_terms import Escalation, EscalationDuty, EscalationNotice
from contracts.programmes.rules.findings import Findings, unknown
from contracts.programmes.rules.terms import (
    AccountManagement,
    Closing,
    ClosureReason,
    InformationClock,
    Option,
    Severity,
)
from contracts.programmes.rules.values import Span, Unit


def _severities(severities: tuple[Severity, ...]) -> Findings:
    for n, severity in enumerate(severities, 1):
        if severity.level != n:
            yield (
                f"severity[{n}].level",
                f"is {severity.level}, where {n} belongs: severities run 1, 2, 3 … without a gap",
            )
        if severity.status_every.unit.is_business and not severity.status_in_business_time:
            yield (
                f"severity[{n}].status_in_business_time",
                f"is false, though status is owed every {severity.status_every}",
            )
        if severity.round_the_clock and severity.status_in_business_time:
            yield (
                f"severity[{n}].status_in_business_time",
                "is true, though the first response runs round the clock",
            )


def _information_clocks(
    information_clocks: tuple[InformationClock, ...],
    severities: tuple[Severity, ...],
    closure_reasons: tuple[ClosureReason, ...],
) -> Findings:
    levels = [severity.level for severity in severities]
    by_level = {clock.severity: clock for clock in information_clocks}
    for n, clock in enumerate(information_clocks, 1):
        entry = f"information_clock[{n}]"
        if clock.severity not in levels:
            yield f"{entry}.severity", unknown("severity", clock.severity, levels)
        yield from _lengths(clock, entry)
        if clock.outcome is InformationOutcome.DOWNGRADE:
            yield from _downgrade(clock, entry, levels, by_level)
        else:
            yield from _close(clock, entry, closure_reasons)


def _lengths(clock: InformationClock, entry: str) -> Findings:
    elapsed = True
    lengths = {"within": clock.within, "warn_before": clock.warn_before, "notice": clock.notice}
    for name, span in lengths.items():
        if span is not None and not span.unit.is_elapsed:
            elapsed = False
            yield f"{entry}.{name}", f"is {span}; it counts elapsed minutes, hours or days"
    if elapsed and clock.warn_before.length >= clock.within.length:
        reason = f"is {clock.warn_before}, which is not within the {clock.within} of the clock"
        yield f"{entry}.warn_before", reason
    if elapsed and clock.least > clock.warn_before.length:
        reason = f"is {clock.notice}: the contact is warned no more than {clock.warn_before} before"
        yield f"{entry}.notice", reason


def _downgrade(
    clock: InformationClock,
    entry: str,
    levels: Sequence[int],
    by_level: Mapping[int, InformationClock],
) -> Findings:
    if clock.closure_reason is not None:
        yield f"{entry}.closure_reason", "stands beside a downgrade, which closes nothing"
    if clock.to_severity is None:
        yield f"{entry}.to_severity", "is missing: a downgrade names the severity it goes to"
    elif clock.to_severity not in levels:
        yield f"{entry}.to_severity", unknown("severity", clock.to_severity, levels)
    elif clock.to_severity <= clock.severity:
        yield (
            f"{entry}.to_severity",
            f"is {clock.to_severity}, which is not below severity {clock.severity}",
        )
    elif following := by_level.get(clock.to_severity):
        spans = (clock.within, following.within)
        if all(span.unit.is_elapsed for span in spans) and spans[0].length >= spans[1].length:
            yield (
                f"{entry}.within",
                f"is {clock.within}, not before the next clock's {following.within}: "
                "both count from reporting",
            )


def _close(
    clock: InformationClock, entry: str, closure_reasons: tuple[ClosureReason, ...]
) -> Findings:
    if clock.to_severity is not None:
        yield f"{entry}.to_severity", "stands beside a closure, which changes no severity"
    reasons = {reason.code: reason for reason in closure_reasons}
    if clock.closure_reason is None:
        yield f"{entry}.closure_reason", "is missing: a closure names its reason"
    elif clock.closure_reason not in reasons:
        yield f"{entry}.closure_reason", unknown("closure reason", clock.closure_reason, reasons)
    elif not reasons[clock.closure_reason].by_clock:
        reason = f"is {clock.closure_reason!r}, which is not by_clock: people close for it"
        yield f"{entry}.closure_reason", reason


def _closure_reasons(
    closure_reasons: tuple[ClosureReason, ...], information_clocks: tuple[InformationClock, ...]
) -> Findings:
    used = {clock.closure_reason for clock in information_clocks}
    for n, reason in enumerate(closure_reasons, 1):
        if reason.by_clock and reason.code not in used:
            yield f"closure_reason[{n}].by_clock", "is true, but no information clock closes for it"


def _closing(closing: Closing | None) -> Findings:
    if closing is None:
        return
    before = Span(0, closing.silence.unit)
    for n, span in enumerate((*closing.reminders, closing.silence), 1):
        last = n > len(closing.reminders)
        entry = "closing.silence" if last else f"closing.reminders[{n}]"
        if span.unit is not Unit.BUSINESS_DAY:
            yield entry, f"is {span}; a proposal to close counts business days"
        elif span.amount <= before.amount:
            yield entry, f"is {span}, not after {before}: all count from the proposal"
        before = span


def _account_management(
    account_management: AccountManagement | None, options: tuple[Option, ...]
) -> Findings:
    if account_management is None:
        return
    sold = sorted({option.kind.value for option in options})
    if account_management.option.value not in sold:
        reason = unknown("option kind", account_management.option.value, sold)
        yield "account_management.option", reason
    every = account_management.call_every
    if every.unit is not Unit.MONTH or every.amount < 1:
        yield "account_management.call_every", f"is {every}; calls are counted in months"


def _escalation(
    escalation: Escalation | None, severities: tuple[Severity, ...], options: tuple[Option, ...]
) -> Findings:
    if escalation is None:
        return
    levels = [severity.level for severity in severities]
    if escalation.severity not in levels:
        yield "escalation.severity", unknown("severity", escalation.severity, levels)
    sold = sorted({option.kind.value for option in options})
    if escalation.option.value not in sold:
        yield "escalation.option", unknown("option kind", escalation.option.value, sold)
    commitment = escalation.commitment
    if not commitment.every.unit.is_elapsed:
        yield "escalation.commitment.every", f"is {commitment.every}; marks count elapsed time"
    elif not (
        commitment.served_by_update_within.unit.is_elapsed
        and commitment.served_by_update_within.length < commitment.every.length
    ):
        yield (
            "escalation.commitment.served_by_update_within",
            f"is {commitment.served_by_update_within}, not shorter than the {commitment.every} "
            "between two marks",
        )
    yield from _marks("duty", escalation.duties)
    yield from _marks("notice", escalation.notices)
    bearers = [("commitment", commitment.role)]
    bearers += [(f"duty[{n}]", duty.role) for n, duty in enumerate(escalation.duties, 1)]
    for entry, role in bearers:
        if role is Role.TECHNICAL_CONTACT:
            yield (
                f"escalation.{entry}.role",
                "is the reseller's contact, who bears no duty of Exhibit C",
            )
    for n, notice in enumerate(escalation.notices, 1):
        if len(set(notice.audience)) < len(notice.audience):
            yield f"escalation.notice[{n}].audience", "names a role twice"


def _marks(name: str, steps: Sequence[EscalationDuty | EscalationNotice]) -> Findings:
    before: Span | None = None
    for n, step in enumerate(steps, 1):
        if not step.at.unit.is_elapsed:
            yield f"escalation.{name}[{n}].at", f"is {step.at}; marks count elapsed time"
        elif before is not None and step.at.length < before.length:
            yield (
                f"escalation.{name}[{n}].at",
                f"is {step.at}, after one at {before}: marks ascend",
            )
        else:
            before = step.at


CHECKS: tuple[Callable[..., Findings], ...] = (
    _severities,
    _information_clocks,
    _closure_reasons,
    _closing,
    _account_management,
    _escalation,
)
