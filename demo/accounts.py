"""The password of the demonstration's accounts. It is printed at the start: the accounts are nobody's."""

PASSWORD = "legato-demo-2003"  # noqa: S105
