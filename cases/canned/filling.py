"""What a case fills into the places of a canned answer."""

import datetime as dt

from cases.case.models import Case
from cases.clocks.rules.wording import moment
from cases.clocks.setting import next_promise, next_update
from portal.models import User


def values_of(case: Case, *, by: User, at: dt.datetime) -> dict[str, str]:
    """What fills the places, for somebody who writes at an instant: of promises those to the contact alone."""
    zone = case.contact.site.zone
    promise = next_promise(case) if case.is_open else None
    update = next_update(case, at, case.calendar).due_at if case.is_open else None
    return {
        "contact": case.contact.name,
        "case": case.number,
        "title": case.title,
        "product": case.product.name,
        "release": case.release,
        "reseller": case.reseller.name,
        "end_user": case.end_user,
        "severity": str(case.severity),
        "engineer": (case.owner or by).name,
        "me": by.name,
        "promise": moment(promise.due_at, zone) if promise else "",
        "update": moment(update, zone) if update else "",
    }
