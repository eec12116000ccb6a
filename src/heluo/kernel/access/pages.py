"""One's own account, and the two pages that say no before a page is reached."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from heluo.kernel.access.errors import CrossSiteRequest, TooManyRequests
from heluo.kernel.access.knocks import WINDOW_SECONDS
from heluo.kernel.actors.enums import Audience
from heluo.kernel.pages.rules import PageRequest, reads


@reads(may=Audience.SIGNED_IN)
def account(request: PageRequest) -> HttpResponse:
    """Everything about one's own sign-in in one place."""
    return render(request, "access/account.html")


def cross_site_request(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What Django shows when a form comes without its secret, or from elsewhere."""
    refusal = CrossSiteRequest()
    return render(request, "access/refused.html", {"refusal": refusal}, status=refusal.status)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """What allauth shows when somebody signs in too often."""
    refusal = TooManyRequests(seconds=WINDOW_SECONDS)
    response = render(request, "access/refused.html", {"refusal": refusal}, status=refusal.status)
    response["Retry-After"] = str(WINDOW_SECONDS)
    return response
