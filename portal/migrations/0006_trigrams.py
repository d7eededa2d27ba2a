"""Parts of words are found by an index."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("portal", "0005_shared_cache")]

    operations = [TrigramExtension()]
