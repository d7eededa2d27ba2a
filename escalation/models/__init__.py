"""Running escalations as rows."""

from escalation.models.timeline import Step, Timeline

__all__ = ["Step", "Timeline"]
