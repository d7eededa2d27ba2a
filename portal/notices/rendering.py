"""Rendering a notice: subject, plain text and HTML from the trio templates/emails/<template>.{subject.txt,txt,html}."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context, engines
from django.utils import timezone

from portal.models import Notice


@dataclass(frozen=True, slots=True)
class Rendered:
    """A notice as its recipient reads it."""

    subject: str
    text: str
    html: str


def render(notice: Notice) -> Rendered:
    """The notice in its recipient's zone. Raises TemplateDoesNotExist when its template is missing."""
    zone = notice.recipient.zone if notice.recipient else settings.TIME_ZONE
    context = {
        "telephone": settings.SUPPORT_TELEPHONE,
        **notice.context,
        "notice": notice,
        "title": notice.title,
        "name": notice.recipient.name if notice.recipient else "",
        "link": f"{settings.BASE_URL}{notice.url}" if notice.url else settings.BASE_URL,
        "zone": zone,
        "made": {},  # what one part of the mail makes for all of them
    }
    with timezone.override(zone):
        subject = _filled(f"emails/{notice.template}.subject.txt", context)
        return Rendered(
            subject=" ".join(subject.split()),
            text=_filled(f"emails/{notice.template}.txt", context),
            html=_filled(f"emails/{notice.template}.html", context, html=True),
        )


def _filled(name: str, context: dict[str, Any], *, html: bool = False) -> str:
    """The filled template. Only HTML is escaped: in plain text an ampersand is an ampersand."""
    template: Any = engines["django"].get_template(name)
    return str(template.template.render(Context(context, autoescape=html)))
