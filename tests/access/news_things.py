"""Bulletins, and a request for enhancement of each reseller of the access world."""

import datetime as dt
from typing import Any

from cases.bulletins.actions import draft_bulletin, publish_bulletin
from cases.bulletins.models import BulletinKind
from cases.enhancements.actions import submit_enhancement


def write_news(world: Any, side: Any, now: dt.datetime) -> None:
    """A published bulletin, a draft, and a request that is not reviewed yet."""
    psam = world.base.people["psam"]
    name = side.agreement.reseller.name
    made = [
        draft_bulletin(
            None,
            kind=BulletinKind.PATCH,
            title=title,
            body="Load it.",
            products=[world.base.product],
            by=psam,
            at=now,
        )
        for title in ("A patch", "A patch to come")
    ]
    side.things["bulletin"] = (publish_bulletin(made[0], by=psam, at=now).pk,)
    side.things["bulletin draft"] = (made[1].pk,)
    wish = submit_enhancement(
        product=world.base.product,
        title=f"A wish of {name}",
        request=f"The wish of {name}.",
        by=side.contact.user,
        at=now,
    )
    side.things["enhancement"] = (wish.pk,)
    side.things["product"] = (world.base.product.pk,)
    side.things["product act"] = (world.base.product.pk, "release")
