import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import portal.models.user


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),  # years that do not overlap: equality and ranges in one index
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "programme_code",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        help_text="Set by the database.",
                        max_length=60,
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        blank=True, help_text="A tier of the programme, by code.", max_length=60
                    ),
                ),
                ("tier_initials", models.CharField(blank=True, max_length=10)),
                ("contract_number", models.CharField(max_length=40)),
                ("reseller_agreement_number", models.CharField(blank=True, max_length=40)),
                (
                    "reseller_agreement_in_force",
                    models.BooleanField(
                        default=True,
                        help_text="In force and substantially complied with (ATSP 5.1).",
                    ),
                ),
                ("effective_on", models.DateField()),
                ("ends_on", models.DateField(help_text="The last day of the year.")),
                (
                    "zone",
                    models.CharField(
                        help_text="The zone in which the agreement's dates count.",
                        max_length=64,
                        validators=[portal.models.user.validate_zone],
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("signed", "signed"),
                            ("in_force", "in force"),
                            ("ended", "ended"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("provider_name_as_signed", models.CharField(blank=True, max_length=160)),
                ("reseller_name_as_signed", models.CharField(blank=True, max_length=160)),
            ],
            options={
                "ordering": ["reseller", "-effective_on"],
            },
        ),
        migrations.CreateModel(
            name="CaseAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pool", models.CharField(help_text="The tier's pool, by code.", max_length=60)),
                ("granted", models.IntegerField(default=0)),
                ("reserved", models.IntegerField(default=0)),
                ("charged", models.IntegerField(default=0)),
                ("over", models.IntegerField(default=0)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case_accounts",
                        to="contracts.agreement",
                    ),
                ),
            ],
            options={
                "ordering": ["agreement", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CaseEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grant", "granted"),
                            ("reserve", "taken provisionally"),
                            ("admit_over", "admitted over quota"),
                            ("charge", "charged"),
                            ("give_back", "given back"),
                        ],
                        max_length=12,
                    ),
                ),
                ("cases", models.IntegerField(default=1)),
                ("at", models.DateTimeField()),
                ("clause", models.CharField(max_length=60)),
                ("reason", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="contracts.caseaccount",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "case entries",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="NoticeAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "address",
                    models.CharField(blank=True, help_text="Street and number.", max_length=200),
                ),
                ("city", models.CharField(blank=True, max_length=100)),
                (
                    "state",
                    models.CharField(blank=True, help_text="State or province.", max_length=60),
                ),
                ("postal_code", models.CharField(blank=True, max_length=20)),
                ("country", models.CharField(blank=True, max_length=60)),
                (
                    "side",
                    models.CharField(
                        choices=[("provider", "provider"), ("reseller", "reseller")], max_length=10
                    ),
                ),
                ("name", models.CharField(max_length=160)),
                ("attention", models.CharField(blank=True, max_length=120)),
                ("telephone", models.CharField(blank=True, max_length=40)),
                ("fax", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice_addresses",
                        to="contracts.agreement",
                    ),
                ),
            ],
            options={
                "ordering": ["agreement", "side"],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "address",
                    models.CharField(blank=True, help_text="Street and number.", max_length=200),
                ),
                ("city", models.CharField(blank=True, max_length=100)),
                (
                    "state",
                    models.CharField(blank=True, help_text="State or province.", max_length=60),
                ),
                ("postal_code", models.CharField(blank=True, max_length=20)),
                ("country", models.CharField(blank=True, max_length=60)),
                ("name", models.CharField(max_length=160)),
                (
                    "kind",
                    models.CharField(
                        choices=[("provider", "provider"), ("reseller", "reseller")], max_length=10
                    ),
                ),
                ("telephone", models.CharField(blank=True, max_length=40)),
                ("fax", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"), name="organisation_name_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("telephone", models.CharField(blank=True, max_length=40)),
                ("fax", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254)),
                (
                    "pager",
                    models.CharField(blank=True, help_text="Pager or cell number.", max_length=40),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True, help_text="The provider's contact code.", max_length=20
                    ),
                ),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="contracts.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.AddField(
            model_name="agreement",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements_provided",
                to="contracts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="reseller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements",
                to="contracts.organisation",
            ),
        ),
        migrations.CreateModel(
            name="ProgrammeVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60)),
                ("number", models.PositiveIntegerField()),
                ("terms", models.JSONField()),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 of the terms in canonical form.", max_length=64
                    ),
                ),
                (
                    "source_name",
                    models.CharField(help_text="The file it was published from.", max_length=200),
                ),
                ("published_at", models.DateTimeField()),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["code", "number"],
            },
        ),
        migrations.AddField(
            model_name="agreement",
            name="programme_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements",
                to="contracts.programmeversion",
            ),
        ),
        migrations.CreateModel(
            name="RosterEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("administrative", "Administrative Contact"),
                            ("technical", "Technical Contact"),
                            ("alternate", "Alternate Technical Contact"),
                            ("management", "Escalation management contact"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "pool",
                    models.CharField(
                        blank=True, help_text="The tier's pool, by code.", max_length=60
                    ),
                ),
                ("slot", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("submitted_at", models.DateTimeField()),
                (
                    "usable_from",
                    models.DateTimeField(help_text="They may ask for assistance from then on."),
                ),
                ("trained_on", models.DateField(blank=True, null=True)),
                ("certified_on", models.DateField(blank=True, null=True)),
                ("evidence", models.CharField(blank=True, max_length=200)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roster",
                        to="contracts.agreement",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roster_entries",
                        to="contracts.contact",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "roster entries",
                "ordering": ["agreement", "standing", "pool", "slot", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("provider", "provider"), ("reseller", "reseller")], max_length=10
                    ),
                ),
                ("place", models.CharField(help_text='Where it stands, "page 1".', max_length=40)),
                ("name", models.CharField(max_length=120)),
                ("title", models.CharField(blank=True, max_length=120)),
                ("signed_on", models.DateField(blank=True, null=True)),
                (
                    "as_filed",
                    models.TextField(
                        blank=True, help_text="What the filed paper shows, word for word."
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="contracts.agreement",
                    ),
                ),
            ],
            options={
                "ordering": ["agreement", "place", "side"],
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "address",
                    models.CharField(blank=True, help_text="Street and number.", max_length=200),
                ),
                ("city", models.CharField(blank=True, max_length=100)),
                (
                    "state",
                    models.CharField(blank=True, help_text="State or province.", max_length=60),
                ),
                ("postal_code", models.CharField(blank=True, max_length=20)),
                ("country", models.CharField(blank=True, max_length=60)),
                ("name", models.CharField(max_length=100)),
                (
                    "region",
                    models.CharField(
                        help_text="A region of the programme, such as US.", max_length=20
                    ),
                ),
                (
                    "zone",
                    models.CharField(max_length=64, validators=[portal.models.user.validate_zone]),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sites",
                        to="contracts.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["organisation", "name"],
            },
        ),
        migrations.AddField(
            model_name="contact",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contacts",
                to="contracts.site",
            ),
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="absence_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementOption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "option",
                    models.CharField(
                        help_text="An option of the programme, by code.", max_length=60
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("psam", "Premium Support Account Manager"),
                            ("ess", "Enterprise Support Specialist"),
                        ],
                        max_length=10,
                    ),
                ),
                ("quantity", models.PositiveSmallIntegerField()),
                ("taken_on", models.DateField()),
                ("fee", models.DecimalField(decimal_places=2, max_digits=12)),
                ("initials", models.CharField(blank=True, max_length=10)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="options",
                        to="contracts.agreement",
                    ),
                ),
            ],
            options={
                "ordering": ["agreement", "taken_on", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agreement", "option", "taken_on"), name="option_taken_once_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 1)), name="option_has_a_quantity"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fee__gte", 0)), name="option_fee_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "duty",
                    models.CharField(
                        choices=[
                            ("psam", "Premium Support Account Manager"),
                            ("alternate_psam", "alternate PSAM"),
                            ("ess", "Enterprise Support Specialist"),
                        ],
                        max_length=20,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="contracts.agreement",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["agreement", "duty", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="assignment_ends_after_it_begins",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("agreement", "="),
                            ("user", "="),
                            ("duty", "="),
                            (
                                models.Func(
                                    models.F("starts_on"),
                                    models.F("ends_on"),
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_lower=True, inclusive_upper=True
                                    ),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="assignment_once_at_a_time",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("duty", "ess")),
                        expressions=[
                            ("agreement", "="),
                            (
                                models.Func(
                                    models.F("starts_on"),
                                    models.F("ends_on"),
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_lower=True, inclusive_upper=True
                                    ),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="assignment_one_ess_at_a_time",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="caseaccount",
            constraint=models.UniqueConstraint(
                fields=("agreement", "pool"), name="case_account_once_a_pool"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("charged__gte", 0), ("granted__gte", 0), ("over__gte", 0), ("reserved__gte", 0)
                ),
                name="case_account_never_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "granted__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("reserved"), "+", models.F("charged")
                            ),
                            "-",
                            models.F("over"),
                        ),
                    )
                ),
                name="case_account_never_overdrawn",
            ),
        ),
        migrations.AddIndex(
            model_name="caseentry",
            index=models.Index(fields=["reference", "id"], name="case_entry_by_reference"),
        ),
        migrations.AddConstraint(
            model_name="caseentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["reserve", "admit_over"])),
                fields=("reference",),
                name="case_taken_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "admit_over"), _negated=True),
                    models.Q(models.Q(("reason", ""), _negated=True), ("by__isnull", False)),
                    _connector="OR",
                ),
                name="case_over_quota_by_whom_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("cases__gte", 1)), name="case_entry_counts_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "grant"), ("cases", 1), _connector="OR"),
                name="case_entry_moves_one_case",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="caseentry",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9e69d009b114fa7e95ede473f3eb9867ad820bab",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2e938",
                    table="contracts_caseentry",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="noticeaddress",
            constraint=models.UniqueConstraint(
                fields=("agreement", "side"), name="notice_address_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="programmeversion",
            constraint=models.UniqueConstraint(
                fields=("code", "number"), name="programme_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="programmeversion",
            constraint=models.UniqueConstraint(
                fields=("code", "digest"), name="programme_terms_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="programmeversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="programme_numbers_from_one"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programmeversion",
            trigger=pgtrigger.compiler.Trigger(
                name="immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="74230327ae6db2c434da6eb19be1360bf29b1510",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_immutable_036ff",
                    table="contracts_programmeversion",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                fields=("contract_number",), name="contract_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("contract_number", ""), _negated=True),
                name="agreement_has_a_contract_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("effective_on"))),
                name="agreement_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("reseller", models.F("provider")), _negated=True),
                name="agreement_has_two_parties",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state", "draft"), _negated=True),
                expressions=[
                    ("reseller", "="),
                    ("programme_code", "="),
                    (
                        models.Func(
                            models.F("effective_on"),
                            models.F("ends_on"),
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_lower=True, inclusive_upper=True
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
        pgtrigger.migrations.AddTrigger(
            model_name="agreement",
            trigger=pgtrigger.compiler.Trigger(
                name="programme_code_of_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    SELECT code INTO NEW.programme_code\n                        FROM contracts_programmeversion WHERE id = NEW.programme_version_id;\n                    RETURN NEW;\n                ",
                    hash="aa226b46d2c4dfff30e9927e345d074f3c684511",
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
                    condition='WHEN (NOT (OLD."state" = \'draft\') AND (OLD."programme_version_id" IS DISTINCT FROM (NEW."programme_version_id") OR OLD."tier" IS DISTINCT FROM (NEW."tier") OR OLD."reseller_id" IS DISTINCT FROM (NEW."reseller_id") OR OLD."effective_on" IS DISTINCT FROM (NEW."effective_on")))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="948d7d533c71ff443593f1d76be0b0afbe8d1fc2",
                    operation="UPDATE",
                    pgid="pgtrigger_signed_terms_stay_e68ab",
                    table="contracts_agreement",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("standing__in", ["technical", "alternate"]), ("removed_at", None)
                ),
                fields=("agreement", "contact"),
                name="roster_one_technical_line_each",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("agreement", "contact", "standing"),
                name="roster_one_line_a_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None), ("standing", "administrative")),
                fields=("agreement",),
                name="roster_one_administrative_contact",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None), ("slot__isnull", False)),
                fields=("agreement", "pool", "slot"),
                name="roster_slot_taken_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("standing__in", ["technical", "alternate"]),
                    models.Q(("pool", ""), ("slot", None)),
                    _connector="OR",
                ),
                name="roster_slots_are_technical",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("slot", None), ("slot__gte", 1), _connector="OR"),
                name="roster_slots_count_from_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("usable_from__gte", models.F("submitted_at"))),
                name="roster_usable_after_submission",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("removed_at", None),
                    ("removed_at__gte", models.F("submitted_at")),
                    _connector="OR",
                ),
                name="roster_removed_after_submission",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rosterentry",
            trigger=pgtrigger.compiler.Trigger(
                name="roster_of_resellers_people",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM contracts_contact contact\n                        JOIN contracts_agreement agreement\n                            ON agreement.reseller_id = contact.organisation_id\n                        WHERE contact.id = NEW.contact_id AND agreement.id = NEW.agreement_id\n                    ) THEN\n                        RAISE EXCEPTION 'the contact is not one of the agreement''s reseller'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'roster_of_resellers_people';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="5532e73c88d8125c08907176d106bf25f73100d5",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_roster_of_resellers_people_034d5",
                    table="contracts_rosterentry",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(
                fields=("agreement", "side", "place"), name="signature_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.UniqueConstraint(
                models.F("organisation"),
                django.db.models.functions.text.Lower("name"),
                name="site_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(("region", ""), _negated=True), name="site_has_a_region"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                models.F("organisation"),
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(models.Q(("email", ""), _negated=True), ("left_at", None)),
                name="contact_email_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code", ""), _negated=True),
                fields=("code",),
                name="contact_code_once",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="contact_at_own_site",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM contracts_site\n                        WHERE id = NEW.site_id AND organisation_id = NEW.organisation_id\n                    ) THEN\n                        RAISE EXCEPTION 'the contact''s site is another organisation''s'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'contact_at_own_site';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="210a893ca2be88d539830ebd5febf57d78d6341a",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_contact_at_own_site_48906",
                    table="contracts_contact",
                    when="BEFORE",
                ),
            ),
        ),
    ]
