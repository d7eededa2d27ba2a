"""The pages of services, bulletins and requests in a real browser: accessible, narrow and wide, light and dark."""

from typing import Any

import pytest

from cases.bulletins.actions import draft_bulletin, publish_bulletin
from cases.bulletins.models import BulletinKind
from cases.enhancements.actions import dispose, submit_enhancement
from cases.enhancements.rules import Disposition
from cases.products.models import Product
from contracts.services.actions import calls
from contracts.services.actions.absences import enter_absence
from contracts.services.actions.profile import write_profile
from contracts.services.models.assignments import Duty
from tests.contracts.services.world import DAY, HOUR, NOW, Services, make_services
from tests.portal.browser import faults_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pages(transactional_db: None, settings: Any, set_clock: Any) -> Any:
    """The addresses to look at, by who looks."""
    settings.DEBUG = True
    set_clock(NOW)
    world = make_services()
    world.assign("psam", Duty.PSAM)
    enter_absence(
        world.psam,
        starts_at=NOW + 5 * DAY,
        ends_at=NOW + 8 * DAY,
        reason="vacation",
        by=world.psam,
        at=NOW,
    )
    _a_call(world)
    for number, products in enumerate(("NetWorker 6.1.2", "NetWorker 6.1.3")):
        write_profile(
            world.agreement, {"products": products}, based_on=number, by=world.psam, at=NOW
        )
    product = Product.objects.create(name="NetWorker")
    bulletin = draft_bulletin(
        None,
        kind=BulletinKind.ALERT,
        title="Tape labels written twice",
        body="Load them one by one.",
        products=[product],
        by=world.psam,
        at=NOW,
    )
    publish_bulletin(bulletin, by=world.psam, at=NOW)
    wish = submit_enhancement(
        product=product, title="Colours", request="More.", by=world.technical.user, at=NOW
    )
    dispose(
        wish,
        to=Disposition.ACCEPTED,
        disposition="It fits.",
        title="Colours",
        summary="More colours.",
        by=world.psam,
        at=NOW,
    )
    ours = f"/agreements/{world.agreement.reference}"
    return {
        world.psam: [
            "/account-management/",
            f"{ours}/calls/7/",
            f"{ours}/calls/8/",
            "/absences/?month=2003-03",
            bulletin.get_absolute_url(),
            wish.get_absolute_url(),
        ],
        world.technical.user: [
            f"{ours}/services/",
            f"{ours}/services/profile/",
            "/bulletins/",
            "/enhancements/",
            wish.get_absolute_url(),
        ],
    }


def _a_call(world: Services) -> None:
    call = world.agreement.calls.get()
    calls.agree_action(
        call, text="Send the list", owner="Paula", due_on=None, by=world.psam, at=NOW
    )
    calls.record_held(
        call, held_at=NOW - HOUR, participants=[world.technical], by=world.psam, at=NOW
    )


def test_the_pages_are_accessible_and_fit(live_server: Any, pages: Any, client: Any) -> None:
    found: list[str] = []
    for user, addresses in pages.items():
        client.force_login(user)
        found += faults_of(live_server.url, addresses, session=str(client.session.session_key))
    assert found == []
