"""What each reseller of the access world has under its agreement; each side of an agreement adds a writer.

A writer puts the address of a thing into ``side.things`` under the name that rows call it by (``about``).
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from portal import attachments
from tests.access import cases_things, life_things
from tests.access.money_things import write_money
from tests.access.news_things import write_news
from tests.access.renewal_things import write_renewal
from tests.access.roster_things import write_roster
from tests.access.services_things import write_services
from tests.access.work_things import write_work

Writer = Callable[[Any, Any, dt.datetime], None]


def _attachment(world: Any, side: Any, now: dt.datetime) -> None:
    signed = attachments.attach(
        side.agreement, "signed_copy", name="page 1.txt", content=b"signed", by=None, at=now
    )
    side.things["attachment"] = (signed.pk,)


WRITERS: tuple[Writer, ...] = (
    _attachment,
    life_things.drafts,
    cases_things.write,
    write_roster,
    write_services,
    write_news,
    write_work,
    write_money,
    write_renewal,
)
