"""The link by which an invited contact sets their password. It is made when the mail is: the outbox keeps no secret."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django import template
from django.conf import settings
from django.urls import reverse

from portal.models import Notice

register = template.Library()


@register.simple_tag
def invitation_link(notice: Notice) -> str:
    """The address where the notice's recipient sets their password: good once, and for ``PASSWORD_RESET_TIMEOUT``."""
    user = notice.recipient
    if user is None or not user.is_active:
        return f"{settings.BASE_URL}{reverse('account_reset_password')}"
    key = default_token_generator.make_token(user)
    args = {"uidb36": user_pk_to_url_str(user), "key": key}
    return f"{settings.BASE_URL}{reverse('account_reset_password_from_key', kwargs=args)}"
