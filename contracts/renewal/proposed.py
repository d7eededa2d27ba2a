"""The proposed year beside the present one, ready for a page or a paper (REN; D-1)."""

from dataclasses import dataclass
from decimal import Decimal

from contracts.programmes.rules.programme_file import Change, diff
from contracts.renewal.models import RenewalProposal
from contracts.renewal.rules.proposal import Comparison, CostLine, costs, side_by_side

NEVER_SHOWN = ("clause[", "glossary[", "order of ")


@dataclass(frozen=True, slots=True)
class Proposed:
    """The proposed year, ready for a page: what it costs line by line, beside this year, and every changed term."""

    proposal: RenewalProposal
    lines: list[CostLine]
    comparisons: list[Comparison]
    changes: list[Change]

    @property
    def total(self) -> Decimal:
        """What the year costs."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def currency(self) -> str:
        """The currency of the proposed terms."""
        return self.proposal.programme.currency


def proposed(proposal: RenewalProposal) -> Proposed:
    """The proposed year beside the present one."""
    agreement = proposal.agreement
    taken: dict[str, int] = {}
    for option in agreement.options.all():
        taken[option.option] = taken.get(option.option, 0) + option.quantity
    chosen = {one.option: one.quantity for one in proposal.options.all()}
    programme = proposal.programme
    return Proposed(
        proposal,
        costs(
            proposal.tier_terms,
            [(programme.option(code), quantity) for code, quantity in chosen.items()],
            programme.currency,
        ),
        side_by_side(
            agreement.programme,
            programme,
            tiers=(agreement.tier, proposal.tier),
            options=(taken, chosen),
        ),
        [
            change
            for change in diff(agreement.programme, programme)
            if not change.path.startswith(NEVER_SHOWN)
        ],
    )
