"""The portal's addresses, and one of a minimal signed-in page: the least that Django does for 25 rows."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from cases.case.models import Case

_PAGE = """<!doctype html><title>Cases</title><h1>{{ request.user.name }}</h1><table>
{% for pk, title, state, at in rows %}<tr><td><a href="/cases/{{ pk }}/">{{ pk }}</a></td><td>{{ title }}</td>
<td>{{ state }}</td><td>{{ at|date:"j M Y H:i" }}</td></tr>{% endfor %}</table>"""


@login_required
def minimal(request: HttpRequest) -> HttpResponse:
    rows = Case.objects.order_by("-pk").values_list("pk", "title", "state", "reported_at")[:25]
    page = engines["django"].from_string(_PAGE)
    return HttpResponse(page.render({"rows": rows}, request))


urlpatterns = [path("bench/minimal/", minimal, name="minimal"), path("", include("portal.urls"))]
