"""What 5.2.3 asks by product: on the form, on the case, on the telephone, by the API, and when it is put right."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.case.models import Case
from cases.case.rebuilding import differences
from cases.case.rules.vocabulary import Channel
from cases.clocks.setting import INFORMATION
from cases.products.models import Product, ProductQuestion
from cases.products.rules import EVERY_SEVERITY
from cases.report.actions import correct_report
from portal.models import Deadline, Draft
from portal.rules.refusal import Refusal
from tests.cases.pages import SAVE_REPORT, words
from tests.cases.world import HOUR, NOW, World

AsUser = Callable[..., Client]
KEY = "6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a01"
REPORT, OUTPUT, LOG = "the savegroup report", "the output of nsrinfo", "the daemon log"


@pytest.fixture
def asked(world: World) -> dict[str, ProductQuestion]:
    """NetWorker asks three things: one is needed always, one of severity 1, one only helps."""
    return {
        text: ProductQuestion.objects.create(
            product=world.product, position=place, words=text, hint=hint, needed_to=needed_to
        )
        for place, (text, hint, needed_to) in enumerate(
            [
                (REPORT, "It comes by mail.", EVERY_SEVERITY),
                (OUTPUT, "", 1),
                (LOG, "In /nsr/logs.", 0),
            ]
        )
    }


def form(world: World, **changes: Any) -> dict[str, Any]:
    fields = world.typed(**changes)
    return {"draft": KEY, "asked_for": str(fields["product"])} | {
        name: value for name, value in fields.items() if value not in (False, None)
    }


def answers(case: Case) -> dict[str, str]:
    return {each["asked"]: each["answer"] for each in case.product_answers}


@pytest.mark.clause("ATSP 5.2.3")
def test_the_questions_come_with_the_product(
    world: World, as_user: AsUser, asked: dict[str, ProductQuestion]
) -> None:
    browser = as_user("technical")
    other = Product.objects.create(name="Celestra")
    assert "savegroup" not in words(browser.get("/cases/new/", follow=True))
    part = browser.post("/cases/new/questions/", {"product": str(world.product.pk)})
    text = words(part)
    assert "The savegroup report* It comes by mail. Needed." in text.replace(" *", "*")
    assert "The output of nsrinfo It" not in text
    assert "Needed of severity 1." in text
    assert "In /nsr/logs. It helps; nothing follows when it is blank." in text
    assert "savegroup" not in words(
        browser.post("/cases/new/questions/", {"product": str(other.pk)})
    )
    for product in ("", "x", "9" * 30):
        part = browser.post("/cases/new/questions/", {"product": product})
        assert (part.status_code, words(part)) == (200, "")


def test_what_is_typed_to_another_products_questions_goes_on_with_the_form(
    world: World, as_user: AsUser, asked: dict[str, ProductQuestion]
) -> None:
    other = Product.objects.create(name="Celestra")
    name = f"asked-{asked[REPORT].pk}"
    part = as_user("technical").post(
        "/cases/new/questions/", {"product": str(other.pk), name: "Typed before"}
    )
    assert f'type="hidden" name="{name}" value="Typed before"' in part.content.decode()


@pytest.mark.clause("ATSP 4.9.1", "ATSP 5.2.3", "D-20")
def test_what_is_needed_and_left_blank_is_asked_for_at_once(
    world: World, as_user: AsUser, asked: dict[str, ProductQuestion]
) -> None:
    browser = as_user("technical")
    typed = form(world, **{f"asked-{asked[LOG].pk}": "nsrd: core dumped"})
    told = words(browser.post("/cases/new/check/", typed))
    assert f"Left blank: {REPORT}. It is asked for as soon as the case is open." in told
    assert browser.post(f"/cases/new/?draft={KEY}", typed).status_code == 302
    case = Case.objects.get()
    assert answers(case) == {REPORT: "", OUTPUT: "", LOG: "nsrd: core dumped"}
    assert case.information_missing == [REPORT]
    [clock] = Deadline.objects.about(case).pending().filter(kind=INFORMATION)
    assert clock.due_at > NOW
    assert clock.clause == "ATSP 4.9.1"
    page = words(browser.get(case.get_absolute_url()))
    assert "The savegroup report Not told yet" in page
    assert "The daemon log nsrd: core dumped" in page
    assert list(differences()) == [], "the journal makes the case again"


@pytest.mark.clause("ATSP 5.2.3")
@pytest.mark.parametrize(
    ("severity", "answered", "missing"),
    [
        (3, {REPORT: "Here it is."}, []),
        (3, {}, [REPORT]),
        (3, {REPORT: "   "}, [REPORT]),
        (1, {REPORT: "Here it is."}, [OUTPUT]),
        (1, {REPORT: "Here it is.", OUTPUT: "Here too."}, []),
    ],
)
def test_what_is_needed_goes_by_the_severity(
    world: World,
    asked: dict[str, ProductQuestion],
    severity: int,
    answered: dict[str, str],
    missing: list[str],
) -> None:
    told = {asked[text].pk: answer for text, answer in answered.items()}
    case = world.open(severity=severity, channel=Channel.TELEPHONE, product_answers=told)
    assert case.not_told == missing
    assert case.information_missing == missing
    assert case.waits_for_information is bool(missing)


def test_what_may_be_left_blank_is_not_told_as_missing(
    world: World, as_user: AsUser, asked: dict[str, ProductQuestion]
) -> None:
    case = world.open()
    page = as_user("technical").get(f"/cases/new/?like={case.pk}", follow=True)
    needed = words(page).partition("Still needed:")[2].partition("Open the case")[0]
    assert "What happens" in needed
    assert "savegroup" not in needed


def test_without_scripts_the_questions_are_shown_before_the_case_is_opened(
    world: World, as_user: AsUser, asked: dict[str, ProductQuestion]
) -> None:
    browser = as_user("technical")
    unseen = form(world) | {"asked_for": ""}
    page = browser.post(f"/cases/new/?draft={KEY}", unseen)
    assert page.status_code == 409
    assert "NetWorker asks this too. Answer what you can, and open the case." in words(page)
    assert f'name="asked_for" value="{world.product.pk}"' in page.content.decode()
    assert not Case.objects.exists()
    assert browser.post(f"/cases/new/?draft={KEY}", form(world)).status_code == 302, "seen by now"


@pytest.mark.clause("ATSP 4.4", "ATSP 5.2.3")
def test_on_the_telephone_what_the_caller_knows_is_taken_down(
    world: World, as_user: AsUser, asked: dict[str, ProductQuestion]
) -> None:
    dispatch = as_user("dispatch")
    address = f"/cases/new/questions/?contact={world.technical.pk}"
    part = words(dispatch.post(address, {"product": str(world.product.pk)}))
    assert "savegroup" in part
    assert dispatch.post("/cases/new/questions/", {"product": "1"}).status_code == 404
    told = {f"asked-{asked[REPORT].pk}": "Read out on the telephone."}
    sent = dispatch.post(f"/telephone/?contact={world.technical.pk}", form(world, **told))
    assert sent.status_code == 302, words(sent)
    case = Case.objects.get()
    assert answers(case)[REPORT] == "Read out on the telephone."
    assert not case.waits_for_information


def test_answers_are_kept_in_the_draft(
    world: World, as_user: AsUser, asked: dict[str, ProductQuestion]
) -> None:
    browser = as_user("technical")
    name = f"asked-{asked[REPORT].pk}"
    browser.post(SAVE_REPORT, form(world) | {name: "Half a report"})
    assert Draft.objects.get().data[name] == "Half a report"
    assert "Half a report" in browser.get(f"/cases/new/?draft={KEY}").content.decode()


def test_a_case_keeps_what_it_was_asked(world: World, asked: dict[str, ProductQuestion]) -> None:
    case = world.open(product_answers={asked[REPORT].pk: "Here it is."})
    ProductQuestion.objects.all().delete()
    assert answers(Case.objects.get(pk=case.pk))[REPORT] == "Here it is."


class TestPuttingItRight:
    @pytest.mark.clause("ATSP 4.9.1", "ATSP 5.2.3")
    def test_the_contact_fills_in_what_was_left_blank_and_its_clock_stops(
        self, world: World, as_user: AsUser, asked: dict[str, ProductQuestion]
    ) -> None:
        case = world.open()
        assert case.waits_for_information
        browser = as_user("technical")
        page = browser.get(f"{case.get_absolute_url()}?act=correct")
        act = page.context["composer"].shown.form
        sent = {
            act.add_prefix(name): act[name].value()
            for name in act.fields
            if act[name].value() not in (None, False)
        }
        sent |= {act.add_prefix("asked-0"): "Here it is.", "seen": act.seen}
        answer = browser.post(f"{case.get_absolute_url()}correct/", sent)
        assert answer.status_code == 302, words(answer)
        case.refresh_from_db()
        assert answers(case)[REPORT] == "Here it is."
        assert case.information_received_at == NOW
        assert not Deadline.objects.about(case).pending().filter(kind=INFORMATION).exists()
        assert f"{REPORT} blank → Here it is." in words(browser.get(case.get_absolute_url()))
        assert list(differences()) == []

    def test_an_answer_is_not_taken_away(
        self, world: World, asked: dict[str, ProductQuestion]
    ) -> None:
        case = world.open(product_answers={asked[REPORT].pk: "Here it is."})
        blank = [{**each, "answer": ""} for each in case.product_answers]
        with pytest.raises(Refusal, match="was told, and would be blank"):
            correct_report(case, by=world.engineer, at=NOW + HOUR, told={"product_answers": blank})


@pytest.mark.clause("ATSP 4.8")
@pytest.mark.parametrize(
    ("listed", "system", "limited"),
    [
        ("Solaris\nHP-UX", "Solaris 8", False),
        ("Solaris 8\nHP-UX", "solaris 8, patch 108528", False),
        ("Solaris 7\nHP-UX", "Solaris 8", True),
        ("HP-UX 11", "Solaris 8", True),
        ("", "Solaris 8", False),
        ("  \n", "Solaris 8", False),
    ],
)
def test_a_platform_that_is_not_supported_is_told_and_refuses_nothing(
    world: World, as_user: AsUser, listed: str, system: str, limited: bool
) -> None:
    Product.objects.update(platforms=listed)
    typed = form(world, operating_system=system)
    told = words(as_user("technical").post("/cases/new/check/", typed))
    assert ("hardware or software that the provider does not support" in told) is limited
    as_user("technical").post(f"/cases/new/?draft={KEY}", typed)
    case = Case.objects.get()
    assert bool(case.limitations) is limited
    if limited:
        names = ", ".join(Product.objects.get(pk=world.product.pk).platform_names)
        assert case.limitations[0]["words"].endswith(f"Supported are {names}.")
        assert case.limitations[0]["clause"] == "ATSP 4.8"


def test_the_api_answers_by_the_words_of_the_question(
    world: World, as_user: AsUser, asked: dict[str, ProductQuestion]
) -> None:
    browser = as_user("technical")
    sent = world.typed(product="NetWorker", product_answers={REPORT: "Here it is."})
    made = browser.post("/api/cases/", sent, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made.json()["product_answers"][0] == {
        "asked": REPORT,
        "answer": "Here it is.",
        "needed_to": EVERY_SEVERITY,
    }
    sent["product_answers"] = {"the weather": "Fine"}
    refused = browser.post("/api/cases/", sent, content_type="application/json")
    assert refused.status_code == 400
    assert "NetWorker does not ask “the weather”; it asks the savegroup report" in str(
        refused.json()
    )
