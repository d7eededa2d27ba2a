"""Who signed an agreement for each side, and where notices to each go (ATSP page 1, 20.2)."""

from typing import ClassVar

from django.db import models

from contracts.agreements.models.agreements import Agreement, OfAgreementQuerySet, stays_when_signed
from contracts.parties.models.parties import Address

PAGE_1 = "page 1"
"""The place of the signatures that the portal records."""


class Side(models.TextChoices):
    """Which party a signature or an address is of."""

    PROVIDER = "provider", "provider"
    RESELLER = "reseller", "reseller"


class Signature(models.Model):
    """A signature on the paper; what the scan reads is kept beside what it means."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=10, choices=Side.choices)
    place = models.CharField(max_length=40, help_text='Where it stands, "page 1".')
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    as_filed = models.TextField(blank=True, help_text="What the filed paper shows, word for word.")

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "place", "side"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "side", "place"], name="signature_once"),
        ]
        triggers: ClassVar = [stays_when_signed("signature_stays", "a signature")]

    def __str__(self) -> str:
        return f"{self.name} for the {self.side}"


class NoticeAddress(Address):
    """Where written notices to a party go (ATSP 20.2)."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="notice_addresses"
    )
    side = models.CharField(max_length=10, choices=Side.choices)
    name = models.CharField(max_length=160)
    attention = models.CharField(max_length=120, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    fax = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "side"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "side"], name="notice_address_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, attention {self.attention}" if self.attention else self.name
