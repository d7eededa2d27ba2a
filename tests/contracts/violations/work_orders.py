"""Work orders, their logs and expenses."""

import datetime as dt
from typing import Any

from contracts.work_orders.models import WorkExpense, WorkLog, WorkOrder
from portal.models import User
from tests.contracts.factories import LOADED_AT, make_agreement, make_contact, make_site


def _user() -> User:
    return User.objects.create_user("worker@people.example", name="Wes Orr")


def _order(**fields: Any) -> WorkOrder:
    agreement = make_agreement()
    values: dict[str, Any] = {
        "basis": "day",
        "rate": "on-site-support",
        "case_number": 100001,
        "case_title": "Scan stops",
        "contact": make_contact(agreement.reseller, sign_in=False),
        "problem": "The scan stops.",
        "state": "requested",
        "asked_at": LOADED_AT,
        "asked_by": fields.pop("asked_by", None) or _user(),
    }
    return WorkOrder.objects.create(agreement=agreement, **(values | fields))


def _log(**fields: Any) -> WorkLog:
    user = _user()
    values: dict[str, Any] = {
        "worker": user,
        "began_at": LOADED_AT,
        "ended_at": LOADED_AT + dt.timedelta(hours=1),
        "quantity": 1,
        "text": "Looked.",
        "logged_at": LOADED_AT,
        "logged_by": user,
    }
    return WorkLog.objects.create(order=_order(asked_by=user), **(values | fields))


def _expense(**fields: Any) -> WorkExpense:
    user = _user()
    values: dict[str, Any] = {
        "kind": "travel",
        "incurred_at": LOADED_AT,
        "amount": 1,
        "text": "Flight",
        "logged_at": LOADED_AT,
        "logged_by": user,
    }
    return WorkExpense.objects.create(order=_order(asked_by=user), **(values | fields))


def work_order_rate_follows_its_basis() -> None:
    _order(rate="")


def work_order_names_the_problem() -> None:
    _order(problem="")


def work_order_at_one_site() -> None:
    order = _order(end_user_site="Oakland")
    WorkOrder.objects.filter(pk=order.pk).update(site=make_site(order.agreement.reseller))


def work_order_starts_authorised() -> None:
    _order(state="under_way")


def work_order_authorised_by_somebody() -> None:
    _order(authorised_at=LOADED_AT)


def work_order_stopped_by_a_notice() -> None:
    user = _user()
    _order(state="stopped", authorised_at=LOADED_AT, authorised_by=user, asked_by=user)


def work_order_settled_with_its_cause() -> None:
    _order(state="settled", settled_at=LOADED_AT, basis="time_and_materials", rate="")


def work_log_ends_after_it_begins() -> None:
    _log(ended_at=LOADED_AT)


def work_log_not_negative() -> None:
    _log(quantity=-1)


def work_log_taken_back_by_somebody() -> None:
    _log(taken_back_at=LOADED_AT)


def work_expense_is_something() -> None:
    _expense(amount=0)


def work_expense_taken_back_by_somebody() -> None:
    _expense(taken_back_at=LOADED_AT)


VIOLATIONS = [
    work_order_rate_follows_its_basis,
    work_order_names_the_problem,
    work_order_at_one_site,
    work_order_starts_authorised,
    work_order_authorised_by_somebody,
    work_order_stopped_by_a_notice,
    work_order_settled_with_its_cause,
    work_log_ends_after_it_begins,
    work_log_not_negative,
    work_log_taken_back_by_somebody,
    work_expense_is_something,
    work_expense_taken_back_by_somebody,
]
