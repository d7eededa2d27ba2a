"""Worker processes that begin together."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from time import perf_counter
from typing import Any

from bench import _loads as loads


def run(
    database: str,
    what: str,
    instant: str,
    processes: int = 1,
    settings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Let so many processes work at once; what they did together, and the seconds until the last was done.

    Each does a first batch before: what that took, while the process was cold, is told apart.
    """
    environment = loads.environment(database) | dict(settings or {})
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "bench._worker", what, instant],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    pipes = [(one.stdin, one.stdout) for one in workers if one.stdin and one.stdout]
    first = [json.loads(told.readline()) for _, told in pipes]
    begun = perf_counter()
    for tell, _ in pipes:
        tell.write("go\n")
        tell.flush()
    said = [json.loads(told.readline()) for _, told in pipes]
    seconds = perf_counter() - begun
    for one in workers:
        one.communicate()
    done = sum(one["done"] for one in said)
    return {
        "done": done,
        "seconds": seconds,
        "cpu seconds": sum(one["cpu"] for one in said),
        "failed": sum(one.get("failed", 0) for one in said),
        "statements a row": sum(one["statements"] for one in said) / max(done, 1),
        "megabytes": max(one["megabytes"] for one in said),
        "kinds": dict(sum((Counter(one.get("kinds", {})) for one in said), Counter())),
        "cold": {"done": first[0]["done"], "seconds": first[0]["seconds"]},
    }
