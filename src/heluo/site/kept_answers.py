"""Public pages are kept for some seconds in each web process: what thousands of strangers ask is worked out once.

Only what says the same to everybody is kept: the answer 200 of a page that only reads and is open to the public, to
somebody without a session, without a cookie of its own. Host, address, language and all cookies are part of what is
asked. The two things in such a page that belong to one reader, its CSRF token and its nonce, are made anew for each.

A stranger may therefore see what has been changed for `KEEP_PUBLIC_PAGES` seconds more; whoever signed in never does.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from heluo.kernel.actors.enums import Audience
from heluo.kernel.pages.rules import PageRule

LARGEST = 512 * 1024
"""Bytes of a page; what is larger is no page that many ask for."""
TOKEN, NONCE = b"\0token\0", b"\0nonce\0"
"""Stand in a kept page for what is made anew; no page holds a NUL."""


def one_csrf_token(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the same masked token wherever a page shows it, so that it can be found there again."""

    def token() -> str:
        told: str | None = getattr(request, "csrf_token_told", None)
        if told is None:
            told = get_token(request)
            request.csrf_token_told = told  # type: ignore[attr-defined]  # read back when the page is kept
        return told

    return {"csrf_token": SimpleLazyObject(token)}


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer without its reader's token and nonce."""

    body: bytes
    headers: dict[str, str]
    at: float

    @classmethod
    def of(cls, request: HttpRequest, response: HttpResponse) -> "Kept":
        body = response.content
        if token := getattr(request, "csrf_token_told", None):
            body = body.replace(token.encode(), TOKEN)
        if nonce := request.csp_nonce:  # type: ignore[attr-defined]  # put by the CSP middleware; false until it is used
            body = body.replace(str(nonce).encode(), NONCE)
        return cls(body, dict(response.headers), time.time())

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The page for another reader."""
        body = self.body
        if TOKEN in body:
            body = body.replace(TOKEN, get_token(request).encode())
        if NONCE in body:
            body = body.replace(NONCE, str(request.csp_nonce).encode())  # type: ignore[attr-defined]  # as above
        headers = {**self.headers, "Content-Length": str(len(body)), "Age": str(int(time.time() - self.at))}
        response = HttpResponse(body, headers=headers)
        patch_vary_headers(response, ("Cookie",))  # as the session, which nobody asked for here, would have said
        return response


class KeepPublicPages:
    """Stands inside what sets cookies and policies, and before everything that asks the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.seconds: int = settings.ENVIRONMENT.keep_public_pages
        self.pages = caches["pages"]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not self.seconds or not is_asked_by_a_stranger(request):
            return self.get_response(request)
        key = key_of(request)
        kept: Kept | None = self.pages.get(key)
        if kept is not None:
            request.resolver_match = resolve(request.path_info)  # the figures count by route
            return kept.answer(request)
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and says_the_same_to_all(request, response):
            self.pages.set(key, Kept.of(request, response), self.seconds)
        return response


def is_asked_by_a_stranger(request: HttpRequest) -> bool:
    """Whether nothing in the request says who asks, and a whole page is asked for."""
    return (
        request.method == "GET"
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "Authorization" not in request.headers
        and "HX-Request" not in request.headers
    )


def key_of(request: HttpRequest) -> str:
    """A short name of everything an answer may depend on."""
    cookies = sorted(item for item in request.COOKIES.items() if item[0] != settings.CSRF_COOKIE_NAME)
    asked = (request.scheme, request.get_host(), request.get_full_path(), translation.get_language(), cookies)
    return hashlib.sha256(repr(asked).encode()).hexdigest()


def says_the_same_to_all(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether another stranger may be shown this very answer."""
    rule = getattr(request.resolver_match.func, "rule", None) if request.resolver_match else None
    return (
        isinstance(rule, PageRule)
        and rule.may == Audience.PUBLIC
        and not rule.may_write
        and response.status_code == 200
        and response.headers.get("Content-Type", "").startswith("text/html")
        and not response.streaming
        and not response.cookies
        and "Cache-Control" not in response.headers
        and not request.session.modified
        and len(response.content) <= LARGEST
        and not any(name.startswith("_csp") for name in vars(response))  # a policy of its own
    )
