"""Addresses of cases."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from cases.api.views import CaseViewSet
from cases.views import case, home, lists, opening, telephone

api = SimpleRouter()
api.register("cases", CaseViewSet, basename="api_case")

urlpatterns = [
    path("api/", include(api.urls)),
    path("home/", home.contact_home, name="contact_home"),
    path("queue/", lists.queue, name="queue"),
    path("cases/", lists.case_list, name="cases"),
    path("cases/new/", opening.open_a_case, name="open_case"),
    path("cases/new/draft/", opening.save_draft, name="save_case_draft"),
    path("cases/new/articles/", opening.matching_articles, name="matching_articles"),
    path("cases/drafts/discard/", opening.discard_draft, name="discard_draft"),
    path("telephone/", telephone.telephone_report, name="telephone_report"),
    path("cases/<int:pk>/", case.case_page, name="case"),
    path("cases/<int:pk>/<slug:code>/", case.act, name="case_act"),
]
