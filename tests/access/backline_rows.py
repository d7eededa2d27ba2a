"""Rows of the access matrix about delegated coverage: the world's agreements delegate none, so nothing is there."""

from tests.access.actors import Actor
from tests.access.rows import Row, of_the_provider, only, row
from tests.atsp import PROGRAMME_FILE

_ADMINISTRATOR = only((Actor.CONTRACT_ADMINISTRATOR,), 200, 403)

COVERAGE_ROWS: tuple[Row, ...] = (
    row(
        "agreement_coverage",
        reseller=404,
        provider=404,
        about="agreement",
        foreign=404,
        note="End-Users whose support is delegated; shown by test_coverage_page where an agreement has them",
    ),
    *(
        row(
            "coverage_act",
            method,
            reseller=404,
            provider=404,
            about="coverage act",
            foreign=404,
            note="kept by the provider's contract administrators; held by test_keeping where an agreement has them",
        )
        for method in ("GET", "POST")
    ),
    row(
        "glossary",
        reseller=200,
        provider=200,
        note="a reseller's person reads their own agreement's; which one is shown is held by test_glossary",
    ),
    of_the_provider("programmes", provider=_ADMINISTRATOR),
    of_the_provider("publish_programme", provider=_ADMINISTRATOR),
    of_the_provider(
        "publish_programme",
        "POST",
        provider=_ADMINISTRATOR,
        note="the check of a file, which publishes nothing yet",
        sends=lambda world, side: {
            "text": PROGRAMME_FILE.read_text(encoding="utf-8"),
            "name": "new.toml",
        },
    ),
)
