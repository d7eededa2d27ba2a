"""Published versions of programmes: the terms as data, never changed once published."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, Q
from django.db.models.fields.json import KT

from contracts.programmes.rules import programme_file
from contracts.programmes.rules.terms import Programme
from contracts.scope import places_of, providers_served

_programmes: dict[int, Programme] = {}
_versions: dict[int, "ProgrammeVersion"] = {}


def programme_of(version_id: int) -> Programme:
    """The terms of a published version. Read once in each process: a version never changes."""
    programme = _programmes.get(version_id)
    if programme is None:
        version = _versions[version_id] = ProgrammeVersion.objects.defer(None).get(pk=version_id)
        terms = version.__dict__.pop("terms")  # from now on as if it had not been read
        programme = _programmes[version_id] = programme_file.load(terms)
    return programme


def version_of(version_id: int) -> "ProgrammeVersion":
    """A published version with its code and number, for naming it. Read once in each process, with its terms.

    Rows that refer to a version are read without joining it: following the reference itself would read all its terms.
    """
    if version_id not in _versions:
        programme_of(version_id)
    return _versions[version_id]


class ProgrammeVersionQuerySet(models.QuerySet["ProgrammeVersion"]):
    """Selects published versions."""

    def visible_to(self, user: Any) -> Self:
        """Those that an agreement which the user may see is signed under; to a provider's people its own as well.

        A programme is its provider's by the name that its terms give. The house has those of every provider that
        keeps no people of its own.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        agreements = apps.get_model("contracts", "Agreement")._default_manager
        signed = Q(pk__in=agreements.all().visible_to(user).values("programme_version"))
        if not user.is_provider:
            return self.filter(signed)
        organisations = apps.get_model("contracts", "Organisation")._default_manager
        served = organisations.filter(pk__in=providers_served(user))
        named = self.alias(_provider=KT("terms__programme__provider"))
        house = Q(_house=True) & ~Q(
            _provider__in=organisations.filter(own_people=True).values("name")
        )
        return named.alias(_house=~Exists(places_of(user))).filter(
            signed | Q(_provider__in=served.values("name")) | house
        )

    def latest_of(self, code: str) -> "ProgrammeVersion":
        """The newest version of a programme. Raises ProgrammeVersion.DoesNotExist when none is published."""
        return self.filter(code=code).latest("number")


class ProgrammeVersionManager(models.Manager.from_queryset(ProgrammeVersionQuerySet)):  # type: ignore[misc]
    """Finds published versions; the bulk of their terms is read only when asked for."""

    def get_queryset(self) -> ProgrammeVersionQuerySet:
        """Versions without their terms, which `programme_of` keeps."""
        return super().get_queryset().defer("terms")

    def latest(self, code: str) -> "ProgrammeVersion":
        """The newest version of a programme. Raises ProgrammeVersion.DoesNotExist when none is published."""
        return self.latest_of(code)


class ProgrammeVersion(models.Model):
    """One published version of a programme's terms. Agreements pin it; changed terms are a new version."""

    code = models.SlugField(max_length=60)
    number = models.PositiveIntegerField()
    terms = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the terms in canonical form.")
    source_name = models.CharField(max_length=200, help_text="The file it was published from.")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ProgrammeVersionManager()

    class Meta:
        ordering: ClassVar = ["code", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "number"], name="programme_number_once"),
            models.UniqueConstraint(fields=["code", "digest"], name="programme_terms_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="programme_numbers_from_one"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.code} version {self.number}"

    @property
    def programme(self) -> Programme:
        """Its terms as frozen values."""
        return programme_of(self.pk)
