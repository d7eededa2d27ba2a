"""Support at any hour, by form or by its questions (ATSP 2.2, 4.4, 4.5, 5.2.3, 5.2.4, 1.14, 1.19)."""

import pytest
from django.urls import reverse

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.opening.forms import OpenCaseForm, TelephoneReportForm
from portal.models import Holiday
from portal.rules.refusal import Refusal
from tests.atsp import local
from tests.cases.opening.test_telephone_page import AsUser
from tests.cases.world import MINUTE, World, journalled, response_of, told

pytestmark = pytest.mark.django_db

NIGHT = local("2003-07-04 03:00")  # a Friday, and a holiday


@pytest.mark.clause("ATSP 2.2", "ATSP 4.5")
def test_severity_1_is_answered_at_any_hour_of_any_day(world: World) -> None:
    Holiday.objects.get_or_create(
        region="US", date=NIGHT.date(), defaults={"name": "Independence Day"}
    )
    case = world.open(NIGHT, channel=Channel.TELEPHONE, severity=1)
    assert response_of(case).due_at == NIGHT + 30 * MINUTE
    later = world.open(NIGHT, severity=2)
    assert response_of(later).due_at == local("2003-07-07 09:00"), "the Monday after"


@pytest.mark.clause("ATSP 2.2", "ATSP 4.4", "ATSP 1.14")
@pytest.mark.parametrize("channel", [Channel.TELEPHONE, Channel.WEB])
def test_a_report_is_recorded_at_any_hour_and_tracked_by_its_number(
    world: World, channel: Channel
) -> None:
    sunday = local("2003-03-09 03:00")
    case = world.open(sunday, channel=channel)
    assert (case.number, case.reported_at) == (str(case.pk), sunday)
    assert response_of(case).due_at == local("2003-03-10 09:00")
    world.reply(case, local("2003-03-10 08:30"))
    assert [one.at for one in journalled(case, "case.opened")] == [sunday]
    assert [one.at for one in journalled(case, "case.replied")] == [local("2003-03-10 08:30")]
    assert told(case, "case_opened")


@pytest.mark.clause("ATSP 5.2.3", "ATSP 1.19.1", "ATSP 1.19.2")
@pytest.mark.parametrize("work", ["level_1_work", "level_2_work"])
def test_a_report_says_what_level_1_and_level_2_support_did(world: World, work: str) -> None:
    with pytest.raises(Refusal) as refused:
        world.open(**{work: " "})
    assert (refused.value.field, refused.value.clause) == (work, "ATSP 5.2.3")


@pytest.mark.clause("ATSP 5.2.4")
def test_the_questions_of_the_form_are_answered_on_the_telephone(
    world: World, as_user: AsUser
) -> None:
    programme = world.agreement.programme
    asked = set(OpenCaseForm(programme=programme).fields)
    assert asked <= set(TelephoneReportForm(programme=programme, spent=False).fields)

    address = f"{reverse('telephone_report')}?contact={world.technical.pk}"
    answer = as_user("dispatch").post(address, world.typed(severity=3, updates_paid="on"))

    case = Case.objects.get()
    assert answer["Location"] == case.get_absolute_url()
    told_by_form = {name: world.typed()[name] for name in ("platform", "level_2_work", "release")}
    assert {name: getattr(case, name) for name in told_by_form} == told_by_form
    assert not case.messages.filter(kind="information_request").exists(), "nothing is left to ask"
