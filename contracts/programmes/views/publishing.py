"""Programmes for the contract administrator: what is published, by whom; a new version, checked and compared."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from contracts.agreements.models.agreements import Agreement
from contracts.programmes import drafts
from contracts.programmes.actions import Checked, check_programme, publish_programme
from contracts.programmes.forms import ProgrammeFileForm
from contracts.programmes.models import ProgrammeVersion
from contracts.programmes.rules.comparison import ChangedSection, changes_in_words
from contracts.programmes.rules.programme_file import Problem, ProgrammeFileError
from portal import clock
from portal.access import reader, require_role, signed_in_as
from portal.drafts import done, hand_in
from portal.edge import takes_files
from portal.models import Draft
from portal.roles import Role
from portal.rules.refusal import Refusal
from portal.typed import said_of


@dataclass(slots=True)
class ProgrammeRow:
    """A programme with its versions, the newest first."""

    title: str
    code: str
    provider: str
    versions: list[Any] = field(default_factory=list)


@require_GET
@signed_in_as(Role.CONTRACT_ADMINISTRATOR)
def programmes(request: HttpRequest) -> HttpResponse:
    """Each programme with its versions: who published it and when, and how many agreements pin it."""
    mine = Agreement.objects.visible_to(request.user).values("pk")
    versions = (
        ProgrammeVersion.objects.visible_to(request.user)
        .select_related("published_by")
        .annotate(pinned=Count("agreements", filter=Q(agreements__in=mine)))
        .order_by("code", "-number")
    )
    rows: dict[str, ProgrammeRow] = {}
    for version in versions:
        terms = version.programme
        row = rows.setdefault(version.code, ProgrammeRow(terms.title, version.code, terms.provider))
        row.versions.append(version)
    return render(
        request,
        "contracts/programmes.html",
        {"rows": list(rows.values()), "draft": drafts.draft_of(reader(request))},
    )


@takes_files
@require_http_methods(["GET", "POST"])
@signed_in_as(Role.CONTRACT_ADMINISTRATOR)
def publish(request: HttpRequest) -> HttpResponse:
    """Offer a file: it is checked, compared with the last version, and published once that is confirmed.

    What was offered is kept until it is published or discarded, mistakes and all.
    """
    user = require_role(request.user, Role.CONTRACT_ADMINISTRATOR, act="publish a programme")
    if request.method == "GET":
        draft = drafts.draft_of(reader(request))
        return _page(request, ProgrammeFileForm(initial=draft.data if draft else {}), draft=draft)
    form, now = ProgrammeFileForm(request.POST, request.FILES), clock.now()
    if not form.is_valid():
        draft = _kept(request, request.POST.get("text", ""), request.POST.get("name", ""), now)
        return _page(request, form, draft=draft, status=409)
    text, name = form.cleaned_data["text"], form.cleaned_data["name"]
    draft = _kept(request, text, name, now)
    shown = ProgrammeFileForm(initial={"text": text, "name": name})
    try:
        checked = check_programme(text, name=name, by=user)
        if checked.digest != request.POST.get("publish"):
            return _page(request, shown, draft=draft, checked=checked)
        version = publish_programme(text, name=name, by=user, at=now)
    except ProgrammeFileError as error:
        return _page(request, shown, draft=draft, problems=error.problems, status=409)
    except Refusal as refusal:
        return _page(request, shown, draft=draft, refused=refusal, status=409)
    done(user, request.path, hand_in(request.POST), now)
    messages.success(request, f"{version.programme.title}, version {version.number}, is published.")
    return redirect("programme_version", version.code, version.number)


def _kept(request: HttpRequest, text: str, name: str, at: dt.datetime) -> Draft | None:
    """The draft in which the text is kept; another text that gave way is told of."""
    if not text.strip():
        return None
    written = drafts.keep(reader(request), request.POST, text, name or "programme.toml", at)
    if written.aside is not None:
        messages.info(request, said_of(written.aside))
    return written.draft


def _page(
    request: HttpRequest,
    form: ProgrammeFileForm,
    *,
    draft: Draft | None = None,
    checked: Checked | None = None,
    problems: tuple[Problem, ...] = (),
    refused: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    sections = _changes(checked)
    form.typed_draft = draft  # type: ignore[attr-defined]  # for the fields of the draft
    return render(
        request,
        "contracts/publish_programme.html",
        {
            "form": form,
            "draft": draft,
            "checked": checked,
            "sections": sections,
            "count": sum(len(section.changes) for section in sections),
            "problems": problems,
            "refused": refused,
        },
        status=status,
    )


def _changes(checked: Checked | None) -> list[ChangedSection]:
    if checked is None or checked.last is None:
        return []
    return changes_in_words(checked.last.programme, checked.programme)
