"""The outbox writes each message once, in the transaction of its fact."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.models import Channel, Notice, NoticeState
from portal.models.notice import count_unread
from portal.notices import outbox
from portal.notices.inbox import inbox_of
from portal.notices.outbox import Address, NoticeDraft
from portal.notices.rendering import render
from portal.roles import Role
from tests.portal.engine import subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def tell(at: dt.datetime):
    def post(*to, step: str = "opened", about: int = 1, **details) -> int:
        details.setdefault("template", "alarm")
        details.setdefault("title", "Something happened")
        details.setdefault("context", {"text": "Something happened"})
        return outbox.post(subject(about), step, to=to, at=details.pop("at", at), **details)

    return post


class TestOnce:
    def test_twice_is_once(self, tell, make_user) -> None:
        ann = make_user()
        assert tell(ann) == 2  # by mail and in the inbox
        assert tell(ann, title="Said differently") == 0
        assert set(Notice.objects.values_list("title", flat=True)) == {"Something happened"}

    def test_each_step_subject_recipient_and_channel_is_one_of_its_own(
        self, tell, make_user
    ) -> None:
        ann, ben = make_user("Ann Lee"), make_user("Ben Ode")
        assert tell(ann) == 2
        assert tell(ann, step="closed") == 2
        assert tell(ann, about=2) == 2
        assert tell(ann, ben) == 2  # only Ben's are new

    def test_an_address_counts_once_however_it_is_written(self, tell) -> None:
        assert tell(Address("Ann@people.example"), Address("ann@people.example")) == 1

    def test_the_database_holds_it(self, tell, make_user) -> None:
        tell(make_user(), channels=(Channel.INBOX,))
        notice = Notice.objects.get()
        notice.pk = None
        with pytest.raises(IntegrityError, match="notice_once"), transaction.atomic():
            notice.save(force_insert=True)

    def test_it_falls_with_its_fact(self, tell, make_user) -> None:
        ann = make_user()
        with transaction.atomic():
            assert tell(ann) == 2
            transaction.set_rollback(True)
        assert not Notice.objects.exists()


class TestChannels:
    def test_a_bell_counts_what_its_own_reader_has_not_read(
        self, tell, make_user, at: dt.datetime
    ) -> None:
        ann, ben = make_user("Ann Lee"), make_user("Ben Ode")
        for step in ("one", "two", "three"):
            tell(ann, step=step)
        tell(ben)
        Notice.objects.filter(step="two").update(read_at=at)
        assert (count_unread(ann, 9), count_unread(ben, 9)) == (2, 1)
        assert count_unread(ann, 1) == 1

    def test_an_inbox_notice_is_there_at_once_and_a_mail_waits(
        self, tell, make_user, at: dt.datetime
    ) -> None:
        ann = make_user()
        tell(ann)
        inbox, mail = Notice.objects.get(channel="inbox"), Notice.objects.get(channel="email")
        assert (inbox.state, inbox.sent_at) == (NoticeState.SENT, at)
        assert (mail.state, mail.sent_at, mail.address) == (NoticeState.WAITING, None, ann.email)
        assert list(Notice.objects.visible_to(ann)) == [inbox]

    def test_the_inbox_is_read_by_time_and_marked_read_whatever_was_written_when(
        self, tell, make_user, at: dt.datetime
    ) -> None:
        ann, client = make_user(), Client()
        tell(ann, step="now", title="Told now")
        tell(ann, step="late", title="Told before", at=at - dt.timedelta(hours=1))
        client.force_login(ann)
        page = client.get("/inbox/").content.decode()
        assert page.index("Told now") < page.index("Told before")
        newest = re.findall(r'name="newest" value="(\d+)"', page)
        client.post("/inbox/read/", {"newest": newest[0]})
        assert count_unread(ann, 9) == 0

    def test_a_page_of_the_inbox_is_read_from_its_index(self, tell, make_user) -> None:
        tell(make_user())
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
            notices = inbox_of(make_user("Ben Ode"), done=False)
            plan = notices.newest_first()[:30].explain()
        assert "notice_inbox" in plan
        assert "Sort" not in plan

    def test_outsiders_have_no_inbox(self, tell) -> None:
        tell(Address("reader@people.example"))
        assert Notice.objects.get().channel == Channel.EMAIL

    def test_nobody_reads_anothers_inbox(self, tell, make_user) -> None:
        tell(make_user("Ann Lee"))
        assert not Notice.objects.visible_to(make_user("Ben Ode")).exists()

    def test_telling_nobody_writes_nothing(self, tell) -> None:
        assert tell() == 0


class TestCost:
    def test_many_tellings_cost_a_statement_for_a_thousand(self, at: dt.datetime) -> None:
        drafts = [
            NoticeDraft(
                subject(number), "step", [Address("reader@people.example")], "alarm", "title"
            )
            for number in range(1500)
        ]
        with CaptureQueriesContext(connection) as statements:
            assert outbox.post_many(drafts, at=at) == 1500
        assert len(statements) == 2
        assert Notice.objects.values("token").distinct().count() == 1500
        assert outbox.post_many(drafts[:3], at=at) == 0

    def test_one_told_alone_and_one_told_with_many_have_the_same_notices(
        self, at: dt.datetime, make_user
    ) -> None:
        ann = make_user("Ann Lee")

        def draft(number: int) -> NoticeDraft:
            context = {"due_at": at, "words": 'it\'s "100%" \\'}
            to = [ann, Address("reader@people.example")]
            return NoticeDraft(
                subject(number), "step", to, "alarm", "100%", context, "/cases/7/", "ATSP 4.6", True
            )

        def written(number: int) -> list[dict[str, Any]]:
            rows = Notice.objects.about(subject(number)).order_by("id").values()
            own = {"id", "subject_id", "token", "written_at", "next_try_at"}
            return [{name: row[name] for name in row.keys() - own} for row in rows]

        assert outbox.post_many([draft(1)], at=at) == 3
        assert outbox.post_many(map(draft, range(2, 5)), at=at) == 9
        assert written(1) == written(2) == written(4)
        assert len({row.token for row in Notice.objects.all()}) == 12


class TestRendering:
    def rendered(self, **fields):
        return render(Notice.objects.get(channel="email", **fields))

    def test_it_names_the_link_the_clause_the_zone_and_the_telephone(
        self, tell, make_user, settings
    ) -> None:
        settings.BASE_URL = "https://portal.example"
        settings.SUPPORT_TELEPHONE = "+1 650 555 0142"
        tell(make_user("Ann Lee"), url="/cases/7/", clause="ATSP 4.9.1")
        mail = self.rendered()
        for part in (mail.text, mail.html):
            assert "https://portal.example/cases/7/" in part
            assert "ATSP 4.9.1" in part
            assert "America/Los_Angeles" in part
            assert "+1 650 555 0142" in part
            assert "Ann Lee" in part
            assert "late" not in part

    def test_instants_are_in_the_readers_zone(self, tell, make_user, at: dt.datetime) -> None:
        ann, ben = (
            make_user("Ann Lee", zone="America/Los_Angeles"),
            make_user("Ben Ode", zone="Europe/London"),
        )
        tell(ann, ben, context={"text": "x", "due": "Call Ann", "due_at": at, "by_whom": "CSE"})
        assert "Wed 5 Mar 2003, 10:00 PST" in self.rendered(recipient=ann).text
        assert "Wed 5 Mar 2003, 18:00 GMT" in self.rendered(recipient=ben).html
        assert "Call Ann" in self.rendered(recipient=ben).text

    def test_plain_text_is_plain_and_html_is_escaped(self, tell, make_user) -> None:
        words = "Ann & Ben's <tape>"
        tell(make_user(), title=words, context={"text": words})
        mail = self.rendered()
        assert mail.subject == f"Alarm: {words}"
        assert words in mail.text
        assert "Ann &amp; Ben&#x27;s &lt;tape&gt;" in mail.html
        assert "<tape>" not in mail.html

    def test_a_subject_is_one_line(self, tell, make_user) -> None:
        tell(make_user(), title="Two\nlines\r\nBcc: somebody@people.example")
        assert self.rendered().subject == "Alarm: Two lines Bcc: somebody@people.example"

    def test_a_late_one_says_so(self, tell, make_user) -> None:
        tell(make_user(), late=True)
        assert "This reaches you late" in self.rendered().text
        assert "This reaches you late" in self.rendered().html

    def test_instants_stay_instants_at_any_depth(self, tell, make_user, at: dt.datetime) -> None:
        context = {"steps": [{"due_at": at, "text": "x"}], "since": at, "text": "a_at"}
        tell(make_user(), context=context)
        assert Notice.objects.filter(channel="email").get().context == context


def test_every_mail_of_the_portal_has_its_three_files(settings) -> None:
    folder = settings.BASE_DIR / "templates" / "emails"
    names = {path.name.split(".")[0] for path in folder.glob("[!_]*")} - {"base"}
    assert "alarm" in names
    for name in names:
        for kind in ("subject.txt", "txt", "html"):
            assert (folder / f"{name}.{kind}").is_file(), f"{name}.{kind} is missing"


def test_an_alarm_goes_to_dispatch_and_the_contract_administrators(make_user) -> None:
    from portal import alarms

    wanted = [make_user("Dora", Role.DISPATCH), make_user("Cora", Role.CONTRACT_ADMINISTRATOR)]
    make_user("Enno", Role.CSE)
    make_user("Gone", Role.DISPATCH, is_active=False)
    assert set(alarms.audience()) == set(wanted)
