"""Addresses of renewal and end."""

from django.urls import URLPattern, path

from contracts.renewal import views as renewals

urlpatterns: list[URLPattern] = [
    path("agreements/<str:reference>/renewal/", renewals.renewal, name="renewal"),
    path(
        "agreements/<str:reference>/renewal/paper.pdf", renewals.renewal_paper, name="renewal_paper"
    ),
    path(
        "agreements/<str:reference>/renewal/<slug:act>/", renewals.renewal_act, name="renewal_act"
    ),
    path("renewals/", renewals.renewals, name="renewals"),
]
