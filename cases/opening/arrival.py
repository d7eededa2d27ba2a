"""What is known when a report arrives, besides the agreement and its pools: calendar, Releases, notices, the ESS."""

import datetime as dt
from dataclasses import dataclass

from cases.products.models import Product, ProductQuestion, Release
from cases.products.rules import Asked
from contracts.agreements.models.agreements import Agreement
from contracts.ending.models import SoftwareNotice
from contracts.parties.models.parties import Site
from contracts.programmes.rules.spans import calendar_for
from contracts.services.models.assignments import Assignment
from portal.models import Holiday
from portal.prepared import Columns, given
from portal.rules.business_time import BusinessCalendar


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an instant finds: the site's calendar, the product's Releases, and the keys of what there is at most one.

    `asked` is what the product asks of a report, `notice` the notice by which support for the product has ended (ATSP
    9.3), `ess` the assignment of the agreement's ESS, who may be away.
    """

    calendar: BusinessCalendar
    releases: tuple[str, ...]
    asked: tuple[Asked, ...]
    notice: int | None
    ess: int | None


_holidays = Holiday.objects.filter(region=given("region")).order_by("date")
_KNOWN = Columns(
    lambda: {
        "days": _holidays.values("date"),
        "names": _holidays.values("name"),
        "releases": Release.objects.filter(
            product=given("product"), published_on__lte=given("date")
        )
        .order_by()
        .values("number"),
        **{
            f"asked_{name}": ProductQuestion.objects.filter(product=given("product"))
            .order_by("position", "pk")
            .values(name)
            for name in ("pk", "words", "needed_to")
        },
        "notices": SoftwareNotice.objects.ended(
            given("contract"), given("software"), given("day")
        ).values("pk"),
        "ess": Assignment.objects.ess(given("agreement"), given("day")).values("pk"),
    }
)


def arrival(site: Site, agreement: Agreement, product: Product, at: dt.datetime) -> Arrival:
    """What is known of a report about a product from a site under an agreement; one statement."""
    known = _KNOWN.read(
        region=site.region,
        product=product.pk,
        date=at.date(),
        contract=agreement.contract_number,
        software=product.name.strip(),
        day=agreement.date_at(at),
        agreement=agreement.pk,
    )
    holidays = dict(zip(known["days"], known["names"], strict=True))
    return Arrival(
        calendar_for(agreement.programme.business_day, site.zone, holidays),
        tuple(known["releases"]),
        tuple(
            Asked(*each)
            for each in zip(
                known["asked_pk"], known["asked_words"], known["asked_needed_to"], strict=True
            )
        ),
        next(iter(known["notices"]), None),
        next(iter(known["ess"]), None),
    )
