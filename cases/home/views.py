"""The reseller's home: what must I do now, and by when?"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from cases.bulletins.models import BulletinReader
from cases.case.forms.acts import codes_for
from cases.case.models import Case
from cases.case.rows import read_rows
from cases.clocks.page.promises import with_promises
from cases.clocks.page.waits import most_urgent_first, waiting, waits_of
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
    shown = read_rows(open_cases.next_to_break_first()[:SHOWN])
    stuck = list(waiting(open_cases)[:SHOWN])
    pools = balances(standing.agreement) if standing.agreement else []
    promises = with_promises([*shown, *stuck], user)
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
            "cases": [(case, promises[case.pk].promises) for case in shown],
            "open_count": open_cases.count(),
            "waits": most_urgent_first(
                [wait for case in stuck for wait in waits_of(case, promises[case.pk].information)]
            ),
            "act_codes": codes_for(actor),
            "drafts": drafts_of(user)[:5],
            "bulletins": list(BulletinReader.objects.told_lately(user)[:SHOWN_BULLETINS]),
        },
    )


def _used(pool: Balance) -> str:
    """What a pool's bar says: "46 of 100 used", and how many beyond."""
    beyond = f", {pool.over} beyond them" if pool.over else ""
    return f"{pool.taken} of {pool.granted} used{beyond}"
