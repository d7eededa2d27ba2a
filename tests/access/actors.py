"""Everybody who may come to the portal, as the access matrix tells them apart."""

from enum import StrEnum

from portal.roles import Role


class Actor(StrEnum):
    """Somebody, by what they are: a reseller's person by their standing, a provider's by the one role they hold."""

    ANONYMOUS = "anonymous"
    DEACTIVATED = "deactivated"

    TECHNICAL = "technical"
    ALTERNATE = "alternate"
    WAITING = "waiting"
    ADMINISTRATIVE = "administrative"
    MANAGEMENT = "management"
    LEFT = "left"
    NORDLICHT = "nordlicht"

    CSE = "cse"
    ESS = "ess"
    PSE = "pse"
    ENGINEERING = "engineering"
    SUPPORT_MANAGEMENT = "support_management"
    DISPATCH = "dispatch"
    PSAM = "psam"
    SENIOR_MANAGER = "senior_manager"
    VP_TECHNICAL_SUPPORT = "vp_technical_support"
    DIRECTOR_PREMIUM_SUPPORT = "director_premium_support"
    CPE_MANAGEMENT = "cpe_management"
    EXECUTIVE = "executive"
    SALES = "sales"
    ACCOUNT_MANAGER = "account_manager"
    CONTRACT_ADMINISTRATOR = "contract_administrator"

    @property
    def is_provider(self) -> bool:
        """Whether they work for the provider."""
        return self.value in Role.values

    @property
    def is_reseller(self) -> bool:
        """Whether they work, or worked, for a reseller."""
        return self in RESELLER

    @property
    def signs_in(self) -> bool:
        """Whether a session of theirs counts."""
        return self not in STRANGERS

    @property
    def label(self) -> str:
        """What they are, in words."""
        return WORDS.get(self) or Role(self.value).label


STRANGERS = (Actor.ANONYMOUS, Actor.DEACTIVATED)
RESELLER = (
    Actor.TECHNICAL,
    Actor.ALTERNATE,
    Actor.WAITING,
    Actor.ADMINISTRATIVE,
    Actor.MANAGEMENT,
    Actor.LEFT,
    Actor.NORDLICHT,
)
PROVIDER = tuple(actor for actor in Actor if actor.is_provider)
WORDS = {
    Actor.ANONYMOUS: "not signed in",
    Actor.DEACTIVATED: "an engineer whose account is closed",
    Actor.TECHNICAL: "Technical Contact",
    Actor.ALTERNATE: "Alternate Technical Contact",
    Actor.WAITING: "a Technical Contact still within the 2 Business Days",
    Actor.ADMINISTRATIVE: "Administrative Contact",
    Actor.MANAGEMENT: "Escalation management contact",
    Actor.LEFT: "a Technical Contact who left",
    Actor.NORDLICHT: "the other reseller's Technical Contact",
}
