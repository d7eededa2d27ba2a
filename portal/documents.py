"""Documents as PDF, set by Typst from templates/documents/: the same data gives the same bytes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse

FOLDER = Path(settings.BASE_DIR) / "templates" / "documents"


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF (tagged, PDF/A-2a) that ``templates/documents/<template>.typ`` makes of `data`.

    The template reads it by ``#import "house.typ": data``. Data is only ever data: nothing in it is markup. Fonts
    are those of the engine, so every machine sets the same pages. Raises ``typst.TypstError`` for a mistake in
    the template.
    """
    made: bytes = typst.compile(
        str(FOLDER / f"{template}.typ"),
        root=str(FOLDER),
        sys_inputs={"data": json.dumps(data, cls=DjangoJSONEncoder)},
        ignore_system_fonts=True,
        pdf_standards=["a-2a"],
        timestamp=0,
    )
    return made


def pdf_response(content: bytes, filename: str) -> HttpResponse:
    """A PDF that the browser shows in its own viewer, under a file name for those who keep it."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
