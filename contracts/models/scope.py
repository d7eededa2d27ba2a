"""Who sees which rows: provider people all, a reseller's people their own organisation's, everybody else none."""

from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models


def own_organisations(user: Any) -> models.QuerySet[Any, Any]:
    """The organisation of a signed-in reseller's contact as a subquery of ids; empty for one who left."""
    contacts = apps.get_model("contracts", "Contact")._default_manager
    return contacts.filter(user=user, left_at=None).values("organisation_id")


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows that belong to an organisation. `organisation` is the look-up path from the row to it."""

    organisation: ClassVar[str]

    def visible_to(self, user: Any) -> Self:
        """The rows that the user may see. It adds no query of its own: a contact who left sees nothing at once."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_provider:
            return self.all()
        return self.filter(**{f"{self.organisation}__in": own_organisations(user)})
