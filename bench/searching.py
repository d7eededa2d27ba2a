"""A hundred queries of nine kinds on each loaded database: what they must find, and what the search page takes.

``python -m bench.searching --sizes 10000,100000,1000000`` on the server of DATABASE_URL; the loads are made when they
are missing. Every query is made from a case or a word of the load, so that what it must find is known: the case
itself, by any rare word, name or phrase of its own; a full page for what is common; by operators what the columns say.
"""

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any

from bench import _figures as figures
from bench import _loads as loads

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 3
ENGINEER = "maya.okafor@legato.example"
COMMON = "server client drive jukebox volume catalog agent console index mirror cluster library robot tape label pool"
TOGETHER = "drive firmware|tape label|jukebox slot|index catalog|client server|pool retention|remote drive|storage node"
OPERATORS: dict[str, dict[str, Any]] = {
    "severity:2 state:open": {"severity": 2, "closed_at__isnull": True},
    "severity:3 state:closed": {"severity": 3, "closed_at__isnull": False},
    "severity:4": {"severity": 4},
    "product:networker": {"product__name": "NetWorker"},
    "before:2002-06-01": {"reported_at__lt": "2002-06-01T00:00:00Z"},
    "after:2003-03-01": {"reported_at__gte": "2003-03-02T00:00:00Z"},
    "severity:1 state:open": {"severity": 1, "closed_at__isnull": True},
    "product:networker severity:3": {"product__name": "NetWorker", "severity": 3},
    "severity:2 after:2003-02-01": {"severity": 2, "reported_at__gte": "2003-02-02T00:00:00Z"},
    "state:open": {"closed_at__isnull": True},
}


def main() -> None:
    """Measure each size in a process of its own, and print the figures beside their goals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--of", help="used by the benchmark itself: measure the database at hand")
    chosen = parser.parse_args()
    if chosen.of:
        print(json.dumps(_measured()))
        return
    sizes = [int(size) for size in chosen.sizes.split(",")]
    made = {}
    for size in sizes:
        environment = loads.environment(loads.load(size))
        command = [sys.executable, "-m", "bench.searching", "--of", "this"]
        said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        made[str(size)] = json.loads(said.stdout.strip().splitlines()[-1])
    figures.keep("searching", {"sizes": sizes, "searching": made})
    _print(sizes, made)


def _print(sizes: Sequence[int], made: dict[str, Any]) -> None:
    print(f"{'kind':12} {'queries':>7}  p50 ms, p95 ms at {' / '.join(f'{n:,}' for n in sizes)}")
    for kind in made[str(sizes[0])]["kinds"]:
        rows = [made[str(size)]["kinds"][kind] for size in sizes]
        p50 = " / ".join(f"{row['p50']:.1f}" for row in rows)
        p95 = " / ".join(f"{row['p95']:.1f}" for row in rows)
        grown = rows[-1]["p50"] / rows[0]["p50"]
        print(f"{kind:12} {rows[0]['queries']:>7}  {p50}   {p95}   last / first {grown:.2f}")
    for size in sizes:
        print(
            f"{size:,}: {made[str(size)]['right']} of {made[str(size)]['queries']} find what they must"
        )
        for wrong in made[str(size)]["wrong"][:10]:
            print("   ", wrong)


def _measured() -> dict[str, Any]:
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from cases.search.finding import find
    from cases.search.rules import read
    from portal import clock
    from portal.models import User

    user = User.objects.get(email=ENGINEER)
    browser = Client()
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    times: dict[str, list[float]] = defaultdict(list)
    wrong = []
    browser.get("/search/", {"q": "warm"}, headers={"HX-Target": "search-results"})
    queries = list(_queries(user))
    for kind, text, must in queries:
        found = find(read(text), user, clock.now())
        if not must(found):
            wrong.append(f"{kind}: {text[:80]}: {found.in_words}, low {found.low}")
        for _ in range(ROUNDS):
            begun = perf_counter()
            page = browser.get("/search/", {"q": text}, headers={"HX-Target": "search-results"})
            times[kind].append((perf_counter() - begun) * 1000)
            assert page.status_code == 200, text
    kinds = {
        kind: {
            "queries": len(taken) // ROUNDS,
            "p50": figures.median(taken),
            "p95": figures.p95(taken),
            "most": max(taken),
        }
        for kind, taken in times.items()
    }
    right = len(queries) - len(wrong)
    return {"kinds": kinds, "queries": len(queries), "right": right, "wrong": wrong}


def _queries(user: Any) -> Iterator[tuple[str, str, Any]]:
    """The queries: their kind, their text, and whether what is found is what must be."""
    from cases.case.models import Case
    from cases.search.finding import COUNTED

    for number, case in enumerate(_spread(40)):

        def has(found: Any, key: int = case.pk) -> bool:
            return key in found.keys

        if number % 4 == 0:
            yield "number", str(case.pk), lambda found, key=case.pk: found.keys[:1] == [key]
        elif number % 4 == 1:
            yield "name", f"“{case.end_user}” {_rare_of(case)}", has
        elif number % 4 == 2:
            yield "phrase", f'"{case.title}" {_rare_of(case)}', has
        else:
            yield "typed short", f"{_rare_of(case)} {case.end_user[:4]}", has
    for case in _spread(22, apart=7):
        yield "rare", _rare_of(case), lambda found, key=case.pk: key in found.keys
    for case in _spread(4, apart=11, answers=True):
        answer = case.product_answers[0]["answer"].rstrip(".").rpartition(" ")[2]
        yield "answer", answer, lambda found, key=case.pk: key in found.keys
    for word in COMMON.split():
        yield "common", word, lambda found: len(found.keys) >= 100
    for words in TOGETHER.split("|"):
        yield "two words", words, lambda found: len(found.keys) >= 20
    for text, columns in OPERATORS.items():
        there = Case.objects.visible_to(user).filter(**columns)[: COUNTED + 1].count()
        yield (
            "operators",
            text,
            lambda found, there=there: found.more if there > COUNTED else len(found.keys) == there,
        )


def _spread(count: int, apart: int = 0, *, answers: bool = False) -> list[Any]:
    """Cases of the load with a word of their own, spread evenly; with `answers` those that answer their product."""
    from django.db.models import Max, Min

    from cases.case.models import Case

    own = Case.objects.filter(description__contains=" Seen on ")
    if answers:
        own = own.exclude(product_answers=[])
    ends = own.aggregate(first=Min("pk"), last=Max("pk"))
    step = (ends["last"] - ends["first"]) // (count + 1)
    keys = [ends["first"] + apart + step * n for n in range(1, count + 1)]
    return [own.filter(pk__gte=key).order_by("pk").first() for key in keys]


def _rare_of(case: Any) -> str:
    """The word that hardly any other case has."""
    return str(case.description.partition(" Seen on ")[2].split(" ")[0])


if __name__ == "__main__":
    main()
