"""The link by which somebody sets their password. It is made when the mail is: the outbox keeps no secret."""

from django import template
from django.conf import settings
from django.template import Context

from portal.accounts import password_path
from portal.models import Notice

register = template.Library()


@register.simple_tag(takes_context=True)
def password_link(context: Context, notice: Notice) -> str:
    """The address where the notice's recipient sets their password: good once, and for ``PASSWORD_RESET_TIMEOUT``.

    The mail's text and its HTML say the same one.
    """
    made: dict[str, str] = context["made"]
    if "password" not in made:
        made["password"] = settings.BASE_URL + password_path(notice.recipient)
    return made["password"]
