"""Signing in: limits that lock out nobody else, the link for a new password, and the record of both."""

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import InternalError, connection, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse

from portal.accounts import RESET_MAILS_APART
from portal.models import Notice, SignIn, User
from portal.notices.delivery import deliver
from portal.roles import Role
from tests.smtp_peer import SmtpPeer

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
HOME, ELSEWHERE = "192.0.2.7", "198.51.100.9"
FEW = {"login_failed_address": "8/5m/ip", "login_failed_account": "7/h/key"}


def sign_in(email: str, password: str, *, source: str = HOME, **headers: str) -> bool | None:
    """Whether somebody at an address gets in; None when they are refused for too many tries."""
    client = Client(REMOTE_ADDR=source, headers=headers)
    answer = client.post(reverse("account_login"), {"login": email, "password": password})
    if answer.status_code == 302:
        return True
    tried_too_often = b"Too many" in answer.content or answer.status_code == 429
    return None if tried_too_often else False


def test_the_sign_in_pages_speak_as_the_portal_does(client: Client) -> None:
    for url in ("account_login", "account_reset_password"):
        page = client.get(reverse(url)).content.decode()
        assert page.count("E-mail address") >= 2, "as label and in the field"
        assert 'placeholder="Email' not in page
    assert "Keep me signed in" in client.get(reverse("account_login")).content.decode()


class TestLimits:
    @pytest.fixture
    def few(self, settings) -> None:
        """As few wrong passwords as tell the limits apart."""
        settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | FEW

    def test_wrong_passwords_are_counted_where_every_process_sees_them(self, make_user) -> None:
        ann = make_user("Ann Lee")
        tries = [sign_in(ann.email, "not hers") for _ in range(6)]
        assert tries == [False] * 5 + [None]
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM portal_cache WHERE expires > now()")
            assert cursor.fetchone()[0] > 0

    def test_who_is_stopped_is_told_how_long_and_the_way_out(self, make_user, settings) -> None:
        ann, client = make_user("Ann Lee"), Client(REMOTE_ADDR=HOME)
        wrong = {"login": ann.email, "password": "not hers"}
        pages = [client.post(reverse("account_login"), wrong).content.decode() for _ in range(6)]
        assert "The e-mail address or the password is not right." in pages[0]
        assert "Wait five minutes, then try again. Forgot it? Have a link" in pages[5]
        assert settings.ACCOUNT_RATE_LIMITS["login_failed"] == "5/5m/key", "as the page says"
        assert settings.ACCOUNT_RATE_LIMITS["login_failed_account"] == "100/h/key"
        settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | FEW
        for number in range(7):
            sign_in(ann.email, "not hers", source=f"198.51.100.{number}")
        page = Client(REMOTE_ADDR="203.0.113.1").post(reverse("account_login"), wrong)
        assert "Wait an hour, or sign in from where you did before." in page.content.decode()

    def test_wrong_passwords_lock_out_their_address_and_nobody_else(self, make_user) -> None:
        ann = make_user("Ann Lee")
        for _ in range(30):
            sign_in(ann.email, "not hers", source=ELSEWHERE)
        assert sign_in(ann.email, PASSWORD, source=ELSEWHERE) is None
        assert sign_in(ann.email, PASSWORD, source=HOME) is True

    def test_a_colleague_at_the_same_address_is_not_locked_out(self, make_user, few) -> None:
        ann, ben = make_user("Ann Lee"), make_user("Ben Ode")
        assert sign_in(ben.email, PASSWORD) is True
        for number in range(9):
            sign_in(f"nobody{number}@people.example", "guess")
        for _ in range(6):
            sign_in(ann.email, "not hers")
        assert sign_in(ben.email, PASSWORD) is True

    def test_an_address_that_tries_one_account_after_the_other_is_stopped(
        self, make_user, few
    ) -> None:
        ann = make_user("Ann Lee")
        tries = [sign_in(f"nobody{number}@people.example", "guess") for number in range(9)]
        assert tries == [False] * 8 + [None]
        assert sign_in(ann.email, PASSWORD) is None
        assert sign_in(ann.email, PASSWORD, source=ELSEWHERE) is True

    def test_guesses_from_everywhere_are_stopped_but_not_for_its_owner_at_home(
        self, make_user, few
    ) -> None:
        ann = make_user("Ann Lee")
        assert sign_in(ann.email, PASSWORD, source=HOME) is True
        for number in range(7):
            sign_in(ann.email, "not hers", source=f"198.51.100.{number}")
        assert sign_in(ann.email, PASSWORD, source="203.0.113.1") is None
        assert sign_in(ann.email, PASSWORD, source=HOME) is True

    def test_wrong_passwords_make_no_address_familiar(self, make_user, few) -> None:
        ann, ben = make_user("Ann Lee"), make_user("Ben Ode")
        for number in range(4):
            sign_in(ann.email, "not hers", source=ELSEWHERE)
            sign_in(f"nobody{number}@people.example", "guess", source=ELSEWHERE)
        assert sign_in(ben.email, PASSWORD, source=ELSEWHERE) is None
        for number in range(4):
            sign_in(ann.email, "not hers", source=f"203.0.113.{number}")
        assert sign_in(ann.email, PASSWORD, source="203.0.113.7") is None

    def test_behind_our_proxy_the_address_is_the_one_it_saw(self, make_user, settings) -> None:
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        ann, proxy = make_user("Ann Lee"), "10.0.0.2"
        for number in range(6):
            forged = f"203.0.113.{number}, {ELSEWHERE}"
            sign_in(ann.email, "not hers", source=proxy, **{"X-Forwarded-For": forged})
        there, here = {"X-Forwarded-For": ELSEWHERE}, {"X-Forwarded-For": HOME}
        assert sign_in(ann.email, PASSWORD, source=proxy, **there) is None
        assert sign_in(ann.email, PASSWORD, source=proxy, **here) is True

    def test_without_a_proxy_nobody_chooses_their_address(self, make_user) -> None:
        ann = make_user("Ann Lee")
        tries = [
            sign_in(ann.email, "not hers", **{"X-Forwarded-For": f"203.0.113.{number}"})
            for number in range(6)
        ]
        assert tries[-1] is None

    def test_a_new_password_lets_its_owner_in_that_others_had_shut_out(
        self, make_user, mail_server: SmtpPeer, few
    ) -> None:
        ann = make_user("Ann Lee")
        for number in range(8):
            sign_in(ann.email, "not hers", source=f"198.51.100.{number}")
        assert sign_in(ann.email, PASSWORD) is None
        assert set_by_link(link_to(ann, mail_server), "a new pass phrase")
        assert sign_in(ann.email, "a new pass phrase") is True

    def test_an_address_is_the_same_in_capitals(self, make_user) -> None:
        ann = make_user("Ann Lee")
        tries = [sign_in(f" {ann.email.upper()}", "not hers") for _ in range(3)]
        tries += [sign_in(ann.email, "not hers") for _ in range(3)]
        assert tries[-1] is None
        assert {one.user for one in SignIn.objects.all()} == {ann}

    def test_a_new_password_lets_its_owner_in_again(self, make_user, mail_server: SmtpPeer) -> None:
        ann = make_user("Ann Lee")
        for _ in range(6):
            sign_in(ann.email, "not hers")
        assert sign_in(ann.email, PASSWORD) is None
        assert set_by_link(link_to(ann, mail_server), "a new pass phrase")
        assert sign_in(ann.email, "a new pass phrase") is True


def ask_for_a_link(email: str) -> int:
    return Client().post(reverse("account_reset_password"), {"email": email}).status_code


def link_to(user: User, mail_server: SmtpPeer) -> str:
    """The link in the mail that somebody gets who asks for a new password."""
    assert ask_for_a_link(user.email) == 302
    assert deliver().sent == 1
    found = re.search(r"http\S+/account/password/reset/key/\S+", mail_server.mails[-1].body())
    assert found is not None
    return found[0]


def set_by_link(link: str, password: str) -> bool:
    client = Client(REMOTE_ADDR=HOME)
    form = client.get(re.sub(r"^https?://[^/]+", "", link), follow=True)
    sent = {"password1": password, "password2": password}
    return client.post(form.redirect_chain[-1][0], sent).status_code == 302


class TestNewPassword:
    @pytest.fixture
    def nobody_listens(self, settings) -> None:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    def test_asking_for_a_link_needs_no_mail_server(self, make_user, nobody_listens) -> None:
        ann = make_user("Ann Lee")
        assert ask_for_a_link(ann.email) == 302
        notice = Notice.objects.get()
        assert (notice.recipient, notice.channel, notice.state) == (ann, "email", "waiting")

    def test_the_link_leads_to_the_address_of_the_settings_and_works_once(
        self, make_user, mail_server: SmtpPeer, settings
    ) -> None:
        settings.BASE_URL = "https://support.legato.example"
        ann = make_user("Ann Lee")
        link = link_to(ann, mail_server)
        assert link.startswith("https://support.legato.example/account/password/reset/key/")
        assert mail_server.mails[-1].to == ann.email
        assert set_by_link(link, "a new pass phrase")
        assert sign_in(ann.email, "a new pass phrase") is True
        client = Client()
        again = client.get(re.sub(r"^https?://[^/]+", "", link), follow=True)
        assert b"Send a new link" in again.content

    def test_no_secret_waits_in_the_outbox(self, make_user) -> None:
        ask_for_a_link(make_user("Ann Lee").email)
        notice = Notice.objects.get()
        assert "reset/key" not in f"{notice.context} {notice.url} {notice.title}"

    def test_an_unknown_address_gets_nothing_and_is_answered_alike(self, make_user) -> None:
        known = ask_for_a_link(make_user("Ann Lee").email)
        Notice.objects.all().delete()
        assert ask_for_a_link("nobody@people.example") == known
        assert not Notice.objects.exists()

    def test_nobody_is_flooded_with_links(self, make_user) -> None:
        ann = make_user("Ann Lee")
        for _ in range(4):
            ask_for_a_link(ann.email)
        assert Notice.objects.count() == 1

    def test_who_asks_again_later_gets_another_link(self, make_user) -> None:
        ann = make_user("Ann Lee")
        ask_for_a_link(ann.email)
        Notice.objects.update(written_at=F("written_at") - RESET_MAILS_APART)
        for _ in range(2):
            ask_for_a_link(ann.email)
        assert Notice.objects.count() == 2

    def test_who_left_since_gets_a_link_that_sets_nothing(
        self, make_user, mail_server: SmtpPeer
    ) -> None:
        ann = make_user("Ann Lee")
        ask_for_a_link(ann.email)
        User.objects.filter(pk=ann.pk).update(is_active=False)
        deliver()
        assert all("/reset/key/" not in mail.body() for mail in mail_server.mails)

    @pytest.mark.parametrize(
        "password", ["mariadelgado", "Maria-Delgado1!", "delgado.maria.2003", "marysupport12"]
    )
    def test_a_password_made_of_ones_own_name_is_refused(self, make_user, password: str) -> None:
        maria = make_user("Maria Delgado", email="mary.support@people.example")
        with pytest.raises(ValidationError):
            validate_password(password, maria)

    def test_a_pass_phrase_with_a_name_in_it_is_not(self, make_user) -> None:
        validate_password("the delgado family sails", make_user("Maria Delgado"))

    def test_the_page_of_the_link_refuses_the_name_too(
        self, make_user, mail_server: SmtpPeer
    ) -> None:
        maria = make_user("Maria Delgado")
        link = link_to(maria, mail_server)
        assert not set_by_link(link, "mariadelgado1")
        assert set_by_link(link, "a new pass phrase")


class TestTheRecord:
    def test_sign_ins_failures_and_sign_outs_are_kept_with_their_address(
        self, make_user, caplog: pytest.LogCaptureFixture
    ) -> None:
        ann = make_user("Ann Lee")
        with caplog.at_level("INFO", logger="portal.accounts"):
            sign_in("nobody@people.example", "guess")
            sign_in(ann.email, "not hers")
            client = Client(REMOTE_ADDR=HOME, headers={"User-Agent": "Lynx"})
            client.post(reverse("account_login"), {"login": ann.email, "password": PASSWORD})
            client.post(reverse("account_logout"))
        kept = SignIn.objects.order_by("id").values_list("what", "user", "typed", "address")
        assert list(kept) == [
            ("failed", None, "nobody@people.example", HOME),
            ("failed", ann.pk, ann.email, HOME),
            ("signed_in", ann.pk, "", HOME),
            ("signed_out", ann.pk, "", HOME),
        ]
        assert SignIn.objects.get(what="signed_in").agent == "Lynx"
        assert len(caplog.records) == 4
        assert "not hers" not in caplog.text

    @pytest.mark.parametrize("change", ["update", "delete"])
    def test_the_database_refuses_to_change_it(self, make_user, change: str) -> None:
        sign_in(make_user("Ann Lee").email, PASSWORD)
        rows = SignIn.objects.all()
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            rows.update(typed="me") if change == "update" else rows.delete()

    def test_people_read_their_own_and_administrators_their_peoples(
        self, make_user, django_assert_max_num_queries
    ) -> None:
        ann, ada = make_user("Ann Lee"), make_user("Ada Min", Role.CONTRACT_ADMINISTRATOR)
        ben = make_user("Ben Ode", Role.CSE)
        for user in (ann, ben):
            sign_in(user.email, PASSWORD)
        sign_in("nobody@people.example", "guess")
        assert self.read_by(ann) == {"Ann Lee"}
        assert self.read_by(ben) == {"Ben Ode"}
        assert self.read_by(ada) == {"Ada Min", "Ben Ode", "nobody@people.example"}
        client = Client()
        client.force_login(ada)
        with django_assert_max_num_queries(16):
            page = client.get(reverse("sign_ins"), {"q": "ben"}).content.decode()
        assert "Ben Ode" in page
        assert "nobody@people.example" not in page

    def read_by(self, user: User) -> set[str]:
        client = Client()
        client.force_login(user)
        page = client.get(reverse("sign_ins")).content.decode()
        rows = page[page.index("<table") : page.index("</table>")]
        people = {one.name for one in User.objects.all() if f"{one.email}</span>" in rows}
        return people | set(re.findall(r"nobody@\S+", rows))
