"""The reseller's home: what must I do now, and by when?"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from cases.bulletins.models import Bulletin
from cases.case.forms.acts import codes_for
from cases.case.models import Case
from cases.clocks.page.promises import with_promises
from cases.clocks.page.waits import most_urgent_first, waits_of
from cases.opening.actions import refusals_for
from cases.opening.drafts import drafts_of
from contracts.frame import paper_context
from contracts.prepaid.actions.ledger import Balance, balances
from contracts.roster.permissions import Participant
from portal import clock
from portal.access import reader

SHOWN = 12
SHOWN_BULLETINS = 4


@require_GET
@login_required
def contact_home(request: HttpRequest) -> HttpResponse:
    """Cases left by region, open cases with their next promise, what is waited for, and drafts."""
    user = reader(request)
    if user.is_provider:
        return redirect("home")
    now = clock.now()
    actor = Participant(user, now)
    standing = actor.standing
    open_cases = Case.objects.visible_to(user).open()
    shown = list(open_cases.for_list().next_to_break_first()[:SHOWN])
    waiting = list(open_cases.waiting_for_reseller().for_list().order_by("severity", "pk")[:SHOWN])
    ids = {case.pk for case in shown}
    pools = balances(standing.agreement) if standing.agreement else []
    promises = with_promises([*shown, *(case for case in waiting if case.pk not in ids)], user)
    by_case = {each.case.pk: each for each in promises}
    return render(
        request,
        "cases/home.html",
        {
            "standing": standing,
            "pools": [(pool, _used(pool)) for pool in pools],
            **paper_context(standing.agreement),
            "programme": standing.agreement.programme if standing.agreement else None,
            "refusals": refusals_for(standing.contact, now, standing, pools)
            if standing.contact
            else (),
            "cases": [by_case[case.pk] for case in shown],
            "open_count": open_cases.count(),
            "waits": most_urgent_first(
                [wait for case in waiting for wait in waits_of(case, by_case[case.pk].information)]
            ),
            "act_codes": codes_for(actor),
            "drafts": drafts_of(user)[:5],
            "bulletins": list(
                Bulletin.objects.published().told_to(user).with_reading_of(user)[:SHOWN_BULLETINS]
            ),
        },
    )


def _used(pool: Balance) -> str:
    """What a pool's bar says: "46 of 100 used", and how many beyond."""
    beyond = f", {pool.over} beyond them" if pool.over else ""
    return f"{pool.taken} of {pool.granted} used{beyond}"
