"""Requests for enhancement: submitted, voted for, disposed, linked to cases (ATSP 1.5, 10.1, 14.1.4, 4.10.7)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.case.rules.vocabulary import State
from cases.enhancements import actions
from cases.enhancements.models import Enhancement
from cases.enhancements.rules import Disposition
from contracts.services.models.assignments import Assignment, Duty
from portal.models import Notice
from portal.rules.refusal import Refusal
from tests.cases.pages import complaints, queries, words
from tests.cases.world import NOW, World, again, journalled

pytestmark = [pytest.mark.django_db, pytest.mark.clause("ATSP 14.1.4", "ATSP 1.5")]
AsUser = Callable[..., Client]


def submit(world: World, who: str = "technical", **changes: Any) -> Enhancement:
    values: dict[str, Any] = {
        "product": world.product,
        "title": "Scan without stopping the server",
        "request": "At Meridian Data we scan by night.",
    }
    return actions.submit_enhancement(by=world.user(who), at=NOW, **(values | changes))


def review(world: World, rfe: Enhancement, to: Disposition = Disposition.ACCEPTED) -> Enhancement:
    return actions.dispose(
        rfe,
        to=to,
        disposition="It fits the next design.",
        title="Scan while the server runs",
        summary="A scan that needs no stop.",
        by=world.psam,
        at=NOW,
    )


def told(rfe: Enhancement, template: str) -> list[str]:
    rows = Notice.objects.about(rfe).filter(template=template, channel="email").order_by("pk")
    return list(rows.values_list("address", flat=True))


def test_a_technical_contact_submits_it_and_their_company_wants_it(world: World) -> None:
    rfe = submit(world)
    assert (rfe.reseller, rfe.standing) == (world.agreement.reseller, Disposition.SUBMITTED)
    assert rfe.voters.get().reseller == world.agreement.reseller
    with pytest.raises(Refusal, match="request is empty"):
        submit(world, request=" ")


def test_an_engineer_writes_it_from_a_case_which_is_linked(world: World) -> None:
    case = world.open()
    rfe = submit(world, "engineer", case=case)
    assert rfe.reseller == case.reseller
    assert list(rfe.cases.all()) == [case]
    (entry,) = journalled(case, "case.enhancement_linked")
    assert (entry.clause, entry.public) == ("ATSP 4.10.7", True)
    actions.link_case(rfe, case, by=world.engineer, at=NOW)
    assert len(journalled(case, "case.enhancement_linked")) == 1


@pytest.mark.parametrize("who", ["administrative", "dispatch", "account_manager"])
def test_others_submit_nothing(world: World, who: str) -> None:
    with pytest.raises(Refusal, match="You may not"):
        submit(world, who)
    with pytest.raises(Refusal, match="You may not"):
        submit(world, "foreign", case=world.open())


def test_a_company_has_one_vote_and_may_take_it_back(world: World) -> None:
    rfe = review(world, submit(world))
    for who in ("alternate", "technical", "foreign", "foreign"):
        actions.vote(rfe, by=world.user(who), at=NOW)
    assert rfe.voters.count() == 2
    actions.withdraw_vote(rfe, by=world.user("administrative"), at=NOW)
    actions.withdraw_vote(rfe, by=world.user("administrative"), at=NOW)
    assert [one.reseller for one in rfe.voters.all()] == [world.foreign.organisation]
    with pytest.raises(Refusal, match="You may not vote"):
        actions.vote(rfe, by=world.engineer, at=NOW)
    review(world, rfe, Disposition.DECLINED)
    with pytest.raises(Refusal, match="nothing left to vote for"):
        actions.vote(rfe, by=world.user("technical"), at=NOW)


@pytest.mark.clause("ATSP 10.1")
def test_voters_hear_the_decision_and_nothing_about_each_other(world: World) -> None:
    rfe = review(world, submit(world))
    assert told(rfe, "enhancement_disposed") == [world.technical.email]
    actions.vote(rfe, by=world.user("foreign"), at=NOW)
    rfe = actions.dispose(
        rfe,
        to=Disposition.DELIVERED,
        disposition="It is there.",
        title=rfe.title,
        summary=rfe.summary,
        release="7.0.1",
        by=world.psam,
        at=NOW.replace(hour=20),
    )
    assert sorted(told(rfe, "enhancement_disposed")[1:]) == sorted(
        [world.technical.email, world.foreign.email]
    )
    notice = Notice.objects.about(rfe).filter(address=world.foreign.email).first()
    assert notice is not None
    assert "Meridian" not in str(notice.context)
    with pytest.raises(Refusal, match="You may not dispose"):
        actions.dispose(
            rfe,
            to=Disposition.DECLINED,
            disposition="No",
            title="t",
            summary="s",
            by=world.engineer,
            at=NOW,
        )


def test_another_reseller_sees_totals_and_its_own_never_names_or_cases(
    world: World, as_user: AsUser
) -> None:
    case = world.open(title="Scan at Meridian stops")
    rfe = submit(world, case=case)
    foreign, own = as_user("foreign"), as_user("technical")
    path = rfe.get_absolute_url()
    assert foreign.get(path).status_code == 404, "not before its review"
    assert "Scan without" not in words(foreign.get("/enhancements/"))
    review(world, rfe)
    text = words(foreign.get(path)) + words(foreign.get("/enhancements/"))
    assert "Scan while the server runs" in text
    assert "1 company wants it" in text
    for secret in ("Meridian", "Tess Ward", case.number, "by night"):
        assert secret not in text
    foreign.post(f"{path}vote/")
    assert "2 companies want it, yours among them" in words(foreign.get(path))
    mine = words(own.get(path))
    assert "At Meridian Data we scan by night." in mine
    assert case.number in mine
    assert "Nordwind" not in mine
    assert foreign.post(f"{path}link/", {"link-case": case.pk}).status_code == 409
    foreign.post(f"{path}vote/", {"withdraw": "1"})
    assert rfe.voters.count() == 1


@pytest.mark.clause("ATSP 4.10.7")
def test_closing_a_case_links_the_request_it_became(world: World, as_user: AsUser) -> None:
    case, rfe = world.open(), submit(world)
    browser = as_user("engineer")
    path = f"/cases/{case.pk}/close/"
    typed = {
        "close-reason": "enhancement-request",
        "close-agreed_by": "Tess Ward",
        "close-enhancement": "RFE-999999",
    }
    refused = browser.post(path, typed)
    assert refused.status_code == 409
    assert "There is no request for enhancement RFE-999999" in words(refused)
    assert again(case).state != State.CLOSED
    done = browser.post(path, {**typed, "close-enhancement": rfe.number})
    assert done.status_code == 302
    assert again(case).state == State.CLOSED
    assert list(rfe.cases.all()) == [case]
    assert rfe.number in words(browser.get(f"/cases/{case.pk}/"))
    assert rfe.number in words(browser.get(f"/enhancements/?case={case.pk}"))


@pytest.mark.clause("ATSP 4.10.7", "D-27")
def test_proposing_to_close_a_case_links_the_request_it_became(
    world: World, as_user: AsUser
) -> None:
    case, rfe = world.open(), submit(world)
    sent = {
        "propose-closing-reason": "enhancement-request",
        "propose-closing-body": "May we?",
        "propose-closing-enhancement": rfe.number,
    }
    assert as_user("engineer").post(f"/cases/{case.pk}/propose-closing/", sent).status_code == 302
    assert list(rfe.cases.all()) == [case]
    assert again(case).closing_proposed_for == "enhancement-request"


def test_it_is_submitted_decided_and_found_on_its_pages(world: World, as_user: AsUser) -> None:
    case = world.open()
    browser, psam = as_user("technical"), as_user("psam")
    assert case.title in browser.get(f"/enhancements/new/?case={case.pk}").content.decode()
    typed = {"product": world.product.pk, "title": "Colours", "request": "", "case": case.pk}
    assert browser.post("/enhancements/new/", typed).status_code == 409
    browser.post("/enhancements/new/", {**typed, "request": "For the blind spots."})
    rfe = Enhancement.objects.get()
    decide = {
        "dispose-state": "delivered",
        "dispose-disposition": "In work.",
        "dispose-title": "Colours",
        "dispose-summary": "More colours.",
        "dispose-release": "",
    }
    path = rfe.get_absolute_url()
    assert psam.post(f"{path}decide/", decide).status_code == 409
    unknown = psam.post(f"{path}link/", {"link-case": 99999999})
    assert complaints(unknown, "link-case") == ["There is no case 99999999."]
    assert psam.post(f"{path}decide/", {**decide, "dispose-state": "accepted"}).status_code == 302
    assert "In work." in words(browser.get(path))
    for query in (f"?q={rfe.number}", "?q=colours", "?state=accepted", "?ours=1"):
        assert "Colours" in words(browser.get(f"/enhancements/{query}"))
    assert "No request fits" in words(browser.get("/enhancements/?state=planned"))
    assert as_user("administrative").get("/enhancements/new/").status_code == 403
    assert as_user("technical").post(f"{path}decide/", decide).status_code == 403


def test_many_requests_cost_the_queries_of_few(world: World, as_user: AsUser) -> None:
    browsers = [as_user("technical"), as_user("psam")]
    rfe = review(world, submit(world))

    def counts() -> list[int]:
        found = []
        for browser in browsers:
            for path in ("/enhancements/", rfe.get_absolute_url()):
                browser.get(path)
                with queries() as made:
                    browser.get(path)
                found.append(len(made))
        return found

    few = counts()
    for n in range(5):
        submit(world, title=f"Wish {n}", case=world.open())
    actions.vote(rfe, by=world.user("foreign"), at=NOW)
    assert counts() == few


@pytest.mark.clause("ATSP 14.1.4", "D-29")
def test_the_resellers_psam_is_notified_as_liaison(world: World) -> None:
    rfe = submit(world)
    stands_in = [world.administrator.email, world.dispatch.email]
    assert told(rfe, "enhancement_submitted") == stands_in, "no PSAM, nobody of CPE management"
    Assignment.objects.create(
        agreement=world.agreement,
        user=world.psam,
        duty=Duty.PSAM,
        starts_on=world.agreement.effective_on,
    )
    assert told(submit(world), "enhancement_submitted") == [world.psam.email]
