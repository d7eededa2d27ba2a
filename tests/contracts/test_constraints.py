"""The database's own guards of contracts: each is broken once, by its name."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, transaction
from django.db.models import ProtectedError

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.options import AgreementOption
from contracts.agreements.models.signing import NoticeAddress, Signature
from contracts.parties.models.parties import Contact, Organisation, Site
from contracts.prepaid.models.ledger import CaseEntry
from contracts.programmes.models import ProgrammeVersion
from contracts.roster.models.entries import RosterRole
from contracts.services.models.assignments import Absence, Assignment
from portal.models import User
from portal.roles import Role
from tests.contracts import violations
from tests.contracts.factories import (
    LOADED_AT,
    make_agreement,
    make_contact,
    make_organisation,
    make_site,
    put_on_roster,
)
from tests.contracts.violations.case_ledger import an_account, an_entry

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def a_version(**fields: Any) -> ProgrammeVersion:
    values = {
        "code": "small",
        "number": 1,
        "terms": {},
        "digest": "a" * 64,
        "source_name": "small.toml",
        "published_at": LOADED_AT,
    }
    return ProgrammeVersion.objects.create(**(values | fields))


def an_option(agreement: Agreement, **fields: Any) -> AgreementOption:
    values = {
        "option": "psam-1",
        "kind": "psam",
        "quantity": 1,
        "taken_on": agreement.effective_on,
        "fee": "10000.00",
    }
    return AgreementOption.objects.create(agreement=agreement, **(values | fields))


def a_provider_user() -> User:
    return User.objects.create_user("psam@legato.example", name="P", roles=[Role.PSAM])


def an_assignment(agreement: Agreement, user: User, **fields: Any) -> Assignment:
    values = {"duty": "psam", "starts_on": agreement.effective_on}
    return Assignment.objects.create(agreement=agreement, user=user, **(values | fields))


def programme_number_once() -> None:
    a_version()
    a_version(digest="b" * 64)


def programme_terms_once() -> None:
    a_version()
    a_version(number=2)


def programme_numbers_from_one() -> None:
    a_version(number=0)


def organisation_name_once() -> None:
    make_organisation("MTI")
    make_organisation("mti")


def site_name_once() -> None:
    organisation = make_organisation()
    make_site(organisation, name="Anaheim")
    make_site(organisation, name="ANAHEIM")


def site_has_a_region() -> None:
    make_site(make_organisation(), region="")


def contact_email_once() -> None:
    organisation = make_organisation()
    make_contact(organisation, sign_in=False, email="a@reseller.example")
    make_contact(organisation, sign_in=False, email="A@reseller.example")


def contact_code_once() -> None:
    make_contact(make_organisation(), sign_in=False, code="L-1")
    make_contact(make_organisation(), sign_in=False, code="L-1")


def contact_at_own_site() -> None:
    make_contact(make_organisation(), site=make_site(make_organisation()))


def contract_year_once() -> None:
    make_agreement(contract_number="271-ATSP-1")
    make_agreement(contract_number="271-ATSP-1", reference="another")


def agreement_reference_once() -> None:
    make_agreement(reference="271-ATSP-1")
    make_agreement(reference="271-ATSP-1")


def agreement_ends_on_a_day_for_a_cause() -> None:
    agreement = make_agreement()
    Agreement.objects.filter(pk=agreement.pk).update(state=AgreementState.ENDED)


def agreement_has_a_contract_number() -> None:
    make_agreement(contract_number="")


def agreement_has_a_reference() -> None:
    agreement = make_agreement(state=AgreementState.DRAFT)
    Agreement.objects.filter(pk=agreement.pk).update(reference="")


def agreement_ends_after_it_begins() -> None:
    make_agreement(ends_on=dt.date(2002, 9, 2))


def agreement_has_two_parties() -> None:
    organisation = make_organisation()
    make_agreement(reseller=organisation, provider=organisation)


def agreement_years_do_not_overlap() -> None:
    first = make_agreement()
    make_agreement(
        reseller=first.reseller, effective_on=first.ends_on, ends_on=first.ends_on + 365 * DAY
    )


def option_taken_once_a_day() -> None:
    agreement = make_agreement()
    an_option(agreement)
    an_option(agreement)


def option_has_a_quantity() -> None:
    an_option(make_agreement(), quantity=0)


def option_fee_not_negative() -> None:
    an_option(make_agreement(), fee="-0.01")


def signature_once() -> None:
    agreement = make_agreement()
    for name in ("Mark Franzen", "Mark Frauzer"):
        Signature.objects.create(agreement=agreement, side="reseller", place="page 1", name=name)


def notice_address_once() -> None:
    agreement = make_agreement()
    for name in ("MTI", "MTI again"):
        NoticeAddress.objects.create(agreement=agreement, side="reseller", name=name)


def roster_one_technical_line_each() -> None:
    agreement = make_agreement()
    contact = make_contact(agreement.reseller)
    put_on_roster(agreement, contact, slot=1)
    put_on_roster(agreement, contact, RosterRole.ALTERNATE, slot=2)


def roster_one_line_a_standing() -> None:
    agreement = make_agreement()
    contact = make_contact(agreement.reseller)
    put_on_roster(agreement, contact, RosterRole.MANAGEMENT)
    put_on_roster(agreement, contact, RosterRole.MANAGEMENT)


def roster_one_administrative_contact() -> None:
    agreement = make_agreement()
    for _ in range(2):
        put_on_roster(agreement, make_contact(agreement.reseller), RosterRole.ADMINISTRATIVE)


def roster_slot_taken_once() -> None:
    agreement = make_agreement()
    for _ in range(2):
        put_on_roster(agreement, make_contact(agreement.reseller), slot=1)


def roster_slots_are_technical() -> None:
    agreement = make_agreement()
    put_on_roster(agreement, make_contact(agreement.reseller), RosterRole.MANAGEMENT, slot=1)


def roster_slots_count_from_one() -> None:
    agreement = make_agreement()
    put_on_roster(agreement, make_contact(agreement.reseller), slot=0)


def roster_usable_after_submission() -> None:
    agreement = make_agreement()
    put_on_roster(
        agreement,
        make_contact(agreement.reseller),
        usable_from=LOADED_AT - dt.timedelta(microseconds=1),
    )


def roster_removed_after_submission() -> None:
    agreement = make_agreement()
    put_on_roster(
        agreement,
        make_contact(agreement.reseller),
        removed_at=LOADED_AT - dt.timedelta(microseconds=1),
    )


def roster_of_resellers_people() -> None:
    put_on_roster(make_agreement(), make_contact(make_organisation()))


def assignment_ends_after_it_begins() -> None:
    agreement = make_agreement()
    an_assignment(agreement, a_provider_user(), ends_on=agreement.effective_on - DAY)


def assignment_once_at_a_time() -> None:
    agreement, user = make_agreement(), a_provider_user()
    an_assignment(agreement, user, ends_on=agreement.effective_on + DAY)
    an_assignment(agreement, user, starts_on=agreement.effective_on + DAY)


def assignment_one_ess_at_a_time() -> None:
    agreement = make_agreement()
    for name in ("one", "two"):
        user = User.objects.create_user(f"{name}@legato.example", name=name, roles=[Role.ESS])
        an_assignment(agreement, user, duty="ess")


def absence_ends_after_it_begins() -> None:
    Absence.objects.create(user=a_provider_user(), starts_at=LOADED_AT, ends_at=LOADED_AT)


VIOLATIONS: list[Callable[[], None]] = [
    programme_number_once,
    programme_terms_once,
    programme_numbers_from_one,
    organisation_name_once,
    site_name_once,
    site_has_a_region,
    contact_email_once,
    contact_code_once,
    contact_at_own_site,
    contract_year_once,
    agreement_reference_once,
    agreement_ends_on_a_day_for_a_cause,
    agreement_has_a_contract_number,
    agreement_ends_after_it_begins,
    agreement_has_two_parties,
    agreement_years_do_not_overlap,
    option_taken_once_a_day,
    option_has_a_quantity,
    option_fee_not_negative,
    signature_once,
    notice_address_once,
    roster_one_technical_line_each,
    roster_one_line_a_standing,
    roster_one_administrative_contact,
    roster_slot_taken_once,
    roster_slots_are_technical,
    roster_slots_count_from_one,
    roster_usable_after_submission,
    roster_removed_after_submission,
    roster_of_resellers_people,
    assignment_ends_after_it_begins,
    assignment_once_at_a_time,
    assignment_one_ess_at_a_time,
    absence_ends_after_it_begins,
    agreement_has_a_reference,
    *violations.of_all_nouns(),
]


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda violation: violation.__name__)
def test_the_database_refuses(violation: Callable[[], None]) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        violation()
    assert refused.value.__cause__.diag.constraint_name == violation.__name__


def test_every_constraint_of_contracts_is_broken_once_above() -> None:
    declared = {
        constraint.name
        for model in apps.get_app_config("contracts").get_models()
        for constraint in model._meta.constraints
    }
    triggers = {"contact_at_own_site", "roster_of_resellers_people"}
    triggers |= violations.guarded_by_triggers()
    assert {violation.__name__ for violation in VIOLATIONS} == declared | triggers


@pytest.mark.parametrize(
    "change",
    [
        {"tier": "level-2"},
        {"tier_initials": "XX"},
        {"effective_on": dt.date(2002, 9, 4)},
        {"ends_on": dt.date(2004, 9, 2)},
        {"contract_number": "another"},
        {"reseller_agreement_number": "another"},
        {"reference": "another"},
        {"zone": "UTC"},
        {"provider_name_as_signed": "another"},
        {"reseller_name_as_signed": "another"},
        {"reseller_address_as_signed": "another"},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.clause("ATSP page 1")
def test_a_signed_agreement_keeps_its_terms(change: dict[str, Any]) -> None:
    agreement = make_agreement()
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        Agreement.objects.filter(pk=agreement.pk).update(**change)


def test_a_signed_agreement_keeps_the_version_it_pins() -> None:
    agreement = make_agreement()
    other = a_version(code=agreement.programme_version.code, number=2)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        Agreement.objects.filter(pk=agreement.pk).update(programme_version=other)


def test_a_draft_may_still_change_its_tier() -> None:
    agreement = make_agreement(state=AgreementState.DRAFT)
    agreement.tier = "level-2"
    agreement.save()
    agreement.refresh_from_db()
    assert agreement.tier == "level-2"


def test_a_draft_may_lie_over_a_signed_year() -> None:
    first = make_agreement()
    draft = make_agreement(reseller=first.reseller, state=AgreementState.DRAFT)
    assert draft.pk


def test_the_next_year_begins_the_day_after_the_last() -> None:
    first = make_agreement()
    second = make_agreement(
        reseller=first.reseller,
        effective_on=first.anniversary,
        ends_on=first.anniversary + 364 * DAY,
    )
    assert second.pk


def test_the_database_keeps_the_code_of_the_programme() -> None:
    agreement = make_agreement()
    agreement.refresh_from_db()
    assert agreement.programme_code == "atsp-2002"


@pytest.mark.clause("ATSP page 1, 2")
def test_years_under_another_programme_do_not_overlap() -> None:
    first = make_agreement()
    with (
        pytest.raises(IntegrityError, match="agreement_years_do_not_overlap"),
        transaction.atomic(),
    ):
        make_agreement(version=a_version(), reseller=first.reseller, tier="")


@pytest.mark.clause("ATSP page 1, 2")
def test_years_of_another_kind_of_support_or_another_provider_may_overlap() -> None:
    first = make_agreement()
    back_line = a_version(terms={"programme": {"support": "back-line"}})
    second = make_agreement(version=back_line, reseller=first.reseller, tier="")
    second.refresh_from_db()
    assert (second.support, second.programme_code) == ("back-line", "small")
    assert make_agreement(reseller=first.reseller, provider=make_organisation(kind="provider")).pk


@pytest.mark.clause("ATSP page 1")
@pytest.mark.parametrize(
    ("fields", "what"),
    [({"fee": "1.00"}, "fee"), ({"quantity": 2}, "quantity"), ({"initials": "XX"}, "initials")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_option_of_a_signed_agreement_stays(fields: dict[str, Any], what: str) -> None:
    draft = make_agreement(state=AgreementState.DRAFT)
    option = an_option(draft)
    options = AgreementOption.objects.filter(pk=option.pk)
    assert options.update(**fields) == 1, what
    draft.state = AgreementState.SIGNED
    draft.save()
    with pytest.raises(IntegrityError, match="stays as signed"), transaction.atomic():
        options.update(**fields)
    with pytest.raises(IntegrityError, match="stays as signed"), transaction.atomic():
        options.delete()


@pytest.mark.clause("ATSP page 1")
def test_a_signature_of_a_signed_agreement_stays() -> None:
    agreement = make_agreement()
    signature = Signature.objects.create(
        agreement=agreement, side="provider", place="page 1", name="A"
    )
    with pytest.raises(IntegrityError, match="stays as signed"), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).update(name="B")
    with pytest.raises(IntegrityError, match="stays as signed"), transaction.atomic():
        signature.delete()


@pytest.mark.parametrize("model", [ProgrammeVersion, CaseEntry])
def test_append_only_rows_are_never_changed_or_deleted(model: type[Any]) -> None:
    row = a_version() if model is ProgrammeVersion else an_entry(an_account())
    rows = model.objects.filter(pk=row.pk)
    field = "source_name" if model is ProgrammeVersion else "clause"
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        rows.update(**{field: "other"})
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        rows.delete()
    assert rows.count() == 1


def test_a_zone_that_does_not_exist_is_refused_by_the_model() -> None:
    site = Site(organisation=make_organisation(), name="X", region="US", zone="America/Anaheim")
    with pytest.raises(ValidationError, match="not a time zone"):
        site.full_clean()


def test_a_contact_who_left_frees_their_address() -> None:
    organisation = make_organisation()
    make_contact(organisation, sign_in=False, email="a@reseller.example", left_at=LOADED_AT)
    again = make_contact(organisation, sign_in=False, email="a@reseller.example")
    assert Contact.objects.present().get(email="a@reseller.example") == again


def test_a_removed_line_frees_its_slot() -> None:
    agreement = make_agreement()
    put_on_roster(agreement, make_contact(agreement.reseller), slot=1, removed_at=LOADED_AT + DAY)
    entry = put_on_roster(agreement, make_contact(agreement.reseller), slot=1)
    assert list(agreement.roster.current(LOADED_AT + DAY)) == [entry]


def test_an_organisation_with_an_agreement_cannot_be_deleted() -> None:
    agreement = make_agreement()
    with pytest.raises(ProtectedError):
        Organisation.objects.filter(pk=agreement.reseller_id).delete()
