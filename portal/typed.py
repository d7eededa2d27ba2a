"""What somebody sent after their session ended: kept for them, and the sign-in page says so until they have signed in.

A form says whom it was shown to (`reader_token`, signed). What they typed is kept for them at once, whoever signs in
next; nobody else sees it. A form that does not say it is carried by the sign-in page itself, in hidden fields.
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Self

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime

from portal import drafts
from portal.draft_kinds import place_of
from portal.draft_rows import Hand
from portal.models import Draft, User
from portal.sign_in import SignInForm

PATH = "kept_for"
READER = "kept_of"
KEPT = "kept_there"
STEM = "kept-"
"""How the sign-in page calls the fields that it carries: the path of their form, whose, and each of them."""
_SALT = "portal.typed.reader"


def reader_token(user: User) -> str:
    """What a form says of whom it was shown to. Nobody else can make it, so that nobody writes for another."""
    return signing.dumps(user.pk, salt=_SALT)


def reader_of(token: str) -> int:
    """The key of the user that a form was shown to; 0 when it does not say, or said it too long ago."""
    try:
        return int(signing.loads(token, salt=_SALT, max_age=drafts.KEPT))
    except signing.BadSignature:
        return 0


@dataclass(frozen=True, slots=True)
class Carried:
    """What was typed into the form that is sent to the path; no `fields` when nothing was, or too much to carry.

    `reader` is the key of whom the form was shown to, 0 when it does not say; `is_kept` when it is kept for them.
    """

    path: str
    fields: dict[str, str] = field(default_factory=dict)
    hand: Hand = field(default_factory=Hand)
    reader: int = 0
    is_kept: bool = False

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """What a request brings."""
        sent = request.POST.dict()
        return cls(
            request.get_full_path(),
            drafts.typed_in(sent),
            drafts.hand_in(sent),
            reader_of(sent.get(drafts.READER, "")),
        )

    @property
    def hidden(self) -> dict[str, str]:
        """The fields as the sign-in page carries them."""
        of = {READER: signing.dumps(self.reader, salt=_SALT)} if self.reader else {}
        kept = {KEPT: "1"} if self.is_kept else {}
        return {
            PATH: self.path,
            **of,
            **kept,
            **{STEM + name: value for name, value in self.fields.items()},
        }


def kept_for_writer(carried: Carried, at: dt.datetime) -> Carried:
    """What the sign-in page still has to carry, once what its writer typed is kept for them."""
    writer = User.objects.filter(pk=carried.reader, is_active=True).first()
    if writer is None or not carried.fields:
        return carried
    drafts.keep_at(writer, carried.path, carried.fields, at, carried.hand)
    return replace(carried, fields={}, is_kept=True)


def carried_by(request: HttpRequest) -> Carried | None:
    """What the sign-in page has carried into this request; None when it carried nothing."""
    path = request.POST.get(PATH, "")
    if request.path != reverse("account_login") or place_of(path) is None:
        return None
    sent = request.POST.dict()
    named = {name[len(STEM) :]: sent[name] for name in sent if name.startswith(STEM)}
    return Carried(
        path,
        drafts.typed_in(named),
        drafts.hand_in(named),
        reader_of(sent.get(READER, "")),
        KEPT in sent,
    )


def sign_in_page(request: HttpRequest, carried: Carried, *, status: int = 401) -> HttpResponse:
    """The sign-in page, which says that nothing was done yet and carries what was typed."""
    request.carried = carried  # type: ignore[attr-defined]  # for the page
    form = SignInForm(request=request)
    return render(request, "account/login.html", {"form": form}, status=status)


def said_of(aside: Draft) -> str:
    """What a page says of another text that gave way to what was sent just now."""
    at = f"{localtime(aside.updated_at):%H:%M}"
    return f"You had typed another text there at {at}, elsewhere. It is not lost: it stands among your drafts."


def stays(left: Draft) -> str:
    """What a page says of another text that stays where its own was discarded."""
    at = f"{localtime(left.updated_at):%H:%M}"
    return f"What this page held is discarded. What you typed elsewhere at {at} stays."
