"""What a severity would bring is what it brings: the preview against the deadlines that are made afterwards."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.opening.actions import open_case
from cases.opening.report import Report
from cases.products.models import Product
from cases.severity import actions
from cases.severity.preview import Preview, of_change
from cases.severity.rules import DowngradeGround
from cases.severity.views import previews_of
from contracts.agreements.models.options import AgreementOption
from contracts.parties.models.parties import Contact
from contracts.roster.permissions import standing_of_contact
from portal.models import Deadline, User
from portal.ui.words import absolute
from tests.cases.pages import words
from tests.cases.world import HOUR, MINUTE, NOW, World, again
from tests.contracts.factories import MTI_FILE, load, load_back_line

AsUser = Callable[..., Client]
SHOWN = ("cases.first_response", "cases.status_update", "cases.information")
MARKS = ("escalation.duty", "escalation.notice")
moments = st.integers(min_value=0, max_value=7 * 24 * 60).map(lambda m: NOW + m * MINUTE)
few = settings(
    max_examples=5,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class _BackError(Exception):
    """What was tried is undone."""


def made(case: Case) -> set[tuple[str, dt.datetime]]:
    rows = Deadline.objects.about(case).filter(Q(unfinished=True) | Q(state="pending"))
    return set(rows.filter(kind__in=SHOWN + MARKS).values_list("kind", "due_at"))


def told(preview: Preview) -> set[tuple[str, dt.datetime]]:
    lines = {(line.kind, line.due_at) for line in preview.lines if line.due_at}
    return lines | {(mark.kind, mark.due_at) for mark in preview.marks}


def undone(act: Callable[[], None]) -> None:
    try:
        with transaction.atomic():
            act()
            raise _BackError
    except _BackError:
        pass


def give_psam(world: World) -> None:
    programme = world.agreement.programme
    AgreementOption.objects.create(
        agreement=world.agreement,
        option=next(o.code for o in programme.options if o.kind == "psam" and o.tier == "level-2"),
        kind="psam",
        quantity=1,
        taken_on=world.agreement.effective_on,
        fee="45000.00",
    )


@pytest.mark.clause("ATSP 4.5", "ATSP 4.6", "ATSP 4.9.1", "ATSP Ex.C", "D-9")
@given(at=moments, late=st.integers(0, 90), blank=st.booleans(), psam=st.booleans())
@few
def test_a_report_starts_what_its_preview_told(
    world: World, at: dt.datetime, late: int, blank: bool, psam: bool
) -> None:
    def compare() -> None:
        if psam:
            give_psam(world)
        logged_at = at + late * MINUTE
        standing = standing_of_contact(world.technical, at)
        previews = previews_of(
            standing, Channel.TELEPHONE, at=at, logged_at=logged_at, user=world.dispatch
        )
        assert sorted(previews) == [1, 2, 3, 4]
        for level, preview in previews.items():
            case = open_case(
                world.report(severity=level, **({"level_1_work": ""} if blank else {})),
                by=world.dispatch,
                contact=world.technical,
                channel=Channel.TELEPHONE,
                at=at,
                logged_at=logged_at,
            )
            expected = told(preview)
            if not blank:
                expected = {each for each in expected if each[0] != "cases.information"}
            assert made(case) == expected, (level, at)
            assert bool(preview.marks) == (psam and level == 1)

    undone(compare)


@pytest.mark.clause("ATSP 4.3", "ATSP 4.6", "ATSP 4.9", "D-11", "D-20", "D-21")
@given(
    opened=moments,
    after=st.integers(0, 3 * 24 * 60),
    before=st.integers(1, 4),
    answered=st.booleans(),
    blank=st.booleans(),
    psam=st.booleans(),
)
@few
def test_a_change_makes_what_its_preview_told(
    world: World,
    opened: dt.datetime,
    after: int,
    before: int,
    answered: bool,
    blank: bool,
    psam: bool,
) -> None:
    def change(case: Case, to: int, at: dt.datetime) -> None:
        if to == 1:
            actions.confirm_call(case, by=world.dispatch, at=at)
        elif to > case.severity:
            ground = DowngradeGround.IMPACT_LESSENED
            actions.downgrade(
                case, by=world.engineer, at=at, to=to, ground=ground, reason="It runs."
            )
        else:
            actions.propose_severity(case, by=world.engineer, at=at, to=to, reason="Worse.")
            assert world.technical.user is not None
            actions.answer_severity(case, by=world.technical.user, at=at, agree=True)

    def compare() -> None:
        if psam:
            give_psam(world)
        case = world.open(
            opened,
            channel=Channel.TELEPHONE,
            severity=before,
            **({"level_1_work": ""} if blank else {}),
        )
        if answered:
            world.reply(case, opened + 5 * MINUTE)
        at = opened + dt.timedelta(minutes=max(after, 6))
        for to in {1, 2, 3, 4} - {before}:
            preview = of_change(again(case), to, at=at, user=world.engineer)

            def check(to: int = to, preview: Preview = preview) -> None:
                change(again(case), to, at)
                assert made(case) == told(preview), (before, to, at)

            undone(check)

    undone(compare)


@pytest.mark.django_db
@pytest.mark.clause("SCL 2.1.4", "D-9")
def test_the_other_programme_is_told_by_its_own_terms() -> None:
    load(MTI_FILE)
    load_back_line()
    liaison = Contact.objects.select_related("organisation", "site", "user").get(name="Priya Nair")
    lena = User.objects.get(name="Lena Frost")
    product, _ = Product.objects.get_or_create(name="StandbyServer")
    standing = standing_of_contact(liaison, NOW)
    previews = previews_of(standing, Channel.TELEPHONE, at=NOW, logged_at=NOW, user=lena)
    for level, preview in previews.items():
        fields: dict[str, Any] = dict.fromkeys(
            ("platform", "operating_system", "business_impact", "level_1_work", "level_2_work"), ""
        )
        case = open_case(
            Report(
                title="Mirror stops",
                product=product,
                release="5.1.0",
                description="The mirror does not come back.",
                severity=level,
                end_user="Citizens Bank",
                updates_paid=True,
                replication_steps="",
                replication="",
                **fields,
            ),
            by=lena,
            contact=liaison,
            channel=Channel.TELEPHONE,
            at=NOW,
        )
        assert made(case) == told(preview), level


@pytest.mark.clause("ATSP 4.3", "ATSP 4.5", "ATSP 4.6")
def test_the_page_tells_each_severity_with_what_changes_against_now(
    world: World, as_user: AsUser
) -> None:
    give_psam(world)
    case = world.open(severity=3)
    page = words(as_user("engineer").get(f"/cases/{case.pk}/severity-preview/"))
    assert "Case " + case.number + " is severity 3" in page
    called = absolute(NOW + 30 * MINUTE, dt.timezone(-8 * HOUR), NOW)
    assert called.split(" UTC")[0] in page, "the call back of severity 1, half an hour from now"
    assert "more of Exhibit C" in page
    assert "Earlier" in page
    part = as_user("technical").get(
        f"/cases/{case.pk}/severity-preview/", {"propose-to": "1"}, headers={"HX-Request": "true"}
    )
    assert "<html" not in part.content.decode()
    assert "The engineer updates you" in words(part)
    [preview] = part.context["previews"]
    titles = {mark.title for mark in preview.marks}
    assert titles == {"The engineer updates you"}, "the provider's own duties are not theirs"


@pytest.mark.clause("ATSP 4.6", "D-23")
def test_the_telephone_form_counts_from_the_call(world: World, as_user: AsUser) -> None:
    answer = as_user("dispatch").get(
        "/cases/new/severity/",
        {"contact": world.technical.pk, "called_at": "2003-03-05T09:50"},
        headers={"HX-Request": "true"},
    )
    assert 'id="brings-1"' in answer.content.decode()
    assert "10:20" in words(answer), "half an hour from ten to ten"
    assert as_user("technical").get("/cases/new/severity/").status_code == 200
    assert as_user("engineer").get("/cases/new/severity/").status_code == 404
