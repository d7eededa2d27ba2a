"""Names of files that were sent with messages are found; what a search costs is bounded."""

from django.db import migrations

FILES = r"""
CREATE OR REPLACE FUNCTION search_facets(c cases_case) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(search_standing(c) || search_named('=u', c.end_user) || search_named('=h', c.platform)
           || ARRAY['=r' || c.reseller_id, '=v' || c.provider_id, '=p' || c.product_id, '=c' || c.contact_id,
                    '=l' || lower(replace(c.release, ' ', '')),
                    '=e' || (c.id >> 12), '=f' || (c.id >> 15), '=g' || (c.id >> 18)])
$$;

CREATE OR REPLACE FUNCTION search_report(c cases_case) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT search_words(c.title, 'A')
        || search_words(concat_ws(' ', c.id, c.end_user, product.name, c.release, c.platform, c.operating_system,
                                  contact.name, contact.email, reseller.name), 'B')
        || search_words(concat_ws(' ', c.description, c.hardware, c.other_software, c.business_impact,
                                  c.level_1_work, c.level_2_work, c.replication_steps, c.replication_evidence), 'C')
      FROM cases_product product, contracts_contact contact, contracts_organisation reseller
     WHERE product.id = c.product_id AND contact.id = c.contact_id AND reseller.id = c.reseller_id
$$;

-- The names of a case's files that are still there, of its notes or of all its other messages; NULL for no file.
CREATE FUNCTION search_files(of_case bigint, notes bool) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_agg(f.name, ' ' ORDER BY f.id)
      FROM cases_message m
      JOIN portal_attachment f ON f.subject_type = 'cases.message' AND f.subject_id = m.id AND f.removed_at IS NULL
     WHERE m.case_id = of_case AND (m.kind = 'note') = notes AND m.file_count > 0
$$;

CREATE OR REPLACE FUNCTION search_said(of_case bigint, notes bool) RETURNS tsvector
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE names text := search_files(of_case, notes); said tsvector;
BEGIN
    said := search_words((SELECT string_agg(left(m.body, 20000), ' ' ORDER BY m.id) FROM cases_message m
                           WHERE m.case_id = of_case AND (m.kind = 'note') = notes AND m.kind <> 'report'),
                         'D', 150000);
    IF names IS NULL THEN RETURN said; END IF;
    RETURN said || search_words(names, 'B') || array_to_tsvector(ARRAY['=hf']);
END $$;

CREATE OR REPLACE FUNCTION search_file_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.subject_type = 'cases.message' THEN
        PERFORM search_refresh(m.case_id) FROM cases_message m WHERE m.id = NEW.subject_id;
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER search_file ON portal_attachment;
CREATE TRIGGER search_file AFTER INSERT OR UPDATE OF name, removed_at ON portal_attachment
FOR EACH ROW EXECUTE FUNCTION search_file_changed();
"""

FINDING = r"""
DROP FUNCTION search_newest;

-- The newest cases that fit, at most so many, the newest first, and the number down to which was looked: 0 for all.
--
-- Goes down the case numbers from `top`, a few blocks at a time; more at once while that is quick, fewer while it is
-- not, and stops when `most_ms` are over. So a common word is soon found often enough, and a rare one is not looked for
-- block by block. The instants narrow by when a case was reported and closed; `among` are the only cases that count.
-- The sum in ORDER BY keeps the planner from reading the words of every case in the order of their numbers.
CREATE FUNCTION search_newest(wanted tsquery, top bigint, most int, most_ms int, opened_from timestamptz,
                              opened_to timestamptz, closed_from timestamptz, closed_to timestamptz, among bigint[],
                              OUT keys bigint[], OUT low bigint)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET jit = off SET work_mem = '32MB' SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    asked tsquery; mark text := '=e'; block bigint := top >> 12; width int := 2; more bigint[]; elapsed float;
    begun timestamptz := clock_timestamp(); started timestamptz; last_block bigint; above bigint := top + 1;
    narrows bool := num_nonnulls(opened_from, opened_to, closed_from, closed_to, among) > 0;
BEGIN
    keys := '{}';
    low := 0;
    IF cardinality(among) <= 3000 THEN
        keys := ARRAY(SELECT d.case_id FROM cases_searchdocument d JOIN cases_case c ON c.id = d.case_id
                        WHERE d.case_id = ANY (among) AND d.words @@ wanted
                          AND (opened_from IS NULL OR c.reported_at >= opened_from)
                          AND (opened_to IS NULL OR c.reported_at < opened_to)
                          AND (closed_from IS NULL OR c.closed_at >= closed_from)
                          AND (closed_to IS NULL OR c.closed_at < closed_to)
                        ORDER BY d.case_id + 0 DESC LIMIT most);
        RETURN;
    END IF;
    LOOP
        started := clock_timestamp();
        IF mark = '' THEN
            asked := wanted;
        ELSE
            last_block := greatest(block - width + 1, 0);
            asked := wanted && (SELECT string_agg(quote_literal(mark || each), ' | ')
                                  FROM generate_series(last_block, block) AS each)::tsquery;
        END IF;
        IF narrows THEN
            more := ARRAY(SELECT d.case_id FROM cases_searchdocument d
                           WHERE d.words @@ asked AND d.case_id + 0 < above
                             AND (among IS NULL OR d.case_id = ANY (among))
                             AND EXISTS (SELECT FROM cases_case c
                                          WHERE c.id = d.case_id
                                            AND (opened_from IS NULL OR c.reported_at >= opened_from)
                                            AND (opened_to IS NULL OR c.reported_at < opened_to)
                                            AND (closed_from IS NULL OR c.closed_at >= closed_from)
                                            AND (closed_to IS NULL OR c.closed_at < closed_to))
                           ORDER BY d.case_id + 0 DESC LIMIT most - cardinality(keys));
        ELSE
            more := ARRAY(SELECT d.case_id FROM cases_searchdocument d
                           WHERE d.words @@ asked AND d.case_id + 0 < above
                           ORDER BY d.case_id + 0 DESC LIMIT most - cardinality(keys));
        END IF;
        keys := keys || more;
        EXIT WHEN mark = '' OR last_block = 0 OR cardinality(keys) >= most;
        elapsed := extract(epoch FROM clock_timestamp() - started) * 1000;
        IF mark = '=e' THEN  -- the next blocks end where a block of eight begins
            above := last_block << 12;
            block := last_block - 1;
            width := block % 8 + 1;
            IF width = 8 THEN
                mark := '=f';
                block := block >> 3;
                width := 2;
            END IF;
        ELSE
            above := last_block << 15;
            block := last_block - 1;
            width := CASE WHEN elapsed < 8 THEN width * 4 WHEN elapsed > 30 THEN greatest(width / 2, 1) ELSE width END;
            IF width > 24 THEN mark := ''; END IF;
        END IF;
        IF extract(epoch FROM clock_timestamp() - begun) * 1000 > most_ms THEN
            low := above;
            EXIT;
        END IF;
    END LOOP;
END $$;

-- A facet, and the known ones that begin with it or, with `parts`, have a further part after a point. An index that
-- compares beginnings itself reads all that begin so, however few fit the rest.
CREATE FUNCTION search_known(facet text, parts bool) RETURNS tsquery LANGUAGE plpgsql STABLE AS $$
DECLARE begins text := CASE WHEN parts THEN facet || '.' ELSE facet END;
BEGIN
    RETURN (SELECT string_agg(quote_literal(form), ' | ')
              FROM (SELECT facet UNION
                    (SELECT word FROM cases_searchword WHERE word ~>=~ begins AND word ~<~ (begins || chr(65535))
                      ORDER BY word LIMIT 300)) AS known (form))::tsquery;
END $$;
"""

FILL = """
SELECT search_refresh(case_id) FROM (SELECT DISTINCT case_id FROM cases_message WHERE file_count > 0) AS with_files;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0022_bulk_watch"), ("portal", "0020_files")]

    operations = [
        migrations.RunSQL(FILES + FINDING, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
