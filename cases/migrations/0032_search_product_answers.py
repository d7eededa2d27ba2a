"""What a product asks of a report, and what is answered, are found (ADR 57, ADR 69)."""

from django.db import migrations

ANSWERS = r"""
-- What a case's product asked, or what was answered, of the questions that are answered; NULL for none.
CREATE OR REPLACE FUNCTION search_answers(told jsonb, part text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(each->>part, ' ' ORDER BY place)
      FROM jsonb_array_elements(told) WITH ORDINALITY AS asked (each, place)
     WHERE each->>'answer' <> ''
$$;

CREATE OR REPLACE FUNCTION search_report(c cases_case) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT search_words(c.title, 'A')
        || search_words(concat_ws(' ', c.id, c.end_user, product.name, c.release, c.platform, c.operating_system,
                                  contact.name, contact.email, reseller.name), 'B')
        || search_words(concat_ws(' ', c.description, c.hardware, c.other_software, c.business_impact,
                                  c.level_1_work, c.level_2_work, c.replication_steps, c.replication_evidence), 'C')
        || search_words(search_answers(c.product_answers, 'answer'), 'C')
        || search_words(search_answers(c.product_answers, 'asked'), 'D')
      FROM cases_product product, contracts_contact contact, contracts_organisation reseller
     WHERE product.id = c.product_id AND contact.id = c.contact_id AND reseller.id = c.reseller_id
$$;

CREATE OR REPLACE FUNCTION search_case_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM search_refresh(NEW.id);
    ELSIF (OLD.title, OLD.end_user, OLD.product_id, OLD.release, OLD.platform, OLD.operating_system, OLD.contact_id,
           OLD.reseller_id, OLD.provider_id, OLD.description, OLD.hardware, OLD.other_software, OLD.business_impact,
           OLD.level_1_work, OLD.level_2_work, OLD.replication_steps, OLD.replication_evidence, OLD.product_answers)
       IS DISTINCT FROM
          (NEW.title, NEW.end_user, NEW.product_id, NEW.release, NEW.platform, NEW.operating_system, NEW.contact_id,
           NEW.reseller_id, NEW.provider_id, NEW.description, NEW.hardware, NEW.other_software, NEW.business_impact,
           NEW.level_1_work, NEW.level_2_work, NEW.replication_steps, NEW.replication_evidence, NEW.product_answers) THEN
        PERFORM search_refresh(NEW.id);
    ELSIF search_standing(OLD) <> search_standing(NEW) THEN
        UPDATE cases_searchdocument
           SET words = ts_delete(words, search_standing(OLD)) || array_to_tsvector(search_standing(NEW))
         WHERE case_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
"""

FILL = r"""
SELECT search_refresh(id) FROM cases_case WHERE product_answers <> '[]' ORDER BY id;
INSERT INTO cases_searchword (word)
SELECT DISTINCT word
  FROM cases_case c,
       unnest(string_to_array(search_folded(concat_ws(' ', search_answers(c.product_answers, 'asked'),
                                                      search_answers(c.product_answers, 'answer')), 150000), ' ')) AS word
 WHERE c.product_answers <> '[]' AND word !~ '^[0-9]*$' AND length(word) BETWEEN 2 AND 40
    ON CONFLICT DO NOTHING;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0031_pulse_with_bell")]

    operations = [
        migrations.RunSQL(ANSWERS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
