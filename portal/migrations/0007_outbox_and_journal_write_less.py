"""Two indexes go that nothing reads: the journal's by person, and the one of notices beside the inbox's.

Only the indexes: Django's own way would check each foreign key against the whole table again.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

INDEXES = (
    ("portal_journalentry_by_id_b413248c", "portal_journalentry (by_id)"),
    ("portal_notice_recipient_id_644ccfbd", "portal_notice (recipient_id)"),
)


class Migration(migrations.Migration):
    dependencies = [("portal", "0006_trigrams")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="journalentry",
                    name="by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="notice",
                    name="recipient",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(f"DROP INDEX IF EXISTS {name}", f"CREATE INDEX {name} ON {on}")
                for name, on in INDEXES
            ],
        ),
    ]
