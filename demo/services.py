"""The PSAM's services in the demonstration: calls, minutes, an absence to come, bulletins, requests."""

import datetime as dt

from cases.bulletins.actions import draft_bulletin, publish_bulletin
from cases.bulletins.models import BulletinKind
from cases.enhancements.actions import dispose, submit_enhancement, vote
from cases.enhancements.rules import Disposition
from cases.products.models import Product
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.roster.models.entries import RosterEntry
from contracts.services.actions import calls
from contracts.services.actions.absences import enter_absence
from contracts.services.actions.profile import write_profile
from contracts.services.actions.years import begin_services
from portal.models import User

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)

PROFILE = {
    "products": "NetWorker 6.1.3 on 14 servers\nCelestra 1.0, a pilot on two",
    "platforms": "Solaris 8 on Sun Enterprise 450\nWindows 2000 at the branch offices",
    "topology": "Two sites, one library each, cloned by night",
    "contacts": "The operator on duty answers the number on the roster, day and night",
}
NEWS = (
    (BulletinKind.PATCH, "Patch for the media index", "Load it before the next upgrade.", 21),
    (
        BulletinKind.ALERT,
        "Tape labels written twice",
        "On Windows 2000 a label may be written twice when two devices load at once. Load them one by one.",
        6,
    ),
)
WISHES = (
    ("Scan while the server runs", "A scan of the media index that needs no stop of the server."),
    ("Report of cloned save sets", "A report that names the save sets whose clone is missing."),
)


def add_services(users: dict[str, User], now: dt.datetime) -> None:
    """Add them, each by its own act, for the agreements in force that have a PSAM."""
    psam, management = users["dana.whitfield@legato.example"], users["ruth.calloway@legato.example"]
    agreements = [
        one
        for one in Agreement.objects.in_force(now).select_related("reseller")
        if one.assignments.filter(user=psam).exists()
    ]
    if not agreements:
        return
    begun = now - 20 * DAY
    begin_services(agreements, by=management, at=begun)
    for agreement in agreements:
        _call(agreement, psam, now)
        write_profile(agreement, PROFILE, based_on=0, by=psam, at=begun)
    changed = PROFILE | {"topology": f"{PROFILE['topology']}\nA third site opens in May"}
    write_profile(agreements[0], changed, based_on=1, by=psam, at=now - 2 * DAY)
    away = (now + 12 * DAY).replace(hour=8, minute=0, second=0, microsecond=0)
    enter_absence(
        psam, starts_at=away, ends_at=away + 5 * DAY, reason="vacation", by=psam, at=now - DAY
    )
    _news(psam, now)
    _wishes(agreements, psam, now)


def _call(agreement: Agreement, psam: User, now: dt.datetime) -> None:
    """A call held lately, with its minutes and an action that is still open."""
    call = agreement.calls.to_hold().first()
    present = _technical(agreement, now)
    if call is None or not present:
        return
    at = now - 8 * DAY
    calls.prepare_agenda(
        call,
        text=calls.agenda_from_cases(call, at=at - DAY),
        planned_at=at,
        by=psam,
        at=at - DAY,
    )
    calls.agree_action(
        call,
        text="Send the list of patches for 6.1.3",
        owner=psam.name,
        due_on=agreement.date_at(now + 4 * DAY),
        by=psam,
        at=at,
    )
    calls.record_held(call, held_at=at, participants=present[:2], by=psam, at=at)
    calls.publish_minutes(
        call,
        text="We went through the open cases. The upgrade of the second site waits for the patch of the index; "
        "the list of patches follows by mail.",
        by=psam,
        at=at + 26 * HOUR,
    )


def _news(psam: User, now: dt.datetime) -> None:
    products = list(Product.objects.order_by("name"))[:2]
    for kind, title, body, days in NEWS:
        at = now - days * DAY
        bulletin = draft_bulletin(
            None, kind=kind, title=title, body=body, products=products, by=psam, at=at
        )
        publish_bulletin(bulletin, by=psam, at=at + HOUR)


def _wishes(agreements: list[Agreement], psam: User, now: dt.datetime) -> None:
    product = Product.objects.order_by("name").first()
    asking = [_technical(agreement, now) for agreement in agreements]
    people = [contacts[0].user for contacts in asking if contacts]
    if product is None or not people or people[0] is None:
        return
    for days, (title, request) in zip((30, 3), WISHES, strict=True):
        wish = submit_enhancement(
            product=product, title=title, request=request, by=people[0], at=now - days * DAY
        )
        if days > 20:
            dispose(
                wish,
                to=Disposition.ACCEPTED,
                disposition="It fits the design of the next minor Release.",
                title=title,
                summary=request,
                by=psam,
                at=now - 10 * DAY,
            )
            for other in people[1:]:
                if other is not None:
                    vote(wish, by=other, at=now - 5 * DAY)


def _technical(agreement: Agreement, now: dt.datetime) -> list[Contact]:
    """Technical Contacts of an agreement who sign in and were on the roster a month ago."""
    entries = (
        RosterEntry.objects.usable(now - 30 * DAY)
        .technical()
        .filter(agreement=agreement)
        .exclude(contact__user=None)
        .select_related("contact__user")
        .order_by("pk")
    )
    return [entry.contact for entry in entries]
