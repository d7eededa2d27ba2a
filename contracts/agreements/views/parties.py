"""The parties of an agreement, which change while it lives: names and addresses, the reseller's sites, and where
notices to both sides go.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from contracts.agreements.actions import parties
from contracts.agreements.forms.life import NoticesForm, PartyForm, SiteForm
from contracts.agreements.forms.paper import (
    notice_initial,
    notice_line,
    notice_rows,
    place,
    place_initial,
    site_line,
    zone_names,
)
from contracts.agreements.models.agreements import Agreement
from contracts.agreements.models.signing import Side
from contracts.agreements.rules.drawing_up import NOTICES, cited
from contracts.agreements.views.drawing_up import administrators
from contracts.frame import agreement_or_404, holding_agreement, render_tab
from contracts.parties.models.parties import Site
from portal import clock
from portal.access import reader

NEW = "new"
PARTY = "party-"


@require_http_methods(["GET", "POST"])
@administrators
@holding_agreement
def agreement_parties(request: HttpRequest, reference: str) -> HttpResponse:
    """Change a party, a site, add one, change where notices go; ``what`` names which of the forms is sent."""
    agreement = agreement_or_404(request, reference)
    sites = list(agreement.reseller.sites.order_by("pk"))
    sent = request.POST.get("what", "") if request.method == "POST" else None
    data = request.POST if sent is not None else None
    forms = _forms(agreement, sites, data, request.GET.get("what", "") if sent is None else sent)
    bound = None
    if sent is not None:
        if sent not in forms:
            raise Http404
        bound = forms[sent]["form"]
        if bound.performed(lambda: _do(sent, bound.cleaned_data, agreement, sites, request)):
            messages.success(request, "It is changed.")
            return redirect("agreement_parties", reference=agreement.reference)
    shown = {"forms": list(forms.values()), "form": bound, "zones": zone_names()}
    status = bound.status if bound else 200
    template = "contracts/parties.html"
    return render_tab(request, agreement, "agreement", template, shown, status=status)


def _forms(
    agreement: Agreement, sites: list[Site], data: Any, sent: str
) -> dict[str, dict[str, Any]]:
    """The forms of the page by what they change; `sent` names the one that is open, and holds what was typed."""
    forms: dict[str, dict[str, Any]] = {}
    for side in Side:
        what = f"{PARTY}{side.value}"
        party = agreement.provider if side == Side.PROVIDER else agreement.reseller
        initial = {"name": party.name, **place_initial(party, "")}
        said = PartyForm(data if sent == what else None, prefix=what, initial=initial)
        title = f"Name and address of the {_called(agreement, side)}"
        note = ", ".join([party.name, *party.address_lines])
        clause = cited(agreement.programme, NOTICES)
        forms[what] = _shown(what, title, note, said, said.rows, sent, clause=clause)
        forms[what]["changes"] = [one for one in party.changes.all() if one.since is not None]
        if side == Side.RESELLER:
            forms[what]["sites"] = [(one.name, f"site-{one.pk}") for one in sites]
    for site in sites:
        what = f"site-{site.pk}"
        initial = {"name": site.name, "region": site.region, "zone": site.zone}
        form = SiteForm(
            data if sent == what else None,
            programme=agreement.programme,
            prefix=what,
            initial=initial | place_initial(site, ""),
        )
        note = f"{site.region}, {site.zone}"
        forms[what] = _shown(what, site.name, note, form, form.rows, sent)
    form = SiteForm(data if sent == NEW else None, programme=agreement.programme, prefix=NEW)
    forms[NEW] = _shown(NEW, "Another site", "", form, form.rows, sent)
    for side in Side:
        initial = notice_initial(agreement, side, "")
        notices = NoticesForm(data if sent == side.value else None, prefix=side, initial=initial)
        title = f"Notices to the {_called(agreement, side)}"
        note = initial.get("name", "to the address of the party")
        clause = cited(agreement.programme, NOTICES)
        rows = notice_rows(notices, "")
        forms[side.value] = _shown(side.value, title, note, notices, rows, sent, clause=clause)
    return forms


def _called(agreement: Agreement, side: Side) -> str:
    """What a party is called on the page: who is supported is a customer where no tier is sold (SCL Ex.B)."""
    return side.label if side == Side.PROVIDER else agreement.programme.customer.lower()


def _shown(
    what: str, title: str, note: str, form: Any, rows: Any, sent: str, *, clause: str = ""
) -> dict[str, Any]:
    return {
        "what": what,
        "title": title,
        "note": note,
        "form": form,
        "rows": rows,
        "open": what == sent,
        "clause": clause,
    }


def _do(
    what: str, said: dict[str, Any], agreement: Agreement, sites: list[Site], request: HttpRequest
) -> bool:
    """Change what was sent. Raises Refusal."""
    user, now = reader(request), clock.now()
    if what == NEW:
        parties.add_site(agreement, site_line(said), by=user, at=now)
    elif what.startswith(PARTY):
        parties.change_party(
            agreement,
            Side(what.removeprefix(PARTY)),
            name=said["name"],
            address=place(said, ""),
            since=said["since"],
            reason=said["reason"],
            by=user,
            at=now,
        )
    elif what in Side.values:
        line = notice_line(said, "")
        parties.change_notices(agreement, Side(what), line, by=user, at=now)
    else:
        site = next(one for one in sites if what == f"site-{one.pk}")
        parties.change_site(site, site_line(said), agreement, by=user, at=now)
    return True
