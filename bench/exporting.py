"""What writing an export in the background takes, time and memory, as CSV and Excel.

``python -m bench.exporting`` on the server of DATABASE_URL, with the load of 10,000 cases; it is made when it is
missing. Each export is written by a process of its own, by the worker's code: few rows, all cases, and the same cases
read ten times over. Memory is the most that the process ever held.
"""

import dataclasses
import itertools
import json
import subprocess
import sys
import tempfile
from time import perf_counter
from typing import Any

from bench import _loads as loads

SIZE = 10_000
ENGINEER = "maya.okafor@legato.example"
TIMES = (0, 1, 10)
"""How often all cases are read; 0 for the first hundred alone."""
FEW = 100


def main() -> None:
    """Measure each in a process of its own, and print it."""
    if len(sys.argv) > 1:
        print(json.dumps(_measured(sys.argv[1], int(sys.argv[2]))))
        return
    environment = loads.environment(loads.load(SIZE))
    for form in ("csv", "xlsx"):
        for times in TIMES:
            command = [sys.executable, "-m", "bench.exporting", form, str(times)]
            said = subprocess.run(
                command, env=environment, check=True, capture_output=True, text=True
            )
            made = json.loads(said.stdout.strip().splitlines()[-1])
            print(
                f"{form:5} {made['rows']:>8,} rows  {made['seconds']:6.1f} s  {made['file']:6.1f} MB file  "
                f"{made['before']:5.0f} MB before  {made['peak']:5.0f} MB at the most",
                flush=True,
            )


def _measured(form: str, times: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.files.storage import default_storage
    from django.test import override_settings

    from bench.engine import peak_megabytes
    from portal import clock
    from portal.exports import actions, kinds, running
    from portal.models import Export, User

    real = kinds.kind_of("cases.cases")
    assert real is not None

    def read(*asked: Any) -> kinds.Table:
        tables = [real.read(*asked) for _ in range(max(times, 1))]
        rows = itertools.chain.from_iterable(table.rows for table in tables)
        total = FEW if times == 0 else tables[0].total * times
        return kinds.Table(tables[0].header, total, itertools.islice(rows, total))

    kinds.register(dataclasses.replace(real, read=read))
    user, now = User.objects.get(email=ENGINEER), clock.now()
    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        export = actions.ask("cases.cases", {}, title="All", format_=form, by=user, at=now)
        before, begun = peak_megabytes(), perf_counter()
        became = running.run_next(now)
        seconds = perf_counter() - begun
        done = Export.objects.get(pk=export.pk)
        assert became == "done", (became, done.refused)
        size = default_storage.size(done.file.name) / 1e6
    return {
        "rows": done.written,
        "seconds": seconds,
        "file": size,
        "before": before,
        "peak": peak_megabytes(),
    }


if __name__ == "__main__":
    main()
