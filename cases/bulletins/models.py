"""Word of patches, bulletins and Software alerts, and who read them (ATSP 14.1.2)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from cases.products.models import Product, Release
from contracts.parties.models.parties import Contact
from contracts.scope import places_of

_TEXT = SearchVector("title", "body", config="english")


class BulletinKind(models.TextChoices):
    """What a bulletin tells."""

    PATCH = "patch", "Patch available"
    BULLETIN = "bulletin", "Bulletin"
    ALERT = "alert", "Software alert"


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    """Selects bulletins."""

    def visible_to(self, user: Any) -> Self:
        """All for the house, which owns the products; published ones for every reseller's people."""
        if not user.is_authenticated:
            return self.none()
        if user.is_provider:
            return self.filter(~Exists(places_of(user)))
        return self.filter(published_at__isnull=False)

    def published(self) -> Self:
        """The published ones, the latest first."""
        return self.filter(published_at__isnull=False).order_by("-published_at", "-pk")

    def matching(self, text: str) -> Self:
        """Those whose text has the words."""
        wanted = SearchQuery(text, search_type="websearch", config="english")
        return self.annotate(text=_TEXT).filter(text=wanted)

    def told_to(self, user: Any, *, unread: bool = False) -> Self:
        """Those that were sent to the user; with `unread`, those they have not read."""
        mine = BulletinReader.objects.filter(
            bulletin=OuterRef("pk"), contact__user=user, told_at__isnull=False
        )
        return self.filter(Exists(mine.filter(read_at=None) if unread else mine))

    def with_reading_of(self, user: Any) -> Self:
        """With `was_told` and `was_read`: whether it was sent to the user, and whether they have read it."""
        mine = BulletinReader.objects.filter(bulletin=OuterRef("pk"), contact__user=user)
        return self.annotate(
            was_told=Exists(mine.filter(told_at__isnull=False)),
            was_read=Exists(mine.filter(read_at__isnull=False)),
        )


class Bulletin(models.Model):
    """One bulletin about products, of some Releases where it names them. A published one stays as it is."""

    kind = models.CharField(max_length=10, choices=BulletinKind.choices)
    title = models.CharField(max_length=200)
    body = models.TextField()
    products = models.ManyToManyField(Product, related_name="bulletins")
    releases = models.ManyToManyField(Release, blank=True, related_name="bulletins")
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = BulletinQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-published_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["-published_at"], name="bulletin_latest"),
            GinIndex(_TEXT, name="bulletin_text"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="bulletin_published_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("bulletin", args=[self.pk])


class BulletinReaderQuerySet(models.QuerySet["BulletinReader"]):
    """Selects who was sent a bulletin or found it."""

    def told_lately(self, user: Any) -> Self:
        """The published bulletins that were sent to the user, the latest first, with whether they have read them."""
        mine = self.filter(contact__user=user, told_at__isnull=False)
        published = mine.filter(bulletin__published_at__isnull=False).select_related("bulletin")
        return published.order_by("-bulletin__published_at", "-bulletin_id")


class BulletinReader(models.Model):
    """A contact who was sent a bulletin or found it in the archive, and when they read it."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="readers")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="bulletins")
    told_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = BulletinReaderQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["bulletin", "contact"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulletin", "contact"], name="bulletin_reader_once"),
            models.CheckConstraint(
                condition=Q(told_at__isnull=False) | Q(read_at__isnull=False),
                name="bulletin_reader_was_told_or_read",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} on {self.bulletin}"


class ProductInterest(models.Model):
    """A product that a contact follows; without any they hear about those their company has cases on."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="interests")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="interested")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contact", "product"], name="product_interest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.contact}: {self.product}"
