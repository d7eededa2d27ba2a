"""The few providers that keep their own people are found at once: each request of a provider's person asks for them."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("contracts", "0014_invoice_settled")]

    operations = [
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(
                fields=["id"], name="organisation_of_its_own", condition=Q(own_people=True)
            ),
        ),
    ]
