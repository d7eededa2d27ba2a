"""``{% act_link page offer %}``: an act that a page offers and does not show yet."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from portal.acts import Offer
from portal.templatetags.portal_ui import icon
from portal.ui.markup import markup

register = template.Library()


@register.simple_tag
def act_link(page: str, offer: Offer[Any, Any], anchor: str = "acts") -> SafeString:
    """A link to the page with the act's form, at its anchor; scripts follow it in place when `details` are opened.

    By its id what is fetched is numbered apart from the page, so that a clause opens its own words.
    """
    return markup(
        '<div class="act-form" id="act-{code}" data-act="{code}" hx-get="{page}?act={code}" '
        'hx-trigger="toggle from:closest details once" hx-select="[data-act=\'{code}\']" hx-swap="outerHTML">\n'
        '<a class="btn btn-outline-primary" href="{page}?act={code}#{anchor}">{icon}{label}</a>\n</div>',
        code=offer.code,
        page=page,
        anchor=anchor,
        icon=icon(offer.icon),
        label=offer.label,
    )
