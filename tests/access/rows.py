"""The rows of the access matrix: what a URL or an act answers to whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.access.actors import PROVIDER, RESELLER, STRANGERS, Actor

Outcomes = Mapping[Actor, int]

ENGINEERS = (Actor.CSE, Actor.ESS, Actor.PSE, Actor.ENGINEERING, Actor.SUPPORT_MANAGEMENT)
INTAKE = (*ENGINEERS, Actor.DISPATCH)
SCORECARD_READERS = (
    Actor.PSAM,
    Actor.SUPPORT_MANAGEMENT,
    Actor.SENIOR_MANAGER,
    Actor.VP_TECHNICAL_SUPPORT,
    Actor.DIRECTOR_PREMIUM_SUPPORT,
    Actor.ACCOUNT_MANAGER,
    Actor.CONTRACT_ADMINISTRATOR,
)
TECHNICAL = (Actor.TECHNICAL, Actor.ALTERNATE, Actor.NORDLICHT)
ON_THE_ROSTER = (*TECHNICAL, Actor.WAITING)
PRESENT = (*ON_THE_ROSTER, Actor.ADMINISTRATIVE, Actor.MANAGEMENT)

ONE_OF_EACH_KIND = (*STRANGERS, Actor.TECHNICAL, Actor.LEFT, Actor.CSE)

GROUPS = {
    frozenset(ENGINEERS): "engineers",
    frozenset(INTAKE): "engineers and dispatch",
    frozenset(SCORECARD_READERS): "readers of scorecards",
    frozenset(
        {Actor.ACCOUNT_MANAGER, Actor.CONTRACT_ADMINISTRATOR}
    ): "account managers and contract administrators",
    frozenset({Actor.CSE}): "the engineer who has the case",
    frozenset({Actor.CSE, Actor.SUPPORT_MANAGEMENT}): "its owner and Customer Support Management",
    frozenset({Actor.PSAM}): "the agreement's PSAM",
    frozenset({Actor.ACCOUNT_MANAGER}): "account manager",
    frozenset({Actor.CONTRACT_ADMINISTRATOR}): "the contract administrator",
    frozenset(
        {Actor.CONTRACT_ADMINISTRATOR, Actor.ACCOUNT_MANAGER}
    ): "account managers and contract administrators",
    frozenset({Actor.CONTRACT_ADMINISTRATOR, Actor.SUPPORT_MANAGEMENT}): "those who assign people",
    frozenset(
        {
            Actor.PSAM,
            Actor.CONTRACT_ADMINISTRATOR,
            Actor.SUPPORT_MANAGEMENT,
            Actor.DIRECTOR_PREMIUM_SUPPORT,
        }
    ): "the PSAM and their management",
    frozenset({Actor.PSAM, Actor.ESS, Actor.SUPPORT_MANAGEMENT}): "those who keep profiles",
    frozenset(
        {Actor.PSAM, Actor.ESS, Actor.SUPPORT_MANAGEMENT, Actor.CPE_MANAGEMENT}
    ): "those who write bulletins",
    frozenset({*ENGINEERS, Actor.PSAM}): "engineers and the PSAM",
    frozenset(
        {Actor.PSAM, Actor.SUPPORT_MANAGEMENT, Actor.CPE_MANAGEMENT, Actor.ENGINEERING}
    ): "those who review requests",
    frozenset(
        {*ENGINEERS, Actor.CPE_MANAGEMENT, Actor.CONTRACT_ADMINISTRATOR}
    ): "those who keep products",
}


def only(actors: tuple[Actor, ...], status: int, others: int) -> Outcomes:
    """One answer to some, another to everybody else; the row takes those whom it is about."""
    return {actor: status if actor in actors else others for actor in Actor}


@dataclass(frozen=True, slots=True)
class Row:
    """The answers of a URL to each actor for their own object; `foreign` for another company's, to a reseller's people.

    `about` names the object in the address (see ``tests.access.requests``). `to_others` is the answer over an object of
    another person of one's own company, where the object is a person's. Pages of machines and of sign-in know no roles
    and standings: `of_sign_in` ones are asked by one of each kind.
    """

    url: str
    method: str
    answers: Outcomes
    foreign: int | None = None
    about: str = ""
    to_others: int | None = None
    of_sign_in: bool = False
    note: str = ""
    sends: Callable[[Any, Any], dict[str, Any]] | None = None  # the form, of the world and the side
    led: bool = False  # it only leads to another page, whatever it is about

    @property
    def name(self) -> str:
        """The row's name in a test's report."""
        return f"{self.method} {self.url}"

    @property
    def actors(self) -> tuple[Actor, ...]:
        """Who asks."""
        return ONE_OF_EACH_KIND if self.of_sign_in else tuple(self.answers)


def row(
    url: str,
    method: str = "GET",
    *,
    reseller: int | Outcomes,
    provider: int | Outcomes,
    strangers: int | None = None,
    **more: Any,
) -> Row:
    """A row, from the answer to each of the three kinds of people; one number is for all of a kind.

    Strangers are led to the sign-in; what they send is answered with it, so that it is not lost.
    """
    answers: dict[Actor, int] = {}
    if strangers is None:
        strangers = 302 if method == "GET" else 401
    for actors, said in ((STRANGERS, strangers), (RESELLER, reseller), (PROVIDER, provider)):
        answers |= {actor: said if isinstance(said, int) else said[actor] for actor in actors}
    return Row(url, method, answers, **more)


def sign_in(
    url: str, signed_in: int = 200, *, method: str = "GET", strangers: int = 200, **more: Any
) -> Row:
    """A page of machines or of sign-in, which answers all who have signed in alike."""
    return row(
        url,
        method,
        strangers=strangers,
        reseller=signed_in,
        provider=signed_in,
        of_sign_in=True,
        **more,
    )


def of_the_provider(url: str, method: str = "GET", *, provider: int | Outcomes, **more: Any) -> Row:
    """A page of the provider's own: 403 to every reseller's person, whatever object it is about."""
    if more.get("about"):
        more["foreign"] = 403
    return row(url, method, reseller=403, provider=provider, **more)


def led_on(sent: Row) -> Row:
    """The row of the address of a form that is only asked for: it leads to its page, which says who may open it."""
    seen = sent.about == "step"  # its case is asked of what is seen
    return row(
        sent.url,
        reseller=only(PRESENT, 302, 404) if seen else 302,
        provider=302,
        about=sent.about,
        foreign=None if sent.foreign is None else 404 if seen else 302,
        note="leads to the page with its form",
        led=True,
    )


@dataclass(frozen=True, slots=True)
class ActRow:
    """Who does an act on a case. It is shown to them and to nobody else, and refused to everybody else.

    `situation` names a case on which it makes sense; `sends` what is typed. `kept_waiting` are those to whom it is
    shown and refused with the time from when, so that what they typed is kept. `also` has the act in other situations.
    """

    code: str
    situation: str
    doers: tuple[Actor, ...]
    sends: Mapping[str, Any] = field(default_factory=dict)
    kept_waiting: tuple[Actor, ...] = ()
    also: tuple[Actor, ...] = ()
    note: str = ""

    @property
    def sides(self) -> tuple[Actor, ...]:
        """People of the sides that have the act."""
        return (*self.doers, *self.also)

    @property
    def name(self) -> str:
        """The row's name in a test's report."""
        return f"{self.code} on a case {self.situation}"

    def is_shown_to(self, actor: Actor) -> bool:
        """Whether the case page offers it."""
        return actor in self.doers or actor in self.kept_waiting

    def answer(self, actor: Actor) -> int:
        """What a POST of it to a case of one's own company answers."""
        if actor is Actor.LEFT:
            return 404
        if actor in self.doers:
            return 302
        return 409 if any(doer.is_provider == actor.is_provider for doer in self.sides) else 403
