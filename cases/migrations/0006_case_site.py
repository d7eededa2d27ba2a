"""A case keeps the site where it was reported: its contact may move, or hand it over (D-6)."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
UPDATE cases_case SET site_id = contact.site_id
FROM contracts_contact contact WHERE contact.id = cases_case.contact_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_services"), ("contracts", "0005_services")]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="contact",
            field=models.ForeignKey(
                help_text="Who answers for it: who reported it, or whom it was handed to.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="contracts.contact",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="site",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.site",
                help_text="Where it was reported: its Business Day holds for all its clocks (D-6).",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="case",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.site",
                help_text="Where it was reported: its Business Day holds for all its clocks (D-6).",
            ),
        ),
    ]
