"""Addresses of contracts, noun by noun."""

from django.urls import URLPattern

from contracts.agreements import urls as agreements
from contracts.billing import urls as billing
from contracts.coverage import urls as coverage
from contracts.prepaid import urls as prepaid
from contracts.programmes import urls as programmes
from contracts.renewal import urls as renewal
from contracts.roster import urls as roster
from contracts.services import urls as services
from contracts.work_orders import urls as work_orders

urlpatterns: list[URLPattern] = [
    *agreements.urlpatterns,
    *services.urlpatterns,
    *prepaid.urlpatterns,
    *work_orders.urlpatterns,
    *renewal.urlpatterns,
    *coverage.urlpatterns,
    *programmes.urlpatterns,
    *billing.urlpatterns,
    *roster.urlpatterns,
]
