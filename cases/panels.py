"""What cases put on the pages of an agreement's services and on the PSAM's home: bulletins and requests."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.template.loader import render_to_string

from cases.bulletins.models import Bulletin
from cases.enhancements.models import Enhancement
from contracts.agreements.models.agreements import Agreement
from contracts.programmes.rules.terms import OptionKind
from contracts.services.models.assignments import Assignment
from contracts.services.vacancies import ACCOUNT_MANAGERS
from portal import clock
from portal.models import User

SHOWN = 5


def services_panel(request: HttpRequest, agreement: Agreement) -> str:
    """On an agreement with the PSAM option: its latest bulletins with who has read them, and its own requests."""
    if not any(option.kind == OptionKind.PSAM.value for option in agreement.options.all()):
        return ""
    of_reseller = Q(readers__contact__organisation=agreement.reseller_id)
    context = {
        "bulletins": list(_read_by(of_reseller)),
        "enhancements": list(
            Enhancement.objects.visible_to(request.user)
            .filter(voters__reseller=agreement.reseller_id)
            .order_by("-pk")[:SHOWN]
        ),
        "agreement": agreement,
    }
    return render_to_string("cases/services_panel.html", context, request=request)


def psam_panel(request: HttpRequest, user: User) -> str:
    """On the PSAM's home: the latest bulletins, and how many of their resellers' contacts have not read them."""
    mine = Agreement.objects.in_force(clock.now()).filter(
        assignments__in=Assignment.objects.filter(user=user, duty__in=ACCOUNT_MANAGERS)
    )
    of_mine = Q(readers__contact__organisation__in=mine.values("reseller"))
    context = {"bulletins": list(_read_by(of_mine))}
    return render_to_string("cases/psam_panel.html", context, request=request)


def _read_by(those: Q) -> Any:
    """The latest bulletins sent to those readers, with how many got them and how many have not read them."""
    told = those & Q(readers__told_at__isnull=False)
    return (
        Bulletin.objects.published()
        .annotate(
            told=Count("readers", filter=told, distinct=True),
            unread=Count("readers", filter=told & Q(readers__read_at=None), distinct=True),
        )
        .filter(told__gt=0)[:SHOWN]
    )
