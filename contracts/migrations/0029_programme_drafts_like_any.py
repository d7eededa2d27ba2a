"""The draft of a programme file is kept by the path of its form, as every form's is."""

import uuid

from django.db import migrations

PATH = "/programmes/publish/"


def keep_by_path(apps, schema_editor):
    """Give each draft the key of its path, and its text a title that tells what it is."""
    for draft in apps.get_model("portal", "Draft").objects.filter(form="contracts.programme"):
        draft.form, draft.path = "typed", PATH
        draft.key = str(uuid.uuid5(uuid.NAMESPACE_URL, PATH))
        draft.title = f"A programme to publish: {draft.title}"[:200]
        draft.save()


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0028_callers_by_sound"),
        ("portal", "0018_user_preferences"),
    ]

    operations = [migrations.RunPython(keep_by_path, migrations.RunPython.noop, elidable=True)]
