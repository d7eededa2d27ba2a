"""The request of an actor to each URL of the matrix: the address of their own or another's object, and the form."""

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cases.case.forms.acts import ACTS
from contracts.programmes.rules.terms import Act
from escalation.models import Step
from tests.access.actors import Actor
from tests.access.rows import ActRow, Row
from tests.access.world import AccessWorld, Side, colleague
from tests.cases.world import again
from tests.contracts.factories import PASSWORD

_CARRIED = re.compile(r'<input type="hidden" name="(?:next|kept)[^>]*>')
OWN, FOREIGN, COLLEAGUES = "their own", "another company's", "a colleague's"


def sent(
    world: AccessWorld, actor: Actor, each: Row, whose: str = OWN, *, client: Client | None = None
) -> HttpResponse:
    """The answer to the actor, who asks a row's URL about something that is theirs or somebody else's.

    With a `client` it is the answer to whoever signed in there, who sends what the actor would.
    """
    side = world.side(actor, own=whose != FOREIGN)
    path = reverse(each.url, args=address(world, actor, each.about, whose))
    query, form = _typed(world, actor, each, side)
    client = client or world.client(actor)
    if each.method == "GET":
        return client.get(path, query)
    if each.method != "POST":
        return client.generic(each.method, path)
    return client.post(f"{path}?{urlencode(query)}", form)


def content(answer: HttpResponse) -> str:
    """The text of an answer; for a file, its bytes as far as they are text.

    What the sign-in page carries is what its reader has sent themselves: that is left out.
    """
    if answer.streaming:
        return b"".join(answer.streaming_content).decode(errors="replace")
    text = answer.content.decode(errors="replace")
    return _CARRIED.sub("", text) if answer.status_code == 401 else text


def acted(world: AccessWorld, actor: Actor, each: ActRow, side: Side) -> HttpResponse:
    """The answer to the actor, who posts an act to the case of the row's situation, shown to them or not."""
    case = side.cases[each.situation]
    path = reverse("case_act", args=[case.pk, each.code])
    seen = {"seen": ACTS[each.code].seen_of(again(case))} if each.code in ACTS else {}
    return world.client(actor).post(path, act_form(world, each) | seen)


def act_form(world: AccessWorld, each: ActRow) -> dict[str, Any]:
    """What is typed in an act's form."""
    typed = {name: _value(world, value) for name, value in each.sends.items()}
    return {f"{each.code}-{name}": value for name, value in typed.items()}


def _value(world: AccessWorld, value: Any) -> Any:
    """The value of a field: an actor becomes their key, a function what it finds in the world."""
    if isinstance(value, Actor):
        return world.people[value].pk
    return value(world) if callable(value) else value


def report(world: AccessWorld, **changes: Any) -> dict[str, Any]:
    """A whole report of a Problem, as a form's fields."""
    told = world.base.report(severity=2)
    fields = {name: getattr(told, name) for name in told.__dataclass_fields__}
    return {**fields, "product": told.product.pk, "modified_software": "", **changes}


def address(world: AccessWorld, actor: Actor, about: str, whose: str) -> list[Any]:
    """The parameters of a page's address, for an object of the actor or of somebody else."""
    side = world.side(actor, own=whose != FOREIGN)
    match about:
        case "":
            return []
        case "case":
            return [side.cases["new"].pk]
        case "message":
            case = side.cases["new"]
            return [case.pk, case.messages.exclude(kind="note").order_by("pk")[0].pk]
        case "act":
            return [side.cases["new"].pk, "propose"]
        case "severity-1 case":
            return [side.cases["critical"].pk]
        case "step":
            steps = Step.objects.open_duties().filter(timeline__case=side.cases["critical"])
            return [steps.filter(if_necessary=True)[0].pk]
        case "agreement":
            return [side.agreement.reference]
        case "measure":
            return [side.agreement.reference, "M2"]
        case "programme":
            version = side.agreement.programme_version
            return [version.code, version.number]
        case "typed draft":
            return [world.drafts[_owner(actor, whose)].pk]
        case "notice":
            return [world.notices[_owner(actor, whose)].pk]
        case "lookup":
            return ["resellers"]
        case "token":
            return ["no-token"]
        case "view" | "many" | "export":
            return [0]  # one's own; there is none
        case "reset key":
            return ["1", "no-key"]
    return list(side.things[about])


def _owner(actor: Actor, whose: str) -> Actor:
    """Whose notice it is."""
    if whose == OWN:
        return actor if actor.signs_in else Actor.TECHNICAL
    if whose == COLLEAGUES:
        return colleague(actor)
    return Actor.TECHNICAL if actor is Actor.NORDLICHT else Actor.NORDLICHT


def _typed(
    world: AccessWorld, actor: Actor, each: Row, side: Side
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The query and the form that belong to a row's URL."""
    own_draft = world.drafts[actor if actor in world.drafts else Actor.TECHNICAL].key
    if each.sends is not None:
        form = each.sends(world, side)
        return ({}, form) if each.method == "POST" else (form, {})
    match each.name:
        case "GET open_case":
            return {"draft": own_draft}, {}
        case "POST open_case":
            return {}, report(world, draft=own_draft)
        case "POST discard_draft":
            return {}, {"draft": own_draft, "title": "Typed anew"}
        case "POST drafts":
            return {"for": "/cases/new/"}, {"body": "Half a reply"}
        case "GET palette" | "GET search":
            return {"q": "scan OR mirror OR customer OR index"}, {}
        case "POST matching":
            return {}, {"title": "Scan stops", "description": "The scan stops."}
        case "POST check_report":
            return {}, report(world, draft=own_draft)
        case "POST telephone_report":
            return {"contact": side.contact.pk}, report(world)
        case "POST api_case-list":
            return {}, report(world, product=world.base.product.name)
        case "POST case_act":
            return {}, {"propose-to": "3", "propose-reason": "Others can work."}
        case "POST escalation_log":
            return {}, {"act": Act.INFORM_DIRECTOR.value, "note": "Told by telephone."}
        case "POST escalation_waive":
            return {}, {"note": "Customer Support Management rang already."}
        case "POST account_change_password":
            new = "another horse battery"
            return {}, {"oldpassword": PASSWORD, "password1": new, "password2": new}
    return {}, {}
