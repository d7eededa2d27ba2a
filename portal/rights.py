"""The rights of the role that the portal runs as: it owns no table, so that no trigger steps aside for it.

What the database protects by a trigger that nothing lifts (the journal, the ledgers, signed papers), the role may not
change or delete in the first place: a trigger can be told to look away, a missing right cannot. Nothing may be emptied.
"""

from collections.abc import Iterator

import pgtrigger
from django.apps import apps
from django.db import connection, models

OPERATIONS = ("UPDATE", "DELETE")


def protected() -> Iterator[tuple[type[models.Model], str]]:
    """Each model whose rows are never changed, or never deleted, with the operation that is refused."""
    for model in apps.get_models():
        for trigger in getattr(model._meta, "triggers", ()):
            if isinstance(trigger, pgtrigger.Protect) and trigger.condition is None:
                for operation in OPERATIONS:
                    if operation in str(trigger.operation):
                        yield model, operation


def changeable() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Each model of which only some columns are never changed, with the columns that may be."""
    for model in apps.get_models():
        for trigger in getattr(model._meta, "triggers", ()):
            if isinstance(trigger, pgtrigger.ReadOnly) and trigger.fields:
                fixed = {model._meta.get_field(name) for name in trigger.fields}
                columns = [
                    str(field.column)
                    for field in model._meta.concrete_fields
                    if field not in fixed and not field.primary_key
                ]
                yield model, columns


def grant(role: str) -> None:
    """Give a role what the portal needs in the tables that are there. For the tables' owner, after each migration."""
    quote = connection.ops.quote_name
    statements = [
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        *(
            f"REVOKE {operation} ON {quote(model._meta.db_table)} FROM {{role}}"
            for model, operation in protected()
        ),
        *(
            f"GRANT UPDATE ({', '.join(map(quote, columns))}) ON {quote(model._meta.db_table)} TO {{role}}"
            for model, columns in changeable()
        ),
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(role=quote(role)))


def make_role(role: str, password: str) -> None:
    """Have a role that signs in with the password and may nothing by itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        doing = "ALTER" if cursor.fetchone() else "CREATE"
        may = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
        name = connection.ops.quote_name(role)
        cursor.execute(f"{doing} ROLE {name} {may} PASSWORD %s", [password])
