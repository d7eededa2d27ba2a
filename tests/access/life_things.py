"""A draft of each reseller's next year."""

import datetime as dt
from typing import Any

from contracts.agreements.models.agreements import AgreementState
from tests.contracts.factories import make_agreement


def drafts(world: Any, side: Any, now: dt.datetime) -> None:
    """A draft years ahead, so that it overlaps nothing."""
    draft = make_agreement(
        side.agreement.programme_version,
        reseller=side.agreement.reseller,
        provider=side.agreement.provider,
        contract_number=f"DRAFT-{side.agreement.reference}",
        effective_on=dt.date(2008, 9, 3),
        ends_on=dt.date(2009, 9, 2),
        state=AgreementState.DRAFT,
    )
    side.things["draft"] = (draft.reference,)
