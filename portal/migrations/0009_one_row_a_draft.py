"""A draft is known by its key in a column, and by what it became, so that one statement writes it.

Both were read out of its JSON, and a constraint could not hold that a key has one row.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

_FILL = """
    UPDATE portal_draft SET key = data ->> 'draft', data = data - 'draft'
     WHERE form = 'cases.open' AND data ->> 'draft' IS NOT NULL;
    UPDATE portal_draft
       SET form = 'cases.open', key = data ->> 'draft', became = (data ->> 'case')::bigint, data = '{}'
     WHERE form = 'cases.opened';
    DELETE FROM portal_draft AS older USING portal_draft AS newer
     WHERE (older.user_id, older.form, older.key) = (newer.user_id, newer.form, newer.key)
       AND (older.updated_at, older.id) < (newer.updated_at, newer.id)
"""
_EMPTY = """
    UPDATE portal_draft SET form = 'cases.opened', data = jsonb_build_object('draft', key, 'case', became)
     WHERE became IS NOT NULL;
    UPDATE portal_draft SET data = data || jsonb_build_object('draft', key) WHERE form = 'cases.open'
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0008_oldest_waiting_apart")]

    operations = [
        migrations.AddField(
            "draft",
            "key",
            models.CharField(
                max_length=36,
                blank=True,
                default="",
                help_text="Which draft of the form, where a user may have several.",
            ),
        ),
        migrations.AddField(
            "draft",
            "became",
            models.BigIntegerField(
                null=True, blank=True, help_text="Primary key of what the draft became."
            ),
        ),
        migrations.RunSQL(_FILL, _EMPTY),
        migrations.AddConstraint(
            "draft",
            models.UniqueConstraint(fields=["user", "form", "key"], name="draft_once_a_key"),
        ),
        migrations.RemoveIndex("draft", "draft_by_form"),
        migrations.AddIndex(
            "draft",
            models.Index(
                fields=["user", "form"], name="draft_by_form", condition=Q(became__isnull=True)
            ),
        ),
        migrations.AlterField(
            "draft",
            "user",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                models.CASCADE,
                related_name="drafts",
                db_index=False,
            ),
        ),
    ]
