from typing import Any

from django.db import migrations, models

import portal.instants

TAG_INSTANTS_OF_DEADLINES = """
    UPDATE portal_deadline
       SET data = (SELECT jsonb_object_agg(key, CASE WHEN key IN ('due_at', 'start_at', 'start', 'end')
                                                      AND jsonb_typeof(value) = 'string'
                                                     THEN jsonb_build_object('$instant', value) ELSE value END)
                     FROM jsonb_each(data))
     WHERE state IN ('pending', 'parked') AND data ?| ARRAY['due_at', 'start_at', 'start', 'end']
"""


def tag_instants(apps: Any, schema_editor: Any) -> None:
    """Instants of mails that wait were text under keys ending in "_at": write them as instants."""
    waiting = (
        apps.get_model("portal", "Notice").objects.exclude(state="sent").filter(channel="email")
    )
    for notice in waiting:
        notice.context = _tagged(notice.context)
        notice.save(update_fields=["context"])


def _tagged(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _tagged(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_tagged(inner, key) for inner in value]
    if key.endswith("_at") and isinstance(value, str) and value:
        return {portal.instants.INSTANT: value}
    return value


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_foundations")]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="context",
            field=models.JSONField(
                blank=True,
                decoder=portal.instants.InstantDecoder,
                default=dict,
                encoder=portal.instants.InstantEncoder,
            ),
        ),
        migrations.AlterField(
            model_name="deadline",
            name="data",
            field=models.JSONField(
                blank=True,
                decoder=portal.instants.InstantDecoder,
                default=dict,
                encoder=portal.instants.InstantEncoder,
            ),
        ),
        migrations.RunSQL(TAG_INSTANTS_OF_DEADLINES, migrations.RunSQL.noop),
        migrations.RunPython(tag_instants, migrations.RunPython.noop),
    ]
