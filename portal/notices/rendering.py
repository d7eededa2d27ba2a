"""Rendering a notice: subject, plain text and HTML from the trio templates/emails/<template>.{subject.txt,txt,html}."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
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
        **notice.context,
        "notice": notice,
        "title": notice.title,
        "name": notice.recipient.name if notice.recipient else "",
        "link": f"{settings.BASE_URL}{notice.url}" if notice.url else settings.BASE_URL,
        "telephone": settings.SUPPORT_TELEPHONE,
    }
    with timezone.override(zone):
        subject = render_to_string(f"emails/{notice.template}.subject.txt", context)
        return Rendered(
            subject=" ".join(subject.split()),
            text=render_to_string(f"emails/{notice.template}.txt", context),
            html=render_to_string(f"emails/{notice.template}.html", context),
        )
