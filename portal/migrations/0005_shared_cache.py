from typing import Any

from django.core.management import call_command
from django.db import migrations

TABLE = "portal_cache"


def make_table(apps: Any, schema_editor: Any) -> None:
    """The table of the cache that all processes share."""
    call_command("createcachetable", TABLE, database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("portal", "0004_instants_in_json")]

    operations = [
        migrations.RunPython(make_table, migrations.RunPython.noop),
    ]
