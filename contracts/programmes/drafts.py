"""The draft of a programme file: what is offered until it is published or discarded.

The form is kept as any other one is (`portal.drafts`), but for a file that is sent: its text is the draft then.
"""

import datetime as dt
from collections.abc import Mapping

from django.urls import reverse

from portal import drafts
from portal.draft_kinds import keeps_its_own
from portal.draft_rows import Hand, Written
from portal.models import Draft, User


def draft_of(user: User) -> Draft | None:
    """The user's draft, if there is one; one statement."""
    return drafts.there(user, reverse("publish_programme"))


def keep(user: User, sent: Mapping[str, str], text: str, name: str, at: dt.datetime) -> Written:
    """Keep the text of a file that was sent with the form `sent`; what another tab typed is set aside."""
    said = drafts.hand_in(sent)
    hand = Hand(said.page, said.version, f"A programme to publish: {name}"[:200])
    typed = {"text": text.replace("\0", ""), "name": name}
    return drafts.keep_both(user, reverse("publish_programme"), typed, at, hand)


def register_forms() -> None:
    """Say which view keeps what is sent to it itself."""
    keeps_its_own("publish_programme")
