"""What may answer a report or take it in: published Fixes, and open cases of one's own company that are like it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cases.case.models import Case
from cases.knowledge.models import Article
from cases.search.alike import cases_like
from portal.models import User

MOST = 3
"""So many Fixes, and so many cases, are offered beside a report."""


@dataclass(frozen=True, slots=True)
class Alike:
    """The articles whose published Fix may answer a report, and the open cases like it, the best match first."""

    articles: Sequence[Article]
    cases: Sequence[Case]

    @property
    def context(self) -> dict[str, Sequence[Article] | Sequence[Case]]:
        """As a template reads it."""
        return {"articles": self.articles, "alike": self.cases}


def alike(
    user: User,
    title: str | None,
    description: str | None,
    at: dt.datetime,
    *,
    without: int | None = None,
) -> Alike:
    """What the user may see of Fixes and of their company's open cases like a report, at most `MOST` of each.

    A provider's person is offered no cases here. `without` is the number of the report's own case. Four statements,
    however many there are.
    """
    title, description = title or "", description or ""
    articles = Article.objects.visible_to(user).with_fix(at).matching(title, description)[:MOST]
    cases = (
        []
        if user.is_provider
        else cases_like(f"{title} {description}", user, most=MOST, only_open=True, without=without)
    )
    return Alike(list(articles), cases)
