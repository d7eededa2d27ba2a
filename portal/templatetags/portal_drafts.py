"""Forms that keep what is typed: ``<form {% draft_of form action %}>`` with ``{% draft_status form %}`` in it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django import template
from django.forms import BaseForm
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString

from portal import drafts, sending, typed
from portal.models import Draft, User
from portal.ui.markup import markup

register = template.Library()


@register.simple_tag(takes_context=True)
def draft_of(
    context: Context, form: BaseForm | None, action: str = "", *, whole: bool = False
) -> SafeString:
    """Where the form's draft is kept, as attributes; the form begins with what was typed into it before.

    `action` is the path that the form is sent to, without one it is the page's own. A page asks for its reader's drafts
    once, however many forms it shows. Of a form kept `whole` choices come back too, and its view lets it begin with
    them (`form.typed_draft` is the draft).
    """
    request: HttpRequest | None = context.get("request")
    if request is None or not isinstance(request.user, User):
        return SafeString("")
    path = action or request.get_full_path()
    if form is not None and whole:
        form.is_kept_whole = True  # type: ignore[attr-defined]
    elif form is not None and request.method == "GET":
        form.typed_draft = drafts.put_back(form, path, _latest(request))  # type: ignore[attr-defined]
    return markup(
        'data-draft-url="{url}?for={quoted}" data-draft-key="{path}"{text}',
        text=SafeString("" if whole else " data-draft-text"),
        url=reverse("drafts"),
        quoted=quote(path),
        path=path,
    )


@register.simple_tag(takes_context=True)
def typed_text(context: Context, name: str, action: str) -> str:
    """The text of a field that no form knows, as it was typed into what is sent to `action`."""
    return drafts.text_of(name, action, _latest(context["request"]))


@register.simple_tag(takes_context=True)
def draft_fields(context: Context, form: BaseForm | None, action: str = "") -> SafeString:
    """Hidden fields of a form that keeps a draft: its key, the version it shows, for whom, and what a list calls it.

    `draft_status` has them already.
    """
    request: HttpRequest | None = context.get("request")
    if request is None or not isinstance(request.user, User):
        return SafeString("")
    asked = request.method == "GET"
    draft = shown = getattr(form, "typed_draft", None)
    if asked and shown is None and not getattr(form, "is_kept_whole", False):
        draft = drafts.at_path(action or request.get_full_path(), _latest(request))
    fields = {
        drafts.VERSION: str(draft.version) if draft else "",
        drafts.READER: _token(request, request.user),
        drafts.TITLE: getattr(form, "heading", "") or "",
    }
    if not hasattr(form, "form_key") and "form_key" not in context:
        came_back = form is not None and form.is_bound and sending.key_in(request.POST)
        wrote = shown.page if shown is not None and not asked else ""
        fields[sending.FIELD] = wrote or came_back or sending.new_key()
    one = '<input type="hidden" name="{}" value="{}" autocomplete="off">'
    return SafeString("".join(markup(one, name, value) for name, value in fields.items()))


@register.inclusion_tag("components/draft_status.html", takes_context=True)
def draft_status(context: Context, form: BaseForm | None, action: str = "") -> dict[str, Any]:
    """The line that says when what is typed was saved last, and throws it away if one wants that."""
    request = context["request"]
    path = action or request.get_full_path()
    return {
        "draft": (draft := getattr(form, "typed_draft", None)),
        "overtaken": getattr(form, "overtaken", "") if draft else "",
        "discard": f"{reverse('drafts')}?for={quote(path)}",
        "fields": draft_fields(context, form, action),
    }


@register.simple_tag(takes_context=True)
def carried(context: Context) -> typed.Carried | None:
    """What the sign-in page carries until its reader has signed in."""
    request = context["request"]
    found: typed.Carried | None = getattr(request, "carried", None) or typed.carried_by(request)
    return found


def _latest(request: Any) -> Mapping[str, Draft]:
    if not hasattr(request, "latest_drafts"):
        request.latest_drafts = drafts.latest(request.user)
    latest: Mapping[str, Draft] = request.latest_drafts
    return latest


def _token(request: Any, user: User) -> str:
    if not hasattr(request, "reader_token"):
        request.reader_token = typed.reader_token(user)
    return str(request.reader_token)
