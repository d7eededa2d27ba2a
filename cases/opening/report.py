"""What a reseller reports (ATSP 5.2.3)."""

from dataclasses import dataclass
from typing import Any

from cases.products.models import Product


@dataclass(frozen=True, slots=True)
class Report:
    """What the reseller reports (ATSP 5.2.3): the fields of the form, as typed."""

    title: str
    product: Product
    release: str
    platform: str
    operating_system: str
    description: str
    business_impact: str
    severity: int
    end_user: str
    updates_paid: bool
    level_1_work: str
    level_2_work: str
    replication_steps: str
    replication: str
    replication_evidence: str = ""
    hardware: str = ""
    other_software: str = ""
    modified_software: bool = False
    answer_in_writing: bool = False

    def fields(self) -> dict[str, Any]:
        """What was typed, by the field's name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}
