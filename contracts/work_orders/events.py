"""Events of work orders, for subscribers (``portal.subscriptions``)."""

import datetime as dt
from dataclasses import dataclass

from contracts.verbs import Verb
from contracts.work_orders.models import WorkOrder
from portal.models import User


@dataclass(frozen=True, slots=True)
class WorkOrderChanged:
    """An act on a work order, as its journal has it: the verb, what was said, and the clause."""

    order: WorkOrder
    verb: Verb
    text: str
    clause: str
    by: User | None
    at: dt.datetime
