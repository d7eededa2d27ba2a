"""Sign-in by django-allauth: there is no open sign-up, people are added by those who may.

Wrong passwords are counted for an account at an address, so that nobody locks out another. At an address that the
account has never signed in from, all attempts of the address and all on the account count too.
"""

import datetime as dt
import logging
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.signals import password_reset
from allauth.account.utils import user_pk_to_url_str
from allauth.core import ratelimit
from allauth.core.internal.ratelimit import get_ip
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.functions import Now
from django.http import HttpRequest
from django.urls import reverse

from portal import clock
from portal.models import Channel, Notice, SignIn, SignInKind, User
from portal.models.sign_in import AGENT_LENGTH, TYPED_LENGTH
from portal.notices import outbox

log = logging.getLogger(__name__)
RESET_MAILS_APART = dt.timedelta(minutes=5)
"""Who asks again sooner for a new password gets no second mail: the first one's link holds."""


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up, counts wrong passwords so that nobody locks out another, and mails through the outbox."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "too_many_login_attempts": "Too many wrong passwords. Wait five minutes, then try again. Forgot it? Have a "
        "link to a new one sent to you below.",
        "too_many_on_account": "Too many wrong passwords for this account. Wait an hour, or sign in from where you did "
        "before. Forgot it? Have a link to a new one sent to you below.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: the roster and the people directory make accounts."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse a try after too many wrong ones, also one with the right password.

        Raises ValidationError.
        """
        super().pre_authenticate(request, **credentials)
        email = _typed(credentials)
        if self._is_familiar(request, email):
            return
        for action in ("login_failed_address", "login_failed_account"):
            allowed = ratelimit.consume(request, action=action, key=email)
            if not allowed:
                log.warning("sign-in refused after too many tries: %s", action)
                on_account = action == "login_failed_account"
                raise self.validation_error(
                    "too_many_on_account" if on_account else "too_many_login_attempts"
                )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return f"{_typed(credentials)}|{get_ip(request)}"

    def _is_familiar(self, request: HttpRequest, email: str) -> bool:
        """Whether the account has signed in from the request's address before."""
        return SignIn.objects.filter(
            what=SignInKind.SIGNED_IN, user__email=email, address=address_of(request)
        ).exists()

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Write the mail with the link to the outbox: the request waits for no mail server."""
        mails = Notice.objects.about(user).filter(template="password_reset")
        if mails.filter(written_at__gt=Now() - RESET_MAILS_APART).exists():
            return
        outbox.post(
            user,
            f"password-reset:{mails.count()}",
            to=[user],
            template="password_reset",
            title="Set a new password",
            context={"action": "Set a new password"},
            url=reverse("account_reset_password"),
            at=clock.now(),
            channels=(Channel.EMAIL,),
        )


def display_name(user: User) -> Any:
    """The name by which pages and mails call the person."""
    return user.name


def password_path(user: User | None) -> str:
    """The path where a person sets their password: good once, and for ``PASSWORD_RESET_TIMEOUT``.

    For nobody, and for a person who may not sign in, it is the page that asks for an address.
    """
    if user is None or not user.is_active:
        return reverse("account_reset_password")
    key = default_token_generator.make_token(user)
    args = {"uidb36": user_pk_to_url_str(user), "key": key}
    return reverse("account_reset_password_from_key", kwargs=args)


def address_of(request: HttpRequest | None) -> str | None:
    """The address that a request comes from, behind as many proxies as ``TRUSTED_PROXIES`` says; None when unknown."""
    if request is None or "REMOTE_ADDR" not in request.META:
        return None
    return str(get_ip(request))


def record(
    what: SignInKind, request: HttpRequest | None, *, user: User | None, typed: str = ""
) -> None:
    """Keep what happened in the database and in the log."""
    address = address_of(request)
    agent = request.headers.get("User-Agent", "") if request is not None else ""
    SignIn.objects.create(
        what=what,
        user=user,
        typed=typed[:TYPED_LENGTH],
        address=address,
        agent=agent[:AGENT_LENGTH],
        at=clock.now(),
    )
    who = user.pk if user else typed
    log.info("%s: user %s from %s", what.label, who, address)


def listen() -> None:
    """Record sign-ins, failures, sign-outs and new passwords, as Django and allauth tell them."""
    user_logged_in.connect(_signed_in, dispatch_uid="portal.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="portal.signed_out")
    user_login_failed.connect(_failed, dispatch_uid="portal.failed")
    password_reset.connect(_password_reset, dispatch_uid="portal.password_reset")


def _signed_in(sender: object, request: HttpRequest | None, user: User, **_: object) -> None:
    record(SignInKind.SIGNED_IN, request, user=user)


def _signed_out(sender: object, request: HttpRequest | None, user: Any, **_: object) -> None:
    if isinstance(user, User):
        record(SignInKind.SIGNED_OUT, request, user=user)


def _failed(
    sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **_: object
) -> None:
    typed = _typed(credentials)
    user = User.objects.filter(email=typed).first()
    record(SignInKind.FAILED, request, user=user, typed=typed)


def _password_reset(sender: object, request: HttpRequest, user: User, **_: object) -> None:
    """Who could read the mail is let in again after however many wrong passwords; those typed here allauth forgets."""
    record(SignInKind.PASSWORD_RESET, request, user=user)
    ratelimit.clear(request, action="login_failed_account", key=user.email)


def _typed(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or "")
