"""Notices: written with the fact they tell (``outbox``), rendered (``rendering``) and sent (``delivery``)."""
