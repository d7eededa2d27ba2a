"""Entries of prepaid cases say from where to where, also those that are there; extensions (ATSP 9.1)."""

from collections.abc import Iterable, Iterator

import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


def ways(entries: Iterable[tuple[int, str, str, int]]) -> Iterator[tuple[int, str, str]]:
    """From where to where each entry of one account went: (pk, reference, kind, cases) in, (pk, from, to) out."""
    lies = {}  # where each case lies, by its reference
    available = over = 0
    for pk, reference, kind, cases in entries:
        at = lies.get(reference, "")
        if kind == "grant":
            takes_from, puts_to = "provider", "available"
        elif kind == "reserve":
            takes_from, puts_to = "available", "provisional"
        elif kind == "admit_over":
            takes_from, puts_to = "over", "provisional"
        elif kind == "charge":
            takes_from = (
                "provisional" if at == "provisional" else "available" if available else "over"
            )
            puts_to = "charged"
        else:
            takes_from, puts_to = at or "provisional", "over" if over else "available"
        available += cases * ((puts_to == "available") - (takes_from == "available"))
        over += cases * ((takes_from == "over") - (puts_to == "over"))
        lies[reference] = puts_to if puts_to in ("provisional", "charged") else ""
        yield pk, takes_from, puts_to


def write_ways(apps, schema_editor):
    """Fill in the ways; the rows are append-only, so their trigger rests meanwhile."""
    entries = apps.get_model("contracts", "CaseEntry").objects
    table = entries.model._meta.db_table
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for account in entries.order_by().values_list("account_id", flat=True).distinct():
        rows = entries.filter(account_id=account).order_by("pk")
        for pk, takes_from, puts_to in ways(rows.values_list("pk", "reference", "kind", "cases")):
            entries.filter(pk=pk).update(
                takes_from=takes_from, puts_to=puts_to, to_account_id=account
            )
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0005_services"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Extension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("months", models.PositiveSmallIntegerField()),
                ("per_month", models.DecimalField(decimal_places=2, max_digits=12)),
                ("total", models.DecimalField(decimal_places=2, max_digits=12)),
                ("words", models.TextField(help_text="The arithmetic, in words.")),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.TextField(blank=True, help_text="Why it was declined.")),
            ],
            options={
                "ordering": ["agreement", "pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="caseentry",
            name="case_over_quota_by_whom_and_why",
        ),
        migrations.RemoveConstraint(
            model_name="caseentry",
            name="case_entry_moves_one_case",
        ),
        migrations.AddField(
            model_name="caseaccount",
            name="warned",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="caseentry",
            name="puts_to",
            field=models.CharField(
                choices=[
                    ("provider", "the provider"),
                    ("over", "over quota"),
                    ("available", "available"),
                    ("provisional", "provisional"),
                    ("charged", "charged"),
                ],
                null=True,
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="caseentry",
            name="takes_from",
            field=models.CharField(
                choices=[
                    ("provider", "the provider"),
                    ("over", "over quota"),
                    ("available", "available"),
                    ("provisional", "provisional"),
                    ("charged", "charged"),
                ],
                null=True,
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="caseentry",
            name="to_account",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="received",
                to="contracts.caseaccount",
            ),
        ),
        migrations.RunPython(write_ways, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="caseentry",
            name="puts_to",
            field=models.CharField(
                choices=[
                    ("provider", "the provider"),
                    ("over", "over quota"),
                    ("available", "available"),
                    ("provisional", "provisional"),
                    ("charged", "charged"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="caseentry",
            name="takes_from",
            field=models.CharField(
                choices=[
                    ("provider", "the provider"),
                    ("over", "over quota"),
                    ("available", "available"),
                    ("provisional", "provisional"),
                    ("charged", "charged"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="caseentry",
            name="to_account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="received",
                to="contracts.caseaccount",
            ),
        ),
        migrations.AlterField(
            model_name="caseentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("grant", "granted"),
                    ("reserve", "taken provisionally"),
                    ("admit_over", "admitted over quota"),
                    ("charge", "charged"),
                    ("give_back", "given back"),
                    ("extend", "granted by an extension"),
                    ("transfer", "transferred"),
                    ("cover", "made good what was over quota"),
                ],
                max_length=12,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="caseentry",
            trigger=pgtrigger.compiler.Trigger(
                name="case_transfer_within_the_agreement",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"kind\" = 'transfer')",
                    func="\n                    IF (SELECT count(DISTINCT agreement_id) FROM contracts_caseaccount\n                        WHERE id IN (NEW.account_id, NEW.to_account_id)) <> 1 THEN\n                        RAISE EXCEPTION 'the pools are of two agreements'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'case_transfer_within_the_agreement';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="e2fe91215416820434dd281f51244776115fa8fb",
                    operation="INSERT",
                    pgid="pgtrigger_case_transfer_within_the_agreement_e9dd7",
                    table="contracts_caseentry",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="caseaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("over", 0),
                    (
                        "granted",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("reserved"), "+", models.F("charged")
                            ),
                            "-",
                            models.F("over"),
                        ),
                    ),
                    _connector="OR",
                ),
                name="case_account_over_only_when_used_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("warned__lte", 100)), name="case_account_warned_of_a_share"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["admit_over", "transfer"]), _negated=True),
                    models.Q(models.Q(("reason", ""), _negated=True), ("by__isnull", False)),
                    _connector="OR",
                ),
                name="case_over_quota_by_whom_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["grant", "extend", "transfer", "cover"]),
                    ("cases", 1),
                    _connector="OR",
                ),
                name="case_entry_moves_one_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "grant"),
                        ("puts_to__in", ["available"]),
                        ("takes_from__in", ["provider"]),
                    ),
                    models.Q(
                        ("kind", "extend"),
                        ("puts_to__in", ["available"]),
                        ("takes_from__in", ["provider"]),
                    ),
                    models.Q(
                        ("kind", "reserve"),
                        ("puts_to__in", ["provisional"]),
                        ("takes_from__in", ["available"]),
                    ),
                    models.Q(
                        ("kind", "admit_over"),
                        ("puts_to__in", ["provisional"]),
                        ("takes_from__in", ["over"]),
                    ),
                    models.Q(
                        ("kind", "charge"),
                        ("puts_to__in", ["charged"]),
                        ("takes_from__in", ["provisional", "available", "over"]),
                    ),
                    models.Q(
                        ("kind", "give_back"),
                        ("puts_to__in", ["available", "over"]),
                        ("takes_from__in", ["provisional", "charged"]),
                    ),
                    models.Q(
                        ("kind", "transfer"),
                        ("puts_to__in", ["available"]),
                        ("takes_from__in", ["available"]),
                    ),
                    models.Q(
                        ("kind", "cover"),
                        ("puts_to__in", ["over"]),
                        ("takes_from__in", ["available"]),
                    ),
                    _connector="OR",
                ),
                name="case_entry_goes_the_way_of_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "transfer"),
                        models.Q(("to_account", models.F("account")), _negated=True),
                    ),
                    models.Q(
                        models.Q(("kind", "transfer"), _negated=True),
                        ("to_account", models.F("account")),
                    ),
                    _connector="OR",
                ),
                name="case_transfer_is_between_two_pools",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="agreement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="extensions",
                to="contracts.agreement",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="authorisation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="extension",
                to="contracts.authorisation",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="charge",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="extension",
                to="contracts.charge",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decided_at", None)),
                fields=("agreement",),
                name="extension_asked_for_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(("months__gte", 1), ("per_month__gte", 0), ("total__gte", 0)),
                name="extension_has_months_and_a_price",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("charge", None), ("decided_at", None), ("decided_by", None), ("reason", "")
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(
                            models.Q(("charge__isnull", False), ("reason", "")),
                            models.Q(("charge", None), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="extension_is_charged_or_declined_with_a_reason",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="extension",
            trigger=pgtrigger.compiler.Trigger(
                name="not_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="c2daeb021e5f681c2fb36bb2e7a874f5713678cd",
                    operation="DELETE",
                    pgid="pgtrigger_not_deleted_7fcfb",
                    table="contracts_extension",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="extension",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."decided_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="85a5e801fde729f13094ec5434238e63541dd03a",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_stays_45116",
                    table="contracts_extension",
                    when="BEFORE",
                ),
            ),
        ),
    ]
