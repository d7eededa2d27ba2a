"""Addresses of cases."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from cases.api.files import CaseFiles
from cases.api.views import CaseViewSet
from cases.bulk import views as bulk
from cases.bulletins import views as bulletins
from cases.calls import views as calls
from cases.canned import views as canned
from cases.case import views as case
from cases.conversation import views as conversation
from cases.enhancements import views as enhancements
from cases.handling import views as handling
from cases.home import views as home
from cases.meaning import views as meaning
from cases.mentions import views as mentions
from cases.opening.views import beside, opening, telephone
from cases.presence import views as presence
from cases.products import views as products
from cases.queue import views as lists
from cases.satisfaction import views as satisfaction
from cases.saved import views as saved
from cases.search import views as search
from cases.severity import views as severity
from cases.sub_cases import views as sub_cases
from cases.time_spent import views as time_spent
from cases.watching import views as watching

api = SimpleRouter()
api.register("cases", CaseViewSet, basename="api_case")

urlpatterns = [
    path("api/cases/<int:pk>/files/", CaseFiles.as_view(), name="api_case_files"),
    path("api/", include(api.urls)),
    path("home/", home.contact_home, name="contact_home"),
    path("queue/", lists.queue, name="queue"),
    path("queue/bulk/", bulk.act_on_many, name="act_on_many"),
    path("queue/bulk/<int:pk>/", bulk.bulk_result, name="bulk_result"),
    path("queue/bulk/<int:pk>/undo/", bulk.undo_bulk, name="undo_bulk"),
    path("cases/", lists.case_list, name="cases"),
    path("cases/rows/", lists.choose_rows, name="choose_rows"),
    path("views/", saved.saved_views, name="saved_views"),
    path("views/new/", saved.save_view, name="save_view"),
    path("views/<int:pk>/", saved.keep_view, name="keep_view"),
    path("search/", search.search, name="search"),
    path("cases/new/", opening.open_a_case, name="open_case"),
    path("cases/new/check/", beside.check_report, name="check_report"),
    path("cases/new/matching/", beside.matching, name="matching"),
    path("cases/new/questions/", beside.product_questions, name="product_questions"),
    path("cases/new/instead/", beside.add_instead, name="add_instead"),
    path("cases/drafts/discard/", opening.discard_draft, name="discard_draft"),
    path("cases/new/severity/", severity.severity_brings, name="severity_brings"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/new/", bulletins.edit_bulletin, name="new_bulletin"),
    path("bulletins/products/", bulletins.my_products, name="my_products"),
    path("bulletins/<int:pk>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:pk>/edit/", bulletins.edit_bulletin, name="edit_bulletin"),
    path("bulletins/<int:pk>/publish/", bulletins.publish, name="publish_bulletin"),
    path("products/", products.products, name="products"),
    path("products/<int:pk>/", products.product, name="product"),
    path("products/<int:pk>/<slug:code>/", products.product, name="product_act"),
    path("answers/", canned.canned_answers, name="canned_answers"),
    path("answers/new/", canned.edit_answer, name="new_canned_answer"),
    path("answers/<int:pk>/", canned.edit_answer, name="canned_answer"),
    path("answers/<int:pk>/<slug:code>/", canned.answer_act, name="canned_answer_act"),
    path("enhancements/", enhancements.enhancements, name="enhancements"),
    path("enhancements/new/", enhancements.submit, name="submit_enhancement"),
    path("enhancements/<int:pk>/", enhancements.enhancement, name="enhancement"),
    path("enhancements/<int:pk>/vote/", enhancements.vote_for, name="vote_enhancement"),
    path("enhancements/<int:pk>/decide/", enhancements.dispose_of, name="dispose_enhancement"),
    path("enhancements/<int:pk>/link/", enhancements.link, name="link_enhancement"),
    path("satisfaction/", satisfaction.satisfaction, name="satisfaction"),
    path("satisfaction/<str:token>/", satisfaction.satisfaction_answer, name="satisfaction_answer"),
    path("telephone/", telephone.telephone_report, name="telephone_report"),
    path("telephone/refuse/", calls.refuse_a_call, name="refuse_call"),
    path("telephone/refused/", calls.refused_calls, name="refused_calls"),
    path("cases/<int:pk>/", case.case_page, name="case"),
    path("cases/<int:pk>/severity-preview/", severity.severity_preview, name="severity_preview"),
    path("cases/<int:pk>/like/", meaning.case_like, name="case_like"),
    path("cases/<int:pk>/place/", lists.case_place, name="case_place"),
    path("cases/<int:pk>/live/", presence.case_live, name="case_live"),
    path("cases/<int:pk>/preview/", conversation.preview, name="preview_text"),
    path("cases/<int:pk>/answers/", canned.choose_answer, name="case_answers"),
    path("cases/<int:pk>/people/", mentions.people, name="case_people"),
    path("cases/<int:pk>/messages/<int:message>/", conversation.whole_message, name="case_message"),
    path("sub-cases/", sub_cases.sub_cases, name="sub_cases"),
    path("sub-cases/<int:pk>/", sub_cases.sub_case, name="sub_case"),
    path("sub-cases/<int:pk>/<slug:code>/", sub_cases.sub_case_act, name="sub_case_act"),
    path("time-spent/", time_spent.time_spent, name="time_spent"),
    path("time-spent/csv/", time_spent.time_csv, name="time_csv"),
    path("time-spent/<int:pk>/take-back/", time_spent.take_back, name="take_back_time"),
    path("hand-over/", handling.pass_on, name="pass_on"),
    path("watching/<str:token>/", watching.leave_watch, name="leave_watch"),
    path("cases/<int:pk>/<slug:code>/", case.act, name="case_act"),
]
