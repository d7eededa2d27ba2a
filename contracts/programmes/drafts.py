"""The draft of a programme file: what is offered until it is published or discarded."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from portal import draft_list, drafts
from portal.models import Draft, User

FORM = "contracts.programme"


def draft_of(user: User) -> Draft | None:
    """The user's draft, if there is one."""
    found: Draft | None = Draft.objects.visible_to(user).filter(form=FORM).first()
    return found


def keep(user: User, text: str, name: str, at: dt.datetime) -> Draft:
    """Keep the text of a file in place of what was kept before."""
    draft, _ = Draft.objects.update_or_create(
        user=user,
        form=FORM,
        defaults={
            "title": name[:200],
            "data": {"text": text, "name": name},
            "updated_at": at,
        },
    )
    return draft


def discard(user: User) -> None:
    """Throw the draft away."""
    Draft.objects.visible_to(user).filter(form=FORM).delete()


def keep_at(user: User, path: str, typed: Mapping[str, Any], at: dt.datetime) -> None:
    """Keep the text that is being written."""
    if typed.get("text"):
        keep(user, typed["text"], typed.get("name") or "programme.toml", at)


def register_forms() -> None:
    """Say which form keeps what is typed here."""
    drafts.keeps_its_own("publish_programme", keep_at)
    draft_list.lists_its_own(
        FORM,
        lambda draft: (f"A programme to publish: {draft.title}", reverse("publish_programme")),
    )
