"""Addresses of scorecards."""

from django.urls import path

from scorecard.views import behind, scorecards

urlpatterns = [
    path("scorecards/", scorecards.portfolio, name="portfolio"),
    path("scorecards/<str:reference>/", scorecards.scorecard, name="scorecard"),
    path(
        "scorecards/<str:reference>/<slug:code>/",
        behind.behind,
        name="scorecard_cases",
    ),
]
