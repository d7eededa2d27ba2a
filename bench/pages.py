"""Pages beside the minimal signed-in page and django-helpdesk: ``python -m bench.pages --sizes 10000,100000``.

Each side answers in a process of its own, through Django's handler with its whole middleware, on the same PostgreSQL
server; no web server stands before either, and the minimal page is one more address of ours. Rounds are interleaved:
every page of every size, ours and the peer's in turn, so that the ratios hold whatever else the machine does.
"""

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from bench import _figures as figures
from bench import _loads as loads
from bench import _peer as peer
from bench._databases import server_setting

SIZES = (10_000, 100_000, 1_000_000)
WARM = 2
MOST_SECONDS = 40.0
"""After so long on one page of one size there are enough rounds of it."""
BESIDE = {
    "queue": ("list", "list, rows"),
    "case": ("ticket",),
    "busy case": ("ticket",),
    "opening": ("create",),
    "search, rare": ("search, rare",),
    "search, common": ("search, common",),
    "search, two words": ("search, two words",),
}
"""Which of the peer's requests do what a page of ours does."""
NEAR = {"queue": 3.0, "case": 3.0, "busy case": 3.0}
"""How many times the minimal page a page may take; any other list 4."""
LISTS = ("cases", "agreements", "invoices", "portfolio", "home", "board")
MOST_BYTES = 120_000
Asked = dict[str, Any]


class Side:
    """A process that answers requests by name."""

    def __init__(self, command: Sequence[str], settings: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            list(command), env=settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pages: list[str] = json.loads(self._read())

    def ask(self, page: str) -> Asked:
        """Make one request. Raises RuntimeError when it is not answered as it should be."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{page}\n")
        self._process.stdin.flush()
        said: Asked = json.loads(self._read())
        if said["status"] not in (200, 302):
            raise RuntimeError(f"{page} answers {said['status']}")
        return said

    def stop(self) -> None:
        self._process.communicate()

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a side of the measurement ended")
        return line


@contextmanager
def side(command: Sequence[str], settings: dict[str, str]) -> Iterator[Side]:
    made = Side(command, settings)
    try:
        yield made
    finally:
        made.stop()


def measure(sizes: Sequence[int], rounds: int, only: Sequence[str]) -> dict[str, Any]:
    """The figures of every page by size: ours, and the peer's where it has one."""
    missing = peer.install()
    if missing:
        print(f"django-helpdesk cannot be installed ({missing}): measured without it")
    runs: dict[tuple[str, int, str], list[Asked]] = defaultdict(list)
    with ExitStack() as stack:
        ours: dict[int, Side] = {}
        theirs: dict[int, Side] = {}
        for size in sizes:
            database = loads.load(size)
            rare = loads.rare_word(database)
            command = [sys.executable, "-m", "bench._ours", rare]
            settings = loads.environment(database)
            ours[size] = stack.enter_context(side(command, settings))
            if not missing:
                settings = peer.environment(peer.load(size))
                command = peer.command("serve", rare)
                theirs[size] = stack.enter_context(side(command, settings))
        names = [name for name in ours[sizes[0]].pages if not only or name in only]
        if "minimal" not in names:
            names.insert(0, "minimal")
        for number in range(rounds + WARM):
            for name in names:
                for size in sizes:
                    _ask_all(name, size, ours[size], theirs.get(size), runs, number < WARM)
            print(f"round {number + 1} of {rounds + WARM}", end="\r", flush=True, file=sys.stderr)
    return _figures_of(sizes, runs)


def _ask_all(
    name: str,
    size: int,
    ours: Side,
    theirs: Side | None,
    runs: dict[tuple[str, int, str], list[Asked]],
    warming: bool,
) -> None:
    asked: list[tuple[str, str, Callable[[str], Asked]]] = [("ours", name, ours.ask)]
    if theirs is not None:
        asked += [("peer", request, theirs.ask) for request in BESIDE.get(name, ())]
    for whose, page, ask in asked:
        known = runs[whose, size, page]
        if sum(one["ms"] for one in known) > MOST_SECONDS * 1000:
            continue
        said = ask(page)
        if not warming:
            known.append(said)


def _figures_of(
    sizes: Sequence[int], runs: dict[tuple[str, int, str], list[Asked]]
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "sizes": list(sizes),
        "ours": {},
        "peer": {},
        "peer version": peer.VERSION,
        "fsync": server_setting("fsync"),
    }
    for (whose, size, page), asked in runs.items():
        if asked:
            times = [one["ms"] for one in asked]
            made[whose].setdefault(page, {})[str(size)] = {
                "p50": round(figures.median(times), 2),
                "p95": round(figures.p95(times), 2),
                "cpu p50": round(figures.median([one["cpu ms"] for one in asked]), 2),
                "rounds": len(times),
                "bytes": asked[-1]["bytes"],
                "statements": asked[-1]["statements"],
            }
    return made


# --- the table ---------------------------------------------------------------------------------------


def report(made: dict[str, Any]) -> str:
    """The table of ours, the peer's, the ratios and the goals, for the sizes of a run."""
    sizes = [str(size) for size in made["sizes"]]
    names = " / ".join(figures.short(int(size)) for size in sizes)
    rows = [_row(page, made, sizes) for page in made["ours"]]
    return figures.table(
        (
            "page",
            f"p50 ms, {names}",
            "p95",
            "of it CPU",
            "× minimal",
            "statements",
            "kB",
            "helpdesk p50 ms",
            "× faster",
            "last / first",
            "goals",
        ),
        rows,
    )


def _row(page: str, made: dict[str, Any], sizes: list[str]) -> list[str]:
    ours, last = made["ours"][page], sizes[-1]

    def said(values: dict[str, float | None]) -> str:
        return " / ".join(figures.milliseconds(values.get(size)) for size in sizes)

    theirs = {size: beside(page, made, size) for size in sizes}
    times = {
        size: ours[size]["p50"] / made["ours"]["minimal"][size]["p50"]
        for size in sizes
        if size in ours
    }
    faster = {size: value / ours[size]["p50"] for size, value in theirs.items() if value}
    growth = ours[last]["p50"] / ours[sizes[0]]["p50"]
    return [
        page,
        said({size: one["p50"] for size, one in ours.items()}),
        said({size: one["p95"] for size, one in ours.items()}),
        said({size: one["cpu p50"] for size, one in ours.items()}),
        " / ".join(f"{times[size]:.1f}" for size in sizes if size in times),
        " / ".join(str(ours[size]["statements"]) for size in sizes if size in ours),
        " / ".join(f"{ours[size]['bytes'] / 1000:,.0f}" for size in sizes if size in ours),
        said(theirs) if any(theirs.values()) else "",
        " / ".join(f"{value:.1f}" for value in faster.values()),
        f"{growth:.2f}",
        _goals(page, ours, times, faster, growth, sizes),
    ]


def beside(page: str, made: dict[str, Any], size: str) -> float | None:
    """Milliseconds of the peer's requests that do what a page does; None when it has none."""
    known = [made["peer"].get(name, {}).get(size) for name in BESIDE.get(page, ())]
    if not known or None in known:
        return None
    return float(sum(one["p50"] for one in known if one))


def _goals(
    page: str,
    ours: dict[str, Any],
    times: dict[str, float],
    faster: dict[str, float],
    growth: float,
    sizes: list[str],
) -> str:
    """Each goal of the page, and whether it is met."""
    kept = []
    near = NEAR.get(page, 4.0 if page in LISTS else None)
    if near is not None:
        kept.append((f"≤ {near:.0f}× minimal", max(times.values()) <= near))
    if page == "opening" and faster:
        kept.append(("≤ helpdesk's create", min(faster.values()) >= 1))
    if page.startswith("search"):
        kept.append(("p95 ≤ 100 ms", max(ours[size]["p95"] for size in ours) <= 100))
    if page != "minimal":
        kept.append(("≤ 120 kB", max(ours[size]["bytes"] for size in ours) <= MOST_BYTES))
        if len(sizes) > 1:
            kept.append(("flat (≤ 1.2)", growth <= 1.2))
    return ", ".join(f"{words}: {'met' if met else 'NOT MET'}" for words, met in kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="of cases, with commas")
    parser.add_argument("--rounds", type=int, default=15, help="interleaved rounds")
    parser.add_argument("--only", default="", help="these pages, with semicolons")
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.sizes.split(",")]
    only = [name.strip() for name in chosen.only.split(";") if name.strip()]
    made = measure(sizes, chosen.rounds, only)
    if not only:
        figures.keep("pages", made)
    print(report(made))


if __name__ == "__main__":
    main()
