"""The verbs of contracts: publish a programme, load an agreement and holidays, keep the ledger of prepaid cases."""

from contracts.actions import case_ledger
from contracts.actions.agreements import load_agreement
from contracts.actions.case_extension import (
    accept_extension,
    ask_for_extension,
    decline_extension,
    withdraw_extension,
)
from contracts.actions.case_transfer import transfer_cases
from contracts.actions.charges import add_charge, charge_option, charge_year, take_back_charge
from contracts.actions.disputes import answer_dispute, raise_dispute, settle_dispute
from contracts.actions.fees import set_standard_fee
from contracts.actions.holidays import load_holidays
from contracts.actions.invoices import add_tax, issue_invoices
from contracts.actions.life import end_agreement, sign_agreement, take_force
from contracts.actions.options import quote_option, take_option
from contracts.actions.payments import record_payment, take_back, use_credit
from contracts.actions.programmes import publish_programme

__all__ = [
    "accept_extension",
    "add_charge",
    "add_tax",
    "answer_dispute",
    "ask_for_extension",
    "case_ledger",
    "charge_option",
    "charge_year",
    "decline_extension",
    "end_agreement",
    "issue_invoices",
    "load_agreement",
    "load_holidays",
    "publish_programme",
    "quote_option",
    "raise_dispute",
    "record_payment",
    "set_standard_fee",
    "settle_dispute",
    "sign_agreement",
    "take_back",
    "take_back_charge",
    "take_force",
    "take_option",
    "transfer_cases",
    "use_credit",
    "withdraw_extension",
]
