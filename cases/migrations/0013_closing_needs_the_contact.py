"""A proposal to close waits for the contact; a frequency for the other side; sub-cases close with an outcome."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_authors_and_answers"),
        ("contracts", "0018_what_a_credit_gives_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="closing_due_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When it closes without an answer (D-27); empty where it waits for one.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="closing_proposed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="closing_proposed_for",
            field=models.CharField(
                blank=True,
                help_text="The reason of the proposal to close that waits.",
                max_length=40,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="open_sub_cases",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="case",
            name="proposed_status_every",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="case",
            name="status_every_proposed_by",
            field=models.CharField(
                blank=True,
                choices=[("reseller", "reseller"), ("provider", "provider")],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="subcase",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="subcase",
            name="outcome",
            field=models.TextField(blank=True, help_text="What came of it."),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closing_due_at", None),
                        ("closing_proposed_at", None),
                        ("closing_proposed_for", ""),
                    ),
                    models.Q(
                        ("closing_proposed_at__isnull", False),
                        models.Q(("closing_proposed_for", ""), _negated=True),
                        models.Q(("state", "closed"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="case_closing_is_proposed_while_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proposed_status_every", ""), ("status_every_proposed_by", "")),
                    models.Q(
                        models.Q(("proposed_status_every", ""), _negated=True),
                        models.Q(("status_every_proposed_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="case_frequency_has_its_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("duplicate_of", models.F("id")), _negated=True),
                name="case_is_no_duplicate_of_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="subcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_by", None), ("outcome", "")),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        models.Q(("outcome", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="sub_case_closes_with_an_outcome",
            ),
        ),
        migrations.RunSQL(
            """
            UPDATE cases_case SET open_sub_cases = (
                SELECT count(*) FROM cases_subcase s
                 WHERE s.case_id = cases_case.id AND s.closed_at IS NULL)
             WHERE id IN (SELECT case_id FROM cases_subcase WHERE closed_at IS NULL)
            """,
            migrations.RunSQL.noop,
        ),
    ]
