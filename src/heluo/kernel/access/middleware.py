"""Who acts, and whether they may open this door at all."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import resolve_url
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject
from django_htmx.http import HttpResponseClientRedirect

from heluo.kernel.access.errors import CrossSiteRequest, TokenInAddress
from heluo.kernel.access.gates import gate_before
from heluo.kernel.access.knocks import count_knock
from heluo.kernel.access.resolution import NOBODY, Identity, actor_for, identity_of_token
from heluo.kernel.access.routes import opens, rule_for
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotAllowed, NotFound, Refusal, SignInNeeded
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.refusals import answer
from heluo.kernel.pages.rules import READ_METHODS, PageRule

Next = Callable[[HttpRequest], HttpResponseBase]
API = "/api/"
KNOCKS_PER_MINUTE = 600
AUTHORIZATION = "idp:oidc:authorization"
TOKEN_PARAMETERS = frozenset({"access_token", "token", "bearer_token"})


class ResolveActor:
    """Put `request.actor` (and `request.identity`, which also knows the account): resolved once, when first asked for.

    Below `/api/` a bearer token says who acts, and then the session counts for nothing; everywhere else the session.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        def resolve() -> Identity:
            at = now()
            secret = bearer_secret(request) if request.path.startswith(API) else None
            if secret is not None:
                return identity_of_token(secret, at=at)
            if request.user.is_authenticated:
                return Identity(account=request.user, actor=actor_for(request.user, on=local_day(at)))
            return NOBODY

        identity = SimpleLazyObject(resolve)
        request.identity = identity  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: identity.actor)  # type: ignore[attr-defined]
        return self.get_response(request)


def bearer_secret(request: HttpRequest) -> str | None:
    """What stands after `Authorization: Bearer`, or None where no such header is."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


class DenyByDefault:
    """Refuse every route that no rule opens for this actor, and hold people at the gates before it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if name_of(request) == AUTHORIZATION:
            # A browser applies `form-action` to where a form's answer leads, too: here, back to the other system.
            response._csp_update = {"form-action": [origin_of(request.GET.get("redirect_uri", ""))]}  # type: ignore[attr-defined]  # noqa: SLF001
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            # Shared school computers: after signing out, "back" must not show what was there.
            patch_cache_control(response, private=True, no_cache=True)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if "\0" in request.path or "%00" in request.META["QUERY_STRING"]:
            raise BadRequest("NUL")  # no text holds one, and PostgreSQL refuses it only when it is too late
        try:
            return self._api_door(request, view) if hasattr(view, "rules") else self._page_door(request, view)
        except Refusal as refusal:
            return answer(request, refusal)

    def _page_door(self, request: HttpRequest, view: Callable[..., Any]) -> HttpResponseBase | None:
        view_name = name_of(request)
        rule = rule_for(view, view_name, request.method or "GET")
        if rule is None:
            raise NotFound
        if rule.may == Audience.PROGRAM:
            return None  # a session counts for nothing there
        identity = identity_of(request)
        if gate := gate_before(request, identity, view_name):
            return go_to(request, resolve_url(gate.route))
        if rule.may != Audience.PUBLIC and identity.account is None:
            return sign_in(request)
        require_rule(identity.actor, rule)
        return None

    def _api_door(self, request: HttpRequest, view: Callable[..., Any]) -> HttpResponseBase | None:
        if request.method not in (*view.rules, "HEAD"):  # type: ignore[attr-defined]  # asked for by the caller
            return None
        if not TOKEN_PARAMETERS.isdisjoint(request.GET):
            raise TokenInAddress
        rule = rule_for(view, name_of(request), request.method or "GET")
        if rule is None:
            raise NotFound
        identity = identity_of(request)
        count_knock(identity.caller or f"address:{address_of(request)}", limit=KNOCKS_PER_MINUTE, now=now())
        if gate := gate_before(request, identity, name_of(request)):
            raise gate.refusal
        by_session = identity.account is not None and identity.token is None
        if by_session and request.method not in READ_METHODS and is_from_elsewhere(request):
            raise CrossSiteRequest
        require_rule(identity.actor, rule)
        return None


class CrossSiteCheck(CsrfViewMiddleware):
    """Django's check of a page's secret, with the reason as its answer instead of a page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether a writing request of a session lacks the secret that only pages of ours hold."""
    check = CrossSiteCheck(lambda _request: HttpResponse())
    request.csrf_processing_done = False  # type: ignore[attr-defined]  # views of the API are exempt from the check of pages
    check.process_request(request)
    return check.process_view(request, lambda _request: HttpResponse(), (), {}) is not None


def require_rule(actor: Actor, rule: PageRule) -> None:
    """Refuse unless the rule opens for the actor."""
    if opens(rule, actor):
        return
    raise NotAllowed if actor.is_person else SignInNeeded


def sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page and back here afterwards; a fragment sends its whole page there."""
    if getattr(request, "htmx", False):
        page = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]  # django-htmx
        return go_to(request, redirect_to_login(page).url)
    return redirect_to_login(request.get_full_path())


def go_to(request: HttpRequest, url: str) -> HttpResponseBase:
    """A redirect that htmx follows with the whole page."""
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def name_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def origin_of(address: str) -> str:
    """Scheme and host of an address, as a policy names them; `'self'` where there is none to name."""
    parts = urlsplit(address)
    is_plain = parts.scheme in {"https", "http"} and re.fullmatch(r"[\w.:\[\]-]+", parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if is_plain else "'self'"


def address_of(request: HttpRequest) -> str:
    """The visitor's network address, as far back as the proxies we trust say; empty when the server knows none."""
    try:
        address: str = get_adapter().get_client_ip(request)
    except PermissionDenied:
        return ""
    return address


def visitor_of(request: HttpRequest) -> str:
    """Whatever tells visitors apart: a person, else a browser's session, else an address."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # put by ResolveActor
    return str(actor.person_id or request.session.session_key or address_of(request))


def identity_of(request: HttpRequest) -> Identity:
    identity: Identity = request.identity  # type: ignore[attr-defined]  # put by ResolveActor
    return identity
