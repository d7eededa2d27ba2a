"""The verbs of contracts: publish a programme, load an agreement and holidays, keep the ledger of prepaid cases."""

from contracts.actions import case_ledger
from contracts.actions.agreements import load_agreement
from contracts.actions.charges import add_charge, charge_option, charge_year
from contracts.actions.holidays import load_holidays
from contracts.actions.life import end_agreement, sign_agreement, take_force
from contracts.actions.programmes import publish_programme

__all__ = [
    "add_charge",
    "case_ledger",
    "charge_option",
    "charge_year",
    "end_agreement",
    "load_agreement",
    "load_holidays",
    "publish_programme",
    "sign_agreement",
    "take_force",
]
