"""What happens when an agreement's deadlines fall due; a module a noun."""

from contracts.kinds import invoices, life, renewals, roster, services, work_orders


def register_kinds() -> None:
    """Make the kinds known to the engine."""
    invoices.register_kinds()
    life.register_kinds()
    services.register_kinds()
    roster.register_kinds()
    work_orders.register_kinds()
    renewals.register_kinds()
