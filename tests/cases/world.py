"""A small world for the tests of cases: a reseller of Level II in two regions, a foreign one, the provider's people.

It is Wednesday 2003-03-05, 10:00 in Los Angeles (`NOW`), in the middle of the contract year.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.clocks.setting import FIRST_RESPONSE, INFORMATION, STATUS_UPDATE
from cases.conversation import actions as conversation_actions
from cases.knowledge.models import Article
from cases.opening.actions import open_case
from cases.opening.report import Report
from cases.products.models import Product, Release
from contracts.agreements.models.agreements import Agreement
from contracts.agreements.models.options import AgreementOption
from contracts.parties.models.parties import Contact
from contracts.prepaid.actions import ledger as case_ledger
from contracts.programmes.models import programme_of
from contracts.roster.models.entries import RosterRole
from contracts.services.models.assignments import Assignment, Duty
from portal.deadlines.sweep import sweep
from portal.models import Channel as NoticeChannel
from portal.models import Deadline, JournalEntry, Notice, User
from portal.roles import Role
from tests.atsp import LONDON, LOS_ANGELES, local
from tests.contracts.factories import (
    LOADED_AT,
    make_agreement,
    make_contact,
    make_organisation,
    make_site,
    put_on_roster,
    spend,
)

NOW = local("2003-03-05 10:00")  # a Wednesday
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)

PEOPLE = {
    "engineer": ("Carla Stone", Role.CSE),
    "colleague": ("Colin Reyes", Role.CSE),
    "specialist": ("Edith Sorel", Role.ESS),
    "psam": ("Paula Samson", Role.PSAM),
    "dispatch": ("Dina Patel", Role.DISPATCH),
    "manager": ("Mona Grant", Role.SUPPORT_MANAGEMENT),
    "pse": ("Petra Sethi", Role.PSE),
    "administrator": ("Conrad Adler", Role.CONTRACT_ADMINISTRATOR),
    "account_manager": ("Anna Mars", Role.ACCOUNT_MANAGER),
}


@dataclass
class World:
    """Everybody a case needs. `technical`, `london` and `waiting` are Technical Contacts, `foreign` another reseller's.

    `administrative` keeps the roster; `waiting` may ask for assistance from Friday on; `silent` neither signs in nor
    has an address. The provider's people go by their names in PEOPLE.
    """

    agreement: Agreement
    foreign_agreement: Agreement
    technical: Contact
    alternate: Contact
    london: Contact
    waiting: Contact
    silent: Contact
    administrative: Contact
    foreign: Contact
    product: Product
    engineer: User
    colleague: User
    specialist: User
    psam: User
    dispatch: User
    manager: User
    pse: User
    administrator: User
    account_manager: User

    def report(self, **changes: Any) -> Report:
        """A whole report of the Problem, severity 2 unless it says otherwise."""
        return Report(**(self.typed() | {"product": self.product} | changes))

    def typed(self, **changes: Any) -> dict[str, Any]:
        """The same as a form's fields."""
        return {
            "title": "Index corrupt after the upgrade",
            "product": self.product.pk,
            "release": "6.1.3",
            "platform": "Sun Enterprise 450",
            "operating_system": "Solaris 8",
            "hardware": "",
            "other_software": "",
            "description": "Every scan of the media index ends in a core dump.",
            "business_impact": "No backup has run since this morning.",
            "severity": 2,
            "end_user": "Harbour Freight Lines",
            "updates_paid": True,
            "level_1_work": "Logs gathered.",
            "level_2_work": "Index checked and rebuilt twice.",
            "replication_steps": "Start a scan of any medium.",
            "replication": "replicated",
            "replication_evidence": "",
            "answer_in_writing": True,
            **changes,
        }

    def open(
        self,
        at: dt.datetime = NOW,
        *,
        contact: Contact | None = None,
        channel: Channel = Channel.WEB,
        over_quota_reason: str = "",
        **changes: Any,
    ) -> Case:
        """The contact reports a Problem; by telephone, dispatch takes it down."""
        contact = contact or self.technical
        by = self.dispatch if channel is Channel.TELEPHONE or contact.user is None else contact.user
        return open_case(
            self.report(**changes),
            by=by,
            contact=contact,
            channel=channel,
            at=at,
            over_quota_reason=over_quota_reason,
        )

    def reply(self, case: Case, at: dt.datetime, **more: Any) -> Case:
        """The engineer answers the contact."""
        return conversation_actions.reply(
            case, by=self.engineer, at=at, **{"body": "We are at work on it.", **more}
        )

    def user(self, name: str) -> User:
        """The user of somebody by the name of the field: a contact's, or the provider's person."""
        who = getattr(self, name)
        user = who.user if isinstance(who, Contact) else who
        assert isinstance(user, User)
        return user

    def give_ess(self) -> None:
        """The reseller takes the ESS option: the specialist is theirs from the Effective Date."""
        Assignment.objects.create(
            agreement=self.agreement,
            user=self.specialist,
            duty=Duty.ESS,
            starts_on=self.agreement.effective_on,
        )

    def spend(self, pool: str = "us", left: int = 0) -> None:
        """Take the pool's cases until `left` remain."""
        spend(self.agreement, pool, left)

    def article(self, **changes: Any) -> Article:
        """A published article with a Fix, published a month ago."""
        fields = {
            "number": f"KB-{Article.objects.count() + 100}",
            "title": "Scan of a corrupt media index dumps core",
            "product": self.product,
            "symptom": "The scan of the media index ends in a core dump after an upgrade.",
            "cause": "The index header of an older release.",
            "fix": "Run nsrck with level 6 before the first scan.",
            "fix_published_at": NOW - 30 * DAY,
            "published_at": NOW - 30 * DAY,
        }
        return Article.objects.create(**(fields | changes))


def make_world() -> World:
    """Write the world."""
    people = {
        key: User.objects.create_user(
            f"{key.replace('_', '.')}@legato.example", name=name, roles=[role], zone=LOS_ANGELES
        )
        for key, (name, role) in PEOPLE.items()
    }
    agreement, us, emea = _reseller("Meridian Data", "M-100")
    technical = _contact(agreement, us, "Tess Ward", "us", code="C-4711", telephone="714-555-0101")
    alternate = _contact(agreement, us, "Alma Reed", "us", standing=RosterRole.ALTERNATE)
    london = _contact(agreement, emea, "Lionel Frost", "emea", zone=LONDON)
    waiting = _contact(
        agreement, us, "Nils Berg", "us", submitted_at=NOW - HOUR, usable_from=NOW + 2 * DAY - HOUR
    )
    silent = _contact(agreement, us, "Sid Vance", "us", sign_in=False, email="")
    administrative = make_contact(
        agreement.reseller, site=us, name="Ada Lindt", email="ada@meridian.example"
    )
    put_on_roster(agreement, administrative, RosterRole.ADMINISTRATIVE)
    foreign_agreement, elsewhere, _ = _reseller("Nordwind Systeme", "N-200")
    foreign = _contact(foreign_agreement, elsewhere, "Fritz Kolb", "us")
    product = Product.objects.create(name="NetWorker")
    for number, day in (("6.0.2", 100), ("6.1.0", 60), ("6.1.3", 10)):
        Release.objects.create(
            product=product, number=number, published_on=(NOW - day * DAY).date()
        )
    return World(
        agreement=agreement,
        foreign_agreement=foreign_agreement,
        technical=technical,
        alternate=alternate,
        london=london,
        waiting=waiting,
        silent=silent,
        administrative=administrative,
        foreign=foreign,
        product=product,
        **people,
    )


def _reseller(name: str, number: str) -> tuple[Agreement, Any, Any]:
    organisation = make_organisation(name)
    us = make_site(organisation, name="Anaheim")
    emea = make_site(organisation, name="London", region="EMEA", zone=LONDON)
    agreement = make_agreement(
        reseller=organisation,
        tier="level-2",
        contract_number=number,
        reseller_agreement_number=f"R-{number}",
    )
    case_ledger.open_accounts(agreement, by=None, at=LOADED_AT)
    return agreement, us, emea


def _contact(
    agreement: Agreement,
    site: Any,
    name: str,
    pool: str,
    *,
    standing: RosterRole = RosterRole.TECHNICAL,
    zone: str = LOS_ANGELES,
    submitted_at: dt.datetime = LOADED_AT,
    usable_from: dt.datetime = LOADED_AT,
    **fields: Any,
) -> Contact:
    domain = agreement.reseller.name.split()[0].lower()
    fields.setdefault("email", f"{name.replace(' ', '.').lower()}@{domain}.example")
    contact = make_contact(agreement.reseller, site=site, name=name, **fields)
    if contact.user is not None:
        contact.user.zone = zone
        contact.user.save()
    put_on_roster(
        agreement,
        contact,
        standing,
        pool=pool,
        submitted_at=submitted_at,
        usable_from=usable_from,
    )
    return contact


def take_psam_option(world: World) -> None:
    """The reseller takes the PSAM option: its severity 1 escalates (ATSP 14.3), and the PSAM serves it."""
    agreement = world.agreement
    options = programme_of(agreement.programme_version_id).options
    psam = next(each for each in options if (each.kind, each.tier) == ("psam", "level-2"))
    AgreementOption.objects.create(
        agreement=agreement,
        option=psam.code,
        kind="psam",
        quantity=1,
        taken_on=agreement.effective_on,
        fee="25000.00",
    )
    Assignment.objects.create(
        agreement=agreement, user=world.psam, duty=Duty.PSAM, starts_on=agreement.effective_on
    )


# What became of a case, for the tests to read.


def swept(at: dt.datetime) -> None:
    """Sweep at an instant, and once more for what that set; nothing may fail."""
    for _ in range(4):
        report = sweep(at)
        failed = Deadline.objects.exclude(last_error="").values_list("kind", "last_error")
        assert report.failed == 0, list(failed)


def clock_of(case: Case, kind: str) -> Deadline:
    """The case's one unfinished deadline of a kind, else the latest settled one."""
    rows = Deadline.objects.about(case).filter(kind=kind)
    return rows.filter(unfinished=True).first() or rows.exclude(state="superseded").latest("pk")


def response_of(case: Case) -> Deadline:
    """The first technical response."""
    return clock_of(case, FIRST_RESPONSE)


def status_of(case: Case) -> Deadline:
    """The next status update, or the last when none is owed."""
    return clock_of(case, STATUS_UPDATE)


def information_of(case: Case) -> Deadline:
    """The information clock."""
    return clock_of(case, INFORMATION)


def journalled(case: Case, verb: str) -> list[JournalEntry]:
    """The case's entries of a verb, in order."""
    return list(JournalEntry.objects.about(case).filter(verb=verb).in_order())


def told(case: Case, template: str) -> list[str]:
    """Who was sent mails of a template about the case, in order of writing."""
    rows = Notice.objects.about(case).filter(template=template, channel=NoticeChannel.EMAIL)
    return list(rows.order_by("pk").values_list("address", flat=True))


def again(case: Case) -> Case:
    """The case as the database has it."""
    return Case.objects.get(pk=case.pk)
