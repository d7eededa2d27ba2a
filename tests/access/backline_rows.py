"""Rows of the access matrix about delegated coverage: the world's agreements delegate none, so nothing is there."""

from tests.access.actors import Actor
from tests.access.rows import Row, of_the_provider, only, row

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
    of_the_provider("programmes", provider=_ADMINISTRATOR),
    of_the_provider("publish_programme", provider=_ADMINISTRATOR),
    of_the_provider(
        "publish_programme",
        "POST",
        provider=only((Actor.CONTRACT_ADMINISTRATOR,), 409, 403),
        note="a programme file with a mistake is kept for correction",
        sends=lambda world, side: {"text": "[programme]", "name": "new.toml"},
    ),
)
