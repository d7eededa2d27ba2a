"""Middleware and access: refusals, the lost connection, the reader's zone, request ids, headers, roles."""

import datetime as dt

import pytest
from django.conf import settings as django_settings
from django.db import close_old_connections
from django.test import Client

from portal.models import Notice
from portal.notices import outbox
from portal.roles import Role
from tests.portal.engine import subject

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.portal.odd_urls")]


@pytest.fixture
def signed_in(make_user):
    """A client of a user with those roles."""

    def sign_in(*roles: Role, **fields: object) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(make_user("Ann Lee", *roles, **fields))
        return client

    return sign_in


class TestRefusals:
    def test_a_refusal_is_a_page_with_its_clause_and_the_way_out(self, signed_in) -> None:
        answer = signed_in().get("/odd/refused/")
        assert answer.status_code == 403
        page = answer.content.decode()
        assert "quota is spent" in page
        assert "ATSP 9.1" in page
        assert "Extend the agreement by a purchase order." in page


@pytest.mark.django_db(transaction=True)
class TestLostDatabase:
    @pytest.mark.parametrize("debug", [False, True])
    def test_a_connection_lost_in_a_view_is_a_page_of_its_own(
        self, signed_in, settings, debug: bool
    ) -> None:
        settings.DEBUG = debug
        client = signed_in()
        answer = client.get("/odd/lost_database/")
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert "tries again" in answer.content.decode()
        assert answer["Content-Security-Policy"] == django_settings.CONTENT_SECURITY_POLICY
        close_old_connections()  # as every request begins, but those of the test client
        assert client.get("/odd/zone/").status_code == 200

    def test_a_failed_post_says_that_nothing_was_saved(self, signed_in) -> None:
        answer = signed_in().post("/odd/lost_database/")
        close_old_connections()
        assert answer.status_code == 503
        assert "was not taken" in answer.content.decode()

    def test_a_machine_is_answered_in_its_language(self, signed_in) -> None:
        answer = signed_in().get("/api/odd/lost_database/")
        close_old_connections()
        assert answer.status_code == 503
        assert answer.json() == {"detail": "The database is away."}


class TestReaderZone:
    @pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/London", "Asia/Tokyo"])
    def test_pages_show_times_in_the_zone_of_their_reader(self, signed_in, zone: str) -> None:
        assert signed_in(zone=zone).get("/odd/zone/").content.decode() == zone

    def test_strangers_read_utc(self, client: Client) -> None:
        assert client.get("/odd/zone/").content.decode() == "UTC"


class TestHeaders:
    def test_every_answer_has_an_id_of_its_own(self, client: Client) -> None:
        ids = {client.get("/odd/zone/")["X-Request-ID"] for _ in range(3)}
        assert len(ids) == 3

    def test_only_our_own_files_and_nothing_inline(self, client: Client) -> None:
        policy = client.get("/odd/zone/")["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "style-src 'self'" in policy
        assert "unsafe" not in policy

    @pytest.mark.parametrize(
        "path", ["/inbox/", "/", "/account/login/", "/api/cases/", "/health/live"]
    )
    @pytest.mark.urls("portal.urls")
    def test_no_answer_is_stored(self, signed_in, client: Client, path: str) -> None:
        for browser in (client, signed_in(Role.CSE)):
            assert browser.get(path)["Cache-Control"] == "private, no-store"

    @pytest.mark.urls("portal.urls")
    def test_an_attached_file_is_not_stored(self, signed_in, make_user, at: dt.datetime) -> None:
        assert signed_in().get("/files/1/")["Cache-Control"] == "private, no-store"

    @pytest.mark.urls("portal.urls")
    def test_static_files_are(self, client: Client) -> None:
        answer = client.get("/static/portal/base.css")
        assert answer.status_code == 200
        assert "no-store" not in answer.get("Cache-Control", "")
        answer.close()


class TestHead:
    @pytest.mark.urls("portal.urls")
    @pytest.mark.parametrize("path", ["/", "/inbox/", "/account/login/", "/queue/", "/health/live"])
    def test_every_page_answers_it_as_it_answers_get(self, signed_in, path: str) -> None:
        client = signed_in(Role.CSE)
        head, get = client.head(path, follow=True), client.get(path, follow=True)
        assert (head.status_code, get.status_code) == (200, 200)
        assert head["Content-Type"] == get["Content-Type"]
        assert client.head(path).content == b""

    @pytest.mark.urls("portal.urls")
    def test_a_monitor_that_follows_from_the_front_door_ends_at_200(self, client: Client) -> None:
        answer = client.head("/", follow=True)
        assert answer.status_code == 200
        assert answer.redirect_chain[-1][0] == "/account/login/?next=/"


class TestRoles:
    @pytest.mark.parametrize(
        ("roles", "page", "status"),
        [
            pytest.param([Role.DISPATCH], "for_dispatch", 200, id="dispatch its page"),
            pytest.param([Role.CSE], "for_dispatch", 403, id="an engineer not that of dispatch"),
            pytest.param([Role.CSE], "for_provider", 200, id="an engineer one for the provider"),
            pytest.param([], "for_provider", 403, id="a reseller none of the provider's"),
            pytest.param([Role.DISPATCH], "act_of_dispatch", 200, id="dispatch acts"),
            pytest.param([], "act_of_dispatch", 403, id="a reseller does not"),
        ],
    )
    def test_who_sees_what(self, signed_in, roles, page: str, status: int) -> None:
        assert signed_in(*roles).get(f"/odd/{page}/").status_code == status

    def test_strangers_are_asked_to_sign_in(self, client: Client) -> None:
        answer = client.get("/odd/for_dispatch/")
        assert answer.status_code == 302
        assert answer["Location"] == "/account/login/?next=/odd/for_dispatch/"

    def test_a_contact_who_left_sees_nothing(self, signed_in) -> None:
        client = signed_in(Role.DISPATCH, is_active=False)
        assert client.get("/odd/for_dispatch/").status_code == 302

    def test_the_refusal_names_who_may(self, signed_in) -> None:
        page = signed_in(Role.CSE).get("/odd/act_of_dispatch/").content.decode()
        assert "You may not confirm the call." in page
        assert "Ask a person in this role: Dispatch." in page
        assert "ATSP 4.5" in page

    def test_a_page_for_all_of_the_provider_does_not_list_its_roles(self, signed_in) -> None:
        page = signed_in().get("/odd/for_provider/").content.decode()
        assert "It is for the provider" in page
        assert "Executive Team" not in page


class TestForeignObjects:
    def test_anothers_object_is_not_there(self, signed_in, make_user, at: dt.datetime) -> None:
        ben = make_user("Ben Ode")
        outbox.post(subject(1), "step", to=[ben], template="alarm", title="For Ben", at=at)
        notice = Notice.objects.get(channel="inbox")
        mine = Client()
        mine.force_login(ben)
        assert mine.get(f"/odd/notice/{notice.pk}/").content == b"For Ben"
        foreign = signed_in().get(f"/odd/notice/{notice.pk}/")
        missing = signed_in(email="other@people.example").get("/odd/notice/999999/")
        assert (foreign.status_code, missing.status_code) == (404, 404)


class TestMetrics:
    def test_lag_and_parked_are_figures(self, client: Client, settings) -> None:
        settings.METRICS_TOKEN = "a-token-of-prometheus"
        token = {"Authorization": "Bearer a-token-of-prometheus"}
        figures = client.get("/metrics", headers=token).content.decode()
        for name in (
            "portal_deadline_lag_seconds 0.0",
            "portal_outbox_lag_seconds 0.0",
            "portal_parked_deadlines 0.0",
            "portal_parked_notices 0.0",
            "portal_since_sweep_seconds -1.0",
            "portal_broker_up 1.0",
            "portal_database_up 1.0",
            "portal_mail_server_up 1.0",
        ):
            assert name in figures

    @pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer guess"])
    def test_they_are_not_for_strangers(self, client: Client, settings, sent: str) -> None:
        for settings.METRICS_TOKEN in ("", "a-token-of-prometheus"):
            answer = client.get("/metrics", headers={"Authorization": sent} if sent else {})
            assert answer.status_code == 403

    def test_without_a_sweep_health_says_degraded(self, client: Client) -> None:
        answer = client.get("/health/ready")
        assert answer.status_code == 200
        assert answer.json()["status"] == "degraded"
        assert answer.json()["engine"] == "lagging"
