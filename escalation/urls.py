"""Addresses of escalation."""

from django.urls import path

from escalation.views import board, detail

urlpatterns = [
    path("escalations/", board.board, name="escalations"),
    path("escalations/wall/", board.wall, name="escalation_wall"),
    path("escalations/<int:pk>/", detail.detail, name="escalation"),
    path("escalations/<int:pk>/log/", detail.log, name="escalation_log"),
    path("escalations/steps/<int:pk>/waive/", detail.waive, name="escalation_waive"),
]
