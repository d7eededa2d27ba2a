"""Publishing holidays: the dated calendar of each region (ATSP 1.2, D-6)."""

import datetime as dt
import tomllib
from collections.abc import Mapping

from django.db import transaction

from contracts.agreements.rules.agreement_file import AgreementFileError, Finding
from contracts.verbs import Verb
from portal import journal
from portal.access import require_role
from portal.models import Holiday, User
from portal.roles import Role
from portal.rules.outside import load_toml

CLAUSE = "ATSP 1.2"


@transaction.atomic
def load_holidays(text: str, *, name: str, by: User | None, at: dt.datetime) -> list[Holiday]:
    """Publish the holidays of a TOML text (a table for each region, dates with their names); return the new ones.

    Days that are published already stay as they are, so a running promise keeps its day. Raises
    AgreementFileError with every mistake of the file, and Refusal unless `by` is a contract administrator
    (None is the portal itself, by a command).
    """
    if by is not None:
        require_role(by, Role.CONTRACT_ADMINISTRATOR, act="publish holidays")
    wanted, wrong = _read(text)
    if wrong:
        raise AgreementFileError.of(name, wrong)
    present = set(Holiday.objects.values_list("region", "date"))
    new = Holiday.objects.bulk_create(
        Holiday(region=region, date=date, name=label)
        for (region, date), label in wanted.items()
        if (region, date) not in present
    )
    journal.record_many(
        journal.entry(
            holiday, Verb.HOLIDAY_PUBLISHED, by=by, at=at, text=str(holiday), clause=CLAUSE
        )
        for holiday in new
    )
    return new


def _read(text: str) -> tuple[dict[tuple[str, dt.date], str], list[Finding]]:
    found: dict[tuple[str, dt.date], str] = {}
    wrong: list[Finding] = []
    try:
        data = load_toml(text)
    except tomllib.TOMLDecodeError as error:
        return found, [("the file", f"is not TOML: {error}", "")]
    if not data:
        wrong.append(("the file", "holds no region; write [US] and its days", CLAUSE))
    for region, days in data.items():
        if not isinstance(days, Mapping):
            wrong.append((region, "is no table; write [US] and its days", CLAUSE))
            continue
        for written, label in days.items():
            entry = f"{region}.{written}"
            try:
                date = dt.date.fromisoformat(written)
            except ValueError:
                wrong.append((entry, "is no date; write 2003-07-04", CLAUSE))
                continue
            if not isinstance(label, str) or not label.strip() or len(label) > 80:
                wrong.append((entry, "has no name of at most 80 characters", CLAUSE))
                continue
            found[region, date] = label
    return found, wrong
