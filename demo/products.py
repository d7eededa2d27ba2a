"""What the demonstration's products ask of a report, and the platforms they are supported on (ATSP 5.2.3, 4.8)."""

import datetime as dt

from cases.products.actions import keep_product
from cases.products.models import Product
from cases.products.rules import EVERY_SEVERITY, Asked
from contracts.parties.models.parties import Organisation
from portal.models import User

_ASKED = {
    "NetWorker": (
        Asked(0, "the messages of the savegroup", 2, "From the savegroup completion report."),
        Asked(0, "the daemon log around the Problem", EVERY_SEVERITY, "In /nsr/logs/daemon.log."),
        Asked(0, "the size of the client file index", 0, "As nsrls shows it."),
    ),
    "AlphaStor": (
        Asked(
            0, "the library and its firmware", EVERY_SEVERITY, "As the library's panel shows them."
        ),
    ),
    "RepliStor": (
        Asked(0, "the state of the mirror on both sides", 2, "From the console's Activity page."),
    ),
}
_PLATFORMS = {
    "NetWorker": "Solaris\nHP-UX\nAIX\nLinux\nWindows NT\nWindows 2000\nNetWare",
    "RepliStor": "Windows NT\nWindows 2000",
}


def keep_products(keeper: User, now: dt.datetime) -> None:
    """Let a contract administrator say what the house's products ask, from now on."""
    for product in Product.objects.filter(name__in=_ASKED).order_by("name"):
        keep_product(
            product,
            asked=_ASKED[product.name],
            platforms=_PLATFORMS.get(product.name, ""),
            by=keeper,
            at=now,
        )


def give_to(provider: Organisation, product: Product) -> None:
    """Let a provider's own people keep a product."""
    product.kept_by = provider
    product.save(update_fields=["kept_by"])
