"""The regions that cases were reported from, as a filter offers them."""

from contracts.parties.models.parties import Site

_known: list[str] = []
"""Read once in each process, and again when a region is asked for that is not among them: they are few and stay."""


def regions() -> list[str]:
    """All of them, by name; no statement but for the first time."""
    return _known or _read()


def regions_with(wanted: str) -> list[str]:
    """All of them, read anew where the one wanted is not known."""
    return regions() if wanted in _known else _read()


def _read() -> list[str]:
    _known[:] = Site.objects.order_by("region").values_list("region", flat=True).distinct()
    return list(_known)
