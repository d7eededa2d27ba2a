"""Addresses of the roster."""

from django.urls import URLPattern, path

from contracts.roster.views import acts as roster_acts
from contracts.roster.views import importing, roster

urlpatterns: list[URLPattern] = [
    path("agreements/<str:reference>/roster/", roster.roster, name="agreement_roster"),
    path("agreements/<str:reference>/roster/add/", roster_acts.roster_add, name="roster_add"),
    path(
        "agreements/<str:reference>/roster/hand-over/",
        roster_acts.roster_hand_over,
        name="roster_hand_over",
    ),
    path(
        "agreements/<str:reference>/roster/import/",
        importing.roster_import,
        name="roster_import",
    ),
    path(
        "agreements/<str:reference>/roster/exhibit-a.<slug:form>",
        roster.roster_file,
        name="roster_file",
    ),
    path(
        "agreements/<str:reference>/roster/training/<int:pk>/",
        roster_acts.roster_training,
        name="roster_training",
    ),
    path(
        "agreements/<str:reference>/roster/<int:pk>/", roster_acts.roster_line, name="roster_line"
    ),
    path(
        "agreements/<str:reference>/roster/<int:pk>/<slug:code>/",
        roster_acts.roster_act,
        name="roster_act",
    ),
]
