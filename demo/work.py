"""Work orders of the demonstration: on-site replication under way, and a notice that awaits its answer."""

import datetime as dt
from decimal import Decimal

from cases.case.models import Case
from cases.work_orders import actions
from contracts.billing.models.charges import AuthorisationKind, FeeCode, StandardFee
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.work_orders.actions import asking, authorising, working
from contracts.work_orders.actions import logs as work_logs
from contracts.work_orders.actions.authorising import Paper
from contracts.work_orders.models import ExpenseKind
from portal.models import User

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def order_work(users: dict[str, User], now: dt.datetime) -> None:
    """Order work on two of the open cases, each act by the person who may do it."""
    if not StandardFee.objects.filter(code=FeeCode.TIME_AND_MATERIALS).exists():
        StandardFee.objects.create(
            code=FeeCode.TIME_AND_MATERIALS,
            amount=Decimal("225.00"),
            starts_on=dt.date(2002, 1, 1),
            set_at=now,
            set_by=users["joan.petersen@legato.example"],
        )
    running = (
        Case.objects.open()
        .exclude(owner=None)
        .select_related("agreement", "contact__site", "contact__user", "owner", "reseller")
    )
    quiet = running.filter(severity=4, reported_at__lt=now - 4 * DAY).order_by("-pk").first()
    if quiet is not None:
        _on_site(quiet, now)
    doubtful = (
        running.filter(severity=3, reported_at__lt=now - 2 * DAY)
        .exclude(pk=quiet.pk if quiet else 0)
        .order_by("-pk")
        .first()
    )
    if doubtful is not None and doubtful.owner is not None:
        actions.may_not_be_software(
            doubtful,
            grounds="The tape library answers two commands out of ten with a check condition, without our Software "
            "as well. We think it is its firmware.",
            hours=Decimal(6),
            by=doubtful.owner,
            at=now - 20 * HOUR,
        )


def _administrative(case: Case) -> User | None:
    """The Administrative Contact of the case's agreement who signs in."""
    entry = RosterEntry.objects.filter(
        agreement=case.agreement, standing=RosterRole.ADMINISTRATIVE, removed_at=None
    ).select_related("contact__user")
    found = entry.first()
    return found.contact.user if found else None


def _on_site(case: Case, now: dt.datetime) -> None:
    """Asked for, estimated, authorized by purchase order, and one of two days done."""
    engineer, contact, keeper = case.owner, case.contact.user, _administrative(case)
    if engineer is None or contact is None or keeper is None:
        return
    order = actions.ask_for_work(
        case,
        rate="on-site-replication",
        problem="The drive is released too late only while both robots are busy; we cannot reproduce it in our lab.",
        site=case.contact.site,
        by=contact,
        at=now - 4 * DAY,
    )
    asking.estimate(
        order, days=Decimal(2), expenses=Decimal(1150), by=engineer, at=now - 4 * DAY + 2 * HOUR
    )
    authorising.authorise(
        order,
        kind=AuthorisationKind.PURCHASE_ORDER,
        number="PO-88213",
        amount=Decimal(6500),
        dated_on=order.agreement.date_at(now - 3 * DAY),
        paper=Paper("PO-88213.txt", b"Purchase order 88213: on-site replication, two days.\n"),
        by=keeper,
        at=now - 3 * DAY,
    )
    working.start(order, by=engineer, at=now - 2 * DAY)
    began_at = now - 2 * DAY + HOUR
    work_logs.log_work(
        order,
        began_at=began_at,
        ended_at=began_at + 8 * HOUR,
        days=Decimal(1),
        text="Traced the drive's release at their site; both robots busy, it comes 40 seconds late.",
        by=engineer,
        at=began_at + 9 * HOUR,
    )
    work_logs.add_expense(
        order,
        kind=ExpenseKind.TRAVEL,
        incurred_at=began_at,
        amount=Decimal("418.60"),
        text="Flight San Jose to Santa Ana and back",
        receipt=Paper("flight.txt", b"Receipt: SJC-SNA-SJC, US$418.60\n"),
        by=engineer,
        at=began_at + 10 * HOUR,
    )
