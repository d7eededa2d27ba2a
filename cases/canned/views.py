"""Canned answers: the page on which they are kept, and choosing one for what is being written on a case."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.views.decorators.http import require_GET, require_http_methods

from cases.canned.actions import may_change, retire, use_again
from cases.canned.filling import values_of
from cases.canned.forms import AnswerForm
from cases.canned.models import CannedAnswer
from cases.canned.rules import PLACES, filled
from cases.case.actions import INTAKE
from cases.case.forms.acts import ACTS
from cases.case.models import Case
from portal import clock, drafts
from portal.access import get_visible_or_404, reader, sent_from, signed_in_as
from portal.acts import Act, Actor, answer
from portal.draft_kinds import Kind, keeps_its_own, key_of, place_of
from portal.draft_rows import Hand
from portal.filters import Asked
from portal.models import JournalEntry
from portal.paging import page_of

ROWS = 25
OFFERED = 6
"""So many are offered while one types."""
HISTORY = 20


class _OfActs(Kind):
    """What is typed is sent here by the form of an act, and is its draft."""

    def place(self, path: str, typed: Mapping[str, str]) -> tuple[str, str]:
        """The key and the path of the act's form."""
        found, asked = place_of(path), QueryDict(path.partition("?")[2]).get("act", "")
        if found is not None and asked in ACTS:
            path = reverse("case_act", args=[found.kwargs["pk"], asked])
        return key_of(path), path


keeps_its_own("case_answers", _OfActs())


@require_GET
@signed_in_as(*INTAKE)
def canned_answers(request: HttpRequest) -> HttpResponse:
    """One's own answers and those that colleagues share, by title; `q` and `retired` narrow them."""
    user, asked = reader(request), Asked(request.GET)
    chosen = {"q": asked.text("q"), "retired": asked.flag("retired")}
    asked.only(chosen)
    found = CannedAnswer.objects.visible_to(user).select_related("owner", "changed_by")
    found = found.exclude(retired_at=None) if chosen["retired"] else found.in_use()
    rows = found.none() if asked.refused else found.matching(str(chosen["q"]))
    page = page_of(rows, request.GET.get("page"), ROWS, "answers")
    context = {"page": page, "chosen": chosen, "refused": asked.refused}
    return render(request, "cases/canned/list.html", context)


@require_http_methods(["GET", "POST"])
@signed_in_as(*INTAKE)
def edit_answer(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Keep a new answer, or change one; somebody else's is shown. A refusal shows the form with what was typed."""
    user = reader(request)
    rows = CannedAnswer.objects.select_related("owner", "changed_by")
    found = None if pk is None else get_visible_or_404(rows, user, pk=pk)

    def page(form: Act[CannedAnswer | None, Actor]) -> HttpResponse:
        about = JournalEntry.objects.about(found) if found else JournalEntry.objects.none()
        context = {
            "act": form,
            "answer": found,
            "places": PLACES.items(),
            "may_change": found is None or may_change(found, user),
            "history": about.in_order().reverse()[:HISTORY],
        }
        return render(request, "cases/canned/edit.html", context, status=form.status)

    return answer(request, AnswerForm, found, Actor(user, clock.now()), page)


@sent_from(lambda request, pk, code: reverse("canned_answer", args=[pk]))
@signed_in_as(*INTAKE)
def answer_act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Retire an answer, or use it again."""
    user = reader(request)
    found: CannedAnswer = get_visible_or_404(CannedAnswer.objects.all(), user, pk=pk)
    if code == "retire":
        retire(found, by=user, at=clock.now())
        messages.success(request, f"“{found.title}” is retired: it is offered no more.")
    elif code == "use-again":
        use_again(found, by=user, at=clock.now())
        messages.success(request, f"“{found.title}” is offered again.")
    else:
        raise Http404
    return redirect("canned_answers")


@require_http_methods(["GET", "POST"])
@signed_in_as(*INTAKE)
def choose_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The answers for what is written on a case as the act `act`, each as it reads there.

    A script takes the first few that `q` finds as JSON. Without one, what was typed is sent here first: it is kept as
    the draft of its form, and the answer that is chosen (`insert`) stands behind it.
    """
    user, now = reader(request), clock.now()
    joined = Case.objects.select_related(
        "agreement", "reseller", "contact__site", "owner", "product", "site"
    )
    case: Case = get_visible_or_404(joined, user, pk=pk)
    act = ACTS.get(request.GET.get("act", ""))
    if act is None or not act.takes_answers:
        raise Http404
    found = CannedAnswer.objects.visible_to(user).in_use().select_related("owner")
    here = f"{request.path}?{urlencode({'act': act.code})}"
    path = reverse("case_act", args=[case.pk, act.code])
    values = values_of(case, by=user, at=now)
    if "insert" in request.POST:
        chosen = get_visible_or_404(found, user, pk=_number(request.POST["insert"]))
        draft = drafts.at_path(path, drafts.latest(user))
        typed = dict(draft.data) if draft else {}
        name = f"{act.code}-body"
        parts = [typed.get(name, "").rstrip(), filled(chosen.body, values)]
        typed[name] = "\n\n".join(filter(None, parts))
        hand = Hand(draft.page, str(draft.version), draft.title) if draft else Hand()
        drafts.keep(user, path, typed, now, hand)
        return redirect(f"{case.get_absolute_url()}?act={act.code}#acts")
    if request.method == "POST":
        if typed := drafts.typed_in(request.POST):
            drafts.keep_both(user, path, typed, now, drafts.hand_in(request.POST))
        return redirect(here)
    rows = found.matching(request.GET.get("q", "").replace("\0", ""))
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(
            {
                "options": [
                    {
                        "value": filled(one.body, values),
                        "text": one.title,
                        "note": Truncator(" ".join(one.body.split())).chars(80),
                    }
                    for one in rows[:OFFERED]
                ]
            }
        )
    page = page_of(rows, request.GET.get("page"), ROWS, "answers")
    context = {
        "case": case,
        "act": act,
        "page": page,
        "lines": [(one, filled(one.body, values)) for one in page],
        "q": request.GET.get("q", ""),
        "here": here,
    }
    return render(request, "cases/canned/choose.html", context)


def _number(typed: str) -> int:
    if not typed.isdecimal() or len(typed) > 18:
        raise Http404
    return int(typed)
