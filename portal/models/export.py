"""Files that people asked for: what, how far they are, and where the finished one is."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q


class ExportState(models.TextChoices):
    """How far an export is."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Being written"
    DONE = "done", "Ready"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Canceled"
    EXPIRED = "expired", "Deleted after a day"


class ExportFormat(models.TextChoices):
    """What kind of file."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel (XLSX)"


class ExportQuerySet(models.QuerySet["Export"]):
    """Selects exports."""

    def visible_to(self, user: Any) -> Self:
        """One's own; nobody reads another's."""
        return self.filter(owner=user if user.is_authenticated and user.is_active else None)


class Export(models.Model):
    """One file for one person. A worker claims it by a lease, which it renews with every part that it writes."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(
        max_length=40, help_text="What is exported: see `portal.exports.kinds`."
    )
    title = models.CharField(max_length=200)
    params = models.JSONField(default=dict, help_text="What narrows and orders it.")
    format = models.CharField(max_length=4, choices=ExportFormat.choices)
    state = models.CharField(
        max_length=10, choices=ExportState.choices, default=ExportState.WAITING
    )
    total = models.PositiveIntegerField(null=True, blank=True)
    written = models.PositiveIntegerField(default=0)
    file = models.FileField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When its page last asked.")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(
        null=True, blank=True, help_text="By the database's clock: then another worker may begin."
    )
    refused = models.TextField(blank=True, help_text="Why it failed.")

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-id"], name="export_by_owner"),
            models.Index(
                fields=["id"],
                name="export_unfinished",
                condition=Q(state__in=("waiting", "running")),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(file="") & Q(finished_at__isnull=False),
                name="export_done_has_its_file",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}.{self.format}"

    @property
    def is_unfinished(self) -> bool:
        """Whether it waits or is being written."""
        return self.state in (ExportState.WAITING, ExportState.RUNNING)

    @property
    def percent(self) -> int:
        """How far it is, of a hundred."""
        return min(100, 100 * self.written // self.total) if self.total else 0
