"""A case keeps its agreement's provider, by which lists ask who may see it, and the words by which it is found."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Upper

FILL = """
UPDATE cases_case SET provider_id = agreement.provider_id
FROM contracts_agreement agreement WHERE agreement.id = cases_case.agreement_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
PROVIDER = {
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "+",
    "db_index": False,
    "to": "contracts.organisation",
    "help_text": "The agreement's: who may see the case is asked of every row of every list.",
}


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_case_site"),
        ("contracts", "0001_initial"),
        ("portal", "0006_trigrams"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="provider",
            field=models.ForeignKey(null=True, **PROVIDER),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="case", name="provider", field=models.ForeignKey(**PROVIDER)
        ),
        migrations.RemoveIndex(model_name="case", name="case_text"),
        migrations.AddField(
            model_name="case",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.SearchVector(
                        "title", config="english", weight="A"
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        "description", config="english", weight="B"
                    ),
                    django.contrib.postgres.search.SearchConfig("english"),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="case_search"),
        ),
        migrations.RemoveIndex(model_name="case", name="case_queue"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                F("next_due_at").asc(nulls_last=True),
                "severity",
                "id",
                name="case_queue",
                include=["provider", "state"],
                condition=~Q(state="closed"),
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="case_by_owner"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["owner", "next_due_at"],
                name="case_by_owner",
                include=["provider"],
                condition=~Q(state="closed"),
            ),
        ),
        *(
            migrations.AddIndex(
                model_name="article",
                index=django.contrib.postgres.indexes.GinIndex(
                    OpClass(Upper(field), name="gin_trgm_ops"), name=f"article_{field}_words"
                ),
            )
            for field in ("number", "title")
        ),
    ]
