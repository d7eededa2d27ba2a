"""Files of messages: where they are sent, whose quota they take from, and how they are taken away again.

A file is its message's: whoever sees the message sees it, so those of internal notes are the provider's only.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Q, Sum
from django.db.models.lookups import GreaterThan

from cases.case.actions import ENGINEERS, INTAKE, changing
from cases.case.models import Case
from cases.case.record import record
from cases.conversation.models import Message, MessageKind, MessageQuerySet
from cases.notices import tell, the_contact, the_engineers
from cases.verbs import Verb
from contracts.parties.models.parties import Contact
from contracts.roster.permissions import permissions_of
from portal.access import require_role
from portal.files import places
from portal.files.attaching import take_away
from portal.files.places import Place, Use
from portal.models import SENT, Attachment, Upload, User
from portal.nested import nested
from portal.prepared import Rows, among
from portal.rules.outside import number_in
from portal.rules.refusal import Refusal

SUBJECT = "cases.message"
ACCOUNT = "reseller"
KEY_LENGTH = 40
_FILES = Rows(
    lambda: Attachment.objects.filter(among("subject_id", "keys"), subject_type=SUBJECT).order_by(
        "pk"
    )
)
CASE_WAY_OUT = (
    "Remove a file of the case that is not needed any more, or send the part that matters."
)
RESELLER_WAY_OUT = (
    "Remove files that are not needed any more, or ask your support engineer for more room."
)


def files_sent() -> Any:
    """The files of each message, as they were sent, for a queryset of messages; `rows_in` makes rows of them."""
    some = GreaterThan(OuterRef("file_count"), 0)  # a message without is not looked for
    rows = Attachment.objects.filter(some, subject_type=SUBJECT, subject_id=OuterRef("pk"))
    return nested(rows.order_by("pk"))


def files_of(messages: Iterable[Message]) -> dict[int, list[Attachment]]:
    """The files of messages by the message's key, as they were sent; a statement only where there are any."""
    keys = [message.pk for message in messages if message.file_count]
    found: dict[int, list[Attachment]] = defaultdict(list)
    if keys:
        for file in _FILES.read(keys=keys):
            found[file.subject_id].append(file)
    return found


def register_places() -> None:
    """Let files be sent to a case ("case:100062:reply"), with a new report ("new:<draft>"), and for a caller."""
    places.register("case", _on_case)
    places.register("new", _with_report)
    places.register("call", _for_caller)


def _on_case(user: User, rest: str, at: dt.datetime) -> Place | None:
    """A case that the user may see and write on."""
    number, _, act = rest.partition(":")
    key = number_in(number)
    case = Case.objects.visible_to(user).filter(pk=key).first() if key is not None else None
    if case is None or len(act) > KEY_LENGTH or not _writes(user, at):
        return None
    reseller = case.reseller_id
    return Place(
        f"case:{case.pk}:{act}",
        ACCOUNT,
        reseller,
        lambda: [_case_use(case), _reseller_use(reseller)],
    )


def _with_report(user: User, rest: str, at: dt.datetime) -> Place | None:
    """A report that a Technical Contact is writing, by the key of its draft."""
    standing = permissions_of(user, at)
    if user.is_provider or standing.contact is None or not standing.is_technical:
        return None
    return _of_report(user, f"new:{rest[:KEY_LENGTH]}", standing.contact.organisation_id)


def _for_caller(user: User, rest: str, at: dt.datetime) -> Place | None:
    """A report that dispatch takes down for a caller."""
    if not user.is_provider or not user.has_role(*INTAKE):
        return None
    key = number_in(rest)
    contact = Contact.objects.visible_to(user).filter(pk=key).first() if key is not None else None
    if contact is None:
        return None
    return _of_report(user, f"call:{contact.pk}", contact.organisation_id)


def _of_report(user: User, name: str, reseller: int) -> Place:
    def uses() -> list[Use]:
        sent = Upload.objects.filter(owner=user, place=name).aggregate(sum=Sum("size"))["sum"]
        most = settings.CASE_FILES_MOST_BYTES
        return [Use("this report", sent or 0, most, CASE_WAY_OUT), _reseller_use(reseller)]

    return Place(name, ACCOUNT, reseller, uses)


def _writes(user: User, at: dt.datetime) -> bool:
    if user.is_provider:
        return user.has_role(*INTAKE)
    return permissions_of(user, at).is_technical


def _case_use(case: Case) -> Use:
    used = _used(Message.objects.filter(case=case), Q(place__startswith=f"case:{case.pk}:"))
    return Use(f"case {case.number}", used, settings.CASE_FILES_MOST_BYTES, CASE_WAY_OUT)


def _reseller_use(reseller: int) -> Use:
    used = _used(
        Message.objects.filter(case__reseller=reseller), Q(account=f"{ACCOUNT}:{reseller}")
    )
    return Use("your company", used, settings.RESELLER_FILES_MOST_BYTES, RESELLER_WAY_OUT)


def _used(messages: MessageQuerySet, uploads: Q) -> int:
    """The bytes of all files of those messages that are kept, and of the uploads on their way."""
    with_files = messages.filter(file_count__gt=0).values("pk")
    kept = Attachment.objects.filter(
        purpose=SENT, removed_at=None, subject_type=SUBJECT, subject_id__in=with_files
    ).aggregate(sum=Sum("size"))["sum"]
    coming = Upload.objects.filter(uploads).aggregate(sum=Sum("size"))["sum"]
    return (kept or 0) + (coming or 0)


def message_of(file: Attachment) -> Message:
    """The message that a file came with."""
    return Message.objects.select_related("case").get(pk=file.subject_id)


def may_remove(file: Attachment, user: User) -> str:
    """How the user may take the file away: "withdraw" what they sent, "redact" as an engineer; empty for neither."""
    if not file.is_here or file.purpose != SENT:
        return ""
    if file.added_by_id == user.pk:
        return "withdraw"
    return "redact" if user.is_provider and user.has_role(*ENGINEERS) else ""


def page_of_file(file: Attachment) -> tuple[str, str]:
    """The case that a file was sent on: in words, and its address at the message."""
    case = message_of(file).case
    return f"Case {case.number}: {case.title}", case.get_absolute_url()


def remove(file: Attachment, by: User, reason: str, at: dt.datetime) -> None:
    """Withdraw a file of one's own, or redact another's with a reason. Raises Refusal."""
    if file.added_by_id == by.pk:
        withdraw(file, by=by, at=at)
    else:
        redact(file, by=by, at=at, reason=reason)


def withdraw(file: Attachment, *, by: User, at: dt.datetime) -> None:
    """Its sender takes a file back: the bytes go for good, the line stays. Raises Refusal to anybody else."""
    if file.added_by_id != by.pk:
        raise Refusal(
            "Only its sender withdraws a file.",
            way_out="Ask the engineer of the case to remove it.",
        )
    _remove(file, Verb.CASE_FILE_WITHDRAWN, by=by, at=at, because=f"Withdrawn by {by.name}.")


def redact(file: Attachment, *, by: User, at: dt.datetime, reason: str) -> None:
    """An engineer removes a file with a reason: the bytes go for good, the line stays. Raises Refusal without one."""
    require_role(by, *ENGINEERS, act="remove a file that somebody else sent")
    reason = reason.strip()
    if not reason:
        raise Refusal(
            "Removing somebody's file needs a reason.",
            way_out="Say why: both sides read it in the conversation.",
            field="reason",
        )
    _remove(file, Verb.CASE_FILE_REDACTED, by=by, at=at, because=reason)


def _remove(file: Attachment, verb: Verb, *, by: User, at: dt.datetime, because: str) -> None:
    message = message_of(file)
    with changing(message.case) as case:
        fresh = Attachment.objects.select_for_update().get(pk=file.pk)
        if not fresh.is_here:
            return
        take_away(fresh, by=by, at=at, because=because)
        words = file.name if verb is Verb.CASE_FILE_WITHDRAWN else f"{file.name}: {because}"
        record(
            case,
            verb,
            by=by,
            at=at,
            public=message.kind != MessageKind.NOTE,
            text=words,
            file=file.pk,
            sha256=file.sha256,
        )


def refused(file: Attachment, at: dt.datetime) -> None:
    """Note that the virus check refused a file, and tell its sender and who acts for the case.

    In the caller's transaction, which has taken the bytes away.
    """
    message = message_of(file)
    with changing(message.case) as case:
        record(
            case,
            Verb.CASE_FILE_REFUSED,
            by=None,
            at=at,
            public=message.kind != MessageKind.NOTE,
            text=f"{file.name}: the virus check found {file.found}.",
            file=file.pk,
        )
        words = (
            f"The virus check found {file.found} in {file.name}, so it is not kept. Clean it or send another copy; "
            "if you think that it is wrong, write so on the case."
        )
        sender = file.added_by
        to = list(the_engineers(case, at))
        if message.kind != MessageKind.NOTE and sender is not None and not sender.is_provider:
            own = case.contact.user_id == sender.pk
            to += the_contact(case, at) if own else [sender]
        tell(
            case,
            f"file-refused:{file.pk}",
            to,
            "case_word",
            f"Case {case.number}: a file was refused",
            at,
            clause="",
            words=words,
        )
