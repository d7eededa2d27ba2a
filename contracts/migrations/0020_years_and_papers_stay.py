"""Years of one kind of support do not overlap, whatever the programme; what was signed stays as it was.

An agreement knows the kind of its programme. A database in which two signed years lie over each other is refused by
name: end one of the two first (ATSP page 1, 2).
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.expressions
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

_FILL = """
    UPDATE contracts_agreement SET support = (
        SELECT coalesce(version.terms -> 'programme' ->> 'support', 'technical-support')
        FROM contracts_programmeversion version WHERE version.id = programme_version_id
    )
"""
_OVERLAPPING = """
    SELECT one.reference, other.reference
    FROM contracts_agreement one
    JOIN contracts_agreement other ON other.id > one.id
        AND other.provider_id = one.provider_id AND other.reseller_id = one.reseller_id
        AND other.support = one.support AND other.state <> 'draft'
        AND daterange(one.effective_on, greatest(one.effective_on, least(one.ends_on + 1, one.ended_on)))
         && daterange(other.effective_on, greatest(other.effective_on, least(other.ends_on + 1, other.ended_on)))
    WHERE one.state <> 'draft'
    ORDER BY one.id, other.id
"""


def require_no_overlap(apps, schema_editor):
    """Name the years that lie over each other, where the constraint would only name a range."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_OVERLAPPING)
        found = [f"{one} and {other}" for one, other in cursor.fetchall()]
    if found:
        raise RuntimeError(
            f"Two agreements are in force at once: {'; '.join(found)}. End one of them first (ATSP page 1, 2)."
        )


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0019_breach_and_transfer"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="agreement",
            name="programme_code_of_version",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="agreement",
            name="signed_terms_stay",
        ),
        migrations.RemoveConstraint(
            model_name="agreement",
            name="agreement_years_do_not_overlap",
        ),
        migrations.AddField(
            model_name="agreement",
            name="support",
            field=models.CharField(
                blank=True,
                default="",
                editable=False,
                help_text="The kind of support. Set by the database.",
                max_length=60,
            ),
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.RunPython(require_no_overlap, migrations.RunPython.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="agreement",
            trigger=pgtrigger.compiler.Trigger(
                name="programme_code_of_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    SELECT code, coalesce(terms -> 'programme' ->> 'support', 'technical-support')\n                        INTO NEW.programme_code, NEW.support\n                        FROM contracts_programmeversion WHERE id = NEW.programme_version_id;\n                    RETURN NEW;\n                ",
                    hash="cccbd939705e4e40dc10eb46925ced2ed6048a2f",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_programme_code_of_version_3f466",
                    table="contracts_agreement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreement",
            trigger=pgtrigger.compiler.Trigger(
                name="signed_terms_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NOT (OLD."state" = \'draft\') AND (OLD."programme_version_id" IS DISTINCT FROM (NEW."programme_version_id") OR OLD."tier" IS DISTINCT FROM (NEW."tier") OR OLD."tier_initials" IS DISTINCT FROM (NEW."tier_initials") OR OLD."reseller_id" IS DISTINCT FROM (NEW."reseller_id") OR OLD."provider_id" IS DISTINCT FROM (NEW."provider_id") OR OLD."contract_number" IS DISTINCT FROM (NEW."contract_number") OR OLD."reseller_agreement_number" IS DISTINCT FROM (NEW."reseller_agreement_number") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."renews_id" IS DISTINCT FROM (NEW."renews_id") OR OLD."effective_on" IS DISTINCT FROM (NEW."effective_on") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."zone" IS DISTINCT FROM (NEW."zone") OR OLD."provider_name_as_signed" IS DISTINCT FROM (NEW."provider_name_as_signed") OR OLD."reseller_name_as_signed" IS DISTINCT FROM (NEW."reseller_name_as_signed") OR OLD."reseller_address_as_signed" IS DISTINCT FROM (NEW."reseller_address_as_signed")))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="1c7a6c55bd6ac96bc5e3deed2f6a3cf6e8f08465",
                    operation="UPDATE",
                    pgid="pgtrigger_signed_terms_stay_e68ab",
                    table="contracts_agreement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreementoption",
            trigger=pgtrigger.compiler.Trigger(
                name="signed_option_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT 1 FROM contracts_agreement\n                WHERE id = OLD.agreement_id AND state <> 'draft'\n            ) THEN\n                RAISE EXCEPTION 'an option of a signed agreement stays as signed'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'signed_option_stays';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                    hash="cf357d24f2487491f8a320ed3b4fce6b08734d9c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_signed_option_stays_063e1",
                    table="contracts_agreementoption",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signature",
            trigger=pgtrigger.compiler.Trigger(
                name="signature_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF EXISTS (\n                SELECT 1 FROM contracts_agreement\n                WHERE id = OLD.agreement_id AND state <> 'draft'\n            ) THEN\n                RAISE EXCEPTION 'a signature of a signed agreement stays as signed'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'signature_stays';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                    hash="e183b0c8951e53a2ae175cd5c7fb89a0432689ee",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_signature_stays_0dff5",
                    table="contracts_signature",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state", "draft"), _negated=True),
                expressions=[
                    ("provider", "="),
                    ("reseller", "="),
                    ("support", "="),
                    (
                        models.Func(
                            models.F("effective_on"),
                            django.db.models.functions.comparison.Greatest(
                                models.F("effective_on"),
                                django.db.models.functions.comparison.Least(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("ends_on"),
                                        "+",
                                        models.Value(1, models.IntegerField()),
                                    ),
                                    models.F("ended_on"),
                                ),
                            ),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="agreement_years_do_not_overlap",
            ),
        ),
    ]
