"""Addresses of who serves a reseller: services, calls, the profile, absences."""

from django.urls import URLPattern, path

from contracts.services.views import absences, calls, my_resellers, profile, services

urlpatterns: list[URLPattern] = [
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
    path("account-management/", my_resellers.my_resellers, name="my_resellers"),
]
