"""Opening a case in the browser: the form with its draft, and its summary."""

import datetime as dt
from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.opening import drafts
from cases.opening.actions import open_from_draft, refusals_for
from cases.opening.alike import alike
from cases.opening.checking import check
from cases.opening.forms import OpenCaseForm
from cases.opening.limitations import outlasting_of
from cases.severity.views import previews_of
from contracts.frame import paper_context
from contracts.roster.permissions import last_agreement_of, permissions_of
from portal import clock
from portal.access import get_visible_or_404, reader, sent_from
from portal.draft_rows import Hand
from portal.drafts import hand_in, typed_in
from portal.files.views import keeping_files, require_files_taken
from portal.models import Draft, User
from portal.rules.outside import number_in
from portal.rules.refusal import Refusal
from portal.sending import new_key as new_page
from portal.typed import said_of, stays

OTHERS = 4
"""So many other drafts are listed beside the form; all of them are on the page of drafts."""


@keeping_files
@require_http_methods(["GET", "POST"])
@login_required
def open_a_case(request: HttpRequest) -> HttpResponse:
    """The form for a Technical Contact. Objections to opening are shown before anything is typed.

    A refusal keeps everything typed, in the form and in the draft. ``save`` keeps the draft and shows the form again
    with the Fixes that match, for a browser without scripts. Where another tab discarded the draft or opened its case,
    what was typed here is a draft of its own, and the page goes on with that.
    """
    user = reader(request)
    now = clock.now()
    standing = permissions_of(user, now)
    if standing.contact is None or standing.agreement is None or not standing.is_technical:
        against = refusals_for(standing.contact, now, standing) if standing.contact else ()
        return render(
            request,
            "cases/cannot_open.html",
            {
                "refusals": against,
                "standing": standing,
                **paper_context(standing.agreement or last_agreement_of(standing)),
            },
            status=403,
        )
    like = _begun_like(request, user)
    key = drafts.key_in(request.POST or request.GET)
    if request.method == "POST":
        key = key or drafts.new_key()
    draft = drafts.row_of(user, key) if request.method != "POST" else None
    if not key or _is_over(request, user, key, draft):
        asked = {"draft": drafts.new_key()} | ({"like": like.pk} if like else {})
        return redirect(f"{reverse('open_case')}?{urlencode(asked)}")
    programme = standing.agreement.programme
    refusals: Sequence[Refusal] = ()
    if request.method == "POST":
        form, case = OpenCaseForm(request.POST, programme=programme), None
        hand = hand_in(request.POST)
        form.send_files_as(user, drafts.place_of_files(key))
        try:
            require_files_taken(request)
            if "save" not in request.POST and form.is_valid():
                case = open_from_draft(
                    form.report(),
                    key=key,
                    by=user,
                    contact=standing.contact,
                    standing=standing,
                    files=form.cleaned_data["attached"],
                    hand=hand,
                )
        except drafts.AlreadyOpenedError as error:
            refusals, hand = [_opened_elsewhere(error.case)], Hand(new_page())
        except Refusal as refusal:
            refusals = form.take(refusal.all)
        finally:  # whatever went wrong, what was typed is kept
            draft = None if case else _kept(request, user, key, now, hand)
        if case is not None:
            return redirect(case)
        key = draft.key if draft else key
        if "save" in request.POST:
            form = OpenCaseForm(initial=draft.data if draft else {}, programme=programme)
        saved = "save" in request.POST
    else:
        like = None if draft else like
        begun = draft.data if draft else drafts.begun_like(like) if like else {}
        form = OpenCaseForm(initial=begun, programme=programme)
        saved = False
    form.typed_draft = draft  # type: ignore[attr-defined]  # for the fields of the draft
    form.previews = previews_of(standing, Channel.WEB, at=now, logged_at=now, user=user)
    form.send_files_as(user, drafts.place_of_files(key))
    against = refusals_for(standing.contact, now, standing)
    others = [each for each in drafts.drafts_of(user)[: OTHERS + 1] if each != draft]
    typed = form.data if form.is_bound else form.initial
    if not (form.is_bound or against):
        form.begin_at(*(("updates_paid", "title") if like else ("product",)))
    return render(
        request,
        "cases/open.html",
        {
            "form": form,
            "key": key,
            "path": drafts.path_of(key),
            "draft": draft,
            "saved": saved,
            "refusals": refusals or [each for each in against if each.field not in form.errors],
            "standing": standing,
            "outlasting": outlasting_of(standing, standing.contact),
            "programme": programme,
            **paper_context(standing.agreement),
            "checked": check(typed, standing, user, files=drafts.files_of(user, {"draft": key})),
            **alike(user, form["title"].value(), form["description"].value(), now).context,
            "like": like,
            "other_drafts": others[:OTHERS],
            "more_drafts": len(others) > OTHERS,
        },
        status=409 if request.method == "POST" and not saved else 200,
    )


@sent_from(lambda request: reverse("home"))
@login_required
def discard_draft(request: HttpRequest) -> HttpResponse:
    """Discard a draft: its owner chose to, or a published Fix solved the Problem before a case was used.

    What was typed into it elsewhere, since the page was shown, stays.
    """
    user, solved_by = reader(request), request.POST.get("solved_by", "")
    key, hand = drafts.key_in(request.POST), hand_in(request.POST)
    left = drafts.discard(user, key, clock.now(), hand)
    if solved_by:
        messages.success(request, f"{solved_by} solved it: no case was used.")
    elif left is None:
        messages.success(request, "The draft is discarded; no case was used.")
    if left is not None:
        messages.info(request, stays(left))
    back = drafts.key_in({"draft": request.POST.get("back", "")})
    return redirect(drafts.path_of(back) if back else "home")


def _is_over(request: HttpRequest, user: User, key: str, row: Draft | None) -> bool:
    """Whether a page that is asked for has to go on under another key: the draft was discarded, or is a case."""
    if request.method == "POST":
        return False
    return row.became is not None if row else drafts.is_discarded(user, key)


def _kept(request: HttpRequest, user: User, key: str, at: dt.datetime, hand: Hand) -> Draft | None:
    """The draft in which what was sent is kept; another text that gave way is told of."""
    typed = typed_in(request.POST.dict(), drafts.path_of(key))
    if not typed:
        return drafts.draft_of(user, key)
    written = drafts.keep(user, typed, key, at, hand)
    if written.done is not None:  # the page was done before, and is sent again with more in it
        written = drafts.keep(user, typed, key, at, Hand(new_page()))
    if written.aside is not None:
        messages.info(request, said_of(written.aside))
    return written.draft


def _opened_elsewhere(case: Case | None) -> Refusal:
    return Refusal(
        f"Case {case.number if case else ''} was opened from this draft already, with another text.",
        way_out="What you typed here is a draft of its own now: open another case with it, or discard it.",
    )


def _begun_like(request: HttpRequest, user: User) -> Case | None:
    """The case of the reader's that the new report is to be like. Raises Http404 for one they may not see."""
    number = number_in(request.GET.get("like", ""))
    if number is None:
        return None
    case: Case = get_visible_or_404(Case.objects.select_related("product"), user, pk=number)
    return case
