"""An expense has the instant at which it was incurred; one by its day keeps what counted for it: the day's beginning,
or the authorization of that day."""

from django.db import migrations, models

INSTANTS = """
    UPDATE contracts_workexpense expense
    SET incurred_at = CASE
        WHEN (orders.authorised_at AT TIME ZONE agreement.zone)::date = expense.incurred_on
        THEN GREATEST(orders.authorised_at, expense.incurred_on::timestamp AT TIME ZONE agreement.zone)
        ELSE expense.incurred_on::timestamp AT TIME ZONE agreement.zone
    END
    FROM contracts_workorder orders
    JOIN contracts_agreement agreement ON agreement.id = orders.agreement_id
    WHERE orders.id = expense.order_id
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0021_coverage_is_kept")]

    operations = [
        migrations.AddField(
            model_name="workexpense",
            name="incurred_at",
            field=models.DateTimeField(
                help_text="The instant at which it was committed.", null=True
            ),
        ),
        migrations.RunSQL(INSTANTS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="workexpense",
            name="incurred_at",
            field=models.DateTimeField(help_text="The instant at which it was committed."),
        ),
        migrations.AlterModelOptions(
            name="workexpense",
            options={"ordering": ["order", "incurred_at", "pk"]},
        ),
        migrations.RemoveField(model_name="workexpense", name="incurred_on"),
        migrations.RemoveConstraint(model_name="worklog", name="work_log_counts_something"),
        migrations.AddConstraint(
            model_name="worklog",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 0)), name="work_log_not_negative"
            ),
        ),
    ]
