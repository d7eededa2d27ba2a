"""Programme files are read once in each process of the tests.

Nearly every test publishes the packaged programme, which is long; reading it would be half of what the tests' worlds
cost. What is read depends on the text alone and is never changed, so the same text gives the same value again.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from unittest import mock

from contracts.programmes.rules import programme_file
from contracts.programmes.rules.terms import Programme

_BASED = "based_on"  # such a file depends on what is published as well


@contextmanager
def programmes_read_once() -> Iterator[None]:
    """Read a text, or a stored programme, when it is seen for the first time."""
    parse, load, dump, digest = (
        programme_file.parse,
        programme_file.load,
        programme_file.dump,
        programme_file.digest,
    )
    read = lru_cache(maxsize=16)(lambda text, name: parse(text, name=name))
    stored = lru_cache(maxsize=16)(lambda text: load(json.loads(text)))
    written = _by_identity(lambda programme: json.dumps(dump(programme)))

    def parse_once(text: str, *, name: str, base: programme_file.Base | None = None) -> Programme:
        return parse(text, name=name, base=base) if _BASED in text else read(text, name)

    def load_once(data: Mapping[str, Any]) -> Programme:
        return stored(json.dumps(data))

    with mock.patch.multiple(
        programme_file,
        parse=parse_once,
        load=load_once,
        dump=lambda programme: json.loads(written(programme)),
        digest=_by_identity(digest),
    ):
        yield


def _by_identity(found: Callable[[Programme], str]) -> Callable[[Programme], str]:
    """The function, asked once for each of the last few programmes."""
    known: dict[int, tuple[Programme, str]] = {}

    def once(programme: Programme) -> str:
        if id(programme) not in known:
            if len(known) >= 16:
                known.pop(next(iter(known)))
            known[id(programme)] = (programme, found(programme))
        return known[id(programme)][1]

    return once
