"""Addresses of work orders."""

from django.urls import URLPattern, path

from contracts.work_orders import views as work_orders

urlpatterns: list[URLPattern] = [
    path(
        "agreements/<str:reference>/work-orders/", work_orders.agreement_work, name="agreement_work"
    ),
    path("work-orders/", work_orders.work_orders, name="work_orders"),
    path("work-orders/<int:pk>/", work_orders.work_order, name="work_order"),
    path(
        "work-orders/<int:pk>/exhibit/", work_orders.work_order_exhibit, name="work_order_exhibit"
    ),
    path("work-orders/<int:pk>/<slug:code>/", work_orders.work_order_act, name="work_order_act"),
]
