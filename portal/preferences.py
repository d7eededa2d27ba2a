"""How a person likes pages to be: small choices that are kept with their account and read with it."""

from typing import Any

from django.db.models import F, Func, JSONField, Value

from portal.models import User

ROWS = "rows"
COMPACT, NORMAL = "compact", "normal"


def keep(user: User, name: str, value: Any) -> None:
    """Keep a choice; None forgets it. One statement, in which other choices stay whatever else is kept meanwhile."""
    if value is None:
        changed = Func(F("preferences"), Value(name), arg_joiner=" - ", template="%(expressions)s")
        user.preferences.pop(name, None)
    else:
        added = Value({name: value}, JSONField())
        changed = Func(F("preferences"), added, arg_joiner=" || ", template="%(expressions)s")
        user.preferences[name] = value
    User.objects.filter(pk=user.pk).update(preferences=changed)


def rows_are_compact(user: User) -> bool:
    """Whether they read lists with one line a row."""
    return bool(user.preferences.get(ROWS) == COMPACT)
