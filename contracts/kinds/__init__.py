"""What happens when an agreement's deadlines fall due; a module a noun."""

from contracts.kinds import life, services, work_orders


def register_kinds() -> None:
    """Make the kinds known to the engine."""
    life.register_kinds()
    services.register_kinds()
    work_orders.register_kinds()
