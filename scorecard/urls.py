"""Addresses of scorecards."""

from django.urls import path

from scorecard.views import scorecards

urlpatterns = [
    path("scorecards/", scorecards.portfolio, name="portfolio"),
    path("scorecards/<str:contract_number>/", scorecards.scorecard, name="scorecard"),
    path(
        "scorecards/<str:contract_number>/<slug:code>/",
        scorecards.cases_behind,
        name="scorecard_cases",
    ),
]
