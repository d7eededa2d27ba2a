"""A telephone number is found in any spelling, by its digits and an index."""

import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0023_changes_of_parties"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="telephone_digits",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("telephone"),
                    models.Value("\\D"),
                    models.Value(""),
                    models.Value("g"),
                    function="regexp_replace",
                ),
                help_text="By which the number is found in any spelling.",
                output_field=models.CharField(max_length=40),
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("telephone_digits", name="gin_trgm_ops"),
                name="contact_telephone_digits",
            ),
        ),
    ]
