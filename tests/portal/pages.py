"""Small pages for the browser: what a page's author would write, and nothing else."""

from django.http import HttpRequest
from django.template import engines


def _page(request: HttpRequest, content: str, **context: object) -> str:
    source = (
        '{% extends "base.html" %}{% block heading %}A page{% endblock %}'
        "{% block content %}" + content + "{% endblock %}"
    )
    return engines["django"].from_string(source).render(context, request)


def rows(turn: int) -> str:
    """Three lines that show their turn, with a disclosure and a check box."""
    return "".join(
        f'<tr data-keys-row id="row-{n}"><td><input type="checkbox" id="tick-{n}" aria-label="Take {n}"></td>'
        f'<td><a id="link-{n}" href="#{n}" data-keys-open>Case {n}</a></td>'
        f'<td><details id="more-{n}"><summary>More</summary>turn {turn}</details></td></tr>'
        for n in (1, 2, 3)
    )


def live(request: HttpRequest, inside: str) -> str:
    """A table that refreshes itself four times a second."""
    return _page(
        request,
        '<span class="live-status" role="status" data-live-status="rows"></span>'
        '<input type="search" aria-label="Search" data-keys-search>'
        '<table class="table"><tbody id="rows" data-keys-list data-live="/live/rows/" '
        'data-live-every="0.25">{{ inside|safe }}</tbody></table>',
        inside=inside,
    )


def form(request: HttpRequest) -> str:
    """A form with a draft."""
    return _page(
        request,
        '<form method="post" data-draft-url="/form/draft/" data-draft-key="test">{% csrf_token %}'
        '<input name="product" aria-label="Product"><textarea name="problem" aria-label="Problem"></textarea>'
        '<label><input type="checkbox" name="paid" value="yes"> Paid</label>'
        '<input type="password" name="secret" aria-label="Secret">'
        '<span role="status" data-draft-status></span><button type="submit">Send</button></form>',
    )
