"""Forms of cases: opening one, and the acts on one."""
