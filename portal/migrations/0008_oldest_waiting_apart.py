"""The index of the oldest mail says that it holds mail, so that only the question for that mail reads it.

PostgreSQL took it for the lease too, and sorted all that waits for each batch of a hundred.
"""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("portal", "0007_outbox_and_journal_write_less")]

    operations = [
        migrations.RemoveIndex("notice", "notice_oldest_waiting"),
        migrations.AddIndex(
            "notice",
            models.Index(
                fields=["written_at"],
                name="notice_oldest_waiting",
                condition=Q(channel="email", state="waiting"),
            ),
        ),
    ]
