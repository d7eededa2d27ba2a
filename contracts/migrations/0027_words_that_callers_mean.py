"""The words by which contacts are found, each once: what is typed with an error is compared with them (ADR 68)."""

from django.db import migrations, models

REFRESH = r"""
CREATE OR REPLACE FUNCTION caller_refresh(of_organisation bigint, of_contact bigint) RETURNS void
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
       SET words = excluded.words, digits = excluded.digits, code = excluded.code;
%s
$$;
"""
LEARN = r"""
    INSERT INTO contracts_callerword (word)
    SELECT DISTINCT said.word
      FROM contracts_callerwords w
      JOIN contracts_contact c ON c.id = w.contact_id,
           unnest(string_to_array(trim(w.words), ' ')) AS said (word)
     WHERE (of_organisation IS NULL OR c.organisation_id = of_organisation)
       AND (of_contact IS NULL OR c.id = of_contact)
       AND said.word ~ '^[[:alpha:]]{3,40}$'
     ORDER BY said.word
    ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0026_caller_words")]

    operations = [
        migrations.CreateModel(
            name="CallerWord",
            fields=[("word", models.CharField(max_length=40, primary_key=True, serialize=False))],
        ),
        migrations.RunSQL(
            (REFRESH % LEARN) + "SELECT caller_refresh(NULL, NULL);",
            REFRESH % "",
        ),
    ]
