"""JSON from outside, read within bounds."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from portal.rules.outside import load_json


class BoundedJSONParser(BaseParser):
    """Reads JSON that nests a few levels, its texts made storable."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value. Raises ParseError (400)."""
        try:
            return load_json(stream.read().decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise ParseError(f"JSON parse error: {error}") from error
