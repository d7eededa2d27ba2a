"""Register the handlers of all deadlines on agreements, noun by noun."""

from contracts.agreements import deadlines as life
from contracts.billing import deadlines as invoices
from contracts.ending import deadlines as ending
from contracts.renewal import deadlines as renewals
from contracts.roster import deadlines as roster
from contracts.services import deadlines as services
from contracts.work_orders import deadlines as work_orders


def register_kinds() -> None:
    """Make the kinds known to the engine."""
    invoices.register_kinds()
    life.register_kinds()
    services.register_kinds()
    roster.register_kinds()
    work_orders.register_kinds()
    renewals.register_kinds()
    ending.register_kinds()
