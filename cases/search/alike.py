"""Cases and articles like a text: for the opening form and the case page (ADR 58)."""

import datetime as dt

from django.db import connection

from cases.case.models import Case
from cases.knowledge.models import Article
from cases.search import asking
from contracts.scope import reach_of
from portal.models import User
from portal.rules.folding import words_of

READ = 60
"""Words of a text that are looked for."""
LOOKED_THROUGH = 2000
"""The newest so many cases that share a word with the text are compared with it."""
SHARED = 2
"""One word in common is not enough."""

_ALIKE = """
    WITH asked AS MATERIALIZED (
            SELECT tsvector_to_array(to_tsvector('english', search_folded(%s))) AS words),
         any_of AS MATERIALIZED (
            SELECT string_agg(quote_literal(word), ' | ')::tsquery AS query FROM asked, unnest(words) AS word),
         near AS MATERIALIZED (
            SELECT d.case_id, ARRAY(SELECT unnest(asked.words) INTERSECT SELECT unnest(tsvector_to_array(d.words)))
                   AS shared
              FROM asked, any_of, search_newest(query && {scope}, %s, %s, 100, NULL, NULL, NULL, NULL, NULL) AS newest,
                   unnest(newest.keys) AS key
              JOIN cases_searchdocument d ON d.case_id = key AND NOT d.internal
             WHERE numnode(query) > 0),
         rarity AS MATERIALIZED (
            SELECT word, ln(1 + (SELECT count(*) FROM near)::float / count(*)) AS weight
              FROM near, unnest(shared) AS word GROUP BY word)
    SELECT case_id FROM near
     WHERE cardinality(shared) >= %s AND case_id <> %s
     ORDER BY (SELECT sum(weight) FROM rarity WHERE word = ANY (near.shared)) DESC, case_id DESC
     LIMIT %s
"""


def cases_like(
    text: str,
    user: User,
    *,
    most: int = 5,
    only_open: bool = False,
    without: int | None = None,
) -> list[Case]:
    """The cases that share the rarest words with a text, of those the reader may see, the likest first.

    Looks through the newest `LOOKED_THROUGH` that share a word; internal notes are not compared. `without` is the
    number of the case itself. Two statements.
    """
    words = words_of(text)[:READ]
    if not words or not user.is_active:
        return []
    scope = asking.scope(reach_of(user), notes=False)
    if only_open:
        scope = scope.both(asking.facets("x", ["o"]))
    last = Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(
            _ALIKE.format(scope=scope.sql),
            [" ".join(words), *scope.values, last, LOOKED_THROUGH, SHARED, without or 0, most],
        )
        keys = [key for (key,) in cursor.fetchall()]
    rows = Case.objects.visible_to(user).for_list().in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def articles_like(text: str, user: User, at: dt.datetime, *, most: int = 3) -> list[Article]:
    """Articles with a published Fix like a text, the likest first; one statement."""
    return list(Article.objects.visible_to(user).with_fix(at).matching(text, "")[:most])
