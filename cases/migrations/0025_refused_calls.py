"""Refused calls have rows of their own; those on cases come from the journal."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

FROM_THE_JOURNAL = """
    INSERT INTO cases_refusedcall (provider_id, organisation_id, agreement_id, case_id, caller, company, telephone,
                                   why, reason, clause, called_at, logged_at, by_id)
    SELECT c.provider_id, c.reseller_id, c.agreement_id, c.id, left(entry.after ->> 'caller', 160), o.name, '',
           'on-a-case', split_part(entry.text, ' called and was refused: ', 2), entry.clause, entry.at,
           coalesce(entry.logged_at, entry.at), entry.by_id
      FROM portal_journalentry entry
      JOIN cases_case c ON c.id = entry.subject_id
      JOIN contracts_organisation o ON o.id = c.reseller_id
     WHERE entry.subject_type = 'cases.case' AND entry.verb = 'case.caller_refused'
       AND entry.by_id IS NOT NULL AND entry.after ->> 'caller' <> ''
       AND split_part(entry.text, ' called and was refused: ', 2) <> ''
     ORDER BY entry.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0024_presence"),
        ("contracts", "0026_caller_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RefusedCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("caller", models.CharField(max_length=160)),
                ("company", models.CharField(blank=True, max_length=160)),
                ("telephone", models.CharField(blank=True, max_length=40)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("unknown", "Nobody we know"),
                            ("doubt", "Could not show who they are"),
                            ("on-a-case", "May not call about the case"),
                            ("not-on-roster", "Not on the roster"),
                            ("waiting", "New on the roster"),
                            ("administrative", "Keeps the roster, opens no case"),
                            ("left", "Left the company"),
                            ("no-agreement", "No agreement in force"),
                            ("reseller-agreement", "Reseller agreement not in force"),
                            ("expired", "Agreement expired"),
                            ("not-begun", "Agreement not begun"),
                            ("terminated", "Agreement terminated"),
                            ("no-pool", "No cases for the region"),
                            ("spent", "Prepaid cases spent"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.TextField()),
                ("clause", models.CharField(blank=True, max_length=120)),
                ("called_at", models.DateTimeField()),
                ("logged_at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refused_calls",
                        to="contracts.agreement",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refused_calls",
                        to="cases.case",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refused_calls",
                        to="contracts.contact",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refused_calls",
                        to="contracts.organisation",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["-called_at", "-pk"],
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("called_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="refused_call_newest",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Upper("caller"), name="gin_trgm_ops"
                        ),
                        name="refused_call_callers",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Upper("company"), name="gin_trgm_ops"
                        ),
                        name="refused_call_companies",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("caller", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="refused_call_says_who_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("logged_at__gte", models.F("called_at"))),
                        name="refused_call_logged_after_it",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refusedcall",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="53757dc3a7de6a1b26c84b5ca1dbcfa8627b64ae",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_0b3c4",
                    table="cases_refusedcall",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(FROM_THE_JOURNAL, migrations.RunSQL.noop),
    ]
