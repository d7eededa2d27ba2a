"""Acts: listed without their forms, done in one place, refused at the field that is concerned."""

import datetime as dt
from typing import Any, ClassVar

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.db.transaction import TransactionManagementError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from portal import sending
from portal.acts import Act, Actor, answer, offers
from portal.models import User
from portal.rules.refusal import Refusal

NOW = dt.datetime(2003, 3, 5, 22, 18, tzinfo=dt.UTC)
CONTACT, STRANGER = User(email="c@mti.example"), User(email="s@mti.example")


class Rename(Act[dict[str, str], Actor]):
    """Give a thing another name."""

    code, label, clause = "rename", "Rename it", "ATSP 1.3"
    done, way_out = "It has another name.", "Ask somebody else."
    field_names: ClassVar = {"title": "name"}
    built: ClassVar[list[str]] = []
    name = forms.CharField(required=False)

    @classmethod
    def is_for(cls, subject: dict[str, str], actor: Actor) -> bool:
        """Not a stranger's."""
        return actor.user is not STRANGER

    @classmethod
    def fits(cls, subject: dict[str, str], actor: Actor) -> bool:
        """While it is open."""
        return "closed" not in subject

    def prepare(self) -> None:
        """Begin with what the address suggests."""
        self.built.append(self.code)
        self.initial["name"] = self.asked.get("name", "")

    def perform(self) -> None:
        """Rename it."""
        if not self.cleaned_data["name"]:
            raise Refusal("It needs a name.", field="title", others=[Refusal("It is too late.")])
        self.subject["name"] = self.cleaned_data["name"]

    @property
    def leads_to(self) -> str:
        """The thing's page."""
        return "/things/1/"


def request(method: str = "POST", **typed: str) -> HttpRequest:
    """A request with what was typed."""
    made: Any = getattr(RequestFactory(), method.lower())("/things/1/rename/", typed)
    made._messages = CookieStorage(made)
    return made


def page(form: Rename) -> HttpResponse:
    """The thing's page with a form."""
    return HttpResponse(f"{form['name'].value()} {form.errors}", status=form.status)


def done(asked: HttpRequest, subject: dict[str, str], user: User = CONTACT) -> HttpResponse:
    """The answer to an act."""
    return answer(asked, Rename, subject, Actor(user, NOW), page)


def test_a_list_builds_no_form_until_one_is_shown() -> None:
    Rename.built.clear()
    (offer,) = offers([Rename], {}, Actor(CONTACT, NOW), wanted="rename")
    assert (offer.code, offer.label, offer.is_open) == ("rename", "Rename it", True)
    assert not Rename.built
    assert offer.form.fields["name"].widget.attrs["autofocus"]
    assert Rename.built == ["rename"]


def test_only_the_readers_fitting_acts_and_refused_ones_are_listed() -> None:
    actor = Actor(CONTACT, NOW)
    assert offers([Rename], {"closed": ""}, actor) == []
    assert offers([Rename], {}, Actor(STRANGER, NOW)) == []
    bound = Rename({}, actor, {"name": "B"})
    (offer,) = offers([Rename], {"closed": ""}, actor, bound=bound)
    assert offer.is_open
    assert offer.form is bound


@pytest.mark.django_db
def test_an_act_reports_success_and_redirects_only_within_the_portal() -> None:
    subject: dict[str, str] = {}
    asked = request(name="B")
    found = done(asked, subject)
    assert (found.status_code, found["Location"], subject) == (302, "/things/1/", {"name": "B"})
    assert [each.message for each in get_messages(asked)] == ["It has another name."]
    assert done(request(name="B", next="/home/"), {})["Location"] == "/home/"
    assert done(request(name="B", next="//else.example/"), {})["Location"] == "/things/1/"


@pytest.mark.django_db
def test_a_refusal_comes_back_at_its_field_and_whole() -> None:
    bound = Rename({}, Actor(CONTACT, NOW), {"name": ""})
    assert bound.attempt() is None
    assert bound.errors == {"name": ["It needs a name."]}
    assert bound.refusal is not None
    assert [each.sentence for each in bound.refusal.all] == ["It needs a name.", "It is too late."]
    assert done(request(name=""), {}).status_code == 409


def test_a_get_shows_the_form_as_the_address_suggests() -> None:
    found = done(request("GET", name="A"), {})
    assert found.status_code == 200
    assert found.content.startswith(b"A")


def test_no_act_is_not_found_and_one_of_others_refused_with_a_way_out() -> None:
    with pytest.raises(Http404):
        answer(request(), None, {}, Actor(CONTACT, NOW), page)
    with pytest.raises(Refusal, match=r"not yours to do.*ATSP 1\.3.*Ask somebody else"):
        done(request(name="B"), {}, STRANGER)


@pytest.mark.django_db
class TestAFormIsDoneOnce:
    """Sent again, it leads where the first one led."""

    def test_however_often_it_is_sent(self, make_user: Any) -> None:
        user, key, subject = make_user("Ann Lee"), sending.new_key(), {"name": "A", "times": ""}

        class Count(Rename):
            code = "count"

            def perform(self) -> None:
                self.subject["times"] += "1"

        for _ in range(3):
            asked = request(form_key=key, name="B")
            found = answer(asked, Count, subject, Actor(user, NOW), page)
            assert (found.status_code, found["Location"]) == (302, "/things/1/")
            assert [str(said) for said in get_messages(asked)] == ["It has another name."]
        assert subject["times"] == "1"

    def test_sent_again_it_leads_where_it_was_sent_from(self, make_user: Any) -> None:
        user, key = make_user("Ann Lee"), sending.new_key()
        for _ in range(2):
            asked = request(form_key=key, name="B", next="/queue/")
            assert done(asked, {}, user)["Location"] == "/queue/"

    @pytest.mark.django_db(transaction=True)
    def test_it_is_noted_in_the_transaction_that_does_it(self, make_user: Any) -> None:
        with pytest.raises(TransactionManagementError):
            sending.earlier(make_user("Ann Lee"), sending.new_key(), NOW)

    def test_what_was_refused_may_be_sent_again(self, make_user: Any) -> None:
        user, key, subject = make_user("Ann Lee"), sending.new_key(), dict[str, str]()
        refused = answer(request(form_key=key, name=""), Rename, subject, Actor(user, NOW), page)
        assert refused.status_code == 409
        again = answer(request(form_key=key, name="B"), Rename, subject, Actor(user, NOW), page)
        assert (again.status_code, subject) == (302, {"name": "B"})

    def test_a_key_is_each_persons_own(self, make_user: Any) -> None:
        key = sending.new_key()
        for name in ("Ann Lee", "Bo Orr"):
            subject: dict[str, str] = {}
            actor = Actor(make_user(name), NOW)
            answer(request(form_key=key, name="B"), Rename, subject, actor, page)
            assert subject == {"name": "B"}


class Reword(Rename):
    """Give a thing another name in place of the one seen."""

    code = "reword"

    @classmethod
    def rests_on(cls, subject: dict[str, str]) -> tuple[str, ...]:
        """Its name."""
        return ("name", subject.get("name", ""))

    @classmethod
    def stands(cls, subject: dict[str, str]) -> str:
        """Its name by now."""
        return f"It is called {subject['name']} by now."


@pytest.mark.clause("D-28")
@pytest.mark.django_db
@pytest.mark.parametrize("seen", [Reword.seen_of({"name": "A"}), ""])
def test_an_act_on_what_was_not_seen_is_refused_and_keeps_what_was_typed(seen: str) -> None:
    subject = {"name": "C"}
    shown: list[Rename] = []
    sent = request(name="B", seen=seen) if seen else request(name="B")
    found = answer(
        sent, Reword, subject, Actor(CONTACT, NOW), lambda form: shown.append(form) or page(form)
    )  # type: ignore[func-returns-value,arg-type]
    assert (found.status_code, subject) == (409, {"name": "C"})
    (form,) = shown
    assert str(form.refusal).startswith("It is called C by now.")
    assert form["name"].value() == "B"
    assert form.seen == Reword.seen_of(subject), "sent again, it counts"
    sent = request(name="B", seen=form.seen)
    assert answer(sent, Reword, subject, Actor(CONTACT, NOW), page).status_code == 302


class Sign(Rename):
    """One whose name the action refuses when it is empty."""

    needed = ("name",)
    title = forms.CharField()
    note = forms.CharField(required=False)


def test_what_the_action_refuses_empty_is_marked_and_sent_for_its_answer() -> None:
    actor = Actor(CONTACT, NOW)
    form = Sign({}, actor)
    star = '<span class="asteriskField">*</span>'
    page = render_crispy_form(form)
    labels = {
        name: page.partition(f'id="div_id_{name}"')[2].split("</label>")[0] for name in form.fields
    }
    assert {name for name, label in labels.items() if star in label} == {"name", "title"}
    assert labels["name"].count(star) == 1
    inputs = {name: str(form[name]) for name in form.fields}
    assert 'aria-required="true"' in inputs["name"]
    assert " required" not in inputs["name"], "the browser does not keep it back"
    sent = Sign({}, actor, {"name": "", "title": "x"})
    assert sent.is_valid(), "the action answers, with its clause and the way out"
