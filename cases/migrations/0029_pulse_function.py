"""The pulse of a case as a function: open pages ask for it all the time, and a function's plans are kept."""

from django.db import migrations

PULSE = """
CREATE FUNCTION case_pulse(
  of_case bigint, of_user bigint, of_provider boolean, is_writing boolean,
  kept interval, answering_kept interval, written_every interval,
  OUT last bigint, OUT checking bigint, OUT people json, OUT is_marked boolean
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  instant timestamptz := statement_timestamp();
BEGIN
  -- max(id + 0), not max(id): that one may be planned as a walk down the journal's key until it meets the case.
  SELECT coalesce(max(entry.id + 0), 0) INTO last FROM portal_journalentry AS entry
   WHERE entry.subject_type = 'cases.case' AND entry.subject_id = of_case AND (entry.public OR of_provider);
  SELECT count(*) INTO checking
    FROM cases_message AS message
    JOIN portal_attachment AS file ON file.subject_type = 'cases.message' AND file.subject_id = message.id
   WHERE message.case_id = of_case AND message.file_count > 0 AND file.check_at IS NOT NULL
     AND (message.kind <> 'note' OR of_provider);
  SELECT json_agg(json_build_array(there.name, there.is_provider, there.is_answering)) INTO people FROM (
    SELECT person.name, cardinality(person.roles) > 0 AS is_provider,
           coalesce(here.answering_at > instant - answering_kept, false) AS is_answering
      FROM cases_presence AS here JOIN portal_user AS person ON person.id = here.user_id
     WHERE here.case_id = of_case AND here.user_id <> of_user
       AND here.seen_at > instant - kept AND person.is_active
       AND ((cardinality(person.roles) > 0) = of_provider
            OR of_provider AND here.answering_at > instant - answering_kept)
     ORDER BY is_answering DESC, is_provider, person.name
     LIMIT 12
  ) AS there;
  is_marked := EXISTS (
    SELECT FROM cases_presence AS mine
     WHERE mine.case_id = of_case AND mine.user_id = of_user AND mine.seen_at > instant - written_every
       AND (NOT is_writing OR mine.answering_at > instant - written_every)
  );
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0028_canned_answers")]

    operations = [
        migrations.RunSQL(
            PULSE,
            "DROP FUNCTION case_pulse(bigint, bigint, boolean, boolean, interval, interval, interval)",
        )
    ]
