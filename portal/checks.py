"""What `manage.py check --deploy --database default` says of an installation beside Django's own checks."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connection

_IS_BOUND = """
    SELECT NOT rolsuper
       AND NOT has_table_privilege(current_user, 'portal_journalentry', 'UPDATE, DELETE, TRUNCATE')
      FROM pg_roles WHERE rolname = current_user
"""


@register(Tags.database, deploy=True)
def role_is_bound(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Whether the role that the portal signs in as can change the journal: then no trigger protects it."""
    if not databases:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_IS_BOUND)
        [bound] = cursor.fetchone()
    if bound:
        return []
    return [
        Warning(
            "The portal signs in to the database as a role that can change the journal.",
            hint="Migrate as the owner, run manage.py grant_rights portal_app, and sign in as portal_app.",
            id="portal.W001",
        )
    ]
