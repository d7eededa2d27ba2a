"""Keeping products: what a report on one tells, where it is supported, and its Releases (ATSP 1.13, 4.8, 5.2.3)."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from cases.products.models import Product, ProductQuestion, Release
from cases.products.rules import Asked, parse_release
from cases.verbs import Verb
from portal import journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal
from portal.ui.words import day

KEEPERS = (
    Role.CSE,
    Role.ESS,
    Role.PSE,
    Role.ENGINEERING,
    Role.SUPPORT_MANAGEMENT,
    Role.CPE_MANAGEMENT,
    Role.CONTRACT_ADMINISTRATOR,
)
"""Who keeps products: those who read the reports, who make the Releases, and who keep the terms."""
REPORTING = "ATSP 5.2.3"
RELEASE = "ATSP 1.13"
MOST = 12
"""So many questions a product asks at the most: a report is to be written in a minute."""


@transaction.atomic
def keep_product(
    product: Product, *, asked: Sequence[Asked], platforms: str, by: User, at: dt.datetime
) -> Product:
    """Keep what a report on the product tells besides what every report does, and where it is supported. Returns it.

    The questions stand in the order given; a key of 0 is a new one, and one that is left out is asked no more. Reports
    that came before keep what they were asked. Raises Refusal for a question asked twice, for more than `MOST`, and
    when nothing changes.
    """
    require_role(by, *KEEPERS, act="keep products", clause=REPORTING)
    locks.lock(product)
    fresh = Product.objects.get(pk=product.pk)
    _require_distinct(asked)
    kept = {each.pk: each for each in fresh.questions.all()}
    before, was = _told(list(kept.values())), fresh.platform_names
    fresh.platforms = "\n".join(
        dict.fromkeys(line.strip() for line in platforms.splitlines() if line.strip())
    )
    fresh.save()
    # words are given free first: two questions may take each other's
    fresh.questions.all().delete()
    after = ProductQuestion.objects.bulk_create(
        ProductQuestion(
            pk=each.key if each.key in kept else None,
            product=fresh,
            position=place,
            words=each.words,
            hint=each.hint,
            needed_to=each.needed_to,
        )
        for place, each in enumerate(asked)
    )
    if before == _told(after) and was == fresh.platform_names:
        raise Refusal(
            "Nothing is changed.",
            clause=REPORTING,
            way_out="Change a question or the platforms, then keep it.",
        )
    journal.record(
        fresh,
        Verb.PRODUCT_KEPT,
        by=by,
        at=at,
        clause=REPORTING,
        text=f"A report tells: {', '.join(each.words for each in after) or 'nothing of its own'}.",
        before={"asked": before, "platforms": was},
        after={"asked": _told(after), "platforms": fresh.platform_names},
    )
    return fresh


@transaction.atomic
def publish_release(
    product: Product, *, number: str, published_on: dt.date, by: User, at: dt.datetime
) -> Release:
    """Note a published Release of the product: from its day on, support goes by it (ATSP 1.13, 4.3). Returns it.

    Raises Refusal for what is no Release X.yy.z, and for one that is noted already.
    """
    require_role(by, *KEEPERS, act="keep products", clause=RELEASE)
    try:
        number = str(parse_release(number))
    except ValueError:
        raise Refusal(
            f"“{number.strip()}” is not a Release of the form X.yy.z.",
            clause=RELEASE,
            way_out="Give Major, Minor and Bug-fix, as 7.2.1.",
            field="number",
        ) from None
    locks.lock(product)
    if Release.objects.filter(product=product, number=number).exists():
        raise Refusal(
            f"{product} {number} is noted already.",
            clause=RELEASE,
            way_out="It is in the list.",
            field="number",
        )
    release = Release.objects.create(product=product, number=number, published_on=published_on)
    journal.record(
        product,
        Verb.PRODUCT_RELEASED,
        by=by,
        at=at,
        clause=RELEASE,
        text=f"{number}, published on {day(published_on)}.",
    )
    return release


def _require_distinct(asked: Sequence[Asked]) -> None:
    seen: set[str] = set()
    for each in asked:
        if each.words.casefold() in seen:
            raise Refusal(
                f"“{each.words}” is asked twice.",
                clause=REPORTING,
                way_out="Ask it once.",
            )
        seen.add(each.words.casefold())
    if len(asked) > MOST:
        raise Refusal(
            f"{len(asked)} questions; a product asks {MOST} at the most.",
            clause=REPORTING,
            way_out="Leave out what an engineer can ask later.",
        )


def _told(rows: Sequence[ProductQuestion]) -> list[list[str | int]]:
    return [[each.words, each.hint, each.needed_to] for each in rows]
