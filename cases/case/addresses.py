"""The addresses of cases, for whatever names a case without having read it."""

from functools import cache

from django.urls import get_script_prefix, reverse


def page_of(case_id: int) -> str:
    """The path of a case's page."""
    return f"{_page_without_number(get_script_prefix())}{case_id}/"


@cache
def _page_without_number(_prefix: str) -> str:
    """Where case pages are, found once: a sweep gives thousands of addresses."""
    return reverse("case", args=[0]).removesuffix("0/")
