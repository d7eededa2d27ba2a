"""Rendering a notice: subject, plain text and HTML from the trio templates/emails/<template>.{subject.txt,txt,html}."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.template import Context, Template, engines
from django.template.base import Node, NodeList
from django.template.loader_tags import BlockNode, ExtendsNode
from django.utils import timezone

from portal.models import Notice


@dataclass(frozen=True, slots=True)
class Rendered:
    """A notice as its recipient reads it."""

    subject: str
    text: str
    html: str


def render(
    notice: Notice, last_words: dict[str, Any] | None = None, stop_link: str = ""
) -> Rendered:
    """The notice in its recipient's zone, with what was read only now and where its kind is switched off.

    Raises TemplateDoesNotExist when its template is missing.
    """
    zone = notice.recipient.zone if notice.recipient else settings.TIME_ZONE
    context = {
        "telephone": settings.SUPPORT_TELEPHONE,
        **notice.context,
        "notice": notice,
        "title": notice.title,
        "name": notice.recipient.name if notice.recipient else "",
        "link": f"{settings.BASE_URL}{notice.url}" if notice.url else settings.BASE_URL,
        "zone": zone,
        "stop_link": stop_link,
        **(last_words or {}),
        "base_url": settings.BASE_URL,
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
    return str(_flat(name).render(Context(context, autoescape=html)))


@cache
def _flat(name: str) -> Template:
    """The template as one list of nodes: its blocks stand where its base has them, found once and not at each mail.

    So a mail extends a base that extends nothing, and does not use ``block.super``.
    """
    found: Any = engines["django"].get_template(name)
    template: Template = found.template
    extends: Any = next(iter(template.nodelist.get_nodes_by_type(ExtendsNode)), None)
    if extends is None:
        return template
    base: Any = engines["django"].get_template(extends.parent_name.resolve(Context()))
    flat = copy(base.template)
    flat.nodelist = NodeList(
        node for part in base.template.nodelist for node in _in_place(part, extends.blocks)
    )
    return flat


def _in_place(part: Node, blocks: dict[str, BlockNode]) -> Iterable[Node]:
    """What stands in a place of the base: of a block, what the mail puts there, or else the base's own."""
    return blocks.get(part.name, part).nodelist if isinstance(part, BlockNode) else [part]
