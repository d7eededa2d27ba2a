"""Everything that runs the portal on one machine: install, embedded servers, demo, test runs.

Nothing here imports Django, and what runs before the virtual environment exists imports the
standard library only: a stock Python 3.11 or newer is all it needs.
"""
