"""The roles that provider people hold. Reseller people hold none: the roster says what they may do (ATSP Exhibit A)."""

from django.db import models


class Role(models.TextChoices):
    """A provider role. The audiences of Exhibit C in a programme use the same words."""

    CSE = "cse", "Customer Support Engineer"
    ESS = "ess", "Enterprise Support Specialist"
    PSAM = "psam", "Premium Support Account Manager"
    DISPATCH = "dispatch", "Dispatch"
    SUPPORT_MANAGEMENT = "support_management", "Customer Support Management"
    SENIOR_MANAGER = "senior_manager", "Senior Manager, Technical Support"
    VP_TECHNICAL_SUPPORT = "vp_technical_support", "Vice President Technical Support"
    DIRECTOR_PREMIUM_SUPPORT = "director_premium_support", "Director of WW Premium Support"
    CPE_MANAGEMENT = "cpe_management", "Current Product Engineering management"
    PSE = "pse", "PSE team"
    ENGINEERING = "engineering", "Engineering"
    EXECUTIVE = "executive", "Executive Team"
    SALES = "sales", "Legato sales"
    ACCOUNT_MANAGER = "account_manager", "Account manager"
    CONTRACT_ADMINISTRATOR = "contract_administrator", "Contract administrator"
