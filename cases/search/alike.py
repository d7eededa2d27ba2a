"""Cases and articles that share words with a text: for the opening form and the case page (ADR 58)."""

from django.db import connection

from cases.case.models import Case
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

_ASKED = """
    WITH asked AS MATERIALIZED (
            SELECT tsvector_to_array(to_tsvector('english', search_folded(%s))) AS words),
         any_of AS MATERIALIZED (
            SELECT string_agg(quote_literal(word), ' | ')::tsquery AS query FROM asked, unnest(words) AS word),
"""
_SHARE = "ARRAY(SELECT unnest(asked.words) INTERSECT SELECT unnest(tsvector_to_array({words}))) AS shared"
_BY_RARITY = """
         rarity AS MATERIALIZED (
            SELECT word, ln(1 + (SELECT count(*) FROM near)::float / count(*)) AS weight
              FROM near, unnest(shared) AS word GROUP BY word)
    SELECT key FROM near
     WHERE cardinality(shared) >= %s AND key <> %s
     ORDER BY (SELECT sum(weight) FROM rarity WHERE word = ANY (near.shared)) DESC, key DESC
     LIMIT %s
"""
_CASES = f"""{_ASKED}
         near AS MATERIALIZED (
            SELECT d.case_id AS key, {_SHARE.format(words="d.words")}
              FROM asked, any_of,
                   search_newest(query && {{scope}}, %s, %s, 100, NULL, NULL, NULL, NULL, NULL) AS newest,
                   unnest(newest.keys) AS number
              JOIN cases_searchdocument d ON d.case_id = number AND NOT d.internal
             WHERE numnode(query) > 0),
{_BY_RARITY}"""  # noqa: S608  # our own words
_ARTICLES = f"""{_ASKED}
         near AS MATERIALIZED (
            SELECT a.id AS key, {_SHARE.format(words="a.search")}
              FROM asked, any_of, cases_article a
             WHERE numnode(query) > 0 AND a.search @@ query
             ORDER BY a.id DESC LIMIT %s),
{_BY_RARITY}"""  # noqa: S608


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
    number of the case itself. Three statements.
    """
    keys = keys_of_cases_like(text, user, most=most, only_open=only_open, without=without)
    rows = Case.objects.visible_to(user).for_list().in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def keys_of_cases_like(
    text: str, user: User, *, most: int, only_open: bool = False, without: int | None = None
) -> list[int]:
    """The keys of the cases that `cases_like` finds. Two statements."""
    words = words_of(text)[:READ]
    if not words or not user.is_active:
        return []
    scope = asking.scope(reach_of(user), notes=False)
    if only_open:
        scope = scope.both(asking.facets("x", ["o"]))
    last = Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(
            _CASES.format(scope=scope.sql),
            [" ".join(words), *scope.values, last, LOOKED_THROUGH, SHARED, without or 0, most],
        )
        return [key for (key,) in cursor.fetchall()]


def keys_of_articles_like(text: str, *, most: int) -> list[int]:
    """The keys of the articles that share the rarest words with a text, the likest first; whoever may read them.

    One statement.
    """
    words = words_of(text)[:READ]
    if not words:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_ARTICLES, [" ".join(words), LOOKED_THROUGH, SHARED, 0, most])
        return [key for (key,) in cursor.fetchall()]
