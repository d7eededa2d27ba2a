"""The notices of an escalation reach each recipient once, late or not; without recipients there is an alarm."""

import pytest

from cases.clocks.page.promises import with_promises
from cases.conversation import actions as case_actions
from contracts.services.models.assignments import Absence, Assignment, Duty
from portal.models import Channel, Notice, User
from portal.notices.rendering import render
from portal.roles import Role
from tests.escalation.world import (
    HOUR,
    MINUTE,
    SECOND,
    T,
    World,
    deadline_of,
    journalled,
    step_of,
    swept,
    told,
)


def mails(case: object, step: str) -> dict[str, Notice]:
    rows = Notice.objects.about(case).filter(step=step, channel=Channel.EMAIL)  # type: ignore[arg-type]
    return {row.address: row for row in rows.select_related("recipient")}


def alarms(case: object) -> list[str]:
    rows = Notice.objects.about(case).filter(template="alarm", channel=Channel.EMAIL)  # type: ignore[arg-type]
    return sorted(rows.values_list("address", flat=True))


@pytest.mark.clause("ATSP Ex.C")
def test_an_unowned_case_is_told_to_dispatch_and_every_cse(world: World) -> None:
    case = world.open_case(owner=None)

    swept(T)

    assert told(case, "commitment") == [
        "cse@legato.example",
        "dispatch@legato.example",
        "other.cse@legato.example",
        "tom.contact@mti.example",
    ]


@pytest.mark.clause("ATSP Ex.C")
def test_the_contact_hears_of_the_commitment_and_of_nothing_internal(world: World) -> None:
    case = world.open_case()
    swept(T + 30 * HOUR)

    heard = Notice.objects.about(case).filter(
        recipient=world.contact.user, channel=Channel.EMAIL, step__startswith="escalation"
    )
    (notice,) = heard
    rendered = render(notice)
    said = f"{rendered.subject} {rendered.text} {rendered.html}"
    assert notice.url == case.get_absolute_url()
    assert "every hour" in said
    assert "Fri 5 Mar 2004, 14:40 PST" in rendered.text, "the call back, in the contact's zone"
    for internal in ("PSAM", "Paula", "sales", "Hotshot", "/escalations/"):
        assert internal not in said


@pytest.mark.clause("ATSP 14.2")
def test_the_alternate_is_told_while_the_psam_is_away(world: World) -> None:
    Absence.objects.create(user=world.psam, starts_at=T, ends_at=T + 2 * HOUR, reason="training")
    case = world.open_case()

    swept(T + HOUR)

    assert told(case, "psam-1h") == ["alternate@legato.example"]


@pytest.mark.clause("ATSP 14.2")
def test_absence_is_judged_when_the_notice_fires(world: World) -> None:
    case = world.open_case()
    Absence.objects.create(user=world.psam, starts_at=T, ends_at=T + HOUR, reason="back at one")

    swept(T + HOUR)

    assert told(case, "psam-1h") == ["psam@legato.example"]


@pytest.mark.clause("ATSP Ex.C")
def test_every_psam_of_the_agreement_is_told(world: World, make_user) -> None:
    second = make_user("Peter Second", Role.PSAM, email="second@legato.example")
    Assignment.objects.create(
        agreement=world.agreement, user=second, duty=Duty.PSAM, starts_on=T.date()
    )
    case = world.open_case()

    swept(T + HOUR)

    assert told(case, "psam-1h") == ["psam@legato.example", "second@legato.example"]


NOBODY = [
    # whose role nobody holds, when, the step, the verb
    ("psam", HOUR, "psam-1h"),
    ("management", 4 * HOUR, "management-4h"),
    ("cpe", 8 * HOUR, "cpe-management-8h"),
    ("executive", 24 * HOUR, "hotshot-24h"),
]


@pytest.mark.clause("ATSP Ex.C")
@pytest.mark.parametrize(("who", "after", "code"), NOBODY)
def test_nobody_to_tell_is_told_to_dispatch_with_an_alarm_and_an_entry(
    world: World, who: str, after: object, code: str
) -> None:
    User.objects.filter(pk=world.people[who].pk).update(is_active=False)
    if who == "psam":
        User.objects.filter(pk=world.alternate.pk).update(is_active=False)
    case = world.open_case()

    swept(T + after)  # type: ignore[operator]

    assert told(case, code) == ["dispatch@legato.example"]
    assert set(alarms(case)) == {"administrator@legato.example", "dispatch@legato.example"}
    (entry,) = [
        entry
        for entry in journalled(case, "escalation.nobody_to_tell")
        if entry.data["step"] == f"1:{code}"
    ]
    assert "there is nobody to tell" in entry.text


@pytest.mark.clause("ATSP Ex.C")
def test_a_missed_duty_that_nobody_bears_is_an_alarm_too(world: World) -> None:
    Assignment.objects.all().delete()
    case = world.open_case()

    swept(T + 2 * HOUR + SECOND)

    entries = journalled(case, "escalation.nobody_to_tell")
    assert {"1:psam-1h", "1:call-management-2h"} <= {entry.data["step"] for entry in entries}
    missed = mails(case, "escalation-missed:1:call-management-2h")
    assert set(missed) == {"dispatch@legato.example", "management@legato.example"}
    assert (
        "PSAM: nobody at present; dispatch stands in: Dina Patel"
        in missed["management@legato.example"].context["by_whom"]
    )


@pytest.mark.clause("ATSP Ex.C")
def test_a_contact_without_an_address_is_an_alarm_and_the_cse_still_hears(world: World) -> None:
    case = world.open_case()
    type(world.contact).objects.filter(pk=world.contact.pk).update(user=None, email="")

    swept(T)

    assert told(case, "commitment") == ["cse@legato.example"]
    assert alarms(case) == ["administrator@legato.example", "dispatch@legato.example"]


@pytest.mark.clause("ATSP Ex.C")
def test_somebody_with_two_of_the_audiences_roles_hears_once(world: World) -> None:
    world.vp.roles = [Role.VP_TECHNICAL_SUPPORT, Role.SENIOR_MANAGER]
    world.vp.save()
    case = world.open_case()

    swept(T + 8 * HOUR)

    assert told(case, "senior-managers-8h") == ["senior@legato.example", "vp@legato.example"]


@pytest.mark.clause("ATSP Ex.C")
@pytest.mark.parametrize(
    ("after", "code"), [(12 * HOUR, "hotshot-12h"), (24 * HOUR, "hotshot-24h")]
)
def test_a_hotshot_looks_like_one(world: World, after: object, code: str) -> None:
    case = world.open_case()
    swept(T + after)  # type: ignore[operator]

    for notice in mails(case, f"escalation:1:{code}").values():
        rendered = render(notice)
        assert rendered.subject.startswith("HOTSHOT: ")
        assert "HOTSHOT" in rendered.text
        assert "HOTSHOT" in rendered.html
        assert notice.title.startswith("HOTSHOT: ")


@pytest.mark.clause("ATSP Ex.C")
def test_a_notice_says_what_the_reader_must_do_next_and_by_when(world: World) -> None:
    case = world.open_case()
    swept(T + HOUR)

    notice = mails(case, "escalation:1:psam-1h")["psam@legato.example"]
    text = render(notice).text

    assert "What is due:  Read the case notes before calling the CSE" in text
    assert "By when:      Fri 5 Mar 2004, 16:10 PST" in text
    assert "- Fri 5 Mar 2004, 16:10 PST: Call the reseller's management" in text
    assert "Clause:       ATSP Ex.C" in text
    assert f"/escalations/{case.pk}/" in text


@pytest.mark.clause("ATSP Ex.C")
def test_every_mail_of_an_escalation_renders_for_everybody(world: World) -> None:
    case = world.open_case()
    case_actions.reply(case, by=world.cse, at=T + 20 * MINUTE, body="On it.")
    swept(T + 30 * HOUR)

    rows = Notice.objects.about(case).filter(
        template__startswith="escalation_", channel=Channel.EMAIL
    )
    assert {row.template for row in rows} >= {
        "escalation_commitment",
        "escalation_hotshot",
        "escalation_missed",
        "escalation_notice",
    }
    for row in rows.select_related("recipient"):
        rendered = render(row)
        assert case.number in rendered.subject
        assert "None" not in rendered.text
        assert rendered.text.count("http") == 1, "one link"
        assert "{{" not in rendered.html


@pytest.mark.clause("ATSP Ex.C", "D-8")
def test_late_is_recorded_as_late(world: World) -> None:
    case = world.open_case()

    swept(T + HOUR + 10 * MINUTE)

    notice = mails(case, "escalation:1:psam-1h")["psam@legato.example"]
    assert notice.late
    assert deadline_of(case, "psam-1h").late
    (entry,) = [
        entry
        for entry in journalled(case, "escalation.notice_sent")
        if entry.data["step"] == "1:psam-1h"
    ]
    assert entry.data["late"]
    assert "Sent 10 min late." in entry.text


def test_the_bearer_who_manages_support_hears_of_a_missed_duty_once(world: World) -> None:
    case = world.open_case()

    swept(T + 4 * HOUR + SECOND)

    assert step_of(case, "update-psam-4h").role == "support_management"
    assert set(mails(case, "escalation-missed:1:update-psam-4h")) == {"management@legato.example"}


@pytest.mark.clause("ATSP Ex.C")
def test_the_contact_may_read_that_an_update_was_missed_but_not_the_internal_duties(
    world: World,
) -> None:
    case = world.open_case()

    swept(T + 2 * HOUR + SECOND)

    public = {e.data["step"]: e.public for e in journalled(case, "escalation.duty_missed")}
    assert public["1:update-2h"]
    assert not public["1:call-management-2h"]
    assert not any(entry.public for entry in journalled(case, "escalation.notice_sent"))


@pytest.mark.clause("ATSP Ex.C", "D-13")
def test_the_contact_is_promised_the_hourly_update_and_an_update_tells_the_next(
    world: World,
) -> None:
    case = world.open_case()
    due = with_promises([case], world.contact.user)[case.pk]
    first, second = due.promises[:2]

    writes = "The engineer answers you in writing"  # as this contact asked (D-30)
    assert (first.label, first.deadline.due_at) == (writes, T + 30 * MINUTE)
    assert (second.label, second.deadline.due_at) == ("The engineer updates you", T + HOUR)

    case_actions.reply(case, by=world.cse, at=T + 45 * MINUTE, body="The index is being rebuilt.")
    notice = Notice.objects.about(case).filter(template="case_message", channel="email").get()

    assert notice.context["due"] == "The engineer updates you"
    assert render(notice).text.count("16:10 PST") == 1, "T + 2 h: this update served the first hour"
