"""Heartbeats: when each part of the machinery last ran, so that silence can be seen."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Heartbeat(models.Model):
    """The last run of one part ("sweep", "deliver"), in real time, with its figures."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    figures = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"
