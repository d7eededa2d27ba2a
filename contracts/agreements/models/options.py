"""The options that agreements took (ATSP page 1, 14)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracts.agreements.models.agreements import Agreement, OfAgreementQuerySet, stays_when_signed
from contracts.programmes.rules.terms import Option


class OptionKindChoice(models.TextChoices):
    """What an option buys; the values are those of ``contracts.programmes.rules.terms.OptionKind``."""

    PSAM = "psam", "Premium Support Account Manager"
    ESS = "ess", "Enterprise Support Specialist"


class AgreementOption(models.Model):
    """An option taken: which, how many, from when, and the fee it was charged (D-1, D-2)."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="options")
    option = models.CharField(max_length=60, help_text="An option of the programme, by code.")
    kind = models.CharField(max_length=10, choices=OptionKindChoice.choices)
    quantity = models.PositiveSmallIntegerField()
    taken_on = models.DateField()
    fee = models.DecimalField(max_digits=12, decimal_places=2)
    initials = models.CharField(max_length=10, blank=True)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "taken_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agreement", "option", "taken_on"], name="option_taken_once_a_day"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="option_has_a_quantity"),
            models.CheckConstraint(condition=Q(fee__gte=0), name="option_fee_not_negative"),
        ]
        triggers: ClassVar = [stays_when_signed("signed_option_stays", "an option")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.option}"

    @property
    def words(self) -> str:
        """What was taken, in words: "2 × PSAM Level II"."""
        times = f"{self.quantity} × " if self.quantity > 1 else ""
        return f"{times}{self.terms.name}"

    @property
    def terms(self) -> Option:
        """The option's terms in the programme."""
        return self.agreement.programme.option(self.option)
