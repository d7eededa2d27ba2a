"""What was measured, as docs/performance.md with its growth curves: ``python -m bench.write_up``.

It reads the figures of the last runs of ``pages`` and ``sweeping``; it measures nothing itself.
"""

import argparse
from pathlib import Path
from typing import Any

from bench import _figures as figures
from bench import pages, sweeping
from bench._curves import Points, draw

DOCS = Path(__file__).resolve().parent.parent / "docs"
PICTURES = DOCS / "performance"
APART = PICTURES / "apart.md"
"""What was measured by hand, apart from `make bench`, which goes into the page as it is."""
_CURVES = {
    "pages": ("Pages", ("minimal", "queue", "case", "opening", "cases", "home")),
    "lists": ("Lists", ("minimal", "agreements", "invoices", "portfolio", "board", "scorecard")),
}


def curves(made: dict[str, Any]) -> list[str]:
    """Draw the curves; return the names of the pictures."""
    PICTURES.mkdir(exist_ok=True)
    ours, theirs = made["ours"], made["peer"]
    drawn: dict[str, tuple[str, dict[str, Points]]] = {
        name: (title, {page: _points(ours.get(page, {})) for page in chosen})
        for name, (title, chosen) in _CURVES.items()
    }
    drawn["search"] = (
        "Search, ours and django-helpdesk's",
        {
            **{page: _points(ours.get(page, {})) for page in ours if page.startswith("search")},
            **{
                f"helpdesk, {page.removeprefix('search, ')}": _points(theirs[page])
                for page in theirs
                if page.startswith("search")
            },
        },
    )
    queue = {
        size: {"p50": total}
        for size in map(str, made["sizes"])
        if (total := pages.beside("queue", made, size)) is not None
    }
    drawn["queue"] = (
        "Queue and case page beside django-helpdesk's",
        {
            "queue": _points(ours.get("queue", {})),
            "helpdesk's list": _points(queue),
            "case": _points(ours.get("case", {})),
            "helpdesk's ticket": _points(theirs.get("ticket", {})),
            "opening": _points(ours.get("opening", {})),
            "helpdesk's create": _points(theirs.get("create", {})),
        },
    )
    for name, (title, series) in drawn.items():
        (PICTURES / f"{name}.svg").write_text(draw(title, series), encoding="utf-8")
    return list(drawn)


def page(made: dict[str, Any], swept: dict[str, Any] | None) -> str:
    """The page of the documentation."""
    about = made["about"]
    lines = [
        "# Performance",
        "",
        "Written by `make bench` (`bench/write_up.py`) from its last run and `performance/apart.md`; do not edit it "
        "by hand.",
        "",
        f"Measured on {about['at'][:10]} with {about['cores']} cores and Python {about['python']}, beside "
        f"django-helpdesk {made['peer version']} with the same texts on the same PostgreSQL server "
        f"(fsync {made['fsync']}). "
        "Each side answers in a process of its own through Django's handler, without a web server. "
        "Rounds are interleaved, so the ratios hold; the times depend on what else the machine does "
        f"(its load average was {about.get('load', '–')}). “Of it CPU” is what the web process itself worked.",
        "",
        "## Pages",
        "",
        pages.report(made),
        "",
        "“× minimal” is against a page of 25 rows with session and user and nothing else, in the same process. The "
        "peer's figure for the queue is its list page and the JSON that fills it.",
        "",
    ]
    for name in curves(made):
        lines += [f"![Growth: {name}](performance/{name}.svg)", ""]
    if swept:
        lines += [
            "## Deadlines and mail",
            "",
            f"Measured on {swept['about']['at'][:10]}, with the portal's own handlers on the deadlines of real cases. "
            "healthchecks' figures were measured earlier, on such a machine with nothing else to do; the load average "
            f"of this run was {swept['about'].get('load', '–')}.",
            "",
            sweeping.report(swept),
            "",
        ]
    lines += [APART.read_text(encoding="utf-8")]
    lines += [
        "## Measure again",
        "",
        '`make bench ARGS="pages sweeping write_up"` makes the loads that are missing '
        "(`manage.py make_load`), measures and writes this page; `--sizes 10000,100000` leaves the million out. "
        "The loads stay on the server that `DATABASE_URL` names; without one they are made on a throw-away server.",
        "",
    ]
    return "\n".join(lines)


def _points(by_size: dict[str, Any]) -> Points:
    return [(int(size), one["p50"]) for size, one in by_size.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", help=argparse.SUPPRESS)
    parser.parse_args()
    made = figures.kept("pages")
    if made is None:
        print("Nothing was measured yet: run `pages` first.")
        return
    text = page(made, figures.kept("sweeping"))
    (DOCS / "performance.md").write_text(text, encoding="utf-8")
    print("docs/performance.md is written")


if __name__ == "__main__":
    main()
