"""Case numbers are six figures long from the first, so that people can quote and recognise them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE cases_case ALTER COLUMN id RESTART WITH 100001", migrations.RunSQL.noop
        )
    ]
