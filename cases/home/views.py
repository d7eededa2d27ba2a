"""The reseller's home: what must I do now, and by when?"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from cases.case.forms.acts import codes_for
from cases.home.page import bulletins, open_cases
from cases.opening.actions import refusals_for
from cases.opening.drafts import latest_drafts
from cases.queue.listing import ALL
from cases.queue.views import STATES
from cases.saved.page import shown_views
from contracts.frame import paper_context
from contracts.prepaid.actions.ledger import Balance, balances
from contracts.roster.permissions import Participant
from portal import clock
from portal.access import reader
from portal.context import unread_words
from portal.live import fresh, part_asked


@require_GET
@login_required
def contact_home(request: HttpRequest) -> HttpResponse:
    """Cases left by region, open cases with their next promise, what is waited for, and drafts.

    Asked by the live part of the page it answers with what waits, the cases and those left, or with 304 when nothing
    changed.
    """
    user = reader(request)
    if user.is_provider:
        return redirect("home")
    now = clock.now()
    actor = Participant(user, now)
    standing = actor.standing
    cases = open_cases(user)
    pools = balances(standing.agreement) if standing.agreement else []
    context = {
        "standing": standing,
        **paper_context(standing.agreement),
        "programme": standing.agreement.programme if standing.agreement else None,
        "cases": cases.lines,
        "people": cases.people,
        "open_count": cases.count,
        "waits": cases.waits,
        "act_codes": codes_for(actor),
        "pools": [(pool, _used(pool)) for pool in pools],
    }
    if part_asked(request) == "home-cases":
        unread = unread_words(user)
        seen = [cases.seen, pools, standing.is_technical, context["act_codes"], unread]
        context |= {"is_part": True, "unread_notices": unread}
        return fresh(request, "cases/_home_cases.html", context, seen, now)
    context |= {
        "refusals": refusals_for(standing.contact, now, standing, pools)
        if standing.contact
        else (),
        "drafts": latest_drafts(user),
        "bulletins": bulletins(user),
        "states": STATES,
        "views": shown_views(ALL, user, now),
    }
    return render(request, "cases/home.html", context)


def _used(pool: Balance) -> str:
    """What a pool's bar says: "46 of 100 used", and how many beyond."""
    beyond = f", {pool.over} beyond them" if pool.over else ""
    return f"{pool.taken} of {pool.granted} used{beyond}"
