"""Addresses of prepaid cases: the ledger, transfers, the extension."""

from django.urls import URLPattern, path

from contracts.prepaid.views import extensions
from contracts.prepaid.views import ledger as cases

urlpatterns: list[URLPattern] = [
    path("agreements/<str:reference>/cases/", cases.agreement_cases, name="agreement_cases"),
    path(
        "agreements/<str:reference>/cases/ledger.csv",
        cases.case_ledger_csv,
        name="case_ledger_csv",
    ),
    path("agreements/<str:reference>/cases/transfer/", cases.transfer_cases, name="transfer_cases"),
    path(
        "agreements/<str:reference>/cases/extension/",
        extensions.agreement_extension,
        name="agreement_extension",
    ),
    path(
        "agreements/<str:reference>/cases/extension/<int:pk>/",
        extensions.decide_extension,
        name="decide_extension",
    ),
    path(
        "agreements/<str:reference>/cases/extension/<int:pk>/withdraw/",
        extensions.withdraw_extension,
        name="withdraw_extension",
    ),
]
