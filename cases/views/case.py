"""The case page: the conversation, the clocks beside it, and the acts open to the reader."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from cases.forms.acts import ACTS, ActForm, acts_for
from cases.models import Case, Message
from cases.views.home import LABELS
from contracts.standing import standing_of
from portal import clock
from portal.access import get_visible_or_404
from portal.models import Deadline, JournalEntry, User
from portal.rules.refusal import Refusal

_WITH = (
    "agreement",
    "programme_version",
    "reseller",
    "contact__site",
    "contact__user",
    "owner",
    "product",
    "article",
    "opened_by",
)


@require_GET
@login_required
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One case, as the reader may see it."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # login_required
    case = get_visible_or_404(Case.objects.select_related(*_WITH), user, pk=pk)
    return _page(request, case, user, clock.now())


@require_POST
@login_required
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Do one act on a case. A mistake or a refusal shows the page again with what was typed."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # login_required
    if code not in ACTS:
        raise Http404
    case = get_visible_or_404(Case.objects.select_related(*_WITH), user, pk=pk)
    now = clock.now()
    form = ACTS[code](request.POST, case=case, user=user, at=now)
    if form.is_valid():
        try:
            case = form.perform()
        except Refusal as refusal:
            form.refusal = refusal
        else:
            messages.success(request, f"{form.label}: done.")
            return redirect(case)
    return _page(request, case, user, now, bound=form, status=409)


def _page(
    request: HttpRequest,
    case: Case,
    user: User,
    now: dt.datetime,
    *,
    bound: ActForm | None = None,
    status: int = 200,
) -> HttpResponse:
    standing = standing_of(user, now)
    context = {
        "case": case,
        "acts": acts_for(case, user, now, is_technical=standing.is_technical, bound=bound),
        "bound": bound,
        "clocks": clocks_of(case),
        "conversation": conversation(case, user),
        "sub_cases": list(case.sub_cases.select_related("opened_by")) if user.is_provider else [],
        "severity_terms": case.programme.severity(case.severity),
        "now": now,
    }
    return render(request, "cases/case.html", context, status=status)


def clocks_of(case: Case) -> list[dict[str, Any]]:
    """The case's objective and information clocks: the unfinished ones first, then what became of the others."""
    rows = Deadline.objects.about(case).filter(kind__in=LABELS).exclude(state="superseded")
    ordered = sorted(rows, key=lambda row: (not row.unfinished, row.due_at))
    return [{"deadline": row, "label": LABELS[row.kind]} for row in ordered]


def conversation(case: Case, user: User) -> list[Message | JournalEntry]:
    """What was said and what happened, in the order of time, as the reader may see it."""
    said = list(Message.objects.visible_to(user).filter(case=case).select_related("by"))
    entries = JournalEntry.objects.about(case).select_related("by")
    if not user.is_provider:
        entries = entries.shown_to_reseller()
    return sorted([*said, *entries], key=lambda each: (each.at, isinstance(each, JournalEntry)))
