"""Open cases are found by their state and their reseller.

The queue's count of waiting cases read all open cases until it had found enough, and a reseller's home the index of all
open cases for its own few. `case_by_reseller` begins with the reseller, so that the reference needs no index beside it.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_search_and_provider")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["state"],
                name="case_open_by_state",
                include=["provider"],
                condition=~Q(state="closed"),
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["reseller"], name="case_open_by_reseller", condition=~Q(state="closed")
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="reseller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="contracts.organisation",
            ),
        ),
    ]
