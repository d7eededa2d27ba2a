"""Everything that runs the portal on one machine: bootstrap, embedded servers, demo supervisor.

Nothing here imports Django, and what runs before the virtual environment exists (``bootstrap``,
``__main__``) imports the standard library only: a stock Python 3.11 or newer is all it needs.
"""
