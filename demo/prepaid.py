"""Prepaid cases in the demonstration: a transfer between the regions of MTI's agreement, some weeks ago."""

import datetime as dt

from contracts.agreements.models.agreements import Agreement
from contracts.prepaid.actions.transfer import transfer_cases
from demo.history import History
from demo.scenarios import DAY
from portal.models import User


def plan(history: History, users: dict[str, User], now: dt.datetime) -> None:
    """Let the account manager move cases of EMEA to the United States, where more are opened (ATSP page 1)."""
    at = now - 37 * DAY
    for agreement in Agreement.objects.in_force(at):
        tier = agreement.tier_terms
        if tier is None or len(tier.pools) < 2:
            continue
        target, source = tier.pools[0], tier.pools[1]

        def transfer(
            agreement: Agreement = agreement, source: str = source.code, target: str = target.code
        ) -> None:
            transfer_cases(
                agreement,
                source=source,
                target=target,
                cases=15,
                reason="Agreed on the January call: the team in Anaheim supports EMEA's nights until spring.",
                by=users["anne.delacroix@legato.example"],
                at=at,
            )

        history.plan(at, transfer)
