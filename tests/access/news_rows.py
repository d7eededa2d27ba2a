"""Rows of the access matrix about bulletins and requests for enhancement."""

from typing import Any

from tests.access.actors import Actor
from tests.access.rows import (
    ENGINEERS,
    ON_THE_ROSTER,
    PRESENT,
    Row,
    of_the_provider,
    only,
    row,
)

BULLETIN_WRITERS = (Actor.PSAM, Actor.ESS, Actor.SUPPORT_MANAGEMENT, Actor.CPE_MANAGEMENT)
WISH_WRITERS = (*ENGINEERS, Actor.PSAM)
REVIEWERS = (Actor.PSAM, Actor.SUPPORT_MANAGEMENT, Actor.CPE_MANAGEMENT, Actor.ENGINEERING)
VOTERS = (*ON_THE_ROSTER, Actor.ADMINISTRATIVE)


def _bulletin(world: Any, side: Any) -> dict[str, Any]:
    product = world.base.product.pk
    return {"kind": "alert", "title": "Tapes", "body": "Look at them.", "products": [product]}


def _wish(world: Any, side: Any) -> dict[str, Any]:
    return {"product": world.base.product.pk, "title": "Colours", "request": "More of them."}


def _decision(world: Any, side: Any) -> dict[str, Any]:
    return {
        "dispose-state": "accepted",
        "dispose-disposition": "It fits.",
        "dispose-title": "A wish",
        "dispose-summary": "What is wished.",
    }


KEEPERS = (*ENGINEERS, Actor.CPE_MANAGEMENT, Actor.CONTRACT_ADMINISTRATOR)
_KEPT = {"words-1": "the log", "needed-1": "1"}
_RELEASE = {"number": "9.9.9", "published_on": "2003-01-06"}


NEWS_ROWS: tuple[Row, ...] = (
    row("bulletins", reseller=200, provider=200, note="published ones; drafts for the provider"),
    of_the_provider("new_bulletin", provider=only(BULLETIN_WRITERS, 200, 403)),
    of_the_provider(
        "new_bulletin", "POST", provider=only(BULLETIN_WRITERS, 302, 403), sends=_bulletin
    ),
    row("bulletin", reseller=200, provider=200, about="bulletin", note="opening it is reading it"),
    of_the_provider(
        "edit_bulletin", provider=only(BULLETIN_WRITERS, 200, 403), about="bulletin draft"
    ),
    of_the_provider(
        "edit_bulletin",
        "POST",
        provider=only(BULLETIN_WRITERS, 302, 403),
        about="bulletin draft",
        sends=_bulletin,
    ),
    of_the_provider(
        "publish_bulletin",
        "POST",
        provider=only(BULLETIN_WRITERS, 302, 403),
        about="bulletin draft",
    ),
    row("my_products", reseller=only(PRESENT, 200, 403), provider=403, note="one's own"),
    row(
        "my_products",
        "POST",
        reseller=only(PRESENT, 302, 403),
        provider=403,
        note="one's own",
        sends=lambda world, side: {"products": [world.base.product.pk]},
    ),
    row("enhancements", reseller=200, provider=200, note="one's own company's, and those reviewed"),
    row(
        "submit_enhancement",
        reseller=only(ON_THE_ROSTER, 200, 403),
        provider=only(WISH_WRITERS, 200, 403),
    ),
    row(
        "submit_enhancement",
        "POST",
        reseller=only(ON_THE_ROSTER, 302, 403),
        provider=only(WISH_WRITERS, 302, 403),
        sends=_wish,
    ),
    row(
        "enhancement",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="enhancement",
        foreign=404,
        note="here: one not reviewed yet, which only its own company sees",
    ),
    row(
        "vote_enhancement",
        "POST",
        reseller={**only(VOTERS, 302, 403), Actor.LEFT: 404},
        provider=403,
        about="enhancement",
        foreign=404,
    ),
    row(
        "dispose_enhancement",
        "POST",
        reseller=only(PRESENT, 403, 404),
        provider=only(REVIEWERS, 302, 403),
        about="enhancement",
        foreign=404,
        sends=_decision,
    ),
    row(
        "link_enhancement",
        "POST",
        reseller={**only(ON_THE_ROSTER, 302, 403), Actor.LEFT: 404},
        provider=only(WISH_WRITERS, 302, 403),
        about="enhancement",
        foreign=404,
        sends=lambda world, side: {"link-case": side.cases["new"].pk},
    ),
    of_the_provider("products", provider=only(KEEPERS, 200, 403), note="those that one keeps"),
    of_the_provider("product", provider=only(KEEPERS, 200, 403), about="product"),
    of_the_provider(
        "product",
        "POST",
        provider=only(KEEPERS, 409, 403),
        about="product",
        sends=lambda world, side: dict(_KEPT),
        note="without what was seen; keeping is held by test_keeping",
    ),
    of_the_provider(
        "product_act",
        provider=only(KEEPERS, 200, 403),
        about="product act",
    ),
    of_the_provider(
        "product_act",
        "POST",
        provider=only(KEEPERS, 302, 403),
        about="product act",
        sends=lambda world, side: dict(_RELEASE),
    ),
)
