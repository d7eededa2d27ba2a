"""Ending a kind of mail by one click (RFC 8058): who holds the mail may, signed in or not, and it does nothing else."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from portal.models import Notice, User
from portal.notices.kinds import kind_of
from portal.notices.wishing import DIGEST, DIGEST_MAIL, SUMMARY, SUMMARY_MAIL

_SALT = "portal.notices.leaving"
_OWN = {DIGEST_MAIL: DIGEST, SUMMARY_MAIL: SUMMARY}


def link_of(notice: Notice) -> str:
    """The address that ends mails like this one for its recipient; "" where that cannot be."""
    reader, kind = notice.recipient, kind_of(notice.template)
    if reader is None:
        return ""
    code = _OWN.get(notice.template)
    if code is None:
        if kind is None or kind.owed_to(reader):
            return ""
        code = kind.code
    token = signing.dumps([reader.pk, code], salt=_SALT)
    return f"{settings.BASE_URL}{reverse('unsubscribe', args=[token])}"


def read(token: str) -> tuple[User, str] | None:
    """Whose mail of which kind a token ends; None for one that is not ours. It has no end, as mail is kept."""
    try:
        pk, code = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=pk).first()
    return (user, str(code)) if user is not None else None
