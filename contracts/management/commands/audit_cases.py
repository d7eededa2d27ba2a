"""``manage.py audit_cases``: whether every account of prepaid cases is the sum of its entries."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.prepaid.audit import audit


class Command(BaseCommand):
    """Says that all adds up, or what does not, and then ends with an error."""

    help = "Add up the ledger of prepaid cases anew and compare it with the accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        """Audit, and print what was found. Raises CommandError when something does not add up."""
        result = audit()
        for finding in result.findings:
            self.stderr.write(str(finding))
        looked = f"{result.pools} pools, {result.entries} entries"
        if result.findings:
            raise CommandError(f"{looked}: {len(result.findings)} do not add up.")
        self.stdout.write(f"{looked}: all add up.")
