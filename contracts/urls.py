"""Addresses of contracts."""

from django.urls import URLPattern, path

from contracts.views import agreements, programmes

urlpatterns: list[URLPattern] = [
    path("agreement/", agreements.own_agreement, name="own_agreement"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/<str:reference>/", agreements.agreement, name="agreement"),
    path(
        "programmes/<slug:code>/<int:number>/",
        programmes.programme_version,
        name="programme_version",
    ),
]
