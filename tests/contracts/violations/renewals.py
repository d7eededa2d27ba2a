"""Renewal proposals and their options."""

from typing import Any

from contracts.renewal.models import ProposedOption, RenewalProposal
from tests.contracts.factories import LOADED_AT, make_agreement


def _proposal(**fields: Any) -> RenewalProposal:
    agreement = make_agreement()
    values: dict[str, Any] = {
        "agreement": agreement,
        "programme_version": agreement.programme_version,
        "opened_at": LOADED_AT,
    }
    return RenewalProposal.objects.create(**(values | fields))


def proposal_settled_when_not_open() -> None:
    _proposal(state="signed")


def proposal_declined_for_a_reason() -> None:
    _proposal(state="declined", settled_at=LOADED_AT)


def proposal_percentage_is_one() -> None:
    _proposal(percentage=101)


def proposal_wishes_have_their_time() -> None:
    _proposal(wishes="More.")


def proposed_option_once() -> None:
    proposal = _proposal()
    for _ in range(2):
        ProposedOption.objects.create(proposal=proposal, option="psam-1", quantity=1)


def proposed_option_has_a_quantity() -> None:
    ProposedOption.objects.create(proposal=_proposal(), option="psam-1", quantity=0)


VIOLATIONS = [
    proposal_settled_when_not_open,
    proposal_declined_for_a_reason,
    proposal_percentage_is_one,
    proposal_wishes_have_their_time,
    proposed_option_once,
    proposed_option_has_a_quantity,
]
