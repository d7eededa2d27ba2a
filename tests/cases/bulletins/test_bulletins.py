"""Bulletins: to whom they go, who read them, and the archive (ATSP 14.1.2)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.bulletins import actions
from cases.bulletins.models import Bulletin, BulletinKind
from cases.products.models import Product, Release
from contracts.agreements.models.options import AgreementOption
from contracts.services.models.assignments import Assignment, Duty
from portal.models import Notice
from portal.rules.refusal import Refusal
from tests.cases.pages import queries, words
from tests.cases.world import DAY, NOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.clause("ATSP 14.1.2")]
AsUser = Callable[..., Client]


@pytest.fixture
def served(world: World) -> World:
    """The world's reseller has the PSAM option; the foreign one has none."""
    AgreementOption.objects.create(
        agreement=world.agreement,
        option="psam-2",
        kind="psam",
        quantity=1,
        taken_on=world.agreement.effective_on,
        fee=1,
    )
    Assignment.objects.create(
        agreement=world.agreement,
        user=world.psam,
        duty=Duty.PSAM,
        starts_on=world.agreement.effective_on,
    )
    return world


def draft(world: World, **changes: Any) -> Bulletin:
    values: dict[str, Any] = {
        "kind": BulletinKind.PATCH,
        "title": "Patch for the index",
        "body": "Load it before the next upgrade.",
        "products": [world.product],
    }
    return actions.draft_bulletin(None, by=world.psam, at=NOW, **(values | changes))


def publish(world: World, **changes: Any) -> Bulletin:
    return actions.publish_bulletin(draft(world, **changes), by=world.psam, at=NOW)


def told(bulletin: Bulletin) -> list[str]:
    rows = Notice.objects.about(bulletin).filter(template="bulletin", channel="email")
    return sorted(rows.values_list("address", flat=True))


def test_it_goes_to_the_technical_contacts_of_agreements_with_the_psam_option(
    served: World,
) -> None:
    bulletin = publish(served)
    assert told(bulletin) == sorted(
        one.email for one in (served.technical, served.alternate, served.london, served.waiting)
    )
    assert bulletin.readers.filter(contact=served.silent, read_at=None).exists(), "told by hand"
    assert not bulletin.readers.filter(contact=served.foreign).exists()


def test_a_contact_hears_of_the_products_of_their_companys_cases_or_of_those_they_chose(
    served: World,
) -> None:
    celestra = Product.objects.create(name="Celestra")
    assert served.technical.email in told(publish(served, products=[celestra])), "no case yet"
    served.open()
    assert told(publish(served, products=[celestra], title="Second")) == []
    user = served.user("technical")
    actions.choose_products(served.technical, [celestra], by=user, at=NOW)
    third = publish(served, products=[celestra], title="Third")
    assert told(third) == [served.technical.email]
    assert served.technical.email not in told(publish(served, title="Fourth"))
    with pytest.raises(Refusal, match="only choose for yourself"):
        actions.choose_products(served.technical, [], by=served.psam, at=NOW)


def test_a_published_bulletin_stays_and_bad_ones_are_refused(served: World) -> None:
    celestra = Product.objects.create(name="Celestra")
    release = Release.objects.create(product=celestra, number="2.0.1", published_on=NOW.date())
    with pytest.raises(Refusal, match="not a Release of the chosen"):
        draft(served, releases=[release])
    with pytest.raises(Refusal, match="needs a product"):
        draft(served, products=[])
    bulletin = publish(served)
    with pytest.raises(Refusal, match="stays as it is"):
        actions.publish_bulletin(bulletin, by=served.psam, at=NOW)
    with pytest.raises(Refusal, match="stays as it is"):
        actions.draft_bulletin(
            bulletin,
            kind=BulletinKind.ALERT,
            title="x",
            body="y",
            products=[served.product],
            by=served.psam,
            at=NOW,
        )
    with pytest.raises(Refusal, match="You may not write bulletins"):
        actions.draft_bulletin(
            None,
            kind=BulletinKind.ALERT,
            title="x",
            body="y",
            products=[served.product],
            by=served.dispatch,
            at=NOW,
        )


def test_opening_it_is_reading_it_and_the_provider_sees_who_has_not(
    served: World, as_user: AsUser
) -> None:
    bulletin = publish(served)
    browser, psam = as_user("technical"), as_user("psam")
    assert "Bulletins for my products" in words(browser.get("/home/"))
    assert "Patch for the index Patch available" in words(browser.get("/home/"))
    assert "Patch for the index Unread" in words(browser.get("/bulletins/?unread=1"))
    assert "read by 0 of 5 told" in words(psam.get("/bulletins/"))
    shown = words(browser.get(bulletin.get_absolute_url()))
    assert "Load it before the next upgrade." in shown
    assert "Who has read it" not in shown
    first = bulletin.readers.get(contact=served.technical).read_at
    assert first is not None
    actions.mark_read(bulletin, by=served.user("technical"), at=NOW + DAY)
    assert bulletin.readers.get(contact=served.technical).read_at == first
    assert "No bulletin fits" in words(browser.get("/bulletins/?unread=1"))
    assert "read by 1 of 5 told" in words(psam.get("/bulletins/"))
    assert "Tess Ward Meridian Data" in words(psam.get(bulletin.get_absolute_url()))
    assert "4 of 5 have not read it" in words(psam.get("/account-management/"))


def test_contacts_who_were_not_notified_find_it_in_the_archive(
    served: World, as_user: AsUser
) -> None:
    bulletin = publish(served, title="Alert on tape labels", kind=BulletinKind.ALERT)
    unpublished = draft(served, title="Not yet")
    foreign = as_user("foreign")
    assert "Bulletins for my products" not in words(foreign.get("/home/"))
    for query in ("", "?q=tape", "?kind=alert", f"?product={served.product.pk}"):
        text = words(foreign.get(f"/bulletins/{query}"))
        assert "Alert on tape labels" in text
        assert "Not yet" not in text
    assert "No bulletin fits" in words(foreign.get("/bulletins/?q=nothing"))
    assert "No bulletin fits" in words(foreign.get("/bulletins/?unread=1"))
    assert foreign.get(unpublished.get_absolute_url()).status_code == 404
    foreign.get(bulletin.get_absolute_url())
    assert bulletin.readers.get(contact=served.foreign).told_at is None


def test_it_is_drafted_changed_and_published_on_its_pages(served: World, as_user: AsUser) -> None:
    browser = as_user("psam")
    typed = {"kind": "alert", "title": "Tapes", "body": "Look.", "products": [served.product.pk]}
    wrong = browser.post("/bulletins/new/", {**typed, "products": []})
    assert wrong.status_code == 409
    assert 'value="Tapes"' in wrong.content.decode()
    browser.post("/bulletins/new/", typed)
    bulletin = Bulletin.objects.get()
    browser.post(f"/bulletins/{bulletin.pk}/edit/", {**typed, "title": "Tapes again"})
    assert "Drafts Tapes again" in words(browser.get("/bulletins/"))
    assert browser.post(f"/bulletins/{bulletin.pk}/publish/").status_code == 302
    assert len(told(bulletin)) == 4
    assert as_user("engineer").get("/bulletins/new/").status_code == 403


def test_products_are_chosen_on_a_page(served: World, as_user: AsUser) -> None:
    browser = as_user("technical")
    browser.post("/bulletins/products/", {"products": [served.product.pk]})
    assert [one.product for one in served.technical.interests.all()] == [served.product]
    browser.post("/bulletins/products/", {})
    assert not served.technical.interests.exists()
    assert as_user("psam").get("/bulletins/products/").status_code == 403


def test_many_bulletins_cost_the_queries_of_few(served: World, as_user: AsUser) -> None:
    browsers = [as_user("technical"), as_user("psam")]
    paths = ("/bulletins/", f"/agreements/{served.agreement.reference}/services/")
    publish(served)

    def counts() -> list[int]:
        found = []
        for browser in browsers:
            for path in paths:
                browser.get(path)
                with queries() as made:
                    browser.get(path)
                found.append(len(made))
        return found

    few = counts()
    for n in range(6):
        publish(served, title=f"Patch {n}")
    assert counts() == few
