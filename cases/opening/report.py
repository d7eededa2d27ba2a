"""What a reseller reports (ATSP 5.2.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    product_answers: Mapping[int, str] = field(default_factory=dict, hash=False)
    """What is answered to the product's own questions, by their keys."""

    def fields(self) -> dict[str, Any]:
        """What was typed into the fields that every report has, by their names."""
        return {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name != "product_answers"
        }
