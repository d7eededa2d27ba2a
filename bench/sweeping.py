"""Sweep and mail with the real handlers on real cases: ``python -m bench.sweeping --sizes 1000000``.

In a copy of a loaded database the deadlines that fall due next, of all kinds as the next days bring them, are brought
forward into the last half minute: so many are due at once, and in time, alike for each run. The portal's own handlers
settle them, up to the committed outbox. Each process does a first batch before, which is told apart: what counts is
how fast a worker is that runs. The floor is the least that PostgreSQL can do for as many: claim, mark and tell in
batches, inside the server. Beside it django-helpdesk's ``escalate_tickets``, with its mail into memory. Then the mail
goes to a real SMTP server that takes everything.
"""

import argparse
import contextlib
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import psycopg2

from bench import _figures as figures
from bench import _loads as loads
from bench import _peer as peer
from bench import _workers as workers
from bench._databases import url_of
from bench.engine import FLOOR
from bench.pages import SIZES

DUE, SHARE = 10_000, 5
"""So many due at once, or a fifth of what is pending where that is less; and a batch more, for a cold process."""
BATCH = 500
FIRST = 1000
"""What a process settles in its first batch (DEADLINE_BATCH)."""
MAILS = 10_000
PEER_DUE, PEER_MOST = 1_000, 100_000
"""So many tickets are due in the peer, of as many as we have cases, or of the most that it is given."""
HEALTHCHECKS_MAILS, HEALTHCHECKS_DUE = 48.0, 10_000 / 19
"""Mails a second, and due rows a second, of healthchecks' ``sendalerts``, as measured earlier on such a machine."""
_HORIZON = """
    SELECT max(fires_at) FROM (
        SELECT fires_at FROM portal_deadline WHERE state = 'pending' ORDER BY fires_at, id LIMIT %s) AS next
"""
_BRING_FORWARD = """
    WITH next AS (
        SELECT id, promise, fires_at, min(fires_at) OVER () AS first FROM portal_deadline
         WHERE state = 'pending' AND fires_at <= %(horizon)s AND subject_id %% 3 = %(third)s),
    brought AS (
        SELECT id, %(now)s::timestamptz - interval '1 second' - interval '29 seconds'
                   * extract(epoch FROM %(horizon)s - fires_at) / extract(epoch FROM %(horizon)s - first) AS fires_at,
               CASE WHEN promise THEN interval '1 microsecond' ELSE interval '0' END AS grace
          FROM next)
    UPDATE portal_deadline AS kept SET fires_at = brought.fires_at, due_at = brought.fires_at - grace
      FROM brought WHERE kept.id = brought.id
"""
_NONE_WAITS = """
    UPDATE portal_notice SET state = 'sent', sent_at = now(), lease_until = NULL WHERE state = 'waiting'
"""
_WAIT_AGAIN = """
    UPDATE portal_notice SET state = 'waiting', sent_at = NULL, next_try_at = now(), written_at = now(), attempts = 0
     WHERE id IN (SELECT id FROM portal_notice WHERE channel = 'email' ORDER BY id DESC LIMIT %s)
"""
_LET_BE_DUE = """
    UPDATE helpdesk_ticket SET last_escalation = now(), priority = 4 WHERE status = 1;
    UPDATE helpdesk_ticket SET last_escalation = now() - interval '30 days'
     WHERE id IN (SELECT id FROM helpdesk_ticket WHERE status = 1 ORDER BY id LIMIT 1000)
"""


def measure(size: int) -> dict[str, Any]:
    """The figures of one size."""
    made: dict[str, Any] = {}
    with loads.copy_of(loads.load(size)) as name:
        pending = _one(name, "SELECT count(*) FROM portal_deadline WHERE state = 'pending'")[0]
        due = min(DUE, pending // SHARE)
        made["idle"] = workers.run(name, "idle", loads.PRESENT)
        horizon = _one(name, _HORIZON, [3 * (due + FIRST)])[0]
        for processes in (1, 2):
            _bring_forward(name, horizon, third=processes)
            made[f"sweep {processes}"] = workers.run(
                name, "sweep", loads.PRESENT, processes, loads.running_clock()
            )
        made["floor"] = _floor(name, _bring_forward(name, horizon, third=0))
        with _sink() as port:
            for processes in (1, 2):
                _run(name, _NONE_WAITS)
                waiting = _run(name, _WAIT_AGAIN, [MAILS])
                settings = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(port)}
                made[f"mail {processes}"] = workers.run(
                    name, "deliver", loads.PRESENT, processes, settings
                ) | {"waiting": waiting}
    if not peer.install():
        database = peer.load(min(size, PEER_MOST))
        _run(database, _LET_BE_DUE)
        made["peer"] = json.loads(peer.run(database, "escalate"))
    return made


def _bring_forward(name: str, horizon: dt.datetime, *, third: int) -> int:
    """Bring forward what falls due up to an instant on a third of the subjects, alike for each run; return how many."""
    brought = _run(name, _BRING_FORWARD, {"horizon": horizon, "third": third, "now": loads.PRESENT})
    _run(name, "VACUUM ANALYZE portal_deadline")
    return brought


def _floor(name: str, due: int) -> dict[str, Any]:
    done = 0
    with contextlib.closing(psycopg2.connect(url_of(name))) as link:
        link.autocommit = True
        begun = perf_counter()
        with link.cursor() as cursor:
            while done < due:
                cursor.execute(FLOOR, [loads.PRESENT, BATCH, loads.PRESENT])
                done += cursor.rowcount
        return {"done": done, "seconds": perf_counter() - begun}


@contextlib.contextmanager
def _sink() -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench._sink"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.communicate()


def _one(database: str, statement: str, parameters: Any = None) -> Any:
    with contextlib.closing(psycopg2.connect(url_of(database))) as link, link.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()


def _run(database: str, statement: str, parameters: Any = None) -> int:
    with contextlib.closing(psycopg2.connect(url_of(database))) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.rowcount


# --- the table ---------------------------------------------------------------------------------------


def report(made: dict[str, Any]) -> str:
    """The table of a run."""
    rows = []
    for size, run in made["by size"].items():
        rows += [[figures.short(int(size)), *row] for row in _rows(run)]
    return figures.table(("cases", "what", "figure", "beside it", "goal"), rows)


def _rows(run: dict[str, Any]) -> Iterator[list[str]]:
    one, two, floor = run["sweep 1"], run["sweep 2"], run["floor"]
    rate, rate_of_two = _rate(one), _rate(two)
    yield ["idle sweep", f"{run['idle']['seconds'] * 10:.2f} ms", "", ""]
    yield [f"sweep of {one['done']:,} due, one process", _said(one), "", ""]
    cold = one["cold"]
    yield [f"the {cold['done']:,} before, the process cold", _said(cold), "", ""]
    if "peer" in run:
        theirs = PEER_DUE / run["peer"]["seconds"]
        yield _against("django-helpdesk, 1,000 due", rate, theirs, 50)
    yield _against("healthchecks, recorded", rate, HEALTHCHECKS_DUE, 15)
    share = rate / _rate(floor)
    yield [
        "share of the raw claim rate",
        f"{share:.1%}",
        _said(floor),
        goal_in_words(share >= 0.15, "≥ 15 %"),
    ]
    faster = rate_of_two / rate
    yield ["two processes", _said(two), f"{faster:.2f}×", goal_in_words(faster >= 1.5, "≥ 1.5×")]
    each = one["statements a row"]
    yield ["statements a row", f"{each:.3f}", "", goal_in_words(each <= 0.1, "≤ 0.1")]
    memory = one["megabytes"]
    yield ["memory of a worker", f"{memory:.0f} MB", "", goal_in_words(memory <= 150, "≤ 150 MB")]
    for processes in (1, 2):
        mail = run.get(f"mail {processes}", {"done": 0})
        if not mail["done"]:
            continue
        times = _rate(mail) / HEALTHCHECKS_MAILS
        goal = goal_in_words(times >= 20, "≥ 20×") if processes == 1 else ""
        yield [
            f"{mail['done']:,} mails to SMTP, {processes} process{'es' * (processes > 1)}",
            _said(mail),
            f"{times:.1f}× healthchecks, recorded",
            goal,
        ]


def _against(whom: str, ours: float, theirs: float, goal: float) -> list[str]:
    times = ours / theirs
    return [
        f"against {whom}",
        f"{times:.1f}×",
        f"{theirs:,.0f} a second",
        goal_in_words(times >= goal, f"≥ {goal:.0f}×"),
    ]


def _rate(run: dict[str, Any]) -> float:
    return float(run["done"] / run["seconds"])


def _said(run: dict[str, Any]) -> str:
    worked = f", {run['cpu seconds']:.1f} s CPU" if "cpu seconds" in run else ""
    return f"{run['seconds']:.2f} s{worked}, {_rate(run):,.0f} a second"


def goal_in_words(met: bool, words: str) -> str:
    """A goal in words, and whether it is met."""
    return f"{words}: {'met' if met else 'NOT MET'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="of cases, with commas")
    parser.add_argument("--rounds", type=int, default=1, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.sizes.split(",")]
    made = {"sizes": sizes, "by size": {str(size): measure(size) for size in sizes}}
    figures.keep("sweeping", made)
    print(report(made))


if __name__ == "__main__":
    main()
