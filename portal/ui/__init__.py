"""What the pages are made of: icons, words for durations and clocks, clauses' short texts.

Nothing here reads the database; the modules that `devstack` needs import no Django either.
"""
