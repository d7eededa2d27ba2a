"""Home."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from portal.navigation import home_of


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to the page that answers what they must do now."""
    return redirect(home_of(request.user))
