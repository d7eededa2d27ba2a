"""Acts: what a person may do to a subject. Each is a form that knows its words, whom it is for and what it calls.

A room derives its acts from `Act` and lists them in a dictionary by code. A page lists those that are open to its
reader by `offers`, which builds a form only where the page shows it; a view has an act done by `answer`. What is
allowed is the action's to say: an act decides what is shown, and turns a refusal into errors at its fields.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from django.contrib import messages
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from portal import locks, sending
from portal.models import User
from portal.refusable import RefusableForm, fingerprint
from portal.rules.refusal import Refusal


@dataclass(frozen=True)
class Actor:
    """The actor and the time (aware). A room whose acts depend on more than the person's roles derives its own."""

    user: User
    at: dt.datetime


S = TypeVar("S")
A = TypeVar("A", bound=Actor)


class Act(RefusableForm, Generic[S, A]):
    """An act on a `subject` by an `actor`; `asked` is what the address suggests to begin with.

    `label` names it, `short` where there is little room, `submit` on its button; `intro` tells what it does where no
    field does; `done` is the page's answer. `way_out` tells people whose act it is not what to do instead.
    """

    do_not_call_in_templates: ClassVar[bool] = True  # a page lists classes of acts
    code: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str] = "point"
    short: ClassVar[str] = ""
    submit: ClassVar[str] = ""
    clause: ClassVar[str] = ""
    done: ClassVar[str] = "Done."
    way_out: ClassVar[str] = ""
    primary: ClassVar[bool] = False
    danger: ClassVar[bool] = False
    novalidate: ClassVar[bool] = False
    """Whether even what a browser would complain of is sent, for the action to answer."""
    prefixed: ClassVar[bool] = False
    """Whether the fields' names begin with the code: a page may then show several acts."""

    def __init__(
        self,
        subject: S,
        actor: A,
        data: Any = None,
        files: Any = None,
        *,
        asked: Mapping[str, Any] | None = None,
    ) -> None:
        self.subject, self.actor, self.asked = subject, actor, asked or {}
        super().__init__(data, files, prefix=self.code if self.prefixed else None)
        self.prepare()

    @property
    def user(self) -> User:
        """Who acts."""
        return self.actor.user

    @property
    def at(self) -> dt.datetime:
        """When."""
        return self.actor.at

    @classmethod
    def is_for(cls, subject: S, actor: A) -> bool:
        """Whether it is the actor's to do, whether or not it fits now."""
        return True

    @classmethod
    def fits(cls, subject: S, actor: A) -> bool:
        """Whether it makes sense on the subject as it stands."""
        return True

    @classmethod
    def rests_on(cls, subject: S) -> tuple[Any, ...]:
        """What of the subject it rests on, as the actor saw it; empty where it does not matter (D-28).

        Once that is another, the act is refused with `stands`, and what was typed is kept.
        """
        return ()

    @classmethod
    def stands(cls, subject: S) -> str:
        """What there is now, in place of what the actor saw: a sentence."""
        return f"{subject} was changed since you opened this page."

    @classmethod
    def hold(cls, subject: S) -> None:
        """Let nobody change what the act answers until it is done, and read it as it is now."""
        if isinstance(subject, models.Model):
            locks.lock(subject)
            subject.refresh_from_db()

    @classmethod
    def seen_of(cls, subject: S) -> str:
        """What the act rests on, as a form sends it back; empty where it does not matter."""
        return fingerprint(cls.rests_on(subject))

    @classmethod
    def require(cls, subject: S, actor: A) -> None:
        """Raise a Refusal, which answers 403, for an actor who is not even answered in the form."""
        if not cls.is_for(subject, actor):
            raise Refusal(
                f"“{cls.label}” is not yours to do.", clause=cls.clause, way_out=cls.way_out
            )

    @classmethod
    def label_on(cls, subject: S) -> str:
        """What the list of acts calls it."""
        return cls.label

    @classmethod
    def is_primary(cls, subject: S) -> bool:
        """Whether it is what the page is open for."""
        return cls.primary

    def prepare(self) -> None:
        """Set choices, first values and words that depend on the subject."""

    def perform(self) -> str | None:
        """Do it. Returns what the page says then, None for `done`. Raises Refusal."""
        raise NotImplementedError

    def seen_now(self) -> str:
        """What it rests on of the subject as it is now."""
        return self.seen_of(self.subject)

    def what_stands(self) -> str:
        """What there is now, by the act's own words."""
        return self.stands(self.subject)

    @cached_property
    def form_key(self) -> str:
        """The key by which its form is done once: the one sent, else a new one."""
        return sending.key_in(self.data) or sending.new_key()

    def attempt(self) -> str | None:
        """Do it, when what was typed is right. Returns what the page says; None when the form has to be shown again."""

        def act() -> str:
            self.require_seen()
            return self.perform() or self.confirmation

        return self.performed(act)

    @property
    def heading(self) -> str:
        """What a page of its own is called."""
        return self.label_on(self.subject)

    @property
    def confirmation(self) -> str:
        """What the page says once it is done."""
        return self.done

    @property
    def leads_to(self) -> Any:
        """The page after it, as `redirect` takes it: the subject's."""
        return self.subject

    @property
    def intro(self) -> str:
        """What it does, where no field says so; most acts set words of their own in its place."""
        return ""

    @property
    def warning(self) -> str:
        """What to mind before it is done."""
        return ""

    @property
    def cited(self) -> str:
        """The clause that its form cites."""
        return self.clause

    @property
    def aside(self) -> dict[str, Any]:
        """What a page of its own shows beside it."""
        return {}

    @property
    def submit_label(self) -> str:
        """What the button says."""
        return self.submit or self.label

    def take_cursor(self) -> None:
        """Let the page open with the cursor in the first field, or in the first that needs another look."""
        names = [*(self.errors if self.is_bound else ()), *self.fields]
        field = next((self.fields[name] for name in names if name in self.fields), None)
        if field is not None:
            field.widget.attrs["autofocus"] = True


@dataclass
class Offer(Generic[S, A]):
    """An act that the reader of a page may do. Its form is built only when needed, so listing it costs nothing."""

    act: type[Act[S, A]]
    subject: S
    actor: A
    bound: Act[S, A] | None = None
    is_open: bool = False

    @property
    def code(self) -> str:
        """The act's code: what `?act=` names, and the last part of the address that does it."""
        return self.act.code

    @property
    def label(self) -> str:
        """What the list calls it."""
        return self.act.label_on(self.subject)

    @property
    def short(self) -> str:
        """The same where there is little room."""
        return self.act.short or self.label

    @property
    def icon(self) -> str:
        """Its icon."""
        return self.act.icon

    @property
    def is_primary(self) -> bool:
        """Whether it is what the page is open for."""
        return self.act.is_primary(self.subject)

    @cached_property
    def form(self) -> Act[S, A]:
        """The form: the one sent back, else a new one; it takes the cursor when it is open."""
        form = self.bound or self.act(self.subject, self.actor)
        if self.is_open:
            form.take_cursor()
        return form


def offers(
    acts: Iterable[type[Act[S, A]]],
    subject: S,
    actor: A,
    *,
    bound: Act[S, A] | None = None,
    wanted: str = "",
) -> list[Offer[S, A]]:
    """The acts that are open to the actor on the subject, in order, without their forms.

    `bound` is one that came back: it is listed even when it does not fit any more, and open; else the one whose code is
    `wanted` is.
    """
    return [
        Offer(act, subject, actor, came_back, _is_open(act, bound, wanted))
        for act in acts
        if (came_back := bound if type(bound) is act else None)
        or (act.is_for(subject, actor) and act.fits(subject, actor))
    ]


def _is_open(act: type[Act[S, A]], bound: Act[S, A] | None, wanted: str) -> bool:
    return type(bound) is act if bound is not None else act.code == wanted


def answer(
    request: HttpRequest,
    act: type[Act[S, A]] | None,
    subject: S,
    actor: A,
    page: Callable[[Act[S, A]], HttpResponse],
) -> HttpResponse:
    """Show an act's form, or when it is posted do it and lead to the page after it, or to the `next` that was sent.

    A mistake or a refusal shows `page` with the form as it was typed; its `status` is then 409. The same form sent
    again is not done again: it leads where the first one led. Raises Http404 for no act, and Refusal for an actor whose
    act it is not.
    """
    if act is None:
        raise Http404
    act.require(subject, actor)
    if request.method != "POST":
        return page(act(subject, actor, asked=request.GET.dict()))
    with transaction.atomic():
        key = sending.key_in(request.POST)
        before = sending.earlier(actor.user, key, actor.at) if key else None
        if before is not None:
            messages.success(request, before.said)
            return redirect(_next(request) or before.led_to)
        if act.rests_on(subject):
            act.hold(subject)
        form = act(subject, actor, request.POST, request.FILES)
        refused = getattr(request, "files_refused", None)
        if refused is not None:
            form.refuse_before(refused)
        said = form.attempt() if refused is None else None
        if said is None:
            transaction.set_rollback(True)  # it may be sent again
        elif key:
            sending.note(actor.user, key, said=said, led_to=resolve_url(form.leads_to))
    if said is None:
        return page(form)
    messages.success(request, said)
    return redirect(_next(request) or form.leads_to)


def _next(request: HttpRequest) -> str:
    """The page of ours that the act was done from, when it says so."""
    target = request.POST.get("next", "")
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if is_ours else ""
