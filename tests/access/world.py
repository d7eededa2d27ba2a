"""Two resellers and everybody who may come to the portal, over cases in every state.

One case of each reseller has been severity 1 since `T`, so that Exhibit C has run to its Hotshots by `NOW`. Wherever
the provider keeps something to itself stands `SECRET`, and in every draft stands `TYPED`.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.test import Client, override_settings

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.clocks.proposing import propose_frequency
from cases.conversation.actions import note, reply
from cases.conversation.models import Message
from cases.handling.actions import assign, open_sub_case
from cases.information.actions import request_information
from cases.knowledge.models import Article
from cases.opening.actions import open_case
from cases.opening.drafts import FORM
from cases.resolution.actions.closing import close, give_relief
from cases.resolution.actions.findings import link_article
from cases.resolution.actions.proposing import propose_closing
from cases.severity.actions import propose_severity
from cases.sub_cases.models import Team
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.programmes.actions import publish_programme
from contracts.programmes.models import ProgrammeVersion
from contracts.programmes.rules.terms import Act
from contracts.roster.models.entries import RosterRole
from escalation import actions as escalation
from escalation.models import Step
from portal import clock, journal
from portal.models import Channel as NoticeChannel
from portal.models import Deadline, Draft, JournalEntry, Notice, User
from portal.notices import outbox
from portal.roles import Role
from tests.access.actors import PROVIDER, Actor
from tests.access.agreement_things import WRITERS
from tests.atsp import PROGRAMME_FILE
from tests.contracts.factories import PASSWORD, make_contact, put_on_roster
from tests.escalation.world import HOUR, MINUTE, SIGNED, T, make_reseller, swept
from tests.escalation.world import World as EscalationWorld
from tests.escalation.world import make_world as make_escalation_world

NOW = T + 13 * HOUR
SECRET = "zq-for-the-provider-only-zq"
TYPED = "zq-what-somebody-typed-zq"
_WRITTEN = (Case, Message, JournalEntry, Deadline, Notice, Step)


@dataclass
class Side:
    """What one reseller has: its agreement, and its cases by what goes on in them."""

    agreement: Agreement
    contact: Contact
    cases: dict[str, Case] = field(default_factory=dict)
    things: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """What stands in the address of a page about a thing of the agreement, by the thing's name."""


@dataclass
class AccessWorld:
    """Both resellers, the people by what they are, and what each of them has."""

    base: EscalationWorld
    people: dict[Actor, User]
    mti: Side
    nordlicht: Side
    article: Article
    sessions: dict[Actor, str] = field(default_factory=dict)
    notices: dict[Actor, Notice] = field(default_factory=dict)
    drafts: dict[Actor, Draft] = field(default_factory=dict)

    def client(self, actor: Actor, **options: Any) -> Client:
        """A browser in which the actor has signed in."""
        client = Client(**options)
        if actor in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[actor]
        return client

    def side(self, actor: Actor, *, own: bool) -> Side:
        """The reseller that owns the actor's objects, or another one; for the provider, MTI first."""
        return self.nordlicht if (actor is Actor.NORDLICHT) == own else self.mti


def colleague(actor: Actor) -> Actor:
    """Somebody else of the same company."""
    if actor.is_provider:
        return Actor.CSE if actor is not Actor.CSE else Actor.PSAM
    return Actor.ALTERNATE if actor is not Actor.ALTERNATE else Actor.TECHNICAL


@contextmanager
def standing_world() -> Iterator[AccessWorld]:
    """Give the world at `NOW`, in a transaction that is taken back at the end."""
    stands = f"{NOW.isoformat()}@{clock.wall().isoformat()}*1e-12"
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PORTAL_CLOCK=stands, PASSWORD_HASHERS=quick), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@contextmanager
def undone() -> Iterator[None]:
    """Take back what happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def written() -> dict[str, int]:
    """The number of rows by kind, which a refusal leaves unchanged. One statement."""
    counted = [f'(SELECT count(*) FROM "{model._meta.db_table}")' for model in _WRITTEN]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counted)}")
        found = cursor.fetchone()
    return {model.__name__: count for model, count in zip(_WRITTEN, found, strict=True)}


def make_world() -> AccessWorld:
    """Write the world."""
    base = make_escalation_world()
    mti = Side(base.agreement, base.contact)
    other = make_reseller(_other_terms(), base.agreement.provider, "Nordlicht", base.people)
    nordlicht = Side(*other)
    world = AccessWorld(base, _people(base, mti, nordlicht), mti, nordlicht, _articles(base))
    _write_critical_cases(world)
    for side in (mti, nordlicht):
        _write_cases(world, side)
        for write in WRITERS:
            write(world, side, NOW)
    _write_notices_and_drafts(world)
    User.objects.update(password=make_password(PASSWORD))
    for actor, user in world.people.items():
        user.refresh_from_db()
        client = Client()
        client.force_login(user)
        world.sessions[actor] = client.cookies[settings.SESSION_COOKIE_NAME].value
    User.objects.filter(pk=world.people[Actor.DEACTIVATED].pk).update(is_active=False)
    Contact.objects.filter(user=world.people[Actor.LEFT]).update(left_at=NOW - HOUR)
    return world


def _other_terms() -> ProgrammeVersion:
    """A second version of the programme, which only the other reseller has signed."""
    text = PROGRAMME_FILE.read_text(encoding="utf-8")
    changed = text.replace('title = "Authorized', 'title = "Another Authorized', 1)
    return publish_programme(changed, name=PROGRAMME_FILE.name, by=None, at=SIGNED)


def _people(base: EscalationWorld, mti: Side, nordlicht: Side) -> dict[Actor, User]:
    people: dict[Actor, User] = {}
    for actor in (*PROVIDER, Actor.DEACTIVATED):
        role = Role.CSE if actor is Actor.DEACTIVATED else Role(actor.value)
        holder = base.people["psam"] if role is Role.PSAM else None  # the agreements' own
        people[actor] = holder or User.objects.create_user(
            f"{actor.value}@people.example", name=f"Pat {role.label}", roles=[role]
        )
    people |= {
        Actor.TECHNICAL: base.contact.user,
        Actor.ALTERNATE: _contact(mti, "Alma Reed", RosterRole.ALTERNATE),
        Actor.WAITING: _contact(
            mti, "Nils Berg", submitted_at=NOW - HOUR, usable_from=NOW + 48 * HOUR
        ),
        Actor.ADMINISTRATIVE: _contact(mti, "Ada Lindt", RosterRole.ADMINISTRATIVE),
        Actor.MANAGEMENT: _contact(mti, "Max Ortega", RosterRole.MANAGEMENT),
        Actor.LEFT: _contact(mti, "Lou Gray"),
        Actor.NORDLICHT: nordlicht.contact.user,
    }
    return people


def _contact(
    side: Side, name: str, standing: RosterRole = RosterRole.TECHNICAL, **line: Any
) -> User:
    email = f"{name.lower().replace(' ', '.')}@mti.example"
    contact = make_contact(side.agreement.reseller, name=name, email=email)
    technical = standing in (RosterRole.TECHNICAL, RosterRole.ALTERNATE)
    line = {"submitted_at": SIGNED, "usable_from": SIGNED, **line}
    put_on_roster(side.agreement, contact, standing, pool="us" if technical else "", **line)
    assert contact.user is not None
    return contact.user


def _articles(base: EscalationWorld) -> Article:
    """A published article; and one that is not published yet."""
    shared: dict[str, Any] = {"product": base.product, "symptom": "The scan stops.", "fix": "Wait."}
    Article.objects.create(
        number="KB-902", title=f"Scan stops {SECRET}", fix_published_at=SIGNED, **shared
    )
    return Article.objects.create(
        number="KB-901",
        title="Scan stops",
        published_at=SIGNED,
        fix_published_at=SIGNED,
        **shared,
    )


def _write_critical_cases(world: AccessWorld) -> None:
    """Severity 1 since T, with all that Exhibit C and the engineers leave behind (ATSP Ex.C)."""
    base, cse, psam = world.base, world.base.cse, world.base.psam
    for side, name in ((world.mti, "MTI"), (world.nordlicht, "Nordlicht")):
        case = open_case(
            base.report(title=f"Index corrupt at {name}"),
            by=base.dispatch,
            contact=side.contact,
            channel=Channel.TELEPHONE,
            at=T,
        )
        case = assign(case, to=cse, by=base.dispatch, at=T)
        reply(case, by=cse, at=T + 10 * MINUTE, body="We are at work on it.")
        note(case, by=cse, at=T + 20 * MINUTE, body=f"Guesswork. {SECRET}")
        at = T + 30 * MINUTE
        open_sub_case(case, by=cse, at=at, team=Team.PSE, request=f"Look. {SECRET}")
        journal.record(
            case, "case.weighed", by=cse, at=at, text=SECRET, before={"x": SECRET}, of=SECRET
        )
        side.cases["critical"] = case
    swept(T + 3 * HOUR)
    for side in (world.mti, world.nordlicht):
        for act, who in (
            (Act.CALL_RESELLER_MANAGEMENT, psam),
            (Act.INFORM_SALES, psam),
        ):
            escalation.log_act(
                side.cases["critical"],
                by=who,
                at=T + 3 * HOUR,
                logged_at=T + 3 * HOUR,
                act=act,
                note=f"Said so. {SECRET}",
            )
    swept(NOW - 20 * MINUTE)


def _write_cases(world: AccessWorld, side: Side) -> None:
    """A case for each situation in which an act is shown that is not shown in another."""
    base, contact = world.base, side.contact.user
    assert contact is not None

    def opened(title: str, **more: Any) -> Case:
        return open_case(
            base.report(title=f"{title} of {side.agreement.reseller}", severity=2, **more),
            by=contact,
            contact=side.contact,
            channel=Channel.WEB,
            at=NOW - 10 * MINUTE,
        )

    at = NOW - 5 * MINUTE
    cse = base.cse
    side.cases |= {
        "new": opened("Scan stops"),
        "asked": request_information(opened("Savegroup waits"), by=cse, at=at, missing=["the log"]),
        "proposed by us": propose_severity(
            opened("Recover is slow"), by=cse, at=at, to=3, reason="Others can work."
        ),
        "proposed by them": propose_severity(
            opened("Label fails"), by=contact, at=at, to=3, reason="It can wait."
        ),
        "closing": propose_closing(
            opened("Index grows"), by=cse, at=at, reason="other-vendor", body="It is theirs."
        ),
        "frequency": propose_frequency(opened("Mount hangs"), by=cse, at=at, every="4 hours"),
        "talked": opened("Door jams"),
        "merged": opened("Catalog breaks again"),
        "limited": opened("Catalog breaks", modified_software=True),
        "relieved": give_relief(opened("Drive is lost"), by=cse, at=at, body="Load the patch."),
        "closed": close(
            opened("Client is refused"),
            by=cse,
            at=at,
            reason="other-vendor",
            agreed_by=side.contact.name,
        ),
    }
    link_article(side.cases["relieved"], Article.objects.get(number="KB-902"), by=cse, at=at)


def _write_notices_and_drafts(world: AccessWorld) -> None:
    """Each person has a notice and a draft of their own; what the provider is told in earnest says SECRET too."""
    Notice.objects.filter(
        recipient__in=[p for a, p in world.people.items() if a.is_provider]
    ).update(title=f"Hotshot {SECRET}")
    for actor, user in world.people.items():
        outbox.post(
            user,
            "matrix",
            to=[user],
            template="case_activity",
            title=f"For {actor.label}",
            url="/cases/",
            at=NOW,
            channels=(NoticeChannel.INBOX,),
        )
        world.notices[actor] = Notice.objects.get(recipient=user, step="matrix")
        world.drafts[actor] = Draft.objects.create(
            user=user,
            form=FORM,
            key=str(uuid.uuid4()),
            title=f"{TYPED} {actor.value}",
            data={"title": f"{TYPED} {actor.value}"},
            updated_at=NOW,
        )
