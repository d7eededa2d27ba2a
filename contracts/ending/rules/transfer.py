"""Whether a party may transfer an agreement, and what the other party must have before (ATSP 19.3; SCL 19.1)."""

from datetime import date

from contracts.programmes.rules.choices import PartySide, TransferNeeds
from contracts.programmes.rules.renewal_terms import Transfer
from contracts.programmes.rules.terms import Programme
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

BY_THE_PROVIDER = Transfer(PartySide.PROVIDER, TransferNeeds.NOTHING, "ATSP 19.3")
"""Of versions published before their file said who may transfer."""


def transfer_of(programme: Programme, side: str) -> Transfer:
    """How a side may transfer the agreement. Raises Refusal for one that may not (ATSP 19.3)."""
    known = programme.transfers or (BY_THE_PROVIDER,)
    found = next((one for one in known if one.side == side), None)
    if found is None:
        who = "A reseller" if side == PartySide.RESELLER else "The provider"
        raise Refusal(
            f"{who} may not assign the agreement.",
            clause=known[0].clause,
            way_out="Draw up an agreement with the other company.",
            field="side",
        )
    return found


def require_transfer(terms: Transfer, *, to: str, since: date, other_party_on: date | None) -> None:
    """Raise Refusal unless the successor is of a kind that the paper allows, and the other party consented or was
    notified in writing before, where it must (SCL 19.1).
    """
    if terms.to and to not in terms.to:
        raise Refusal(
            "Say what the successor is.",
            clause=terms.clause,
            way_out=f"The agreement goes to: {'; or: '.join(terms.to)}.",
            field="to",
        )
    if terms.needs is TransferNeeds.NOTHING:
        return
    consents = terms.needs is TransferNeeds.CONSENT
    if other_party_on is None:
        raise Refusal(
            "The other party's written consent is missing."
            if consents
            else "The other party was not notified in writing.",
            clause=terms.clause,
            way_out="Write the day on which it consented."
            if consents
            else "Notify it first, then write the day.",
            field="other_party_on",
        )
    if other_party_on > since:
        raise Refusal(
            f"{day_words(other_party_on)} is after the day of the transfer, {day_words(since)}.",
            clause=terms.clause,
            way_out=f"{'Consent' if consents else 'Notice'} comes before it: write the day, or a later transfer.",
            field="other_party_on",
        )
