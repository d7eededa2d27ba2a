"""The life of a Request for Feature Enhancement: where it may go from where it stands (ATSP 1.5, 10.1).

"Legato actively solicits RFE's from its Resellers, however, this in no way commits Legato to implement any such
changes" (ATSP 10.1): a request may be declined from anywhere before it is delivered, and taken up again.
"""

from enum import StrEnum

from portal.rules.refusal import Refusal

CLAUSE = "ATSP 10.1"


class Disposition(StrEnum):
    """Where a request stands."""

    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    ACCEPTED = "accepted"
    PLANNED = "planned"
    DECLINED = "declined"
    DELIVERED = "delivered"

    @property
    def label(self) -> str:
        """The state in words."""
        return self.value.replace("_", " ")

    @property
    def tone(self) -> str:
        """The tone of its pill."""
        return {"accepted": "info", "planned": "info", "delivered": "success"}.get(
            self.value, "neutral"
        )

    @property
    def icon(self) -> str:
        """The icon of its pill."""
        return {
            "submitted": "send",
            "under_review": "search",
            "accepted": "thumb-up",
            "planned": "calendar-event",
            "declined": "circle-x",
            "delivered": "circle-check",
        }[self.value]


_NEXT = {
    Disposition.SUBMITTED: (Disposition.UNDER_REVIEW, Disposition.ACCEPTED, Disposition.DECLINED),
    Disposition.UNDER_REVIEW: (Disposition.ACCEPTED, Disposition.PLANNED, Disposition.DECLINED),
    Disposition.ACCEPTED: (Disposition.PLANNED, Disposition.DELIVERED, Disposition.DECLINED),
    Disposition.PLANNED: (Disposition.DELIVERED, Disposition.ACCEPTED, Disposition.DECLINED),
    Disposition.DECLINED: (Disposition.UNDER_REVIEW,),
    Disposition.DELIVERED: (),
}


def next_of(standing: Disposition) -> tuple[Disposition, ...]:
    """The states a request may move to; none once it is delivered."""
    return _NEXT[standing]


def disposed(
    standing: Disposition, to: Disposition, *, disposition: str, release: str
) -> Disposition:
    """The new standing. Raises Refusal for a step that is none, without words, and a delivery without its Release."""
    if to not in _NEXT[standing]:
        known = ", ".join(one.label for one in _NEXT[standing]) or "nowhere: it is delivered"
        raise Refusal(
            f"A request that is {standing.label} does not become {to.label}.",
            clause=CLAUSE,
            way_out=f"From here it may go to: {known}.",
            field="state",
        )
    if not disposition.strip():
        raise Refusal(
            "The disposition is empty.",
            clause=CLAUSE,
            way_out="Say what was decided, and why: those who asked for it read it.",
            field="disposition",
        )
    if to is Disposition.DELIVERED and not release.strip():
        raise Refusal(
            "A delivered request needs its Release.",
            clause="ATSP 1.5",
            way_out="Name the Release that brings it.",
            field="release",
        )
    return to
