"""Addresses of money: fees, options, invoices, payments, disputes."""

from django.urls import URLPattern, path

from contracts.billing.views import fees, invoice_list, invoices, money, options

urlpatterns: list[URLPattern] = [
    path("programmes/<slug:code>/<int:number>/fees/", fees.programme_fees, name="programme_fees"),
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
]
