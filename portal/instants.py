"""Instants in JSON: an aware datetime is written as ``{"$instant": "2003-03-05T18:00:00+00:00"}`` and read as one.

Times otherwise become text in JSON, and the reader has to know where they stand.
"""

import datetime as dt
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

INSTANT = "$instant"


class InstantEncoder(DjangoJSONEncoder):
    """Writes instants so that `InstantDecoder` reads them. Raises ValueError for one that names no zone."""

    def default(self, o: Any) -> Any:
        """What JSON itself cannot say."""
        if isinstance(o, dt.datetime):
            if o.tzinfo is None:
                raise ValueError(f"{o} names no zone")
            return {INSTANT: o.isoformat()}
        return super().default(o)


class InstantDecoder(json.JSONDecoder):
    """Reads what `InstantEncoder` wrote, at any depth."""

    def __init__(self, **options: Any) -> None:
        super().__init__(object_hook=_read, **options)


def _read(value: dict[str, Any]) -> Any:
    if len(value) == 1 and INSTANT in value:
        return dt.datetime.fromisoformat(value[INSTANT])
    return value
