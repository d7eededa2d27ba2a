"""A pass spares an open page most of what each of its questions costs: who asks, and whether they may see the case.

Both were found by `visible_to` when the pass was given, a quarter of a minute ago at the most. It is good for one case
and one session, and opens nothing but the pulse: the page itself is asked for as any other.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

HEADER = "X-Portal-Pass"
GOOD_SECONDS = 15
_SALT = "cases.presence.pass"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: the key of the user, and their side."""

    pk: int
    is_provider: bool


def give(request: HttpRequest, case: int, reader: Reader) -> str:
    """A pass for somebody who may see the case, signed for the session of the request."""
    said = [case, reader.pk, reader.is_provider, _session(request)]
    return signing.dumps(said, salt=_SALT)


def holder(request: HttpRequest, case: int) -> Reader | None:
    """Who asks about the case with a pass of this session; None without one that is good."""
    token = request.headers.get(HEADER, "")
    if not token:
        return None
    try:
        of_case, pk, is_provider, session = signing.loads(token, salt=_SALT, max_age=GOOD_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    if of_case != case or session != _session(request):
        return None
    return Reader(pk, is_provider)


def _session(request: HttpRequest) -> str:
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return salted_hmac(_SALT, cookie, algorithm="sha256").hexdigest()[:16]
