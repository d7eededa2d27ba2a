"""Addresses of agreements: all, one, drawing up, signing, ending, papers, parties."""

from django.urls import URLPattern, path

from contracts.agreements.views import agreements, documents, drawing_up, parties

urlpatterns: list[URLPattern] = [
    path("agreement/", agreements.own_agreement, name="own_agreement"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/new/", drawing_up.draw_up_agreement, name="draw_up_agreement"),
    path("agreements/<str:reference>/", agreements.agreement, name="agreement"),
    path("agreements/<str:reference>/change/", drawing_up.change_draft, name="change_draft"),
    path("agreements/<str:reference>/delete/", drawing_up.delete_draft, name="delete_draft"),
    path("agreements/<str:reference>/sign/", drawing_up.sign, name="sign_agreement"),
    path("agreements/<str:reference>/end/", drawing_up.end, name="end_agreement"),
    path(
        "agreements/<str:reference>/documents/",
        documents.agreement_documents,
        name="agreement_documents",
    ),
    path(
        "agreements/<str:reference>/documents/page-1.pdf",
        documents.page_1_pdf,
        name="agreement_page_1",
    ),
    path(
        "agreements/<str:reference>/documents/exhibit-a.pdf",
        documents.exhibit_a_pdf,
        name="agreement_exhibit_a",
    ),
    path(
        "agreements/<str:reference>/parties/", parties.agreement_parties, name="agreement_parties"
    ),
]
