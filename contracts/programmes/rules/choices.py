"""The words that terms choose from: what an option buys, who bears a duty, which act does it."""

from enum import StrEnum


class PartySide(StrEnum):
    """A party of an agreement; the values are those of a signature's side."""

    PROVIDER = "provider"
    RESELLER = "reseller"


class TransferNeeds(StrEnum):
    """What the other party must have before an agreement is transferred (ATSP 19.3, SCL 19.1)."""

    NOTHING = "nothing"
    NOTICE = "notice"  # it was notified in writing
    CONSENT = "consent"  # it consented in writing


class OptionKind(StrEnum):
    """What an option buys (ATSP 14, 15)."""

    PSAM = "psam"
    ESS = "ess"


class InformationOutcome(StrEnum):
    """What happens when the information asked for is not received in time (ATSP 4.9.1, 4.10.8)."""

    DOWNGRADE = "downgrade"
    CLOSE = "close"


class Role(StrEnum):
    """Who bears a duty or hears a notice of the escalation (ATSP Ex.C).

    The values are the portal's roles, and the case's Technical Contact.
    """

    CSE = "cse"
    TECHNICAL_CONTACT = "technical_contact"
    PSAM = "psam"
    SUPPORT_MANAGEMENT = "support_management"
    SENIOR_MANAGER = "senior_manager"
    CPE_MANAGEMENT = "cpe_management"
    VP_TECHNICAL_SUPPORT = "vp_technical_support"
    DIRECTOR_PREMIUM_SUPPORT = "director_premium_support"
    EXECUTIVE = "executive"
    SALES = "sales"
    PSE = "pse"
    ENGINEERING = "engineering"


class Act(StrEnum):
    """An act of the portal that does a duty of the escalation (ATSP Ex.C)."""

    CONTACT_UPDATE = "contact_update"  # a reply or a logged call to the Technical Contact
    READ_NOTES = "read_notes"
    STATUS_FROM_CSE = "status_from_cse"
    CALL_RESELLER_MANAGEMENT = "call_reseller_management"
    UPDATE_PSAM = "update_psam"
    INFORM_SALES = "inform_sales"
    STATUS_FROM_MANAGEMENT = "status_from_management"
    INFORM_RESELLER_MANAGEMENT = "inform_reseller_management"
    ENGAGE_PSE = "engage_pse"  # opens the sub-case
    INFORM_DIRECTOR = "inform_director"
    ENGAGE_ENGINEERING = "engage_engineering"


class Measured(StrEnum):
    """What an Exhibit B measure counts; each is computed by ``scorecard.rules``."""

    CRITICAL_IN_KNOWLEDGE_BASE = "critical_in_knowledge_base"
    ALL_IN_KNOWLEDGE_BASE = "all_in_knowledge_base"
    REPLICATED_BY_PROVIDER = "replicated_by_provider"
    DAYS_RELIEF_TO_CLOSURE = "days_relief_to_closure"
    CONTACTS_TRAINED = "contacts_trained"
