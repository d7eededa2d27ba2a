"""Known words are found by their sound: "keen" finds "Keane" (ADR 68)."""

from django.contrib.postgres.operations import CreateExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0027_words_that_callers_mean")]

    operations = [
        CreateExtension("fuzzystrmatch"),
        migrations.AddIndex(
            model_name="callerword",
            index=models.Index(
                models.Func(models.F("word"), function="dmetaphone"), name="caller_word_sound"
            ),
        ),
        migrations.AddIndex(
            model_name="callerword",
            index=models.Index(
                models.Func(models.F("word"), function="dmetaphone_alt"),
                name="caller_word_other_sound",
            ),
        ),
    ]
