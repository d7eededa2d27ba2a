"""The link by which an invited contact sets their password. It is made when the mail is: the outbox keeps no secret."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse

from portal.models import Notice, User

register = template.Library()


@register.simple_tag(takes_context=True)
def invitation_link(context: Context, notice: Notice) -> str:
    """The address where the notice's recipient sets their password: good once, and for ``PASSWORD_RESET_TIMEOUT``.

    The mail's text and its HTML say the same one.
    """
    made: dict[str, str] = context["made"]
    if "invitation" not in made:
        made["invitation"] = settings.BASE_URL + _path(notice.recipient)
    return made["invitation"]


def _path(user: User | None) -> str:
    if user is None or not user.is_active:
        return reverse("account_reset_password")
    key = default_token_generator.make_token(user)
    args = {"uidb36": user_pk_to_url_str(user), "key": key}
    return reverse("account_reset_password_from_key", kwargs=args)
