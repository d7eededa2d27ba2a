"""Requests for Feature Enhancement: their own life, the cases behind them, and votes (ATSP 1.5, 10.1, 14.1.4)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from cases.case.models import Case
from cases.enhancements.rules import Disposition
from cases.products.models import Product
from contracts.parties.models.parties import Organisation
from contracts.scope import own_organisations, places_of


class EnhancementQuerySet(models.QuerySet["Enhancement"]):
    """Selects requests."""

    def visible_to(self, user: Any) -> Self:
        """All for the house; for a reseller's people those their company wrote, and those reviewed and so shared."""
        if not user.is_authenticated:
            return self.none()
        if user.is_provider:
            return self.filter(~Exists(places_of(user)))
        own = own_organisations(user)
        at_all = Exists(own)
        shared = ~Q(state=Disposition.SUBMITTED)
        return self.filter(Q(reseller__in=own) | Q(at_all) & shared)

    def wanted_by_company_of(self, user: Any) -> Self:
        """Those that the user's company wrote or voted for."""
        own = own_organisations(user)
        votes = EnhancementVote.objects.filter(enhancement=OuterRef("pk"), reseller__in=own)
        return self.filter(Q(reseller__in=own) | Exists(votes))

    def most_wanted_first(self) -> Self:
        """By the number of companies that voted, then the latest first."""
        return self.annotate(wanted=Count("voters", distinct=True)).order_by("-wanted", "-pk")

    def with_votes(self, user: Any) -> Self:
        """With `votes`, how many companies want it, and for a reseller's person `own_vote`, whether theirs does."""
        own = EnhancementVote.objects.filter(
            enhancement=OuterRef("pk"), reseller__in=own_organisations(user)
        )
        return self.annotate(votes=Count("voters", distinct=True), own_vote=Exists(own))

    def matching(self, text: str) -> Self:
        """The one of that number ("RFE-12"), else those whose title or summary has the words."""
        number = text.strip().upper().removeprefix("RFE-")
        if number.isdecimal() and len(number) < 18:
            return self.filter(pk=int(number))
        wanted = SearchQuery(text, search_type="websearch", config="english")
        return self.annotate(text=SearchVector("title", "summary", config="english")).filter(
            text=wanted
        )


class Enhancement(models.Model):
    """One RFE. `request` is as it was written, for its own company and the provider; title and summary are shared
    once it is reviewed, in words that name no reseller.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="enhancements")
    title = models.CharField(max_length=200)
    summary = models.TextField()
    request = models.TextField()
    reseller = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="enhancements",
        help_text="Whose wish it was; none for one of the provider's own.",
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField()
    state = models.CharField(
        max_length=20,
        choices=[(each.value, each.label) for each in Disposition],
        default=Disposition.SUBMITTED.value,
    )
    disposition = models.TextField(blank=True, help_text="What was decided, and why.")
    disposed_at = models.DateTimeField(null=True, blank=True)
    release = models.CharField(max_length=20, blank=True, help_text="The Release that brings it.")
    cases = models.ManyToManyField(Case, blank=True, related_name="enhancements")

    objects = EnhancementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "-id"], name="enhancement_by_state")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="submitted", disposed_at=None)
                | ~Q(state="submitted") & Q(disposed_at__isnull=False) & ~Q(disposition=""),
                name="enhancement_disposed_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("enhancement", args=[self.pk])

    @property
    def number(self) -> str:
        """How people name it."""
        return f"RFE-{self.pk}"

    @property
    def standing(self) -> Disposition:
        """Where it stands."""
        return Disposition(self.state)


class EnhancementVote(models.Model):
    """A company wants it: one vote each, withdrawn by taking it away."""

    enhancement = models.ForeignKey(Enhancement, on_delete=models.CASCADE, related_name="voters")
    reseller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enhancement", "reseller"], name="enhancement_vote_once_a_company"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reseller} for {self.enhancement.number}"
