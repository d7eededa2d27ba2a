"""Rows of the access matrix about the sides of an agreement; each side adds its own list."""

from tests.access.backline_rows import COVERAGE_ROWS
from tests.access.cases_rows import CASES_ROWS
from tests.access.life_rows import LIFE_ROWS
from tests.access.money_rows import MONEY_ROWS
from tests.access.news_rows import NEWS_ROWS
from tests.access.renewal_rows import RENEWAL_ROWS
from tests.access.roster_rows import ROSTER_ROWS
from tests.access.rows import Row
from tests.access.services_rows import SERVICES_ROWS
from tests.access.work_rows import WORK_ROWS

AGREEMENT_ROWS: tuple[Row, ...] = (
    *LIFE_ROWS,
    *CASES_ROWS,
    *MONEY_ROWS,
    *RENEWAL_ROWS,
    *ROSTER_ROWS,
    *COVERAGE_ROWS,
    *SERVICES_ROWS,
    *WORK_ROWS,
    *NEWS_ROWS,
)
