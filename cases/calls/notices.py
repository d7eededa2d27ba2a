"""Who hears of a refused call: the Administrative Contact, who can put the caller on the roster (ATSP 5.2.1, 5.2.2)."""

import datetime as dt

from django.urls import reverse

from cases.calls.models import RefusedCall
from contracts.roster.notices import keepers_of
from portal.models import User
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft


def refused(call: RefusedCall, *, by: User, at: dt.datetime) -> None:
    """Tell whoever keeps the roster of the caller's company, unless they called themselves, or no agreement holds."""
    agreement = call.agreement
    if agreement is None or not agreement.is_in_force(call.called_at):
        return
    own = {call.contact.user, call.contact.email} if call.contact else set()
    people = [
        one
        for one in keepers_of([agreement])[agreement.pk]
        if one not in own and one.email not in own
    ]
    paper = agreement.programme.paper
    draft = NoticeDraft(
        subject=agreement,
        step=f"call-refused:{call.pk}",
        to=people,
        template="call_refused",
        title=f"A call of {call.caller} was refused",
        context={
            "author": by.name,
            "caller": call.caller,
            "number": call.telephone,
            "reseller": call.company,
            "reason": call.reason,
            "called_at": call.called_at,
            "technical": paper.technical,
            "form": paper.form,
            "action": "Open the roster",
        },
        url=reverse("agreement_roster", args=[agreement.reference]),
        clause=call.clause,
    )
    outbox.post_many([draft], at=at)
