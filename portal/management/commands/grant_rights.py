"""``manage.py grant_rights``: the role that the portal runs as, made by the tables' owner after each migration."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal import rights

PASSWORD = "PORTAL_ROLE_PASSWORD"  # noqa: S105  # the name of a variable


class Command(BaseCommand):
    help = (
        "Give the role that the portal runs as its rights, and no more, in the tables that are there. Run it as their "
        f"owner after each migration. With {PASSWORD} in the environment it makes the role, or sets its password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="the role's name, such as portal_app")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        role, password = options["role"], os.environ.get(PASSWORD, "")
        if not password and PASSWORD in os.environ:
            raise CommandError(f"{PASSWORD} is empty: give the role a password")
        if password:
            rights.make_role(role, password)
        rights.grant(role)
        self.stdout.write(f"{role} has its rights.")
