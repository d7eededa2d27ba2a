"""The verbs of contracts: publish a programme, load an agreement and holidays, keep the ledger of prepaid cases."""

from contracts.actions import case_ledger
from contracts.actions.agreements import load_agreement
from contracts.actions.case_extension import (
    accept_extension,
    ask_for_extension,
    decline_extension,
)
from contracts.actions.case_transfer import transfer_cases
from contracts.actions.charges import add_charge, charge_option, charge_year
from contracts.actions.holidays import load_holidays
from contracts.actions.life import end_agreement, sign_agreement, take_force
from contracts.actions.programmes import publish_programme

__all__ = [
    "accept_extension",
    "add_charge",
    "ask_for_extension",
    "case_ledger",
    "charge_option",
    "charge_year",
    "decline_extension",
    "end_agreement",
    "load_agreement",
    "load_holidays",
    "publish_programme",
    "sign_agreement",
    "take_force",
    "transfer_cases",
]
