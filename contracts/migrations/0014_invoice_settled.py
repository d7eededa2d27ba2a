"""What is settled of an invoice stands beside it, kept by the database; what is left follows from it."""

import django.db.models.expressions
import django.db.models.functions.math
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0013_american_spelling"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="invoice",
            name="immutable",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="invoicepayment",
            name="payment_never_exceeds_its_document",
        ),
        migrations.AddField(
            model_name="invoice",
            name="settled",
            field=models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=12),
        ),
        migrations.RunSQL(
            """
            UPDATE contracts_invoice AS document SET settled = given.sum
              FROM (SELECT id, sum(amount) AS sum
                      FROM (SELECT invoice_id AS id, amount FROM contracts_invoicepayment
                             UNION ALL
                            SELECT credit_note_id, amount FROM contracts_invoicepayment
                             WHERE credit_note_id IS NOT NULL) AS each
                     GROUP BY id) AS given
             WHERE given.id = document.id
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name="invoice",
            name="balance",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.CombinedExpression(
                    django.db.models.functions.math.Abs(models.F("total")), "-", models.F("settled")
                ),
                output_field=models.DecimalField(decimal_places=2, max_digits=12),
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("balance__gt", 0), ("kind", "invoice")),
                fields=["-issued_on", "-number"],
                name="invoice_open",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("kind", "credit_note")),
                fields=["-issued_on", "-number"],
                name="invoice_credit_note",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoice",
            trigger=pgtrigger.compiler.Trigger(
                name="immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."agreement_id" IS DISTINCT FROM (NEW."agreement_id") OR OLD."attention" IS DISTINCT FROM (NEW."attention") OR OLD."clause" IS DISTINCT FROM (NEW."clause") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."issued_by_id" IS DISTINCT FROM (NEW."issued_by_id") OR OLD."issued_on" IS DISTINCT FROM (NEW."issued_on") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."provider_id" IS DISTINCT FROM (NEW."provider_id") OR OLD."provider_address" IS DISTINCT FROM (NEW."provider_address") OR OLD."provider_name" IS DISTINCT FROM (NEW."provider_name") OR OLD."purchase_orders" IS DISTINCT FROM (NEW."purchase_orders") OR OLD."reseller_address" IS DISTINCT FROM (NEW."reseller_address") OR OLD."reseller_name" IS DISTINCT FROM (NEW."reseller_name") OR OLD."terms" IS DISTINCT FROM (NEW."terms") OR OLD."total" IS DISTINCT FROM (NEW."total") OR OLD."words" IS DISTINCT FROM (NEW."words"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="21d08a8e69c842285874f2405cae326db796e303",
                    operation="UPDATE",
                    pgid="pgtrigger_immutable_5047e",
                    table="contracts_invoice",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoice",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="d1dc8e730560d527236a553110d74b82dcb3d3b3",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_b6d48",
                    table="contracts_invoice",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoice",
            trigger=pgtrigger.compiler.Trigger(
                name="invoice_settled_by_its_payments",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NEW.settled IS DISTINCT FROM (\n                        SELECT coalesce(sum(amount), 0) FROM contracts_invoicepayment\n                        WHERE invoice_id = NEW.id OR credit_note_id = NEW.id\n                    ) THEN\n                        RAISE EXCEPTION 'what is settled of a document is the sum of its payments'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'invoice_settled_by_its_payments';\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="9673fe84162c3147ddd36e49840e3ed429c323a8",
                    operation='INSERT OR UPDATE OF "settled"',
                    pgid="pgtrigger_invoice_settled_by_its_payments_09769",
                    table="contracts_invoice",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoicepayment",
            trigger=pgtrigger.compiler.Trigger(
                name="payment_never_exceeds_its_document",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE document record; sum_of_all numeric;",
                    func="\n                    FOR document IN\n                        SELECT id, total FROM contracts_invoice\n                        WHERE id IN (NEW.invoice_id, NEW.credit_note_id) ORDER BY id FOR UPDATE\n                    LOOP\n                        SELECT sum(amount) INTO sum_of_all\n                            FROM contracts_invoicepayment\n                            WHERE invoice_id = document.id OR credit_note_id = document.id;\n                        IF sum_of_all < 0 OR sum_of_all > abs(document.total) THEN\n                            RAISE EXCEPTION 'payments of % for a document of %', sum_of_all, document.total\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'payment_never_exceeds_its_document';\n                        END IF;\n                        UPDATE contracts_invoice SET settled = sum_of_all WHERE id = document.id;\n                    END LOOP;\n                    RETURN NULL;\n                ",
                    hash="f4ee164afc5a85284849c8f499a8d58b400bbbf6",
                    operation="INSERT",
                    pgid="pgtrigger_payment_never_exceeds_its_document_278dc",
                    table="contracts_invoicepayment",
                    when="AFTER",
                ),
            ),
        ),
    ]
