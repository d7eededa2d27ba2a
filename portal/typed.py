"""What somebody sent after their session ended: the sign-in page carries it until they have signed in."""

from dataclasses import dataclass, field
from typing import Self

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portal import drafts
from portal.sign_in import SignInForm

PATH = "kept_for"
STEM = "kept-"
"""How the sign-in page calls the fields that it carries: the path of their form, and each of them."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What was typed into the form that is sent to the path; no `fields` when nothing was, or too much to carry."""

    path: str
    fields: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """What a request brings."""
        return cls(request.get_full_path(), drafts.typed_in(request.POST.dict()))

    @property
    def hidden(self) -> dict[str, str]:
        """The fields as the sign-in page carries them."""
        return {PATH: self.path, **{STEM + name: value for name, value in self.fields.items()}}


def carried_by(request: HttpRequest) -> Carried | None:
    """What the sign-in page has carried into this request; None when it carried nothing."""
    path = request.POST.get(PATH, "")
    if request.path != reverse("account_login") or drafts.place_of(path) is None:
        return None
    sent = request.POST.dict()
    named = {name[len(STEM) :]: sent[name] for name in sent if name.startswith(STEM)}
    return Carried(path, drafts.typed_in(named))


def sign_in_page(request: HttpRequest, carried: Carried, *, status: int = 401) -> HttpResponse:
    """The sign-in page, which says that nothing was done yet and carries what was typed."""
    request.carried = carried  # type: ignore[attr-defined]  # for the page
    form = SignInForm(request=request)
    return render(request, "account/login.html", {"form": form}, status=status)
