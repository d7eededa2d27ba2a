"""Instants in mails."""

import datetime as dt
import functools

from django import template
from django.utils import timezone

from portal.ui import words

register = template.Library()


@register.filter
def instant(at: dt.datetime | None) -> str:
    """An instant in the recipient's zone, "Wed 5 Mar 2003, 10:00 PST"; nothing for none."""
    return "" if at is None else _in_full(at, timezone.get_current_timezone())


@functools.lru_cache(maxsize=256)  # each part of a mail says the same instants
def _in_full(at: dt.datetime, zone: dt.tzinfo) -> str:
    return words.in_full(at, zone)
