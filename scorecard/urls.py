"""Addresses of scorecards."""

from django.urls import path

from scorecard.views import behind, scorecards

urlpatterns = [
    path("scorecards/", scorecards.portfolio, name="portfolio"),
    path("scorecards/<str:contract_number>/", scorecards.scorecard, name="scorecard"),
    path(
        "scorecards/<str:contract_number>/<slug:code>/",
        behind.behind,
        name="scorecard_cases",
    ),
]
