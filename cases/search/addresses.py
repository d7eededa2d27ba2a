"""Addresses of results, for whatever leads to what a search finds."""

from django.urls import reverse
from django.utils.http import urlencode


def search_page(text: str, kind: str = "") -> str:
    """The address of the results for a text."""
    return f"{reverse('search')}?{urlencode({'q': text} | ({'kind': kind} if kind else {}))}"
