"""Whether a charge stands on an invoice or credit note is kept beside it, by the database."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0015_own_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="charge",
            name="append_only",
        ),
        migrations.AddField(
            model_name="charge",
            name="on_document",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.RunSQL(
            "UPDATE contracts_charge SET on_document = true WHERE id IN (SELECT charge_id FROM contracts_invoiceline)",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("on_document", False)),
                fields=["agreement"],
                name="charge_to_bill",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="charge",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."agreement_id" IS DISTINCT FROM (NEW."agreement_id") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."authorisation_id" IS DISTINCT FROM (NEW."authorisation_id") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."clause" IS DISTINCT FROM (NEW."clause") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."incurred_on" IS DISTINCT FROM (NEW."incurred_on") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."takes_back_id" IS DISTINCT FROM (NEW."takes_back_id") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."words" IS DISTINCT FROM (NEW."words"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="c82b6378b8d396f2c2aee013bd1d05bfe592d574",
                    operation="UPDATE",
                    pgid="pgtrigger_append_only_1e254",
                    table="contracts_charge",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="charge",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="64bac1c5281d0d42e906b4404e236fc923eb504f",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_72c4b",
                    table="contracts_charge",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="charge",
            trigger=pgtrigger.compiler.Trigger(
                name="charge_on_document_by_its_line",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NEW.on_document IS DISTINCT FROM EXISTS (\n                        SELECT 1 FROM contracts_invoiceline WHERE charge_id = NEW.id\n                    ) THEN\n                        RAISE EXCEPTION 'a charge is on a document when a line bills it'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'charge_on_document_by_its_line';\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="a8cb9d70f550a0172d3d855696678c94cdc9b1b4",
                    operation='INSERT OR UPDATE OF "on_document"',
                    pgid="pgtrigger_charge_on_document_by_its_line_40f44",
                    table="contracts_charge",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoiceline",
            trigger=pgtrigger.compiler.Trigger(
                name="line_puts_its_charge_on_document",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    UPDATE contracts_charge SET on_document = true WHERE id = NEW.charge_id;\n                    RETURN NULL;\n                ",
                    hash="609875979f1d1be1171bbbb0d2a05745fd740a34",
                    operation="INSERT",
                    pgid="pgtrigger_line_puts_its_charge_on_document_36bff",
                    table="contracts_invoiceline",
                    when="AFTER",
                ),
            ),
        ),
    ]
