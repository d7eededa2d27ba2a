"""What contacts are found by on the telephone stands in rows of its own, kept by triggers (ADR 68)."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

WORDS = r"""
CREATE EXTENSION IF NOT EXISTS unaccent;

CREATE FUNCTION caller_folded(said text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT trim(regexp_replace(lower(unaccent(translate(coalesce(said, ''), '''’', ''))), '[^[:alnum:]]+', ' ', 'g'))
$$;

CREATE FUNCTION caller_code(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT translate(regexp_replace(upper(coalesce(said, '')), '[^A-Z0-9]', '', 'g'), 'OIL', '011')
$$;

-- Write what the contacts of an organization are found by, or one contact; NULL for all.
CREATE FUNCTION caller_refresh(of_organisation bigint, of_contact bigint) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO contracts_callerwords (contact_id, words, digits, code)
    SELECT c.id,
           ' ' || concat_ws(' ', name.said, nullif(replace(name.said, ' ', ''), name.said),
                            caller_folded(c.email), caller_folded(c.code),
                            lower(regexp_replace(c.code, '[^A-Za-z0-9]', '', 'g')), firm.said,
                            nullif(replace(firm.said, ' ', ''), firm.said), caller_folded(earlier.names)) || ' ',
           concat_ws(' ', regexp_replace(c.telephone, '\D', '', 'g'), regexp_replace(c.pager, '\D', '', 'g'),
                     regexp_replace(o.telephone, '\D', '', 'g')),
           caller_code(c.code)
      FROM contracts_contact c
      JOIN contracts_organisation o ON o.id = c.organisation_id,
           LATERAL (SELECT caller_folded(c.name) AS said) AS name,
           LATERAL (SELECT caller_folded(o.name) AS said) AS firm,
           LATERAL (SELECT string_agg(p.name, ' ') AS names FROM contracts_partychange p
                     WHERE p.organisation_id = o.id AND p.name <> o.name) AS earlier
     WHERE (of_organisation IS NULL OR o.id = of_organisation) AND (of_contact IS NULL OR c.id = of_contact)
    ON CONFLICT (contact_id) DO UPDATE
       SET words = excluded.words, digits = excluded.digits, code = excluded.code
$$;

CREATE FUNCTION caller_contact_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM caller_refresh(NULL, NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER caller_contact AFTER INSERT OR UPDATE OF name, email, code, telephone, pager, organisation_id
    ON contracts_contact FOR EACH ROW EXECUTE FUNCTION caller_contact_changed();

CREATE FUNCTION caller_organisation_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM caller_refresh(NEW.id, NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER caller_organisation AFTER UPDATE OF name, telephone
    ON contracts_organisation FOR EACH ROW EXECUTE FUNCTION caller_organisation_changed();

CREATE FUNCTION caller_party_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM caller_refresh(NEW.organisation_id, NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER caller_party AFTER INSERT
    ON contracts_partychange FOR EACH ROW EXECUTE FUNCTION caller_party_changed();

SELECT caller_refresh(NULL, NULL);
"""

NO_WORDS = """
DROP TRIGGER caller_party ON contracts_partychange;
DROP TRIGGER caller_organisation ON contracts_organisation;
DROP TRIGGER caller_contact ON contracts_contact;
DROP FUNCTION caller_party_changed();
DROP FUNCTION caller_organisation_changed();
DROP FUNCTION caller_contact_changed();
DROP FUNCTION caller_refresh(bigint, bigint);
DROP FUNCTION caller_code(text);
DROP FUNCTION caller_folded(text);
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0025_cases_taken_again")]

    operations = [
        migrations.CreateModel(
            name="CallerWords",
            fields=[
                (
                    "contact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="contracts.contact",
                    ),
                ),
                (
                    "words",
                    models.TextField(
                        help_text="Folded: name, mail address, code, and all names of the organization."
                    ),
                ),
                (
                    "digits",
                    models.TextField(
                        help_text="Of telephone, pager and the organization's telephone."
                    ),
                ),
                (
                    "code",
                    models.CharField(help_text="As `callers.rules.code_of` has it.", max_length=20),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("words", name="gin_trgm_ops"),
                        django.contrib.postgres.indexes.OpClass("digits", name="gin_trgm_ops"),
                        django.contrib.postgres.indexes.OpClass("code", name="gin_trgm_ops"),
                        name="caller_words",
                    )
                ],
            },
        ),
        migrations.RunSQL(WORDS, NO_WORDS),
    ]
