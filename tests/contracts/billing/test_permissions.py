"""The papers of an authorization: those who read the money see them, and those who see a work order see its papers."""

import datetime as dt
from typing import Any

import pytest

from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.charges import Authorisation
from contracts.billing.permissions import authorisations_read_by
from contracts.roster.models.entries import RosterRole
from contracts.work_orders.models import WorkOrder
from contracts.work_orders.rules.orders import Basis, State
from portal import attachments
from portal.models import Attachment, User
from portal.roles import Role
from tests.contracts.factories import LOADED_AT, make_agreement, make_contact, put_on_roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement() -> Agreement:
    return make_agreement()


@pytest.fixture
def order_paper(agreement: Agreement) -> Attachment:
    """A purchase order with its file."""
    authorisation = Authorisation.objects.create(
        agreement=agreement,
        kind="purchase_order",
        number="PO-1",
        given_by="Ada Lindt",
        dated_on=dt.date(2002, 9, 3),
        received_at=LOADED_AT,
    )
    return attachments.attach(
        authorisation, "purchase_order", name="po.pdf", content=b"%PDF-1", by=None, at=LOADED_AT
    )


def person(agreement: Agreement, standing: RosterRole) -> User:
    contact = make_contact(agreement.reseller)
    put_on_roster(agreement, contact, standing)
    assert contact.user is not None
    return contact.user


@pytest.mark.clause("ATSP 1.1", "ATSP 9.1")
def test_a_purchase_order_is_read_by_those_who_read_the_money(
    agreement: Agreement, order_paper: Attachment, make_user: Any
) -> None:
    readers = {
        "administrative": person(agreement, RosterRole.ADMINISTRATIVE),
        "technical": person(agreement, RosterRole.TECHNICAL),
        "foreign": person(make_agreement(), RosterRole.ADMINISTRATIVE),
        "keeper": make_user("Joan Petersen", Role.CONTRACT_ADMINISTRATOR),
        "account manager": make_user("Anne Delacroix", Role.ACCOUNT_MANAGER),
        "engineer": make_user("Maya Okafor", Role.CSE),
    }
    seen = {who for who, user in readers.items() if Attachment.objects.visible_to(user).exists()}
    assert seen == {"administrative", "keeper", "account manager"}


@pytest.mark.clause("ATSP 16")
def test_the_purchase_order_of_a_work_order_is_read_by_whoever_sees_the_order(
    agreement: Agreement, order_paper: Attachment, make_user: Any
) -> None:
    contact = person(agreement, RosterRole.TECHNICAL)
    authorisation = Authorisation.objects.get(pk=order_paper.subject_id)
    assert not authorisations_read_by(contact).exists()
    order = WorkOrder.objects.create(
        agreement=agreement,
        basis=Basis.DAY,
        rate="remote-replication",
        case_number=100001,
        case_title="Index corrupt",
        contact=contact.contact,
        problem="It stops.",
        state=State.REQUESTED,
        asked_at=LOADED_AT,
        asked_by=contact,
    )
    order.authorisations.add(authorisation)
    assert list(authorisations_read_by(contact)) == [authorisation]
    assert list(authorisations_read_by(make_user("Maya Okafor", Role.CSE))) == [authorisation]
    foreign = person(make_agreement(), RosterRole.TECHNICAL)
    assert not authorisations_read_by(foreign).exists()
