"""People who sign in."""

import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from portal.roles import Role


def validate_zone(value: str) -> None:
    """Raise ValidationError unless `value` is an IANA time zone such as America/Los_Angeles."""
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(
            f"{value!r} is not a time zone; write an IANA name such as America/Los_Angeles"
        ) from error


class UserManager(BaseUserManager["User"]):
    """Makes users and selects them by role."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user who signs in with an e-mail address; without a password they cannot sign in yet."""
        if not email:
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a contract administrator who passes every permission check of Django."""
        roles = fields.pop("roles", [Role.CONTRACT_ADMINISTRATOR])
        return self.create_user(email, password, is_superuser=True, roles=roles, **fields)

    def with_role(self, *roles: str) -> models.QuerySet["User"]:
        """Active provider users who hold at least one of the roles, by name."""
        return self.filter(is_active=True, roles__overlap=list(roles)).order_by("name", "pk")


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail address: a provider's with roles, or a reseller's with none."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    roles = ArrayField(
        models.CharField(max_length=40, choices=Role.choices),
        default=list,
        blank=True,
        help_text="Roles at the provider; a reseller's person has none.",
    )
    zone = models.CharField(
        max_length=64, default="America/Los_Angeles", validators=[validate_zone]
    )
    is_active = models.BooleanField(default=True)
    preferences = models.JSONField(
        default=dict,
        blank=True,
        help_text="How they like pages: see `portal.preferences`.",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case"),
        ]
        indexes = [GinIndex(fields=["roles"], name="user_roles")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_provider(self) -> bool:
        """Whether the person works for the provider."""
        return bool(self.roles)

    @property
    def is_staff(self) -> bool:
        """Whether libraries may treat the person as staff."""
        return self.is_superuser

    def has_role(self, *roles: str) -> bool:
        """Whether the person is active and holds at least one of the roles."""
        return self.is_active and any(role in self.roles for role in roles)

    @property
    def role_names(self) -> list[str]:
        """The roles in words, in the order of the list of roles."""
        return [role.label for role in Role if role.value in self.roles]

    def get_short_name(self) -> str:
        """The name as a greeting uses it: its first word."""
        return self.name.split(" ")[0]
