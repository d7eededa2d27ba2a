"""Secrets stay secret on every way out: the provider's own, another reseller's, one's drafts."""

import json
from html import unescape

import pytest
from django.db.models import Q
from django.urls import reverse

from cases.case.models import Case
from cases.conversation import actions
from contracts.parties.models.parties import Contact
from portal.models import Deadline, Draft, JournalEntry, Notice
from tests.access.actors import RESELLER, Actor
from tests.access.leaks import leaks
from tests.access.requests import report
from tests.access.world import NOW, SECRET, TYPED, AccessWorld, undone

pytestmark = pytest.mark.django_db

READERS = (Actor.TECHNICAL, Actor.ADMINISTRATIVE, Actor.NORDLICHT)
QUERIES = ("", "?order=oldest", "?act=note", "?act=assign&order=oldest")


class TestWhatIsTheProviders:
    """Notes, sub-cases, the journal's own entries, Exhibit C behind the scenes (ATSP Ex.C), unpublished articles."""

    def test_it_is_there_for_the_provider_to_read(self, world: AccessWorld) -> None:
        pages = {
            "case": world.mti.cases["critical"].get_absolute_url(),
            "article": world.mti.cases["relieved"].get_absolute_url(),
            "escalation": reverse("escalation", args=[world.mti.cases["critical"].pk]) + "?all=1",
        }
        for name, page in pages.items():
            assert SECRET in world.client(Actor.CSE).get(page).content.decode(), name
        assert SECRET in world.client(Actor.PSAM).get("/inbox/").content.decode()
        hotshots = JournalEntry.objects.filter(verb="escalation.hotshot_sent", public=False)
        assert hotshots.exists(), "Exhibit C has come to its Hotshots"

    @pytest.mark.clause("ATSP Ex.C", "ATSP 5.2.2")
    @pytest.mark.parametrize("actor", READERS)
    def test_no_page_of_a_case_shows_it_to_the_reseller(
        self, world: AccessWorld, actor: Actor
    ) -> None:
        client, side = world.client(actor), world.side(actor, own=True)
        for situation, case in side.cases.items():
            for query in QUERIES if situation == "critical" else QUERIES[:1]:
                page = client.get(f"{case.get_absolute_url()}{query}")
                assert page.status_code == 200
                assert leaks(actor, page.content.decode()) == [], f"{situation} {query}"
            found = client.get(reverse("api_case-detail", args=[case.pk])).content.decode()
            assert leaks(actor, found) == [], situation

    def test_the_resellers_conversation_has_only_public_entries(self, world: AccessWorld) -> None:
        case = world.mti.cases["critical"]
        private = JournalEntry.objects.about(case).filter(public=False).exclude(text="")
        texts = {entry.text for entry in private}
        assert len(texts) > 8
        shown = read(world, Actor.TECHNICAL, case.get_absolute_url())
        assert not [text for text in texts if text in shown]
        shown = read(world, Actor.CSE, case.get_absolute_url())
        assert [text for text in texts if text in shown], "the provider reads them"

    @pytest.mark.clause("ATSP Ex.C")
    def test_the_next_promise_shown_to_the_reseller_is_one_that_was_made_to_them(
        self, world: AccessWorld
    ) -> None:
        updated = actions.reply(world.mti.cases["critical"], by=world.base.cse, at=NOW, body="Now.")
        case = Case.objects.get(pk=updated.pk)
        first = Deadline.objects.about(case).unfinished().soonest_first()[0]
        assert case.next_due_at == first.due_at
        assert first.data["act"] == "read_notes", "a duty between the provider's people"

        detail = reverse("api_case-detail", args=[case.pk])
        promised = world.client(Actor.TECHNICAL).get(detail).json()["next_due_at"]
        due = Deadline.objects.about(case).unfinished().get(due_at=promised)
        assert due.data["act"] == "contact_update"
        assert world.client(Actor.CSE).get(detail).json()["next_due_at"] < promised
        row = read(world, Actor.TECHNICAL, f"/cases/?q={case.number}")
        assert due.data["promised"] in row
        assert first.data["title"] not in row

    @pytest.mark.parametrize("actor", READERS)
    def test_no_message_to_the_reseller_holds_it(self, world: AccessWorld, actor: Actor) -> None:
        user = world.people[actor]
        sent = Notice.objects.filter(Q(recipient=user) | Q(address__iexact=user.email))
        assert sent.exists()
        for notice in sent:
            told = f"{notice.title} {json.dumps(notice.context, default=str)} {notice.url}"
            assert leaks(actor, told) == [], notice.step
        assert Notice.objects.filter(context__icontains=SECRET).exists(), "the PSE team was told"


class TestWhatIsAnotherResellers:
    """Lists, searches and filters show one's own company's cases only (ATSP 5.2.2)."""

    @pytest.mark.clause("ATSP 5.2.2")
    @pytest.mark.parametrize("actor", RESELLER)
    def test_no_filter_or_search_reaches_it(self, world: AccessWorld, actor: Actor) -> None:
        other = world.side(actor, own=False)
        foreign = other.cases["new"]
        queries = (
            "?state=open",
            "?q=Scan+stops",
            f"?q={foreign.number}",
            f"?q={other.agreement.reseller.name[:4]}",
            f"?reseller={other.agreement.reseller.pk}",
            "?breached=1",
            "?page=2",
        )
        for address in ("/cases/", "/api/cases/"):
            for query in queries:
                page = read(world, actor, f"{address}{query}")
                assert foreign.get_absolute_url() not in page, f"{address}{query}"
                assert leaks(actor, page) == [], f"{address}{query}"

    def test_the_search_finds_ones_own(self, world: AccessWorld) -> None:
        own = world.mti.cases["new"].get_absolute_url()
        assert own in read(world, Actor.ADMINISTRATIVE, "/cases/?q=Scan+stops")
        assert own in read(world, Actor.ADMINISTRATIVE, "/api/cases/")
        assert own not in read(world, Actor.LEFT, "/api/cases/")


class TestWhatSomebodyTyped:
    """A draft is its typist's: a colleague who knows its key neither reads, changes nor discards it."""

    def test_a_colleagues_draft_is_not_read(self, world: AccessWorld) -> None:
        key = world.drafts[Actor.ALTERNATE].key
        address = f"{reverse('open_case')}?draft={key}"
        assert f"{TYPED} alternate" in read(world, Actor.ALTERNATE, address)
        assert f"{TYPED} alternate" not in read(world, Actor.TECHNICAL, address)

    @pytest.mark.parametrize("name", ["open_case", "discard_draft"])
    def test_a_colleagues_draft_stays_as_it_was(self, world: AccessWorld, name: str) -> None:
        draft = world.drafts[Actor.ALTERNATE]
        form = report(world, draft=draft.key, title="Overwritten", save="1")
        world.client(Actor.TECHNICAL).post(reverse(name), form)
        assert Draft.objects.get(pk=draft.pk).title == f"{TYPED} alternate"


class TestWhoLeft:
    """A contact who left gets no notices; the case waits for a new contact (ATSP 5.2.1)."""

    @pytest.mark.clause("ATSP 5.2.1")
    def test_a_reply_is_not_sent_to_a_contact_who_left_and_dispatch_is_told(
        self, world: AccessWorld
    ) -> None:
        case = world.mti.cases["critical"]
        contact = Contact.objects.get(pk=case.contact_id)
        contact.left_at = NOW
        contact.save()
        before = Notice.objects.filter(recipient=contact.user).count()
        actions.reply(case, by=world.base.cse, at=NOW, body="Here is the patch.")
        assert Notice.objects.filter(recipient=contact.user).count() == before
        alarm = Notice.objects.filter(recipient=world.people[Actor.DISPATCH], template="alarm")
        assert f"{contact.name} of MTI" in alarm.latest("pk").title


class TestTheAccount:
    """Sign-in, and what a session may send."""

    @pytest.mark.clause("ATSP 5.2.1")
    def test_nobody_changes_their_own_address(self, world: AccessWorld) -> None:
        user = world.people[Actor.TECHNICAL]
        client = world.client(Actor.TECHNICAL)
        address = user.email
        for wanted in ("action_add", "action_primary"):
            answer = client.post("/account/email/", {wanted: "", "email": "new@mti.example"})
            assert answer.status_code == 404
        user.refresh_from_db()
        assert user.email == address

    @pytest.mark.parametrize("address", ["/api/cases/", "/cases/new/"])
    def test_a_form_without_its_token_is_refused(self, world: AccessWorld, address: str) -> None:
        client = world.client(Actor.TECHNICAL, enforce_csrf_checks=True)
        with undone():
            assert client.post(address, report(world)).status_code == 403

    def test_static_files_are_open_to_all_and_nothing_else_lies_there(
        self, world: AccessWorld
    ) -> None:
        client = world.client(Actor.ANONYMOUS)
        answer = client.get("/static/portal/base.css")
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        for address in ("/static/", "/static/../portal/settings.py", "/static/%2e%2e/manage.py"):
            assert client.get(address).status_code == 404


def read(world: AccessWorld, actor: Actor, address: str) -> str:
    """The page as the actor reads it."""
    return unescape(world.client(actor).get(address).content.decode())
