"""What a report tells of a case besides the Problem itself (ATSP 5.2.3, 1.15, 1.19, 2.1)."""

from django.db import models

from contracts.programmes.rules.terms import Programme


class Replication(models.TextChoices):
    """What came of replicating the Problem (ATSP 1.15, 5.2.3)."""

    REPLICATED = "replicated", "Replicated: the steps recreate the Problem"
    UNSUCCESSFUL = "unsuccessful", "Tried without success: evidence of what was tried is given"


ASKED_OF_A_REPORT = {
    "release": "the release",
    "platform": "the platform",
    "operating_system": "the operating system with its version",
    "business_impact": "the business impact",
    "end_user": "the End-User",
    "replication_steps": "the steps to replicate",
    "replication": "whether the Problem could be replicated",
    "level_1_work": "the Level 1 work done",
    "level_2_work": "the Level 2 work done",
}
"""What a report tells besides the Problem itself (ATSP 5.2.3, 1.15, 1.19, 2.1), by field, as one asks for it."""


def required_of_a_report(programme: Programme) -> frozenset[str]:
    """The fields that a programme asks of a report besides the Problem itself."""
    every = frozenset(ASKED_OF_A_REPORT)
    return every & set(programme.reporting.asked) if programme.reporting else every


REPORTED = (
    "hardware",
    "other_software",
    "description",
    "business_impact",
    "level_1_work",
    "level_2_work",
    "replication_steps",
    "replication_evidence",
    "limitations",
    "product_answers",
)
"""The long texts of a report, which nobody but its page needs."""
