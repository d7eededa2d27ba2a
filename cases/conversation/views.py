"""One message in full, and what is being written as it will read."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from cases.case.models import Case
from cases.conversation.models import Message
from cases.conversation.page import Line, with_what_is_shown
from cases.conversation.references import linked, references
from cases.mentions.shown import with_names
from cases.templatetags.case_conversation import body_of
from portal import markdown
from portal.access import get_visible_or_404, reader
from portal.fields import TEXT_MOST


@require_GET
@login_required
def whole_message(request: HttpRequest, pk: int, message: int) -> HttpResponse:
    """A message with all its lines; `block` asks for one of its long blocks alone. Raises Http404."""
    user = reader(request)
    visible = with_what_is_shown(Message.objects.visible_to(user)).select_related("case")
    found: Any = get_visible_or_404(visible, user, pk=message, case=pk)
    wanted = request.GET.get("block", "")
    if wanted:
        body = _block(found, wanted)
    else:
        line = Line(found, "message", body=found.body)
        body = with_names(body_of(found), found.mentioned, user)
        body = linked(body, references(found.case, user, [line]))
    return render(
        request, "cases/message.html", {"case": found.case, "message": found, "body": body}
    )


@require_POST
@login_required
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What is being written on a case, as it will read; nothing is kept. Raises Http404."""
    get_visible_or_404(Case.objects.all(), reader(request), pk=pk)
    text = request.POST.get("text", "")[:TEXT_MOST].replace("\0", "")
    return HttpResponse(
        markdown.rendered(text) or '<p class="text-secondary">Nothing to show yet.</p>'
    )


def _block(message: Message, wanted: str) -> str:
    """The long block of that number. Raises Http404."""
    blocks = markdown.long_blocks(message.body, formatted=message.formatted)
    if not wanted.isdecimal() or int(wanted) >= len(blocks):
        raise Http404
    return blocks[int(wanted)]
