"""The demonstration: a living data set, made by the portal's own acts."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Stands outside the house and uses its doors: actions and the sweep."""

    name = "demo"
