"""The index of open invoices holds what the list counts them by.

Without it PostgreSQL read every invoice to count the few that are open, twice a page.
"""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("contracts", "0016_charges_on_documents")]

    operations = [
        migrations.RemoveIndex("invoice", "invoice_open"),
        migrations.AddIndex(
            "invoice",
            models.Index(
                fields=["-issued_on", "-number"],
                name="invoice_open",
                condition=Q(kind="invoice", balance__gt=0),
                include=["agreement", "due_on"],
            ),
        ),
    ]
