"""People to mention, for what is being typed behind an @."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from cases.case.models import Case
from cases.case.rules.deeds import Deed
from cases.mentions.people import offered
from portal import clock
from portal.access import get_visible_or_404, reader

LONGEST = 60


@require_GET
@login_required
def people(request: HttpRequest, pk: int) -> JsonResponse:
    """The first few who may read what is written as the act `act` of a case, by what is typed (`q`). Raises Http404.

    A name is inserted; of several people by one name, the address, by which they are told apart.
    """
    user = reader(request)
    cases = Case.objects.select_related("agreement", "reseller")
    case: Case = get_visible_or_404(cases, user, pk=pk)
    typed = request.GET.get("q", "").replace("\0", "")[:LONGEST]
    internal = request.GET.get("act") == Deed.NOTE
    found = offered(typed, case, by=user, internal=internal, at=clock.now())
    names = [person.name.casefold() for person, _ in found]
    return JsonResponse(
        {
            "options": [
                {
                    "value": person.name
                    if names.count(person.name.casefold()) == 1
                    else person.email,
                    "text": person.name,
                    "note": note,
                }
                for person, note in found
            ]
        }
    )
