"""Each constraint of contracts broken once, by a function of its name; a module a noun."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

Violation = Callable[[], None]


def of_all_nouns() -> list[Violation]:
    """The violations that the modules list; `guarded_by_triggers` names those that no constraint declares."""
    return [violation for module in _modules() for violation in module.VIOLATIONS]


def guarded_by_triggers() -> set[str]:
    """The names that triggers raise, which a module lists as `TRIGGERS`."""
    return {name for module in _modules() for name in getattr(module, "TRIGGERS", ())}


def _modules() -> list[Any]:
    return [
        importlib.import_module(f"{__name__}.{info.name}")
        for info in pkgutil.iter_modules(__path__)
    ]
