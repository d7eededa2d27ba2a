"""Notices about bulletins (ATSP 14.1.2)."""

import datetime as dt
from collections.abc import Sequence

from cases.bulletins.models import Bulletin
from contracts.parties.models.parties import Contact
from contracts.services.notices import recipients_of
from portal.notices import outbox


def bulletin_published(bulletin: Bulletin, told: Sequence[Contact], *, at: dt.datetime) -> None:
    """Send a bulletin to the contacts it concerns (ATSP 14.1.2)."""
    products = ", ".join(product.name for product in bulletin.products.all())
    kind = bulletin.get_kind_display()
    outbox.post(
        bulletin,
        "published",
        to=recipients_of(told),
        template="bulletin",
        title=f"{kind}: {bulletin.title}",
        context={
            "kind": kind,
            "products": products,
            "releases": [str(release) for release in bulletin.releases.select_related("product")],
            "body": bulletin.body,
            "action": "Read it in the portal",
        },
        url=bulletin.get_absolute_url(),
        clause="ATSP 14.1.2",
        at=at,
    )
