"""A small world in which a case of MTI becomes severity 1 on Friday 2004-03-05 at 14:10 in Los Angeles (T)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.conversation import actions as conversation_actions
from cases.handling.actions import assign
from cases.opening import actions as opening_actions
from cases.opening.report import Report
from cases.products.models import Product
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.options import AgreementOption
from contracts.parties.models.parties import Contact, Organisation, OrganisationKind, Site
from contracts.prepaid.actions import ledger as case_ledger
from contracts.programmes.actions import publish_programme
from contracts.programmes.models import ProgrammeVersion
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.services.models.assignments import Assignment, Duty
from escalation.models import Step, Timeline
from portal.deadlines.sweep import SweepReport, sweep
from portal.models import Channel as NoticeChannel
from portal.models import Deadline, JournalEntry, Notice, User
from portal.roles import Role
from tests.atsp import LOS_ANGELES, PROGRAMME_FILE, local

T = local("2004-03-05 14:10")  # a Friday
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)
SIGNED = local("2003-09-03 09:00")

PEOPLE = {
    "cse": ("Carla Stone", Role.CSE),
    "other_cse": ("Colin Reyes", Role.CSE),
    "psam": ("Paula Samson", Role.PSAM),
    "alternate": ("Alan Terrell", Role.PSAM),
    "management": ("Mona Grant", Role.SUPPORT_MANAGEMENT),
    "senior": ("Simon Ellery", Role.SENIOR_MANAGER),
    "vp": ("Vera Price", Role.VP_TECHNICAL_SUPPORT),
    "director": ("Dora Lane", Role.DIRECTOR_PREMIUM_SUPPORT),
    "cpe": ("Cyril Penn", Role.CPE_MANAGEMENT),
    "pse": ("Petra Sethi", Role.PSE),
    "engineering": ("Enid Gale", Role.ENGINEERING),
    "executive": ("Edgar Wills", Role.EXECUTIVE),
    "sales": ("Sal Bright", Role.SALES),
    "dispatch": ("Dina Patel", Role.DISPATCH),
    "administrator": ("Conrad Adler", Role.CONTRACT_ADMINISTRATOR),
}


@dataclass
class World:
    """Everybody of Exhibit C, one reseller with two PSAMs' option, and its technical contact."""

    people: dict[str, User]
    version: ProgrammeVersion
    agreement: Agreement
    contact: Contact
    product: Product

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def report(self, **changes: Any) -> Report:
        """A whole report of the Problem."""
        return Report(
            **{
                "title": "Index corrupt after the upgrade",
                "product": self.product,
                "release": "7.1.0",
                "platform": "Sun Enterprise 450",
                "operating_system": "Solaris 8",
                "description": "Every scan of the media index ends in a core dump.",
                "business_impact": "No backup has run since this morning.",
                "severity": 1,
                "end_user": "Harbour Freight Lines",
                "updates_paid": True,
                "answer_in_writing": True,
                "level_1_work": "Logs gathered.",
                "level_2_work": "Index checked and rebuilt twice.",
                "replication_steps": "Start a scan of any medium.",
                "replication": "replicated",
                **changes,
            }
        )

    def open_case(self, at: dt.datetime = T, *, owner: str | None = "cse", **changes: Any) -> Case:
        """A case reported by telephone: severity 1 from its report, unless `severity` says otherwise."""
        case = opening_actions.open_case(
            self.report(**changes),
            by=self.dispatch,
            contact=self.contact,
            channel=Channel.TELEPHONE,
            at=at,
        )
        if owner is not None:
            case = assign(case, to=self.people[owner], by=self.dispatch, at=at)
        return case

    def reply(self, case: Case, at: dt.datetime, **more: Any) -> Case:
        """The owner answers the contact."""
        return conversation_actions.reply(
            case, by=self.cse, at=at, body="We are at work on it.", **more
        )


def make_world(*, psam_option: bool = True) -> World:
    """Write the world."""
    people = {
        key: User.objects.create_user(
            f"{key.replace('_', '.')}@legato.example", name=name, roles=[role], zone=LOS_ANGELES
        )
        for key, (name, role) in PEOPLE.items()
    }
    version = publish_programme(
        PROGRAMME_FILE.read_text(encoding="utf-8"), name=PROGRAMME_FILE.name, by=None, at=SIGNED
    )
    provider = Organisation.objects.create(name="Legato", kind=OrganisationKind.PROVIDER)
    agreement, contact = make_reseller(version, provider, "MTI", people, psam_option=psam_option)
    product = Product.objects.create(name="NetWorker")
    return World(people, version, agreement, contact, product)


def make_reseller(
    version: ProgrammeVersion,
    provider: Organisation,
    name: str,
    people: dict[str, User],
    *,
    psam_option: bool = True,
) -> tuple[Agreement, Contact]:
    """A reseller of Level II in the US with one technical contact; with the option the PSAM and the alternate."""
    reseller = Organisation.objects.create(name=name, kind=OrganisationKind.RESELLER)
    site = Site.objects.create(
        organisation=reseller, name="Headquarters", region="US", zone=LOS_ANGELES
    )
    agreement = Agreement.objects.create(
        reseller=reseller,
        provider=provider,
        programme_version=version,
        tier="level-2",
        contract_number=f"ATSP-{name}",
        reseller_agreement_number=f"R-{name}",
        effective_on=SIGNED.date(),
        ends_on=dt.date(2004, 9, 2),
        zone=LOS_ANGELES,
        state=AgreementState.IN_FORCE,
    )
    case_ledger.open_accounts(agreement, by=None, at=SIGNED)
    if psam_option:
        AgreementOption.objects.create(
            agreement=agreement,
            option=next(
                o.code
                for o in version.programme.options
                if o.kind == "psam" and o.tier == "level-2"
            ),
            kind="psam",
            quantity=2,
            taken_on=SIGNED.date(),
            fee="45000.00",
        )
        for key, duty in (("psam", Duty.PSAM), ("alternate", Duty.ALTERNATE_PSAM)):
            Assignment.objects.create(
                agreement=agreement, user=people[key], duty=duty, starts_on=SIGNED.date()
            )
    user = User.objects.create_user(
        f"tom.contact@{name.lower()}.example", name=f"Tom of {name}", zone=LOS_ANGELES
    )
    contact = Contact.objects.create(
        organisation=reseller, site=site, user=user, name=user.name, email=user.email
    )
    RosterEntry.objects.create(
        agreement=agreement,
        contact=contact,
        standing=RosterRole.TECHNICAL,
        submitted_at=SIGNED,
        usable_from=SIGNED,
    )
    return agreement, contact


def swept(at: dt.datetime, **more: Any) -> SweepReport:
    """Sweep at an instant; nothing may fail."""
    report = sweep(at, **more)
    assert report.failed == 0, Deadline.objects.exclude(last_error="").values_list("last_error")
    return report


def timeline_of(case: Case, number: int = 1) -> Timeline:
    """One of the case's timelines."""
    return Timeline.objects.with_case().get(case=case, number=number)


def deadline_of(case: Case, code: str, number: int = 1) -> Deadline:
    """The deadline of a step."""
    return Deadline.objects.about(case).get(step=f"{number}:{code}", kind__startswith="escalation.")


def step_of(case: Case, code: str, number: int = 1) -> Step:
    """A step."""
    return Step.objects.get(timeline__case=case, timeline__number=number, code=code)


def states(case: Case, number: int = 1) -> dict[str, str]:
    """The state of each step's deadline."""
    rows = Deadline.objects.about(case).filter(
        kind__startswith="escalation.", step__startswith=f"{number}:"
    )
    return {row.step.partition(":")[2]: row.state for row in rows}


def told(case: Case, code: str, number: int = 1) -> list[str]:
    """Who was sent a step's mail, by address, in order."""
    rows = Notice.objects.about(case).filter(
        step=f"escalation:{number}:{code}", channel=NoticeChannel.EMAIL
    )
    return sorted(rows.values_list("address", flat=True))


def journalled(case: Case, verb: str) -> list[JournalEntry]:
    """The case's entries of a verb, in order."""
    return list(JournalEntry.objects.about(case).filter(verb=verb).in_order())
