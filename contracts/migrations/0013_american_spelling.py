"""Labels are spelled in American English; no column changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0012_lists"),
    ]

    operations = [
        migrations.AlterField(
            model_name="authorisation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("purchase_order", "purchase order"),
                    ("email", "e-mail authorizing the fee"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="renewalproposal",
            name="wishes",
            field=models.TextField(
                blank=True, help_text="What the reseller wants for the next year."
            ),
        ),
        migrations.AlterField(
            model_name="workorder",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "estimate awaited"),
                    ("estimated", "authorization awaited"),
                    ("notified", "instruction awaited"),
                    ("authorised", "authorized"),
                    ("under_way", "under way"),
                    ("stopped", "stopped"),
                    ("finished", "finished"),
                    ("settled", "settled"),
                    ("declined", "not pursued"),
                ],
                max_length=20,
            ),
        ),
    ]
