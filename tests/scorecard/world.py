"""A reseller measured by Exhibit B: its year begins on 2002-09-03, its first review is on 2003-03-03."""

import datetime as dt
from dataclasses import dataclass
from itertools import count
from typing import Any

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.knowledge.models import Article
from cases.opening.actions import open_case
from cases.opening.report import Report
from cases.products.models import Product
from cases.resolution.actions import closing as closing_actions
from cases.resolution.actions.closing import give_relief
from cases.resolution.actions.findings import link_article, mark_replicated
from cases.severity import actions as severity_actions
from cases.severity.rules import DowngradeGround
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact, Organisation
from contracts.prepaid.actions import ledger as case_ledger
from portal.models import JournalEntry, User
from portal.roles import Role
from scorecard.measuring import Card, Readings
from tests.atsp import local
from tests.contracts.factories import (
    LOADED_AT,
    make_agreement,
    make_contact,
    make_organisation,
    make_site,
    put_on_roster,
)

REVIEW = dt.date(2003, 3, 3)
START = local("2002-09-03 00:00")
END = local("2003-03-03 00:00")
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)

_numbers = count(1)


@dataclass
class World:
    """The agreement, its one Technical Contact (trained), and the provider's people who act on cases."""

    agreement: Agreement
    contact: Contact
    engineer: User
    dispatch: User
    manager: User
    product: Product

    @property
    def reseller(self) -> User:
        """The user of the Technical Contact."""
        assert self.contact.user is not None
        return self.contact.user

    def card(self, review_on: dt.date = REVIEW, agreement: Agreement | None = None) -> Card:
        """The scorecard, read again."""
        agreement = agreement or self.agreement
        return Readings.of([agreement]).card(agreement, review_on)

    def numbers(self, code: str, review_on: dt.date = REVIEW) -> tuple[int, int]:
        """The numerator and the denominator of a measure counted in cases or contacts."""
        result = self.card(review_on).result.measure(code)
        return int(result.numerator), result.denominator

    # What happens to a case: the real acts.

    def open(
        self,
        at: dt.datetime,
        *,
        severity: int = 3,
        channel: Channel = Channel.WEB,
        contact: Contact | None = None,
    ) -> Case:
        """The contact reports a Problem; by telephone, dispatch takes it down."""
        contact = contact or self.contact
        by = self.dispatch if channel is Channel.TELEPHONE else contact.user
        assert by is not None
        return open_case(self._report(severity), by=by, contact=contact, channel=channel, at=at)

    def _report(self, severity: int) -> Report:
        return Report(
            answer_in_writing=True,
            title="Savegroup waits for one client forever",
            product=self.product,
            release="6.1.3",
            platform="Sun E450",
            operating_system="Solaris 8",
            description="The group never ends.",
            business_impact="The backup window is missed.",
            severity=severity,
            end_user="Harbour Lines",
            updates_paid=True,
            level_1_work="Logs gathered.",
            level_2_work="Isolated to one client.",
            replication_steps="Start the group.",
            replication="replicated",
        )

    def known(self, case: Case, *, at: dt.datetime, fix_at: dt.datetime | None) -> Article:
        """The engineer links the article that answers the case; its Fix was published at `fix_at`, or it has none."""
        article = Article.objects.create(
            number=f"KB-{next(_numbers)}",
            title="The group ends",
            product=self.product,
            symptom="It waits.",
            fix="Set the timeout." if fix_at else "",
            fix_published_at=fix_at,
            published_at=at,
        )
        link_article(case, article, by=self.engineer, at=at)
        return article

    def replicate(self, case: Case, at: dt.datetime) -> Case:
        """The provider had to replicate the Problem."""
        return mark_replicated(case, by=self.engineer, at=at)

    def relieve(self, case: Case, at: dt.datetime) -> Case:
        """The engineer gives relief."""
        return give_relief(case, by=self.engineer, at=at, body="Set the timeout.")

    def fail_relief(self, case: Case, at: dt.datetime) -> Case:
        """The contact says that it did not hold."""
        return closing_actions.fail_relief(case, by=self.reseller, at=at, reason="It stops again.")

    def close(self, case: Case, at: dt.datetime, reason: str = "solution") -> Case:
        """The contact agrees in a call, and the engineer closes the case."""
        return closing_actions.close(
            case, by=self.engineer, at=at, reason=reason, agreed_by=case.contact.name
        )

    def reopen(self, case: Case, at: dt.datetime) -> Case:
        """The contact says that the same Problem is back."""
        return closing_actions.reopen(case, by=self.reseller, at=at, reason="It is back.")

    def settle(self, case: Case, *, relief_at: dt.datetime, days: float) -> Case:
        """Relief, and closure so many days later."""
        self.relieve(case, relief_at)
        return self.close(case, relief_at + dt.timedelta(days=days))

    def downgrade(self, case: Case, at: dt.datetime, to: int) -> Case:
        """The provider lowers the severity."""
        return severity_actions.downgrade(
            case,
            by=self.engineer,
            at=at,
            to=to,
            ground=DowngradeGround.IMPACT_LESSENED,
            reason="The workaround holds.",
        )


def make_world() -> World:
    """Write the world."""
    agreement = make_agreement(
        tier="level-2", reseller_agreement_number="R-1", contract_number="ATSP-TEST"
    )
    case_ledger.open_accounts(agreement, by=None, at=LOADED_AT)
    make_site(agreement.reseller)
    contact = add_contact(agreement, trained_on=dt.date(2002, 8, 1))
    return World(
        agreement=agreement,
        contact=contact,
        engineer=_provider("Carla Stone", Role.CSE),
        dispatch=_provider("Dina Patel", Role.DISPATCH),
        manager=_provider("Anne Delacroix", Role.ACCOUNT_MANAGER),
        product=Product.objects.create(name="NetWorker"),
    )


def add_contact(agreement: Agreement, **line: Any) -> Contact:
    """A Technical Contact on the roster since the Effective Date; `line` are fields of the roster's line."""
    contact = make_contact(agreement.reseller)
    line.setdefault("pool", "us")
    line = {"submitted_at": START, "usable_from": START, **line}
    if line.get("standing") in ("administrative", "management"):
        line["pool"] = ""
    put_on_roster(agreement, contact, line.pop("standing", "technical"), **line)
    return contact


def another_agreement(
    name: str, *, reseller: Organisation | None = None, **fields: Any
) -> Agreement:
    """One more agreement, with a trained contact; another reseller's unless one is given."""
    reseller = reseller or make_organisation(name)
    agreement = make_agreement(
        tier="level-2",
        reseller=reseller,
        contract_number=name,
        reseller_agreement_number=f"R-{name}",
        **fields,
    )
    case_ledger.open_accounts(agreement, by=None, at=LOADED_AT)
    if not reseller.sites.exists():
        make_site(reseller, zone=agreement.zone)
    add_contact(agreement, trained_on=dt.date(2002, 8, 1))
    return agreement


def _provider(name: str, role: Role) -> User:
    local_part = name.lower().replace(" ", ".")
    return User.objects.create_user(
        f"{local_part}@legato.example", name=name, roles=[role], zone="America/Los_Angeles"
    )


@dataclass(frozen=True)
class Past:
    """A case of the past, as its journal tells it."""

    reported_at: dt.datetime
    severity: int = 3
    fix_at: dt.datetime | None = None
    replicated: bool = False
    relieved_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None


def write_past(world: World, pasts: list[Past], agreement: Agreement | None = None) -> list[Case]:
    """Write many cases with the journal that the acts would have left, in a few statements."""
    agreement = agreement or world.agreement
    contact = agreement.roster.order_by("pk")[0].contact
    cases = Case.objects.bulk_create(
        Case(
            agreement=agreement,
            provider=agreement.provider,
            programme_version=agreement.programme_version,
            reseller=agreement.reseller,
            contact=contact,
            site=contact.site,
            region="US",
            opened_by=world.dispatch,
            channel=Channel.WEB,
            reported_at=past.reported_at,
            end_user="Harbour Lines",
            updates_paid=True,
            title=f"Case {number}",
            product=world.product,
            release="6.1.3",
            replication="replicated",
            requested_severity=past.severity,
            severity=past.severity,
            severity_since=past.reported_at,
            state="closed" if past.closed_at else "in_progress",
            relieved_at=past.relieved_at,
            closed_at=past.closed_at,
            closure_reason="solution" if past.closed_at else "",
        )
        for number, past in enumerate(pasts, start=1)
    )
    JournalEntry.objects.bulk_create(
        JournalEntry(subject_type="cases.case", subject_id=case.pk, verb=verb, at=at, after=after)
        for case, past in zip(cases, pasts, strict=True)
        for verb, at, after in _entries(past)
    )
    return cases


def _entries(past: Past) -> list[tuple[str, dt.datetime, dict[str, Any] | None]]:
    at = past.reported_at
    entries: list[tuple[str, dt.datetime, dict[str, Any] | None]] = [
        ("case.opened", at, {"severity": past.severity})
    ]
    if past.fix_at:
        linked = {"article": "KB-1", "fix_published_at": past.fix_at}
        entries.append(("case.article_linked", at + HOUR, linked))
    if past.replicated:
        entries.append(("case.replicated_by_provider", at + HOUR, None))
    if past.relieved_at:
        entries.append(("case.relieved", past.relieved_at, None))
    if past.closed_at:
        entries.append(("case.closed", past.closed_at, {"state": "closed"}))
    return entries
