"""The page on which a contact answers, signed in or not; and the page of what the answers come to."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from cases.satisfaction import actions, links, page
from cases.satisfaction.asking import terms
from cases.satisfaction.models import Survey
from cases.satisfaction.rules import Rating
from portal import clock
from portal.access import reader
from portal.filters import Asked
from portal.paging import page_of
from portal.rules.refusal import Refusal

ROWS = 20
_RATINGS = [one.value for one in Rating]


@require_http_methods(["GET", "HEAD", "POST"])
def satisfaction_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The question of a mail. The link of an answer only chooses it beforehand: mail scanners follow every link."""
    survey = links.read(token)
    if survey is None:
        return render(request, "cases/satisfaction/answer.html", {"unknown": True}, status=404)
    now = clock.now()
    chosen = request.POST.get("rating") or request.GET.get("answer") or survey.rating
    context: dict[str, Any] = {
        "survey": survey,
        "ratings": list(Rating),
        "chosen": chosen if chosen in _RATINGS else "",
        "comment": request.POST.get("comment", survey.comment),
        "change_days": terms().change_for.days,
    }
    try:
        actions.require_open(survey, now)
        if request.method == "POST":
            if context["chosen"] == "":
                context["missing"] = True
            else:
                actions.answer(survey, rating=Rating(chosen), comment=context["comment"], at=now)
                return redirect(f"{request.path}?thanks=1")
    except Refusal as refused:
        context["refused"] = refused
    context["thanks"] = "thanks" in request.GET and bool(survey.rating)
    return render(request, "cases/satisfaction/answer.html", context)


@require_GET
@login_required
def satisfaction(request: HttpRequest) -> HttpResponse:
    """What the answers come to that the reader may see: by reseller, product or engineer, with comments."""
    user, asked = reader(request), Asked(request.GET)
    every = [name for name in page.BY if user.is_provider or name != "reseller"]
    chosen = {
        "by": asked.one_of("by", every) or every[0],
        "period": asked.one_of("period", list(page.PERIODS)),
        "rating": asked.one_of("rating", _RATINGS),
        "of": asked.text("of"),
    }
    asked.only(chosen)
    surveys = page.within(Survey.objects.visible_to(user), chosen["period"], clock.now())
    if asked.refused:
        surveys = surveys.none()
    lines = page.lines_of(surveys, chosen["by"])
    narrowed = surveys
    if chosen["of"].isdecimal() and len(chosen["of"]) < 18:
        narrowed = narrowed.filter(**{chosen["by"]: int(chosen["of"])})
    answers = page.comments_of(narrowed)
    if chosen["rating"]:
        answers = answers.filter(rating=chosen["rating"])

    def address(**other: Any) -> str:
        said = {name: value for name, value in (chosen | other).items() if value}
        return f"{reverse('satisfaction')}?{urlencode(said)}"

    context = {
        "refused": asked.refused,
        "rate": page.rate_of(narrowed),
        "column": page.BY[chosen["by"]][0],
        "lines": [(line, address(of=line.key)) for line in lines],
        "of": next((line for line in lines if str(line.key) == chosen["of"]), None),
        "all_url": address(of=""),
        "page": page_of(answers, request.GET.get("page"), ROWS, "answers"),
        "chosen": chosen,
        "bys": [(name, page.BY[name][0], address(by=name, of="")) for name in every],
        "periods": list(page.PERIODS.items()),
        "ratings": [(one.value, one.label) for one in Rating],
    }
    return render(request, "cases/satisfaction/satisfaction.html", context)
