"""Notices about a breach: that notice was given, and that the time to cure is over (SCL 10.1, 18)."""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from contracts.ending.models import BreachNotice
from contracts.parties.people import Staff
from contracts.roster.notices import keepers_of
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft
from portal.roles import Role


def given(notice: BreachNotice, *, at: dt.datetime) -> None:
    """Tell both sides that notice was given, and through which day it can be cured."""
    _post([notice], "given", "notice was given", at=at)


def cure_over(notices: Sequence[BreachNotice], *, at: dt.datetime, late: bool) -> None:
    """Tell both sides that the time to cure is over, and that the agreement may be terminated."""
    _post(notices, "over", "the time to cure is over", at=at, late=late)


def _post(
    notices: Sequence[BreachNotice], step: str, said: str, *, at: dt.datetime, late: bool = False
) -> None:
    administrators = Staff(Role.CONTRACT_ADMINISTRATOR, at=at)
    keepers = keepers_of([one.agreement for one in notices])
    outbox.post_many(
        [
            NoticeDraft(
                subject=one.agreement,
                step=f"breach:{one.pk}:{step}",
                to=[*administrators.of(one.agreement), *keepers[one.agreement_id]],
                template="breach_notice",
                title=f"Agreement {one.agreement.contract_number}: {said}",
                context={
                    "contract": one.agreement.contract_number,
                    "party": one.party,
                    "text": one.text,
                    "received_on": f"{one.received_on:%-d %B %Y}",
                    "cure_until": f"{one.cure_until:%-d %B %Y}" if one.cure_until else "",
                    "over": step == "over",
                },
                url=reverse("renewal", args=[one.agreement.reference]),
                clause=one.clause,
                late=late,
            )
            for one in notices
        ],
        at=at,
    )
