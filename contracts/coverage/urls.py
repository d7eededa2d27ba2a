"""Addresses of delegated coverage."""

from django.urls import URLPattern, path

from contracts.coverage import views as coverage

urlpatterns: list[URLPattern] = [
    path(
        "agreements/<str:reference>/coverage/",
        coverage.agreement_coverage,
        name="agreement_coverage",
    ),
    path(
        "agreements/<str:reference>/coverage/<slug:act>/",
        coverage.coverage_act,
        name="coverage_act",
    ),
]
