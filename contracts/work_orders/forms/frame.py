"""The frame of the acts on a work order: each knows who may do it, and at which step of the order it fits."""

from typing import Any, ClassVar

from contracts.roster.permissions import Participant
from contracts.work_orders.actions import frame
from contracts.work_orders.actions.authorising import Paper
from contracts.work_orders.models import WorkOrder
from contracts.work_orders.rules.orders import Basis, Step, fits
from portal.acts import Act
from portal.rules.refusal import Refusal


def paper_of(file: Any) -> Paper | None:
    """An uploaded file as the actions take it."""
    return Paper(file.name, file.read()) if file else None


class WorkAct(Act[WorkOrder, Participant]):
    """An act on a work order, which `party` does at its `step`."""

    prefixed = True
    party: ClassVar[frame.Party]
    step: ClassVar[Step]

    @property
    def order(self) -> WorkOrder:
        """The order."""
        return self.subject

    @classmethod
    def is_for(cls, subject: WorkOrder, actor: Participant) -> bool:
        """Whether the actor is one of the party."""
        return cls.party.admits(actor.user, actor.standing)

    @classmethod
    def fits(cls, subject: WorkOrder, actor: Participant) -> bool:
        """Whether the order has come to the step."""
        return fits(Basis(subject.basis), subject.stands, cls.step)

    @classmethod
    def require(cls, subject: WorkOrder, actor: Participant) -> None:
        """Raise a Refusal, which answers 403, for an actor who is not of the party."""
        if not cls.is_for(subject, actor):
            raise Refusal(
                f"“{cls.label}” is not yours to do on work order {subject.number}.",
                clause=subject.terms.clause,
                way_out=cls.party.way_out(subject.agreement.programme.paper),
            )

    @property
    def cited(self) -> str:
        """The clause of the order."""
        return self.order.terms.clause

    @property
    def confirmation(self) -> str:
        """What the page says once it is done."""
        return f"Work order {self.order.number}: {self.done}"
