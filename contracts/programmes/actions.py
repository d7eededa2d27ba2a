"""Publishing a programme: its terms become an immutable version that agreements pin."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Max

from contracts.parties.models.parties import Organisation
from contracts.parties.models.provider_people import serves
from contracts.programmes.models import ProgrammeVersion
from contracts.programmes.rules import programme_file
from contracts.programmes.rules.terms import Programme
from contracts.scope import places_of
from contracts.verbs import Verb
from portal import journal, locks
from portal.access import require_role
from portal.models import SubjectKey, User
from portal.roles import Role
from portal.rules.refusal import Refusal

_A_NUMBER = 6  # a shorter one may be any word or number of the text
_WORD = re.compile(rf"[\w-]{{{_A_NUMBER},}}")


def require_own(by: User, programme: Programme) -> None:
    """Raise Refusal unless the programme is of a provider that the person serves, and so is its last version.

    A provider is known by the name that the terms give; one that the portal does not know is the house's.
    """
    names = {programme.provider}
    last = ProgrammeVersion.objects.filter(code=programme.code).order_by("number").last()
    if last is not None:
        names.add(last.programme.provider)
    if all(_is_own(by, name) for name in names):
        return
    raise Refusal(
        f"You may not publish {programme.code}: it is another provider's programme.",
        way_out=f"Its terms name {programme.provider}; a contract administrator there publishes it.",
        field="file",
    )


def _is_own(by: User, name: str) -> bool:
    provider = Organisation.objects.filter(name__iexact=name).first()
    return serves(by, provider.pk) if provider else not places_of(by).exists()


@dataclass(frozen=True, slots=True)
class Checked:
    """A programme file that could be published: its terms, their fingerprint, and what is already published.

    `last` is the newest version, None for the first; `present` the version that has these very terms already.
    """

    programme: Programme
    digest: str
    last: ProgrammeVersion | None
    present: ProgrammeVersion | None

    @property
    def number(self) -> int:
        """The number that it would get, or has."""
        if self.present is not None:
            return self.present.number
        return self.last.number + 1 if self.last else 1


def check_programme(text: str, *, name: str, by: User | None) -> Checked:
    """Check a programme file as publishing would, and publish nothing.

    Raises ProgrammeFileError with every problem of the file, and Refusal unless `by` may publish it.
    """
    if by is not None:
        require_role(by, Role.CONTRACT_ADMINISTRATOR, act="publish a programme")
    programme = programme_file.parse(text, name=name, base=_base_for(by))
    if by is not None:
        require_own(by, programme)
    digest = programme_file.digest(programme)
    versions = ProgrammeVersion.objects.filter(code=programme.code).order_by("number")
    present = versions.filter(digest=digest).first()
    if present is None:
        _require_nobodys(programme, name)
    return Checked(programme, digest, versions.last(), present)


def _require_nobodys(programme: Programme, name: str) -> None:
    """Raise ProgrammeFileError for a clause that quotes a contract's number: every reseller reads it (REN)."""
    rows = apps.get_model("contracts", "Agreement")._default_manager.values_list(
        "contract_number", "reseller_agreement_number"
    )
    numbers = {number for row in rows.distinct() for number in row if len(number) >= _A_NUMBER}
    problems = [
        programme_file.Problem(
            name,
            f"clause {clause.id}",
            f"names contract {word}, and every reseller reads it; leave a blank: [number]",
        )
        for clause in programme.clauses
        for word in _WORD.findall(clause.text)
        if word in numbers
    ]
    if problems:
        raise programme_file.ProgrammeFileError(tuple(problems))


@transaction.atomic
def publish_programme(
    text: str, *, name: str, by: User | None, at: dt.datetime
) -> ProgrammeVersion:
    """Publish the terms written in a programme file's text; `name` is the file's.

    Terms that are published already return their version: nothing new is made. Changed terms become the next
    version; agreements and cases keep theirs. A file that is based on another programme changes the newest published
    version of that one. Raises ProgrammeFileError with every problem of the file, and Refusal unless `by` is a
    contract administrator of the programme's provider (None is the portal itself, by a command).
    """
    checked = check_programme(text, name=name, by=by)
    programme, digest = checked.programme, checked.digest
    locks.lock(SubjectKey(f"programme:{programme.code}", 0))  # numbers are given one at a time
    versions = ProgrammeVersion.objects.filter(code=programme.code)
    present = versions.filter(digest=digest).first()
    if present is not None:
        return present
    number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
    changes = (
        programme_file.diff(versions.get(number=number - 1).programme, programme)
        if number > 1
        else []
    )
    version = ProgrammeVersion.objects.create(
        code=programme.code,
        number=number,
        terms=programme_file.dump(programme),
        digest=digest,
        source_name=name,
        published_at=at,
        published_by=by,
    )
    journal.record(
        version,
        Verb.PROGRAMME_PUBLISHED,
        by=by,
        at=at,
        text=f"{programme.title}, version {number}, from {name}",
        changes=[asdict(change) for change in changes],
    )
    return version


def _base_for(by: User | None) -> programme_file.Base:
    """Gives the terms of the newest published version of a programme, as data, among those that the person sees."""

    def published(code: str) -> Mapping[str, Any] | None:
        versions = ProgrammeVersion.objects.filter(code=code)
        if by is not None:
            versions = versions.visible_to(by)
        found = versions.order_by("-number").values_list("terms").first()
        return found[0] if found else None

    return published
