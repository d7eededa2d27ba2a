"""A version of a programme as a reader wants it: its terms in order, its glossary, its clauses."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts.programmes.models import ProgrammeVersion
from contracts.programmes.rules.terms import (
    Band,
    Clause,
    Escalation,
    Measure,
    Programme,
    Role,
    Span,
    StatusRule,
)
from portal import roles
from portal.access import get_visible_or_404
from portal.roles import Role as HouseRole

_NUMBER = re.compile(r"(?<![\w-])(?=[\w-]*\d)[\w-]{6,}(?![\w-])")  # may be a contract's
# Whom the agreement calls by letters, and who holds no role of the portal.
_SHORT = {
    Role.CSE: "CSE",
    Role.PSAM: "PSAM",
    Role.TECHNICAL_CONTACT: "Technical Contact",
}


@dataclass(slots=True)
class Mark:
    """A time after the start of the escalation, with what is done and who is told then."""

    at: str
    duties: list[tuple[str, str]] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)


@require_GET
@login_required
def programme_version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The terms of a published version, to the provider and to resellers whose agreement pins it."""
    versions = ProgrammeVersion.objects.visible_to(request.user).filter(code=code)
    version = get_visible_or_404(ProgrammeVersion.objects, request.user, code=code, number=number)
    programme = version.programme
    return render(
        request,
        "contracts/programme.html",
        {
            "version": version,
            "printing": "print" in request.GET,
            "may_publish": request.user.has_role(HouseRole.CONTRACT_ADMINISTRATOR),  # type: ignore[union-attr]
            "others": list(versions.exclude(pk=version.pk).order_by("-number")),
            "programme": programme,
            "options": [(option, programme.tier(option.tier).name) for option in programme.options],
            "severities": [(one, _every(one.status_every)) for one in programme.severities],
            "weekdays": _weekdays(programme),
            "marks": marks_of(programme.escalation) if programme.escalation else [],
            "commitment": _commitment(programme),
            "measures": _measures(programme),
            "statuses": _statuses(programme),
            "clauses": _blanked(_clauses_outside_the_glossary(programme), request.user),
        },
    )


def marks_of(escalation: Escalation) -> list[Mark]:
    """The escalation's duties and notices by their marks, in order (ATSP Ex.C)."""
    spans = {duty.at for duty in escalation.duties} | {one.at for one in escalation.notices}
    marks = {
        span: Mark(f"T + {span}" if span.amount else "T")
        for span in sorted(spans, key=lambda span: span.length)
    }
    for duty in escalation.duties:
        later = " (or next Business Day)" if duty.or_next_business_opening else ""
        marks[duty.at].duties.append((_role(duty.role), f"{duty.title}{later}"))
    for notice in escalation.notices:
        audience = ", ".join(_role(role) for role in notice.audience)
        marks[notice.at].notices.append((audience, notice.title))
    return list(marks.values())


def _role(role: Role) -> str:
    return _SHORT.get(role) or roles.Role(role.value).label


def _commitment(programme: Programme) -> str:
    if programme.escalation is None:
        return ""
    commitment = programme.escalation.commitment
    return (
        f"{_role(commitment.role)}: {commitment.title[:1].lower()}{commitment.title[1:]} "
        f"{_every(commitment.every)}, until relief, closure or downgrade. An update in the "
        f"{commitment.served_by_update_within} before a mark serves it."
    )


def _every(span: Span) -> str:
    """How often, in words: "every hour", "every 2 weeks"."""
    return f"every {span.unit.value if span.amount == 1 else span}"


def _weekdays(programme: Programme) -> str:
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    days = programme.business_day.weekdays
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return f"{names[days[0]]} to {names[days[-1]]}"
    return ", ".join(names[day] for day in days)


def _measures(programme: Programme) -> list[tuple[Measure, list[tuple[str, str]]]]:
    """Each measure with its bands in words."""
    if programme.scorecard is None:
        return []
    return [
        (measure, [(_band(band, measure.unit), f"{band.points:f}") for band in measure.bands])
        for measure in programme.scorecard.measures
    ]


def _band(band: Band, unit: str) -> str:
    mark = "%" if unit == "%" else f" {unit}"
    if band.most is None or (unit == "%" and band.most >= 100):
        return f"{band.least}{mark} and more"
    return f"{band.least}–{band.most}{mark}"


def _statuses(programme: Programme) -> list[tuple[StatusRule, str]]:
    if programme.scorecard is None:
        return []
    return [(rule, _status(rule)) for rule in programme.scorecard.statuses]


def _status(rule: StatusRule) -> str:
    total = f"{rule.least_total:f} points or more" if rule.least_total else ""
    most = f"{rule.measure} at most {rule.at_most} %" if rule.measure else ""
    if total and most:
        return f"{total} {'and' if rule.both else 'or'} {most}"
    return total or most or "when none of the others holds"


def _clauses_outside_the_glossary(programme: Programme) -> list[Clause]:
    defined = {(term.clause, term.meaning) for term in programme.glossary}
    return [one for one in programme.clauses if (one.id, one.text) not in defined]


def _blanked(clauses: list[Clause], user: Any) -> list[Clause]:
    """The clauses with a blank for the number of each contract that the reader may not see.

    A version published before such a clause was refused may quote one, and is never edited (one query, if any).
    """
    words = {word for one in clauses for word in _NUMBER.findall(one.text)}
    if not words:
        return clauses
    agreements = apps.get_model("contracts", "Agreement")._default_manager
    named = agreements.filter(
        Q(contract_number__in=words) | Q(reseller_agreement_number__in=words)
    ).exclude(pk__in=agreements.all().visible_to(user).values("pk"))
    pairs = named.values_list("contract_number", "reseller_agreement_number")
    hidden = words & {number for pair in pairs for number in pair}
    if not hidden:
        return clauses
    return [
        replace(one, text=_NUMBER.sub(lambda m: "[number]" if m[0] in hidden else m[0], one.text))
        for one in clauses
    ]
