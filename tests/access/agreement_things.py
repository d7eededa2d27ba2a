"""What each reseller of the access world has under its agreement; each side of an agreement adds a writer.

A writer puts the address of a thing into ``side.things`` under the name that rows call it by (``about``).
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from portal import attachments
from portal.models import SENT, Attachment, Checked
from tests.access import cases_things, life_things
from tests.access.money_things import write_money
from tests.access.news_things import write_news
from tests.access.renewal_things import write_renewal
from tests.access.roster_things import write_roster
from tests.access.services_things import write_services
from tests.access.together_things import write_together
from tests.access.work_things import write_work

Writer = Callable[[Any, Any, dt.datetime], None]


def _attachment(world: Any, side: Any, now: dt.datetime) -> None:
    signed = attachments.attach(
        side.agreement, "signed_copy", name="page 1.txt", content=b"signed", by=None, at=now
    )
    side.things["attachment"] = (signed.pk,)


PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


def _sent_file(world: Any, side: Any, now: dt.datetime) -> None:
    """A picture on a message of another contact's, and an upload that is on its way."""
    case = next(iter(side.cases.values()))
    message = case.messages.first()
    kept = default_storage.save("files/access", ContentFile(PNG))
    sent = Attachment.objects.create(
        subject_type="cases.message",
        subject_id=message.pk,
        purpose=SENT,
        name="screen.png",
        content_type="image/png",
        size=len(PNG),
        file=kept,
        added_at=now,
        checked=Checked.CLEAN,
    )
    side.things["sent file"] = (sent.pk,)
    side.things["upload"] = ("6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a02",)


WRITERS: tuple[Writer, ...] = (
    _attachment,
    _sent_file,
    life_things.drafts,
    cases_things.write,
    write_roster,
    write_services,
    write_news,
    write_work,
    write_money,
    write_renewal,
    write_together,
)
