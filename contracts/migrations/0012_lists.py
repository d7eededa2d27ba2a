"""Lists are ordered and searched by indexes."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0011_delegated_coverage"),
        ("portal", "0006_trigrams"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(fields=["name"], name="organisation_by_name"),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=GinIndex(
                OpClass(Upper("name"), name="gin_trgm_ops"), name="organisation_name_words"
            ),
        ),
        migrations.AddIndex(
            model_name="agreement",
            index=GinIndex(
                OpClass(Upper("reference"), name="gin_trgm_ops"), name="agreement_reference_words"
            ),
        ),
        migrations.AddIndex(
            model_name="agreement",
            index=models.Index(fields=["ends_on"], name="agreement_by_end"),
        ),
    ]
