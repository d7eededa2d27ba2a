"""The ground of the Legato Partner Support Portal.

This file imports nothing: ``devstack`` runs on a stock Python, before anything is installed. Celery's app is
``portal.celery.app``, which ``PortalConfig.ready`` imports so that every process shares it.
"""

__version__ = "0.2.0"
