"""Keeping the account profile of a reseller's environment, each change a revision (ATSP 14.1.1)."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from contracts.agreements.models.agreements import Agreement
from contracts.parties.people import require_serving
from contracts.services.models.profile import ProfileRevision
from contracts.services.permissions import PROFILE_KEEPERS
from contracts.services.rules.profile import SECTIONS, changes
from contracts.verbs import Verb
from portal import journal, locks
from portal.access import require_role
from portal.models import User
from portal.rules.refusal import Refusal

CLAUSE = "ATSP 14.1.1"


@transaction.atomic
def write_profile(
    agreement: Agreement,
    sections: Mapping[str, str],
    *,
    based_on: int,
    by: User,
    at: dt.datetime,
) -> ProfileRevision:
    """Write the next revision of the reseller's account profile; `based_on` is what the writer saw, 0 for none.

    Raises Refusal when somebody else wrote meanwhile, when nothing changed, and for people who do not keep profiles.
    """
    require_role(by, *PROFILE_KEEPERS, act="change an account profile", clause=CLAUSE)
    require_serving(by, agreement.provider_id, "change an account profile")
    organisation = agreement.reseller
    locks.lock(organisation)
    last = ProfileRevision.objects.of(organisation).select_related("by").first()
    number = last.number if last else 0
    if number != based_on:
        who = last.by.name if last else "somebody"
        raise Refusal(
            f"{who} changed the profile meanwhile: revision {number}.",
            clause=CLAUSE,
            way_out="Look at what changed, put both together, and save again.",
        )
    after = {name: str(sections.get(name, "")).strip() for name in SECTIONS}
    changed = changes(last.sections if last else {}, after)
    if not changed:
        raise Refusal(
            "Nothing is different from the last revision.",
            clause=CLAUSE,
            way_out="Change something, or leave it as it is.",
        )
    revision = ProfileRevision.objects.create(
        organisation=organisation, number=number + 1, by=by, at=at, **after
    )
    journal.record(
        agreement,
        Verb.PROFILE_WRITTEN,
        by=by,
        at=at,
        public=True,
        clause=CLAUSE,
        text=f"Revision {revision.number}: {', '.join(one.title for one in changed)}",
        revision=revision.pk,
    )
    return revision
