"""The body of a process that answers requests for a measurement: ours and the peer's alike.

It reads the name of a page from its standard input, makes that request through Django's handler with the whole
middleware, and says what it took. It imports Django alone, so that it runs in the peer's environment too.
"""

import json
import sys
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

Page = Callable[[], Any]


def serve(pages: dict[str, Page]) -> None:
    """Answer until the input ends. Report a page as failed unless it answers 200 or 302."""
    from django.db import connection

    count = 0

    def counting(execute: Any, *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    print(json.dumps(sorted(pages)), flush=True)
    with connection.execute_wrapper(counting):
        for line in sys.stdin:
            page = pages[line.strip()]
            count = 0
            begun, worked = perf_counter(), process_time()
            answer = page()
            taken, worked = perf_counter() - begun, process_time() - worked
            said = {
                "ms": taken * 1000,
                "cpu ms": worked * 1000,
                "bytes": len(answer.content),
                "statements": count,
                "status": answer.status_code,
            }
            print(json.dumps(said), flush=True)
