"""The words by which cases are found stand in rows of their own, kept by triggers (ADR 57)."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.indexes import OpClass
from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations, models

WORDS = r"""
CREATE TEXT SEARCH DICTIONARY search_plain (TEMPLATE = pg_catalog.simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION search_exact (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION search_exact ALTER MAPPING REPLACE simple WITH search_plain;

-- Accents folded, and nothing but letters and digits: quotes, paths and hyphens never stick to a word.
CREATE FUNCTION search_folded(said text, most int DEFAULT 20000) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(lower(unaccent(left(said, most))), '[^[:alnum:]]+', ' ', 'g')
$$;

-- The stems of a text; of a title or a name (A, B) the exact words too, which are found by their beginnings.
CREATE FUNCTION search_words(said text, weight "char", most int DEFAULT 20000) RETURNS tsvector
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE folded text := search_folded(coalesce(said, ''), most);
BEGIN
    IF weight IN ('A', 'B') THEN
        RETURN setweight(to_tsvector('search_exact', folded) || to_tsvector('english', folded), weight);
    END IF;
    RETURN setweight(to_tsvector('english', folded), weight);
END $$;

CREATE FUNCTION search_named(mark text, said text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(mark || word), '{}')
      FROM unnest(string_to_array(trim(search_folded(coalesce(said, ''))), ' ')) AS word WHERE word <> ''
$$;

-- What of a case's facets changes as it goes on.
CREATE FUNCTION search_standing(c cases_case) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ARRAY['=s' || c.severity, '=t' || c.state, CASE c.state WHEN 'closed' THEN '=xc' ELSE '=xo' END,
                 '=o' || coalesce(c.owner_id, 0)]
$$;

CREATE FUNCTION search_facets(c cases_case) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(search_standing(c) || search_named('=u', c.end_user) || search_named('=h', c.platform)
           || ARRAY['=r' || c.reseller_id, '=v' || c.provider_id, '=p' || c.product_id, '=c' || c.contact_id,
                    '=l' || lower(replace(c.release, ' ', '')),
                    '=e' || (c.id >> 12), '=f' || (c.id >> 15), '=g' || (c.id >> 18)]
           || CASE WHEN EXISTS (SELECT FROM portal_attachment f
                                 WHERE f.subject_type = 'cases.case' AND f.subject_id = c.id)
                   THEN ARRAY['=hf'] ELSE '{}' END)
$$;

CREATE FUNCTION search_report(c cases_case) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT search_words(c.title, 'A')
        || search_words(concat_ws(' ', c.id, c.end_user, product.name, c.release, c.platform, c.operating_system,
                                  contact.name, contact.email, reseller.name), 'B')
        || search_words(concat_ws(' ', c.description, c.hardware, c.other_software, c.business_impact,
                                  c.level_1_work, c.level_2_work, c.replication_steps, c.replication_evidence), 'C')
        || search_words((SELECT string_agg(f.name, ' ') FROM portal_attachment f
                          WHERE f.subject_type = 'cases.case' AND f.subject_id = c.id), 'B')
      FROM cases_product product, contracts_contact contact, contracts_organisation reseller
     WHERE product.id = c.product_id AND contact.id = c.contact_id AND reseller.id = c.reseller_id
$$;

-- A vector has room for a megabyte: what was said beyond this many characters of a case is not searched.
-- The report repeats the description, which stands there already.
CREATE FUNCTION search_said(of_case bigint, notes bool) RETURNS tsvector
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT search_words((SELECT string_agg(left(m.body, 20000), ' ' ORDER BY m.id) FROM cases_message m
                          WHERE m.case_id = of_case AND (m.kind = 'note') = notes AND m.kind <> 'report'), 'D', 150000)
$$;

-- Write a case's rows anew. The lock makes writers wait for each other; what they wrote is read after it.
CREATE FUNCTION search_refresh(of_case bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE c cases_case; shared tsvector; noted tsvector; has_notes bool;
BEGIN
    PERFORM 1 FROM cases_searchdocument WHERE case_id = of_case AND NOT internal FOR UPDATE;
    SELECT * INTO c FROM cases_case WHERE id = of_case;
    IF NOT FOUND THEN RETURN; END IF;
    shared := search_report(c) || search_said(of_case, false) || search_facets(c);
    has_notes := EXISTS (SELECT FROM cases_message m WHERE m.case_id = of_case AND m.kind = 'note');
    INSERT INTO cases_searchdocument (case_id, internal, words)
    VALUES (of_case, false, shared || array_to_tsvector(CASE WHEN has_notes THEN ARRAY['=ar']
                                                             ELSE ARRAY['=ap', '=ar'] END))
    ON CONFLICT (case_id, internal) DO UPDATE SET words = excluded.words;
    IF has_notes THEN
        noted := shared || search_said(of_case, true) || array_to_tsvector(ARRAY['=ap']);
        INSERT INTO cases_searchdocument (case_id, internal, words) VALUES (of_case, true, noted)
        ON CONFLICT (case_id, internal) DO UPDATE SET words = excluded.words;
    ELSE
        DELETE FROM cases_searchdocument WHERE case_id = of_case AND internal;
    END IF;
END $$;

CREATE FUNCTION search_case_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM search_refresh(NEW.id);
    ELSIF (OLD.title, OLD.end_user, OLD.product_id, OLD.release, OLD.platform, OLD.operating_system, OLD.contact_id,
           OLD.reseller_id, OLD.provider_id, OLD.description, OLD.hardware, OLD.other_software, OLD.business_impact,
           OLD.level_1_work, OLD.level_2_work, OLD.replication_steps, OLD.replication_evidence)
       IS DISTINCT FROM
          (NEW.title, NEW.end_user, NEW.product_id, NEW.release, NEW.platform, NEW.operating_system, NEW.contact_id,
           NEW.reseller_id, NEW.provider_id, NEW.description, NEW.hardware, NEW.other_software, NEW.business_impact,
           NEW.level_1_work, NEW.level_2_work, NEW.replication_steps, NEW.replication_evidence) THEN
        PERFORM search_refresh(NEW.id);
    ELSIF search_standing(OLD) <> search_standing(NEW) THEN
        UPDATE cases_searchdocument
           SET words = ts_delete(words, search_standing(OLD)) || array_to_tsvector(search_standing(NEW))
         WHERE case_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_case AFTER INSERT OR UPDATE ON cases_case
FOR EACH ROW EXECUTE FUNCTION search_case_changed();

-- What is said is added to the words that are there; the messages before it are not read again.
CREATE FUNCTION search_message_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE said tsvector;
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM search_refresh(OLD.case_id);
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.body, OLD.kind, OLD.case_id) IS DISTINCT FROM (NEW.body, NEW.kind, NEW.case_id) THEN
            PERFORM search_refresh(NEW.case_id);
            IF OLD.case_id <> NEW.case_id THEN PERFORM search_refresh(OLD.case_id); END IF;
        END IF;
        RETURN NULL;
    END IF;
    IF NEW.kind = 'note' AND NOT EXISTS (SELECT FROM cases_searchdocument WHERE case_id = NEW.case_id AND internal) THEN
        PERFORM search_refresh(NEW.case_id);
        RETURN NULL;
    END IF;
    IF NEW.kind = 'report' THEN RETURN NULL; END IF;
    said := search_words(NEW.body, 'D');
    UPDATE cases_searchdocument SET words = words || said
     WHERE case_id = NEW.case_id AND (internal OR NEW.kind <> 'note') AND length(words) < 15000;
    RETURN NULL;
END $$;
CREATE TRIGGER search_message AFTER INSERT OR UPDATE OR DELETE ON cases_message
FOR EACH ROW EXECUTE FUNCTION search_message_changed();

CREATE FUNCTION search_file_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.subject_type = 'cases.case' THEN PERFORM search_refresh(OLD.subject_id); END IF;
    IF TG_OP <> 'DELETE' AND NEW.subject_type = 'cases.case' THEN PERFORM search_refresh(NEW.subject_id); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_file AFTER INSERT OR UPDATE OF name, subject_type, subject_id OR DELETE ON portal_attachment
FOR EACH ROW EXECUTE FUNCTION search_file_changed();

CREATE FUNCTION search_name_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'contracts_contact' THEN
        PERFORM search_refresh(id) FROM cases_case WHERE contact_id = NEW.id;
    ELSE
        PERFORM search_refresh(id) FROM cases_case WHERE reseller_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_contact AFTER UPDATE OF name, email ON contracts_contact
FOR EACH ROW WHEN ((OLD.name, OLD.email) IS DISTINCT FROM (NEW.name, NEW.email))
EXECUTE FUNCTION search_name_changed();
CREATE TRIGGER search_reseller AFTER UPDATE OF name ON contracts_organisation
FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION search_name_changed();
"""

FINDING = r"""
-- A term as a tsquery. A single word stands for its stem, itself, and the words that begin with it; several stand
-- together as they do in the text. Words as common as "the" ask for nothing.
CREATE FUNCTION search_term(words text[], phrase bool) RETURNS tsquery LANGUAGE plpgsql STABLE AS $$
DECLARE typed text := words[1]; forms text[];
BEGIN
    IF cardinality(words) > 1 OR phrase THEN RETURN phraseto_tsquery('english', array_to_string(words, ' ')); END IF;
    IF numnode(plainto_tsquery('search_exact', typed)) = 0 THEN RETURN ''; END IF;
    forms := ARRAY[typed] || coalesce(ts_lexize('english_stem', typed), '{}');
    IF length(typed) > 1 THEN
        forms := forms || ARRAY(
            SELECT unnest(ARRAY[known.word] || coalesce(ts_lexize('english_stem', known.word), '{}'))
              FROM (SELECT w.word FROM cases_searchword w
                     WHERE w.word ~>=~ typed AND w.word ~<~ (typed || chr(65535))
                     ORDER BY length(w.word), w.word LIMIT 50) known);
    END IF;
    RETURN (SELECT string_agg(DISTINCT quote_literal(form), ' | ') FROM unnest(forms) AS form)::tsquery;
END $$;

-- The newest cases that fit, at most so many, the newest first. Reads block after block of case numbers, each step
-- eight times as far: so a common word costs no more than a rare one. The instants narrow by when a case was reported
-- and closed; `among` are the only cases that count.
CREATE FUNCTION search_newest(wanted tsquery, top bigint, most int, opened_from timestamptz, opened_to timestamptz,
                              closed_from timestamptz, closed_to timestamptz, among bigint[])
RETURNS bigint[] LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET jit = off SET work_mem = '32MB' SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    found bigint[]; step int; asked tsquery; block bigint; mark text;
    by_time bool := num_nonnulls(opened_from, opened_to, closed_from, closed_to) > 0;
BEGIN
    IF cardinality(among) <= 3000 THEN
        RETURN ARRAY(SELECT d.case_id FROM cases_searchdocument d JOIN cases_case c ON c.id = d.case_id
                      WHERE d.case_id = ANY (among) AND d.words @@ wanted
                        AND (opened_from IS NULL OR c.reported_at >= opened_from)
                        AND (opened_to IS NULL OR c.reported_at < opened_to)
                        AND (closed_from IS NULL OR c.closed_at >= closed_from)
                        AND (closed_to IS NULL OR c.closed_at < closed_to)
                      ORDER BY d.case_id DESC LIMIT most);
    END IF;
    FOR step IN 0..3 LOOP
        asked := wanted;
        IF step < 3 THEN
            block := top >> (12 + 3 * step);
            CONTINUE WHEN step > 0 AND block < 2;
            mark := '=' || substr('efg', step + 1, 1);
            asked := wanted && format('%L | %L', mark || block, mark || greatest(block - 1, 0))::tsquery;
        END IF;
        IF by_time OR among IS NOT NULL THEN
            found := ARRAY(SELECT d.case_id FROM cases_searchdocument d
                            WHERE d.words @@ asked AND (among IS NULL OR d.case_id = ANY (among))
                              AND EXISTS (SELECT FROM cases_case c
                                           WHERE c.id = d.case_id
                                             AND (opened_from IS NULL OR c.reported_at >= opened_from)
                                             AND (opened_to IS NULL OR c.reported_at < opened_to)
                                             AND (closed_from IS NULL OR c.closed_at >= closed_from)
                                             AND (closed_to IS NULL OR c.closed_at < closed_to))
                            ORDER BY d.case_id DESC LIMIT most);
        ELSE
            found := ARRAY(SELECT d.case_id FROM cases_searchdocument d WHERE d.words @@ asked
                            ORDER BY d.case_id DESC LIMIT most);
        END IF;
        EXIT WHEN cardinality(found) >= most;
    END LOOP;
    RETURN found;
END $$;
"""

ARTICLES = """
CREATE FUNCTION search_article() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := search_words(NEW.title, 'A') || search_words(NEW.number, 'A')
               || search_words(concat_ws(' ', NEW.symptom, NEW.cause), 'B') || search_words(NEW.fix, 'C');
    RETURN NEW;
END $$;
CREATE TRIGGER search_article BEFORE INSERT OR UPDATE ON cases_article
FOR EACH ROW EXECUTE FUNCTION search_article();
"""

UNDO = """
DROP FUNCTION search_newest, search_term, search_name_changed, search_file_changed, search_message_changed, search_case_changed,
     search_refresh, search_said, search_report, search_facets, search_standing, search_named, search_words,
     search_folded, search_article CASCADE;
DROP TEXT SEARCH CONFIGURATION search_exact;
DROP TEXT SEARCH DICTIONARY search_plain;
"""

FILL = """
SELECT search_refresh(id) FROM cases_case ORDER BY id;
UPDATE cases_article SET number = number;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0019_conversation"),
        ("contracts", "0024_telephone_digits"),
        ("portal", "0015_inbox_by_time"),
    ]

    operations = [
        UnaccentExtension(),
        migrations.CreateModel(
            name="SearchProgress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("case", models.BigIntegerField(default=0)),
                ("message", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[("word", models.TextField(primary_key=True, serialize=False))],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        OpClass("word", name="gin_trgm_ops"), name="search_word_parts"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("internal", models.BooleanField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"], name="search_words", fastupdate=False
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "internal"), name="search_once_an_audience"
                    )
                ],
            },
        ),
        migrations.RemoveIndex(model_name="article", name="article_search"),
        migrations.RemoveField(model_name="article", name="search"),
        migrations.AddField(
            model_name="article",
            name="search",
            field=django.contrib.postgres.search.SearchVectorField(
                editable=False,
                help_text="Its words; a trigger of the database keeps them.",
                null=True,
            ),
        ),
        migrations.RunSQL(WORDS + FINDING + ARTICLES, UNDO),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="article",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search"], name="article_search"
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="case_search"),
        migrations.RemoveField(model_name="case", name="search"),
    ]
