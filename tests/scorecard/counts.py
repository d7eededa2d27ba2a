"""Scores of counts worked by hand: the measures then name no cases."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contracts.programmes.rules.choices import Measured
from contracts.programmes.rules.scorecard_terms import Scorecard
from scorecard.rules.exhibit_b import Result, score_figures
from scorecard.rules.figures import Figure


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of a scorecard worked by hand. `mean_days` is None when no case closed."""

    severity_1: int
    severity_1_with_fix: int
    all_cases: int
    all_with_fix: int
    replicated: int
    mean_days: Decimal | None
    contacts: int
    trained: int


def score_counts(scorecard: Scorecard, counts: Counts) -> Result:
    """The result of those counts."""
    mean = counts.mean_days
    return score_figures(
        scorecard,
        {
            Measured.CRITICAL_IN_KNOWLEDGE_BASE: Figure(
                Fraction(counts.severity_1_with_fix), counts.severity_1
            ),
            Measured.ALL_IN_KNOWLEDGE_BASE: Figure(Fraction(counts.all_with_fix), counts.all_cases),
            Measured.REPLICATED_BY_PROVIDER: Figure(Fraction(counts.replicated), counts.all_cases),
            Measured.DAYS_RELIEF_TO_CLOSURE: Figure(Fraction(mean or 0), 0 if mean is None else 1),
            Measured.CONTACTS_TRAINED: Figure(Fraction(counts.trained), counts.contacts),
        },
    )
