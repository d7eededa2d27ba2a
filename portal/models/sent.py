"""Forms that were sent and done: the same one sent again is not done again."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class SentForm(models.Model):
    """A form by the key that its page gave it, what was said once it was done, and where that led."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    key = models.CharField(max_length=80)
    at = models.DateTimeField(db_index=True, help_text="When it was sent, in domain time.")
    said = models.TextField(blank=True)
    led_to = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="sent_form_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.user_id} at {self.at:%Y-%m-%d %H:%M}"
