"""Addresses of contracts."""

from django.urls import URLPattern, path

from contracts.agreements.views import agreements, documents, drawing_up, parties
from contracts.billing.views import fees, invoice_list, invoices, money, options
from contracts.coverage import views as coverage
from contracts.prepaid.views import extensions
from contracts.prepaid.views import ledger as cases
from contracts.programmes.views import glossary, publishing, versions
from contracts.renewal import views as renewals
from contracts.roster import urls as roster_urls
from contracts.services.views import absences, calls, my_resellers, profile, services
from contracts.work import views as work_orders

urlpatterns: list[URLPattern] = [
    path("agreement/", agreements.own_agreement, name="own_agreement"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/new/", drawing_up.draw_up_agreement, name="draw_up_agreement"),
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
    path("agreements/<str:reference>/cases/", cases.agreement_cases, name="agreement_cases"),
    path(
        "agreements/<str:reference>/cases/ledger.csv",
        cases.case_ledger_csv,
        name="case_ledger_csv",
    ),
    path("agreements/<str:reference>/cases/transfer/", cases.transfer_cases, name="transfer_cases"),
    path(
        "agreements/<str:reference>/cases/extension/",
        extensions.agreement_extension,
        name="agreement_extension",
    ),
    path(
        "agreements/<str:reference>/cases/extension/<int:pk>/",
        extensions.decide_extension,
        name="decide_extension",
    ),
    path(
        "agreements/<str:reference>/cases/extension/<int:pk>/withdraw/",
        extensions.withdraw_extension,
        name="withdraw_extension",
    ),
    path("absences/", absences.absences, name="absences"),
    path("absences/<int:pk>/end/", absences.end_absence_of, name="end_absence"),
    path("account-management/", my_resellers.my_resellers, name="my_resellers"),
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
    path(
        "agreements/<str:reference>/work-orders/", work_orders.agreement_work, name="agreement_work"
    ),
    path("work-orders/", work_orders.work_orders, name="work_orders"),
    path("work-orders/<int:pk>/", work_orders.work_order, name="work_order"),
    path(
        "work-orders/<int:pk>/exhibit/", work_orders.work_order_exhibit, name="work_order_exhibit"
    ),
    path("work-orders/<int:pk>/<slug:code>/", work_orders.work_order_act, name="work_order_act"),
    path("agreements/<str:reference>/renewal/", renewals.renewal, name="renewal"),
    path(
        "agreements/<str:reference>/renewal/paper.pdf", renewals.renewal_paper, name="renewal_paper"
    ),
    path(
        "agreements/<str:reference>/renewal/<slug:act>/", renewals.renewal_act, name="renewal_act"
    ),
    path("renewals/", renewals.renewals, name="renewals"),
    path(
        "agreements/<str:reference>/coverage/",
        coverage.agreement_coverage,
        name="agreement_coverage",
    ),
    path("programmes/", publishing.programmes, name="programmes"),
    path("programmes/publish/", publishing.publish, name="publish_programme"),
    path(
        "programmes/<slug:code>/<int:number>/",
        versions.programme_version,
        name="programme_version",
    ),
    path("programmes/<slug:code>/<int:number>/fees/", fees.programme_fees, name="programme_fees"),
    path("glossary/", glossary.glossary, name="glossary"),
    path("invoices/", invoice_list.invoices, name="invoices"),
    path("invoices.csv", invoice_list.invoices_csv, name="invoices_csv"),
    path("agreements/<str:reference>/money/", money.agreement_money, name="agreement_money"),
    path("agreements/<str:reference>/money.csv", money.money_csv, name="money_csv"),
    path("agreements/<str:reference>/money/issue/", money.issue, name="issue_invoices"),
    path("agreements/<str:reference>/money/tax/", money.tax, name="charge_tax"),
    path(
        "agreements/<str:reference>/money/lines/<int:pk>/take-back/",
        money.take_back,
        name="take_back_charge",
    ),
    path(
        "agreements/<str:reference>/options/", options.agreement_options, name="agreement_options"
    ),
    path("agreements/<str:reference>/invoices/<int:number>/", invoices.invoice, name="invoice"),
    path("agreements/<str:reference>/invoices/<int:number>/pdf/", invoices.pdf, name="invoice_pdf"),
    path(
        "agreements/<str:reference>/invoices/<int:number>/dispute/",
        invoices.act,
        {"code": "dispute"},
        name="dispute_invoice",
    ),
    path(
        "agreements/<str:reference>/invoices/<int:number>/<slug:code>/",
        invoices.act,
        name="invoice_act",
    ),
    *roster_urls.urlpatterns,
]
