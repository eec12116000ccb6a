"""How a "no" looks: a page of its status, a notice for htmx, a problem document under `/api/` (RFC 9457)."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.urls import reverse
from django.utils.translation import override

from heluo.kernel.actors.errors import Refusal, SignInNeeded
from heluo.kernel.pages.problems import OTHERWISE, TITLES, problem, problem_of

API_PREFIX = "/api/"
CODES = {400: "bad_request", 403: "not_allowed", 404: "not_found", 500: "failed"}
"""What programs are told about errors that are no refusal of ours."""


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The response to a refusal, in the form that whoever asked can read."""
    if request.path.startswith(API_PREFIX):
        return problem_of(refusal)
    if isinstance(refusal, SignInNeeded):
        return _to_sign_in(request)
    with override("en"):
        english = str(refusal)
    return error_page(
        request, refusal.status, title=str(TITLES.get(refusal.status, OTHERWISE)), text=str(refusal), english=english
    )


def error_page(request: HttpRequest, status: int, *, title: str, text: str, english: str = "") -> HttpResponse:
    """An error as a whole page, as a notice in `#messages` when htmx asked, as a problem document below `/api/`."""
    if request.path.startswith(API_PREFIX):
        return problem(status, CODES.get(status, "refused"), text)
    if request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true":
        html = loader.render_to_string("pages/errors/fragment.html", {"text": text}, request)
        return HttpResponse(
            html, status=status, headers={"HX-Retarget": "#messages", "HX-Reswap": "innerHTML show:window:top"}
        )
    context = {"status": status, "title": title, "text": text, "english": english}
    return HttpResponse(loader.render_to_string("pages/errors/error.html", context, request), status=status)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("account_login")})
    return redirect_to_login(request.get_full_path())
