"""``{% act_link case offer %}``: an act that a case page offers and does not show yet."""

from django import template
from django.utils.safestring import SafeString

from cases.case.forms.acts import Offered
from cases.case.models import Case
from portal.templatetags.portal_ui import icon
from portal.ui.markup import markup

register = template.Library()


@register.simple_tag
def act_link(case: Case, offer: Offered) -> SafeString:
    """A link to the act's form, which scripts follow in place when its tab or line is opened."""
    return markup(
        '<div class="act-form" data-act="{code}" hx-get="{page}?act={code}" '
        'hx-trigger="toggle from:closest details once" hx-select="[data-act=\'{code}\']" hx-swap="outerHTML">\n'
        '<a class="btn btn-outline-primary" href="{page}?act={code}#acts">{icon}{label}</a>\n</div>',
        code=offer.code,
        page=case.get_absolute_url(),
        icon=icon(offer.icon),
        label=offer.label,
    )
