"""Addresses of contracts."""

from django.urls import URLPattern, path

from contracts.views import (
    absences,
    account_management,
    agreements,
    calls,
    profile,
    programmes,
    services,
)

urlpatterns: list[URLPattern] = [
    path("agreement/", agreements.own_agreement, name="own_agreement"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/<str:reference>/", agreements.agreement, name="agreement"),
    path("agreements/<str:reference>/services/", services.services, name="services"),
    path(
        "agreements/<str:reference>/services/assign/", services.assign_person, name="assign_person"
    ),
    path(
        "agreements/<str:reference>/services/people/<int:pk>/",
        services.end_assignment_of,
        name="end_assignment",
    ),
    path("agreements/<str:reference>/services/profile/", profile.profile, name="account_profile"),
    path(
        "agreements/<str:reference>/services/profile/edit/",
        profile.edit_profile,
        name="edit_profile",
    ),
    path("agreements/<str:reference>/calls/<int:number>/", calls.call, name="call"),
    path(
        "agreements/<str:reference>/calls/<int:number>/<slug:code>/",
        calls.call_act,
        name="call_act",
    ),
    path("absences/", absences.absences, name="absences"),
    path("absences/<int:pk>/end/", absences.end_absence_of, name="end_absence"),
    path("account-management/", account_management.my_resellers, name="my_resellers"),
    path(
        "programmes/<slug:code>/<int:number>/",
        programmes.programme_version,
        name="programme_version",
    ),
]
