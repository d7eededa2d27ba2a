"""The tests' database: a copy of a template, which is migrated once for all workers and runs of one server.

To migrate takes ten seconds, to copy a fraction of one. A changed migration makes another template, named by the
fingerprint of them all. The last few stay: another checkout may be about to copy one.
"""

import hashlib
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection

_PREFIX = "portal_tests_template_"
_MAKING = "portal_tests_template_in_the_making"
_KEPT = 8  # several checkouts on one server each keep theirs
_LOCK = 7_112_002  # any number: who holds it in the server's own database may make a template


def use_template() -> None:
    """Let the test database be copied from the template; make that first when the server has none."""
    template = f"{_PREFIX}{_fingerprint()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])  # the other workers wait
        known = _templates(cursor)
        if template not in known:
            made = [name for name in known if name != _MAKING]
            for old in {_MAKING, *made[: -_KEPT + 1]}:  # what a killed run was making goes too
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
            cursor.execute(f'CREATE DATABASE "{_MAKING}"')
            _migrate(_MAKING)
            cursor.execute(f'ALTER DATABASE "{_MAKING}" RENAME TO "{template}"')
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    connection.settings_dict["TEST"]["TEMPLATE"] = template


def _fingerprint() -> str:
    """What the migrations of all apps say, in a few letters."""
    said = hashlib.sha256()
    for app in apps.get_app_configs():
        for file in sorted(Path(app.path, "migrations").glob("*.py")):
            said.update(f"{app.label}/{file.name}\n".encode() + file.read_bytes())
    return said.hexdigest()[:12]


def _templates(cursor: Any) -> list[str]:
    """The templates on the server, the oldest first."""
    named = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid"
    cursor.execute(named, [_PREFIX])
    return [name for (name,) in cursor.fetchall()]


def _migrate(name: str) -> None:
    ours = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", interactive=False, verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = ours
