"""The words that occur: learnt from the cases some time after they are written, so that no act waits for another."""

from django.db import connection, transaction

from cases.search.models import SearchProgress

MOST_CASES = 5000
"""So many cases are read at a time."""

_CHANGED = """
    SELECT id FROM cases_case WHERE id > %s ORDER BY id LIMIT %s
"""
_SAID = "SELECT id, case_id FROM cases_message WHERE id > %s ORDER BY id LIMIT %s"
_WORDS = """
    INSERT INTO cases_searchword (word)
    SELECT DISTINCT word
      FROM ({texts}) AS said (text), unnest(string_to_array(search_folded(said.text, 150000), ' ')) AS word
     WHERE word !~ '^[0-9]*$' AND length(word) BETWEEN 2 AND 40
    ON CONFLICT DO NOTHING
"""
_LEARN = _WORDS.format(
    texts="""
    SELECT concat_ws(' ', c.title, c.end_user, product.name, c.release, c.platform, c.operating_system, c.hardware,
                     c.other_software, c.description, c.business_impact, c.level_1_work, c.level_2_work,
                     c.replication_steps, c.replication_evidence, contact.name, contact.email, reseller.name,
                     search_answers(c.product_answers, 'asked'), search_answers(c.product_answers, 'answer'),
                     search_files(c.id, false), search_files(c.id, true),
                     (SELECT string_agg(left(m.body, 20000), ' ') FROM cases_message m WHERE m.case_id = c.id))
      FROM cases_case c JOIN cases_product product ON product.id = c.product_id
      JOIN contracts_contact contact ON contact.id = c.contact_id
      JOIN contracts_organisation reseller ON reseller.id = c.reseller_id
     WHERE c.id = ANY (%s)"""
)
_FACETS = """
    INSERT INTO cases_searchword (word)
    SELECT DISTINCT word FROM cases_searchdocument d, unnest(tsvector_to_array(d.words)) AS word
     WHERE d.case_id = ANY (%s) AND left(word, 2) IN ('=l', '=u', '=h') AND word <> '=hf'
    ON CONFLICT DO NOTHING
"""
_ARTICLES = _WORDS.format(
    texts="SELECT concat_ws(' ', number, title, symptom, cause, fix) FROM cases_article"
)


def learn_words(*, anew: bool = False) -> int:
    """Learn the words of cases and messages since the last time, of all cases `anew`; return how many cases were read.

    One at a time: who finds another at it leaves it to them.
    """
    read = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            SearchProgress.objects.get_or_create(pk=1)
            held = SearchProgress.objects.select_for_update(skip_locked=True).filter(pk=1).first()
            if held is None:
                return read
            if anew:
                cursor.execute(_ARTICLES)
                held.case = held.message = 0
                anew = False
            cursor.execute(_CHANGED, [held.case, MOST_CASES])
            keys = [key for (key,) in cursor.fetchall()]
            cursor.execute(_SAID, [held.message, 4 * MOST_CASES])
            said = cursor.fetchall()
            if not keys and not said:
                return read
            before = held.case
            held.case = max(keys, default=held.case)
            held.message = max((key for key, _ in said), default=held.message)
            # cases beyond `held.case` are read when their turn comes, with their messages
            older = {case for _, case in said if case <= before}
            for learn in (_LEARN, _FACETS):
                cursor.execute(learn, [sorted(older.union(keys))])
            held.save()
            read += len(older.union(keys))
