"""A message that reports another Problem becomes a case of its own."""

import pytest
from django.test import Client

from cases.case.models import Case
from cases.case.rebuilding import differences_of
from cases.conversation.actions import add_information
from cases.conversation.models import Message
from cases.relations.models import Relation, Split
from cases.relations.splitting import begin_split, split, splittable
from cases.verbs import Verb
from contracts.prepaid.actions import ledger
from portal.models import Draft
from portal.rules.refusal import Refusal
from tests.cases.world import HOUR, NOW, World, again, journalled

pytestmark = pytest.mark.django_db
BODY = "Besides, the library door jams since Monday."


def _message(world: World) -> Message:
    case = world.open()
    add_information(case, by=world.technical.user, at=NOW, body=BODY)
    return splittable(again(case))[0]


@pytest.mark.clause("ATSP 1.3", "ATSP 2.3", "D-20", "ATSP 5.2.3")
def test_an_engineer_splits_with_the_contact_and_the_new_case_is_charged_and_asked(
    world: World,
) -> None:
    message = _message(world)
    left = ledger.balances(world.agreement)[0].left
    new = split(
        message,
        by=world.engineer,
        at=NOW + HOUR,
        contact=world.technical,
        title="Door jams",
        severity=3,
    )
    old = message.case
    assert (new.description, new.release, new.channel) == (BODY, old.release, "telephone")
    assert again(new).waits_for_information
    assert ledger.balances(world.agreement)[0].left == left - 1
    assert Relation.objects.on(old.pk).get().kind == "split"
    assert f"case {new.number}" in journalled(old, Verb.CASE_SPLIT)[0].text
    assert f"case {old.number}" in journalled(new, Verb.CASE_SPLIT_OUT)[0].text
    assert Message.objects.get(pk=message.pk).case_id == old.pk
    assert list(differences_of([again(old), again(new)])) == []


@pytest.mark.clause("ATSP 5.2.1", "ATSP 5.2.2")
def test_who_may_not_ask_for_assistance_agrees_to_no_new_case(world: World) -> None:
    message = _message(world)
    more = {"by": world.engineer, "at": NOW, "title": "Door", "severity": 3}
    for contact in (world.waiting, world.administrative):
        with pytest.raises(Refusal, match=contact.name):
            split(message, contact=contact, **more)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="may ask for assistance"):
        begin_split(message, by=world.waiting.user, at=NOW)


def test_a_contact_begins_a_report_of_a_message_and_sending_it_ties_both(
    world: World, at_now: None, client: Client
) -> None:
    message = _message(world)
    client.force_login(world.technical.user)
    sent = client.post(f"{message.case.get_absolute_url()}split/", {"split-message": message.pk})
    key = Split.objects.get().draft
    assert sent["Location"] == f"/cases/new/?draft={key}"
    assert Draft.objects.get(key=key).data["description"] == BODY
    page = client.get(sent["Location"]).content.decode()
    assert BODY in page
    typed = world.typed(title="Door jams", description=BODY, draft=str(key), open="1")
    client.post("/cases/new/", typed)
    new = Case.objects.latest("pk")
    assert new.title == "Door jams"
    assert Split.objects.get().became_id == new.pk
    assert Relation.objects.on(new.pk).get().other_id == new.pk


def test_the_provider_does_not_split_out_what_it_wrote(world: World) -> None:
    case = world.reply(world.open(), NOW)
    message = Message.objects.get(case=case, from_provider=True)
    with pytest.raises(Refusal, match="message of the reseller"):
        split(
            message,
            by=world.engineer,
            at=NOW,
            contact=world.technical,
            title="Door",
            severity=3,
        )
